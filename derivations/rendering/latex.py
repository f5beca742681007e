r"""A page for a paper: a fragment of LaTeX that wants only amsmath and amssymb.

Formulas are ``align*``, the lines of a proof an ``enumerate`` with the numbers of every other face.
"""

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
from derivations.rendering.words import in_latex


def latex(page: Page) -> str:
    """The whole page."""
    needs = r"% needs \usepackage{amsmath, amssymb}"
    return "\n".join([needs, *(_block(block) for block in page)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(words, level):
            command = r"\subsection*" if level == 1 else r"\paragraph"
            return f"\n{command}{{{in_latex(words)}}}"
        case Paragraph(runs):
            return f"{_joined(runs)}\n"
        case Bullets(items):
            return _environment("itemize", [rf"\item {_joined(item)}" for item in items])
        case Display(relation):
            return _display(relation)
        case Source(source):
            return f"\\[\n{source}\n\\]"
        case Lines(lines):
            return _environment("enumerate", [_line(line) for line in lines])


def _line(line: Line) -> str:
    parts = [rf"\item[{in_latex(line.label)}] {_joined(line.reason)}", _display(line.relation)]
    parts += [
        _display(note.relation) if isinstance(note, Display) else rf"{_joined(note)}\par"
        for note in line.notes
    ]
    return "\n".join(parts)


def _display(relation: sp.Basic) -> str:
    return _environment("align*", [" \\\\\n".join(latex_rows(relation))])


def _joined(runs: Runs) -> str:
    return "".join(
        f"${formula(run)}$" if isinstance(run, sp.Basic) else in_latex(run) for run in runs
    )


def _environment(name: str, lines: list[str]) -> str:
    return "\n".join([rf"\begin{{{name}}}", *lines, rf"\end{{{name}}}"])
