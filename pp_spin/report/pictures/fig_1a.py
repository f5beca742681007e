"""Fig. 1A: the periodic lattice, its focal agent, and how that agent believes and acts."""

from matplotlib.axes import Axes

from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number, plural

UP, DOWN = LINES[0], LINES[1]
STUB = 0.62
"""How far a tie round the edge is drawn, in places."""


def picture(data: Document) -> Picture:
    """The lattice, what its focal agent hears, and what comes of it."""
    return Picture(
        "Fig. 1A: one agent among sixteen, and what it hears",
        drawing(data),
        description(data),
        "Who sees whom is read off the network that runs; the spins are one perfect draw of its "
        "law. The lattice is periodic: dashed stubs are ties round the edge, with the agent at "
        "their other end. Right: the focal agent adds its prior and what each neighbour says, γσ. "
        "The sum is half the log-odds of its belief, and the kernel has it act with the same "
        "probability.",
        (
            "posterior_is_logistic",
            "matched_action_law_is_the_posterior",
            "each_agent_acts_on_its_own_posterior",
        ),
    )


def drawing(data: Document) -> str:
    """Left the lattice, right the focal agent's sum, its belief and its action, as SVG."""
    with canvas(8.4, 4.3) as figure:
        left, right = figure.subfigures(1, 2, width_ratios=(1.1, 1))
        _lattice(left.subplots(), data)
        upper, lower = right.subplots(2, 1, height_ratios=(3.2, 1))
        _heard(upper, data)
        _probabilities(lower, data)
        return svg_of(figure, "fig-1a-")


def description(data: Document) -> str:
    """What it shows, in words and with its numbers."""
    ups = sum(agent["spin"] == 1 for agent in data["agents"])
    around = sum(tie["around"] for tie in data["ties"])
    heard = "; ".join(
        f"agent {each['agent']} is {_word(each['spin'])}, precision {number(each['precision'])}"
        for each in data["neighbours"]
    )
    return (
        f"A lattice of {plural(len(data['agents']), 'agent')}, {ups} of them up, with "
        f"{plural(len(data['ties']), 'tie')}, {around} of which go round the edge. The focal "
        f"agent, {data['focal']}, sees: {heard}. With its prior of {number(data['prior'])} its "
        f"local field is {number(data['local_field'])}; it believes that the hidden spin is up "
        f"with probability {number(data['posterior_up'])}, and acts up with probability "
        f"{number(data['action_up'])}."
    )


def _word(spin: int) -> str:
    return "up" if spin == 1 else "down"


def _arrow(spin: int) -> str:
    return "↑" if spin == 1 else "↓"


def _lattice(axes: Axes, data: Document) -> None:
    at = [(agent["place"][1], -agent["place"][0]) for agent in data["agents"]]
    seen = {each["agent"] for each in data["neighbours"]}
    for tie in data["ties"]:
        i, j = tie["pair"]
        of_focal = (i == data["focal"] and j in seen) or (j == data["focal"] and i in seen)
        if tie["around"]:
            _stub(axes, at[i], at[j], j)
            _stub(axes, at[j], at[i], i)
        else:
            colour, width = (INK, 3.0) if of_focal else (FAINT, 1.2)
            axes.plot(*zip(at[i], at[j], strict=True), color=colour, linewidth=width, zorder=1)
    for index, (agent, (x, y)) in enumerate(zip(data["agents"], at, strict=True)):
        up = agent["spin"] == 1
        colour = UP if up else DOWN
        if index == data["focal"]:
            axes.plot(x, y, "o", color=PAPER, markeredgecolor=INK, markersize=32, zorder=2)
        axes.plot(
            x, y, "o", color=colour if up else PAPER, markeredgecolor=colour,
            markeredgewidth=2, markersize=22, zorder=3,
        )  # fmt: skip
        ink = PAPER if up else colour
        axes.text(x, y, _arrow(agent["spin"]), color=ink, fontsize=14, ha="center", va="center")
        axes.text(x + 0.24, y + 0.24, str(index), fontsize=8, ha="left", va="center")
    for each in data["neighbours"]:
        # Halfway to a neighbour that touches; a tie round the edge has its number at the stub.
        (x, y), (to_x, to_y) = at[data["focal"]], at[each["agent"]]
        if abs(x - to_x) + abs(y - to_y) == 1:
            level = y == to_y
            axes.text(
                (x + to_x) / 2 + (0 if level else 0.06),
                (y + to_y) / 2 - (0.15 if level else 0),
                f"γ={number(each['precision'])}",
                fontsize=8.5,
                ha="center" if level else "left",
                va="center",
            )
    axes.set_title("The lattice and its focal agent (ringed)", fontsize=10, pad=14)
    axes.set_aspect("equal")
    axes.margins(0.02)
    axes.axis("off")


def _stub(
    axes: Axes, start: tuple[float, float], other: tuple[float, float], leads_to: int
) -> None:
    """From ``start`` away from the agent at the other end, which it reaches round the edge."""
    (x, y), (far_x, far_y) = start, other
    dx, dy = _sign(x - far_x), _sign(y - far_y)
    axes.plot(
        (x, x + STUB * dx), (y, y + STUB * dy), color=FAINT, linewidth=1.2, linestyle=":", zorder=1
    )
    axes.text(
        x + (STUB + 0.14) * dx, y + (STUB + 0.14) * dy, str(leads_to),
        fontsize=8, color=FAINT, ha="center", va="center",
    )  # fmt: skip


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _heard(axes: Axes, data: Document) -> None:
    rows = [("prior ζ", data["prior"])]
    for each in data["neighbours"]:
        said = each["precision"] * each["spin"]
        rows.append((f"agent {each['agent']} {_arrow(each['spin'])}", said))
    total = 0.0
    for row, (_, value) in enumerate(rows):
        colour, hatch = (UP, "") if value >= 0 else (DOWN, "////")
        axes.barh(
            -row, value, left=total, height=0.6, color=colour if value >= 0 else PAPER,
            edgecolor=colour, hatch=hatch, linewidth=1,
        )  # fmt: skip
        total += value
        axes.plot((total, total), (-row - 0.3, -row - 1), color=FAINT, linewidth=1, linestyle=":")
        end = max(total, total - value)
        axes.text(end + 0.02, -row, f" {value:+.3g}", va="center", fontsize=8.5)
    axes.barh(-len(rows), data["local_field"], height=0.6, color=INK)
    label = f" {data['local_field']:+.3g}"
    axes.text(max(data["local_field"], 0) + 0.02, -len(rows), label, va="center", fontsize=9)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks([-row for row in range(len(rows) + 1)])
    axes.set_yticklabels([*(name for name, _ in rows), "local field"])
    axes.set_xlabel("half log-odds of z = +1")
    axes.set_title("What it hears: ζ + Σ γσ", fontsize=10)
    axes.margins(x=0.16)
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)


def _probabilities(axes: Axes, data: Document) -> None:
    bars = (("acts up", data["action_up"]), ("believes z = +1", data["posterior_up"]))
    for row, (_, value) in enumerate(bars):
        axes.barh(row, 1, height=0.55, color=PAPER, edgecolor=FAINT, linewidth=1)
        axes.barh(row, value, height=0.55, color=INK if row else LINES[2])
        axes.text(1.02, row, f"{value:.4f}", va="center", fontsize=9)
    axes.set_yticks([0, 1])
    axes.set_yticklabels([name for name, _ in bars])
    axes.set_xlim(0, 1.2)
    axes.set_xticks([0, 0.5, 1])
    axes.set_xlabel("probability")
    axes.tick_params(left=False)
    axes.spines["left"].set_visible(False)
