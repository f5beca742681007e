"""The two passes of variable elimination over spins: sums forward, probabilities backward.

Shapes: a table has one axis of size 2 for each spin, index 0 for -1 and 1 for +1; spins are named
by their place in the order, and stand in a table in that order. ``shared`` is that of
`elimination_order`: n tuples of earlier places, and results are n tables over them.

Forward, from the end of the order: the k-th spin is tied to spins before it, and has received what
was left of spins behind it. With ``a(s_k, shared)`` the sum of both, ``log sum_s_k exp a`` is what
is left of it, and ``a(+1) - a(-1)`` its log-odds given the shared spins. At the end ``ln Z`` is
left. Backward, the adjoint: ``d ln Z / d a = P(s_k, shared)``, that is ``P(shared)`` times the
odds' probability, and ``P(shared)`` is a sum over the adjoint of the table that received.
References: Dechter 1999 (buckets); Lauritzen & Spiegelhalter 1988; Darwiche 2003 (the adjoint).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Table = NDArray[np.float64]
"""One axis of size 2 for each spin."""


def forward(
    ties: NDArray[np.float64], pulls: NDArray[np.float64], shared: tuple[tuple[int, ...], ...]
) -> tuple[tuple[Table, ...], float]:
    """Log-odds of every spin given those that it shares, and ``ln Z``.

    ``ties`` ``(n, n)`` and ``pulls`` ``(n,)`` are couplings and fields in order, times beta.
    """
    received: list[list[Table]] = [[] for _ in shared]
    log_odds, log_partition = [np.zeros(())] * len(shared), 0.0
    for k in reversed(range(len(shared))):
        own = np.full((2,) * len(shared[k]), pulls[k])
        for j in shared[k]:
            own += np.reshape([-ties[k, j], ties[k, j]], _shape(shared[k], (j,)))
        down, up = -own, own
        for message in received[k]:
            down, up = down + message[..., 0], up + message[..., 1]
        received[k].clear()
        log_odds[k] = np.asarray(up - down)
        left = np.logaddexp(up, down)
        if shared[k]:
            last = shared[k][-1]
            received[last].append(left.reshape(_shape((*shared[last], last), shared[k])))
        else:
            log_partition += float(left)
    return tuple(log_odds), log_partition


def backward(log_odds: tuple[Table, ...], shared: tuple[tuple[int, ...], ...]) -> tuple[Table, ...]:
    """``P(shared)`` of every spin: the adjoint of what was left of it in the forward pass."""
    laws: list[Table] = []
    for mine in shared:
        if not mine:
            laws.append(np.ones(()))
            continue
        last = mine[-1]
        odds = log_odds[last]
        joint = laws[last][..., np.newaxis] * expit(np.stack([-odds, odds], axis=-1))
        others = tuple(a for a, j in enumerate((*shared[last], last)) if j not in mine)
        laws.append(joint.sum(axis=others))
    return tuple(laws)


def _shape(scope: tuple[int, ...], present: tuple[int, ...]) -> tuple[int, ...]:
    """Of a table over ``present`` that is to broadcast against one over ``scope``."""
    return tuple(2 if j in present else 1 for j in scope)
