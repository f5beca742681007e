import pytest

from pp_spin.claims.inheritance import with_inheritance
from pp_spin.report.pictures import catalogue
from pp_spin.report.pictures.statistical_evidence import picture
from tests.report.example import claim, evidence, example_document
from tests.report.pictures import drawings


def statistical(method, statistic, interval, **named):
    numbers = {"tolerance": 0.1, "detectable": 0.05, "system": "ring of 5", **named}
    return evidence("statistical", method, statistic=statistic, interval=interval, **numbers)


def drawn(document):
    found = picture(document)
    assert found is not None
    return found


@pytest.fixture
def document():
    checks = [
        statistical("one sweep", 0.01, [0.0, 0.08]),
        statistical("many sweeps", 0.2, [0.12, 0.25], verdict="refuted"),
        evidence("exhaustive", "not drawn", statistic=0.0, tolerance=1e-10),
        statistical("not drawn either", 0.01, None),
    ]
    claims = [claim("sampled_claim", "7", "A title.", evidence=checks), claim("other", "8", "B.")]
    return {"claims": with_inheritance(claims)}


def test_drawing_keeps_what_every_drawing_must(document):
    svg = drawn(document).drawing
    drawings.assert_fit_for_the_page(svg, "statistical-evidence-")
    labels = {"sampled_claim", "ring of 5: one sweep", "refuted", "detectable"}
    assert labels <= drawings.texts(svg)
    assert "not drawn" not in svg
    assert "other" not in drawings.texts(svg)
    assert svg == drawn(document).drawing


def test_description_has_the_bar_that_reaches_farthest(document):
    told = drawn(document).description
    assert "2 statistical checks of 1 claim" in told
    assert "1 of 2 intervals are wholly within it" in told
    assert "from 1.2 to 2.5: sampled_claim, ring of 5: many sweeps" in told


def test_a_run_of_eighty_checks_is_not_too_large(document):
    checks = [statistical(f"{place}: {'words ' * 20}", 0.01, [-0.02, 0.08]) for place in range(80)]
    document["claims"][0]["evidence"] = checks
    drawings.assert_fit_for_the_page(drawn(document).drawing, "statistical-evidence-")


def test_hostile_names_are_text(document):
    document["claims"][0]["id"] = drawings.HOSTILE
    drawings.assert_markup_is_text(drawn(document).drawing)


def test_no_picture_where_nothing_is_on_the_scale(document):
    document["claims"] = document["claims"][1:]
    assert picture(document) is None
    assert "statistical_evidence" not in dict(catalogue.pictures_of(example_document()))


def test_the_page_has_the_picture_of_the_whole_run(document):
    assert "statistical_evidence" in dict(catalogue.pictures_of(document))
