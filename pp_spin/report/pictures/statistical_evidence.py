"""All statistical checks of a run on one scale: statistic and interval in units of tolerance."""

import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from pp_spin.report import wording
from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture

WIDEST = 3.0
"""Tolerances beyond which nothing is drawn."""

LETTERS = 66
"""Of a row's words; the claim itself has them in full."""

ROW = 0.2
"""Inches."""

LOOKS = {"supported": ("o", 0), "refuted": ("X", 1), "inconclusive": ("D", 4)}
"""Marker and line colour of a verdict."""


class Row(NamedTuple):
    """One check, in units of its tolerance."""

    words: str
    verdict: str
    statistic: float
    low: float
    high: float
    detectable: float | None


Groups = dict[str, list[Row]]
"""Rows by the id of their claim."""


def picture(document: Document) -> Picture | None:
    """A forest of all statistical evidence that has an interval and a tolerance; None without."""
    groups = _groups(document)
    if not groups:
        return None
    return Picture(
        "Every statistical check, in units of what it tolerates",
        drawing(groups),
        description(groups),
        "A dot is the measured discrepancy, the bar its confidence interval at the check's level, "
        "the tick the smallest effect that it finds with probability 0.999. A check supports its "
        "claim only if the whole bar is within the shaded tolerance, and refutes it only at its "
        "level; numbers, levels and words in full are under each claim.",
    )


def drawing(groups: Groups) -> str:
    """The forest, the claims in the order of the run, as an ``<svg>`` element."""
    n_lines = sum(1 + len(rows) for rows in groups.values())
    with canvas(8.4, 1.1 + ROW * n_lines) as figure:
        axes = figure.subplots()
        _frame(axes, groups, n_lines)
        line = 0
        for name, rows in groups.items():
            heading = axes.annotate(
                wording.plain(name),
                (0.005, line),
                xycoords=("figure fraction", "data"),
                va="center",
                fontsize=8.5,
                fontweight="bold",
            )
            heading.set_in_layout(False)  # it may be longer than the rows' words are wide
            for place, row in enumerate(rows, start=line + 1):
                _row(axes, row, place)
            line += 1 + len(rows)
        return svg_of(figure, "statistical-evidence-")


def description(groups: Groups) -> str:
    """What it shows, in words: how many, and the bar that comes closest to its tolerance."""
    rows = [(name, row) for name, each in groups.items() for row in each]
    name, closest = max(rows, key=lambda pair: _reach(pair[1]))
    inside = sum(_reach(row) <= 1 for _, row in rows)
    return (
        f"{wording.plural(len(rows), 'statistical check')} of "
        f"{wording.plural(len(groups), 'claim')}, in units of the tolerance of each. "
        f"{inside} of {len(rows)} intervals are wholly within it; the one that reaches farthest "
        f"goes from {wording.number(closest.low)} to {wording.number(closest.high)}: {name}, "
        f"{closest.words}."
    )


def _groups(document: Document) -> Groups:
    rows = {claim["id"]: list(_rows(claim)) for claim in document["claims"]}
    return {name: each for name, each in rows.items() if each}


def _rows(claim: Document) -> Iterator[Row]:
    for item in claim["evidence"]:
        tolerance, interval = item.get("tolerance"), item.get("interval")
        numbers = tolerance and interval and item.get("statistic") is not None
        if item["rung"] != "statistical" or not numbers:
            continue
        detectable = item.get("detectable")
        yield Row(
            f"{item.get('system')}: {item['method'].partition(';')[0]}",
            item.get("verdict", ""),
            item["statistic"] / tolerance,
            interval[0] / tolerance,
            interval[1] / tolerance,
            None if detectable is None else detectable / tolerance,
        )


def _reach(row: Row) -> float:
    return max(abs(row.low), abs(row.high))


def _frame(axes: Axes, groups: Groups, n_lines: int) -> None:
    everything = [row for rows in groups.values() for row in rows]
    farthest = min(WIDEST, max(1.15, *(1.05 * _reach(row) for row in everything)))
    below = min(-0.1, *(1.1 * row.low for row in everything))
    axes.set_xlim(max(-farthest, below), farthest)
    axes.set_ylim(n_lines - 0.3, -0.7)
    axes.axvspan(-1, 1, color=FAINT, alpha=0.16, linewidth=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    places: list[int] = []
    words: list[str] = []
    line = 0
    for rows in groups.values():
        places += range(line + 1, line + 1 + len(rows))
        words += [
            textwrap.shorten(wording.plain(row.words), LETTERS, placeholder=" …") for row in rows
        ]
        line += 1 + len(rows)
    axes.set_yticks(places, words, fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("discrepancy / tolerance")
    looks = [(marker, colour, name) for name, (marker, colour) in LOOKS.items()]
    seen = {row.verdict for row in everything}
    handles = [
        Line2D([], [], color=LINES[colour], marker=marker, markersize=5, label=name)
        for marker, colour, name in looks
        if name in seen
    ]
    handles.append(Line2D([], [], color=INK, marker="|", linestyle="none", label="detectable"))
    axes.legend(
        handles=handles,
        frameon=False,
        ncols=4,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        fontsize=9,
    )


def _row(axes: Axes, row: Row, place: int) -> None:
    marker, colour = LOOKS.get(row.verdict, LOOKS["inconclusive"])
    axes.plot([row.low, row.high], [place, place], color=LINES[colour], linewidth=2.2, alpha=0.75)
    axes.plot(
        [row.statistic], [place], marker, color=LINES[colour], markeredgecolor=PAPER, markersize=6
    )
    if row.detectable is not None:
        axes.plot([row.detectable], [place], "|", color=INK, markersize=8)
