"""Who sees whom: arrays and networkx graphs in, node order kept; lattices; colouring (section 2.4).

``weights`` is float64 (n, n): row i is what agent i hears from each j, so the edge i -> j of a
directed graph reads "i sees j". ``biases`` is float64 (n,). A network says nothing about what its
numbers mean: the collective reads them as precisions, the Ising law as couplings and fields.
"""

import itertools
import math
import operator
from collections.abc import Hashable, Iterable, Sequence
from numbers import Real
from typing import Any, NamedTuple

import networkx as nx
import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray

from pp_spin import checks

DENSE_LIMIT = 16_384
"""Most agents of a network: its weights are a dense table, 2 GiB at the limit."""

# The greedy orders that `colouring` tries, earlier ones winning ties; all are deterministic.
_GREEDY_ORDERS = (
    "saturation_largest_first",
    "smallest_last",
    "largest_first",
    "connected_sequential_bfs",
)


class Network(NamedTuple):
    """Agents and their ties; what `as_network` returns is checked and read-only."""

    weights: NDArray[np.float64]  # (n, n), row i: what agent i hears from j; zero diagonal
    biases: NDArray[np.float64]  # (n,)
    nodes: tuple[Hashable, ...]  # (n,), names in array order


def as_network(
    source: Any,
    biases: ArrayLike | None = None,
    *,
    weight: str | None = "weight",
    bias: str | None = "bias",
    nodes: Iterable[Hashable] | None = None,
) -> Network:
    """A checked `Network` from a dense (n, n) array, scipy sparse, a networkx graph or a Network.

    A graph keeps its node order; its weights are the edge attribute ``weight`` and its biases the
    node attribute ``bias``. An attribute that nobody has means weights 1 and biases 0 under the
    default name, and an error under a name that the caller chose; one that only some have is an
    error; None ignores attributes. ``biases`` (n,), given, replaces those of the source. ``nodes``
    names the agents of an array (default: 0 … n-1), and reorders those of a graph.

    Raises ValueError for multigraphs, self-loops, weights that are not finite numbers, arrays that
    are not square, biases or nodes of another number, and repeated nodes.
    """
    if isinstance(source, nx.Graph):
        names = _graph_nodes(source, nodes)
        weights: ArrayLike = _graph_weights(source, names, weight)
        own_biases: ArrayLike = _graph_biases(source, names, bias) if biases is None else biases
        return _checked(weights, own_biases, names)
    if isinstance(source, Network):
        own_biases = source.biases if biases is None else biases
        return _checked(source.weights, own_biases, source.nodes if nodes is None else nodes)
    if scipy.sparse.issparse(source):
        _refuse_large(max(source.shape))
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
    _refuse_large(math.prod(sides))
    # grid_graph names its sides from the last to the first, and a chain's nodes by bare integers.
    graph = nx.grid_graph(dim=sides[::-1], periodic=wraps[::-1])
    if len(sides) == 1:
        graph = nx.relabel_nodes(graph, {i: (i,) for i in range(sides[0])})
    return as_network(graph, nodes=itertools.product(*map(range, sides)))


def ring(n: int) -> Network:
    """Cycle of ``n`` >= 3 agents, unit weights."""
    return as_network(nx.cycle_graph(_count("ring size", n, at_least=3)))


def path(n: int) -> Network:
    """Open chain of ``n`` >= 1 agents, unit weights."""
    return as_network(nx.path_graph(_count("path size", n, at_least=1)))


def star(n: int) -> Network:
    """``n`` >= 1 agents in all: the hub, node 0, and n - 1 leaves; unit weights."""
    return as_network(nx.star_graph(_count("star size", n, at_least=1) - 1))


def complete(n: int) -> Network:
    """``n`` >= 1 agents, each seeing all others; unit weights."""
    return as_network(nx.complete_graph(_count("size", n, at_least=1)))


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
    graph = nx.random_regular_graph(degree, n, seed=operator.index(seed))
    return as_network(graph, nodes=range(n))


def erdos_renyi(n: int, edge_probability: float, seed: int) -> Network:
    """``n`` agents, each pair tied with ``edge_probability``, drawn from ``seed``; unit weights."""
    n = _count("size", n, at_least=1)
    if not 0 <= edge_probability <= 1:
        raise ValueError(
            f"got edge_probability {edge_probability!r}; it is the chance that a pair is tied; "
            "give a number from 0 to 1"
        )
    return as_network(nx.gnp_random_graph(n, edge_probability, seed=operator.index(seed)))


def colouring(weights: ArrayLike) -> NDArray[np.int64]:
    """A proper colouring of who sees whom: colours 0, 1, … (n,), by first appearance.

    Two agents share a colour only if neither sees the other, so one colour's agents may act
    together without changing what any of them sees. Two colours where the network is bipartite,
    else the best of a few greedy orders (an upper bound: the fewest is NP-hard). Agents without
    ties have colour 0.
    """
    matrix = checks.no_self_coupling("weights", weights)
    graph = nx.empty_graph(len(matrix))
    graph.add_edges_from(np.argwhere((matrix != 0) | (matrix.T != 0)).tolist())
    if nx.is_bipartite(graph):
        colours = nx.bipartite.color(graph)
    else:
        attempts = [nx.greedy_color(graph, strategy=order) for order in _GREEDY_ORDERS]
        colours = min(attempts, key=lambda attempt: max(attempt.values()))
    renamed: dict[int, int] = {}  # labels then do not depend on the method
    result = np.zeros(len(matrix), dtype=np.int64)
    for i in sorted(graph):
        if graph.degree[i]:
            result[i] = renamed.setdefault(colours[i], len(renamed))
    result.flags.writeable = False
    return result


def _checked(
    weights: ArrayLike, biases: ArrayLike | None, nodes: Iterable[Hashable] | None
) -> Network:
    matrix = checks.square("weights", weights)
    n = len(matrix)
    names = tuple(range(n)) if nodes is None else tuple(nodes)
    if len(names) != n:
        raise ValueError(
            f"got {len(names)} nodes for weights of shape {matrix.shape}; each agent has one name; "
            f"give {n} nodes"
        )
    _refuse_repeats(names)
    matrix = checks.no_self_coupling("weights", matrix, names)
    values = np.zeros(n) if biases is None else biases
    return Network(
        weights=matrix,
        biases=checks.matching_length("biases", values, n, "each agent has one bias"),
        nodes=names,
    )


def _graph_nodes(graph: nx.Graph, nodes: Iterable[Hashable] | None) -> tuple[Hashable, ...]:
    if graph.is_multigraph():
        raise ValueError(
            f"got a {type(graph).__name__}; parallel ties between two agents have no one weight; "
            "add them up first and give a Graph or DiGraph"
        )
    if len(graph) == 0:
        raise ValueError("got a graph without nodes; a network has one agent or more; add nodes")
    _refuse_large(len(graph))
    names = tuple(graph.nodes if nodes is None else nodes)
    _refuse_repeats(names)
    unknown = [node for node in names if node not in graph]
    if unknown or len(names) != len(graph):
        odd = unknown[0] if unknown else next(node for node in graph if node not in names)
        raise ValueError(
            f"got {len(names)} nodes for a graph of {len(graph)}, and {odd!r} is in only one of "
            "the two; nodes= orders the agents of a graph; list each exactly once"
        )
    return names


def _graph_weights(
    graph: nx.Graph, names: Sequence[Hashable], weight: str | None
) -> NDArray[np.float64]:
    given = {(seer, seen): data for seer, seen, data in graph.edges(data=True)}
    values = _attribute("edge", given, weight, default_name="weight", default=1.0)
    index = {node: i for i, node in enumerate(names)}
    matrix = np.zeros((len(names), len(names)))
    for (seer, seen), value in values.items():
        matrix[index[seer], index[seen]] = value
        if not graph.is_directed():
            matrix[index[seen], index[seer]] = value
    return matrix


def _graph_biases(graph: nx.Graph, names: Sequence[Hashable], bias: str | None) -> list[float]:
    values = _attribute("node", dict(graph.nodes(data=True)), bias, "bias", default=0.0)
    return [values[node] for node in names]


def _attribute(
    kind: str, given: dict[Any, dict[str, Any]], name: str | None, default_name: str, default: float
) -> dict[Any, float]:
    """One number per edge or node, from the attribute ``name`` of each in ``given``."""
    lacking = [item for item, data in given.items() if name not in data]
    if name is None or (len(lacking) == len(given) and name == default_name):
        return dict.fromkeys(given, default)
    if lacking:
        present = sorted({str(key) for data in given.values() for key in data})
        raise ValueError(
            f"got no {kind} attribute {name!r} on {len(lacking)} of {len(given)} {kind}s, such as "
            f"{lacking[0]!r}; a missing number is not guessed; set it on every {kind}, or name "
            f"another attribute ({', '.join(map(repr, present)) or 'there are none'}), or None"
        )
    return {
        item: _number(f"{kind} attribute {name!r}", data[name], item)
        for item, data in given.items()
    }


def _number(name: str, value: object, item: object) -> float:
    """``value`` as a float; text is refused even where it spells a number."""
    if not isinstance(value, Real):
        raise ValueError(
            f"got {name} = {value!r} on {item!r}; it must be a real number; "
            "convert it with float first"
        )
    try:
        number = float(value)
    except OverflowError:  # an integer beyond the largest float
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(
            f"got {name} = {number} on {item!r}; it must be a finite number; replace it "
            "(an absent tie is no edge)"
        )
    return number


def _refuse_repeats(names: Sequence[Hashable]) -> None:
    if len(set(names)) != len(names):
        twice = next(node for i, node in enumerate(names) if node in names[:i])
        raise ValueError(f"got node {twice!r} twice; a name picks one agent; make names unique")


def _refuse_large(n: int) -> None:
    if n > DENSE_LIMIT:
        raise ValueError(
            f"got {n} agents; weights are a dense table, limited to {DENSE_LIMIT} agents; "
            "take a smaller network or a part of this one"
        )


def _count(name: str, value: int, at_least: int) -> int:
    number = operator.index(value)  # a float or a string is a TypeError that says so
    if number < at_least:
        raise ValueError(f"got {name} {number}; that is below {at_least}; give {at_least} or more")
    _refuse_large(number)
    return number
