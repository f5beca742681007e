"""The normal form of sums over a general number of terms: how a statement for any N is decided.

Every sum is written as a polynomial in *components*: sums over one connected bunch of indices of a
product of entries, such as sum_ij gamma_ij sigma_i sigma'_j. The rules are those of finite sums and
nothing else:

- sums distribute over + and products of sums become sums over more indices, and back again where
  nothing connects the indices; the logarithm of a product is a sum;
- a Kronecker delta removes its sum; the square of a spin is 1; an entry with two equal indices of a
  hollow family is 0, and the indices of a symmetric family come in one order;
- the name of a bound index does not matter: of all names the first in the alphabet is taken;
- where a range depends on another index (j < i), every pair of indices is split into <, = and >;
- the sum over all configurations of e^(sum_i s_i y_i) is the product of the 2 cosh(y_i).

Each component that is left becomes one generator, a real number of which nothing else is known, and
exact.py decides what remains. Two sides that agree then agree for every N. The rules are not
complete: a statement that they do not reach is *inconclusive*, never false.
"""

import itertools
from collections.abc import Iterator

import sympy as sp
from sympy import Dummy, Expr

from derivations.deciding.exact import HYPERBOLIC, OutsideTheField
from derivations.deciding.terms import (
    PLAIN,
    Before,
    Hidden,
    Term,
    components,
    is_order,
    multiplied,
    namings,
    single,
    unrelated_pair,
    without_deltas,
    written,
    written_sum,
)
from derivations.families import INDEXED, Configurations, Entry, Index, Size
from derivations.substitution import bound_in


def free_spins(*sides: Expr) -> list[Entry]:
    """The spins whose index no sum binds, such as that of the one agent that acts."""
    bound = set().union(*map(bound_in, sides))
    found = {
        e
        for side in sides
        for e in side.atoms(Entry)
        if e.family.spin and e.family not in bound and not e.free_symbols & bound
    }
    return sorted(found, key=str)


def without_sums(expr: Expr) -> Expr:
    """``expr`` with each component of its sums replaced by a generator.

    Raises:
        OutsideTheField: a sum, range or product that the rules do not know.
    """
    return _rewriting(expr).eliminated(expr.rewrite(HYPERBOLIC, sp.exp))


def normal_form(expr: Expr) -> Expr:
    """``expr``, a polynomial in sums and entries, with its components in their normal form.

    Raises:
        OutsideTheField: a sum, range or product that the rules do not know.
    """
    return _rewriting(expr).canonical(expr.rewrite(HYPERBOLIC, sp.exp), 0)


def _rewriting(expr: Expr) -> "_Rewriting":
    limits = [limit for s in expr.atoms(sp.Sum, sp.Product) for limit in s.limits]
    partial = [limit for limit in limits if not _is_whole(limit)]
    ends = {index for _, low, high in partial for index in low.atoms(Index) | high.atoms(Index)}
    return _Rewriting(bool(partial), ends & expr.free_symbols)


class _Rewriting:
    """One decision: the same component gets the same generator throughout.

    ``ordered``: some range depends on an index, so that the order of indices matters; ``ends`` are
    the free indices at which a range ends.
    """

    def __init__(self, ordered: bool, ends: set[Index]) -> None:
        self.ordered = ordered
        self.ends = ends
        self.generators: dict[Expr, Dummy] = {}
        self.fresh = itertools.count()
        self.known: dict[tuple[Expr, int], Expr] = {}

    def eliminated(self, expr: Expr) -> Expr:
        """``expr`` in generators and plain symbols."""
        if not expr.has(*INDEXED):
            return expr
        if isinstance(expr, sp.Product):
            return sp.exp(self.eliminated(_sum_of_log(expr)))
        if isinstance(expr, Configurations):
            return self.eliminated(self.summed_out(expr))
        if isinstance(expr, sp.log) or _is_polynomial(expr):
            return self.in_generators(self.canonical(expr, 0))
        if isinstance(expr, sp.Add | sp.Mul):
            whole = [a for a in expr.args if _is_polynomial(a)]
            rest = [self.eliminated(a) for a in expr.args if not _is_polynomial(a)]
            return expr.func(self.eliminated(expr.func(*whole)), *rest)
        if isinstance(expr, sp.Limit):
            return self.eliminated_in_limit(expr)
        return expr.func(*map(self.eliminated, expr.args))

    def eliminated_in_limit(self, expr: sp.Limit) -> Expr:
        # A generator would hide the variable, and the limit would take it for a constant.
        inner, variable, *rest = expr.args
        hiding = (s for s in inner.atoms(sp.Sum, sp.Product, Configurations))
        if any(variable in s.free_symbols for s in hiding):
            raise OutsideTheField(f"a limit in {variable}, which stands inside a sum")
        return sp.Limit(self.eliminated(inner), variable, *rest)

    def in_generators(self, canonical: Expr) -> Expr:
        """A normal form with a generator for each sum and each entry."""
        if isinstance(canonical, sp.Sum | Entry | Before | sp.KroneckerDelta):
            known = {"positive": True} if _is_positive(canonical) else {"real": True}
            name = f"S{len(self.generators)}"
            return self.generators.setdefault(canonical, Dummy(name, **known))
        if isinstance(canonical, sp.Add | sp.Mul | sp.Pow):
            return canonical.func(*map(self.in_generators, canonical.args))
        if isinstance(canonical, sp.log):
            return sp.log(self.eliminated(canonical.args[0]))
        return self.eliminated(canonical) if canonical.args else canonical

    def canonical(self, expr: Expr, depth: int) -> Expr:
        """The normal form of ``expr``; ``depth`` keeps the names inside a function apart."""
        if not expr.has(*INDEXED, Before):
            return expr
        if (expr, depth) not in self.known:
            coefficients: dict[Expr, Expr] = {}
            for term in self.terms(expr, depth):
                for simple in self.simplified(term):
                    parts = (self.named(part, depth) for part in components(simple))
                    key = sp.Mul(*parts)
                    coefficients[key] = coefficients.get(key, sp.S.Zero) + simple.coefficient
            summands = (sp.expand(c) * key for key, c in coefficients.items())
            self.known[expr, depth] = sp.Add(*summands)
        return self.known[expr, depth]

    def terms(self, expr: Expr, depth: int) -> list[Term]:
        """``expr`` as a sum of terms, each bound index with a name that nothing else has."""
        if not expr.has(*INDEXED, Before):
            return [Term(expr, {}, frozenset())]
        if isinstance(expr, sp.Add):
            return [t for a in expr.args for t in self.terms(a, depth)]
        if isinstance(expr, sp.Mul):
            return multiplied(self.terms(a, depth) for a in expr.args)
        if isinstance(expr, sp.Sum):
            return self.terms_of_sum(expr, depth)
        if isinstance(expr, sp.log):
            return self.terms_of_log(expr.args[0], depth)
        if isinstance(expr, Configurations):
            return self.terms(self.summed_out(expr), depth)
        if isinstance(expr, sp.Product):
            return self.terms(sp.exp(_sum_of_log(expr)), depth)
        return self.terms_of_power(expr, depth)

    def terms_of_sum(self, expr: sp.Sum, depth: int) -> list[Term]:
        summand = expr.function
        ranges: list[sp.Tuple] = []
        for index, low, high in expr.limits:  # the innermost first; its ends belong to the outer
            fresh = self.fresh_index(index.size)
            summand = summand.xreplace({index: fresh})
            ranges = [inner.xreplace({index: fresh}) for inner in ranges]
            ranges.append(sp.Tuple(fresh, low, high))
        indicators = [self.terms(_range(*one), depth) for one in ranges]
        bound = frozenset(one[0] for one in ranges)
        terms = multiplied([self.terms(summand, depth), *indicators])
        return [t._replace(bound=t.bound | bound) for t in terms]

    def fresh_index(self, size: Size) -> Index:
        return Hidden(f"%{next(self.fresh)}", size)

    def terms_of_power(self, expr: Expr, depth: int) -> list[Term]:
        base, power = expr.args if isinstance(expr, sp.Pow) else (expr, sp.S.One)
        if power.has(*INDEXED, Before):
            raise OutsideTheField(f"an entry, an index or a sum in the exponent of {expr}")
        if power.is_Integer and power > 1 and isinstance(base, sp.Add | sp.Sum):
            return multiplied(self.terms(base, depth) for _ in range(int(power)))
        if isinstance(base, PLAIN):
            return [single(base, power)]
        if isinstance(base, sp.Add | sp.Mul | sp.Sum):
            return [single(self.canonical(base, depth + 1), power)]
        return [single(base.func(*(self.canonical(a, depth + 1) for a in base.args)), power)]

    def terms_of_log(self, argument: Expr, depth: int) -> list[Term]:
        """The logarithm of a positive expression, a product taken apart."""
        if isinstance(argument, sp.Add) and not _is_positive(argument):
            argument = sp.together(argument)  # 1 - 1/(1 + e^x), a quotient of positive parts
        if isinstance(argument, sp.exp):
            return self.terms(argument.args[0], depth)
        if isinstance(argument, sp.Product):
            return self.terms(_sum_of_log(argument), depth)
        if isinstance(argument, Configurations):
            return self.terms_of_log(self.summed_out(argument), depth)
        if isinstance(argument, sp.Mul):
            return [t for a in argument.args for t in self.terms_of_log(a, depth)]
        if not _is_positive(argument):
            raise OutsideTheField(f"log({argument})")
        if isinstance(argument, sp.Pow):
            logarithm = self.terms_of_log(argument.base, depth)
            return multiplied([self.terms(argument.exp, depth), logarithm])
        if not argument.has(*INDEXED):
            return [Term(sp.log(argument), {}, frozenset())]
        content, primitive = self.canonical(argument, depth + 1).primitive()
        rest = single(sp.log(primitive), sp.S.One)
        return [rest] if content == 1 else [Term(sp.log(content), {}, frozenset()), rest]

    def summed_out(self, expr: Configurations) -> Expr:
        """For a summand e^(c + sum_i s_i y_i): e^c times the product of 2 cosh(y_i)."""
        summand, family, size = expr.args
        if isinstance(summand, Configurations):
            summand = self.summed_out(summand)
        if isinstance(summand, sp.Add):
            return sp.Add(*(Configurations(a, family, size) for a in summand.args))
        i = self.fresh_index(size)
        constant, slope = sp.S.Zero, sp.S.Zero
        # In normal form first, where logarithms that cancel each other are gone.
        exponent = self.canonical(sp.log(summand, evaluate=False), 0)
        for raw in self.terms(exponent, 0):
            for term in self.simplified(raw):
                spins = [f for f in term.factors if f.has(family)]
                if not spins:
                    constant += term.coefficient * written(term.factors, term.bound)
                    continue
                place = spins[0].args[-1]
                if len(spins) > 1 or not _is_spin(spins[0], term, size):
                    raise OutsideTheField(f"not the exponential of something affine: {summand}")
                rest = {f: power for f, power in term.factors.items() if f != spins[0]}
                if place in term.bound:
                    rest = {f.xreplace({place: i}): power for f, power in rest.items()}
                else:
                    rest[sp.KroneckerDelta(i, place)] = sp.S.One
                slope += term.coefficient * written(rest, term.bound - {place})
        weight = sp.log(sp.exp(slope) + sp.exp(-slope))
        return sp.exp(constant) * sp.exp(sp.Sum(weight, (i, 1, size)))

    def simplified(self, term: Term) -> Iterator[Term]:
        """The term after the rules for deltas, spins, hollow families and ranges."""
        plain = without_deltas(term)
        if plain is None:
            return
        if self.ordered:
            pair = unrelated_pair(plain, self.ends)
            if pair is not None:
                i, j = pair
                for relation in (Before(i, j), Before(j, i), sp.KroneckerDelta(i, j)):
                    factors = {**plain.factors, relation: sp.S.One}
                    yield from self.simplified(plain._replace(factors=factors))
                return
            if not is_order(plain.factors):
                return
        coefficient, factors, bound = plain
        for index in [i for i in bound if not any(f.has(i) for f in factors)]:
            coefficient, bound = coefficient * index.size, bound - {index}
        yield Term(coefficient, factors, bound)

    def named(self, part: Term, depth: int) -> Expr:
        """A component with the first in the alphabet of all names its indices could have."""
        choices = (self.renamed(part, names, depth) for names in namings(part.bound, depth))
        return min(choices, key=str)

    def renamed(self, part: Term, names: dict[Index, Index], depth: int) -> Expr:
        factors = (self.again(f.xreplace(names), depth) ** p for f, p in part.factors.items())
        bound = sorted(names.values(), key=str)
        return written_sum(sp.Mul(*factors), bound)

    def again(self, factor: Expr, depth: int) -> Expr:
        """A factor in normal form: inside a function, new names may put other indices first."""
        if isinstance(factor, PLAIN) or not factor.has(*INDEXED):
            return factor
        if isinstance(factor, sp.Add | sp.Mul | sp.Sum):
            return self.canonical(factor, depth + 1)
        return factor.func(*(self.canonical(a, depth + 1) for a in factor.args))


def _is_spin(factor: Expr, term: Term, size: Size) -> bool:
    """Whether a factor is one spin of the right range, and not something made of spins."""
    if not isinstance(factor, Entry) or len(factor.indices) > 1 or term.factors[factor] != 1:
        return False
    (place,) = factor.indices
    return isinstance(place, Index) and place.size == size


def _is_whole(limit: sp.Tuple) -> bool:
    """Whether an index runs over all of its values."""
    return tuple(limit[1:]) == (1, limit[0].size)


def _range(index: Index, low: Expr, high: Expr) -> Expr:
    """The indicator of low <= index <= high."""
    indicator: Expr = sp.S.One
    if low != 1:
        bound, strict = _bound(index, low, sp.S.One)
        indicator *= Before(bound, index) + (0 if strict else sp.KroneckerDelta(index, bound))
    if high != index.size:
        bound, strict = _bound(index, high, sp.S.NegativeOne)
        indicator *= Before(index, bound) + (0 if strict else sp.KroneckerDelta(index, bound))
    return indicator


def _bound(index: Index, limit: Expr, step: Expr) -> tuple[Index, bool]:
    """The index that a limit names, and whether it is itself outside of the range."""
    for candidate, strict in ((limit, False), (limit - step, True)):
        if isinstance(candidate, Index) and candidate.size == index.size:
            return candidate, strict
    raise OutsideTheField(f"a range that ends at {limit}")


def _sum_of_log(expr: sp.Product) -> Expr:
    return sp.Sum(sp.log(expr.function), *expr.limits)


def _is_polynomial(expr: Expr) -> bool:
    """Whether nothing but sums, products and whole powers stands around entries and sums."""
    if isinstance(expr, (*PLAIN, sp.Sum)) or not expr.has(*INDEXED):
        return True
    if isinstance(expr, sp.Pow):
        return bool(expr.exp.is_Integer and expr.exp > 0 and _is_polynomial(expr.base))
    return isinstance(expr, sp.Add | sp.Mul) and all(map(_is_polynomial, expr.args))


def _is_positive(expr: Expr) -> bool:
    """Whether a real expression is positive because all of its parts are."""
    if isinstance(expr, sp.exp):
        return True
    if isinstance(expr, sp.Add | sp.Mul):
        return all(map(_is_positive, expr.args))
    if isinstance(expr, sp.Sum) and not all(map(_is_whole, expr.limits)):
        return False  # it may be empty
    if isinstance(expr, sp.Product | sp.Sum | Configurations):
        return _is_positive(expr.args[0])
    if isinstance(expr, sp.Pow):
        return _is_positive(expr.base)
    return bool(expr.is_positive)
