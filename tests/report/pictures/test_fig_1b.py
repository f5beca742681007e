import pytest

from pp_spin.report.pictures.fig_1b import picture
from tests.report.pictures import drawings

HOSTILE = "$<script>\\frac{"


def site(name, parents, precision, *, observed=False, plate=None):
    return {
        "name": name, "parents": parents, "precision": precision, "observed": observed,
        "plate": plate,
    }  # fmt: skip


@pytest.fixture
def data():
    return {
        "spins": [
            site("hidden_spin", [], [0.2]),
            site("neighbour_spins", ["hidden_spin"], [0.5, -0.4], observed=True, plate="seen"),
            site("action", [], [0.0]),
            site("optimality", ["hidden_spin", "action"], [1.3]),
        ]
    }


def test_drawing_is_the_pages(data):
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "fig-1b-")
    drawings.assert_held_to_a_level(shown)
    assert picture(data) == picture(data)


def test_sites_precisions_and_plate_are_labels(data):
    labels = drawings.texts(picture(data).drawing)
    assert {"z", "σ₁", "σ₂", "u", "O", "ζ = 0.2", "γ₂ = -0.4", "ξ = 1.3"} <= labels
    assert {"plate seen: 2", "neighbour_spins", "half log-odds ξ z u, ξ = 1.3"} <= labels


def test_every_dependence_is_an_arrow(data):
    def n_paths(shown):
        return picture(shown).drawing.count("<path")

    fewer = {"spins": [*data["spins"][:3], site("optimality", ["action"], [1.3])]}
    assert n_paths(fewer) < n_paths(data)


def test_description_has_its_numbers(data):
    told = picture(data).description
    assert (
        "σ (neighbour_spins), observed, 2 in plate seen; half log-odds γ z, γ = 0.5, -0.4" in told
    )
    assert "z (hidden_spin), inferred; half log-odds ζ, ζ = 0.2" in told


def test_hostile_names_are_text(data):
    data["spins"][0]["name"] = HOSTILE
    data["spins"][1]["parents"] = data["spins"][3]["parents"] = [data["spins"][0]["name"]]
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "fig-1b-")
    drawings.assert_held_to_a_level(shown)
    assert "&lt;script&gt;" in picture(data).drawing
