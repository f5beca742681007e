"""The fragilities of section 5: tables for a terminal, and a drawing, of the curves' plain data."""

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, LINES, canvas, svg_of


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
    return f"{value:.3g}" if abs(value) > 1e-12 else "0"


def chart_of(curves: Sequence[Document]) -> str:
    """A row of panels for each curve, as SVG: exact values left, estimates with intervals right."""
    with canvas(8.4, 2.9 * len(curves)) as figure:
        panels = figure.subplots(len(curves), 2, squeeze=False)
        for (left, right), curve in zip(panels, curves, strict=True):
            _exact(left, curve)
            _sampled(right, curve)
        return svg_of(figure, "fragility-")


def _exact(axes: Axes, curve: Document) -> None:
    for index, (name, values) in enumerate(curve["exact"].items()):
        axes.plot(
            curve["axis"]["values"],
            values,
            color=LINES[index % len(LINES)],
            linestyle=DASHES[index % len(DASHES)],
            marker="o",
            markersize=3,
            label=name,
        )
    _framed(axes, curve, f"{curve['name']}: exact, {curve['small']}")


def _sampled(axes: Axes, curve: Document) -> None:
    at = curve["axis"]["values"]
    for index, (name, estimates) in enumerate(curve["sampled"].items()):
        colour = LINES[index % len(LINES)]
        low, high = ([each[end] for each in estimates] for end in ("low", "high"))
        axes.plot(at, [each["mean"] for each in estimates], "o-", color=colour, markersize=3)
        axes.fill_between(at, low, high, color=colour, alpha=0.25, linewidth=0, label=name)
    for name, limit in curve["limits"].items():
        axes.axhline(limit["mean"], color=FAINT, linewidth=0.8, linestyle=":", label=name)
    _framed(axes, curve, f"sampled, {curve['large']}")
    if not curve["sampled"]:
        axes.text(0.5, 0.5, "no estimate", ha="center", transform=axes.transAxes)


def _framed(axes: Axes, curve: Document, title: str) -> None:
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_xlabel(curve["axis"]["name"])
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=7)
