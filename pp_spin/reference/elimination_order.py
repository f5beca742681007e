"""In which order to sum out the spins of a network: a tree of bags, read as an order.

Shapes: ``order`` is ``(n,)``, the spins as they are drawn; they are summed out from its end. The
k-th of them meets ``shared[k]``, places before k, ascending: every earlier spin that it is tied to,
directly or through spins that were summed out. The last of them meets all the others, so what is
left of the k-th spin once it is summed out fits into its table.
References: Bodlaender & Koster 2010 (both heuristics); Koller & Friedman 2009, chapter 9.
"""

from typing import NamedTuple

import networkx as nx
import numpy as np
from networkx.algorithms.approximation import treewidth_min_degree, treewidth_min_fill_in
from numpy.typing import NDArray

WIDTH_LIMIT = 20
"""Most spins that one spin may meet: tables of 2**20 numbers, two for a spin, 8 MiB each."""


class EliminationOrder(NamedTuple):
    """Who is drawn after whom, and whom it meets then."""

    order: NDArray[np.intp]
    """``(n,)`` the spins in the order in which they are drawn"""
    shared: tuple[tuple[int, ...], ...]
    """n tuples of places in ``order``, ascending"""

    @property
    def width(self) -> int:
        """Most spins that one spin meets; 1 for a tree, n - 1 where all are tied."""
        return max(map(len, self.shared), default=0)


def elimination_order(graph: nx.Graph) -> EliminationOrder:
    """The better of two heuristics, least degree and least fill-in; nodes are ``range(n)``.

    Raises ValueError above `WIDTH_LIMIT`: at once where every order is wider.
    """
    core = max(nx.core_number(graph).values(), default=0)  # no order is narrower
    if core > WIDTH_LIMIT:
        _refuse(len(graph), f"at least {core}", core)
    trees = [treewidth_min_degree(graph), treewidth_min_fill_in(graph)]
    width, tree = min(trees, key=lambda found: found[0])
    if width > WIDTH_LIMIT:
        _refuse(len(graph), f"{width}", width)
    place: dict[int, int] = {}
    shared = []
    # From any bag outwards; what a bag shares with those before it, it shares with one of them.
    for bag in nx.dfs_preorder_nodes(tree, next(iter(tree))):
        for spin in sorted(bag - place.keys()):
            shared.append(tuple(sorted(place[other] for other in bag & place.keys())))
            place[spin] = len(place)
    return EliminationOrder(np.array(list(place), dtype=np.intp), tuple(shared))


def _refuse(n_spins: int, found: str, width: int) -> None:
    raise ValueError(
        f"got {n_spins} free spins whose order of elimination has width {found}; the limit is "
        f"{WIDTH_LIMIT}, and one table of 2**{width} numbers would take 2**{width - 17} MiB; clamp "
        "the spins of most ties until the others are of less width, or sample instead"
    )
