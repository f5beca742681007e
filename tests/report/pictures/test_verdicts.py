"""The claims at a glance: each is counted once, as what came out of it."""

from pp_spin.report.pictures import verdicts
from pp_spin.report.status import STATUSES
from tests.report.example import example_document, hostile_document
from tests.report.pictures.drawings import assert_fit_for_the_page, texts


def test_every_status_has_a_style():
    assert set(verdicts.STYLES) == set(STATUSES)
    assert len({style[:2] for style in verdicts.STYLES.values()}) == len(STATUSES)


def test_the_description_counts_every_claim_once():
    told = verdicts.description(example_document()["claims"])
    assert "Appendix C: Temporal scheduling of action sampling, 3 claims" in told
    assert "1 supported, 1 inconclusive, 1 contradiction" in told
    changed = example_document()["claims"]
    for each in changed:
        each["status"] = "supported"
    assert "contradiction" not in verdicts.description(changed)


def test_the_drawing_names_sections_and_outcomes():
    document = example_document()
    picture = verdicts.picture(document)
    assert picture is not None
    assert_fit_for_the_page(picture.drawing, "verdicts-")
    assert {"Section 2: Generative model for a single spin", "contradiction", "1"} <= texts(
        picture.drawing
    )
    assert picture == verdicts.picture(document)
    assert "4 of 6 claims came out as expected" in picture.title


def test_hostile_sections_are_text():
    svg = verdicts.drawing(hostile_document()["claims"][-1:])
    assert "<script" not in svg
    assert "&lt;script" in svg


def test_a_run_without_claims_has_no_bars():
    assert verdicts.picture({"claims": []}) is None
