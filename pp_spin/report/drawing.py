"""How every drawing of the report is made: one style, and an SVG text that the page can take in.

Deterministic: the same numbers give the same bytes (fixed id salt, no date). Inside an HTML page a
drawing takes the page's colours: its ink is ``currentColor`` and its lines are CSS variables with
the printed colour as fallback, so one drawing serves light, dark and paper. Line styles repeat what
the colours say.
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

# Okabe and Ito's colours, told apart by every common kind of colour vision.
LINES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
INK, FAINT, PAPER = "#010203", "#8a8f98", "#fdfcfb"

STYLE = {
    "svg.hashsalt": "pp_spin",
    "svg.fonttype": "none",
    "text.parse_math": False,  # a label is text, whatever it holds
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],  # its fallbacks would be spelt out at every label
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@contextmanager
def canvas(width: float, height: float) -> Iterator[Figure]:
    """An empty figure (inches) in the house's style, to be drawn on and turned into SVG inside."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure


def logarithmic(
    axes: Axes, along: str, subs: Sequence[float] = (1.0,), *, minor: bool = True
) -> None:
    """Make the "x" or "y" axis logarithmic; ``subs`` says which multiples of powers have labels.

    (matplotlib's own labels are formulas, which no drawing of the report has.)
    """
    axes.set(**{f"{along}scale": "log"})
    axis = axes.xaxis if along == "x" else axes.yaxis
    axis.set_major_locator(LogLocator(subs=subs, numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda value, _: power_of_ten(value)))
    axis.set_minor_formatter(NullFormatter())
    if not minor:
        axis.set_minor_locator(NullLocator())


def power_of_ten(value: float) -> str:
    """``0.01``, ``500``, ``10⁻⁴``, ``2·10⁶``."""
    if 1e-3 < value < 1e4:
        return f"{value:g}"
    digits, exponent = f"{value:.0e}".split("e")
    power = "10" + str(int(exponent)).translate(_RAISED)
    return power if digits == "1" else f"{digits}·{power}"


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def svg_of(figure: Figure, name: str = "") -> str:
    """The figure as one inline ``<svg>`` element, in the colours of the page around it.

    ``name`` goes before every id, of which a page may hold each once only.
    """
    buffer = io.StringIO()
    metadata = {"Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", transparent=True, metadata=metadata)
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    # Inside a page a style element would reach every other drawing too.
    text = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"\n\s+", "\n", _named(text, name))
    for index, colour in enumerate(LINES):
        text = text.replace(colour, f"var(--line-{index + 1}, {colour})")
    return text.replace(INK, "currentColor").replace(PAPER, f"var(--card, {PAPER})")


def _named(text: str, name: str) -> str:
    """Ids that nothing in the drawing refers to are left out, the others begin with ``name``."""
    used = set(re.findall(r"(?:href=\"|url\()#([\w.-]+)", text))

    def kept(match: re.Match[str]) -> str:
        return f' id="{name}{match[1]}"' if match[1] in used else ""

    text = re.sub(r" id=\"([\w.-]+)\"", kept, text)
    return re.sub(r"(href=\"|url\()#", rf"\1#{name}", text)
