"""Benchmarks beside each other: whose figure is whose, and what a drawing says."""

import xml.etree.ElementTree as ET

import pytest

from pp_spin.report import speed


def result(job, updates_per_ns=2.0, n_agents=100, n_chains=4):
    return {
        "job": job,
        "n_agents": n_agents,
        "n_chains": n_chains,
        "updates_per_ns": updates_per_ns,
        "lowest": 0.9 * updates_per_ns,
        "highest": 1.1 * updates_per_ns,
    }


LINES = """
{"peer": "numba", "job": "rr3_n100_c4", "flips_per_ns": 0.5}
{"peer": "numba", "job": "rr3_n100_c4", "flips_per_ns": 0.4}
{"peer": "other", "job": "rr3_n100_c4", "skipped": "too slow"}
{"peer": "dwave", "job": "rr3_n100_c4", "flips_per_ns": 0.25}
{"peer": "c_limit", "job": "lattice_8x8_c4", "flips_per_ns": 9}
{"peer": "c_limit", "job": "sk_sync_n12_c4", "flips_per_ns": 3}
"""


def test_each_job_stands_beside_its_peers():
    jobs = ("rr3_n100_c4", "rr3_n100_c4_real", "rr3_n100_c4_sync", "lat_8_c4", "sk_n12_c4_sync")
    regular, real, sync, lattice, dense = speed.standings([result(job) for job in jobs], LINES)
    assert regular.peers == real.peers == {"numba": 0.5, "dwave": 0.25}
    assert regular.best_peer == "numba"
    assert regular.ratio == 4
    assert (sync.peers, sync.best_peer, sync.ratio, sync.limit) == ({}, None, None, None)
    assert (lattice.limit, dense.limit) == (9, 3)
    assert lattice.peers == {}


@pytest.mark.parametrize(
    "line",
    ["numba 3", '{"peer": "numba"}', '["numba"]', '{"peer": 1, "job": 2, "flips_per_ns": "x"}'],
)
def test_a_line_that_is_no_timing_is_refused(line):
    with pytest.raises(ValueError, match=r"got line 2 of the peers' figures, .*; each line is"):
        speed.standings([], f"\n{line}")


def test_dots_name_every_job_and_sampler():
    rows = speed.standings([result("rr3_n100_c4"), result("lat_8_c4")], LINES)
    drawing = speed.dots(rows)
    ET.fromstring(drawing)
    for words in ("rr3_n100_c4", "lat_8_c4", "pp_spin", "numba", "dwave", "limit in C"):
        assert words in drawing
    assert drawing == speed.dots(rows)


def test_growth_has_a_line_for_each_kind_of_graph():
    results = [
        result(f"rr3_n{n}_c64{real}", 1 / n, n_agents=n, n_chains=64)
        for real in ("", "_real")
        for n in (10, 100, 1000)
    ] + [result(f"lat_8_c{n}", n_agents=64, n_chains=n) for n in (1, 2, 4)]
    drawing = speed.growth(results)
    ET.fromstring(drawing)
    for words in ("rr3, 64 chains", "rr3_real, 64 chains", "lat, 64 agents"):
        assert words in drawing
