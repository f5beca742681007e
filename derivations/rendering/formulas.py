"""Formulas for a reader: drawn in two dimensions, on one line, or in rows of LaTeX.

A terminal has 80 columns and a proof has long formulas. A relation is drawn in two dimensions as
one piece where that fits, else side below side; a side that is still too wide or too high is
written on one line, which is then broken after an operator.
"""

import re
from collections.abc import Iterator

import sympy as sp
from sympy import Expr
from sympy.printing.precedence import PRECEDENCE, precedence_traditional
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol
from sympy.printing.str import StrPrinter

from derivations.display import SUPERSCRIPTS, Named, Total, Where, latex
from derivations.families import Configurations, Entry, Family, Moved

MAX_HEIGHT = 7
"""Lines of a formula in two dimensions; sums in exponents of exponents are towers."""
MAX_LATEX = 72
"""Characters of a line of LaTeX that a reader sees, roughly."""

RAISED = {digit: sign for sign, digit in SUPERSCRIPTS.items()}
SIGNS = {sp.Eq: "=", sp.StrictLessThan: "<", sp.LessThan: "≤", sp.Ne: "≠"}


class OneLine(StrPrinter):
    """Sympy's plain notation with the paper's letters: ζᵢ + Σ_{j=1..N} γᵢⱼ⋅σⱼ."""

    printmethod = "_one_line"

    def doprint(self, expr: sp.Basic) -> str:
        """``expr`` on one line."""
        text = super().doprint(expr).replace("**", "^").replace("*", "⋅")
        return re.sub(r"\^(\d+)\b(?!\.)", lambda m: "".join(RAISED[d] for d in m[1]), text)

    def parenthesize(self, item: Expr, level: int, strict: bool = False) -> str:
        """The item, in brackets where it binds less than ``level``; sums bind as products do."""
        binds = precedence_traditional(item)
        text = self._print(item)
        return f"({text})" if binds < level or (not strict and binds <= level) else text

    def _signed(self, sign: str, expr: Expr) -> str:
        return f"{sign} {self.parenthesize(expr, PRECEDENCE['Add'])}"

    def _print_Symbol(self, expr: sp.Symbol) -> str:
        return pretty_symbol(expr.name)

    def _print_Family(self, expr: Family) -> str:
        return pretty_symbol(expr.name)

    def _print_Entry(self, expr: Entry) -> str:
        return str(sp.pretty(expr, use_unicode=True))

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta) -> str:
        return f"δ({self.stringify(expr.args[:2], ', ')})"

    def _print_Named(self, expr: Named) -> str:
        return expr.name

    def _print_Total(self, expr: Total) -> str:
        summand, *symbols = expr.args
        return self._signed(f"Σ_{{{self.stringify(symbols, ', ')}}}", summand)

    def _print_Configurations(self, expr: Configurations) -> str:
        summand, family, _ = expr.args
        return self._signed(f"Σ_{{{self._print(family)}}}", summand)

    def _print_Where(self, expr: Where) -> str:
        inner, symbols, values = expr.args
        given = (
            f"{self._print(s)} = {self._print(v)}" for s, v in zip(symbols, values, strict=True)
        )
        return f"[{self._print(inner)} at {', '.join(given)}]"

    def _print_Moved(self, expr: Moved) -> str:
        return "[{} at {} = {}]".format(*map(self._print, expr.args))

    def _print_Sum(self, expr: sp.Sum) -> str:
        return self._over("Σ", expr)

    def _print_Product(self, expr: sp.Product) -> str:
        return self._over("Π", expr)

    def _over(self, sign: str, expr: sp.Sum | sp.Product) -> str:
        ranges = (tuple(map(self._print, limit)) for limit in reversed(expr.limits))
        signs = (f"{sign}_{{{i}={first}..{last}}}".replace(" ", "") for i, first, last in ranges)
        return self._signed(" ".join(signs), expr.function)

    def _print_Limit(self, expr: sp.Limit) -> str:
        inner, symbol, target, _ = expr.args
        return self._signed(f"lim_{{{self._print(symbol)} → {self._print(target)}}}", inner)

    def _print_Derivative(self, expr: sp.Derivative) -> str:
        by = "".join(f"d/d{self._print(symbol)} " * count for symbol, count in expr.variable_count)
        return self._signed(by.strip(), expr.expr)

    def _print_Relational(self, expr: sp.Basic) -> str:
        left, right = map(self._print, expr.args)
        return f"{left} {SIGNS.get(type(expr), expr.rel_op)} {right}"

    def _print_Infinity(self, expr: Expr) -> str:
        return "∞"

    def _print_NegativeInfinity(self, expr: Expr) -> str:
        return "-∞"

    def _print_Exp1(self, expr: Expr) -> str:
        return "e"


def one_line(expr: sp.Basic) -> str:
    """``expr`` in Unicode on one line, however long."""
    return OneLine().doprint(expr)


def broken(text: str, width: int) -> list[str]:
    """A formula on one line, broken into lines of at most ``width``.

    Best outside of all brackets and before + or -, else after a space or an operator.
    """
    lines = []
    while len(text) > width:
        places = [(cost, -end) for end, cost in _breaks(text) if width // 3 < end <= width]
        end = -min(places)[1] if places else width
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [*lines, text]


def _breaks(text: str) -> Iterator[tuple[int, int]]:
    """Where a formula may be broken, and how much a reader minds."""
    depth = 0
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if text.startswith((" + ", " - "), place):
            yield place, 3 * depth
        elif sign == " ":
            yield place, 3 * depth + 1
        elif sign in "⋅/,(":
            yield place + 1, 3 * depth + 2


def drawn(relation: sp.Basic, width: int) -> list[str]:
    """The lines of a relation (or of any expression) in at most ``width`` columns."""
    whole = _two_dimensional(relation, width)
    if whole is not None:
        return whole
    if len(one_line(relation)) <= width:
        return [one_line(relation)]
    if not isinstance(relation, sp.core.relational.Relational):
        return broken(one_line(relation), width)
    (left, _), (right, baseline) = (_side(side, width - 2) for side in relation.args)
    sign = SIGNS.get(type(relation), relation.rel_op)
    gutter = [sign if place == baseline else " " for place in range(len(right))]
    return [*left, *(f"{g} {line}".rstrip() for g, line in zip(gutter, right, strict=True))]


def _side(side: Expr, width: int) -> tuple[list[str], int]:
    """A side's lines and the number of the one that a sign before it stands on."""
    lines = _two_dimensional(side, width)
    if lines is None:
        return broken(one_line(side), width), 0
    return lines, PrettyPrinter({"use_unicode": True})._print(side).baseline


def _two_dimensional(expr: sp.Basic, width: int) -> list[str] | None:
    lines = str(sp.pretty(expr, use_unicode=True, wrap_line=False)).splitlines()
    fits = len(lines) <= MAX_HEIGHT and max(map(len, lines)) <= width
    return [line.rstrip() for line in lines] if fits else None


def latex_rows(relation: sp.Basic) -> list[str]:
    r"""A relation as the rows of ``align*``, each with its ``&``, broken where it is long."""
    if not isinstance(relation, sp.core.relational.Relational):
        return [f"& {latex(relation)}"]
    left, right = (_latex_terms(side) for side in relation.args)
    sign = {"==": "=", "<": r"\lt", "<=": r"\leq"}.get(relation.rel_op, relation.rel_op)
    if len(left) == len(right) == 1 and _seen(left[0] + right[0]) <= MAX_LATEX:
        return [f"{left[0]} &{sign} {right[0]}"]
    first, *more = right
    rows = [f"& {left[0]}", *(rf"& \quad {row}" for row in left[1:])]
    return [*rows, f"&{sign} {first}", *(rf"& \quad {row}" for row in more)]


def _latex_terms(side: Expr) -> list[str]:
    """A sum in rows of terms, so that each has about ``MAX_LATEX`` visible characters."""
    if not isinstance(side, sp.Add) or _seen(latex(side)) <= MAX_LATEX:
        return [latex(side)]
    rows: list[str] = []
    for term in side.as_ordered_terms():
        text = latex(term)
        text = text if text.startswith("-") or not rows else f"+ {text}"
        if rows and _seen(rows[-1] + text) <= MAX_LATEX:
            rows[-1] += f" {text}"
        else:
            rows.append(text)
    return rows


def _seen(source: str) -> int:
    """How many characters of LaTeX are seen, roughly: a command is one, braces are none."""
    source = re.sub(r"\\(left|right|mathrm|text|frac)\b", "", source)
    return len(re.sub(r"[{}_^\s]", "", re.sub(r"\\[A-Za-z]+", "x", source)))
