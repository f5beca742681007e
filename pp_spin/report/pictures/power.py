"""The power page: the smallest error that each kind of test can see, and what it costs to see it.

Only tests that ask for the precisions have a curve of errors; the others are drawn in their own
terms. Axes are logarithmic, so that the root of n is a straight line.
"""

from collections.abc import Sequence

from matplotlib.axes import Axes

from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, LINES, canvas, logarithmic, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.pictures.table import table
from pp_spin.report.wording import number, plain

MARKERS = ("o", "s", "^", "D", "v")


def picture(data: Document) -> Picture:
    """The curves of all tests over n, and this run's designs as a table."""
    seen = [each["coupling"] for each in data["tests"] if each["coupling"] is not None]
    best = f": this run, a change of all precisions by {_share(min(seen))}" if seen else ""
    return Picture(
        f"How small an error the tests can see{best}",
        drawing(data),
        description(data),
        f"The smallest effect that a test finds with probability {1 - data['miss']:g} at level "
        f"{number(data['alpha'])}, by the tests' own designs on the {data['system']}; nothing is "
        "simulated here. Large marks are this run. To plan one, read from the wanted error across "
        "to a curve and down to its n, or take the last columns of the table. The e-process' "
        "design is a normal approximation (its level is exact); the others are bounds that hold "
        "for every error of their kind, so that most errors are found with fewer. TV and KL are "
        "those of the law, and of an action or a draw, where the precisions are off by just what "
        "is seen.",
        (),
        _table(data),
    )


def drawing(data: Document) -> str:
    """Left errors of the precisions, right the effects of tests that do not ask for them."""
    with canvas(8.4, 3.9) as figure:
        left, right = figure.subplots(1, 2)
        _panel(left, _asking(data), "coupling", 0)
        _panel(right, _other(data), "effect", len(_asking(data)))
        left.axhline(0.01, color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
        left.annotate("1%", (1, 0.01), (-2, 2), ("axes fraction", "data"), **_SMALL)
        left.set_ylabel("relative error of all precisions")
        left.set_title("Tests that ask for the precisions", fontsize=10, loc="left")
        right.set_ylabel("smallest effect, in the test's own terms")
        right.set_title("Tests that ask for something else", fontsize=10, loc="left")
        return svg_of(figure, "power-")


def description(data: Document) -> str:
    """What it shows, in words and with this run's numbers."""
    told = [
        f"{each['test']}: {each['measured_as']} {number(each['effect'])} with {each['n']:,} "
        f"{each['unit']}"
        + (f", a relative error of {_share(each['coupling'])}" if each["coupling"] else "")
        for each in data["tests"]
    ]
    return (
        "Smallest detectable effect of each test against its number of draws, on logarithmic axes: "
        f"relative errors fall as one over the root of n. This run: {'; '.join(told)}."
    )


_SMALL = {"textcoords": "offset points", "ha": "right", "fontsize": 8, "color": FAINT}


def _asking(data: Document) -> list[Document]:
    return [each for each in data["tests"] if any(each["needed"])]


def _other(data: Document) -> list[Document]:
    return [each for each in data["tests"] if not any(each["needed"])]


def _panel(axes: Axes, tests: Sequence[Document], effect: str, first: int) -> None:
    for index, each in enumerate(tests, start=first):
        curve = each["curve"]
        points = [at for at in zip(curve["n"], curve[effect], strict=True) if at[1] is not None]
        if not points:
            continue
        colour, marker = LINES[index % len(LINES)], MARKERS[index % len(MARKERS)]
        label = each["test"] if effect == "coupling" else f"{each['test']}: {each['measured_as']}"
        axes.plot(
            [n for n, _ in points],
            [size for _, size in points],
            linestyle=DASHES[index % len(DASHES)],
            linewidth=1.6,
            markersize=3.5,
            label=f"{_wrapped(plain(label))} (n: {_shortly(plain(each['unit']))})",
            color=colour,
            marker=marker,
        )
        if each[effect] is not None:
            axes.plot(each["n"], each[effect], marker, markersize=9, color=colour)
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.set_xlabel("n")
    axes.grid(color=FAINT, alpha=0.25, linewidth=0.6)
    if axes.get_legend_handles_labels()[0]:
        legend = axes.legend(frameon=False, fontsize=7.5, loc="lower left", handlelength=3)
        legend.set_in_layout(False)


def _table(data: Document) -> str:
    targets = [f"n for {_share(target)}" for target in data["targets"]]
    headings = (
        "test",
        "n of this run",
        "smallest effect seen",
        "TV",
        "KL, nats",
        "error of the precisions",
    )
    return table(
        (*headings, *targets),
        [
            (
                each["test"],
                f"{each['n']:,} {each['unit']}",
                f"{number(each['effect'])}, {each['measured_as']}",
                *(number(each[name]) for name in ("total_variation", "relative_entropy")),
                "–" if each["coupling"] is None else _share(each["coupling"]),
                *(number(n) for n in each["needed"]),
            )
            for each in data["tests"]
        ],
    )


def _share(value: float) -> str:
    return f"{100 * value:.2g}%"


def _shortly(unit: str) -> str:
    return unit.split(" that ")[0]


def _wrapped(label: str) -> str:
    return label.replace(", ", ",\n").replace(": ", ":\n")
