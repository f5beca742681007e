"""A page is a sequence of blocks, the same for every format.

Words and formulas alternate in *runs*: a string is words, in which `backticks` hold a name; any
sympy object is a formula.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import sympy as sp

Runs = tuple[str | sp.Basic, ...]
Tone = Literal["", "dim", "good", "bad", "open"]


class Heading(NamedTuple):
    """The name of what follows; level 1 is the page's own."""

    words: str
    level: int = 2


class Paragraph(NamedTuple):
    """Words with formulas in the line; where there are colours, they repeat its tone."""

    runs: Runs
    tone: Tone = ""


class Bullets(NamedTuple):
    """A list."""

    items: tuple[Runs, ...]


class Display(NamedTuple):
    """A relation on lines of its own."""

    relation: sp.Basic


class Source(NamedTuple):
    """A formula that is known as LaTeX only."""

    latex: str


class Line(NamedTuple):
    """A line of a proof: its label, the reason, the relation and what is to be said of it."""

    label: str
    reason: Runs
    relation: sp.Basic
    notes: tuple["Runs | Display", ...] = ()


class Lines(NamedTuple):
    """A proof's lines in their order."""

    lines: tuple[Line, ...]


Block = Heading | Paragraph | Bullets | Display | Source | Lines
Page = Sequence[Block]
