"""Evaluation with 50 digits at points chosen beforehand: where a false statement shows itself.

A refutation is always a *witness*: values for every symbol and the two sides that they give. The
points are constant (no clock, no global random state), and their first values are plain fractions,
so that a reader can redo the sum by hand. A statement for any N is evaluated at small N.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, NamedTuple

import mpmath
import sympy as sp
from sympy import Expr, Symbol

from derivations.families import is_general
from derivations.instances import instances
from derivations.notation import FiniteSymbol, ProbabilitySymbol, SpinSymbol

DIGITS = 50
N_POINTS = 50
N_TRIES = 4  # draws for each random point, since a side may have no value at some
N_CONFIGURATIONS = 64
FINER = (100, 200, 400)  # digits with which a difference is looked at again
ROUNDING_DIGITS = 20  # how many of them rounding may cost
PLAIN_FRACTIONS = [sp.Rational(k, 10) for k in (5, 3, 7, 4, 9, 2, 11, 6, 13, 8)]
PLAIN_PROBABILITIES = [sp.Rational(k, 10) for k in (7, 3, 8, 4, 6, 2)]

Point = dict[Symbol, Any]


class Witness(NamedTuple):
    """A point and the two sides there."""

    point: Point
    left: Any
    right: Any

    def __str__(self) -> str:
        values = ", ".join(f"{_name(s)} = {_value(s, v)}" for s, v in self.point.items())
        sides = f"left {_digits(self.left)}, right {_digits(self.right)}"
        return f"{values}: {sides}" if values else sides


class Evaluation(NamedTuple):
    """What the points showed: all of them, and those of them that are random."""

    witness: Witness | None
    slip_refuted: bool
    n_points: int
    n_random: int
    constant: bool
    """nothing could be drawn, since the sides hold no symbol"""

    @property
    def enough(self) -> bool:
        """Whether the sides could be evaluated at as many random points as they should be."""
        return self.n_points > 0 and (self.constant or self.n_random >= N_POINTS)


def evaluate(left: Expr, right: Expr, wrong: Expr | None, relation: str) -> Evaluation:
    """Look for a point at which ``left relation right`` fails by more than rounding.

    ``wrong`` is a right side that should fail at one of the same points.
    """
    cases = list(_cases([left, right] if wrong is None else [left, right, wrong]))
    n_drawable = sum(any(side.free_symbols for side in sides) for _, sides in cases)
    seen: list[Evaluation] = []
    for sizes, sides in cases:
        # The random points are spread evenly over the cases that have anything to draw.
        n_done = sum(not e.constant for e in seen)
        share = N_POINTS * (n_done + 1) // max(1, n_drawable)
        wanted = share - sum(e.n_random for e in seen)
        seen.append(_evaluate_case(sizes, sides, relation, wanted))
        if seen[-1].witness is not None:
            break
    return Evaluation(
        seen[-1].witness,
        any(e.slip_refuted for e in seen),
        # A case without any value says nothing, and then neither do the others.
        sum(e.n_points for e in seen) if all(e.n_points for e in seen) else 0,
        sum(e.n_random for e in seen),
        all(e.constant for e in seen),
    )


def _evaluate_case(sizes: Point, sides: list[Expr], relation: str, wanted: int) -> Evaluation:
    symbols = sorted(set().union(*(s.free_symbols for s in sides)), key=sp.default_sort_key)
    two_of_a_name = len({s.name for s in symbols}) < len(symbols)
    try:
        function = sp.lambdify(
            symbols,
            sides,
            modules="mpmath",
            cse=True,
            dummify=two_of_a_name,
            docstring_limit=0,  # nobody reads it, and it takes a third of the time
        )
    except KeyError:  # mpmath has no word for it, such as an infinity that sympy has found
        return Evaluation(None, False, 0, 0, not symbols)
    slip_refuted, n_grid, n_random = False, 0, 0
    tries = draws(symbols, N_TRIES * wanted) if symbols else iter(())
    for point, is_random in _labelled(grid(symbols), tries):
        if is_random and n_random == wanted:
            break
        sides_at = cache(partial(_evaluated, function, [point[symbol] for symbol in symbols]))
        fails = _breaks(sides_at, 1, relation)
        if fails is None:
            continue
        if fails:
            finer: Any = sides_at(FINER[0])
            witness = Witness({**sizes, **point}, finer[0], finer[1])
            return Evaluation(witness, slip_refuted, n_grid + n_random, n_random, not symbols)
        if len(sides) > 2 and not slip_refuted:
            slip_refuted = _breaks(sides_at, 2, relation) is True
        n_grid, n_random = n_grid + (not is_random), n_random + is_random
    return Evaluation(None, slip_refuted, n_grid + n_random, n_random, not symbols)


def _labelled(grid: Iterator[Point], tries: Iterator[Point]) -> Iterator[tuple[Point, bool]]:
    """All the points, and whether they are random."""
    yield from ((point, False) for point in grid)
    yield from ((point, True) for point in tries)


def grid(symbols: Sequence[Symbol]) -> Iterator[Point]:
    """All values of the finite symbols, or the first of many, with plain values of the others."""
    finite = [s for s in symbols if isinstance(s, FiniteSymbol)]
    others = [s for s in symbols if not isinstance(s, FiniteSymbol)]
    parameters = {s: _plain(s, k) for k, s in enumerate(others)}
    # Down-spins last: the first witness found is then the all-up configuration where it will do.
    assignments = itertools.product(*(sorted(s.values, reverse=True) for s in finite))
    for values in itertools.islice(assignments, N_CONFIGURATIONS):
        yield {**dict(zip(finite, map(sp.Integer, values), strict=True)), **parameters}


def draws(symbols: Sequence[Symbol], number: int) -> Iterator[Point]:
    """Random values of all symbols, the same whenever they are asked for."""
    generator = random.Random(" ".join(s.name for s in symbols))
    for _ in range(number):
        yield {s: _drawn(s, generator) for s in symbols}


def _cases(sides: list[Expr]) -> Iterator[tuple[Point, list[Expr]]]:
    """The sides themselves or, of a statement for any N, what they are at small N."""
    if not is_general(*sides):
        yield {}, sides
        return
    for sizes, small in instances(*sides):
        yield {s: sp.Integer(n) for s, n in sizes.items()}, list(small)


def _breaks(sides_at: Callable[[int], Any], which: int, relation: str) -> bool | None:
    """Whether the left side and side ``which`` break the relation, by more than rounding.

    A breach has to be there with two numbers of digits. None where a side has no value, or where
    even 400 digits do not tell which of two sides is larger.
    """
    before = None
    for digits in (DIGITS, *FINER):
        sides = sides_at(digits)
        if sides is None:
            return None
        now = _compared(sides[0], sides[which], relation, digits)
        if now is False or (now and before):
            return now
        before = now
    return None


def _compared(left: Any, right: Any, relation: str, digits: int) -> bool | None:
    """Whether the relation fails for two numbers; None where rounding hides it."""
    above, size = left - right, max(1, abs(left), abs(right))
    if relation == "=":
        # What 50 digits cannot tell apart is left to the exact decision.
        return bool(abs(above) > size * mpmath.mpf(10) ** (ROUNDING_DIGITS - DIGITS))
    noise = size * mpmath.mpf(10) ** (ROUNDING_DIGITS - digits)
    if abs(above) <= noise:
        return None if relation == "<" else False
    return bool(above > 0)


def _evaluated(
    function: Callable[..., Any], arguments: Sequence[sp.Rational], digits: int
) -> list[Any] | None:
    """All sides as finite real numbers, or None where they are not."""
    with mpmath.workdps(digits):
        try:
            # A constant comes out as a Python number or as mpmath's own e; both become plain mpf.
            values = [+mpmath.mpmathify(v) for v in function(*map(_mpf, arguments))]
        except (ZeroDivisionError, OverflowError, ValueError, NameError, TypeError):
            return None
        if not all(isinstance(v, mpmath.mpf) and mpmath.isfinite(v) for v in values):
            return None
        return values


def _plain(symbol: Symbol, position: int) -> sp.Rational:
    """A value that a reader can calculate with."""
    if isinstance(symbol, ProbabilitySymbol):
        return PLAIN_PROBABILITIES[position % len(PLAIN_PROBABILITIES)]
    if symbol.is_integer:
        return sp.Integer(position % 3 + 2)
    size = PLAIN_FRACTIONS[position % len(PLAIN_FRACTIONS)]
    return -size if symbol.is_nonpositive else size


def _drawn(symbol: Symbol, generator: random.Random) -> sp.Rational:
    if isinstance(symbol, FiniteSymbol):
        return sp.Integer(generator.choice(symbol.values))
    if isinstance(symbol, ProbabilitySymbol):
        return sp.Rational(generator.randint(1, 999), 1000)
    if symbol.is_integer:
        return sp.Integer(generator.randint(1, 6))
    size = sp.Rational(generator.randint(50, 2000), 1000)
    if symbol.is_nonnegative or symbol.is_nonpositive:
        return size if symbol.is_nonnegative else -size
    return size * generator.choice((-1, 1))


def _mpf(value: sp.Rational) -> Any:
    return mpmath.mpf(int(value.p)) / int(value.q)


def _name(symbol: Symbol) -> str:
    return str(sp.pretty(symbol, use_unicode=True))


def _value(symbol: Symbol, value: sp.Rational) -> str:
    return f"{int(value):+d}" if isinstance(symbol, SpinSymbol) else str(value)


def _digits(value: Any) -> str:
    return str(mpmath.nstr(value, 12)) if isinstance(value, mpmath.mpf) else str(value)
