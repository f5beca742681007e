"""Words beside formulas: reasons and assumptions, in which symbols stand by name (gamma_ij).

Backticks hold the name of a result or a piece of code.
"""

import re
from collections.abc import Callable

from derivations.display import SUBSCRIPTS, SUPERSCRIPTS, name_in_latex

GREEK_LETTERS = (
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi "
    "psi omega Gamma Delta"
)
GREEK = dict(zip(GREEK_LETTERS.split(), "αβγδεζηθκλμνξπρστφχψωΓΔ", strict=True))
_LOWERED = {letter: sign for sign, letter in SUBSCRIPTS.items()}
_MATHS = f"α-ωΑ-Ω′{''.join(SUBSCRIPTS)}{''.join(SUPERSCRIPTS)}"
# Code in backticks; a letter with a prime or an index, Greek ones alone too; a power; and what is
# written in Unicode already, such as P(σ′ᵢ|σ).
_TOKENS = re.compile(
    rf"`(?P<code>[^`]*)`|(?<![\w\\])(?P<letter>{'|'.join(GREEK)}|[A-Za-zα-ω](?=['′]?_))"
    r"(?P<prime>['′]?)(?:_(?P<index>[0-9a-z]{1,3}))?(?![\w])"
    r"|(?<![\w^])(?P<base>\w+)\^(?P<power>\w+|\([^()]*\))"
    rf"|(?<![A-Za-z])(?P<maths>[A-Za-z]?[{_MATHS}]*\([^()\s]*[{_MATHS}][^()\s]*\)"
    rf"|[A-Za-z]?[{_MATHS}]+)"
)


def in_text(words: str) -> str:
    """The words with Greek letters and subscripts where Unicode has them."""

    def shown(found: re.Match[str]) -> str:
        if found["code"] is not None:
            return found["code"]
        if found["base"]:
            return f"{in_text(found['base'])}^{in_text(found['power'])}"
        return found["maths"] or _unicode(found)

    return _TOKENS.sub(shown, words)


def in_latex(words: str) -> str:
    """The words with every sign that TeX would read escaped, and symbols as maths."""
    return _written(words, _tex, lambda code: rf"\texttt{{{_tex(code)}}}")


def in_markdown(words: str) -> str:
    """The words with every sign that Markdown would read escaped, and symbols as maths."""
    return _written(words, _md, lambda code: f"`{code}`")


def _written(words: str, escape: Callable[[str], str], code: Callable[[str], str]) -> str:
    parts, end = [], 0
    for found in _TOKENS.finditer(words):
        parts += [escape(words[end : found.start()]), _maths(found, code)]
        end = found.end()
    return "".join([*parts, escape(words[end:])])


def _maths(found: re.Match[str], code: Callable[[str], str]) -> str:
    if found["code"] is not None:
        return code(found["code"])
    if found["base"]:
        base, power = (name_in_latex(in_text(found[part])) for part in ("base", "power"))
        return f"${base}^{{{power.removeprefix('(').removesuffix(')')}}}$"
    return f"${name_in_latex(found['maths'] or _unicode(found))}$"


def _unicode(found: re.Match[str]) -> str:
    letter = GREEK.get(found["letter"], found["letter"])
    prime = "′" if found["prime"] else ""
    index = found["index"] or ""
    lowered = "".join(_LOWERED.get(c, "") for c in index)
    below = lowered if len(lowered) == len(index) else f"_{index}"
    return f"{letter}{prime}{below}"


_TEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "–": "--",
    "·": r"$\cdot$",
    "±": r"$\pm$",
    "×": r"$\times$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≠": r"$\neq$",
    "→": r"$\to$",
    "∞": r"$\infty$",
    "⟨": r"$\langle$",
    "⟩": r"$\rangle$",
    "′": r"$'$",
    "✓": r"$\checkmark$",
    "✗": r"$\times$",
    **{c: f"\\{c}" for c in "&%$#_{}"},
}


def _tex(words: str) -> str:
    return "".join(_TEX.get(c) or _tex_letter(c) for c in words)


def _tex_letter(letter: str) -> str:
    shown = letter if letter.isascii() else name_in_latex(letter)
    return letter if shown == letter else f"${shown}$"


def _md(words: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|$~])", r"\\\1", words)
