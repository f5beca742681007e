"""The mean of independent bounded values, with an interval whose level holds at any number of them.

Shapes: ``values`` is ``(n,)``, one per chain, all of one law on [low, high]; nothing else is
assumed, no normality. The interval holds every mean that a gambler who bets against it, never
seeing ahead, cannot make rich: under the true mean m the capital ``prod_i (1 + l_i (u_i - m))`` is
a martingale that never falls below 0, so it reaches 2/alpha with probability at most alpha/2
(Ville). Where values spread little the half width is about ``R log(2/alpha) / (2 n)``, R their
range; else about ``s sqrt(2 log(2/alpha) / n)``, s their standard deviation.
References: Waudby-Smith & Ramdas 2024, "Estimating means of bounded random variables by betting".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

_BOLDEST = 0.9  # share of what a bet may be before it can lose everything
_ROUNDING = 1e-6  # by which single precision may leave the bounds, relative to the range


class Estimate(NamedTuple):
    """A mean and where it lies, with probability at least ``1 - alpha``."""

    mean: float
    low: float
    high: float
    alpha: float
    n_chains: int

    def holds(self, value: float) -> bool:
        """Whether ``value`` is in the interval."""
        return self.low <= value <= self.high


def estimate(values: ArrayLike, bounds: tuple[float, float], alpha: float) -> Estimate:
    """The mean of independent ``values`` ``(n,)`` in ``bounds``, each end of the interval alpha/2.

    Raises ValueError for no values, values outside the bounds or not finite, and alpha outside
    (0, 1).
    """
    values, (low, high) = np.asarray(values, dtype=np.float64), bounds
    slack = _ROUNDING * (high - low)
    if values.ndim != 1 or len(values) == 0 or not high > low:
        raise ValueError(
            f"got values of shape {values.shape} in {bounds}; a mean is of one number per chain, "
            "of a range that is not empty; give (n_chains,) numbers and low < high"
        )
    if not ((values >= low - slack) & (values <= high + slack)).all():
        raise ValueError(
            f"got values from {values.min()} to {values.max()}; the interval rests on their being "
            f"in [{low}, {high}]; give the bounds of what was measured"
        )
    if not 0 < alpha < 1:
        raise ValueError(
            f"got alpha = {alpha}; it is the probability that the interval misses; give a number "
            "in (0, 1)"
        )
    scaled = np.clip((values - low) / (high - low), 0.0, 1.0)
    lowest, highest = _lower(scaled, alpha), 1 - _lower(1 - scaled, alpha)
    return Estimate(
        float(values.mean()),
        float(low + (high - low) * lowest),
        float(low + (high - low) * highest),
        alpha,
        len(values),
    )


def _lower(scaled: NDArray[np.float64], alpha: float) -> float:
    """The least mean in [0, 1] against which values on [0, 1] do not win 2/alpha by being large."""
    n, log_goal = len(scaled), np.log(2 / alpha)
    seen = np.arange(1, n + 1)
    mean = (0.5 + np.cumsum(scaled)) / (seen + 1)
    variance = (0.25 + np.cumsum((scaled - mean) ** 2)) / (seen + 1)
    before = np.concatenate([[0.25], variance[:-1]])  # a bet knows the past alone
    wanted = np.sqrt(2 * log_goal / (n * before))

    def short_of_goal(m: float) -> float:
        # The larger m, the less is won: bets and gains both fall.
        won = np.cumsum(np.log1p(np.minimum(wanted, _BOLDEST / m) * (scaled - m)))
        return float(log_goal - won.max())

    least = np.finfo(np.float64).tiny
    if short_of_goal(least) >= 0:
        return 0.0
    return float(brentq(short_of_goal, least, 1.0, xtol=1e-12))
