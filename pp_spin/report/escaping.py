r"""Text of a document inside Markdown and LaTeX, where it can be nothing but text.

Statements are shown as formulas where that is safe (statement.py), else as their source.
"""

import re

from derivations.rendering.markdown import markdown
from derivations.rendering.page import Source
from derivations.rendering.words import in_latex, in_text
from pp_spin.report.mathml import mathml
from pp_spin.report.statement import WORDS, statement_parts
from pp_spin.report.wording import plain

_MARKS = re.compile(r"([\\`*_{}\[\]#|$~@])")
_LIKE = str.maketrans("`|<>", "'¦«»")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINKS = re.compile(r"(?i)(:)(?=//)|(?<=www)(\.)")
# What in_latex would take for the inside of a formula, and TeX for something else.
_STEERS_TEX = re.compile(r"[\\%#&{}$~]")
_POWER_OF_TEN = re.compile(r"\b(\d+(?:\.\d+)?)e([+-]?)0*(\d+)\b")


def md(text: object) -> str:
    """``text`` on one line of Markdown, its symbols as Unicode."""
    escaped = _MARKS.sub(r"\\\1", in_text(plain(str(text))))
    escaped = "".join(_ENTITIES.get(c, c) for c in escaped)
    return _LINKS.sub(r"\\\g<0>", escaped)


def md_code(text: object) -> str:
    """``text`` as code; what would end it or what is around it is written with what looks alike."""
    return f"`{plain(str(text)).translate(_LIKE)}`"


def md_statement(latex: str) -> str:
    """A statement in blocks of words and of displayed formulas, or as its source."""
    parts = statement_parts(latex)
    if parts is None:
        return "```latex\n" + plain(latex).replace("`", "'") + "\n```"
    return "\n\n".join(_md_words(p.text) if p.is_words else _md_formula(p.text) for p in parts)


def _md_words(words: str) -> str:
    # A digit or a dash at the start of a line would begin a list.
    line = words.strip(" ,;")
    return f"{'&#' + str(ord(line[0])) + ';' if line[0] in '-+=' else md(line[0])}{md(line[1:])}"


def _md_formula(latex: str) -> str:
    return markdown((Source(latex.replace(">", r"\gt ")),)).strip()


def tex(text: object) -> str:
    """``text`` for a LaTeX document in UTF-8, its symbols as maths."""
    line = plain(str(text))
    written = in_latex(line)
    symbols = re.findall(r"\$([^$]*)\$", written)
    if _STEERS_TEX.search(line) or any(mathml(symbol) is None for symbol in symbols):
        written = _letter_by_letter(line)
    written = "".join(map(_known_to_tex, written))
    written = _POWER_OF_TEN.sub(r"$\1\\times 10^{\2\3}$", written)
    # After the end of a row these two would be read as its options.
    return "{}" + written if written.startswith(("[", "*")) else written


def tex_code(text: object) -> str:
    """A name as code that a line may break after its underscores."""
    word = "".join(map(_known_to_tex, _letter_by_letter(plain(str(text)))))
    return rf"\texttt{{{word}}}".replace(r"\_", r"\_\allowbreak{}")


def tex_statement(latex: str) -> str:
    """A statement as displayed lines, as a sentence with formulas in it, or as its source."""
    parts = statement_parts(latex)
    if parts is None:
        return tex_code(latex)
    if any(part.is_words for part in parts):
        return "".join(tex(p.text) if p.is_words else f"${_tex_formula(p.text)}$" for p in parts)
    lines = " \\\\\n".join(_tex_formula(part.text) for part in parts)
    return f"\\begin{{gather*}}\n{lines}\n\\end{{gather*}}"


def _tex_formula(latex: str) -> str:
    """The formula; in its words TeX, unlike browsers, reads an underscore as a mistake."""
    return WORDS.sub(lambda found: rf"\text{{{tex(found[1])}}}", latex)


def _letter_by_letter(line: str) -> str:
    """Every sign escaped, none of them read together with the next."""
    return "".join(map(in_latex, line))


def _known_to_tex(letter: str) -> str:
    if ord(letter) < 0x180 or letter in "–—“”…":
        return letter
    return rf"\texttt{{U+{ord(letter):04X}}}"
