import copy

import pytest

from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.report.pictures.observed_law import description, drawing, picture
from tests.report.pictures import drawings


def comparison(draws, law, ratio, n_outside):
    exact = [0.001, 0.02, 0.3]
    return {
        "draws": draws, "law": law, "exact": exact, "ratio": ratio, "n_outside": n_outside,
        "low": [0.0, 0.7, 0.9], "high": [5.0, 1.4, 1.1],
    }  # fmt: skip


DATA = {
    "system": "glass of 6",
    "n": 8192,
    "alpha": 5e-9,
    "comparisons": [
        comparison("random_scan", "Ising", [0.0, 1.1, 1.0], 0),
        comparison("synchronous", "Ising", [200.0, 0.2, 1.05], 2),
    ],
}


@pytest.fixture
def data():
    return copy.deepcopy(DATA)


def test_drawing_keeps_what_every_drawing_must(data):
    svg = drawing(data)
    drawings.assert_fit_for_the_page(svg, "observed-law-")
    labels = {"observed / exact probability", "0 of 3 outside", "2 of 3 outside", "100", "0.01"}
    assert labels <= drawings.texts(svg)
    assert svg == drawing(data)


def test_description_says_how_many_left_the_band_and_how_far(data):
    told = description(data)
    assert "from 8,192 draws, with bands at level 5e-09" in told
    assert "random_scan against Ising: 0 of 3 outside, ratios from 0 to 1.1" in told
    assert "synchronous against Ising: 2 of 3 outside, ratios from 0.2 to 200" in told


def test_what_never_came_up_is_a_mark_of_its_own(data):
    never = drawing(data)
    data["comparisons"][0]["ratio"][0] = 0.5
    assert never != drawing(data)
    assert never.count("<use") == drawing(data).count("<use")


def test_hostile_names_are_text(data):
    data["comparisons"][0]["law"] = drawings.HOSTILE
    drawings.assert_markup_is_text(drawing(data))


def test_claims_of_the_picture_exist(data):
    assert set(picture(data).claims) <= {claim.id for claim in PAPER_CLAIMS}
