"""The Ising law of a real network, exactly: spins summed out one by one (section 3, eq. 6).

Shapes: couplings ``(n, n)``, dense or scipy sparse; fields ``(n,)``; tables have one axis of size 2
for each spin that is met. The cost is ``n 2**width``, not ``2**n``.
Conventions: ``p(s) ∝ exp(-beta E(s))``, ``E(s) = -sum_<ij> J_ij s_i s_j - sum_i h_i s_i``, each
pair once. Clamped (index -> spin), p is the conditional law of the other spins, and Z the sum over
the configurations that hold what is clamped, with the energy of all spins.

Moments are derivatives of ``ln Z``, by the adjoint of its sums (`elimination_passes`), not by
differences. Draws follow the conditional odds from spin to spin, each by itself: no chain is run.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from pp_spin import checks
from pp_spin.reference.elimination_order import EliminationOrder, elimination_order
from pp_spin.reference.elimination_passes import Table, backward, forward


class Elimination(NamedTuple):
    """One Ising law, its spins summed out."""

    couplings: NDArray[np.float64]
    """``(n, n)``"""
    fields: NDArray[np.float64]
    """``(n,)``"""
    clamped: dict[int, int]
    """index -> spin"""
    order: EliminationOrder
    """of the free spins; ``order.order`` holds their indices among all n"""
    log_odds: tuple[Table, ...]
    """``ln P(s_k = +1 | shared) - ln P(s_k = -1 | shared)`` for the k-th spin in order"""
    shared_law: tuple[Table, ...]
    """``P(shared)`` of the same spins"""
    log_partition: float
    """``ln Z``"""


def eliminate(
    couplings: Any,
    fields: ArrayLike,
    beta: float = 1.0,
    clamped: Mapping[int, int] | None = None,
) -> Elimination:
    """Sum out the free spins of ``p(s) ∝ exp(beta sum_<ij> J_ij s_i s_j + beta sum_i h_i s_i)``.

    Raises ValueError unless couplings are symmetric, without a diagonal, and all numbers finite;
    where clamped spins do not exist or are not ±1; and above `elimination_order.WIDTH_LIMIT`.
    """
    couplings = checks.no_self_coupling("couplings", couplings)
    couplings = checks.symmetric("couplings", couplings, "the Ising law")
    n = len(couplings)
    fields = checks.matching_length("fields", fields, n, "every spin has one field")
    beta = float(checks.finite("beta", beta))
    held = checks.clamped_spins(clamped, range(n))
    free = np.array([i for i in range(n) if i not in held], dtype=np.intp)
    fixed = np.zeros(n)
    fixed[list(held)] = list(held.values())

    found = elimination_order(nx.from_numpy_array(couplings[np.ix_(free, free)] != 0))
    order = found._replace(order=free[found.order])
    # In order from here on: spin k is the k-th that is drawn.
    ties = beta * couplings[np.ix_(order.order, order.order)]
    pulls = beta * (fields + couplings @ fixed)[order.order]
    log_odds, log_partition = forward(ties, pulls, order.shared)
    of_clamped = beta * (fields @ fixed + fixed @ couplings @ fixed / 2)
    shared_law = backward(log_odds, order.shared)
    log_partition += float(of_clamped)
    return Elimination(couplings, fields, held, order, log_odds, shared_law, log_partition)


def marginal_up(elimination: Elimination) -> NDArray[np.float64]:
    """``P(s_i = +1)`` of every spin, ``(n,)``: ``(1 + d ln Z / d(beta h_i)) / 2``."""
    up = np.zeros(len(elimination.fields))
    for i, value in elimination.clamped.items():
        up[i] = value == 1
    parts = zip(elimination.order.order, elimination.shared_law, elimination.log_odds, strict=True)
    for i, law, odds in parts:
        up[i] = (law * expit(odds)).sum()
    return up


def spin_products(elimination: Elimination, pairs: ArrayLike) -> NDArray[np.float64]:
    """``E[s_i s_j]`` of each of ``pairs`` ``(n_pairs, 2)``; of a tie, ``d ln Z / d(beta J_ij)``.

    Raises ValueError for a pair of free spins that the order never brings together; ties always
    meet.
    """
    means = 2 * marginal_up(elimination) - 1
    place = {int(i): k for k, i in enumerate(elimination.order.order)}
    products = np.empty(len(np.asarray(pairs)))
    for row, (i, j) in enumerate(np.asarray(pairs, dtype=np.intp).tolist()):
        if i in elimination.clamped or j in elimination.clamped:
            products[row] = means[i] * means[j]
        elif i == j:
            products[row] = 1
        else:
            early, late = sorted((place[i], place[j]))
            products[row] = _product(elimination, early, late)
    return products


def mean_energy(elimination: Elimination) -> float:
    """``E[E(s)] = -d ln Z / d beta`` of all n spins, clamped ones too; not per spin."""
    ties = np.argwhere(np.triu(elimination.couplings))
    of_ties = elimination.couplings[ties[:, 0], ties[:, 1]] @ spin_products(elimination, ties)
    return -float(of_ties + elimination.fields @ (2 * marginal_up(elimination) - 1))


def exact_draws(elimination: Elimination, n_draws: int, seed: int) -> NDArray[np.int8]:
    """Independent draws from the law, int8 ``(n_draws, n)``; clamped spins are as clamped."""
    rng = np.random.default_rng(seed)
    spins = np.empty((len(elimination.fields), n_draws), dtype=np.int8)
    for i, value in elimination.clamped.items():
        spins[i] = value
    ups = np.empty((len(elimination.order.order), n_draws), dtype=np.bool_)
    for k, (shared, odds) in enumerate(
        zip(elimination.order.shared, elimination.log_odds, strict=True)
    ):
        cell = np.zeros(n_draws, dtype=np.intp)
        for place in shared:
            cell = 2 * cell + ups[place]
        ups[k] = rng.random(n_draws) < expit(odds.ravel())[cell]
    spins[elimination.order.order] = np.where(ups, 1, -1)
    return np.ascontiguousarray(spins.T)


def _product(elimination: Elimination, early: int, late: int) -> float:
    """``E[s s']`` of two places in order."""
    shared = elimination.order.shared[late]
    if early not in shared:
        i, j = sorted(int(elimination.order.order[k]) for k in (early, late))
        raise ValueError(
            f"got the pair ({i}, {j}), which are not tied; their spins never meet in one table of "
            f"this order; eliminate with {{{i}: 1}} and {{{i}: -1}} clamped and weigh the marginals"
        )
    others = tuple(a for a, j in enumerate(shared) if j != early)
    mean_late = elimination.shared_law[late] * np.tanh(elimination.log_odds[late] / 2)
    down, up = mean_late.sum(axis=others)
    return float(up - down)
