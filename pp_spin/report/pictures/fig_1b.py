"""Fig. 1B: the agent's generative model as a graph, as NumPyro sees the program."""

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number, plural

SYMBOLS = {"hidden_spin": "z", "neighbour_spins": "σ", "action": "u", "optimality": "O"}
"""The paper's letters; a spin without one keeps its name."""
PRECISIONS = {"hidden_spin": "ζ", "neighbour_spins": "γ", "optimality": "ξ"}


class Node(NamedTuple):
    """A member of a spin site, placed."""

    spin: Document
    member: int
    x: float
    y: float


def picture(data: Document) -> Picture:
    """The graph, and beside it what each site is."""
    return Picture(
        "Fig. 1B: what an agent believes makes its neighbours' spins",
        drawing(data),
        description(data),
        "Spins, arrows and what is observed (grey) are NumPyro's own account of the running "
        "program, not a sketch of it. The number at an arrow is what multiplies the parents in "
        "the half log-odds, read off the program with the parents held at either value. "
        "O is the optimality of appendix B: whether the action u matches the hidden spin.",
        (
            "joint_is_normalised",
            "heterogeneous_posterior_is_logistic",
            "one_outcome_factor_gives_a_normalised_joint",
        ),
    )


def drawing(data: Document) -> str:
    """Left the graph, right its sites in words, as SVG."""
    with canvas(8.4, 3.7) as figure:
        left, right = figure.subplots(1, 2, width_ratios=(1.5, 1))
        _graph(left, data["spins"])
        _sites(right, data["spins"])
        return svg_of(figure, "fig-1b-")


def description(data: Document) -> str:
    """What it shows, in words and with its numbers."""
    return f"The generative model has {plural(len(data['spins']), 'spin site')}: " + " ".join(
        f"{_letter(spin)} ({spin['name']}), {'; '.join(_facts(spin, data['spins']))}."
        for spin in data["spins"]
    )


def _letter(spin: Document) -> str:
    return SYMBOLS.get(spin["name"], str(spin["name"]))


def _numbered(letter: str, member: int, n_members: int) -> str:
    return letter + "₀₁₂₃₄₅₆₇₈₉"[(member + 1) % 10] if n_members > 1 else letter


def _facts(spin: Document, spins: Sequence[Document]) -> list[str]:
    letters = {each["name"]: _letter(each) for each in spins}
    kind = "observed" if spin["observed"] else "inferred"
    n = len(spin["precision"])
    plate = f", {n} in plate {spin['plate']}" if spin["plate"] else ""
    values = ", ".join(dict.fromkeys(number(float(value)) for value in spin["precision"]))
    parents = " ".join(letters.get(name, str(name)) for name in spin["parents"])
    named = PRECISIONS.get(spin["name"])
    factors = " ".join(filter(None, (named, parents))) or "flat prior"
    told = f"half log-odds {factors}, {named} = {values}" if named else f"{factors}, {values}"
    return [f"{kind}{plate}", told]


def _placed(spins: Sequence[Document]) -> list[Node]:
    """Spins that depend on others below, in a row; those that depend on none over theirs."""
    below = [spin for spin in spins if spin["parents"]]
    nodes, x = [], 0.0
    for spin in below:
        for member in range(len(spin["precision"])):
            nodes.append(Node(spin, member, x, 0.0))
            x += 1.0
        x += 0.6
    for spin in spins:
        if not spin["parents"]:
            # Over those that depend on it alone, or else on it too.
            children = [n.x for n in nodes if n.y == 0 and n.spin["parents"] == [spin["name"]]]
            children = children or [n.x for n in nodes if spin["name"] in n.spin["parents"]]
            centre = sum(children) / len(children) if children else x
            nodes.append(Node(spin, 0, centre, 1.7))
    return nodes


def _graph(axes: Axes, spins: Sequence[Document]) -> None:
    nodes = _placed(spins)
    parents_at = {node.spin["name"]: node for node in nodes if node.y > 0}
    for node in nodes:
        _plate(axes, nodes, node)
        for name in node.spin["parents"]:
            parent = parents_at[name]
            _arrow(axes, (parent.x, parent.y), (node.x, node.y))
        value = float(node.spin["precision"][node.member])
        named = PRECISIONS.get(node.spin["name"], "prior")
        n_members = len(node.spin["precision"])
        label = f"{_numbered(named, node.member, n_members)} = {number(value)}"
        if node.y > 0:
            axes.plot(node.x, node.y + 0.75, "s", color=INK, markersize=6)
            axes.text(node.x + 0.14, node.y + 0.75, label, fontsize=9.5, va="center")
            _arrow(axes, (node.x, node.y + 0.72), (node.x, node.y))
        else:
            axes.text(
                node.x, node.y - 0.5, label, fontsize=9, ha="center", va="center", color=LINES[0]
            )
        axes.plot(
            node.x, node.y, "o", color=PAPER, markeredgecolor=INK, markersize=30,
            markeredgewidth=1.5, zorder=3,
        )  # fmt: skip
        if node.spin["observed"]:
            axes.plot(node.x, node.y, "o", color=FAINT, alpha=0.45, markersize=30, zorder=4)
        letter = _numbered(_letter(node.spin), node.member, n_members)
        size = 14 if len(letter) < 3 else 7
        axes.text(
            node.x, node.y, letter, fontsize=size, ha="center", va="center", zorder=5,
            style="italic",
        )  # fmt: skip
    axes.set_aspect("equal")
    axes.set_ylim(-1.15, 2.7)
    axes.set_xlim(min(n.x for n in nodes) - 0.7, max(n.x for n in nodes) + 0.7)
    axes.axis("off")


def _plate(axes: Axes, nodes: Sequence[Node], node: Node) -> None:
    """A box around the members of a plate, drawn with the first of them."""
    if node.spin["plate"] is None or node.member > 0:
        return
    xs = [other.x for other in nodes if other.spin is node.spin]
    box = FancyBboxPatch(
        (xs[0] - 0.42, -0.68), xs[-1] - xs[0] + 0.84, 1.08, boxstyle="round,pad=0.05",
        fill=False, edgecolor=FAINT, linewidth=1.1,
    )  # fmt: skip
    axes.add_patch(box)
    label = f"plate {node.spin['plate']}: {len(xs)}"
    axes.text(xs[0] - 0.42, -0.9, label, fontsize=8.5, color=FAINT, va="center")


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=13,
            shrinkA=0,
            shrinkB=17,
            color=INK,
            linewidth=1.2,
            zorder=2,
        )
    )


def _sites(axes: Axes, spins: Sequence[Document]) -> None:
    axes.axis("off")
    axes.set_xlim(0, 1)
    axes.set_ylim(-4 * len(spins) + 1, 1)
    for row, spin in enumerate(spins):
        axes.text(0, -4 * row, _letter(spin), fontsize=13, style="italic", va="center")
        axes.text(0.12, -4 * row, str(spin["name"]), fontsize=10, va="center", weight="bold")
        for line, fact in enumerate(_facts(spin, spins), 1):
            axes.text(0.12, -4 * row - 1.05 * line, fact, fontsize=9, va="center")
