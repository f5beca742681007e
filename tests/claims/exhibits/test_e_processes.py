"""Healthy paths stay below, faulty ones cross where predicted, and a path ends by itself."""

import json
from itertools import pairwise

import numpy as np
import pytest

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import e_processes
from pp_spin.claims.trajectories import e_process_of
from pp_spin.schedule import random_scan

MEANS = Means(0, 5e-9, 1)


@pytest.fixture(scope="module")
def shown():
    return e_processes.exhibit(MEANS)


def test_healthy_paths_stay_below_the_threshold(shown):
    assert shown["threshold"] == pytest.approx(np.log(1 / MEANS.alpha))
    runs = [run for group in shown["healthy"] for run in group["runs"]]
    assert len(runs) == e_processes.RUNS * len(e_processes.SCHEDULES)
    for run in runs:
        assert run["crossed"] is None
        assert run["largest"] < shown["threshold"]


def test_faults_that_can_be_seen_cross_about_where_predicted(shown):
    of = {fault["id"]: fault for fault in shown["faults"]}
    weak = of.pop("coupling_off_by_one_percent")
    assert weak["crossed"] is None
    assert weak["predicted"] > 10 * weak["n_updates"]
    for fault in of.values():
        assert 0.2 < fault["crossed"] / fault["predicted"] < 5
    predicted = [fault["predicted"] for fault in of.values()]
    assert all(2 * few < many for few, many in pairwise(predicted))


def test_a_path_is_the_e_process_of_the_claims():
    means = MEANS._replace(seed=1, n_chains=512)
    path = e_processes.path_of(e_processes.CASE, random_scan, means)
    whole = e_process_of(e_processes.CASE, random_scan, means)
    assert path["updates"][-1] == path["n_updates"]
    assert path["log_e"][-1] == pytest.approx(whole.log_e, abs=1e-9)
    assert path["largest"] == pytest.approx(whole.largest, abs=1e-9)


def test_numbers_are_plain(shown):
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
