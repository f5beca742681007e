"""What the e-process of actions can find, and with how many updates: growth of log E.

Shapes: laws of actions are probabilities of +1 over contexts, ``(n_contexts,)``, with ``weights``
of the same shape: how often each context is visited (None: evenly). A faulty collective visits what
*its* stationary law says. Units: nats per update.

The power is approximate: it takes the log product of an alternative that equals the true law for
normal with mean n KL and variance 2 n KL, as it nearly is for small effects and contexts that are
forgotten well within n updates. Large effects, or those felt in contexts that persist, vary more:
Metropolis for heat bath on a 3x3 torus has about 2.3 times that variance (seen in 400 runs, of
which 3 missed it where 0.1 % were to). The level of the test does not depend on any of this.
References: Grünwald, de Heide & Koolen 2024, "Safe testing".
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, rel_entr
from scipy.stats import norm


def relative_entropy(
    up_prob: ArrayLike, true: ArrayLike, weights: NDArray[np.float64] | None = None
) -> float:
    """``KL(true || phi)`` per update, nats, over contexts weighted by visits (None: evenly)."""
    phi, true = np.asarray(up_prob, dtype=np.float64), np.asarray(true, dtype=np.float64)
    per_context = rel_entr(true, phi) + rel_entr(1 - true, 1 - phi)
    return float(np.average(per_context, weights=weights))


def growth(
    up_prob: ArrayLike, true: ArrayLike, q: ArrayLike, weights: NDArray[np.float64] | None = None
) -> float:
    """What log E of the alternative q gains per update if actions follow ``true``, nats.

    ``E[log(q / phi)] = KL(true || phi) - KL(true || q)``: at most the former.
    """
    possible = relative_entropy(up_prob, true, weights)
    return possible if np.isinf(possible) else possible - relative_entropy(q, true, weights)


def detectable(n_updates: int, alpha: float, miss: float, n_alternatives: int) -> float:
    """The KL per update (nats) that is found with probability about ``1 - miss``.

    For a small effect that is among the alternatives. Its log product is then about normal with
    mean n KL and variance 2 n KL, and must reach ``ln(1 / alpha) + ln(n_alternatives)``.
    """
    return _total_entropy(alpha, miss, n_alternatives) / n_updates


def updates_needed(kl: float, alpha: float, miss: float, n_alternatives: int) -> int:
    """How many updates make ``detectable`` at most ``kl`` (nats per update)."""
    return int(np.ceil(_total_entropy(alpha, miss, n_alternatives) / kl))


def coupling_error(
    kl: float, half_log_odds: ArrayLike, weights: NDArray[np.float64] | None = None
) -> float:
    """The small relative error of all couplings and priors that has this KL per update (nats).

    By the Fisher information of a heat bath, ``I = E[4 x^2 phi (1 - phi)]`` over contexts x
    weighted by visits (None: evenly), with ``KL = I error^2 / 2``; inf where every x is 0.
    """
    x = np.asarray(half_log_odds, dtype=np.float64)
    information = np.average(4 * x**2 * expit(2 * x) * expit(-2 * x), weights=weights)
    return float(np.sqrt(2 * kl / information)) if information > 0 else float("inf")


def _total_entropy(alpha: float, miss: float, n_alternatives: int) -> float:
    """The n KL at which ``n KL - z sqrt(2 n KL)`` reaches the threshold."""
    z, threshold = norm.isf(miss), np.log(n_alternatives / alpha)
    return float((z + np.sqrt(z**2 + 2 * threshold)) ** 2 / 2)
