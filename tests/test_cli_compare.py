"""``pp-spin compare``: what it says, in the table and as JSON, and how it ends."""

import json

import networkx as nx
import numpy as np
import pytest
from typer.testing import CliRunner

from pp_spin import cli
from pp_spin.collective import Collective
from pp_spin.evidence.diagnostics import labelled, sample
from pp_spin.evidence.streaming import summarise
from pp_spin.schedule import chromatic, random_scan, synchronous

NAMES = ("Ada", "[red]Ben\x1b[2J", "Cy", "Dan")
GRAPH = nx.relabel_nodes(nx.cycle_graph(4), dict(enumerate(NAMES)))
AGENTS = Collective.from_networkx(GRAPH).replaced(
    sensory_precision=0.4 * nx.to_numpy_array(GRAPH), clamped={"Dan": 1}
)


def run(*arguments):
    return CliRunner().invoke(cli.app, ["compare", *map(str, arguments)])


def words(result):
    return " ".join(result.stdout.split())


def message(result):
    """The one line of a refusal, which wrote nothing to the standard output."""
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    return line


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs of the same agents, by what is odd about them."""
    path = tmp_path_factory.mktemp("runs")

    def kept(name, collective=AGENTS, schedule=synchronous, draws=1, chains=3000, **how):
        tree = sample(collective, schedule, num_samples=draws, num_chains=chains, **how)
        tree.to_netcdf(path / f"{name}.nc", engine="h5netcdf")
        return tree

    long = kept("long", draws=3000, chains=4)
    kept("ising", schedule=random_scan)
    kept("again", schedule=random_scan, seed=1)
    kept("little")
    kept("few", schedule=random_scan, chains=20)
    earlier = kept("chromatic", schedule=chromatic, draws=3000, chains=4)
    earlier["constant_data"] = earlier["constant_data"].to_dataset().drop_vars("tick")
    earlier.to_netcdf(path / "earlier.nc", engine="h5netcdf")
    kept("thinned", draws=5, chains=4, thinning=2)
    for name, agents in {
        "others": Collective(nx.cycle_graph(5)),
        "unnamed": Collective(0.4 * nx.to_numpy_array(GRAPH), clamped={3: 1}),
        "large": Collective(nx.cycle_graph(21)),
    }.items():
        tree = labelled(agents, np.ones((4, 1, agents.n_agents), dtype=np.int8), long.attrs)
        tree.to_netcdf(path / f"{name}.nc", engine="h5netcdf")
    long["constant_data"] = long["constant_data"].to_dataset() * 0.5
    long.to_netcdf(path / "wrong.nc", engine="h5netcdf")
    summarise(AGENTS, num_samples=5).to_netcdf(path / "sums.nc", engine="h5netcdf")
    circle = [f"{a},{b}" for a, b in zip(NAMES, (*NAMES[1:], NAMES[0]), strict=True)]
    (path / "ties.csv").write_text("\n".join(["source,target", *circle]))
    (path / "turned.csv").write_text("\n".join(["source,target", *circle[::-1]]))
    (path / "five.csv").write_text("source,target\nAda,Ben\nBen,Cy\nCy,Dan\nDan,Eve\n")
    (path / "three.csv").write_text("source,target\nAda,Ben\nBen,Cy\n")
    return path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["long.nc"], 0, "✓ agrees every action, by the e-process at most"),
        (["long.nc", "agents"], 0, "✓ agrees chains that are copies of each other"),
        (["chromatic.nc", "agents"], 0, "✓ agrees every action, by the e-process at most"),
        (["wrong.nc", "agents"], 1, "the best bet is scale"),
        (["long.nc", "agents", "--tolerance", 0.01], 3, "? undecided every action"),
        (["ising.nc", "ising"], 0, "against the Ising law, last draws at most"),
        (["little.nc", "ising"], 1, "✗ disagrees marginals and agreements of ties against"),
        (["few.nc", "ising"], 3, "chains would settle it"),
        (["little.nc", "little"], 0, "against the Little law, last draws at most"),
        (["ising.nc", "little"], 1, "the exact value lies outside of the interval"),
        (["ising.nc", "ties.csv", "--precision", 0.4], 0, "against the Ising law"),
        (["ising.nc", "ties.csv"], 1, "✗ disagrees"),
        (["ising.nc", "again.nc"], 0, "✓ agrees energy, last draws of both runs"),
        (["ising.nc", "little.nc"], 1, "✗ disagrees"),
        (["few.nc", "ising.nc"], 3, "chains of each run would settle it"),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, list) else None,
)
def test_the_exit_code_is_the_verdict(folder, monkeypatch, arguments, code, said):
    monkeypatch.chdir(folder)
    tolerance = [] if "--tolerance" in arguments else ["--tolerance", 0.3]
    result = run(*arguments, *tolerance)
    assert result.stderr == ""
    assert result.exit_code == code
    assert said in words(result)


@pytest.mark.parametrize("reference", ["agents", "ising", "again.nc"])
def test_json_says_what_the_table_says(folder, monkeypatch, tmp_path, reference):
    monkeypatch.chdir(folder)
    of_run = "long.nc" if reference == "agents" else "ising.nc"
    shown = run(of_run, reference, "--json", tmp_path / "rows.json")
    alone = run(of_run, reference, "--json", "-")
    rows = json.loads(alone.stdout)
    assert json.loads((tmp_path / "rows.json").read_text()) == rows
    assert shown.exit_code == alone.exit_code
    for row in rows:
        assert row["test"] in words(shown)
        assert row["reason"] in words(shown)
        assert f"{row['discrepancy']}: {row['found']:.3g};" in words(shown)
        assert f"from {row['n']:,} {row['unit']}" in words(shown)
    assert sum(row["alpha"] for row in rows) == pytest.approx(1e-6)


def test_json_holds_numbers_only_where_there_are_any(folder, monkeypatch, tmp_path):
    alone = sample(Collective(np.zeros((2, 2))), synchronous, num_samples=50)
    alone.to_netcdf(tmp_path / "alone.nc", engine="h5netcdf")
    result = run(tmp_path / "alone.nc", "--json", "-")
    assert result.exit_code == 3
    assert json.loads(result.stdout)[0]["detectable"] is None
    assert "no number of such actions would tell" in words(run(tmp_path / "alone.nc"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ising.nc"], "got a run under random_scan with thinning 1; actions can be told"),
        (["earlier.nc"], "got a chromatic run that has not kept the order of its ticks, as those"),
        (["thinned.nc"], "got a run under synchronous with thinning 2"),
        (["little.nc"], "got 1 draws under synchronous"),
        (["large.nc", "little"], "got 21 agents; the Little law is enumerated, for at most 20"),
        (["ising.nc", "isling"], "got reference 'isling', which is neither a word nor a file"),
        (["ising.nc", "others.nc"], "a reference of 5, 0 clamped; laws are compared agent by"),
        (["ising.nc", "unnamed.nc"], "whose agent 0 is 'Ada' and a reference whose agent 0 is '0'"),
        (["ising.nc", "turned.csv"], "a reference whose agent 0 is 'Dan'; laws are compared agent"),
        (["ising.nc", "five.csv"], "a reference of 5, 1 clamped"),
        (["ising.nc", "three.csv"], "a reference of 3, 0 clamped"),
        (["ising.nc", "ising.nc"], "a reference of the very same draws; they agree whatever"),
        (["sums.nc", "ising"], "sums.nc, which holds no draws"),
        (["ties.csv", "ising"], "ties.csv, which holds no draws"),
        (["none.nc"], "got none.nc; there is no such file"),
        (["long.nc", "--tolerance", 0], "got --tolerance 0.0; it is above 0 and below 1"),
        (["long.nc", "--alpha", "nan"], "got --alpha nan; it is above 0 and below 1"),
        (["ising.nc", "ties.csv", "--precision", "inf"], "got --precision inf"),
        (["long.nc", "--json", "."], "is a folder; one file is written"),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, list) else None,
)
def test_what_cannot_be_compared_is_wrong_usage(folder, monkeypatch, arguments, said):
    monkeypatch.chdir(folder)
    assert said in message(run(*arguments))


def test_a_hostile_name_is_shown_and_not_obeyed(folder, tmp_path):
    held = AGENTS.replaced(clamped={NAMES[1]: 1})
    tree = sample(held, synchronous, num_samples=50, num_chains=4)
    tree["posterior"].to_dataset()["spins"][0, 7, 1] = -1
    tree.to_netcdf(tmp_path / "moved.nc", engine="h5netcdf")
    result = run(tmp_path / "moved.nc", "ising")
    assert result.exit_code == 1
    assert "agent [red]Ben\\u001b[2J is clamped and moved" in words(result)
    assert "\x1b[2J" not in result.stdout
    other = run(tmp_path / "moved.nc", folder / "unnamed.nc")
    assert "\x1b" not in message(other)
