r"""A claim's LaTeX statement in parts: words, and formulas that are safe to hand on.

A formula is let through where the converter of the HTML page understands it whole (mathml.py) and
nothing in it could end it.
"""

import re
from typing import NamedTuple

from pp_spin.report.mathml import mathml

WORDS = re.compile(r"\\text\{([^{}\\$]*)\}")
r"""Words in a formula: ``\text{…}``."""

_UNSAFE_IN_FORMULAS = re.compile(r"[$%#`~]|\^\^|\\(?:begin|end|tag|newline|\\)(?![A-Za-z])")


class Part(NamedTuple):
    """Words of a statement, or a formula."""

    is_words: bool
    text: str


def statement_parts(latex: str) -> list[Part] | None:
    r"""A statement cut at its ``\quad`` and its words; None where it may not be shown as maths."""
    source = " ".join(latex.split())
    if not source.isprintable() or not _is_formula(source):
        return None
    parts, end = [], 0
    for found in WORDS.finditer(source):
        if _balanced(source[end : found.start()]):
            parts += [*_formulas(source[end : found.start()]), Part(True, found[1])]
            end = found.end()
    parts = [part for part in [*parts, *_formulas(source[end:])] if part.text.strip(" ,;")]
    shown = all(part.is_words or _is_formula(part.text) for part in parts)
    return parts if parts and shown else None


def _formulas(source: str) -> list[Part]:
    rows = [row.strip() for row in re.split(r"\\quad(?![A-Za-z])", source)]
    return [Part(False, row) for row in (rows if all(map(_balanced, rows)) else [source.strip()])]


def _is_formula(source: str) -> bool:
    safe = _balanced(source) and not _UNSAFE_IN_FORMULAS.search(source)
    return safe and mathml(source) is not None


def _balanced(latex: str) -> bool:
    r"""Whether every brace and every ``\left`` is closed, in order."""
    depth = 0
    for found in re.finditer(r"\\.|[{}]", latex):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth < 0:
            return False
    opened, closed = (len(re.findall(rf"\\{w}(?![A-Za-z])", latex)) for w in ("left", "right"))
    return depth == 0 and opened == closed
