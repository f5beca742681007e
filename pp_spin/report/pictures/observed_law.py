"""Observed over exact probability of every configuration, with a band, for three comparisons."""

from matplotlib.axes import Axes

from pp_spin.report import wording
from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture

MARKERS = ("o", "s", "D")
ROOM = 1.4
"""Between the farthest ratio or band and the edge, as a factor."""


def picture(data: Document) -> Picture:
    """Draws with their own laws, then those of all at once with the law of one at a time."""
    outside = [comparison["n_outside"] for comparison in data["comparisons"]]
    n_cells = wording.plural(len(data["comparisons"][0]["exact"]), "configuration")
    return Picture(
        "All at once, agents sample another law",
        drawing(data),
        description(data),
        f"How often each of {n_cells} of a {data['system']} came up in "
        f"{wording.number(data['n'])} independent draws, over its exact probability. Where the "
        "draws have the law, any of them leaves the grey band with probability "
        f"{wording.number(data['alpha'])} at most (Clopper and Pearson's intervals, shared level). "
        f"Outside: {', '.join(map(wording.number, outside))}. The last panel has the draws of the "
        "second and the law of the first. A triangle never came up.",
        (
            "random_scan_collective_samples_the_ising_law",
            "synchronous_collective_samples_the_little_law",
        ),
    )


def drawing(data: Document) -> str:
    """One panel for each comparison, as an ``<svg>`` element; both axes are logarithmic."""
    comparisons = data["comparisons"]
    with canvas(8.4, 3.7) as figure:
        panels = figure.subplots(1, len(comparisons), squeeze=False, sharey=True)[0]
        bottom, top = _range(data)
        for index, (axes, comparison) in enumerate(zip(panels, comparisons, strict=True)):
            axes.set_yscale("log")
            axes.set_ylim(bottom, top)
            _panel(axes, comparison, index, bottom)
        panels[0].set_ylabel("observed / exact probability")
        return svg_of(figure, "observed-law-")


def description(data: Document) -> str:
    """What it shows, in words: how many configurations left the band, and how far they went."""
    told = "; ".join(map(_told, data["comparisons"]))
    return (
        f"Observed over exact probability for every configuration of a {data['system']}, from "
        f"{wording.number(data['n'])} draws, with bands at level {wording.number(data['alpha'])} "
        f"for all configurations together. {told}."
    )


def _told(comparison: Document) -> str:
    ratios = comparison["ratio"]
    return (
        f"{_named(comparison)}: {comparison['n_outside']} of {len(ratios)} outside, "
        f"ratios from {wording.number(float(min(ratios)))} to {wording.number(float(max(ratios)))}"
    )


def _named(comparison: Document) -> str:
    return f"{comparison['draws']} against {comparison['law']}"


def _range(data: Document) -> tuple[float, float]:
    drawn = [
        value
        for comparison in data["comparisons"]
        for name in ("ratio", "low", "high")
        for value in comparison[name]
        if value > 0
    ]
    return min(drawn) / ROOM, max(drawn) * ROOM


def _panel(axes: Axes, comparison: Document, index: int, bottom: float) -> None:
    exact, ratio = comparison["exact"], comparison["ratio"]
    low = [max(value, bottom) for value in comparison["low"]]
    axes.fill_between(exact, low, comparison["high"], color=FAINT, alpha=0.3, linewidth=0)
    axes.axhline(1, color=INK, linewidth=0.8, linestyle=":")
    colour = LINES[index % len(LINES)]
    seen = [(p, r) for p, r in zip(exact, ratio, strict=True) if r > 0]
    never = [p for p, r in zip(exact, ratio, strict=True) if r == 0]
    axes.plot(
        [p for p, _ in seen],
        [r for _, r in seen],
        MARKERS[index % len(MARKERS)],
        color=colour,
        markeredgecolor=PAPER,
        markeredgewidth=0.5,
        markersize=5,
    )
    if never:
        axes.plot(never, [bottom * 1.15] * len(never), "v", color=colour, markersize=6)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.minorticks_off()
    axes.set_xlabel(f"exact probability, {comparison['law']} law")
    outside = f"{comparison['n_outside']} of {len(ratio)} outside"
    axes.set_title(f"{_named(comparison)}\n{outside}", fontsize=10)
