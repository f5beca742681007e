"""Lattice energy against inverse temperature: a collective on Kaufman's curve, and what is left."""

from matplotlib.axes import Axes

from pp_spin.report import wording
from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture

MARKERS = ("o", "s")
APART = 0.002
"""How far from its temperature a start is drawn, so that the two can be told apart."""


def picture(data: Document) -> Picture:
    """The curve with the sampled energies, and below the residuals in units of their interval."""
    level, n_chains = wording.number(data["level"]), wording.number(data["n_chains"])
    return Picture(
        "A lattice of agents has the exact energy of its size",
        drawing(data),
        description(data),
        f"Agents on a {_torus(data)} act in two colours, {n_chains} independent chains from each "
        f"start, {wording.number(data['n_draws'])} draws each after "
        f"{wording.number(data['num_warmup'])} sweeps. Below: mean less Kaufman's exact energy of "
        "this torus, in units of the half width of Student's interval over chains; all are inside "
        f"±1 with probability {wording.number(1 - data['level'])}, nearly (level {level} shared). "
        "The infinite lattice's energy (crosses) is another number near the critical temperature. "
        "The claim's own test starts from perfect draws.",
        ("lattice_collective_has_kaufmans_energy",),
    )


def drawing(data: Document) -> str:
    """Both panels, with one axis of inverse temperature, as an ``<svg>`` element."""
    with canvas(8.4, 5.2) as figure:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        _curves(upper, data)
        _residuals(lower, data)
        for axes in (upper, lower):
            axes.axvline(data["critical_beta"], color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
        label = "critical, infinite lattice "
        upper.annotate(
            label, (data["critical_beta"], 0.95), xycoords=("data", "axes fraction"), ha="right"
        )
        upper.legend(frameon=False, loc="lower left")
        return svg_of(figure, "lattice-energy-")


def description(data: Document) -> str:
    """What it shows, in words: the energies, and how large the residuals are."""
    residuals = [
        abs(found["residual"]) for point in data["points"] for found in point["of"].values()
    ]
    infinite = [
        (abs(found["of_infinite"]), point["beta"])
        for point in data["points"]
        for found in point["of"].values()
    ]
    most, where = max(infinite, default=(0.0, 0.0))
    n_outside = sum(residual > 1 for residual in residuals)
    return (
        f"Energy per site of a {_torus(data)} against inverse temperature. "
        f"{'; '.join(map(_told, data['points']))}. {n_outside} of {len(residuals)} residuals are "
        f"outside their interval, the largest is {wording.number(max(residuals, default=None))} "
        f"half widths. The infinite lattice's energy is up to {wording.number(most)} half widths "
        f"away, at inverse temperature {wording.number(float(where))}."
    )


def _told(point: Document) -> str:
    means = ", ".join(
        f"{found['mean']:.4f} ± {found['half_width']:.4f} from {start}"
        for start, found in point["of"].items()
    )
    return f"at {wording.number(point['beta'])} exactly {point['finite']:.4f}, sampled {means}"


def _torus(data: Document) -> str:
    return f"{'x'.join(map(str, data['shape']))} torus"


def _curves(axes: Axes, data: Document) -> None:
    curve = data["curve"]
    axes.plot(
        curve["beta"],
        curve["infinite"],
        color=FAINT,
        linestyle=DASHES[1],
        label="infinite lattice, Onsager",
    )
    axes.plot(
        curve["beta"], curve["finite"], color=INK, linewidth=1.3, label=f"{_torus(data)}, Kaufman"
    )
    for index, start in enumerate(_starts(data)):
        found = [point["of"][start] for point in data["points"]]
        axes.errorbar(
            _places(data, index),
            [each["mean"] for each in found],
            [each["half_width"] for each in found],
            fmt=MARKERS[index % len(MARKERS)],
            color=LINES[index % len(LINES)],
            markeredgecolor=PAPER,
            markersize=6.5,
            label=f"agents, from {start}",
        )
    axes.set_ylabel("energy per site")


def _residuals(axes: Axes, data: Document) -> None:
    axes.axhspan(-1, 1, color=FAINT, alpha=0.2, linewidth=0)
    axes.axhline(0, color=INK, linewidth=0.8)
    for index, start in enumerate(_starts(data)):
        found = [point["of"][start] for point in data["points"]]
        colour, places = LINES[index % len(LINES)], _places(data, index)
        axes.errorbar(
            places,
            [each["residual"] for each in found],
            1.0,
            fmt=MARKERS[index % len(MARKERS)],
            color=colour,
            markeredgecolor=PAPER,
            markersize=6.5,
        )
        axes.plot(places, [each["of_infinite"] for each in found], "x", color=FAINT, markersize=6)
    axes.set_ylabel("residual / half width")
    axes.set_xlabel("inverse temperature β (sensory precision γ)")


def _starts(data: Document) -> list[str]:
    return list(data["points"][0]["of"]) if data["points"] else []


def _places(data: Document, index: int) -> list[float]:
    return [point["beta"] + APART * (2 * index - 1) for point in data["points"]]
