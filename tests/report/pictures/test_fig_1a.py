import pytest

from pp_spin.report.pictures.fig_1a import picture
from tests.report.pictures import drawings


@pytest.fixture
def data():
    places = [[row, column] for row in range(3) for column in range(3)]
    ties = [[i, j] for i in range(9) for j in range(i) if (i - j) in (1, 3)]
    return {
        "agents": [{"place": place, "spin": 1 - 2 * (i % 2)} for i, place in enumerate(places)],
        "ties": [
            {"pair": [j, i], "precision": 0.25, "around": i % 3 == 0 and i - j == 1}
            for i, j in ties
        ],
        "focal": 4,
        "prior": 0.1,
        "neighbours": [{"agent": j, "spin": -1, "precision": 0.25} for j in (1, 3, 5, 7)],
        "local_field": -0.9,
        "posterior_up": 0.141851,
        "action_up": 0.14185,
    }


def test_drawing_is_the_pages(data):
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "fig-1a-")
    drawings.assert_held_to_a_level(shown)
    assert picture(data) == picture(data)


def test_spins_precisions_and_sum_are_labels(data):
    labels = drawings.texts(picture(data).drawing)
    assert {"↑", "↓", "γ=0.25", "+0.1", "-0.25", "-0.9", "0.1419", "agent 7 ↓"} <= labels


def test_description_has_its_numbers(data):
    told = picture(data).description
    assert "9 agents, 5 of them up, with 14 ties, 2 of which go round the edge" in told
    assert "agent 7 is down, precision 0.25" in told
    assert "prior of 0.1 its local field is -0.9" in told
    assert "with probability 0.142, and acts up with probability 0.142" in told
