"""Statements for any number of neighbours, agents or states: indexed families and their sums.

``Size("N")`` is a number that no proof ever fills in, ``Index("i", N)`` runs from 1 to it, and
``sigma[i]`` is an entry of a :class:`Family`. Sums and products are sympy's own; :func:`total`,
:func:`below` and :func:`above` write the ranges that the proofs know (all, j < i, j > i), and
:func:`configurations` is the sum over all 2^N values of a family of spins.

An index that no sum binds stands for any one member, the same wherever it occurs.
"""

import re
from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy import Expr
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pretty.stringpict import prettyForm

from derivations.display import WrittenOut, reveal
from derivations.notation import SpinSymbol
from derivations.substitution import refuse_caught, refuse_numbered

# The subscripts that Unicode has; sympy leaves out the j.
SUBSCRIPTS = str.maketrans("0123456789aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")


class Size(sp.Symbol):
    """How many neighbours, agents, units or states there are: any whole number from 1 on."""

    def __new__(cls, name: str) -> "Size":
        """The size of that name; one object however often it is asked for."""
        return super().__new__(cls, name, integer=True, positive=True)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.name,), {}


class Index(sp.Symbol):
    """A number from 1 to ``size``."""

    size: Size

    def __new__(cls, name: str, size: Size) -> "Index":
        """The index of that name and range; one object however often it is asked for."""
        # Not from sympy's cache of symbols, which goes by the name alone.
        index = cls.__xnew__(cls, name, integer=True, positive=True)
        index.size = size
        return index

    def __getnewargs_ex__(self) -> tuple[tuple[str, Size], dict[str, Any]]:
        return (self.name, self.size), {}

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), self.size)


class Family(sp.Atom):
    """Quantities told apart by one or more indices, such as sigma_i or gamma_ij.

    Attributes:
        name: as a sympy symbol's, "sigma" or "gamma".
        spin: every entry is -1 or +1.
        positive: every entry is a positive number.
        symmetric: the order of the indices does not matter.
        hollow: entries with two equal indices are 0.
    """

    name: str
    spin: bool
    positive: bool
    symmetric: bool
    hollow: bool
    _iterable = False  # sympy would take what has __getitem__ for a list

    def __new__(
        cls,
        name: str,
        *,
        spin: bool = False,
        positive: bool = False,
        symmetric: bool = False,
        hollow: bool = False,
    ) -> "Family":
        """The family of that name with these properties."""
        family = super().__new__(cls)
        family.name, family.spin, family.positive = name, spin, positive
        family.symmetric, family.hollow = symmetric, hollow
        return family

    def _hashable_content(self) -> tuple[Any, ...]:
        return (self.name, self.spin, self.positive, self.symmetric, self.hollow)

    def __getitem__(self, indices: Any) -> Expr:
        """The entry with these indices; numbers give the plain symbol, such as sigma_1."""
        return Entry(self, *(indices if isinstance(indices, tuple) else (indices,)))

    def _sympystr(self, printer: object) -> str:
        return self.name

    def _pretty(self, printer: object) -> prettyForm:
        return prettyForm(sp.pretty(sp.Symbol(self.name), use_unicode=True))

    def _latex(self, printer: Any) -> str:
        return str(printer._print(sp.Symbol(self.name)))


class Entry(sp.Expr):
    """One member of a family: ``Entry(sigma, i)``, which is written ``sigma[i]``."""

    is_commutative = True
    is_real = True
    is_finite = True

    def __new__(cls, family: Family, *indices: Any) -> Expr:
        """The entry; a plain symbol where every index is a number."""
        places = [sp.sympify(index) for index in indices]
        if family.symmetric:
            places.sort(key=sp.default_sort_key)
        if family.hollow and len(set(places)) < len(places):
            return sp.Integer(0)
        if all(place.is_Integer for place in places):
            separator = "_" if len(places) > 1 and max(places) > 9 else ""
            name = f"{family.name}_{separator.join(map(str, places))}"
            if family.spin:
                return SpinSymbol(name)
            known = {"positive": True} if family.positive else {"real": True}
            return sp.Symbol(name, **known)
        return super().__new__(cls, family, *places)

    @property
    def family(self) -> Family:
        """Whose member it is."""
        return self.args[0]

    @property
    def indices(self) -> tuple[Expr, ...]:
        """Which member it is."""
        return self.args[1:]

    def _eval_is_positive(self) -> bool | None:
        return True if self.family.positive and not self.family.hollow else None

    def _sympystr(self, printer: object) -> str:
        return f"{self.family.name}[{','.join(map(str, self.indices))}]"

    def _pretty(self, printer: object) -> prettyForm:
        places = "".join(map(str, self.indices)).translate(SUBSCRIPTS)
        return prettyForm(sp.pretty(self.family, use_unicode=True) + places)

    def _latex(self, printer: Any) -> str:
        places = "".join(printer._print(index) for index in self.indices)
        return rf"{printer._print(self.family)}_{{{places}}}"


def total(expr: Expr, *indices: Index) -> Expr:
    """The sum of ``expr`` over all values of the indices."""
    return sp.Sum(expr, *((i, 1, i.size) for i in indices))


def below(expr: Expr, index: Index, bound: Index) -> Expr:
    """The sum of ``expr`` over the values of ``index`` that come before ``bound``."""
    return sp.Sum(expr, (index, 1, bound - 1))


def above(expr: Expr, index: Index, bound: Index) -> Expr:
    """The sum of ``expr`` over the values of ``index`` that come after ``bound``."""
    return sp.Sum(expr, (index, bound + 1, bound.size))


def product(expr: Expr, index: Index) -> Expr:
    """The product of ``expr``, which has to be positive, over all values of the index."""
    return sp.Product(expr, (index, 1, index.size))


def pairs(expr: Expr, first: Index, second: Index) -> Expr:
    """The sum of ``expr`` over the pairs ``first`` < ``second``, each once."""
    return sp.Sum(expr, (first, 1, second - 1), (second, 1, second.size))


class Configurations(sp.Expr):
    """The sum of ``expr`` over all values of the spins family[1] … family[size]."""

    is_commutative = True
    precedence = PRECEDENCE["Mul"]

    def __new__(cls, expr: Expr, family: Family, size: Size) -> "Configurations":
        """Sum of ``expr`` over the configurations of ``family``."""
        expr = sp.sympify(expr)
        numbered = _numbered(expr, family)
        if numbered:
            raise ValueError(
                f"got {min(map(str, numbered))} in a sum over all configurations of {family}; a "
                "member with a number is a symbol of its own there; use an index"
            )
        return super().__new__(cls, expr, family, size)

    @property
    def binds(self) -> tuple[Family, ...]:
        """The family whose entries have no value of their own inside."""
        return (self.args[1],)

    @property
    def free_symbols(self) -> set[Expr]:
        """The symbols of the summand; the spins are no symbols."""
        return set(self.args[0].free_symbols) | {self.args[2]}

    def _sympystr(self, printer: object) -> str:
        return f"Σ_{{{self.args[1]}}} ({self.args[0]})"

    def _pretty(self, printer: Any) -> prettyForm:
        expr, family, _ = self.args
        inner = printer._print(expr)
        if isinstance(expr, sp.Add):
            inner = prettyForm(*inner.parens())
        sign = f"Σ_{{{sp.pretty(family, use_unicode=True)}}} "
        return prettyForm(*inner.left(sign), binding=prettyForm.MUL)

    def _latex(self, printer: Any) -> str:
        expr, family, _ = self.args
        inner = printer._print(expr)
        inner = rf"\left({inner}\right)" if isinstance(expr, sp.Add) else inner
        return rf"\sum_{{{printer._print(family)}}} {inner}"


def configurations(expr: Expr, *families: tuple[Family, Size]) -> Expr:
    """The sum of ``expr`` over all configurations of the given spins."""
    for family, size in families:
        expr = Configurations(expr, family, size)
    return expr


INDEXED = (Entry, Index, sp.Sum, sp.Product, Configurations, sp.KroneckerDelta)


def is_general(*sides: Expr) -> bool:
    """Whether a statement is about any number of something."""
    return any(side.has(Size, *INDEXED) for side in sides)


class Moved(WrittenOut):
    """``expr`` with one entry of a family at another value, shown as such: sigma_k = s."""

    def __new__(cls, expr: Expr, entry: Entry, value: Any) -> "Moved":
        """``expr`` where ``entry``, such as sigma[k], has the given value."""
        return super().__new__(cls, sp.sympify(expr), entry, sp.sympify(value))

    def carried_out(self) -> Expr:
        """Every entry sigma_i has become sigma_i + (s - sigma_k) delta_ik."""
        expr, entry, value = self.args
        (index,) = entry.indices
        refuse_caught(expr, (), (entry,))
        return replaced(
            expr,
            entry.family,
            lambda i: entry.family[i] + (value - entry) * sp.KroneckerDelta(i, index),
        )

    def _sympystr(self, printer: object) -> str:
        return "[{} at {} = {}]".format(*self.args)

    def _pretty(self, printer: Any) -> prettyForm:
        expr, entry, value = map(printer._print, self.args)
        inner = prettyForm(*expr.right(" at ", entry, " = ", value))
        return prettyForm(*inner.parens("[", "]"))

    def _latex(self, printer: Any) -> str:
        expr, entry, value = map(printer._print, self.args)
        return rf"\left[{expr}\right]_{{{entry}={value}}}"


def replaced(expr: Expr, family: Family, by: Callable[..., Expr]) -> Expr:
    """``expr`` with each entry family[i] replaced by ``by(i)``, names revealed.

    Raises:
        ValueError: ``expr`` binds the family or something that ``by`` brings in, or holds a member
            with a number, whose turn it is nobody's to know.
    """
    expr = reveal(expr)
    entries = [e for e in expr.atoms(Entry) if e.family == family]
    numbered = _numbered(expr, family)
    if numbered:
        raise ValueError(
            f"got {min(map(str, numbered))}, a member of {family} with a number, where another one "
            "moves that may be the same; use an index for it"
        )
    for entry in entries:
        probes = [_Probe(f"?{n}", index.size) for n, index in enumerate(entry.indices)]
        refuse_caught(expr, (family,), (by(*probes),))
    return expr.xreplace({e: by(*e.indices) for e in entries})


class _Probe(Index):
    """An index of which no sum can have the name."""


def exchanged(expr: Expr, *families: tuple[Family, Family]) -> Expr:
    """``expr`` with families exchanged, such as (sigma, sigma'), names revealed."""
    for family in (f for pair in families for f in pair):
        refuse_numbered(reveal(expr), _numbered(reveal(expr), family))
    swap = dict(families) | {b: a for a, b in families}
    expr = reveal(expr)
    return expr.xreplace(
        {e: swap[e.family][e.indices] for e in expr.atoms(Entry) if e.family in swap}
        | {f: swap[f] for f in expr.atoms(Family) if f in swap}
    )


def _numbered(expr: Expr, family: Family) -> list[Expr]:
    """The members of a family that stand in ``expr`` as plain symbols."""
    name = re.compile(re.escape(family.name) + r"_[\d_]+")
    return [s for s in expr.atoms(sp.Symbol) if name.fullmatch(s.name)]
