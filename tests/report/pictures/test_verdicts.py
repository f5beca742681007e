"""The claims at a glance: each is counted once, as what came out of it."""

from pp_spin.report.pictures import verdicts
from tests.report.example import claim, evidence, example_document, hostile_document
from tests.report.pictures.drawings import assert_fit_for_the_page, texts

WORDS = [words for words, *_ in verdicts.OUTCOMES]


def came_out(verdict, expected="supported", rung="exhaustive"):
    return claim("a", "3", "A.", verdict=verdict, expected=expected, evidence=[evidence(rung, "m")])


def test_every_outcome_has_its_words():
    outcomes = {
        verdicts.outcome(came_out("supported", rung="symbolic")): "proved",
        verdicts.outcome(came_out("supported")): "supported by checks",
        verdicts.outcome(came_out("approximate", "approximate")): "approximate, as expected",
        verdicts.outcome(came_out("refuted", "refuted")): "refuted, as expected",
        verdicts.outcome(came_out("inconclusive")): "inconclusive",
        verdicts.outcome(came_out("inconclusive", "inconclusive")): "inconclusive",
        verdicts.outcome(came_out("refuted", rung="symbolic")): "contradiction",
        verdicts.outcome(came_out("supported", "refuted", "symbolic")): "contradiction",
    }
    assert all(found == told for found, told in outcomes.items())
    assert sorted(outcomes) == sorted(WORDS)


def test_the_description_counts_every_claim_once():
    told = verdicts.description(example_document()["claims"])
    assert "Appendix C: Temporal scheduling of action sampling, 3 claims" in told
    assert "1 supported by checks, 1 inconclusive, 1 contradiction" in told
    changed = example_document()["claims"]
    for each in changed:
        each["verdict"] = each["expected"]
    assert "contradiction" not in verdicts.description(changed)


def test_the_drawing_names_sections_and_outcomes():
    document = example_document()
    picture = verdicts.picture(document)
    assert_fit_for_the_page(picture.drawing, "verdicts-")
    assert {"Section 2: Generative model for a single spin", "contradiction", "1"} <= texts(
        picture.drawing
    )
    assert picture.drawing == verdicts.picture(document).drawing
    assert "4 of 6 claims came out as expected" in picture.title


def test_hostile_sections_are_text():
    svg = verdicts.drawing(hostile_document()["claims"][-1:])
    assert "<script" not in svg
    assert "&lt;script" in svg
