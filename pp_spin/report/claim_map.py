"""The map: where each claim stands, section by section, and which claims it rests on.

A section is a band across the drawing. In a band what rests on nothing stands left, what rests on
that to the right of it; the order from top to bottom keeps arrows short. Lengths are in the units
of the drawing (pixels at full size).
"""

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import networkx as nx

from pp_spin.report.document import Document
from pp_spin.report.wording import by_section, section_name

COLUMNS = 6
"""of a band at least; a section with fewer steps of dependency spreads its claims over the rest"""
WIDTH, HEIGHT, GAP_X, GAP_Y = 172, 43, 16, 7
HEAD, FOOT = 30, 14
"""of a band, above and below its claims"""
LETTERS = 28
"""that fit on a line of a claim"""
ROUNDS = 4
"""of ordering: more change nothing on the paper's claims"""


class Node(NamedTuple):
    """A claim's place: its upper left corner, and the words in it."""

    id: str
    x: int
    y: int
    lines: tuple[str, ...]


class Arrow(NamedTuple):
    """From a claim to one that rests on it."""

    source: str
    target: str
    path: str
    """as SVG's ``d``"""


class Band(NamedTuple):
    """A section's part of the map."""

    name: str
    y: int
    height: int


class ClaimMap(NamedTuple):
    """The whole drawing."""

    width: int
    height: int
    bands: list[Band]
    nodes: list[Node]
    arrows: list[Arrow]


def claim_map(claims: Sequence[Document]) -> ClaimMap:
    """The map of a run's claims; what a claim rests on and was not run has no place in it.

    Raises ValueError where claims rest on each other in a circle.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(claim["id"] for claim in claims)
    graph.add_edges_from(
        (needed, claim["id"])
        for claim in claims
        for needed in claim["depends_on"]
        if needed in graph
    )
    if not nx.is_directed_acyclic_graph(graph):
        raise ValueError(
            f"got claims that rest on each other, {nx.find_cycle(graph)[0][0]!r} among them; a map "
            "has no place for a circle; give a document that pp-spin verify has written"
        )
    places: dict[str, tuple[int, int]] = {}
    bands, top, columns = [], 0, COLUMNS
    for name, members in _by_band(claims):
        grid = _grid(graph, members)
        rows = 1 + max(row for _, row in grid.values())
        columns = max(columns, *(1 + column for column, _ in grid.values()))
        height = HEAD + rows * (HEIGHT + GAP_Y) - GAP_Y + FOOT
        bands.append(Band(section_name(name), top, height))
        for claim_id, (column, row) in grid.items():
            places[claim_id] = (
                GAP_X + column * (WIDTH + GAP_X),
                top + HEAD + row * (HEIGHT + GAP_Y),
            )
        top += height
    nodes = [Node(claim["id"], *places[claim["id"]], _lines(claim["id"])) for claim in claims]
    arrows = [Arrow(a, b, _curve(places[a], places[b])) for a, b in graph.edges]
    return ClaimMap(GAP_X + columns * (WIDTH + GAP_X), top, bands, nodes, arrows)


def _by_band(claims: Sequence[Document]) -> list[tuple[str, list[str]]]:
    """Claim ids by section of the paper; its subsections and its figure belong to theirs."""
    bands: dict[str, list[str]] = {}
    for section, members in by_section(claims):
        whole = "2" if section == "Fig. 1" else section.partition(".")[0]
        bands.setdefault(whole, []).extend(claim["id"] for claim in members)
    return list(bands.items())


def _grid(graph: nx.DiGraph, members: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Column and row of each member of a band."""
    within = nx.DiGraph()
    within.add_nodes_from(members)  # in their order
    within.add_edges_from(graph.subgraph(members).edges)
    steps = [list(step) for step in nx.topological_generations(within)]
    widths = _widths([len(step) for step in steps])
    row = {claim_id: float(k) for step in steps for k, claim_id in enumerate(step)}
    for _ in range(ROUNDS):
        for step in steps:
            step.sort(key=lambda claim_id: _pull(within, row, claim_id))
            row |= {claim_id: k / len(step) for k, claim_id in enumerate(step)}
    grid, column = {}, 0
    for step, width in zip(steps, widths, strict=True):
        for k, claim_id in enumerate(step):
            grid[claim_id] = (column + k % width, k // width)
        column += width
    return grid


def _pull(within: nx.DiGraph, row: dict[str, float], claim_id: str) -> float:
    """Where a claim's neighbours would have it: the mean of their rows."""
    near = [row[other] for other in nx.all_neighbors(within, claim_id)]
    return sum(near) / len(near) if near else row[claim_id]


def _widths(sizes: Sequence[int]) -> list[int]:
    """Columns of each step: one, and the columns that are left to whichever is tallest."""
    widths = [1] * len(sizes)
    for _ in range(COLUMNS - len(sizes)):
        tallest = max(range(len(sizes)), key=lambda k: -(-sizes[k] // widths[k]))
        widths[tallest] += 1
    return widths


def _lines(claim_id: str) -> tuple[str, ...]:
    words = claim_id.replace("_", " ")
    return tuple(textwrap.wrap(words, LETTERS, max_lines=2, placeholder=" …"))


def _curve(source: tuple[int, int], target: tuple[int, int]) -> str:
    """From the right edge of one claim to the left edge of another."""
    (x1, y1), (x2, y2) = source, target
    x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT // 2, y2 + HEIGHT // 2
    bend = max(GAP_X, abs(x2 - x1) // 3)
    return f"M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
