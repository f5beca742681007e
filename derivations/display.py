"""Expressions that are shown one way and decided another: names, substitutions, sums over spins.

A law written out over three neighbours fills a page. In a step it stands under a name, such as
P(σ|z), which a reader sees, while :func:`reveal` gives the machine what the name stands for. What
is displayed is in this way the very object that is decided.
"""

from itertools import product

import sympy as sp
from sympy import Expr
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE
from sympy.printing.pretty.stringpict import prettyForm

LETTERS = {
    "σ": r"\sigma ",
    "γ": r"\gamma ",
    "ζ": r"\zeta ",
    "₁": "_1",
    "₂": "_2",
    "₃": "_3",
    "φ": r"\phi ",
    "|": r"\mid ",
    "′": "'",
}


class Named(sp.Expr):
    """An expression under a name, which is written in Unicode: ``Named("P(σ|z)", expr)``."""

    is_commutative = True

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

    def doit(self, **hints: bool) -> Expr:
        """What it stands for, carried out."""
        return self.definition.doit(**hints)

    def _sympystr(self, printer: object) -> str:
        return self.name

    def _pretty(self, printer: object) -> prettyForm:
        return prettyForm(self.name)

    def _latex(self, printer: object) -> str:
        if self.name.isascii() and self.name.isalpha() and len(self.name) > 1:
            return rf"\mathrm{{{self.name}}}"
        return "".join(LETTERS.get(letter, letter) for letter in self.name)


class Where(sp.Subs):
    """``expr`` with symbols replaced, shown as such and not yet carried out."""

    def _pretty(self, printer: object) -> prettyForm:
        expr, symbols, values = self.args
        given = ", ".join(
            f"{_pretty(s)} = {_pretty(v)}" for s, v in zip(symbols, values, strict=True)
        )
        inner = prettyForm(*prettyForm(_pretty(expr)).right(f" at {given}"))
        return prettyForm(*inner.parens("[", "]"))

    def _sympystr(self, printer: object) -> str:
        expr, symbols, values = self.args
        given = ", ".join(f"{s} = {v}" for s, v in zip(symbols, values, strict=True))
        return f"[{expr} at {given}]"

    def _latex(self, printer: object) -> str:
        expr, symbols, values = self.args
        given = ",".join(
            f"{sp.latex(s)}={sp.latex(v)}" for s, v in zip(symbols, values, strict=True)
        )
        return rf"\left[{sp.latex(expr)}\right]_{{{given}}}"


class Total(sp.Expr):
    """The sum of ``expr`` over all the values of finite symbols."""

    is_commutative = True
    precedence = PRECEDENCE["Mul"]

    def __new__(cls, expr: Expr, *symbols: Expr) -> "Total":
        """Sum of ``expr`` over ``symbols``, each with its own ``values``."""
        return super().__new__(cls, sp.sympify(expr), *symbols)

    @property
    def free_symbols(self) -> set[Expr]:
        """The symbols of the summand that are not summed over."""
        return set(self.args[0].free_symbols) - set(self.args[1:])

    def doit(self, **hints: bool) -> Expr:
        """The sum, carried out."""
        expr, *symbols = self.args
        terms = product(*(symbol.values for symbol in symbols))
        return sp.Add(
            *(
                expr.xreplace({s: sp.Integer(v) for s, v in zip(symbols, values, strict=True)})
                for values in terms
            )
        )

    def _sympystr(self, printer: object) -> str:
        expr, *symbols = self.args
        return f"Σ_{{{', '.join(map(str, symbols))}}} ({expr})"

    def _pretty(self, printer: object) -> prettyForm:
        expr, *symbols = self.args
        sign = "Σ_{" + ", ".join(map(_pretty, symbols)) + "} "
        inner = prettyForm(_pretty(expr))
        if isinstance(expr, sp.Add):
            inner = prettyForm(*inner.parens())
        return prettyForm(*inner.left(sign), binding=prettyForm.MUL)

    def _latex(self, printer: object) -> str:
        expr, *symbols = self.args
        inner = rf"\left({sp.latex(expr)}\right)" if isinstance(expr, sp.Add) else sp.latex(expr)
        return rf"\sum_{{{','.join(map(sp.latex, symbols))}}} {inner}"


WRITTEN_OUT = (Named, Total, sp.Subs, sp.Derivative, sp.Sum, sp.Product)


def reveal(expr: Expr) -> Expr:
    """``expr`` with everything carried out that is written out, except limits."""
    if not expr.has(*WRITTEN_OUT):
        return expr
    return expr.replace(lambda e: isinstance(e, WRITTEN_OUT), lambda e: e.doit())


def definitions(expr: sp.Basic) -> dict[str, Expr]:
    """What the names in ``expr`` stand for, and the names in those, outermost first."""
    found: dict[str, Expr] = {}
    for part in sp.preorder_traversal(expr):
        if isinstance(part, Named):
            found.setdefault(part.name, part.definition)
    return found


def _pretty(expr: Expr) -> str:
    return str(sp.pretty(expr, use_unicode=True, wrap_line=False))
