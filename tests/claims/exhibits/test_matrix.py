"""The fault matrix as data: readings of the catalogue, and a fault that nobody sees."""

import pytest

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import matrix
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import Fault
from pp_spin.claims.instruments import INSTRUMENTS
from pp_spin.evidence.budget import ALPHA

HALF_LOGIT = next(fault for fault in CATALOGUE if fault.id == "half_logit")
EXACT = Fault("half", 1, HALF_LOGIT.title, HALF_LOGIT.apply, ("action_law", "stationary_law"))
NOTHING = Fault("nothing", 2, "nothing is done", lambda case: case, ("action_law",))


@pytest.fixture
def data(monkeypatch):
    monkeypatch.setattr(matrix, "CATALOGUE", (EXACT, NOTHING))
    monkeypatch.setattr(matrix, "N_CHAINS", 2000)
    return matrix.exhibit(Means(2**64 - 1, ALPHA, 1_000_000))


def test_rows_are_the_matrix_without_needless_witnesses(data):
    caught, missed = data["rows"]
    assert [each["verdict"] for each in caught["readings"]] == ["refuted", "refuted"]
    assert all(each["witness"] is None for each in caught["readings"])
    assert caught["total_variation"] == pytest.approx(0.407, rel=1e-3)
    assert caught["observed"] < data["n_updates"] == 8000
    assert [each["id"] for each in data["instruments"]] == [each.id for each in INSTRUMENTS]
    # A fault that does nothing is missed by who must see it, and the data say so.
    assert not missed["as_it_must_be"]
    assert missed["readings"][0]["verdict"] == "supported"
    assert missed["total_variation"] is None


def test_another_seed_has_other_draws(data, monkeypatch):
    other = matrix.exhibit(Means(1, ALPHA, 1_000_000))
    assert other["rows"][0]["observed"] != data["rows"][0]["observed"]
    assert other["rows"][0]["total_variation"] == data["rows"][0]["total_variation"]
