"""A page for a terminal: Unicode, formulas in two dimensions where they fit."""

import textwrap

import sympy as sp

from derivations.rendering.formulas import broken, drawn, one_line
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
from derivations.rendering.words import in_text


def text(page: Page, width: int = 80) -> str:
    """The whole page, lines of at most ``width`` columns."""
    return "\n".join(block_text(block, width) for block in page) + "\n"


def block_text(block: Block, width: int) -> str:
    """One block; headings have an empty line above them."""
    return "\n".join(_lines(block, width))


def _lines(block: Block, width: int) -> list[str]:
    match block:
        case Heading(words, level):
            return [*([""] if level > 1 else []), *_wrapped(in_text(words), width, 0)]
        case Paragraph(runs):
            return _wrapped(_joined(runs), width, 2)
        case Bullets(items):
            return [part for item in items for part in _wrapped(f"- {_joined(item)}", width, 2, 2)]
        case Display(relation):
            return _indented(drawn(relation, width - 4), 4)
        case Source(latex):
            return _indented(broken(latex, width - 4), 4)
        case Lines(lines):
            return [part for line in lines for part in _proof_line(line, width)][:-1]


def _proof_line(line: Line, width: int) -> list[str]:
    shown = _wrapped(f"{line.label} {_joined(line.reason)}", width, 2, len(line.label) + 1)
    shown += _indented(drawn(line.relation, width - 6), 6)
    for note in line.notes:
        if isinstance(note, Display):
            shown += _indented(drawn(note.relation, width - 10), 10)
        else:
            shown += _wrapped(_joined(note), width, 6, 2)
    return [*shown, ""]


def _joined(runs: Runs) -> str:
    return "".join(one_line(run) if isinstance(run, sp.Basic) else in_text(run) for run in runs)


def _wrapped(words: str, width: int, indent: int, hanging: int = 0) -> list[str]:
    return textwrap.wrap(
        words,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_on_hyphens=False,
    )


def _indented(lines: list[str], indent: int) -> list[str]:
    return [" " * indent + line if line else "" for line in lines]
