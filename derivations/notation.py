"""Every symbol of the paper, once, with what is assumed of it (sections 2-4, appendices A-C).

Conventions: a *spin* takes the values -1 and +1, a *unit* 0 and 1, a *probability* lies strictly
between 0 and 1; everything else is a real number, positive only where the name says so below. A
proof is decided over all values of the finite symbols and, exactly, over all real values of the
others.

Half log-odds are called *local fields*: a spin with local field x has P(s) = exp(x s)/(2 cosh x).
"""

from typing import Any, ClassVar

import sympy as sp
from sympy import Expr, Symbol

from derivations.display import Where, reveal
from derivations.substitution import substituted


class FiniteSymbol(sp.Symbol):
    """A symbol with finitely many values; a proof goes through all of them."""

    values: ClassVar[tuple[int, ...]] = ()

    def __new__(cls, name: str) -> "FiniteSymbol":
        """The symbol of that name; one object however often it is asked for."""
        return super().__new__(cls, name, integer=True)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.name,), {}


class SpinSymbol(FiniteSymbol):
    """A spin, hidden state, control or optimality variable: -1 or +1."""

    values = (-1, 1)


class _Odds(sp.Symbol):
    """A symbol that is like none of a proof's own, whatever their names."""


class ProbabilitySymbol(sp.Symbol):
    """A number strictly between 0 and 1 (the proofs write it r/(1 + r) with r > 0)."""

    def __new__(cls, name: str) -> "ProbabilitySymbol":
        """The symbol of that name; one object however often it is asked for."""
        return super().__new__(cls, name, positive=True)

    @property
    def odds(self) -> Symbol:
        """The odds p / (1 - p), the positive number by which the proofs write p."""
        return _Odds(f"odds_{self.name}", positive=True)

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        return (self.name,), {}


# Section 2: one agent.
z = SpinSymbol("z")  # the hidden state
u = SpinSymbol("u")  # the control (action)
gamma = Symbol("gamma", real=True)  # sensory precision shared by all neighbours
zeta = Symbol("zeta", real=True)  # prior precision
spin_sum = Symbol("Delta", real=True)  # Delta sigma, the sum of the neighbouring spins
phi_z = ProbabilitySymbol("phi_z")  # belief that z = +1
phi_u = ProbabilitySymbol("phi_u")  # probability of the action u = +1

# Sections 3 and 4: spin glasses and Boltzmann machines.
beta = Symbol("beta", positive=True)  # inverse temperature of the spin glass

# Appendix B: controls, optimality, preferences.
optimality = SpinSymbol("O")
omega = Symbol("omega", real=True)  # preference precision
xi = Symbol("xi", real=True)  # precision of the forward model
action_precision = Symbol("alpha", positive=True)  # the beta of (B.26), not the spin glass's
slope = Symbol("b", positive=True)  # b = 2 alpha omega tanh(xi), the scale of the softmax agent
aversion = Symbol("L", positive=True)  # -ln P(O = -1) where the paper writes infinity


def sigma(i: int) -> SpinSymbol:
    """SpinSymbol of agent i."""
    return SpinSymbol(f"sigma_{i}")


def spins(n: int) -> tuple[SpinSymbol, ...]:
    """sigma_1 … sigma_n."""
    return tuple(sigma(i) for i in range(1, n + 1))


# Shapes of laws.
def spin_law(local_field: Expr, spin: Expr) -> Expr:
    """exp(x s) / (2 cosh(x s)), the form in which the paper writes its laws of one spin."""
    return sp.exp(local_field * spin) / (2 * sp.cosh(local_field * spin))


def logistic(x: Expr) -> Expr:
    """1 / (1 + exp(-x))."""
    return 1 / (1 + sp.exp(-x))


def bernoulli(up_prob: Expr, spin: Expr) -> Expr:
    """(1 - p)^(1 - (s + 1)/2) p^((s + 1)/2), the paper's way to write P(s = +1) = p."""
    up = (spin + 1) / sp.Integer(2)
    return (1 - up_prob) ** (1 - up) * up_prob**up


def at(expr: Expr, *assignments: tuple[Expr, Expr | int]) -> Expr:
    """``expr`` with symbols replaced, all at once, and names replaced by what they stand for."""
    return substituted(reveal(expr), {symbol: sp.sympify(value) for symbol, value in assignments})


def where(expr: Expr, *assignments: tuple[Expr, Expr | int]) -> Expr:
    """``expr`` with symbols replaced, written out as such and carried out when it is decided."""
    symbols, values = zip(*assignments, strict=True)
    return Where(expr, symbols, values)
