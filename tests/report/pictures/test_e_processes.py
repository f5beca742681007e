import copy

import pytest

from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.report.pictures.e_processes import description, drawing, picture
from tests.report.pictures import drawings


def run(**named):
    path = {"updates": [1, 10, 100], "log_e": [0.1, -0.2, 0.3], "largest": 2.25, "crossed": None}
    return {**path, "n_updates": 1000, **named}


DATA = {
    "system": "3x3 torus",
    "alpha": 5e-9,
    "threshold": 19.1,
    "n_bets": 40,
    "healthy": [{"schedule": "random_scan", "runs": [run(), run(largest=1.0)]}],
    "faults": [
        run(id="a", title="a sign", predicted=45, crossed=51, log_e=[1.0, 12.0, 30.0]),
        run(id="b", title="one percent", predicted=1_607_011),
        run(id="c", title="no law", predicted=None, largest=None),
    ],
}


@pytest.fixture
def data():
    return copy.deepcopy(DATA)


def test_drawing_keeps_what_every_drawing_must(data):
    svg = drawing(data)
    drawings.assert_fit_for_the_page(svg, "e-processes-")
    assert {"random_scan", "a sign", "log E (nats)", "1,000"} <= drawings.texts(svg)
    assert svg == drawing(data)


def test_description_has_threshold_and_both_numbers_of_each_fault(data):
    told = description(data)
    assert "threshold 19.1 nats" in told
    assert "none crossed, the largest log E is 2.25" in told
    assert "a sign: crossed at action 51, predicted 45" in told
    assert "one percent: did not cross in 1,000 actions, predicted 1,607,011" in told
    assert "no law: did not cross in 1,000 actions, predicted –" in told


def test_a_healthy_path_that_crosses_is_told(data):
    data["healthy"][0]["runs"][0]["crossed"] = 7
    assert "1 crossed" in description(data)


def test_hostile_titles_are_text(data):
    data["faults"][0]["title"] = data["healthy"][0]["schedule"] = drawings.HOSTILE
    drawings.assert_markup_is_text(drawing(data))


def test_claims_of_the_picture_exist(data):
    assert set(picture(data).claims) <= {claim.id for claim in PAPER_CLAIMS}
