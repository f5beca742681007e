"""Figures of the report as SVG text, drawn from the numbers in the document (Fig. 1C).

Deterministic: the same numbers give the same bytes (fixed id salt, no date). Inside an HTML page a
figure takes the page's colours: its ink is ``currentColor`` and its lines are CSS variables with
the printed colour as fallback, so one drawing serves light, dark and paper. Line styles repeat what
the colours say.
"""

import io
import re
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from pp_spin.report.document import Document

# Okabe and Ito's colours, told apart by every common kind of colour vision.
LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
INK, FAINT = "#010203", "#8a8f98"

STYLE = {
    "svg.hashsalt": "pp_spin",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a label is text, whatever it holds
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def fig_1c(data: Document) -> str:
    """Fig. 1C as an ``<svg>`` element: P(z = +1) against the sum of the neighbours' spins.

    Left the slope set by γ, right the shift set by ζ; ``data`` is ``figures.fig_1c`` of a document.
    The sums that the agent of panel A can reach are marked on every curve and on the axis.
    """
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(8.4, 3.5), layout="constrained")
        FigureCanvasSVG(figure)
        left, right = figure.subplots(1, 2, sharey=True)
        _panel(left, data["left"], data["reachable"], "Sensory precision γ sets the slope")
        _panel(right, data["right"], data["reachable"], "Prior precision ζ sets the shift")
        left.set_ylabel("posterior P(z = +1)")
        return svg_of(figure)


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


def svg_of(figure: Figure) -> str:
    """The figure as one inline ``<svg>`` element, in the colours of the page around it."""
    buffer = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # Inside a page a style element would reach every other drawing too.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    for index, colour in enumerate(LINES):
        text = text.replace(colour, f"var(--line-{index + 1}, {colour})")
    return text.replace(INK, "currentColor")
