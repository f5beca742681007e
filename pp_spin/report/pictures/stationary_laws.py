"""Two schedules, two laws: each sits on its own closed form and off the other's."""

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from pp_spin.report.document import Document
from pp_spin.report.drawing import INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number

LOOKS = {"Ising": (LINES[0], "-"), "Little": (LINES[1], "--")}
WHEN = {"random_scan": "one at a time", "synchronous": "all at once"}


def picture(data: Document) -> Picture:
    """Both panels, and how far each law is from either closed form."""
    distances = "; ".join(map(_distances, data["schedules"]))
    return Picture(
        "Who acts when decides the law: Ising one at a time, Little all at once",
        drawing(data),
        description(data),
        f"{data['system'].capitalize()}: the same agents, precisions and priors in both panels. "
        "Dots: stationary law of the kernel's own exact transition matrix, every configuration. "
        "Lines: the closed forms, (C.40) and (C.33). Each panel ranks the configurations by the "
        f"law that the schedule should have. Total variation: {distances}.",
        (
            "asynchronous_law_is_ising",
            "synchronous_collective_samples_the_little_law",
            "parallel_updates_sample_another_law",
        ),
    )


def drawing(data: Document) -> str:
    """A panel for each schedule, probability against rank, as SVG."""
    with canvas(8.4, 3.9) as figure:
        panels = figure.subplots(1, len(data["schedules"]), sharey=True, squeeze=False)[0]
        for axes, entry in zip(panels, data["schedules"], strict=True):
            _panel(axes, entry, data["laws"])
        panels[0].set_ylabel("probability")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
        return svg_of(figure, "stationary-laws-")


def description(data: Document) -> str:
    """What it shows, in words and with its numbers."""
    told = []
    for entry in data["schedules"]:
        likeliest = max(range(len(entry["law"])), key=entry["law"].__getitem__)
        closed = ", ".join(
            f"by the {name} law {number(float(law[likeliest]))}"
            for name, law in data["laws"].items()
        )
        told.append(
            f"{_named(entry)}: the likeliest configuration, number {likeliest}, has probability "
            f"{number(float(entry['law'][likeliest]))}, {closed}; total variation "
            f"{_distances(entry)}."
        )
    n = len(data["schedules"][0]["law"])
    return f"Stationary laws of {data['system']} over its {n} configurations. {' '.join(told)}"


def _named(entry: Document) -> str:
    when = WHEN.get(entry["schedule"])
    return f"{entry['schedule']}, {when}" if when else str(entry["schedule"])


def _distances(entry: Document) -> str:
    parts = [f"{number(value)} from {name}" for name, value in entry["total_variation"].items()]
    return f"{entry['schedule']} {' and '.join(parts)}"


def _panel(axes: Axes, entry: Document, laws: Document) -> None:
    own = laws[entry["own"]]
    ranked = sorted(range(len(own)), key=lambda index: -own[index])
    ranks = range(1, len(own) + 1)
    for name, law in laws.items():
        colour, dash = LOOKS.get(name, (LINES[2], ":"))
        axes.plot(
            ranks, [law[index] for index in ranked], color=colour, linestyle=dash,
            linewidth=2.4 if name == entry["own"] else 1.2, label=f"{name} law, closed form",
        )  # fmt: skip
    axes.plot(
        ranks, [entry["law"][index] for index in ranked], "o", color=PAPER, markeredgecolor=INK,
        markersize=4, markeredgewidth=1.1, label="exact law of the kernel",
    )  # fmt: skip
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_title(_named(entry), fontsize=10)
    axes.set_xlabel(f"configurations, likeliest first by the {entry['own']} law")
