"""The fragilities of section 5: tables for a terminal, and a drawing, of the curves' plain data."""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, LINES, PAPER, canvas, logarithmic, svg_of
from pp_spin.report.wording import plain


def tables_of(curves: Sequence[Document]) -> Iterator[RenderableType]:
    """A block for each curve: the axis, then each quantity with its values or intervals below."""
    for curve in curves:
        axis = curve["axis"]
        rows = [
            (axis["name"], [f"{value:g}" for value in axis["values"]]),
            *(
                (f"{name}: exact, {curve['small']}", [_short(value) for value in values])
                for name, values in curve["exact"].items()
            ),
            *(
                (
                    f"{name}: {curve['large']}",
                    [f"{_short(each['low'])} to {_short(each['high'])}" for each in estimates],
                )
                for name, estimates in curve["sampled"].items()
            ),
        ]
        yield Text(curve["name"], style="bold")
        for name, cells in rows:
            line = Table.grid(padding=(0, 1), expand=True)
            for _ in cells:
                line.add_column(justify="right", ratio=1)
            line.add_row(*cells)
            yield Text(f"  {name}", style="dim")
            yield line
        yield Text()


def _short(value: float) -> str:
    """Three digits; what is only rounding is 0."""
    return f"{value:.3g}" if abs(value) > ROUNDING else "0"


CONCLUSIONS = {
    "asymmetric precisions": "Asymmetric precisions: entropy is produced, no Ising law is left",
    "partial synchrony": "The more act together, the farther from the Ising law, towards Little's",
    "action by expected free energy": "Softmax actions: near the Ising law, but not on it",
    "a hidden spin per neighbour": "A hidden spin per neighbour: agents linear in the sum",
    "a likelihood with a pair term": "A pair term in the likelihood: more than the sum counts",
}
"""What each curve shows, by its name."""

ROUNDING = 1e-12
"""Below it an exact value is 0."""


def chart_of(curves: Sequence[Document]) -> str:
    """A row for each curve, as SVG: exact values left, estimates with intervals right.

    All axes but those of estimates are logarithmic, and the departure that is none is a line.
    """
    with canvas(8.4, 3.3 * len(curves)) as figure:
        for part, curve in zip(_parts(figure, len(curves)), map(_plain, curves), strict=True):
            _row(part, curve)
        return svg_of(figure, "fragility-")


def _plain(value: Any) -> Any:
    """The same with every word made fit for a font."""
    if isinstance(value, Mapping):
        return {plain(name): _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return plain(value) if isinstance(value, str) else value


def _parts(figure: Figure, n: int) -> list[SubFigure]:
    return list(figure.subfigures(n, 1, squeeze=False, hspace=0.04)[:, 0])


def _row(part: SubFigure, curve: Document) -> None:
    title = str(CONCLUSIONS.get(curve["name"], curve["name"]))
    part.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
    alone = [name for name in curve["sampled"] if name not in curve["exact"]]
    n_rows = max(1, len(alone))
    panels = part.subplot_mosaic(";".join(f"e{index}" for index in range(n_rows)))
    _exact(panels["e"], curve)
    for index, name in enumerate(alone):
        _sampled(panels[str(index)], curve, name, index)
    if not alone:
        panels["0"].set_title(f"sampled, {curve['large']}", fontsize=9, loc="left")
        panels["0"].text(0.5, 0.5, "no estimate", ha="center", transform=panels["0"].transAxes)
    for panel in ("e", str(n_rows - 1)):
        panels[panel].set_xlabel(curve["axis"]["name"])


def _exact(axes: Axes, curve: Document) -> None:
    """Exact values, and the estimates of the same quantities of the large system."""
    at = curve["axis"]["values"]
    for index, (name, values) in enumerate(curve["exact"].items()):
        colour = LINES[index % len(LINES)]
        points = [point for point in zip(at, values, strict=True) if min(point) > ROUNDING]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                color=colour,
                linestyle=DASHES[index % len(DASHES)],
                marker="o",
                markersize=3,
                label=name,
            )
        if name in curve["sampled"]:
            told = f"{name}; sampled, {curve['large']}"
            _intervals(axes, at, curve["sampled"][name], colour, told, above=ROUNDING)
    axes.set_title(f"exact, {curve['small']}", fontsize=9, loc="left")
    if axes.get_legend_handles_labels()[0]:
        logarithmic(axes, "x", (1.0, 2.0, 5.0), minor=False)
        logarithmic(axes, "y", minor=False)
        axes.grid(color=FAINT, alpha=0.25, linewidth=0.6)
        _legend(axes)


def _sampled(axes: Axes, curve: Document, name: str, index: int) -> None:
    """The estimates of one quantity; without a departure, and at its ends, as lines."""
    at, estimates = curve["axis"]["values"], curve["sampled"][name]
    _intervals(axes, at, estimates, LINES[index % len(LINES)], None)
    ends = [("no departure", each) for x, each in zip(at, estimates, strict=True) if x == 0]
    ends += [
        (told.removeprefix(f"{name}, "), limit)
        for told, limit in curve["limits"].items()
        if told.startswith(f"{name}, ")
        or not any(told.startswith(f"{n}, ") for n in curve["sampled"])
    ]
    for (told, limit), dash in zip(ends, itertools.cycle(DASHES[1:])):
        axes.axhline(limit["mean"], color=FAINT, linewidth=1, linestyle=dash, label=told, zorder=0)
        axes.axhspan(limit["low"], limit["high"], color=FAINT, alpha=0.2, linewidth=0, zorder=0)
    logarithmic(axes, "x", (1.0, 2.0, 5.0), minor=False)
    where = "" if index else f"sampled, {curve['large']}\n"
    axes.set_title(f"{where}{name}", fontsize=9, loc="left")
    if ends:
        axes.legend(frameon=False, fontsize=7, loc="best").set_in_layout(False)


def _intervals(
    axes: Axes,
    at: Sequence[float],
    estimates: Sequence[Document],
    colour: str,
    label: str | None,
    above: float = -math.inf,
) -> None:
    """Means with intervals, where there is a departure and the mean is ``above``."""
    kept = [
        (x, each["mean"], max(each["low"], above), each["high"])
        for x, each in zip(at, estimates, strict=True)
        if x > 0 and each["mean"] > above
    ]
    if kept:
        x, mean, low, high = zip(*kept, strict=True)
        spread = (
            [m - b for m, b in zip(mean, low, strict=True)],
            [b - m for m, b in zip(mean, high, strict=True)],
        )
        axes.errorbar(
            x,
            mean,
            spread,
            fmt="s",
            color=colour,
            markersize=4.5,
            markerfacecolor=PAPER,
            capsize=3,
            linewidth=1,
            label=label,
        )


def _legend(axes: Axes) -> None:
    """Below the curves, in room made for it on the logarithmic axis."""
    low, high = axes.get_ylim()
    room = 0.075 * len(axes.get_legend_handles_labels()[0])
    axes.set_ylim(high * (low / high) ** (1 / (1 - min(room, 0.5))), high)
    axes.legend(frameon=False, fontsize=7, loc="lower left").set_in_layout(False)
