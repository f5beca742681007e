"""What each agent does in every configuration, from the closed formulas (eqs. 3, 5, B.20-B.26).

A table of actions is ``(2**n, n)``: entry (k, i) is the probability that agent i, seeing
configuration k, acts +1. Only the *numbers* of a collective are read (its precisions, the name and
parameters of its action rule); the formulas are written here anew, in float64.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

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


class FreeAgents(NamedTuple):
    """The agents that act, as a collective of their own."""

    sensory_precision: NDArray[np.float64]
    prior_precision: NDArray[np.float64]
    clamped: Mapping[int, int]
    action_rule: NamedRule


def without_clamped(collective: CollectiveNumbers) -> tuple[FreeAgents, NDArray[np.intp]]:
    """The free agents, ascending, and their indices: what a clamped spin adds is a prior.

    ``zeta_i + sum_j gamma_ij s_j`` splits into the free agents' sum and a constant. This holds for
    each agent's belief, so for every action rule and for asymmetric precisions too.
    """
    held = np.array(sorted(collective.clamped), dtype=np.intp)
    free = np.setdiff1d(np.arange(len(collective.prior_precision)), held)
    values = np.array([collective.clamped[int(i)] for i in held], dtype=np.float64)
    gamma = collective.sensory_precision
    priors = collective.prior_precision[free] + gamma[np.ix_(free, held)] @ values
    agents = FreeAgents(gamma[np.ix_(free, free)], priors, {}, collective.action_rule)
    return agents, free


def action_table(collective: CollectiveNumbers) -> ActionTable:
    """The probabilities of every agent in every configuration, ``(2**n, n)``.

    Raises ValueError for an action rule without a reference formula.
    """
    return action_probabilities(collective, configurations(len(collective.prior_precision)))


def action_probabilities(collective: CollectiveNumbers, spins: NDArray[np.int8]) -> ActionTable:
    """The same for the configurations ``spins`` ``(n_rows, n)`` alone, ``(n_rows, n)``."""
    x = collective.prior_precision + spins @ collective.sensory_precision.T
    return rule_probabilities(collective.action_rule, x)


def rule_probabilities(rule: NamedRule, x: NDArray[np.float64]) -> ActionTable:
    """What a rule makes of half log-odds x of any shape: the probabilities of acting +1.

    Raises ValueError for an action rule without a reference formula.
    """
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
