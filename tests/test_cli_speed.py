"""``verify --speed``: timings are shown, change no hash, and are read before the run."""

import json

import pytest
from typer.testing import CliRunner

from pp_spin import cli
from pp_spin.claims import runner
from tests.report.example import expected_document

RESULT = {
    "job": "rr3_n100_c4", "engine": "packed", "n_agents": 100, "n_chains": 4, "z": 0.1,
    "updates_per_ns": 2.0, "lowest": 1.9, "highest": 2.1, "first_draw_seconds": 1.0,
    "bytes": float("inf"),
}  # fmt: skip
PEER = {"peer": "numba", "job": "rr3_n100_c4", "flips_per_ns": 0.5}


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "verify", lambda *a, **k: expected_document() | {"faults": []})
    (tmp_path / "bench.json").write_text(json.dumps([RESULT]))
    (tmp_path / "peers.jsonl").write_text(json.dumps(PEER))
    (tmp_path / "wrong.json").write_text('{"job": 1}')
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(cli.app, ["verify", *map(str, arguments)])


def test_the_report_shows_timings_and_the_hash_is_that_of_the_run(files):
    run("--json", files / "plain.json")
    shown = ("--speed", files / "bench.json", "--peers", files / "peers.jsonl")
    result = run("--out", files / "out", *shown)
    assert result.exit_code == 0, result.output
    plain = json.loads((files / "plain.json").read_bytes())
    document = json.loads((files / "out" / "report.json").read_bytes())
    assert "speed" not in plain
    assert document["hash"] == plain["hash"]
    assert document["speed"]["peers"] == [PEER]
    assert "bytes" not in document["speed"]["results"][0]
    assert 'id="picture-speed"' in (files / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--speed", "wrong.json"), "no list of timings"),
        (("--speed", "missing.json"), "cannot be read"),
        (("--peers", "peers.jsonl"), "without --speed"),
        (("--speed", "bench.json", "--peers", "wrong.json"), "no record of a timing"),
        (("--speed", "."), "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_told_before_the_run(arguments, told, files, monkeypatch):
    monkeypatch.setattr(runner, "verify", None)
    result = run(*(each if each.startswith("--") else files / each for each in arguments))
    assert result.exit_code == 2, result.output
    assert told in " ".join(result.output.split())
