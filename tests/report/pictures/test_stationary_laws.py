import pytest

from pp_spin.report.pictures.stationary_laws import picture
from tests.report.pictures import drawings

HOSTILE = "$<script>\\frac{"


@pytest.fixture
def data():
    return {
        "system": "pair",
        "laws": {"Ising": [0.1, 0.2, 0.3, 0.4], "Little": [0.4, 0.3, 0.2, 0.1]},
        "schedules": [
            {
                "schedule": schedule,
                "own": own,
                "law": law,
                "total_variation": {"Ising": 0.0123, "Little": 0.4},
            }
            for schedule, own, law in (
                ("random_scan", "Ising", [0.1, 0.2, 0.3, 0.4]),
                ("synchronous", "Little", [0.4, 0.3, 0.2, 0.1]),
            )
        ],
    }


def test_drawing_is_the_pages(data):
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "stationary-laws-")
    drawings.assert_held_to_a_level(shown)
    assert picture(data) == picture(data)


def test_panels_and_lines_are_named(data):
    labels = drawings.texts(picture(data).drawing)
    assert {"random_scan, one at a time", "synchronous, all at once"} <= labels
    assert {"Ising law, closed form", "exact law of the kernel", "0.1"} <= labels


def test_words_have_the_numbers(data):
    shown = picture(data)
    assert "synchronous 0.0123 from Ising and 0.4 from Little" in shown.caption
    assert "number 3, has probability 0.4, by the Ising law 0.4, by the Little law 0.1" in (
        shown.description
    )


def test_hostile_names_are_text(data):
    data["schedules"][0]["schedule"] = HOSTILE
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "stationary-laws-")
    drawings.assert_held_to_a_level(shown)
    assert "&lt;script&gt;" in picture(data).drawing
