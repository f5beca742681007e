"""The mean of independent bounded draws whose variance is known exactly: Bernstein's inequality.

For n draws of mean mu and variance v, none farther from mu than ``bound``,
``P(|mean - mu| >= r) <= 2 exp(-n r^2 / (2 v + 2 bound r / 3))`` at any n. A finite lattice's energy
is such a draw: its heat capacity is its variance.

References: Bernstein 1946; Boucheron, Lugosi & Massart 2013, "Concentration inequalities".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pp_spin.evidence.budget import MISS


class MeanTest(NamedTuple):
    """How far a mean is from the exact one."""

    discrepancy: float
    """mean of the draws less the exact one"""
    interval: tuple[float, float]
    """where the true difference lies"""
    rejected: bool
    """the draws do not have that mean (false alarm: alpha)"""


def compare_with_mean(
    draws: ArrayLike, exact: float, variance: float, bound: float, alpha: float
) -> MeanTest:
    """Test the mean of draws ``(n,)`` of this ``variance``, none farther than ``bound`` from it."""
    values = np.asarray(draws, dtype=np.float64)
    reach, found = radius(len(values), variance, bound, alpha), float(values.mean() - exact)
    return MeanTest(found, (found - reach, found + reach), abs(found) >= reach)


def radius(n_draws: int, variance: float, bound: float, alpha: float) -> float:
    """The distance that the mean of ``n_draws`` reaches with probability at most ``alpha``."""
    nats = np.log(2 / alpha) / n_draws
    linear = bound * nats / 3
    return float(linear + np.sqrt(linear**2 + 2 * variance * nats))


def detectable(
    n_draws: int, variance: float, bound: float, alpha: float, miss: float = MISS
) -> float:
    """The difference that is found with probability at least ``1 - miss``, of draws as variable."""
    return sum(radius(n_draws, variance, bound, level) for level in (alpha, miss))
