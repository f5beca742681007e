"""Benchmarks: named jobs are what their names say, and a wrong run is told by its z."""

import json

import jax
import numpy as np
import pytest
from typer.testing import CliRunner

from pp_spin.cli import app
from pp_spin.engine import driver
from pp_spin.engine.choice import engine_for
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.evidence import benchmark
from pp_spin.evidence.jobs import job_named
from pp_spin.schedule import chromatic, synchronous


@pytest.mark.parametrize(
    ("name", "n_agents", "n_ties", "n_chains", "schedule"),
    [
        ("lat_8_c3", 64, 256, 3, chromatic),
        ("ea3_4_c2", 64, 384, 2, chromatic),
        ("rr3_n20_c64_sync", 20, 60, 64, synchronous),
        ("sk_n12_c5", 12, 132, 5, chromatic),
        ("tiny_n4_c7_sync", 4, 12, 7, synchronous),
    ],
)
def test_a_job_is_what_its_name_says(name, n_agents, n_ties, n_chains, schedule):
    job = job_named(name)
    assert job.collective.n_agents == n_agents
    assert job.collective.ties.nnz == n_ties
    assert abs(job.collective.ties - job.collective.ties.T).max() == 0
    assert (job.n_chains, job.schedule) == (n_chains, schedule)


@pytest.mark.parametrize(
    "name", ["lat_8", "lat_c4", "rr_n10_c1", "lat_8_c4_async", "lat_4_c0", "rr0_n9_c1", ""]
)
def test_another_name_is_refused(name):
    with pytest.raises(ValueError, match=r"got job .*; a job is lat_H_cC, .*; write for example"):
        job_named(name)


def draws_of(job, key):
    start = np.ones((job.n_chains, job.collective.n_agents), dtype=np.int8)
    running = dynamics(job.collective, job.schedule)
    plan = planned(running, job.n_chains, engine_for(running, job.n_chains), 2)
    return driver.draws(key, start, plan, driver.Counts(5, 2))


@pytest.mark.parametrize("name", ["lat_16_c256", "rr3_n100_c256_sync"])
def test_z_tells_the_right_run_from_one_of_other_precisions(name, key):
    job = job_named(name)
    assert abs(benchmark.residual(job, draws_of(job, key))) < 6
    weaker = job.collective.replaced(sensory_precision=0.9 * job.collective.ties)
    assert abs(benchmark.residual(job, draws_of(job._replace(collective=weaker), key))) > 6


def test_the_command_writes_what_it_measured(tmp_path):
    with jax.enable_x64(False):
        file = tmp_path / "bench.json"
        options = ["--job", "lat_8_c64", "--seconds", "0.01", "--repeats", "1"]
        ended = CliRunner().invoke(app, ["bench", *options, "--json", str(file)])
    assert ended.exit_code == 0
    [result] = json.loads(file.read_text())
    assert result["engine"] == "lattice"
    assert result["updates_per_ns"] > 0
    assert "lat_8_c64" in ended.output


def test_what_has_been_timed_is_kept_when_a_later_job_cannot_be(tmp_path, monkeypatch):
    measured = benchmark.measured

    def interrupted(job, *arguments):
        if job.n_chains == 3:
            raise KeyboardInterrupt
        return measured(job, *arguments)

    monkeypatch.setattr(benchmark, "measured", interrupted)
    file, chart = tmp_path / "bench.json", tmp_path / "bars.svg"
    jobs = ["--job", "tiny_n4_c2", "--job", "tiny_n4_c3"]
    options = ["--seconds", "0.01", "--repeats", "1", "--json", str(file)]
    with jax.enable_x64(False):
        ended = CliRunner().invoke(app, ["bench", *jobs, *options])
    assert ended.exit_code == 130
    assert [result["job"] for result in json.loads(file.read_text())] == ["tiny_n4_c2"]
    peers = tmp_path / "peers.jsonl"
    peers.write_text('{"peer": "numba", "job": "tiny_n4_c2", "flips_per_ns": 1e-9}')
    shown = CliRunner().invoke(
        app, ["bench", "--from", str(file), "--peers", str(peers), "--chart", str(chart)]
    )
    assert shown.exit_code == 0, shown.output
    assert "numba" in shown.output
    assert "numba" in chart.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--job", "lat_8_c4", "--job", "typo"], "got job 'typo'"),
        (["--from", "FILE"], "which are no list of timings"),
        (["--from", "FILE", "--job", "lat_8_c4"], "got --from and --job"),
        (["--peers", "FILE"], "got line 1 of the peers' figures"),
    ],
)
def test_what_cannot_be_shown_is_refused_before_anything_is_timed(tmp_path, arguments, words):
    file = tmp_path / "mistake.json"
    file.write_text('[{"job": 3}]')
    command = [str(file) if word == "FILE" else word for word in arguments]
    ended = CliRunner().invoke(app, ["bench", *command])
    assert ended.exit_code == 2
    assert words in ended.output.replace("\n", " ")


def test_a_mistake_is_told(tmp_path):
    ended = CliRunner().invoke(app, ["bench", "--job", "lattice"])
    assert ended.exit_code == 2
    assert "got job 'lattice'" in ended.output
    with pytest.raises(ValueError, match="got 0 repeats"):
        benchmark.measured(job_named("lat_8_c64"), repeats=0)
