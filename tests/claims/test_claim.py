"""From evidence to verdict, and what a claim must be to be one."""

import pytest

from pp_spin.claims.claim import Check, Claim, verdict
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

SUPPORTED, REFUTED = Verdict.SUPPORTED, Verdict.REFUTED
APPROXIMATE, INCONCLUSIVE = Verdict.APPROXIMATE, Verdict.INCONCLUSIVE


def evidence(outcome, rung=Rung.EXHAUSTIVE, witness=None):
    return Evidence(rung, "a method", "a system", outcome, witness=witness)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([SUPPORTED, SUPPORTED], SUPPORTED),
        ([SUPPORTED, REFUTED, INCONCLUSIVE], REFUTED),
        ([SUPPORTED, INCONCLUSIVE, APPROXIMATE], INCONCLUSIVE),
        ([SUPPORTED, APPROXIMATE], APPROXIMATE),
        ([], INCONCLUSIVE),
    ],
)
def test_one_refutation_refutes_and_support_is_unanimous(outcomes, expected):
    assert verdict([evidence(outcome) for outcome in outcomes]).verdict is expected


def test_diagnostics_decide_nothing():
    assert verdict([evidence(SUPPORTED, Rung.DIAGNOSTIC)]).verdict is INCONCLUSIVE
    healthy = evidence(SUPPORTED)
    assert verdict([healthy, evidence(REFUTED, Rung.DIAGNOSTIC)]).verdict is SUPPORTED


def test_the_reason_names_the_witness():
    judgement = verdict(
        [evidence(SUPPORTED), evidence(REFUTED, witness="entry (3): 0.5 against 1")]
    )
    assert "a method on a system: entry (3): 0.5 against 1" in judgement.reason


def some_check():
    return Check(Rung.EXHAUSTIVE, "a method", (), lambda case, means: evidence(SUPPORTED))


def a_claim(**changes):
    arguments = {
        "id": "a_claim",
        "equations": ("C.33",),
        "title": "Something holds.",
        "form": "beyond",
        "expected": SUPPORTED,
        "checks": (some_check(),),
    }
    return Claim(**(arguments | changes))


@pytest.mark.parametrize(
    ("equations", "section"),
    [
        (("1",), "2.2"),
        (("5",), "2.3"),
        (("8", "9"), "3"),
        (("13",), "4"),
        (("A.2",), "A"),
        (("sec. 2.4", "9"), "2.4"),
        (("Fig. 1C",), "Fig. 1"),
    ],
)
def test_a_claim_stands_in_the_section_of_its_first_equation(equations, section):
    assert a_claim(equations=equations).section == section


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "Claim 7"}, r"got claim id 'Claim 7'.*lower case"),
        ({"checks": ()}, r"neither a check nor a derivation.*give it one"),
        ({"equations": ("D.3",)}, r"got equation 'D\.3'.*the paper's numbers"),
        ({"expected": "maybe"}, r"got expected = 'maybe' .*give one of supported, refuted"),
        ({"form": "guessed"}, r"got form = 'guessed' .*printed, corrected, beyond"),
        ({"equations": ()}, r"got equation ''.*name at least one"),
    ],
)
def test_a_claim_that_is_none_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        a_claim(**changes)


def test_without_a_derivation_the_title_is_the_statement():
    assert a_claim().statement_latex == r"\text{Something holds.}"
    assert a_claim(statement="x = y").statement_latex == "x = y"
