"""Evaluation with 50 digits at points chosen beforehand: where a false statement shows itself.

A refutation is always a *witness*: values for every symbol and the two sides that they give. The
points are constant (no clock, no global random state), and their first values are plain fractions,
so that a reader can redo the sum by hand.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import mpmath
import sympy as sp
from sympy import Expr, Symbol

from derivations.notation import FiniteSymbol, ProbabilitySymbol, SpinSymbol

DIGITS = 50
DISAGREEMENT = mpmath.mpf(10) ** -30
PLAIN_FRACTIONS = [sp.Rational(k, 10) for k in (5, 3, 7, 4, 9, 2, 11, 6, 13, 8)]
PLAIN_PROBABILITIES = [sp.Rational(k, 10) for k in (7, 3, 8, 4, 6, 2)]

Point = dict[Symbol, sp.Rational]


class Witness(NamedTuple):
    """A point and the two sides there."""

    point: Point
    left: Any
    right: Any

    def __str__(self) -> str:
        values = ", ".join(f"{_name(s)} = {_value(s, v)}" for s, v in self.point.items())
        sides = f"left {_digits(self.left)}, right {_digits(self.right)}"
        return f"{values}: {sides}" if values else sides


def points(symbols: Sequence[Symbol], n_parameter_draws: int) -> Iterator[Point]:
    """All values of the finite symbols, times ``n_parameter_draws`` values of the others."""
    finite = [s for s in symbols if isinstance(s, FiniteSymbol)]
    others = [s for s in symbols if not isinstance(s, FiniteSymbol)]
    # Down-spins last: the first witness found is then the all-up configuration where it will do.
    assignments = list(itertools.product(*(sorted(s.values, reverse=True) for s in finite)))
    for draw in range(n_parameter_draws if others else 1):
        parameters = {s: _draw(s, k, draw) for k, s in enumerate(others)}
        for values in assignments:
            yield {**dict(zip(finite, map(sp.Integer, values), strict=True)), **parameters}


def find_disagreement(
    left: Expr, right: Expr, relation: str, n_parameter_draws: int
) -> Witness | None:
    """The first point at which ``left relation right`` fails by more than rounding."""
    symbols = sorted(left.free_symbols | right.free_symbols, key=sp.default_sort_key)
    sides = sp.lambdify(symbols, [left, right], modules="mpmath")
    for point in points(symbols, n_parameter_draws):
        arguments = [point[symbol] for symbol in symbols]
        values = _evaluate(sides, arguments, DIGITS)
        if values is None or not _fails(*values, relation):
            continue
        surer = _evaluate(sides, arguments, 2 * DIGITS)
        if surer is not None and _fails(*surer, relation):
            return Witness(point, *surer)
    return None


def _evaluate(
    sides: Callable[..., Any], arguments: Sequence[sp.Rational], digits: int
) -> tuple[Any, Any] | None:
    """Both sides as finite real numbers, or None where they are not."""
    with mpmath.workdps(digits):
        try:
            # A constant comes out as a Python number or as mpmath's own e; both become plain mpf.
            values = [+mpmath.mpmathify(v) for v in sides(*map(_mpf, arguments))]
        except (ZeroDivisionError, OverflowError, ValueError, NameError, TypeError):
            return None
        if not all(isinstance(v, mpmath.mpf) and mpmath.isfinite(v) for v in values):
            return None
        return values[0], values[1]


def _fails(left: Any, right: Any, relation: str) -> bool:
    tolerance = DISAGREEMENT * max(1, abs(left), abs(right))
    if relation == "=":
        return bool(abs(left - right) > tolerance)
    return bool(left - right > (tolerance if relation == "<=" else -tolerance))


def _draw(symbol: Symbol, position: int, draw: int) -> sp.Rational:
    generator = random.Random(f"{symbol.name} {draw}")
    if isinstance(symbol, ProbabilitySymbol):
        plain = PLAIN_PROBABILITIES[position % len(PLAIN_PROBABILITIES)]
        return plain if draw == 0 else sp.Rational(generator.randint(1, 99), 100)
    if symbol.is_integer:
        return sp.Integer(position % 3 + 2 if draw == 0 else generator.randint(1, 6))
    plain = PLAIN_FRACTIONS[position % len(PLAIN_FRACTIONS)]
    size = plain if draw == 0 else sp.Rational(generator.randint(5, 200), 100)
    return size if symbol.is_positive or draw == 0 else size * generator.choice((-1, 1))


def _mpf(value: sp.Rational) -> Any:
    return mpmath.mpf(int(value.p)) / int(value.q)


def _name(symbol: Symbol) -> str:
    return str(sp.pretty(symbol, use_unicode=True))


def _value(symbol: Symbol, value: sp.Rational) -> str:
    return f"{int(value):+d}" if isinstance(symbol, SpinSymbol) else str(value)


def _digits(value: Any) -> str:
    return str(mpmath.nstr(value, 12)) if isinstance(value, mpmath.mpf) else str(value)
