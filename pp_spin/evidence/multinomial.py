"""Independent draws against an exact law: relative entropy with a finite-sample level.

Shapes: ``counts`` and ``law`` are ``(n_cells,)``; draws must be independent (one per chain).
The level is not asymptotic: for n draws over k cells, whatever the law P,
``P(KL(P_n || P) >= eps) <= exp(-n eps) (e n eps / (k - 1))^(k - 1)`` for ``eps > (k - 1)/n``.
References: Agrawal 2020, "Finite-sample concentration of the multinomial in relative entropy".
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import lambertw, rel_entr

from pp_spin.evidence.budget import MISS


class MultinomialTest(NamedTuple):
    """Total variation between the draws' law and the exact one, and what is known of it."""

    relative_entropy: float
    """``KL(empirical || law)``, nats per draw; inf where a draw was impossible"""
    total_variation: float
    """between the empirical law and ``law``"""
    radius: float
    """total variation between the empirical law and the draws' true law, at level alpha"""
    rejected: bool
    """the draws do not come from ``law`` (false alarm: alpha)"""

    @property
    def interval(self) -> tuple[float, float]:
        """Where the total variation between the draws' true law and ``law`` lies."""
        low = max(0.0, self.total_variation - self.radius)
        return low, min(1.0, self.total_variation + self.radius)


def compare_with_law(counts: ArrayLike, law: ArrayLike, alpha: float) -> MultinomialTest:
    """Test independent draws, as ``counts`` ``(n_cells,)``, against ``law`` ``(n_cells,)``."""
    counts, law = np.asarray(counts), np.asarray(law, dtype=np.float64)
    n_draws, n_cells = int(counts.sum()), int(np.count_nonzero(law))
    empirical = counts / n_draws
    relative_entropy = float(rel_entr(empirical, law).sum())
    threshold = entropy_threshold(n_draws, n_cells, alpha)
    return MultinomialTest(
        relative_entropy,
        float(np.abs(empirical - law).sum() / 2),
        float(np.sqrt(threshold / 2)),  # Pinsker
        relative_entropy >= threshold,
    )


def entropy_threshold(n_draws: int, n_cells: int, alpha: float) -> float:
    """The ``eps`` (nats) that ``KL(P_n || P)`` reaches with probability at most ``alpha``."""
    if n_cells == 1:
        return np.finfo(np.float64).tiny
    per_cell = -np.log(alpha) / (n_cells - 1)
    # y - ln y - 1 = per_cell has its root above 1 on the lower branch of Lambert's W.
    y = -lambertw(-np.exp(-1 - per_cell), k=-1).real
    return float(y * (n_cells - 1) / n_draws)


def detectable(n_draws: int, n_cells: int, alpha: float, miss: float = MISS) -> float:
    """The total variation that ``compare_with_law`` finds with probability at least ``1 - miss``.

    Guaranteed for every alternative; evenly spread ones are found at about half of it.
    """
    thresholds = (entropy_threshold(n_draws, n_cells, level) for level in (alpha, miss))
    return float(sum(np.sqrt(threshold / 2) for threshold in thresholds))


def draws_needed(total_variation: float, n_cells: int, alpha: float, miss: float = MISS) -> int:
    """How many independent draws make ``detectable`` at most ``total_variation``."""
    return int(np.ceil((detectable(1, n_cells, alpha, miss) / total_variation) ** 2))


def counts_of(indices: NDArray[np.int64], n_cells: int) -> NDArray[np.int64]:
    """How often each configuration index occurs, ``(n_cells,)``."""
    return np.bincount(indices, minlength=n_cells)
