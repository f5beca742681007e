"""Independent draws against an exact law by named rivals: directed likelihood ratios.

For independent draws of the law P, ``E = mean_k prod_draws q_k / P`` over rival laws q_k that were
fixed before the draws has mean 1, so ``P(E >= 1 / alpha) <= alpha`` (Markov): the level is exact. A
fault that resembles a rival is found with far fewer draws than `multinomial` needs, which looks
for all of them at once; one that resembles none may never be.

Shapes: ``counts`` and laws ``(n_cells,)``, rivals ``(n_rivals, n_cells)``; logs are natural.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp, xlogy
from scipy.stats import norm

from pp_spin.evidence.budget import MISS

_ROUNDING = 1e-12
"""What a rival's sum may be off by: a billion draws multiply E by less than 1.001 for it."""


class LikelihoodRatioTest(NamedTuple):
    """How much better rivals explain the draws than the law under test."""

    log_e: float
    """log of the mean ratio, nats; inf where a draw was impossible"""
    best: int
    """the rival with the largest likelihood"""
    logs: NDArray[np.float64]
    """log likelihood ratio of each rival, ``(n_rivals,)``"""
    rejected: bool
    """the draws do not come from the law (false alarm: alpha)"""


def compare_with_rivals(
    counts: ArrayLike, law: ArrayLike, rivals: ArrayLike, alpha: float
) -> LikelihoodRatioTest:
    """Test independent draws, as ``counts``, against ``law``, betting on ``rivals``.

    Raises ValueError for counts or rivals over other cells, without any rival, and for one whose
    probabilities are negative or do not add up to 1.
    """
    counts, law = np.asarray(counts), np.asarray(law, dtype=np.float64)
    others = np.asarray(rivals, dtype=np.float64)
    if counts.shape != law.shape:
        raise ValueError(
            f"got counts of shape {counts.shape} for a law of shape {law.shape}; each cell has a "
            "count and a probability; give both as (n_cells,)"
        )
    if others.ndim != 2 or not len(others) or others.shape[1] != len(law):
        raise ValueError(
            f"got rivals of shape {others.shape} for a law of {len(law)} cells; a rival says how "
            f"likely each cell is; give (n_rivals, {len(law)})"
        )
    totals = others.sum(axis=1)
    wrong = np.flatnonzero(~((others >= 0).all(axis=1) & (np.abs(totals - 1) <= _ROUNDING)))
    if wrong.size:
        raise ValueError(
            f"got rival {wrong[0]} with probabilities from {others[wrong[0]].min():g} that add up "
            f"to {totals[wrong[0]]:.12g}; a bet of more than 1 has no level; give laws, each "
            "divided by its sum"
        )
    if counts[law == 0].any():
        impossible = np.full(len(others), np.inf)
        return LikelihoodRatioTest(np.inf, 0, impossible, rejected=True)
    seen = counts > 0
    logs = (xlogy(counts, others) - xlogy(counts, law))[:, seen].sum(axis=1)
    log_e = float(logsumexp(logs) - np.log(len(logs)))
    return LikelihoodRatioTest(log_e, int(logs.argmax()), logs, log_e >= -np.log(alpha))


def detectable(n_draws: int, alpha: float, miss: float = MISS, n_rivals: int = 1) -> float:
    """The relative entropy of a rival (nats per draw) that is found with probability ``1 - miss``.

    Of small effects, whose log ratio is about normal with mean n KL and variance 2 n KL: the power
    is approximate, the level is not.
    """
    z, threshold = norm.isf(miss), np.log(n_rivals / alpha)
    return float((z + np.sqrt(z**2 + 2 * threshold)) ** 2 / 2 / n_draws)


def needed(relative_entropy: float, alpha: float, miss: float = MISS, n_rivals: int = 1) -> int:
    """How many draws make `detectable` at most ``relative_entropy`` (nats per draw)."""
    n = int(np.ceil(detectable(1, alpha, miss, n_rivals) / relative_entropy))
    # The quotient may be rounded down to a whole number.
    return n if detectable(n, alpha, miss, n_rivals) <= relative_entropy else n + 1
