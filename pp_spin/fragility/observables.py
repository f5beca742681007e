"""What is averaged over draws of a large system: bounded functions of a configuration.

Shapes: spins are ``(n_rows, n)``, values ``(n_rows,)``. The bounds hold in every configuration.

The current: an update of agent i flips it with probability ``(1 - s_i tanh x_i) / 2``, and a flip
drives ``-2 s_i (A s)_i``, A = (gamma - gamma^T)/2. The mean over agents of their product is
``[tanh(x)^T A s - s^T A s] / n``, and ``s^T A s = 0``: what is left is a function of one
configuration, whose stationary mean is the entropy production per update under random scan.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.collective import Collective

Values = NDArray[np.float64]


class Observable(NamedTuple):
    """A function of configurations, its name and its bounds."""

    name: str
    of: Callable[[NDArray[Any]], Values]
    """spins ``(n_rows, n)`` -> ``(n_rows,)``"""
    bounds: tuple[float, float]


def current(collective: Collective) -> Observable:
    """``tanh(x)^T A s / n``: its mean is the entropy production, nats per update of random scan.

    Raises ValueError for agents that do not match probabilities, or are clamped: the drive of their
    flips is not linear in A, or ``s^T A s`` is not all that flips.
    """
    if collective.action_rule.name != "probability_matching" or collective.clamped:
        raise ValueError(
            f"got {collective}; the linear current is the entropy production of agents that all "
            "act, and as they believe; free them and take probability_matching"
        )
    gamma = collective.ties
    antisymmetric = csr_array((gamma - gamma.T) / 2)

    def of(spins: NDArray[Any]) -> Values:
        columns = spins.T.astype(np.float64)
        half_log_odds = gamma @ columns + collective.prior_precision[:, None]
        return (np.tanh(half_log_odds) * (antisymmetric @ columns)).mean(0)

    # Without asymmetry the value is 0 in every configuration.
    most = float(abs(antisymmetric).sum() / collective.n_agents) or float(np.finfo(float).tiny)
    return Observable("entropy production, nats per update", of, (-most, most))


def tie_correlation(ties: csr_array) -> Observable:
    """The mean of ``s_i s_j`` over tied agents, each with the size of its tie as its weight."""
    weights = csr_array(abs(ties) / abs(ties).sum())

    def of(spins: NDArray[Any]) -> Values:
        columns = spins.T.astype(np.float64)
        return (columns * (weights @ columns)).sum(0)

    return Observable("correlation of neighbours", of, (-1.0, 1.0))


def energy(collective: Collective) -> Observable:
    """``-(s^T gamma s / 2 + zeta^T s) / n``, eq. (C.41), per agent."""
    gamma, zeta = collective.ties, collective.prior_precision

    def of(spins: NDArray[Any]) -> Values:
        columns = spins.T.astype(np.float64)
        return -(columns * (gamma @ columns / 2 + zeta[:, None])).mean(0)

    most = float((abs(gamma).sum() / 2 + np.abs(zeta).sum()) / collective.n_agents) or 1.0
    return Observable("energy per agent", of, (-most, most))


def magnetisation() -> Observable:
    """The mean spin."""
    return Observable("magnetisation", lambda spins: spins.mean(1, dtype=np.float64), (-1.0, 1.0))
