import pytest

from pp_spin.report import wording
from tests.report.example import claim, evidence, example_document, expected_document


@pytest.mark.parametrize(
    ("expected", "verdict", "standing"),
    [
        ("supported", "supported", "as expected"),
        ("refuted", "refuted", "as expected"),
        ("inconclusive", "inconclusive", "as expected"),
        ("supported", "refuted", "contradiction"),
        ("refuted", "supported", "contradiction"),
        ("approximate", "supported", "contradiction"),
        ("supported", "inconclusive", "inconclusive"),
    ],
)
def test_standing_is_the_verdict_against_what_was_expected(expected, verdict, standing):
    made = claim("some_claim", "C.33", "A sentence.", expected=expected, verdict=verdict)
    assert wording.standing(made) == standing


def test_headline_counts():
    assert wording.headline(example_document()) == (
        "4 of 6 claims came out as expected; 1 contradiction; 1 inconclusive."
    )
    assert wording.headline(expected_document()) == "All 4 claims came out as expected."
    one = {**expected_document(), "claims": expected_document()["claims"][:1]}
    assert wording.headline(one) == "The one claim came out as expected."
    assert wording.headline({"claims": []}) == "No claim was run."


def test_sections_come_in_the_order_of_the_document():
    groups = wording.by_section(example_document()["claims"])
    assert [(name, len(claims)) for name, claims in groups] == [("2", 1), ("B", 2), ("C", 3)]


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("3", "Section 3: Equivalence to Glauber dynamics"),
        ("C", "Appendix C: Temporal scheduling of action sampling"),
        ("my own", "my own"),
        ("", "Other claims"),
    ],
)
def test_sections_have_the_papers_headings(section, name):
    assert wording.section_name(section) == name


def test_leading_evidence_carries_the_verdict_at_its_least_comfortable():
    comfortable = evidence("exhaustive", "a", statistic=1e-16, tolerance=1e-10)
    tight = evidence("exhaustive", "b", statistic=9e-11, tolerance=1e-10)
    proof = evidence("symbolic", "c", n=4)
    supported = claim("x", "3", "t", evidence=[proof, comfortable, tight])
    assert wording.leading_evidence(supported) == tight
    refuting = evidence("exhaustive", "d", verdict="refuted", statistic=0.5, tolerance=1e-10)
    refuted = claim("x", "3", "t", verdict="refuted", evidence=[tight, refuting])
    assert wording.leading_evidence(refuted) == refuting
    assert wording.leading_evidence(claim("x", "3", "t")) is None


@pytest.mark.parametrize(
    ("named", "figure"),
    [
        ({"statistic": 1.24e-16, "tolerance": 1e-10}, "1.24e-16 ≤ 1e-10"),
        ({"statistic": 0.5, "tolerance": 1e-10}, "0.5 > 1e-10"),
        ({"statistic": 0.0561, "interval": [0.05604, 0.05606]}, "0.0561 in [0.05604, 0.05606]"),
        ({"statistic": 0.25}, "0.25"),
        ({"n": 100_000}, "n = 100,000"),
        ({}, "–"),
    ],
)
def test_figure_is_the_number_of_the_evidence(named, figure):
    assert wording.figure(evidence("exhaustive", "m", **named)) == figure


def test_evidence_line_has_every_figure():
    line = wording.evidence_line(
        evidence("statistical", "one draw per chain", system="karate club", statistic=0.003, n=1000,
                 interval=[0.0, 0.01], alpha=5e-9, detectable=0.02, log_e=2.5, witness="state 3")
    )  # fmt: skip
    assert line == (
        "statistical: one draw per chain · on karate club · 0.003 · interval [0, 0.01] · n 1,000 · "
        "alpha 5e-09 · detectable 0.02 · log E 2.5 · -> supported · witness: state 3"
    )


def test_plain_text_steers_no_terminal():
    assert wording.plain("γ ≤ 1\x1b[31m\u202e\n") == "γ ≤ 1\\u001b[31m\\u202e "


def test_a_line_says_which_faults_were_caught_here_and_which_elsewhere():
    found = {"rung": "statistical", "method": "a test", "caught": ["half_logit"]}
    assert wording.evidence_line(found).endswith("catches half_logit")
    found |= {"caught": [], "caught_elsewhere": ["half_logit on pair"]}
    assert wording.evidence_line(found).endswith("a test · caught elsewhere: half_logit on pair")


def test_what_was_impossible_in_any_run_is_named():
    history = {"runs": 2, "largest": 1.0, "limit": 19.1, "impossible": ["a: b on c"]}
    assert wording.history_line(history | {"refuted": ["a"]}) == (
        "evidence of 2 runs together: an impossible event in a: b on c; largest log E = 1.0, "
        "limit 19.1; refuted by it: a"
    )
