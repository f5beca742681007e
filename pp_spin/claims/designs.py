"""What each statistical instrument can see: its design, on the system that it is read on.

An effect is stated three ways: as total variation of the law, as relative entropy (nats per action
or per draw), and as the relative error of all precisions that has it, on the 3x3 torus. What is not
a matter of precisions, as a key used twice, has no such error.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import rel_entr

from pp_spin.claims import cases, directed, trajectories
from pp_spin.claims.claim import Means
from pp_spin.configurations import configurations
from pp_spin.evidence import growth, likelihood_ratio, moments, multinomial, pit, reversal
from pp_spin.evidence.budget import MISS
from pp_spin.reference.laws import Law, ising_law, marginal_up, spin_products, total_variation

LARGEST_ERROR = 0.9
"""Relative errors of the precisions are looked for up to this."""


class Design(NamedTuple):
    """The smallest effect that a test finds with probability ``1 - miss`` at level ``alpha``."""

    test: str
    n: int
    unit: str
    """what n counts"""
    alpha: float
    miss: float
    effect: float
    measured_as: str
    """what the effect is in the test's own terms"""
    total_variation: float | None
    """of the stationary law, for an error of all precisions that is just seen"""
    relative_entropy: float | None
    """nats per action or draw, for the same"""
    coupling: float | None
    """that relative error of all precisions; None where it is above `LARGEST_ERROR`"""


class Kind(NamedTuple):
    """A kind of test, whatever its data."""

    test: str
    unit: str
    of_run: Callable[[int], int]
    """how many of these a run has for its independent chains"""
    measured_as: str
    detectable: Callable[[int, float], float]
    """n, level -> the smallest effect that is found with probability ``1 - MISS``"""
    of_error: Callable[[float], float] | None
    """the effect of a relative error of all precisions; None where it is not a matter of them"""


def designs(means: Means) -> list[Design]:
    """The design of every kind of test with as much data as ``means`` allows."""
    return [design(kind, kind.of_run(means.n_chains), means.alpha) for kind in KINDS]


def design(kind: Kind, n: int, alpha: float) -> Design:
    """The design of one kind of test with n of its units."""
    effect = kind.detectable(n, alpha)
    error = None if kind.of_error is None else _error_with(kind.of_error, effect)
    entropy = _entropy_of_an_action if kind.unit == "actions" else _entropy_of_a_draw
    return Design(
        kind.test,
        n,
        kind.unit,
        alpha,
        MISS,
        float(effect),
        kind.measured_as,
        None if error is None else _variation(error),
        None if error is None else entropy(error),
        error,
    )


def needed(kind: Kind, error: float, alpha: float) -> int | None:
    """The smallest n with which a relative ``error`` of all precisions is found.

    None for a test that does not ask for them.
    """
    if kind.of_error is None:
        return None
    effect, high = kind.of_error(error), 1
    while kind.detectable(high, alpha) > effect:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if kind.detectable(middle, alpha) <= effect else (middle, high)
    return high


def _error_with(of_error: Callable[[float], float], effect: float) -> float | None:
    if of_error(LARGEST_ERROR) < effect:
        return None
    return float(brentq(lambda error: of_error(error) - effect, 0.0, LARGEST_ERROR, xtol=1e-10))


def _n_agents() -> int:
    return cases.TORUS.declared.n_agents


def _law(error: float) -> Law:
    """The Ising law of precisions that are ``1 + error`` times those declared."""
    agents = cases.TORUS.declared
    return ising_law(agents.sensory_precision, agents.prior_precision, 1 + error)


def _variation(error: float) -> float:
    return total_variation(_law(error), _law(0.0))


def _entropy_of_a_draw(error: float) -> float:
    return float(rel_entr(_law(error), _law(0.0)).sum())


def _entropy_of_an_action(error: float) -> float:
    agents = cases.TORUS.declared
    spins = configurations(agents.n_agents)
    x = agents.prior_precision + spins @ agents.sensory_precision.T
    weights = np.repeat(_law(error)[:, None], agents.n_agents, axis=1)
    return growth.relative_entropy(
        1 / (1 + np.exp(-2 * x)), 1 / (1 + np.exp(-2 * (1 + error) * x)), weights
    )


def _events(error: float) -> np.ndarray:
    """The probabilities that agents are up, and that those tied agree."""
    law, ties = _law(error), np.argwhere(np.triu(cases.TORUS.declared.sensory_precision))
    return np.concatenate([marginal_up(law), (1 + spin_products(law, ties)) / 2])


KINDS = (
    Kind(
        "e-process of actions",
        "actions",
        lambda n_chains: trajectories.UPDATES_PER_CHAIN * n_chains,
        "relative entropy of an action",
        lambda n, alpha: growth.detectable(n, alpha, MISS, len(trajectories.RIVALS)),
        _entropy_of_an_action,
    ),
    Kind(
        "one draw per chain, multinomial",
        "chains",
        lambda n_chains: n_chains,
        "total variation of the law",
        lambda n, alpha: multinomial.detectable(n, 2 ** _n_agents(), alpha),
        _variation,
    ),
    Kind(
        "one draw per chain, other temperatures",
        "chains",
        lambda n_chains: n_chains,
        "relative entropy of a draw",
        lambda n, alpha: likelihood_ratio.detectable(n, alpha, MISS, len(directed.ERRORS)),
        _entropy_of_a_draw,
    ),
    Kind(
        "one draw per chain, marginals and agreements",
        "chains",
        lambda n_chains: n_chains,
        "difference of a probability",
        lambda n, alpha: moments.detectable(n, len(_events(0.0)), alpha),
        lambda error: float(np.abs(_events(error) - _events(0.0)).max()),
    ),
    Kind(
        "actions as independent numbers, in pairs",
        "pairs",
        lambda n_chains: trajectories.UPDATES_PER_CHAIN * n_chains // 2,
        "total variation in cells of pairs",
        lambda n, alpha: pit.detectable(
            n, alpha / trajectories.PARTS_OF_RANDOM_SCAN, MISS, pit.SIDE**2
        ),
        None,
    ),
    Kind(
        "time reversal",
        "trajectories that show a direction",
        lambda n_chains: n_chains // trajectories.CHAINS_PER_REVERSAL,
        "excess of one sign",
        lambda n, alpha: reversal.detectable(n, alpha / 2),
        None,
    ),
)
