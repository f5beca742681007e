"""The power page's picture: every test named, its numbers as text, formulas nowhere."""

import copy

import pytest

from pp_spin.report.pictures import power
from tests.report.example import HOSTILE
from tests.report.pictures.drawings import assert_fit_for_the_page, cells, texts

SIZES = [1_000, 10_000, 100_000, 1_000_000]


def example():
    asking = {
        "test": "e-process of actions", "n": 400_000, "unit": "actions",
        "measured_as": "relative entropy of an action", "effect": 1.4e-4, "total_variation": 0.029,
        "relative_entropy": 1.4e-4, "coupling": 0.0294, "needed": [36_144, 3_440_741],
        "curve": {"n": SIZES, "effect": [0.06, 0.006, 6e-4, 6e-5],
                  "coupling": [None, 0.2, 0.06, 0.019]},
    }  # fmt: skip
    other = {
        "test": "time reversal", "n": 10_000, "unit": "trajectories that show a direction",
        "measured_as": "excess of one sign", "effect": 0.045, "total_variation": None,
        "relative_entropy": None, "coupling": None, "needed": [None, None],
        "curve": {"n": SIZES, "effect": [0.14, 0.045, 0.014, 0.0045], "coupling": [None] * 4},
    }  # fmt: skip
    return {
        "system": "3x3 torus", "alpha": 5e-9, "miss": 1e-3, "targets": [0.1, 0.01],
        "tests": [asking, other],
    }  # fmt: skip


@pytest.fixture
def data():
    return copy.deepcopy(example())


def test_the_drawing_names_every_test_and_its_powers_of_ten(data):
    svg = power.drawing(data)
    assert_fit_for_the_page(svg, "power-")
    assert {"e-process of actions (n: actions)", "1%", "10⁵", "0.01"} <= texts(svg)
    assert "time reversal:" in svg
    assert svg == power.drawing(data)


def test_the_table_has_every_number(data):
    head, of_actions, reversal = cells(power.picture(data).table)
    assert head[-3:] == ["error of the precisions", "n for 10%", "n for 1%"]
    assert of_actions[0] == "e-process of actions"
    assert of_actions[1:] == [
        "400,000 actions", "0.00014, relative entropy of an action", "0.029", "0.00014", "2.9%",
        "36,144", "3,440,741",
    ]  # fmt: skip
    assert reversal[3:] == ["–"] * 5


def test_the_title_says_what_this_run_sees(data):
    assert "a change of all precisions by 2.9%" in power.picture(data).title
    data["tests"][0]["coupling"] = None
    assert power.picture(data).title == "How small an error the tests can see"


def test_the_description_has_the_runs_numbers(data):
    told = power.description(data)
    assert (
        "e-process of actions: relative entropy of an action 0.00014 with 400,000 actions" in told
    )
    assert "a relative error of 2.9%" in told


def test_an_effect_that_is_infinite_is_not_drawn(data):
    data["tests"][1]["effect"] = None
    data["tests"][1]["curve"]["effect"] = [None] * 4
    assert_fit_for_the_page(power.drawing(data), "power-")
    assert "–, excess of one sign" in power.picture(data).table


def test_hostile_names_are_text(data):
    data["tests"][0]["test"] = HOSTILE
    picture = power.picture(data)
    assert "<script" not in picture.drawing + picture.table
    assert "&lt;script&gt;" in picture.table
