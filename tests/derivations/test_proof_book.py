"""The proof book is whole, can be read, and could fail (its steps run as tests in derivations/)."""

import ast
import graphlib
import sys
from pathlib import Path

import pytest
import sympy as sp

import derivations
from derivations import SECTIONS, Step, all_derivations, decide_step
from derivations.deciding.decide import decide, decide_exactly
from derivations.display import Named, reveal
from derivations.step import Sentence

NUMBERED = [
    *(str(k) for k in range(1, 14)),
    *(f"A.{k}" for k in range(1, 8)),
    *(f"B.{k}" for k in range(8, 29)),
    *(f"C.{k}" for k in range(29, 42)),
]
UNNUMBERED = ["sec. 2.1", "sec. 2.4", "sec. 3", "sec. 4", "sec. 5"]
BOOK = {name: build() for name, build in all_derivations().items()}
NAMES = list(BOOK)
FAILING = [name for name in NAMES if BOOK[name].expected == "refuted"]
SLIPS = [
    pytest.param(step, id=f"{name}: {step.slip.mistake}")
    for name in NAMES
    for step in BOOK[name].decided
    if step.slip is not None
]


@pytest.mark.parametrize("tag", [*NUMBERED, *UNNUMBERED])
def test_every_equation_and_every_claim_of_the_text_has_a_derivation(tag):
    assert any(tag in derivation.equations for derivation in BOOK.values())


@pytest.mark.parametrize("tag", NUMBERED)
def test_every_numbered_equation_is_proved_as_printed_or_as_corrected(tag):
    of_tag = [d for d in BOOK.values() if tag in d.equations]
    assert any(d.form != "beyond" and d.expected == "supported" for d in of_tag)


@pytest.mark.parametrize("name", FAILING)
def test_a_printed_statement_that_fails_has_a_corrected_one_beside_it(name):
    corrected = {tag for d in BOOK.values() if d.form == "corrected" for tag in d.equations}
    assert BOOK[name].form == "printed"
    assert corrected.intersection(BOOK[name].equations)


@pytest.mark.parametrize("name", FAILING)
def test_what_is_refuted_is_the_statement_and_not_a_step_on_the_way(name):
    assert [decide_step(step).verdict for step in BOOK[name].steps] == ["supported"] * len(
        BOOK[name].steps
    )
    outcome = decide(BOOK[name])
    assert outcome.verdict == "refuted"
    assert outcome.witness is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_can_follow_each_derivation(name):
    derivation = BOOK[name]
    assert derivation.name == name
    assert all_derivations()[name].__doc__
    assert derivation.form in ("printed", "corrected", "beyond")
    assert derivation.steps
    assert all(line.reason for line in derivation.lines)
    assert derivation.statement_latex
    # A step whose sides are the same object to begin with says nothing.
    assert all(step.left != step.right for step in derivation.steps)


@pytest.mark.parametrize("name", NAMES)
def test_each_step_could_fail(name):
    derivation = BOOK[name]
    held = derivation.steps if derivation.expected == "refuted" else derivation.decided
    assert [step.reason for step in held if step.slip is None] == []
    assert derivation.expected == "supported" or derivation.slip is None


def test_slips_are_many_and_in_every_chapter():
    assert len(SLIPS) >= 40
    for section in SECTIONS:
        steps = [step for build in section.DERIVATIONS for step in build().decided]
        assert len([step for step in steps if step.slip is not None]) >= 3, section.__name__


@pytest.mark.parametrize("step", SLIPS)
def test_a_slip_is_refuted_by_the_step_that_it_is_made_in(step):
    wrong = Step(step.left, step.slip.right, step.slip.mistake, relation=step.relation)
    outcome = decide_step(wrong)
    assert outcome.verdict == "refuted"
    assert outcome.witness is not None


@pytest.mark.parametrize("step", SLIPS)
def test_the_exact_decision_alone_does_not_let_a_slip_pass(step):
    # The witness comes first in decide_step, so that a blind exact decision would go unnoticed.
    left, wrong = reveal(step.left), reveal(step.slip.right)
    if not left.has(sp.Limit):
        assert decide_exactly(left, wrong, step.relation) is None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_stands_for_one_thing_and_is_read_with_its_meaning(name):
    derivation = BOOK[name]
    parts = [side for step in derivation.decided for side in (step.left, step.right)]
    meanings: dict[str, set[sp.Expr]] = {}
    for named in set().union(*(part.atoms(Named) for part in parts)):
        meanings.setdefault(named.name, set()).add(reveal(named))
    assert all(len(meaning) == 1 for meaning in meanings.values()), meanings
    assert set(derivation.definitions) >= set(meanings)


@pytest.mark.parametrize("name", [n for n in NAMES if isinstance(BOOK[n].statement, Sentence)])
def test_a_sentence_speaks_of_what_its_steps_decide(name):
    derivation = BOOK[name]
    assert set(derivation.statement.relations) <= {step.stated for step in derivation.steps}


def test_derivations_lean_on_each_other_without_a_circle():
    uses = {name: set(derivation.uses) for name, derivation in BOOK.items()}
    assert set().union(*uses.values()) <= set(BOOK)
    assert len(list(graphlib.TopologicalSorter(uses).static_order())) == len(BOOK)


def test_every_chapter_is_in_the_book():
    folder = Path(derivations.__file__).parent
    chapters = {
        path.stem for path in folder.glob("*.py") if "DERIVATIONS" in path.read_text("utf-8")
    }
    assert {s.__name__.rpartition(".")[2] for s in SECTIONS} == chapters - {"__init__", "conftest"}


def test_the_proofs_never_import_the_code_that_they_prove():
    allowed = {"derivations", "sympy", "mpmath"} | sys.stdlib_module_names
    for source in Path(derivations.__file__).parent.rglob("*.py"):
        # How pytest collects them is not part of the package.
        tools = {"pytest"} if source.name == "conftest.py" else set()
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                roots = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                roots = {(node.module or "").split(".")[0]}
            else:
                continue
            assert roots <= allowed | tools, f"{source.name} imports {sorted(roots - allowed)}"
