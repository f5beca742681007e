"""Who sees whom: arrays and networkx graphs in, node order kept; lattices, graphs (section 2.4).

``ties`` is a float64 csr_array (n, n): row i is what agent i hears from each j, so the edge i -> j
of a directed graph reads "i sees j". ``biases`` is float64 (n,). A network says nothing about what
its numbers mean: the collective reads them as precisions, the Ising law as couplings and fields.
"""

import itertools
import math
import operator
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from pp_spin import checks
from pp_spin.checks import DENSE_LIMIT
from pp_spin.graph_ties import graph_biases, graph_nodes, graph_ties
from pp_spin.random_ties import independent_pairs, regular_pairs


@dataclass(frozen=True, eq=False)
class Network:
    """Agents and their ties; what `as_network` returns is checked and read-only."""

    ties: csr_array
    """(n, n) float64, row i: what agent i hears from j; zero diagonal, sorted, no explicit zero"""
    biases: NDArray[np.float64]
    """(n,)"""
    nodes: tuple[Hashable, ...]
    """(n,), names in array order"""

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """The ties as a dense read-only table (n, n).

        Raises ValueError above `checks.DENSE_LIMIT` agents, whose ``ties`` are to be used.
        """
        return checks.dense("weights", self.ties)

    def scaled(self, factor: float) -> "Network":
        """The same agents, every tie ``factor`` times as strong; biases stay.

        Raises ValueError where a tie is then no finite number.
        """
        with np.errstate(over="ignore"):  # refused with the tie's name instead
            ties = self.ties * factor
        return as_network(ties, self.biases, nodes=self.nodes)


def as_network(
    source: Any,
    biases: ArrayLike | None = None,
    *,
    weight: str | None = "weight",
    bias: str | None = "bias",
    nodes: Iterable[Hashable] | None = None,
) -> Network:
    """A checked `Network` from a dense (n, n) array, scipy sparse, a networkx graph or a Network.

    Only what is given dense is ever dense: the others may have millions of agents.

    A graph keeps its node order; its weights are the edge attribute ``weight`` and its biases the
    node attribute ``bias``. An attribute that nobody has means weights 1 and biases 0 under the
    default name, and an error under a name that the caller chose; one that only some have is an
    error; None ignores attributes. ``biases`` (n,), given, replaces those of the source. ``nodes``
    names the agents of an array (default: 0 … n-1), and reorders those of a graph.

    Raises ValueError for multigraphs, self-loops, weights that are not finite numbers, arrays that
    are not square, biases or nodes of another number, and repeated nodes.
    """
    if isinstance(source, nx.Graph):
        names = graph_nodes(source, nodes)
        ties = graph_ties(source, names, weight)
        return _checked(
            ties, graph_biases(source, names, bias) if biases is None else biases, names
        )
    if isinstance(source, Network):
        own_biases = source.biases if biases is None else biases
        return _checked(source.ties, own_biases, source.nodes if nodes is None else nodes)
    return _checked(source, biases, nodes)


def lattice(shape: Sequence[int], periodic: bool | Sequence[bool] = True) -> Network:
    """Hypercubic lattice of any dimension: (4, 4) is the square of Fig. 1A, (3, 3, 3) a cube.

    Nodes are coordinate tuples in row-major order; ``periodic`` may differ from side to side.
    Raises ValueError for a side below 1, and below 3 where it is periodic.
    """
    sides = tuple(_count("lattice side", side, at_least=1) for side in shape)
    wraps = (periodic,) * len(sides) if isinstance(periodic, bool) else tuple(periodic)
    if not sides or len(wraps) != len(sides):
        raise ValueError(
            f"got lattice of shape {sides} with {len(wraps)} periodic sides; a lattice has one or "
            "more sides, each open or periodic; give both as tuples of one length"
        )
    for side, wrap in zip(sides, wraps, strict=True):
        if wrap and side < 3:
            raise ValueError(
                f"got a periodic lattice side of {side}; its two neighbours along that side would "
                "coincide; give a side of 3 or more, or periodic=False"
            )
    places = np.arange(math.prod(sides)).reshape(sides)
    here, beside = [], []
    for side, wrap in enumerate(wraps):
        along = np.moveaxis(places, side, 0)
        end = None if wrap else -1
        here.append(along[:end].ravel())
        beside.append(np.roll(along, -1, axis=0)[:end].ravel())
    pairs = np.stack([np.concatenate(here), np.concatenate(beside)], axis=1)
    return _tied(places.size, pairs, itertools.product(*map(range, sides)))


def ring(n: int) -> Network:
    """Cycle of ``n`` >= 3 agents, unit weights."""
    around = np.arange(_count("ring size", n, at_least=3))
    return _tied(n, np.stack([around, np.roll(around, -1)], axis=1))


def path(n: int) -> Network:
    """Open chain of ``n`` >= 1 agents, unit weights."""
    along = np.arange(_count("path size", n, at_least=1))
    return _tied(n, np.stack([along[:-1], along[1:]], axis=1))


def star(n: int) -> Network:
    """``n`` >= 1 agents in all: the hub, node 0, and n - 1 leaves; unit weights."""
    leaves = np.arange(1, _count("star size", n, at_least=1))
    return _tied(n, np.stack([np.zeros_like(leaves), leaves], axis=1))


def complete(n: int) -> Network:
    """``n`` >= 1 agents, each seeing all others; unit weights.

    Raises ValueError above `checks.DENSE_LIMIT` agents: its table has no zeros to leave out.
    """
    n = _count("size", n, at_least=1)
    if n > DENSE_LIMIT:
        raise ValueError(
            f"got {n} agents; a complete network ties every two of them, a dense table that is "
            f"limited to {DENSE_LIMIT}; take fewer agents, or fewer ties with random_regular"
        )
    return as_network(np.ones((n, n)) - np.eye(n))


def random_regular(degree: int, n: int, seed: int) -> Network:
    """``n`` agents with ``degree`` neighbours each, drawn from ``seed``; unit weights.

    Raises ValueError unless 0 <= degree < n and degree * n is even.
    """
    n, degree = _count("size", n, at_least=1), _count("degree", degree, at_least=0)
    if degree >= n or degree * n % 2:
        raise ValueError(
            f"got degree {degree} for {n} agents; each tie has two ends and two different agents, "
            "so degree * n is even and degree < n; change one of the two"
        )
    return _tied(n, regular_pairs(degree, n, _generator(seed)))


def erdos_renyi(n: int, edge_probability: float, seed: int) -> Network:
    """``n`` agents, each pair tied with ``edge_probability``, drawn from ``seed``; unit weights."""
    n = _count("size", n, at_least=1)
    if not 0 <= edge_probability <= 1:
        raise ValueError(
            f"got edge_probability {edge_probability!r}; it is the chance that a pair is tied; "
            "give a number from 0 to 1"
        )
    return _tied(n, independent_pairs(n, edge_probability, _generator(seed)))


def _tied(n: int, pairs: NDArray[np.int64], nodes: Iterable[Hashable] | None = None) -> Network:
    """Mutual unit ties between ``pairs`` (n_pairs, 2), each given once."""
    rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    return as_network(csr_array((np.ones(len(rows)), (rows, columns)), shape=(n, n)), nodes=nodes)


def _checked(weights: Any, biases: ArrayLike | None, nodes: Iterable[Hashable] | None) -> Network:
    ties = checks.ties("weights", weights)
    n = ties.shape[0]
    names = tuple(range(n)) if nodes is None else tuple(nodes)
    if len(names) != n:
        raise ValueError(
            f"got {len(names)} nodes for weights of shape {ties.shape}; each agent has one name; "
            f"give {n} nodes"
        )
    checks.unique_nodes(names)
    checks.no_loop("weights", ties, names)
    values = np.zeros(n) if biases is None else biases
    return Network(
        ties=ties,
        biases=checks.matching_length("biases", values, n, "each agent has one bias"),
        nodes=names,
    )


def _count(name: str, value: int, at_least: int) -> int:
    number = operator.index(value)  # a float or a string is a TypeError that says so
    if number < at_least:
        raise ValueError(f"got {name} {number}; that is below {at_least}; give {at_least} or more")
    return number


def _generator(seed: int) -> np.random.Generator:
    return np.random.default_rng(_count("seed", seed, at_least=0))
