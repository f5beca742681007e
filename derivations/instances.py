"""A statement for any N at a small N: the same objects with numbers for sizes and indices.

This is how a general statement is evaluated, how a false one finds its witness, and how programs
are held against the proofs: entries become the plain symbols of notation.py (sigma_1, gamma_12).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import sympy as sp
from sympy import Expr

from derivations.display import Total, reveal
from derivations.families import Configurations, Index, Size

SIZES = (2, 1, 3)


def instance(expr: Expr, values: Mapping[Expr, int]) -> Expr:
    """``expr`` with numbers for its sizes and free indices, and its sums written out.

    Raises:
        ValueError: a size or a free index has no value.
    """
    written_out = _instance(reveal(expr), dict(values))
    left_over = written_out.atoms(Size, Index)
    if left_over:
        raise ValueError(
            f"got no value for {min(map(str, left_over))}; an instance is a statement about "
            "numbers; give one for each size and each index that no sum binds"
        )
    return reveal(written_out)


def instances(*sides: Expr) -> Iterator[tuple[dict[Expr, int], tuple[Expr, ...]]]:
    """Small instances of revealed sides: the values of sizes and free indices, and the sides.

    Sizes are 2, then 1, then 3, where a second one is 2; free indices are at different members.
    """
    sizes = sorted({s for side in sides for s in side.atoms(Size)}, key=str)
    indices = sorted({i for side in sides for i in _free_indices(side)}, key=str)
    sizes = sorted({*sizes, *(i.size for i in indices)}, key=str)
    for n in SIZES:
        values: dict[Expr, int] = {size: 2 if k % 2 else n for k, size in enumerate(sizes)}
        # A different number for each index of a range, so that i and j are two agents if they can.
        for size in sizes:
            own = (i for i in indices if i.size == size)
            values |= {i: number % values[size] + 1 for number, i in enumerate(own, start=1)}
        yield values, tuple(instance(side, values) for side in sides)


def _free_indices(expr: Expr) -> set[Index]:
    return {s for s in expr.free_symbols if isinstance(s, Index)}


def _instance(expr: Expr, values: Mapping[Expr, int]) -> Expr:
    numbers = _numbers_in(expr)
    if not numbers:
        return expr
    return _written_out(expr, frozenset((s, values[s]) for s in numbers if s in values))


@lru_cache(maxsize=10_000)
def _numbers_in(expr: Expr) -> frozenset[Expr]:
    """The sizes and indices in ``expr``, free or bound."""
    return frozenset(expr.atoms(Size, Index))


@lru_cache(maxsize=10_000)  # the same local field stands in many places
def _written_out(expr: Expr, pairs: frozenset[tuple[Expr, int]]) -> Expr:
    values = dict(pairs)
    if isinstance(expr, Index | Size):
        return sp.Integer(values[expr]) if expr in values else expr
    if isinstance(expr, sp.Sum | sp.Product):
        terms = _terms(expr.function, expr.limits, values)
        return (sp.Add if isinstance(expr, sp.Sum) else sp.Mul)(*terms)
    if isinstance(expr, Configurations):
        summand, family, size = expr.args
        members = (family[number] for number in range(1, values[size] + 1))
        return Total(_instance(summand, values), *members)
    return expr.func(*(_instance(a, values) for a in expr.args))


def _terms(summand: Expr, limits: Sequence[sp.Tuple], values: dict[Expr, int]) -> Iterator[Expr]:
    """The terms of a sum or product; the last limits are the outermost."""
    if not limits:
        yield _instance(summand, values)
        return
    *inner, (index, low, high) = limits
    ends = [int(_instance(end, values)) for end in (low, high)]
    for number in range(ends[0], ends[1] + 1):
        yield from _terms(summand, inner, {**values, index: number})
