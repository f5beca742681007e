"""A run's independent draws against independent reference draws, where no exact law is known.

Shapes: values of one real statistic ``(n,)`` and ``(n_reference,)``; bounded observables
``(n, n_events)`` and ``(n_reference, n_events)`` in [-1, 1], such as spins or products of two.
Draws are independent, one per chain; those of one row of events may depend on each other.

Each sample is as near its own law as its own inequality says, alpha being split between the two by
the union bound; no asymptotics. Ties, as of energies, make the bands only wider than they need be.
Equal configurations must have equal values: both sides' statistics come from one function of the
spins, or rounding parts what is tied.
References: Massart 1990 (the constant 2 in the inequality of Dvoretzky, Kiefer and Wolfowitz);
Hoeffding 1963; Maurer & Pontil 2009, theorem 4.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import ks_2samp

from pp_spin.evidence.budget import MISS

_LEAST = -690.0  # log of the smallest p-value that is told from 0


class DistributionTest(NamedTuple):
    """The largest difference between two CDFs."""

    discrepancy: float
    interval: tuple[float, float]
    """where the largest true difference lies"""
    p_value: float
    rejected: bool
    """the two laws of the statistic differ (false alarm: alpha)"""


class MeansTest(NamedTuple):
    """The largest difference between two samples' means."""

    discrepancy: float
    interval: tuple[float, float]
    """where the largest true difference lies"""
    worst: int
    """the event whose difference is farthest beyond, or closest to leaving, its radius"""
    p_value: float
    rejected: bool
    """some event's means differ (false alarm: alpha)"""


def compare_distributions(run: ArrayLike, reference: ArrayLike, alpha: float) -> DistributionTest:
    """Test one statistic's values ``(n,)`` against ``(n_reference,)`` reference values.

    ``|sup|F_n - G_m| - sup|F - G|| <= r_n + r_m``, ``r_n = sqrt(ln(4 / alpha) / (2 n))``.
    """
    first, second = _sample("run", run, 1), _sample("reference", reference, 1)
    gap = float(ks_2samp(first, second, method="asymp").statistic)
    per_root = len(first) ** -0.5 + len(second) ** -0.5
    radius = _band(len(first), len(second), alpha)
    return DistributionTest(
        gap,
        (max(0.0, gap - radius), min(1.0, gap + radius)),
        min(1.0, float(4 * np.exp(-2 * (gap / per_root) ** 2))),
        gap >= radius,
    )


def compare_means(run: ArrayLike, reference: ArrayLike, alpha: float) -> MeansTest:
    """Test means of ``(n, n_events)`` values in [-1, 1] against ``(n_reference, n_events)`` ones.

    Each mean's radius is the smaller of Hoeffding's and the empirical Bernstein one, each at half
    the level; events, samples, inequalities and sides share alpha.
    """
    first, second = _sample("run", run, 2), _sample("reference", reference, 2)
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            f"got {first.shape[1]} events of the run and {second.shape[1]} of the reference; each "
            "is compared with its own; give the same events in the same order"
        )
    gaps = np.abs(first.mean(0) - second.mean(0))
    sizes = len(first), len(second)
    variances = first.var(0, ddof=1), second.var(0, ddof=1)

    def radii(log_alpha: float) -> NDArray[np.float64]:
        pairs = zip(sizes, variances, strict=True)
        return np.sum([_radius(n, v, log_alpha - np.log(8 * len(gaps))) for n, v in pairs], axis=0)

    def beyond(log_alpha: float) -> float:
        return float((gaps - radii(log_alpha)).max())

    radius = radii(np.log(alpha))
    return MeansTest(
        float(gaps.max()),
        (max(0.0, float((gaps - radius).max())), min(2.0, float((gaps + radius).max()))),
        int((gaps - radius).argmax()),
        _p_value(beyond),
        bool((gaps >= radius).any()),
    )


def detectable(n: int, alpha: float, miss: float = MISS, n_reference: int | None = None) -> float:
    """The difference of CDFs found with probability ``1 - miss``; by default n on both sides."""
    m = n if n_reference is None else n_reference
    return _band(n, m, alpha) + _band(n, m, miss)


def needed(effect: float, alpha: float, miss: float = MISS, n_reference: int | None = None) -> int:
    """Draws (of each side, if ``n_reference`` is None) that make `detectable` <= ``effect``."""
    one_side = sum(np.sqrt(np.log(4 / level) / 2) for level in (alpha, miss))
    n = _solved(effect, float(one_side), n_reference)
    return n if detectable(n, alpha, miss, n_reference) <= effect else n + 1


def detectable_mean(
    n: int, alpha: float, miss: float = MISS, n_events: int = 1, n_reference: int | None = None
) -> float:
    """The difference of means of one of ``n_events`` that is found with probability ``1 - miss``.

    By Hoeffding's inequality; small variances are found earlier.
    """
    m = n if n_reference is None else n_reference
    return float((n**-0.5 + m**-0.5) * _mean_factor(alpha, miss, n_events))


def needed_for_mean(
    effect: float,
    alpha: float,
    miss: float = MISS,
    n_events: int = 1,
    n_reference: int | None = None,
) -> int:
    """Draws (of each side, if ``n_reference`` is None) making `detectable_mean` <= ``effect``."""
    n = _solved(effect, _mean_factor(alpha, miss, n_events), n_reference)
    return n if detectable_mean(n, alpha, miss, n_events, n_reference) <= effect else n + 1


def _sample(name: str, values: ArrayLike, ndim: int) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=np.float64)
    least, shape = (1, "(n,)") if ndim == 1 else (2, "(n, n_events)")
    if array.ndim != ndim or len(array) < least or not array.size:
        raise ValueError(
            f"got {name} of shape {array.shape}; its rows are {least} independent draws or more; "
            f"give an array of shape {shape}"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"got {name} with a value that is not finite; it has no place; mend it")
    if ndim == 2 and np.abs(array).max() > 1:
        raise ValueError(
            f"got {name} with a value of size {np.abs(array).max()}; the inequalities need values "
            "in [-1, 1]; divide by a bound known before the data"
        )
    return array


def _band(n: int, m: int, alpha: float) -> float:
    return float(np.sqrt(np.log(4 / alpha) / 2) * (n**-0.5 + m**-0.5))


def _radius(n: int, variance: NDArray[np.float64], log_level: float) -> NDArray[np.float64]:
    """Of a mean of n values in [-1, 1] with this sample variance: one side, one inequality."""
    bernstein = np.log(2) - log_level  # the theorem's ln(2 / delta), for values in [0, 1]
    empirical = np.sqrt(2 * variance * bernstein / n) + 14 * bernstein / (3 * (n - 1))
    return np.minimum(empirical, np.sqrt(-2 * log_level / n))


def _p_value(beyond: Callable[[float], float]) -> float:
    """The smallest alpha at which some gap reaches its radius; 1 if none does, 0 below 1e-299."""
    if beyond(0.0) < 0:
        return 1.0
    if beyond(_LEAST) >= 0:
        return 0.0
    return float(np.exp(brentq(beyond, _LEAST, 0.0)))


def _mean_factor(alpha: float, miss: float, n_events: int) -> float:
    """Of ``1 / sqrt(n)``: radius of all events at alpha, of one event's two means at miss."""
    return float(np.sqrt(2 * np.log(8 * n_events / alpha)) + np.sqrt(2 * np.log(2 / miss)))


def _solved(effect: float, factor: float, m: int | None) -> int:
    """The least n with ``factor (1/sqrt(n) + 1/sqrt(m)) <= effect``, up to rounding."""
    left = effect / 2 if m is None else effect - factor * m**-0.5
    if left <= 0:
        raise ValueError(
            f"got effect {effect} with {m} reference draws, which alone leave "
            f"{factor * (m or 1) ** -0.5:.3g} in doubt; draw more references or look for a larger "
            "effect"
        )
    return int(np.ceil((factor / left) ** 2))
