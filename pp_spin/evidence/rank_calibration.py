"""Simulation-based calibration: an exact draw's rank among the sampler's draws, over instances.

For every random instance, one exact draw and ``n_draws`` of the sampler under test are reduced to a
real statistic, such as the energy. If the sampler is right they are exchangeable, and the exact
one's rank, ties broken at random, is uniform on {0, ..., n_draws}.

Shapes: ``truth`` ``(n_instances,)``, ``draws`` ``(n_instances, n_draws)``. Instances are
independent, and so are the draws of an instance: correlated ones crowd together, and the truth is
too often outside. Equal configurations must have equal values, so one function makes both.
References: Talts et al. 2018; Säilynoja, Bürkner & Vehtari 2022; Massart 1990 for the band.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pp_spin.evidence.budget import MISS


class CalibrationTest(NamedTuple):
    """The largest difference between the ranks' CDF and the uniform one."""

    discrepancy: float
    interval: tuple[float, float]
    """where the largest true difference lies"""
    p_value: float
    rejected: bool
    """the sampler's law is not the exact one (false alarm: alpha)"""


def ranks(truth: ArrayLike, draws: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws below the truth, plus an even choice among its places within ties; ``(n_instances,)``.

    Raises ValueError for other shapes or values that are not finite.
    """
    exact, sampled = np.asarray(truth, dtype=np.float64), np.asarray(draws, dtype=np.float64)
    if exact.ndim != 1 or sampled.ndim != 2 or len(exact) != len(sampled) or not sampled.size:
        raise ValueError(
            f"got truth of shape {exact.shape} and draws of shape {sampled.shape}; each instance "
            "has one exact value and a row of draws; give (n_instances,) and (n_instances, n_draws)"
        )
    if not (np.isfinite(exact).all() and np.isfinite(sampled).all()):
        raise ValueError("got a value that is not finite; it has no rank; mend the statistic")
    below, tied = (sampled < exact[:, None]).sum(1), (sampled == exact[:, None]).sum(1)
    return below + rng.integers(0, tied + 1)


def calibrated(ranks: ArrayLike, n_draws: int, alpha: float) -> CalibrationTest:
    """Test that ``ranks`` ``(n_instances,)`` are uniform on {0, ..., n_draws}.

    ``P(sup_k |F_n(k) - (k + 1) / (n_draws + 1)| >= r) <= 2 exp(-2 n r^2)`` for n instances.
    Raises ValueError for another shape or ranks outside.
    """
    found = np.asarray(ranks)
    if found.ndim != 1 or not len(found) or found.dtype.kind not in "iu":
        raise ValueError(
            f"got ranks of shape {found.shape}, type {found.dtype}; a rank counts draws; give one "
            "integer per instance, (n_instances,)"
        )
    if found.min() < 0 or found.max() > n_draws:
        raise ValueError(
            f"got ranks from {found.min()} to {found.max()}; among {n_draws} draws there are ranks "
            f"0 to {n_draws}; give the number of draws per instance"
        )
    observed = np.bincount(found, minlength=n_draws + 1).cumsum() / len(found)
    uniform = np.arange(1, n_draws + 2) / (n_draws + 1)
    gap, radius = float(np.abs(observed - uniform).max()), _band(len(found), alpha)
    return CalibrationTest(
        gap,
        (max(0.0, gap - radius), min(1.0, gap + radius)),
        min(1.0, float(2 * np.exp(-2 * len(found) * gap**2))),
        gap >= radius,
    )


def detectable(n: int, alpha: float, miss: float = MISS) -> float:
    """The difference in the ranks' CDF that n instances find with probability ``1 - miss``."""
    return _band(n, alpha) + _band(n, miss)


def needed(effect: float, alpha: float, miss: float = MISS) -> int:
    """How many instances make `detectable` at most ``effect``."""
    n = int(np.ceil((detectable(1, alpha, miss) / effect) ** 2))
    return n if detectable(n, alpha, miss) <= effect else n + 1


def _band(n: int, alpha: float) -> float:
    return float(np.sqrt(np.log(2 / alpha) / (2 * n)))
