"""The paper's claims: nothing of the paper is missing, and claims say what their proofs say."""

import re
from dataclasses import replace

import pytest

from derivations import all_derivations, decide
from pp_spin.claims.registry import PAPER_CLAIMS, check_corrections, check_unique, select
from pp_spin.claims.runner import PROFILES, examine, verify
from pp_spin.evidence.evidence import Verdict

NUMBERED = (
    *map(str, range(1, 14)),
    *(f"A.{n}" for n in range(1, 8)),
    *(f"B.{n}" for n in range(8, 29)),
    *(f"C.{n}" for n in range(29, 42)),
)
SECTIONS = {"2.1", "2.2", "2.3", "2.4", "3", "4", "5", "A", "B", "C", "Fig. 1"}
BY_ID = {claim.id: claim for claim in PAPER_CLAIMS}


@pytest.mark.parametrize("equation", NUMBERED)
def test_every_numbered_equation_has_a_claim(equation):
    assert any(equation in claim.equations for claim in PAPER_CLAIMS)


def test_every_section_and_the_figure_have_claims():
    assert {claim.section for claim in PAPER_CLAIMS} >= SECTIONS


def test_every_derivation_is_the_evidence_of_a_claim():
    used = {c.derivation.__name__ for c in PAPER_CLAIMS if c.derivation is not None}
    assert used == set(all_derivations())


@pytest.mark.parametrize("claim", [c for c in PAPER_CLAIMS if c.derivation], ids=lambda c: c.id)
def test_a_claim_and_its_derivation_speak_of_the_same_equations(claim):
    assert set(claim.derivation().equations) & set(claim.equations)


def test_printed_statements_that_fail_are_followed_by_corrected_ones():
    refuted = [c for c in PAPER_CLAIMS if c.expected is Verdict.REFUTED]
    assert len(refuted) >= 13
    for claim in refuted:
        assert claim.form == "printed"
    corrected = {e for c in PAPER_CLAIMS if c.form != "printed" for e in c.equations}
    assert all(set(c.equations) & corrected for c in refuted)


@pytest.mark.parametrize(
    "claim", [c for c in PAPER_CLAIMS if c.expected is Verdict.REFUTED], ids=lambda c: c.id
)
def test_every_way_of_refuting_a_printed_statement_refutes_it(claim):
    # One refutation decides, so a second check that wrongly passes would otherwise go unnoticed.
    proved = [decide(claim.derivation()).verdict] if claim.derivation else []
    evidence = list(examine(claim, PROFILES["standard"], seed=0))
    by_method: dict[str, list[Verdict]] = {check.method: [] for check in claim.checks}
    for check, piece in zip(_once_per_case(claim), evidence, strict=True):
        by_method[check.method].append(piece.verdict)
    assert all(outcome == "refuted" for outcome in proved)
    assert all(Verdict.REFUTED in outcomes for outcomes in by_method.values())


def _once_per_case(claim):
    return [check for check in claim.checks for _ in check.over]


def test_dependencies_exist_and_have_no_cycle():
    def ancestors(claim, below=()):
        assert claim.id not in below, f"{claim.id} depends on itself"
        for name in claim.depends_on:
            assert name in BY_ID, f"{claim.id} depends on {name}, which is no claim"
            ancestors(BY_ID[name], (*below, claim.id))

    for claim in PAPER_CLAIMS:
        ancestors(claim)


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("C.33", {"synchronous_collective_samples_the_little_law"}),
        ("*little*", {"synchronous_collective_samples_the_little_law"}),
        ("Fig*", {"fig_1c_shows_the_model"}),
        ("2.4", {"each_agent_acts_on_its_own_posterior"}),
    ],
)
def test_claims_are_selected_by_id_equation_or_section(glob, expected):
    assert expected <= {claim.id for claim in select(PAPER_CLAIMS, glob)}
    assert len(select(PAPER_CLAIMS, glob)) < len(PAPER_CLAIMS)


def test_nothing_selected_names_what_is_near():
    with pytest.raises(ValueError, match=r"got claim 'posterior_is_logistc'.*near it: posterior"):
        select(PAPER_CLAIMS, "posterior_is_logistc")
    with pytest.raises(ValueError, match=r"run `pp-spin list`"):
        select(PAPER_CLAIMS, "zzzz")


def test_ids_are_unique():
    check_unique(PAPER_CLAIMS)
    with pytest.raises(ValueError, match=r"two claims with the id .*rename"):
        check_unique([*PAPER_CLAIMS, PAPER_CLAIMS[0]])


def test_every_refuted_statement_has_a_correction():
    corrected = {name for claim in PAPER_CLAIMS for name in claim.corrects}
    assert corrected == {c.id for c in PAPER_CLAIMS if c.expected is Verdict.REFUTED}
    check_corrections(PAPER_CLAIMS)


@pytest.mark.parametrize(
    ("claim_id", "corrects", "why"),
    [
        ("action_law_is_bernoulli", "no_such_claim", "there is no claim of that id"),
        (
            "action_law_is_bernoulli",
            "posterior_is_logistic",
            "that is a printed claim that is expected to be supported",
        ),
        (
            "unit_law_holds_for_spin_units",
            "printed_action_law_has_parameter_phi_u",
            "it is itself expected to be refuted",
        ),
    ],
)
def test_only_a_claim_that_holds_corrects_a_printed_one_that_fails(claim_id, corrects, why):
    wrong = replace(BY_ID[claim_id], corrects=(corrects,))
    with pytest.raises(ValueError, match=rf"corrects '{corrects}', but {why}; .*name such a one"):
        check_corrections([wrong])
    with pytest.raises(ValueError, match=why):
        verify([wrong])


def test_titles_are_sentences():
    for claim in PAPER_CLAIMS:
        assert re.match(r'[A-Z("]', claim.title), claim.id
        assert claim.title.endswith("."), claim.id
