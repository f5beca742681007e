"""Expressions that are shown one way and decided another: names, substitutions, sums over spins.

A law written out over three neighbours fills a page. In a step it stands under a name, such as
P(σ|z), which a reader sees, while :func:`reveal` gives the machine what the name stands for. What
is displayed is in this way the very object that is decided.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import product
from typing import Any

import sympy as sp
from sympy import Expr
from sympy.core.symbol import Str
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE, precedence_traditional
from sympy.printing.pretty.stringpict import prettyForm

from derivations.substitution import refuse_numbered, substituted

SUBSCRIPTS = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-aehijklmnoprstuvx", strict=True)
)
SUPERSCRIPTS = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇᵉⁱʲᵏᵐⁿᵒᵖʳˢᵗᵘᵛˣʸᵀ", "0123456789+-abeijkmnoprstuvxyT", strict=True)
)
SIGNS = {
    "|": r"\mid",
    "′": "'",
    "∗": "*",
    "−": "-",
    "∞": r"\infty",
    "→": r"\to",
    "≠": r"\neq",
    "≤": r"\leq",
    "≥": r"\geq",
    "⋅": r"\cdot",
    "·": r"\cdot",
    "…": r"\ldots",
    " ": r"\ ",
}
# A letter with a tilde, a word, something below, subscripts, superscripts, any other sign.
NAME_PARTS = re.compile(
    rf"\w\u0303|[A-Za-z]{{2,}}|_\w+|[{''.join(SUBSCRIPTS)}]+|[{''.join(SUPERSCRIPTS)}]+|."
)


class WrittenOut(sp.Expr):
    """Something that a reader is shown as such and that :func:`reveal` carries out."""

    is_commutative = True

    def carried_out(self) -> Expr:
        """What it comes to; the arguments have been carried out before."""
        raise NotImplementedError


class Named(WrittenOut):
    """An expression under a name, which is written in Unicode: ``Named("P(σ|z)", expr)``."""

    def __new__(cls, name: "str | Str", expr: Expr) -> "Named":
        """``expr``, to be shown as ``name``."""
        return super().__new__(cls, Str(str(name)), sp.sympify(expr))

    @property
    def name(self) -> str:
        """What a reader sees."""
        return str(self.args[0].name)

    @property
    def definition(self) -> Expr:
        """What it stands for."""
        return self.args[1]

    def carried_out(self) -> Expr:
        """What it stands for."""
        return self.definition

    def _sympystr(self, printer: object) -> str:
        return self.name

    def _pretty(self, printer: object) -> prettyForm:
        return prettyForm(self.name)

    def _latex(self, printer: object) -> str:
        return name_in_latex(self.name)


class Where(sp.Subs):
    """``expr`` with symbols replaced, shown as such and not yet carried out."""

    def __new__(cls, expr: Expr, symbols: Iterable[Expr], values: Iterable[Expr]) -> "Where":
        """``expr`` at the given values of plain symbols."""
        symbols = tuple(symbols)
        entries = [s for s in symbols if not s.is_Symbol]
        if entries:
            raise ValueError(
                f"got {entries[0]} to put a value in for; sums hold it under other indices too; "
                "use families.Moved"
            )
        return super().__new__(cls, expr, symbols, values)

    def carried_out(self) -> Expr:
        """``expr`` with the values put in, all at once."""
        expr, symbols, values = self.args
        return substituted(expr, dict(zip(symbols, values, strict=True)))

    def _pretty(self, printer: Any) -> prettyForm:
        expr, symbols, values = self.args
        pieces = [" at "]
        for symbol, value in zip(symbols, values, strict=True):
            pieces += [printer._print(symbol), " = ", printer._print(value), ", "]
        inner = prettyForm(*printer._print(expr).right(*pieces[:-1]))
        return prettyForm(*inner.parens("[", "]"))

    def _sympystr(self, printer: object) -> str:
        expr, symbols, values = self.args
        given = ", ".join(f"{s} = {v}" for s, v in zip(symbols, values, strict=True))
        return f"[{expr} at {given}]"

    def _latex(self, printer: Any) -> str:
        expr, symbols, values = self.args
        given = ",".join(
            f"{printer._print(s)}={printer._print(v)}" for s, v in zip(symbols, values, strict=True)
        )
        return rf"\left[{printer._print(expr)}\right]_{{{given}}}"


class Total(WrittenOut):
    """The sum of ``expr`` over all the values of finite symbols."""

    precedence = PRECEDENCE["Mul"]

    def __new__(cls, expr: Expr, *symbols: Expr) -> "Total":
        """Sum of ``expr`` over ``symbols``, each with its own ``values``."""
        return super().__new__(cls, sp.sympify(expr), *symbols)

    @property
    def free_symbols(self) -> set[Expr]:
        """The symbols of the summand that are not summed over."""
        return set(self.args[0].free_symbols) - set(self.args[1:])

    def carried_out(self) -> Expr:
        """The sum, term by term."""
        expr, *symbols = self.args
        terms = product(*(symbol.values for symbol in symbols))
        return sp.Add(
            *(
                substituted(expr, dict(zip(symbols, map(sp.Integer, values), strict=True)))
                for values in terms
            )
        )

    def _sympystr(self, printer: object) -> str:
        expr, *symbols = self.args
        return f"Σ_{{{', '.join(map(str, symbols))}}} ({expr})"

    def _pretty(self, printer: Any) -> prettyForm:
        expr, *symbols = self.args
        sign = "Σ_{" + ", ".join(map(_pretty, symbols)) + "} "
        inner = printer._print(expr)
        if isinstance(expr, sp.Add):
            inner = prettyForm(*inner.parens())
        return prettyForm(*inner.left(sign), binding=prettyForm.MUL)

    def _latex(self, printer: Any) -> str:
        expr, *symbols = self.args
        inner = printer._print(expr)
        inner = rf"\left({inner}\right)" if isinstance(expr, sp.Add) else inner
        return rf"\sum_{{{','.join(map(printer._print, symbols))}}} {inner}"


def reveal(expr: Expr) -> Expr:
    """``expr`` with everything carried out that is written out, except limits.

    Sums over a general number of terms stay, since there is nothing to carry out.
    """
    if not expr.has(WrittenOut, Where, sp.Derivative):
        return expr
    return expr.replace(lambda e: isinstance(e, (WrittenOut, Where, sp.Derivative)), _carried_out)


def _carried_out(expr: Expr) -> Expr:
    if not isinstance(expr, sp.Derivative):
        return expr.carried_out()
    refuse_numbered(expr.expr, expr.variables)
    taken = sp.diff(expr.expr, *expr.variable_count)
    if taken.has(sp.Derivative, sp.Dummy):
        raise ValueError(
            f"got {expr}, a derivative that sympy cannot take for any number of terms; write a "
            "product as the exponential of a sum"
        )
    return taken


def definitions(expr: sp.Basic) -> dict[str, Expr]:
    """What the names in ``expr`` stand for, and the names in those, outermost first."""
    found: dict[str, Expr] = {}
    for part in sp.preorder_traversal(expr):
        if isinstance(part, Named):
            found.setdefault(part.name, part.definition)
    return found


class Latex(LatexPrinter):
    """Sympy's LaTeX, in which a name is a letter whatever it stands for, and primes have no box."""

    def _needs_mul_brackets(self, expr: Expr, first: bool = False, last: bool = False) -> bool:
        # Sympy asks whether there is a sum anywhere inside, which a reader sees in brackets anyway.
        if getattr(expr, "precedence", None) == PRECEDENCE["Mul"]:
            return not last
        closed = isinstance(expr, (WrittenOut, Where, sp.Function, sp.Pow))
        return not closed and super()._needs_mul_brackets(expr, first, last)

    def _print_Sum(self, expr: Expr) -> str:
        return self._over(r"\sum", expr)

    def _print_Product(self, expr: Expr) -> str:
        return self._over(r"\prod", expr)

    def _over(self, sign: str, expr: Expr) -> str:
        """A sign for each index, the outer ones first."""
        ranges = [tuple(map(self._print, limit)) for limit in reversed(expr.limits)]
        signs = [rf"{sign}_{{{i}={first}}}^{{{last}}}" for i, first, last in ranges]
        summand = self._print(expr.function)
        if isinstance(expr.function, sp.Add):
            summand = rf"\left({summand}\right)"
        return " ".join([*signs, summand])

    def _helper_print_standard_power(self, expr: Expr, template: str) -> str:
        base = self._print(expr.base)
        if "'" in base and precedence_traditional(expr.base) == PRECEDENCE["Atom"]:
            return template % (f"{{{base}}}", self._print(expr.exp))  # a prime is a superscript
        return str(super()._helper_print_standard_power(expr, template))

    def _print_Symbol(self, expr: Expr, style: str = "plain") -> str:
        return re.sub(r"\{(\\?\w+)\}'", r"\1'", super()._print_Symbol(expr, style))


def latex(expr: sp.Basic) -> str:
    """``expr`` as a reader of LaTeX is to see it."""
    return str(Latex().doprint(expr))


def name_in_latex(name: str) -> str:
    """A name written in Unicode, such as P(σ′ᵢ|σ), in LaTeX: a word upright, letters as maths."""
    shown = ""
    for part in NAME_PARTS.findall(unicodedata.normalize("NFD", name)):
        piece = _part_in_latex(part)
        spaced = re.search(r"\\[A-Za-z]+$", shown) and piece[0].isalpha()
        shown += f" {piece}" if spaced else piece
    return shown


def _part_in_latex(part: str) -> str:
    if part[0] in SUBSCRIPTS:
        return f"_{{{''.join(SUBSCRIPTS[c] for c in part)}}}"
    if part[0] in SUPERSCRIPTS:
        return f"^{{{''.join(SUPERSCRIPTS[c] for c in part)}}}"
    if part.endswith("\u0303"):
        return rf"\tilde{{{_part_in_latex(part[0])}}}"
    if part[0] == "_":
        return f"_{{{part[1:]}}}"
    if len(part) > 1:
        return rf"\mathrm{{{part}}}"
    letter = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(part))
    if letter is None:
        return SIGNS.get(part, part)
    name = letter[2].lower().replace("lamda", "lambda")
    return "\\" + (name if letter[1] == "SMALL" else name.capitalize())


def _pretty(expr: Expr) -> str:
    return str(sp.pretty(expr, use_unicode=True, wrap_line=False))
