"""Proper colourings of who sees whom, for agents that act together (app. C).

Two colours where the network is bipartite, at any size. Elsewhere the fewest colours is NP-hard:
up to `MOST_AGENTS` and `MOST_TIES` several greedy orders of networkx compete, beyond them one
greedy order is worked off in parallel rounds (Jones and Plassmann, SIAM J. Sci. Comput. 14, 1993,
654-669), the agents with most ties first (the order of Welsh and Powell).
"""

from typing import Any

import networkx as nx
import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from scipy.sparse import csgraph, csr_array

from pp_spin import checks

MOST_AGENTS, MOST_TIES = 1_000, 20_000
"""For networkx, whose best order takes two seconds there and grows with the square of the agents,
and with their number times their ties."""

# The greedy orders that compete, earlier ones winning ties; all are deterministic.
_GREEDY_ORDERS = (
    "saturation_largest_first",
    "smallest_last",
    "largest_first",
    "connected_sequential_bfs",
)


def colouring(weights: Any) -> NDArray[np.int64]:
    """A proper colouring of who sees whom: colours 0, 1, … (n,), by first appearance.

    ``weights`` is ``(n, n)``, dense or sparse. Two agents share a colour only if neither sees the
    other, so one colour's agents may act together without changing what any of them sees. Agents
    without ties have colour 0. The same network always gets the same colours.

    Raises ValueError for a table that is not square or finite, and for a self-coupled agent.
    """
    ties = checks.ties("weights", weights)
    checks.no_loop("weights", ties)
    pattern = ties.astype(bool)
    mutual = csr_array(pattern + pattern.T)
    mutual.sort_indices()
    colours = _two_sides(mutual)
    if colours is None:
        few = mutual.shape[0] <= MOST_AGENTS and mutual.nnz // 2 <= MOST_TIES
        colours = (_best_greedy if few else _in_rounds)(mutual)
    tied = np.diff(mutual.indptr) > 0
    result = np.zeros(len(tied), dtype=np.int64)
    result[tied] = _by_first_appearance(colours[tied])
    result.flags.writeable = False
    return result


def _two_sides(mutual: csr_array) -> NDArray[np.int64] | None:
    """Which side each agent is on, the first of every component on side 0; None for an odd cycle.

    Take every agent twice, and tie the first copy of each to the second copies of its neighbours:
    a walk changes the copy at every step. The copies of one agent are connected where an odd
    number of steps leads back to it; otherwise each component has become two.
    """
    n = mutual.shape[0]
    twice = scipy.sparse.block_array([[None, mutual], [mutual, None]], format="csr")
    _, component = csgraph.connected_components(twice, directed=False)
    if (component[:n] == component[n:]).any():
        return None
    _, earliest = np.unique(component, return_index=True)
    return (earliest[component[:n]] > earliest[component[n:]]).astype(np.int64)


def _best_greedy(mutual: csr_array) -> NDArray[np.int64]:
    graph = nx.empty_graph(mutual.shape[0])
    graph.add_edges_from(np.argwhere(mutual.toarray()).tolist())
    attempts = [nx.greedy_color(graph, strategy=order) for order in _GREEDY_ORDERS]
    best = min(attempts, key=lambda attempt: max(attempt.values()))
    return np.array([best[i] for i in range(len(graph))], dtype=np.int64)


def _in_rounds(mutual: csr_array) -> NDArray[np.int64]:
    """Each round colours every agent whose earlier neighbours all have a colour."""
    n, n_ties = mutual.shape[0], np.diff(mutual.indptr)
    rank = np.empty(n, dtype=np.int64)  # most ties first, then by a fixed lot: short rounds
    rank[np.lexsort((np.random.default_rng(0).permutation(n), -n_ties))] = np.arange(n)
    agent = np.repeat(np.arange(n), n_ties)
    waits_for = np.bincount(agent[rank[mutual.indices] < rank[agent]], minlength=n)
    colours = np.full(n, -1, dtype=np.int64)
    ready = np.flatnonzero(waits_for == 0)
    while len(ready):
        rows = mutual[ready]
        place = np.repeat(np.arange(len(ready)), n_ties[ready])
        colours[ready] = _smallest_free(place, colours[rows.indices], len(ready))
        later = rows.indices[colours[rows.indices] < 0]
        np.subtract.at(waits_for, later, 1)
        ready = np.unique(later[waits_for[later] == 0])
    return colours


def _smallest_free(
    place: NDArray[np.int64], taken: NDArray[np.int64], n_places: int
) -> NDArray[np.int64]:
    """The smallest colour not ``taken`` at each place; pairs (place, taken), -1: not yet coloured.

    Sorted, the colours taken at a place agree with 0, 1, … up to the first that is free.
    """
    base = int(taken.max(initial=0)) + 1
    pairs = np.unique((place * base + taken)[taken >= 0])
    place, taken = np.divmod(pairs, base)
    counted = np.arange(len(pairs)) - np.searchsorted(place, place)
    return np.bincount(place[taken == counted], minlength=n_places)


def _by_first_appearance(colours: NDArray[np.int64]) -> NDArray[np.int64]:
    """The colours renamed 0, 1, … in the order in which they appear."""
    _, first, label = np.unique(colours, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first))[label]
