import copy

import pytest

from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.report.pictures.lattice_energy import description, drawing, picture
from tests.report.pictures import drawings


def found(mean, residual):
    return {"mean": mean, "half_width": 0.004, "residual": residual, "of_infinite": 6.25}


DATA = {
    "shape": [32, 32],
    "critical_beta": 0.4407,
    "level": 0.001,
    "n_chains": 32,
    "n_draws": 128,
    "num_warmup": 1000,
    "curve": {"beta": [0.1, 0.5], "finite": [-0.2, -1.7], "infinite": [-0.2, -1.8]},
    "points": [
        {"beta": 0.1, "finite": -0.2, "infinite": -0.2,
         "of": {"all up": found(-0.201, -0.25), "coins": found(-0.198, 0.5)}},
        {"beta": 0.44, "finite": -1.427, "infinite": -1.402,
         "of": {"all up": found(-1.42, 1.75), "coins": found(-1.43, -0.75)}},
    ],
}  # fmt: skip


@pytest.fixture
def data():
    return copy.deepcopy(DATA)


def test_drawing_keeps_what_every_drawing_must(data):
    svg = drawing(data)
    drawings.assert_fit_for_the_page(svg, "lattice-energy-")
    labels = {"energy per site", "32x32 torus, Kaufman", "agents, from coins"}
    assert labels <= drawings.texts(svg)
    assert svg == drawing(data)


def test_description_has_energies_and_residuals(data):
    told = description(data)
    assert "at 0.1 exactly -0.2000, sampled -0.2010 ± 0.0040 from all up" in told
    assert "1 of 4 residuals are outside their interval, the largest is 1.75 half widths" in told
    assert "up to 6.25 half widths away" in told


def test_hostile_starts_are_text(data):
    for point in data["points"]:
        point["of"][drawings.HOSTILE] = point["of"].pop("coins")
    drawings.assert_markup_is_text(drawing(data))


def test_claims_of_the_picture_exist(data):
    assert set(picture(data).claims) <= {claim.id for claim in PAPER_CLAIMS}
