"""Who uses whom: the graph of results, computed from the steps.

A result is named by its derivation. What a step leans on has to be in the book, and nothing may
lean on itself by way of others.
"""

import graphlib
from collections.abc import Iterable, Mapping

Graph = dict[str, tuple[str, ...]]


def result_graph(uses: Mapping[str, Iterable[str]]) -> Graph:
    """Each result with those that its steps lean on, checked.

    Raises:
        ValueError: a step leans on what is in no book, or results lean on each other in a circle.
    """
    graph = {name: tuple(used) for name, used in uses.items()}
    for name, used in graph.items():
        unknown = [other for other in used if other not in graph]
        if unknown:
            raise ValueError(
                f"got {unknown[0]!r} in what {name} uses; no derivation has that name; "
                "name the function of an earlier derivation"
            )
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        circle = " leans on ".join(reversed(error.args[1]))
        raise ValueError(
            f"got results in a circle: {circle}; nothing of this is proved; take one use away"
        ) from None
    return graph


def leans_on(name: str, graph: Graph) -> tuple[str, ...]:
    """All results that ``name`` leans on, whatever the number of steps between, nearest first."""
    found = dict.fromkeys(graph[name])
    for other in (names := list(found)):
        new = [further for further in graph[other] if further not in found]
        found |= dict.fromkeys(new)
        names += new
    return tuple(found)


def carries(name: str, graph: Graph) -> tuple[str, ...]:
    """The results of which a step leans on ``name`` itself."""
    return tuple(user for user, used in graph.items() if name in used)
