r"""A page for a notebook: Markdown whose maths GitHub and Jupyter both draw.

GitHub reads Markdown before maths, so that a backslash before punctuation is lost: rows of a
formula are parted by ``\cr``, and what else sympy writes in that way is spelt otherwise.
"""

import re

import sympy as sp

from derivations.display import latex as formula
from derivations.rendering.formulas import latex_rows
from derivations.rendering.page import (
    Block,
    Bullets,
    Display,
    Heading,
    Line,
    Lines,
    Page,
    Paragraph,
    Runs,
    Source,
)
from derivations.rendering.words import in_markdown

SPELT = {
    r"\\": r" \cr ",
    r"\{": r"\lbrace ",
    r"\}": r"\rbrace ",
    r"\,": r"\thinspace ",
    r"\;": r"\thickspace ",
    r"\:": r"\medspace ",
    r"\!": r"\negthinspace ",
    r"\|": r"\Vert ",
    r"\ ": "~",
}


def markdown(page: Page) -> str:
    """The whole page."""
    return "\n\n".join(_block(block) for block in page) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(words, level):
            return f"{'#' * (level + 1)} {in_markdown(words)}"
        case Paragraph(runs):
            return _joined(runs)
        case Bullets(items):
            return "\n".join(f"- {_joined(item)}" for item in items)
        case Display(relation):
            return _display(relation)
        case Source(source):
            return f"$$\n{_spelt(source)}\n$$"
        case Lines(lines):
            return "\n\n".join(_line(line) for line in lines)


def _line(line: Line) -> str:
    parts = [f"**{in_markdown(line.label)}** {_joined(line.reason)}", _display(line.relation)]
    parts += [
        _display(note.relation) if isinstance(note, Display) else _joined(note)
        for note in line.notes
    ]
    return "\n\n".join(parts)


def _display(relation: sp.Basic) -> str:
    rows = latex_rows(relation)
    if len(rows) == 1:
        return f"$$\n{_spelt(rows[0].replace('&', ''))}\n$$"
    aligned = " \\cr\n".join(map(_spelt, rows))
    return f"$$\n\\begin{{aligned}}\n{aligned}\n\\end{{aligned}}\n$$"


def _joined(runs: Runs) -> str:
    return "".join(
        f"${_spelt(formula(run))}$" if isinstance(run, sp.Basic) else in_markdown(run)
        for run in runs
    )


def _spelt(source: str) -> str:
    source = re.sub(r"\\[^A-Za-z\s]|\\ ", lambda found: SPELT.get(found[0], found[0]), source)
    return re.sub(r" *< *", r" \\lt ", source).strip()
