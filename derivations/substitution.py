"""Putting something in for a symbol, and refusing to where a sum would change what it means.

A sum over i binds i, a sum over all configurations of sigma binds sigma, a limit its variable. What
is put in must not hold a name that the expression binds, and what it is put in for must not be
bound. A member with a number, such as sigma_1, stands for itself only: a sum over i holds it too,
as sigma_i, where nobody would put anything in for it.
"""

import re
from collections.abc import Iterable, Mapping

import sympy as sp
from sympy import Expr


def substituted(expr: Expr, images: Mapping[Expr, Expr]) -> Expr:
    """``expr`` with symbols replaced, all at once.

    Raises:
        ValueError: the replacement would be caught by a sum, or miss a member of a family in one.
    """
    refuse_numbered(expr, images)
    refuse_caught(expr, images, images.values())
    return expr.xreplace(dict(images))


def refuse_caught(expr: Expr, replaced: Iterable[Expr], brought: Iterable[Expr]) -> None:
    """ValueError where ``expr`` binds something replaced, or free in what is brought in."""
    bound = bound_in(expr)
    named = {name for value in brought for name in _free_in(value)}
    caught = bound & {*replaced, *named}
    if caught:
        raise ValueError(
            f"got {min(map(str, caught))}, which a sum or a limit in {expr} binds; it would not "
            "mean the same inside; use another name"
        )


def refuse_numbered(expr: Expr, symbols: Iterable[Expr]) -> None:
    """ValueError where a member with a number is also one of a family that ``expr`` sums over."""
    families = {part.family.name for part in sp.preorder_traversal(expr) if _is_entry(part)}
    families |= {b.name for b in bound_in(expr) if not b.is_Symbol}
    for symbol in symbols:
        stem = re.fullmatch(r"(.+?)_[\d_]+", getattr(symbol, "name", ""))
        if stem and stem.group(1) in families:
            raise ValueError(
                f"got {symbol} beside other members of {stem.group(1)} with an index, which may be "
                "the same one; use families.Moved, or numbers throughout"
            )


def bound_in(expr: Expr) -> set[Expr]:
    """The indices, families and variables that the sums, products and limits in ``expr`` bind."""
    bound: set[Expr] = set()
    for part in sp.preorder_traversal(expr):
        if isinstance(part, sp.Sum | sp.Product):
            bound.update(part.variables)
        elif isinstance(part, sp.Limit):
            bound.add(part.args[1])
        else:
            bound.update(getattr(part, "binds", ()))
    return bound


def _free_in(value: Expr) -> set[Expr]:
    """The symbols that ``value`` does not bind, and the families that it has entries of."""
    families = {part.family for part in sp.preorder_traversal(value) if _is_entry(part)}
    return set(value.free_symbols) | families


def _is_entry(part: sp.Basic) -> bool:
    return hasattr(part, "family")
