"""What each agent does in every configuration, from the closed formulas (eqs. 3, 5, B.20-B.26).

A table of actions is ``(2**n, n)``: entry (k, i) is the probability that agent i, seeing
configuration k, acts +1. Only the *numbers* of a collective are read (its precisions, the name and
parameters of its action rule); the formulas are written here anew, in float64.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pp_spin.configurations import configurations

ActionTable = NDArray[np.float64]
"""``(2**n, n)`` probabilities of acting +1."""


class NamedRule(Protocol):
    """The name and parameters of an action rule."""

    @property
    def name(self) -> str:
        """As in ``agents.action``."""

    @property
    def parameters(self) -> Mapping[str, float]:
        """By their names there."""


class CollectiveNumbers(Protocol):
    """What a reference reads of a collective."""

    @property
    def sensory_precision(self) -> NDArray[np.float64]:
        """gamma, ``(n, n)``."""

    @property
    def prior_precision(self) -> NDArray[np.float64]:
        """zeta, ``(n,)``."""

    @property
    def clamped(self) -> Mapping[int, int]:
        """Index -> ±1."""

    @property
    def action_rule(self) -> NamedRule:
        """How beliefs become actions."""


def action_table(collective: CollectiveNumbers) -> ActionTable:
    """The table of a collective whose action rule is one of the named ones.

    Raises ValueError for a rule without a reference formula.
    """
    spins = configurations(len(collective.prior_precision)).astype(np.float64)
    x = collective.prior_precision + spins @ collective.sensory_precision.T
    rule = collective.action_rule
    if rule.name not in _FORMULAS:
        raise ValueError(
            f"got action rule {rule.name!r}, for which no reference formula is known; the known "
            f"ones are {', '.join(_FORMULAS)}; tabulate your rule and use the table directly "
            "(reference.transitions.sweep_operators)"
        )
    return _FORMULAS[rule.name](x, **rule.parameters)


def _planned(
    x: NDArray[np.float64], preference_precision: float, forward_precision: float
) -> ActionTable:
    phi = expit(2 * x)
    return 0.5 + np.tanh(preference_precision) * np.tanh(forward_precision) * (phi - 0.5)


def _free_energy_softmax(
    x: NDArray[np.float64],
    preference_precision: float,
    forward_precision: float,
    action_precision: float,
) -> ActionTable:
    b = 2 * action_precision * preference_precision * np.tanh(forward_precision)
    return expit(b * (2 * expit(2 * x) - 1))


_FORMULAS: dict[str, Callable[..., ActionTable]] = {
    "probability_matching": lambda x: expit(2 * x),
    "planning_as_inference": _planned,
    "expected_free_energy": _free_energy_softmax,
    "maximum_a_posteriori": lambda x: np.heaviside(x, 0.5),
}
