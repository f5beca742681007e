"""By which factor the couplings may differ from what they should be, given a trajectory's actions.

For a factor c that is the true one, ``prod q_k(action) / link(c x)(action)``, averaged over the
alternatives q, is a martingale too. So the factors at which it stays below ``1 / alpha`` are a
confidence set at level alpha: every c whose log likelihood is within ``ln(1 / alpha)`` of the
alternatives' mean (universal inference). An interval, since ``sum log link(c x)`` is concave in c;
empty where the alternatives explain the actions better than any factor does.

References: Wasserman, Ramdas & Balakrishnan 2020, "Universal inference".
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import expit, log_expit

from pp_spin.evidence.alternatives import Actions

FACTORS = (-8.0, 8.0)
"""Between which factors are looked for; where one end of an interval is this, it may be farther."""

_CERTAIN = 1e100  # half log-odds beyond which nothing changes: a factor of 0 makes no NaN of inf

Curve = Callable[[float], float]
"""A function of the factor."""


def coupling_error(
    actions: Actions, log_e: float, alpha: float
) -> tuple[float, tuple[float, float] | None]:
    """The most likely relative error of couplings and priors, and the interval of those possible.

    For agents who match probabilities. ``log_e`` is the e-process of the same actions at its end.
    The interval holds the true error with probability ``1 - alpha`` at least; an error of 0 is in
    it exactly where the e-process ends below ``1 / alpha``. It is None where no factor of `FACTORS`
    is possible: then what is wrong is something else than a factor of all precisions, or a larger
    one. Of factors that are equally likely the most likely is 1, an error of 0, if it is one.

    Raises ValueError where ``log_e`` is not finite.
    """
    if not np.isfinite(log_e):
        raise ValueError(
            f"got log_e = {log_e}; after an action that the law, or every alternative, excludes "
            "there is no likelihood to compare with; report `EProcess.impossible` instead"
        )
    contexts, n_each = np.unique(
        np.stack([actions.half_log_odds, actions.up]), axis=1, return_counts=True
    )
    # Half log-odds of what was done.
    x = np.clip(np.where(contexts[1] == 1, contexts[0], -contexts[0]), -_CERTAIN, _CERTAIN)
    under_test = n_each @ log_expit(2 * x)

    def slope(factor: float) -> float:
        """Of the log likelihood; it falls with the factor."""
        return float(n_each @ (2 * x * expit(-2 * factor * x)))

    def surplus(factor: float) -> float:
        """Log likelihood over the law under test, above what is still possible."""
        return float(n_each @ log_expit(2 * factor * x) - under_test - log_e - np.log(alpha))

    best = _highest(slope)
    if surplus(best) <= 0:
        return best - 1, None
    low, high = (_end(surplus, best, far) for far in FACTORS)
    return best - 1, (low - 1, high - 1)


def coupling_error_of_law(
    counts: ArrayLike, law: ArrayLike, log_e: float, alpha: float
) -> tuple[float, tuple[float, float] | None]:
    """The same of independent draws, as ``counts`` ``(n_cells,)``, of a law to an unknown power.

    ``law ** c``, over its sum, is the law of c times all precisions. ``log_e`` is the likelihood
    ratio of the same draws (`likelihood_ratio`), whose e-value has mean 1 for the true power too.

    Raises ValueError where ``log_e`` is not finite.
    """
    if not np.isfinite(log_e):
        raise ValueError(
            f"got log_e = {log_e}; after a draw that the law, or every rival, excludes there is no "
            "likelihood to compare with; report the draw instead"
        )
    possible = np.asarray(law) > 0
    seen, logs = np.asarray(counts)[possible], np.log(np.asarray(law, dtype=np.float64)[possible])
    n, found = seen.sum(), float(seen @ logs)

    def slope(factor: float) -> float:
        weights = np.exp(factor * logs - (factor * logs).max())
        return found - float(n * (weights @ logs) / weights.sum())

    def surplus(factor: float) -> float:
        """As in `coupling_error`."""
        largest = (factor * logs).max()
        log_sum = largest + np.log(np.exp(factor * logs - largest).sum())
        return float((factor - 1) * found - n * log_sum - log_e - np.log(alpha))

    best = _highest(slope)
    if surplus(best) <= 0:
        return best - 1, None
    low, high = (_end(surplus, best, far) for far in FACTORS)
    return best - 1, (low - 1, high - 1)


def _highest(slope: Curve) -> float:
    """Where a falling slope passes through zero; the end of `FACTORS` towards that, if outside."""
    low, high = FACTORS
    if slope(1.0) == 0:
        return 1.0
    if slope(low) <= 0:
        return low
    return high if slope(high) >= 0 else float(brentq(slope, low, high, xtol=1e-12, maxiter=1000))


def _end(surplus: Curve, inside: float, far: float) -> float:
    """Where the surplus passes through zero between ``inside`` and ``far``; far if nowhere."""
    if surplus(far) > 0:
        return far
    return float(brentq(surplus, inside, far, xtol=1e-12, maxiter=1000))
