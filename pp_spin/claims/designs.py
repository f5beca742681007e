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

from pp_spin.claims import cases, trajectories
from pp_spin.claims.claim import Means
from pp_spin.configurations import configurations
from pp_spin.evidence import growth, moments, multinomial, pit, reversal
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


def designs(means: Means) -> list[Design]:
    """The design of every kind of test with as much data as ``means`` allows."""
    n_actions, alpha = trajectories.UPDATES_PER_CHAIN * means.n_chains, means.alpha
    n_chains, n_reversed = means.n_chains, means.n_chains // trajectories.CHAINS_PER_REVERSAL
    n_cells, n_events = 2 ** _n_agents(), len(_events(0.0))
    rivals = len(trajectories.RIVALS)
    return [
        _design(
            "e-process of actions",
            n_actions,
            "actions",
            alpha,
            growth.detectable(n_actions, alpha, MISS, rivals),
            "relative entropy of an action",
            _entropy_of_an_action,
        ),
        _design(
            "one draw per chain, multinomial",
            n_chains,
            "chains",
            alpha,
            multinomial.detectable(n_chains, n_cells, alpha),
            "total variation of the law",
            _variation,
        ),
        _design(
            "one draw per chain, marginals and agreements",
            n_chains,
            "chains",
            alpha,
            moments.detectable(n_chains, n_events, alpha),
            "difference of a probability",
            lambda error: float(np.abs(_events(error) - _events(0.0)).max()),
        ),
        _design(
            "actions as independent numbers, in pairs",
            n_actions // 2,
            "pairs",
            alpha,
            pit.detectable(
                n_actions // 2, alpha / trajectories.PARTS_OF_RANDOM_SCAN, MISS, pit.SIDE**2
            ),
            "total variation in cells of pairs",
            None,
        ),
        _design(
            "time reversal",
            n_reversed,
            "trajectories that show a direction",
            alpha,
            reversal.detectable(n_reversed, alpha / 2),
            "excess of one sign",
            None,
        ),
    ]


def _design(
    test: str,
    n: int,
    unit: str,
    alpha: float,
    effect: float,
    measured_as: str,
    of_error: Callable[[float], float] | None,
) -> Design:
    error = None if of_error is None else _error_with(of_error, effect)
    return Design(
        test,
        n,
        unit,
        alpha,
        MISS,
        float(effect),
        measured_as,
        None if error is None else _variation(error),
        None
        if error is None
        else (_entropy_of_an_action if unit == "actions" else _entropy_of_a_draw)(error),
        error,
    )


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
