"""Terms of a sum over any number of things, and the rules that make them simpler (sums.py).

A term is a coefficient times the sum over some indices of a product of powers of factors. The rules
hold for every range: none of them asks how many terms there are.
"""

import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import sympy as sp
from sympy import Expr

from derivations.deciding.exact import OutsideTheField
from derivations.families import Entry, Index, Size


class Before(sp.Expr):
    """1 where the first index is smaller than the second, else 0."""

    is_commutative = True
    is_real = True

    def __new__(cls, first: Expr, second: Expr) -> Expr:
        """The indicator; a number for equal indices and for numbers."""
        if first == second:
            return sp.Integer(0)
        if first.is_Integer and second.is_Integer:
            return sp.Integer(1 if first < second else 0)
        return super().__new__(cls, first, second)


class Hidden(Index):
    """An index that the normal form names, and that is none of a proof's own."""


class Term(NamedTuple):
    """``coefficient`` times the sum over the indices ``bound`` of a product of powers."""

    coefficient: Expr
    factors: dict[Expr, Expr]
    bound: frozenset[Index]


PLAIN = (Entry, Index, Before, sp.KroneckerDelta)


def single(base: Expr, power: Expr) -> Term:
    """One factor, and nothing else."""
    return Term(sp.S.One, {base: power}, frozenset())


def multiplied(sums: Iterable[list[Term]]) -> list[Term]:
    """The product of sums of terms, multiplied out."""
    result = [Term(sp.S.One, {}, frozenset())]
    for terms in sums:
        result = [_times(a, b) for a in result for b in terms]
    return result


def _times(a: Term, b: Term) -> Term:
    factors = dict(a.factors)
    for f, power in b.factors.items():
        factors[f] = factors.get(f, sp.S.Zero) + power
    return Term(a.coefficient * b.coefficient, factors, a.bound | b.bound)


def without_deltas(term: Term) -> Term | None:
    """Each delta with a bound index removes that index; None where the term is zero."""
    coefficient, factors, bound = term.coefficient, _reduced(term.factors), term.bound
    while factors is not None:
        deltas = [f for f in factors if isinstance(f, sp.KroneckerDelta) and f.free_symbols & bound]
        if not deltas:
            return Term(coefficient, factors, bound)
        gone, kept = deltas[0].args
        if gone not in bound:
            gone, kept = kept, gone
        if not isinstance(kept, Index) or gone.size != kept.size:
            raise OutsideTheField(f"{deltas[0]} of two ranges")
        changed: dict[Expr, Expr] = {}
        for f, power in factors.items():
            new = f.xreplace({gone: kept})
            changed[new] = changed.get(new, sp.S.Zero) + power
        factors, bound = _reduced(changed), bound - {gone}
    return None


def _reduced(factors: dict[Expr, Expr]) -> dict[Expr, Expr] | None:
    """Powers of spins and indicators reduced, numbers gone; None where a factor is zero."""
    reduced = {}
    for f, power in factors.items():
        if f == 0 and power.is_positive:
            return None
        if f == 0:
            raise OutsideTheField("a division by an entry that is zero")
        if isinstance(f, Entry) and f.family.spin:
            power = power % 2
        if isinstance(f, Before | sp.KroneckerDelta):
            if not power.is_positive:
                raise OutsideTheField(f"a division by {f}")
            power = sp.S.One
        if f != 1 and power != 0:
            reduced[f] = power
    return reduced


def unrelated_pair(term: Term, ends: set[Index]) -> tuple[Index, Index] | None:
    """Two indices of one range, at least one of them bound, not yet known as <, = or >."""
    related = {frozenset(f.args) for f in term.factors if isinstance(f, Before | sp.KroneckerDelta)}
    symbols = set().union(*(f.free_symbols for f in term.factors), term.bound, ends)
    indices = sorted((s for s in symbols if isinstance(s, Index)), key=str)
    for i, j in itertools.combinations(indices, 2):
        if i.size == j.size and {i, j} & term.bound and {i, j} not in related:
            return i, j
    return None


def is_order(factors: dict[Expr, Expr]) -> bool:
    """Whether the relations i < j among the factors have no cycle."""
    smaller = {(f.args[0], f.args[1]) for f in factors if isinstance(f, Before)}
    while True:
        more = {(a, d) for a, b in smaller for c, d in smaller if b == c} - smaller
        if not more:
            return not any(a == b for a, b in smaller)
        smaller |= more


def components(term: Term) -> list[Term]:
    """The term taken apart where no bound index connects its factors; coefficients left out."""
    groups: list[tuple[set[Expr], dict[Expr, Expr]]] = []
    for f, power in term.factors.items():
        touched = set(term.bound & f.free_symbols)
        factors = {f: power}
        apart = []
        for indices, others in groups:
            if indices & touched:
                touched, factors = touched | indices, {**others, **factors}
            else:
                apart.append((indices, others))
        groups = [*apart, (touched, factors)]
    return [Term(sp.S.One, factors, frozenset(indices)) for indices, factors in groups]


def namings(bound: frozenset[Index], depth: int) -> Iterator[dict[Index, Index]]:
    """All the ways to give the bound indices the names of this depth."""
    by_size: dict[Size, list[Index]] = {}
    for index in sorted(bound, key=str):
        by_size.setdefault(index.size, []).append(index)
    for orders in itertools.product(*map(itertools.permutations, by_size.values())):
        yield {
            index: Hidden(f"_{depth}_{index.size}{number}", index.size)
            for order in orders
            for number, index in enumerate(order)
        }


def written(factors: dict[Expr, Expr], bound: Iterable[Index]) -> Expr:
    """The sum over the bound indices of a product of powers, as sympy writes it."""
    product = sp.Mul(*(f**power for f, power in factors.items()))
    return written_sum(product, sorted(bound, key=str))


def written_sum(summand: Expr, bound: Iterable[Index]) -> Expr:
    """The sum over all values of the bound indices, if there are any."""
    limits = [(i, 1, i.size) for i in bound]
    return sp.Sum(summand, *limits) if limits else summand
