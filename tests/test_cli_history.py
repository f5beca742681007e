"""``--history``: the file grows by what a run found, or stays as it was."""

import json
from functools import partial

import pytest
from typer.testing import CliRunner

from pp_spin import cli, cli_history
from pp_spin.claims import runner
from pp_spin.evidence import budget, history
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.history import level
from tests.report.example import expected_document

LITTLE = "synchronous_collective_samples_the_little_law"


def run(path, seed, *arguments):
    words = ("verify", "--history", path, "--seed", seed, *arguments)
    return CliRunner().invoke(cli.app, [str(word) for word in words])


@pytest.fixture
def found(monkeypatch):
    """What a run finds: a log e-value for a claim; the levels that runs were given."""
    monkeypatch.setattr(cli_history, "code_key", lambda besides=(): "this code")
    levels = []

    def set_log_e(log_e, *, impossible=False):
        def verify(claims, *, profile, seed, on_progress, alpha):
            levels.append(alpha)
            document = expected_document()
            for claim in document["claims"]:
                if claim["id"] == LITTLE:
                    claim["evidence"][-1] |= {"log_e": log_e, "impossible": impossible}
            return {**document, "faults": [], "profile": profile, "seed": seed}

        monkeypatch.setattr(runner, "verify", verify)
        return levels

    return set_log_e


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new" / "runs.json"


def test_runs_add_up_to_a_contradiction(found, path):
    levels = found(8.0)
    codes, lines = [], []
    for seed in range(3):
        result = run(path, seed)
        codes.append(result.exit_code)
        shown = " ".join(result.stdout.split())
        lines.append(shown[shown.index("evidence of") : shown.index(" profile ")])
    assert codes == [0, 0, 1]
    assert lines == [
        "evidence of 1 run together: largest log E = 8.0, limit 19.1",
        "evidence of 2 runs together: largest log E = 16.0, limit 19.1",
        f"evidence of 3 runs together: largest log E = 24.0, limit 19.1; refuted by it: {LITTLE}",
    ]
    assert levels == [level(ALPHA, n) for n in (1, 2, 3)]


def test_the_document_says_what_runs_found_together(found, path, tmp_path):
    found(8.0)
    run(path, 1)
    run(path, 2, "--out", tmp_path / "reports")
    written = json.loads((tmp_path / "reports" / "report.json").read_bytes())
    [log_e] = written["history"].pop("accumulated").values()
    assert log_e == 16.0
    assert (written["history"]["runs"], written["history"]["refuted"]) == (2, [])
    assert 'name="history.runs" value="2"' in (tmp_path / "reports" / "junit.xml").read_text()
    assert "evidence of 2 runs together" in (tmp_path / "reports" / "report.html").read_text()


def test_no_e_value_is_said(found, path):
    found(None)
    assert "no check of these claims has an e-value" in " ".join(run(path, 1).stdout.split())


def test_the_same_seed_is_refused_before_the_run(found, path):
    levels = found(1.0)
    run(path, 3)
    before = path.read_bytes()
    result = run(path, 3)
    assert result.exit_code == 2
    assert "got seed 3, with which this code has been run before" in result.stderr
    assert path.read_bytes() == before
    assert len(levels) == 1


def test_other_code_starts_anew(found, path, monkeypatch):
    levels = found(15.0)
    run(path, 3)
    monkeypatch.setattr(cli_history, "code_key", lambda besides=(): "other code")
    assert run(path, 3).exit_code == 0
    assert levels == [level(ALPHA, 1)] * 2


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"schema": 7}', b"[1, 2]"])
def test_a_broken_file_is_refused_and_kept(found, tmp_path, data):
    levels, path = found(1.0), tmp_path / "runs.json"
    path.write_bytes(data)
    result = run(path, 1)
    assert result.exit_code == 2
    assert "runs.json: " in result.stderr
    assert path.read_bytes() == data
    assert levels == []


def test_a_run_that_fails_adds_nothing(found, path, monkeypatch):
    found(1.0)
    run(path, 1)
    before = path.read_bytes()

    def fails(*arguments, **options):
        raise RuntimeError("in the middle")

    monkeypatch.setattr(runner, "verify", fails)
    assert run(path, 2).exit_code == 4
    assert path.read_bytes() == before


def test_a_file_that_changes_during_a_run_is_kept(found, path, tmp_path, monkeypatch):
    found(1.0)
    verify, inner = runner.verify, partial(run, path, 2)

    def meanwhile(*arguments, **options):
        monkeypatch.setattr(runner, "verify", verify)
        assert inner().exit_code == 0
        return verify(*arguments, **options)

    monkeypatch.setattr(runner, "verify", meanwhile)
    result = run(path, 1, "--out", tmp_path / "reports")
    assert result.exit_code == 2
    assert "the run is not in the history: " in result.stderr
    assert "which has changed during this run" in result.stderr
    assert "run again with another --seed" in result.stderr
    [entry] = history.read(path.read_text()).of("this code")
    assert entry.seed == 2
    # What the run found by itself is not lost.
    written = json.loads((tmp_path / "reports" / "report.json").read_bytes())
    assert (written["seed"], "history" in written) == (1, False)
    assert (tmp_path / "reports" / "report.html").exists()


def test_an_impossible_event_is_kept_for_later_runs(found, path):
    found(None, impossible=True)
    run(path, 1)
    [entry] = history.read(path.read_text()).of("this code")
    [name] = entry.impossible
    assert name.startswith(LITTLE)
    found(-5.0)
    result = run(path, 2)
    assert result.exit_code == 1
    assert f"an impossible event in {name}; largest" in " ".join(result.stdout.split())


CLAIMS = """
from pp_spin.claims import cases
from pp_spin.claims.claim import Check, Claim
from pp_spin.evidence.evidence import Rung

check = Check(Rung.STATISTICAL, "a test", (cases.RING,), None)
claims = tuple(
    Claim(f"c_{i}", ("8",), "True.", "beyond", "supported", (check,)) for i in range(201)
)
"""


def test_more_checks_than_a_run_can_pay_for_are_refused_before_it(found, path, tmp_path):
    levels = found(1.0)
    (tmp_path / "mine.py").write_text(CLAIMS)
    for profile in ("quick", "full"):
        result = run(path, 1, tmp_path / "mine.py", "--profile", profile)
        assert result.exit_code == 2
        assert "got 201 statistical checks; a run may spend" in result.stderr
    assert levels == []
    assert not path.exists()


def test_more_checks_than_all_runs_can_pay_for_leave_a_run_by_itself(
    found, path, tmp_path, monkeypatch
):
    found(1.0)
    run(path, 1)
    before = path.read_bytes()
    monkeypatch.setattr(budget, "MAX_CHECKS", 1)
    monkeypatch.setattr(runner, "check_runnable", lambda claims, profile: None)
    result = run(path, 2, "--out", tmp_path / "reports")
    assert result.exit_code == 2
    assert "the run is not in the history: got" in result.stderr
    assert path.read_bytes() == before
    assert "history" not in json.loads((tmp_path / "reports" / "report.json").read_bytes())


def test_the_file_is_no_output_of_another_kind(found, tmp_path):
    levels = found(1.0)
    result = run(tmp_path / "x.json", 1, "--json", tmp_path / "x.json")
    assert result.exit_code == 2
    assert "for both --json and --history; one would" in result.stderr
    assert run(tmp_path, 1).exit_code == 2
    assert levels == []
