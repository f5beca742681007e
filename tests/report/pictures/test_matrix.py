"""The picture of the fault matrix: every kind of reading has its mark, surprises come first."""

import pytest

from pp_spin.report.pictures import matrix
from tests.report.example import HOSTILE
from tests.report.pictures.drawings import assert_fit_for_the_page, cells, texts

INSTRUMENTS = ("action_law", "e_process", "reversal")


def reading(instrument, must, verdict, witness=None):
    right = (verdict == "refuted") == must
    return {
        "instrument": instrument, "must": must, "verdict": verdict, "witness": witness,
        "as_it_must_be": right,
    }  # fmt: skip


def row(number, readings, **figures):
    blank = dict.fromkeys(("total_variation", "relative_entropy", "predicted", "observed", "draws"))
    return {
        **blank, **figures, "id": f"fault_{number}", "number": number, "title": f"the {number}th",
        "readings": readings, "equivalent": not any(each["must"] for each in readings),
        "as_it_must_be": all(each["as_it_must_be"] for each in readings),
    }  # fmt: skip


@pytest.fixture
def data():
    effect = {"total_variation": 0.4, "relative_entropy": 0.042, "draws": 7629}
    return {
        "n_chains": 25_000, "n_updates": 100_000, "alpha": 5e-9,
        "instruments": [{"id": name, "title": f"what {name} asks"} for name in INSTRUMENTS],
        "rows": [
            row(1, [reading("action_law", True, "refuted"),
                    reading("reversal", False, "supported")],
                **effect, predicted=542, observed=630),
            row(2, [reading("e_process", False, "supported")]),
            row(3, [reading("e_process", True, "supported")],
                **effect | {"relative_entropy": 1e-6}, predicted=20_000_000),
            row(4, [reading("action_law", True, "refuted"),
                    reading("reversal", False, "refuted", "too many")]),
        ],
    }  # fmt: skip


def test_every_kind_of_reading_has_a_mark_and_a_word(data):
    head, _, third, fourth, _, first, _, second, total = cells(matrix.table(data))
    assert head[:4] == ["fault", "action law", "e process", "reversal"]
    assert first == [
        "1. the 1th fault_1", "✓caught", "", "○silent", "0.4", "0.042", "542", "630", "7,629"
    ]  # fmt: skip
    assert third[:4] == ["3. the 3th fault_3", "", "✗missed", ""]
    assert fourth[1:4] == ["✓caught", "", "!false alarm"]
    assert second[1:4] == ["", "○silent", ""]
    assert total[1:4] == ["2/2", "0/1", "0/0"]


def test_surprises_come_first_and_are_counted_in_the_title(data):
    table = matrix.table(data)
    order = [table.index(f"fault_<wbr>{number}") for number in (3, 4, 1, 2)]
    assert order == sorted(order)
    assert "4 faults, 6 readings, 2 not as they must be" in matrix.picture(data).title
    data["rows"] = data["rows"][:2]
    assert "2 faults, 3 readings, all as they must be" in matrix.picture(data).title
    assert "Not as they must be" not in matrix.table(data)


def test_the_drawing_has_the_crossings(data):
    svg = matrix.drawing(data)
    assert_fit_for_the_page(svg, "matrix-")
    assert {"1", "3", "as predicted", "did not cross within 100,000"} <= texts(svg)
    assert svg == matrix.drawing(data)
    told = matrix.description(data)
    assert "2 faults with a prediction, 1 crossed within 100,000 updates, after 630 to 630" in told


def test_a_matrix_without_crossings_is_drawn_too(data):
    data["rows"] = [row(2, [reading("e_process", False, "supported")])]
    assert_fit_for_the_page(matrix.drawing(data), "matrix-")
    assert "0 faults with a prediction, 0 crossed within 100,000 updates." in matrix.description(
        data
    )


def test_hostile_names_are_text(data):
    data["rows"][3] |= {"id": HOSTILE, "title": HOSTILE}
    data["rows"][3]["readings"][1]["witness"] = HOSTILE
    data["instruments"][0] |= {"title": HOSTILE}
    picture = matrix.picture(data)
    cells(picture.table)
    assert "<script" not in picture.drawing + picture.table
    assert "&lt;script&gt;" in picture.table
