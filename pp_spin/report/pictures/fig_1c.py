"""Fig. 1C: the posterior against the sum of the neighbours' spins, its slope and its shift."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from pp_spin.report import wording
from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, LINES, canvas, svg_of
from pp_spin.report.pictures.picture import Picture


def picture(data: Document) -> Picture:
    """Both panels, with the sums marked that the agent of panel A can reach."""
    reachable = ", ".join(wording.number(value) for value in data["reachable"])
    return Picture(
        "Fig. 1C: what an agent believes",
        drawing(data),
        description(data),
        "The agent's posterior that the hidden spin is up. The paper draws Δσ from -10 to 10; the "
        f"four-neighbour agent of its panel A can reach only the marked sums ({reachable}).",
        ("fig_1c_shows_the_model", "agent_of_fig_1a_reaches_five_sums_of_the_axis_of_fig_1c"),
    )


def drawing(data: Document) -> str:
    """Left the slope set by γ, right the shift set by ζ, as an ``<svg>`` element.

    The sums that the agent of panel A can reach are marked on every curve and on the axis.
    """
    with canvas(8.4, 3.5) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, data["left"], data["reachable"], "Sensory precision γ sets the slope")
        _panel(right, data["right"], data["reachable"], "Prior precision ζ sets the shift")
        left.set_ylabel("posterior P(z = +1)")
        return svg_of(figure, "fig-1c-")


def description(data: Document) -> str:
    """What it shows, in words and with its end points."""
    panels = []
    for name, curves in (("Left", data["left"]), ("Right", data["right"])):
        panels.append(f"{name} panel: {'; '.join(map(_ends, curves))}.")
    reachable = ", ".join(wording.number(value) for value in data["reachable"])
    return (
        "Posterior probability that the hidden spin is up, by the sum of the neighbours' spins. "
        f"{' '.join(panels)} Marked: the sums that a four-neighbour agent can reach, {reachable}."
    )


def _ends(curve: Document) -> str:
    first, last = (
        f"{wording.number(float(curve['up_prob'][at]))} at {wording.number(curve['sum'][at])}"
        for at in (0, -1)
    )
    return f"{curve['label']}: from {first} to {last}"


def _panel(axes: Axes, curves: Sequence[Document], reachable: Sequence[float], title: str) -> None:
    for where in reachable:
        axes.axvline(where, color=FAINT, linewidth=0.7, alpha=0.5, zorder=0)
    for index, curve in enumerate(curves):
        at = dict(zip(curve["sum"], curve["up_prob"], strict=True))
        marked = [spin_sum for spin_sum in reachable if spin_sum in at]
        colour = LINES[index % len(LINES)]
        axes.plot(
            curve["sum"],
            curve["up_prob"],
            color=colour,
            linestyle=DASHES[index % len(DASHES)],
            linewidth=1.8,
            marker=".",
            markersize=3,
            label=curve["label"],
        )
        axes.plot(marked, [at[spin_sum] for spin_sum in marked], "o", color=colour, markersize=5.5)
    axes.set_title(title, fontsize=10)
    axes.set_xlabel("sum of the neighbours' spins Δσ")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=11, steps=[1, 2, 5, 10], integer=True))
    axes.set_ylim(-0.03, 1.03)
    axes.legend(frameon=False, loc="upper left", handlelength=2.6)
