"""What a claim takes over from those that it rests on: whether they stand, and what they assume.

Works on the plain entries of a run's document. An ancestor is a claim that another rests on, be it
through others.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import networkx as nx

from pp_spin.evidence.evidence import Rung, Verdict

Entry = dict[str, Any]

STATUSES = (
    "proved",
    "supported",
    "approximate",
    "refuted",
    "inconclusive",
    "contradiction",
    "ancestor open",
)
"""``refuted`` is said of what was expected to be; a *contradiction* is any unexpected verdict but
*inconclusive*. A claim with an ancestor that is one of these two has itself an open ancestor."""

_OPEN = ("inconclusive", "contradiction")


def with_inheritance(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, each with its ``status`` and the assumptions it inherits, with whose they are.

    Raises ValueError where claims rest on each other in a circle.
    """
    graph = dependencies(entries)
    own = {entry["id"]: _own_status(entry) for entry in entries}
    by_id = {entry["id"]: entry for entry in entries}
    return [
        entry
        | {
            "status": _status(own, entry["id"], nx.ancestors(graph, entry["id"])),
            "inherited": list(_inherited(entry, by_id, _nearest_first(graph, entry["id"]))),
        }
        for entry in entries
    ]


def dependencies(entries: Sequence[Entry]) -> nx.DiGraph:
    """The graph of the entries' ids, an arrow from each claim to those that rest on it.

    What is rested on but was not run is no node. Raises ValueError where there is a circle.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(entry["id"] for entry in entries)
    graph.add_edges_from(
        (needed, entry["id"])
        for entry in entries
        for needed in entry["depends_on"]
        if needed in graph
    )
    if not nx.is_directed_acyclic_graph(graph):
        circle = " -> ".join(arrow[0] for arrow in nx.find_cycle(graph))
        raise ValueError(
            f"got claims that rest on each other in a circle, {circle}; none of them would show "
            "anything; let one stand by itself"
        )
    return graph


def _own_status(entry: Entry) -> str:
    if entry["verdict"] != entry["expected"]:
        undecided = entry["verdict"] == Verdict.INCONCLUSIVE
        return "inconclusive" if undecided else "contradiction"
    proved = any(
        piece["rung"] == Rung.SYMBOLIC and piece["verdict"] == Verdict.SUPPORTED
        for piece in entry["evidence"]
    )
    return "proved" if proved and entry["verdict"] == Verdict.SUPPORTED else str(entry["verdict"])


def _status(own: dict[str, str], claim_id: str, ancestors: set[str]) -> str:
    status = own[claim_id]
    if status not in _OPEN and any(own[ancestor] in _OPEN for ancestor in ancestors):
        return "ancestor open"
    return status


def _nearest_first(graph: nx.DiGraph, claim_id: str) -> list[str]:
    return list(nx.bfs_tree(graph, claim_id, reverse=True))[1:]


def _inherited(entry: Entry, by_id: dict[str, Entry], ancestors: list[str]) -> Iterator[Entry]:
    """Each assumption that an ancestor makes and the claim itself does not, once."""
    known = set(entry["assumptions"])
    for ancestor in ancestors:
        for assumption in by_id[ancestor]["assumptions"]:
            if assumption not in known:
                known.add(assumption)
                yield {"assumption": assumption, "from": ancestor}
