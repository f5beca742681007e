import pytest

from pp_spin.report.pictures.clamped_network import picture
from tests.report.pictures import drawings

HOSTILE = "$<script>\\frac{"


def member(name, exact, sampled, side, *, clamped=None):
    return {
        "name": name, "place": [len(name), exact], "side": side, "clamped": clamped,
        "exact": exact, "sampled": sampled, "band": [sampled - 0.01, sampled + 0.01],
    }  # fmt: skip


@pytest.fixture
def data():
    return {
        "system": "a small club",
        "precision": 0.1,
        "members": [
            member("ada", 1.0, 1.0, 1, clamped=1),
            member("berta", 0.75, 0.752, 1),
            member("c", 0.375, 0.4, 1),
        ],
        "ties": [[0, 1, 0.1], [1, 2, 0.3]],
        "schedule": "sequential",
        "sweeps": 20,
        "n_chains": 8192,
        "level": 0.001,
    }


def test_drawing_is_the_pages(data):
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "clamped-network-")
    drawings.assert_held_to_a_level(shown)
    assert picture(data) == picture(data)


def test_members_are_named(data):
    assert {"ada", "berta", "c"} <= drawings.texts(picture(data).drawing)


def test_title_counts_whose_side_is_inferred(data):
    assert "infers the sides of 1 of the other 2" in picture(data).title


def test_words_have_the_numbers(data):
    shown = picture(data)
    assert "The largest difference between frequency and exact probability is 0.025" in (
        shown.description
    )
    assert "1 of 2 bands miss" in shown.description
    assert "berta: 0.75 and 0.752" in shown.description
    assert "8,192 chains" in shown.caption
    assert "probability 0.999 at least" in shown.caption


def test_hostile_names_are_text(data):
    data["members"][1]["name"] = HOSTILE
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "clamped-network-")
    drawings.assert_held_to_a_level(shown)
    assert "&lt;script&gt;" in picture(data).drawing
