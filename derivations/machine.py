"""A Boltzmann machine of any size, in symbols (section 4): the words of its proofs.

With visible and hidden units: V visible ones i, j, p and H hidden ones k, m, n. The blocks of (12)
have a letter each, L = W_vv, J = W_hh and W = W_vh, and so have the biases, a = theta_v and
b = theta_h. Without the distinction: N units x_i, weights W_ij and biases theta_i.

A ±1 unit is a spin. A 0/1 unit is on where a spin is up: x = (1 + sigma)/2.
"""

from collections.abc import Callable
from typing import NamedTuple

import sympy as sp
from sympy import Expr

from derivations import collective
from derivations.collective import sigma
from derivations.display import Named
from derivations.families import SUBSCRIPTS, Entry, Family, Index, Moved, Size, total

V = Size("V")  # visible units
H = Size("H")  # hidden units
i, j, p = (Index(name, V) for name in "ijp")  # p: the one whose law is asked for
k, m, n = (Index(name, H) for name in "kmn")  # n: the same among the hidden ones

WITHIN_VISIBLE = Family("L", symmetric=True, hollow=True)
WITHIN_HIDDEN = Family("J", symmetric=True, hollow=True)
ACROSS = Family("W")
VISIBLE_BIAS = Family("a")
HIDDEN_BIAS = Family("b")
BLOCKS = "any numbers V and H of units; L = W_vv, J = W_hh symmetric with zero diagonal, W = W_vh"

WEIGHT = Family("W", symmetric=True, hollow=True)
BIAS = Family("theta")
UNITS = "any number N of units; W symmetric, W_ii = 0"


class Units(NamedTuple):
    """The spins of the visible and the hidden units, and the values that enter the energy."""

    visible_spin: Family
    hidden_spin: Family
    visible: Callable[[Index], Expr]
    hidden: Callable[[Index], Expr]

    def visible_field(self, unit: Index) -> Expr:
        """What a visible unit receives: its bias, its own block and the hidden units."""
        own = total(WITHIN_VISIBLE[unit, j] * self.visible(j), j)
        return VISIBLE_BIAS[unit] + own + total(ACROSS[unit, k] * self.hidden(k), k)

    def hidden_field(self, unit: Index) -> Expr:
        """What a hidden unit receives: its bias, its own block and the visible units."""
        own = total(WITHIN_HIDDEN[unit, m] * self.hidden(m), m)
        return HIDDEN_BIAS[unit] + own + total(ACROSS[i, unit] * self.visible(i), i)

    def energy(self, cross: sp.Rational) -> Named:
        """Equation (12) with ``cross`` in front of v' W_vh h; the paper prints 1/2."""
        v, h = self.visible, self.hidden
        within = total(WITHIN_VISIBLE[i, j] * v(i) * v(j), i, j)
        within += total(WITHIN_HIDDEN[k, m] * h(k) * h(m), k, m)
        between = total(ACROSS[i, k] * v(i) * h(k), i, k)
        biases = total(VISIBLE_BIAS[i] * v(i), i) + total(HIDDEN_BIAS[k] * h(k), k)
        return Named("E_B", -within / 2 - cross * between - biases)


def of_values(visible: Family, hidden: Family) -> Units:
    """Units whose values are the members of these families themselves."""
    return Units(visible, hidden, visible.__getitem__, hidden.__getitem__)


def on_where_up(name: str, spin: Family) -> Callable[[Index], Named]:
    """The 0/1 units that go with spins, shown by their name."""
    return lambda unit: Named(name + str(unit).translate(SUBSCRIPTS), (1 + spin[unit]) / 2)


v, h = Family("v", spin=True), Family("h", spin=True)
tau = Family("tau", spin=True)
SPINS = of_values(v, h)
BINARY = Units(sigma, tau, on_where_up("v", sigma), on_where_up("h", tau))
x = on_where_up("x", sigma)  # N units without the distinction


def machine_energy(
    value: Callable[[Index], Expr] = sigma.__getitem__,
    weight: Callable[[Index, Index], Expr] = lambda a, b: WEIGHT[a, b],
    bias: Callable[[Index], Expr] = BIAS.__getitem__,
) -> Expr:
    """-x' W x / 2 - theta' x over N units, with all of the symmetric W."""
    one, other = collective.i, collective.j
    quadratic = total(weight(one, other) * value(one) * value(other), one, other)
    return -quadratic / 2 - total(bias(one) * value(one), one)


def on_prob(weight: Expr, spin: Entry) -> Expr:
    """P(unit at its upper value | the others) under a law given up to its normaliser."""
    up, down = Moved(weight, spin, 1), Moved(weight, spin, -1)
    return up / (up + down)


def log_odds(energy: Expr, spin: Entry) -> Expr:
    """Ln P(unit at its upper value) - ln P(at its lower) under the law exp(-energy)."""
    return Moved(energy, spin, -1) - Moved(energy, spin, 1)
