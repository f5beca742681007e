"""Time reversal of independent stationary chains: a sign test that no autocorrelation disturbs.

A reversible stationary chain shows every trajectory as often backwards, so a statistic A that
changes its sign with the direction of time has ``P(A > 0) = P(A < 0)``, exactly and at any mixing:

``A = sum_t sum_{i<j} w_ij (s_i(t) s_j(t + 1) - s_j(t) s_i(t + 1))``, ``w_ij = -w_ji``.

Shapes: ``spins`` ``(n_chains, n_times, n_spins)``, each -1 or +1, each chain started from its
stationary law; ``weights`` ``(n_spins, n_spins)``, fixed before the data are seen, such as
``gamma.T - gamma`` or the signs of differences of places in a declared order of updates.
References: Clopper & Pearson 1934 for the interval.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom

from pp_spin.evidence.budget import MISS


class SignTest(NamedTuple):
    """How unevenly the signs of A fall."""

    discrepancy: float
    """``|share of positive among signed - 1/2|``; 0 where no chain has a sign"""
    interval: tuple[float, float]
    """where the true ``|P(A > 0 | A != 0) - 1/2|`` lies"""
    n_signed: int
    """chains with A other than 0"""
    z: float
    """standard deviations of the number of positive signs; only said, the test is exact"""
    p_value: float
    rejected: bool
    """the chains are not reversible, or not stationary (false alarm: alpha)"""


def antisymmetric_statistic(spins: ArrayLike, weights: ArrayLike) -> NDArray[np.float64]:
    """A of each chain, ``(n_chains,)``. Raises ValueError for other shapes or symmetric weights.

    The sums over time are whole numbers, exact in float64, and change sign when time is reversed;
    the weighted sum of them is an odd function even as rounded. So rounding tips no sign.
    """
    seen, weight = np.asarray(spins, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if seen.ndim != 3 or seen.shape[1] < 2:
        raise ValueError(
            f"got spins of shape {seen.shape}; time has a direction from two times on; "
            "give (n_chains, n_times, n_spins)"
        )
    if np.any(np.abs(seen) != 1):
        raise ValueError("got spins other than -1 and +1; from 0/1 units take 2 * bit - 1")
    if weight.shape != (seen.shape[2],) * 2:
        raise ValueError(
            f"got weights of shape {weight.shape} for {seen.shape[2]} spins; every pair has one; "
            f"give an array of shape {(seen.shape[2],) * 2}"
        )
    if not np.isfinite(weight).all() or np.any(weight != -weight.T) or not weight.any():
        raise ValueError(
            "got weights that are not antisymmetric, or are all zero; what is symmetric says "
            "nothing of time's direction; give w with w[i, j] = -w[j, i], such as gamma.T - gamma"
        )
    forward = seen[:, :-1].transpose(0, 2, 1) @ seen[:, 1:]
    upper = np.triu(weight, 1)
    return ((forward - forward.transpose(0, 2, 1)) * upper).sum(axis=(1, 2))


def sign_test(statistics: ArrayLike, alpha: float) -> SignTest:
    """Test ``P(A > 0) = P(A < 0)`` with independent A ``(n_chains,)``: exact binomial, two-sided.

    Zeros are dropped, and the level stays: given which chains have a sign, each sign is + or - with
    probability 1/2 independently, so the test has its level given that, hence without it.
    Raises ValueError for another shape or numbers that are not finite.
    """
    values = np.asarray(statistics, dtype=np.float64)
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise ValueError(
            f"got statistics of shape {values.shape}; the test needs a finite number of each "
            "independent chain; give them as (n_chains,)"
        )
    n_positive, n_signed = int((values > 0).sum()), int(np.count_nonzero(values))
    if n_signed == 0:
        return SignTest(0.0, (0.0, 0.5), 0, 0.0, 1.0, False)
    more = max(n_positive, n_signed - n_positive)
    p_value = min(1.0, float(2 * binom.sf(more - 1, n_signed, 0.5)))
    # Clopper and Pearson's interval of the commoner sign's probability, from above 0 to at most 1.
    low = beta.ppf(alpha / 2, more, n_signed - more + 1) - 0.5
    high = 0.5 if more == n_signed else beta.isf(alpha / 2, more + 1, n_signed - more) - 0.5
    deviation = n_positive / n_signed - 0.5
    return SignTest(
        abs(deviation),
        (float(max(0.0, low)), float(max(high, -low))),
        n_signed,
        2 * deviation * n_signed**0.5,
        p_value,
        p_value <= alpha,
    )


def detectable(n: int, alpha: float, miss: float = MISS) -> float:
    """The ``|P(A > 0 | A != 0) - 1/2|`` found with probability ``1 - miss`` by n signed chains.

    Exact; inf where not even n equal signs are rejected.
    """
    fewest = binom.isf(alpha / 2, n, 0.5) + 1  # positive signs that are rejected
    if fewest > n:
        return np.inf
    # P(Binomial(n, p) >= fewest) is the beta(fewest, n - fewest + 1) distribution at p.
    return float(beta.isf(miss, fewest, n - fewest + 1) - 0.5)


def needed(effect: float, alpha: float, miss: float = MISS) -> int:
    """Signed chains whose `detectable` is at most ``effect``, one fewer having more.

    Raises ValueError for an effect outside (0, 1/2).
    """
    if not 0 < effect < 0.5:
        raise ValueError(
            f"got effect {effect}; |P(A > 0) - 1/2| is above 0 and below 1/2; give such a number"
        )
    high = 1
    while detectable(high, alpha, miss) > effect:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if detectable(middle, alpha, miss) <= effect else (middle, high)
    return high
