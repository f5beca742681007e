"""What a networkx graph says as a network: names, ties and biases, in one order of nodes.

A directed edge i -> j is "i sees j", entry ``[i, j]``; an undirected one is seen from both ends.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from numbers import Real
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin import checks


def graph_nodes(graph: nx.Graph, nodes: Iterable[Hashable] | None) -> tuple[Hashable, ...]:
    """The names ``(n,)`` of a graph's agents, in the order of ``nodes`` or in its own.

    Raises ValueError for a multigraph, a graph without nodes, and nodes other than the graph's.
    """
    if graph.is_multigraph():
        raise ValueError(
            f"got a {type(graph).__name__}; parallel ties between two agents have no one weight; "
            "add them up first and give a Graph or DiGraph"
        )
    if len(graph) == 0:
        raise ValueError("got a graph without nodes; a network has one agent or more; add nodes")
    names = tuple(graph.nodes if nodes is None else nodes)
    checks.unique_nodes(names)
    unknown = [node for node in names if node not in graph]
    if unknown or len(names) != len(graph):
        listed = set(names)
        odd = unknown[0] if unknown else next(node for node in graph if node not in listed)
        raise ValueError(
            f"got {len(names)} nodes for a graph of {len(graph)}, and {odd!r} is in only one of "
            "the two; nodes= orders the agents of a graph; list each exactly once"
        )
    return names


def graph_ties(graph: nx.Graph, names: Sequence[Hashable], weight: str | None) -> csr_array:
    """Who sees whom ``(n, n)``, from the edge attribute ``weight``.

    Without the attribute on any edge, or with None, every tie is 1. Raises ValueError where only
    some edges have it, none has one of the caller's naming, or it is not a finite number.
    """
    index = {node: i for i, node in enumerate(names)}
    seers, seen, attributes = [], [], []
    for seer, other, data in graph.edges(data=True):
        seers.append(index[seer])
        seen.append(index[other])
        attributes.append(data)
    values = _attribute(
        "edge", attributes, lambda k: (names[seers[k]], names[seen[k]]), weight, "weight", 1.0
    )
    rows, columns = np.array(seers, dtype=np.int64), np.array(seen, dtype=np.int64)
    if not graph.is_directed():
        back = rows != columns  # a loop has no other end
        ends = rows, columns
        rows, columns = np.append(rows, ends[1][back]), np.append(columns, ends[0][back])
        values = np.append(values, values[back])
    return csr_array((values, (rows, columns)), shape=(len(names), len(names)))


def graph_biases(
    graph: nx.Graph, names: Sequence[Hashable], bias: str | None
) -> NDArray[np.float64]:
    """The biases ``(n,)``, from the node attribute ``bias``; as `graph_ties`, with default 0."""
    attributes = [graph.nodes[node] for node in names]
    return _attribute("node", attributes, lambda k: names[k], bias, "bias", 0.0)


def _attribute(
    kind: str,
    attributes: Sequence[dict[str, Any]],
    item: Callable[[int], object],
    name: str | None,
    default_name: str,
    default: float,
) -> NDArray[np.float64]:
    """The number called ``name`` of each edge or node; ``item(k)`` is what the k-th is called."""
    lacking = [k for k, data in enumerate(attributes) if name not in data]
    if name is None or (len(lacking) == len(attributes) and name == default_name):
        return np.full(len(attributes), default)
    if lacking:
        present = sorted({str(key) for data in attributes for key in data})
        raise ValueError(
            f"got no {kind} attribute {name!r} on {len(lacking)} of {len(attributes)} {kind}s, "
            f"such as {item(lacking[0])!r}; a missing number is not guessed; set it on every "
            f"{kind}, or name another attribute "
            f"({', '.join(map(repr, present)) or 'there are none'}), or None"
        )
    called = f"{kind} attribute {name!r}"
    values = (_number(called, data[name], item, k) for k, data in enumerate(attributes))
    return np.fromiter(values, dtype=np.float64, count=len(attributes))


def _number(called: str, value: object, item: Callable[[int], object], k: int) -> float:
    """``value`` as a float; text is refused even where it spells a number."""
    if not isinstance(value, Real):
        raise ValueError(
            f"got {called} = {value!r} on {item(k)!r}; it must be a real number; "
            "convert it with float first"
        )
    try:
        number = float(value)
    except OverflowError:  # an integer beyond the largest float
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(
            f"got {called} = {number} on {item(k)!r}; it must be a finite number; replace it "
            "(an absent tie is no edge)"
        )
    return number
