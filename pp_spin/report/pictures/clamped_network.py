"""A social network with two members held: who is drawn to whom, exactly and as sampled."""

from matplotlib.axes import Axes

from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number

UP, DOWN = LINES[0], LINES[1]


def picture(data: Document) -> Picture:
    """The club as a graph, and the sampled frequencies against the exact posterior."""
    free, right = _free(data), _foretold(data)
    held = ", ".join(_held(data))
    return Picture(
        f"Two members held, the collective infers the sides of {right} of the other {len(free)}",
        drawing(data),
        description(data),
        f"{data['system']}, precision {number(data['precision'])} per meeting; held: {held}. Fill: "
        "the exact posterior by variable elimination, from down (orange) through even (blank) to "
        "up (blue); shape: the side that each took when the club split, which no agent is told. "
        f"Right: the frequency in {data['n_chains']:,} chains, one draw each, {data['sweeps']} "
        f"sweeps of {data['schedule']} after exact draws, less the exact probability. The bars are "
        "Clopper and Pearson's intervals; where the collective keeps its law, all of them cover "
        f"zero together with probability {1 - data['level']:g} at least.",
        ("real_network_keeps_its_ising_law", "clamped_collective_samples_the_posterior"),
    )


def drawing(data: Document) -> str:
    """Left the network, right the differences with their bands, as SVG."""
    with canvas(8.4, 4.6) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(1.75, 1))
        _network(left, data)
        _differences(right, data)
        return svg_of(figure, "clamped-network-")


def description(data: Document) -> str:
    """What it shows, in words and with its numbers."""
    members = "; ".join(
        f"{member['name']}: {number(float(member['exact']))} and {number(float(member['sampled']))}"
        for member in _free(data)
    )
    return (
        f"{data['system']} with {', '.join(_held(data))}. The exact posterior points to the side "
        f"that {_foretold(data)} of the other {len(_free(data))} members took. The largest "
        f"difference between frequency and exact probability is {number(_largest(data))}; "
        f"{_missed(data)} of {len(_free(data))} bands miss. Probability of being up, exact and "
        f"sampled: {members}."
    )


def _free(data: Document) -> list[Document]:
    """Who is not held, the likeliest to be up first."""
    free = [member for member in data["members"] if member["clamped"] is None]
    return sorted(free, key=lambda member: -member["exact"])


def _held(data: Document) -> list[str]:
    words = {1: "up", -1: "down"}
    held = [member for member in data["members"] if member["clamped"] is not None]
    return [f"member {member['name']} {words[member['clamped']]}" for member in held]


def _foretold(data: Document) -> int:
    return sum((member["exact"] > 0.5) == (member["side"] == 1) for member in _free(data))


def _largest(data: Document) -> float:
    return max(abs(member["sampled"] - member["exact"]) for member in _free(data))


def _missed(data: Document) -> int:
    return sum(
        not member["band"][0] <= member["exact"] <= member["band"][1] for member in _free(data)
    )


def _network(axes: Axes, data: Document) -> None:
    members = data["members"]
    heaviest = max(tie[2] for tie in data["ties"])
    for i, j, precision in data["ties"]:
        (x, y), (to_x, to_y) = members[i]["place"], members[j]["place"]
        axes.plot(
            (x, to_x), (y, to_y), color=FAINT, linewidth=0.5 + 1.8 * precision / heaviest,
            alpha=0.55, zorder=1, solid_capstyle="round",
        )  # fmt: skip
    for member in members:
        x, y = member["place"]
        shape = "o" if member["side"] == 1 else "s"
        lean = 2 * member["exact"] - 1
        held = member["clamped"] is not None
        size = 19 if held else 16
        axes.plot(x, y, shape, color=PAPER, markersize=size, markeredgewidth=0, zorder=2)
        axes.plot(
            x, y, shape, color=UP if lean > 0 else DOWN, alpha=abs(lean), markersize=size,
            markeredgewidth=0, zorder=3,
        )  # fmt: skip
        axes.plot(
            x, y, shape, fillstyle="none", markeredgecolor=INK, markersize=size,
            markeredgewidth=2.6 if held else 0.9, zorder=4,
        )  # fmt: skip
        ink = PAPER if abs(lean) > 0.7 else INK
        axes.text(
            x, y - 0.003, str(member["name"]), color=ink, fontsize=8.5, ha="center",
            va="center", zorder=5,
        )  # fmt: skip
    for shape, label in (("o", "took the side of the one held up"), ("s", "the other side")):
        axes.plot(
            [], [], shape, fillstyle="none", markeredgecolor=INK, markersize=9, label=label,
            linestyle="none",
        )  # fmt: skip
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 0.02), ncols=2, frameon=False, fontsize=9)
    axes.set_title("Posterior of every member, the two held ones outlined", fontsize=10)
    axes.axis("off")
    axes.margins(0.04)


def _differences(axes: Axes, data: Document) -> None:
    free = _free(data)
    for row, member in enumerate(free):
        exact, (low, high) = member["exact"], member["band"]
        colour = UP if exact > 0.5 else DOWN
        axes.plot((low - exact, high - exact), (-row, -row), color=colour, linewidth=2.2)
        axes.plot(member["sampled"] - exact, -row, "o", color=INK, markersize=3)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks([-row for row in range(len(free))])
    axes.set_yticklabels([str(member["name"]) for member in free], fontsize=7)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(-len(free) + 0.2, 0.8)
    axes.locator_params(axis="x", nbins=5)
    axes.set_xlabel("sampled frequency less exact probability", fontsize=9)
    axes.set_title("Member by member", fontsize=10)
