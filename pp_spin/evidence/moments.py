"""Independent draws against exact marginals: one exact binomial interval per spin and pair.

Shapes: ``spins`` is ``(n_draws, n_spins)``, one draw per chain; probabilities are ``(n_events,)``.
An event is "spin i is up" or "spins i and j agree". The intervals are Clopper and Pearson's, which
hold at any n, and share alpha by the union bound.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from pp_spin.evidence.budget import MISS


class MomentsTest(NamedTuple):
    """The largest difference between observed frequencies and exact probabilities."""

    discrepancy: float
    """``max |frequency - probability|``"""
    interval: tuple[float, float]
    """where the largest true difference lies"""
    worst: int
    """the event whose exact probability is farthest outside, or closest to leaving, its interval"""
    rejected: bool
    """some exact probability is outside its interval (false alarm: alpha)"""


def frequencies(spins: NDArray[np.int8], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Frequencies of "i is up" and then "i and j agree" for ``pairs`` ``(n_pairs, 2)``."""
    agree = spins[:, pairs[:, 0]] == spins[:, pairs[:, 1]]
    return np.concatenate([(spins == 1).mean(0), agree.mean(0)])


def probabilities(
    law: NDArray[np.float64], spins: NDArray[np.int8], pairs: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The exact probabilities of the same events; ``law`` ``(n_states,)`` over ``spins``' rows."""
    agree = spins[:, pairs[:, 0]] == spins[:, pairs[:, 1]]
    return np.clip(np.concatenate([law @ (spins == 1), law @ agree]), 0.0, 1.0)


def compare_with_probabilities(
    observed: NDArray[np.float64], exact: NDArray[np.float64], n_draws: int, alpha: float
) -> MomentsTest:
    """Test frequencies ``(n_events,)`` of ``n_draws`` independent draws against ``exact``."""
    exact = np.clip(exact, 0.0, 1.0)  # rounding may leave them a digit beyond
    ups = np.rint(observed * n_draws)
    tail = alpha / (2 * len(exact))
    # At 0 and n_draws the beta quantile is undefined and the interval reaches the end.
    low = np.where(ups == 0, 0.0, beta.ppf(tail, np.maximum(ups, 1), n_draws - ups + 1))
    high = np.where(ups == n_draws, 1.0, beta.isf(tail, ups + 1, np.maximum(n_draws - ups, 1)))
    outside = np.maximum(low - exact, exact - high)
    largest_possible = np.maximum(high - exact, exact - low).max()
    return MomentsTest(
        float(np.abs(observed - exact).max()),
        (float(max(0.0, outside.max())), float(largest_possible)),
        int(outside.argmax()),
        bool((outside > 0).any()),
    )


def detectable(n_draws: int, n_events: int, alpha: float, miss: float = MISS) -> float:
    """The difference in one probability that is found with probability at least ``1 - miss``.

    By Hoeffding's inequality, inside which Clopper and Pearson's interval always lies.
    """
    levels = (2 * n_events / alpha, 2 * n_events / miss)
    return float(sum(np.sqrt(np.log(level) / (2 * n_draws)) for level in levels))
