"""E-processes of actions: healthy agents below the threshold, faulty ones through it."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from pp_spin.report import wording
from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture

ABOVE, BELOW = 1.3, -0.35
"""What is shown, in thresholds."""


def picture(data: Document) -> Picture:
    """Log E against the number of actions: healthy left, faulty right."""
    level = wording.number(data["alpha"])
    return Picture(
        "Bets against the agents: faulty ones lose, healthy ones do not",
        drawing(data),
        description(data),
        f"Each path multiplies bets of {data['n_bets']} kinds on every action of a run of its own "
        f"({data['system']}); a chance of {level} at most that a healthy one ever reaches the "
        "dotted line, whenever one looks. Faulty agents act one at a time; a dot is where their "
        "path crossed, a diamond where their exact law says that it should, about; paths end soon "
        "after crossing.",
        ("each_agent_acts_on_its_own_posterior",),
    )


def drawing(data: Document) -> str:
    """Both panels, with one axis of log E, as an ``<svg>`` element."""
    with canvas(8.4, 4.4) as figure:
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 3))
        for index, group in enumerate(data["healthy"]):
            for run in group["runs"]:
                label = group["schedule"] if run is group["runs"][0] else None
                _path(left, run, index, label)
        for index, fault in enumerate(data["faults"]):
            _path(right, fault, index, fault["title"])
            _marks(right, fault, index, data["threshold"])
        _framed(left, data["threshold"], "Healthy agents stay below")
        _framed(right, data["threshold"], "Faulty agents cross near the predicted number")
        left.set_ylabel("log E (nats)")
        note = f"log(1/α), α = {wording.number(data['alpha'])}"
        left.annotate(
            note,
            (0.03, data["threshold"]),
            (0, 3),
            ("axes fraction", "data"),
            textcoords="offset points",
        )
        left.legend(frameon=False, loc="center left", title="all act, under", alignment="left")
        right.plot([], [], "o", color=INK, markersize=6, label="crossed")
        right.plot([], [], "D", color=INK, markerfacecolor="none", markersize=6, label="predicted")
        handles, labels = right.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, frameon=False)
        return svg_of(figure, "e-processes-")


def description(data: Document) -> str:
    """What it shows, in words, with the largest values and where each fault crossed."""
    threshold = wording.number(float(data["threshold"]))
    runs = [run for group in data["healthy"] for run in group["runs"]]
    largest = max((run["largest"] for run in runs if run["largest"] is not None), default=None)
    n_updates = max((run["n_updates"] for run in runs), default=0)
    return (
        f"The logarithm of the e-process against the number of actions on the {data['system']}; "
        f"threshold {threshold} nats. {wording.plural(len(runs), 'healthy path')} of up to "
        f"{wording.plural(n_updates, 'action')}: {_crossings(runs)} crossed, the largest log E is "
        f"{wording.number(largest)}. Faults: {'; '.join(map(_told, data['faults']))}."
    )


def _crossings(runs: Sequence[Document]) -> str:
    n_crossed = sum(run["crossed"] is not None for run in runs)
    return str(n_crossed) if n_crossed else "none"


def _told(fault: Document) -> str:
    crossed, predicted = fault["crossed"], fault["predicted"]
    seen = (
        f"did not cross in {wording.plural(fault['n_updates'], 'action')}"
        if crossed is None
        else f"crossed at action {wording.number(crossed)}"
    )
    return f"{fault['title']}: {seen}, predicted {wording.number(predicted)}"


def _path(axes: Axes, path: Document, index: int, label: str | None) -> None:
    axes.plot(
        path["updates"],
        path["log_e"],
        color=LINES[index % len(LINES)],
        linestyle=DASHES[index % len(DASHES)],
        linewidth=1.6,
        label=label,
    )


def _marks(axes: Axes, fault: Document, index: int, threshold: float) -> None:
    colour = LINES[index % len(LINES)]
    if fault["predicted"] is not None:
        where = [fault["predicted"]]
        axes.plot(where, [threshold], "D", color=colour, markerfacecolor=PAPER, zorder=3)
    if fault["crossed"] is not None:
        axes.plot([fault["crossed"]], [threshold], "o", color=colour, markersize=7, zorder=4)


def _framed(axes: Axes, threshold: float, title: str) -> None:
    axes.axhline(threshold, color=INK, linewidth=1, linestyle=":", zorder=1)
    axes.axhline(0, color=FAINT, linewidth=0.7, zorder=0)
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("number of actions")
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=5))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.minorticks_off()
    axes.set_ylim(BELOW * threshold, ABOVE * threshold)
