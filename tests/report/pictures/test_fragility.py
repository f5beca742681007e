"""The fragilities' picture: all curves, what section 5 says of each, claims that exist."""

import pytest

from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.report.pictures import fragility
from tests.report.example import HOSTILE
from tests.report.pictures.drawings import assert_fit_for_the_page, texts


def estimate(mean):
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01, "alpha": 5e-9, "n_chains": 64}


def curve(name, **named):
    return {
        "name": name,
        "axis": {"name": "how far", "values": [0.0, 0.1, 0.5]},
        "small": "3x3 torus",
        "exact": {"entropy": [1e-17, 0.002, 0.05], "variation": [0.0, 0.01, 0.2]},
        "large": "20x20 torus",
        "sampled": {
            "entropy": [estimate(each) for each in (0.0, 0.003, 0.06)],
            "correlation": [estimate(each) for each in (0.5, 0.48, 0.4)],
            "energy": [estimate(each) for each in (-0.5, -0.4, -0.3)],
        },
        "limits": {"energy, all at once": estimate(-0.1)},
        **named,
    }


@pytest.fixture
def data():
    bare = curve("another", sampled={}, limits={})
    return {"alpha": 5e-9, "curves": [curve("partial synchrony"), bare]}


def test_every_curve_has_its_conclusion_systems_and_series(data):
    picture = fragility.picture(data)
    assert_fit_for_the_page(picture.drawing, "fragility-")
    assert picture.drawing == fragility.picture(data).drawing
    assert {
        "The more act together, the farther from the Ising law, towards Little's", "another",
        "exact, 3x3 torus", "correlation", "sampled, 20x20 torus", "energy", "no departure",
        "all at once",        "entropy; sampled, 20x20 torus", "no estimate", "variation",
    } <= texts(picture.drawing)  # fmt: skip


def test_the_description_has_the_ends_of_every_exact_quantity(data):
    told = fragility.description(data)
    assert "at how far 0 and 0.5: entropy 0 and 0.05; variation 0 and 0.2." in told


def test_the_caption_says_what_section_5_says_of_what_is_drawn(data):
    caption = fragility.picture(data).caption
    assert "sample from the Ising law" in caption
    assert "asymmetric" not in caption
    assert "misses with probability 5e-09" in caption


def test_its_claims_are_in_the_registry():
    assert set(fragility.CLAIMS) <= {claim.id for claim in PAPER_CLAIMS}


def test_values_of_nothing_but_rounding_are_drawn_too(data):
    data["curves"] = [curve("flat", exact={"entropy": [0.0, 1e-17, 0.0]}, sampled={}, limits={})]
    assert_fit_for_the_page(fragility.picture(data).drawing, "fragility-")


def test_hostile_names_are_text(data):
    data["curves"] = [curve(HOSTILE, small=HOSTILE, exact={HOSTILE: [0.0, 0.1, 0.2]})]
    data["curves"][0]["sampled"] |= {HOSTILE: data["curves"][0]["sampled"]["energy"]}
    drawing = fragility.picture(data).drawing
    assert "<script" not in drawing
    assert "&lt;script&gt;" in drawing
