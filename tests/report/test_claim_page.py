"""A claim as a page: what it says, its proof, what it rests on and its evidence."""

import pytest
import sympy as sp

from derivations import decide_step
from derivations.rendering.latex import latex
from derivations.rendering.markdown import markdown
from derivations.rendering.text import text
from derivations.step import Derivation, Slip, Step, equation
from pp_spin.report.claim_page import Proved, claim_page
from tests.report.example import HOSTILE, example_document, hostile_document

X = sp.Symbol("x", real=True)


def claim(start, document=None):
    [found] = [c for c in (document or example_document())["claims"] if c["id"].startswith(start)]
    return found


def proved():
    earlier = Derivation("earlier_one", ("2",), "printed", equation(X, X**1), (), ())
    step = Step((X + 1) ** 2, X**2 + 2 * X + 1, "expand", ("earlier_one",), slip=Slip("half", X))
    statement = equation((X + 1) ** 2 - X**2, 2 * X + 1)
    own = Derivation("squares", ("C.33",), "printed", statement, (), (step,))
    later = Derivation(
        "later_one", ("3",), "printed", statement, (), (Step(X, X, "", ("squares",)),)
    )
    book = {d.name: d for d in (earlier, own, later)}
    return Proved(own, [decide_step(step) for step in own.decided], book)


def test_a_claim_without_a_proof_has_statement_assumptions_verdict_and_evidence():
    shown = text(claim_page(claim("synchronous"), carries=("another_claim",)))
    for part in (
        "  C.33 · printed · expected supported",
        "Statement\n    P(\\tilde\\sigma)=Z^{-1}",
        "Assumes\n  - symmetric precisions",
        "Verdict\n  ✓ supported (as expected): All systems agree.",
        "Rests on the claims\n  - posterior_is_logistic",
        "Carries the claims\n  - another_claim",
        "Evidence\n  - exhaustive: stationary law against C.33",
    ):
        assert part in shown
    assert "Derivation" not in shown


def test_a_title_is_not_repeated_as_a_statement():
    titled = {
        **claim("fixed"),
        "statement_latex": r"\text{A sweep in a fixed order is reversible.}",
    }
    assert "Statement" not in text(claim_page(titled))


def test_a_proof_is_shown_with_what_it_leans_on_and_what_leans_on_it():
    shown = text(claim_page(claim("synchronous"), proved()))
    for part in (
        "1. expand (by earlier_one)\n             2    2\n      (x + 1)  = x  + 2⋅x + 1\n",
        "      ✓ supported: exact identity, ",
        "Leans on\n  - earlier_one (2; one agent): x = x",
        "Carries\n  - later_one (3; one agent): ",
    ):
        assert part in shown
    assert "tilde" not in shown  # the statement is the object that was decided
    assert "slip" not in shown
    assert "slip, refuted: half" in text(claim_page(claim("synchronous"), proved(), slips=True))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_every_line_fits(width):
    shown = text(claim_page(claim(HOSTILE[:8], hostile_document()), proved(), slips=True), width)
    assert max(map(len, shown.splitlines())) <= width


def test_hostile_names_are_text_in_every_format():
    page = claim_page(claim(HOSTILE[:8], hostile_document()))
    assert r"\textless{}script\textgreater{}" in latex(page)
    assert "\u202e" not in latex(page) + markdown(page)
    assert r"\<script\>" in markdown(page)
