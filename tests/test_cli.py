import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import xarray as xr
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

import derivations
import pp_spin
from derivations.deciding.decide import Decision
from derivations.rendering.latex import latex
from derivations.rendering.markdown import markdown
from derivations.rendering.text import text
from pp_spin import cli, cli_words, exits
from pp_spin.agents.action import _RULES
from pp_spin.claims import runner
from pp_spin.claims.plan import SEEDING, Step
from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.engine import driver
from pp_spin.evidence import diagnostics
from pp_spin.report import document as documents
from pp_spin.report.faces import FACES
from pp_spin.schedule import SCHEDULES
from tests.report.example import example_document, expected_document

LITTLE = "synchronous_collective_samples_the_little_law"


TRUE_AND_FALSE = """
from pp_spin.claims.cases import PAIR
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.evidence.evidence import Verdict


def sums_to(name, total):
    check = agree("arithmetic", lambda case: [2.0 + 2.0], lambda case: [total], over=(PAIR,))
    return Claim(
        id=name, equations=("sec. 5",), title="A sum of two numbers.", form="beyond",
        expected=Verdict.SUPPORTED, checks=(check,),
    )


CLAIMS = (sums_to("two_and_two_are_four", 4.0), sums_to("two_and_two_are_five", 5.0))
"""

ENDLESS = """
import time
from pathlib import Path

from pp_spin.claims.cases import PAIR
from pp_spin.claims.claim import Check, Claim
from pp_spin.evidence.evidence import Rung, Verdict


def wait(case, means):
    Path({mark!r}).touch()
    time.sleep(120)


CLAIM = Claim(
    id="waiting_ends", equations=("sec. 5",), title="It ends.", form="beyond",
    expected=Verdict.SUPPORTED, checks=(Check(Rung.EXHAUSTIVE, "waiting", (PAIR,), wait),),
)
"""


def run(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def program(*arguments, **options):
    """The command line as a process of its own."""
    command = [sys.executable, "-m", "pp_spin", *map(str, arguments)]
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": root, "NO_COLOR": "1"}
    return subprocess.Popen(command, env=environment, text=True, **options)


def message(result):
    """The one line of a refusal, which wrote nothing to the standard output."""
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    assert "Traceback" not in line
    return line


@pytest.fixture
def outcome(monkeypatch):
    """Sets the document that a run comes to, so that the faces alone are tested."""

    def set_outcome(document, exit_code=0):
        def verify(claims, *, profile, seed, on_progress):
            on_progress(Step(SEEDING, 1, 2, "half way", 0.5))
            return {**document, "profile": profile, "seed": seed}

        monkeypatch.setattr(runner, "verify", verify)
        monkeypatch.setattr(runner, "exit_code", lambda document: exit_code)

    set_outcome(expected_document())
    return set_outcome


@pytest.fixture
def forbidden_run(monkeypatch):
    """No run may start: a mistake has to be found before it."""

    def verify(*arguments, **options):
        raise AssertionError("the run started")

    monkeypatch.setattr(runner, "verify", verify)


@pytest.fixture
def network(tmp_path):
    graph = nx.path_graph(["Ada", "Ben", "Cy"])
    nx.set_edge_attributes(graph, 1.0, "weight")
    path = tmp_path / "friends.graphml"
    nx.write_graphml(graph, path)
    return path


# ---- verify


@pytest.mark.parametrize("code", [0, 1, 3])
def test_the_exit_code_is_the_verdict(outcome, code):
    outcome(example_document(), code)
    assert run("verify").exit_code == code


def test_verify_prints_the_table_and_where_reports_come_from(outcome):
    shown = run("verify", "--profile", "quick", "--seed", 7, "--verbose").stdout
    assert f"✓ {LITTLE}" in shown
    assert "All 4 claims came out as expected." in shown
    assert "profile quick · seed 7" in shown
    assert "--out DIR" in shown


def test_out_writes_every_face_and_says_where(outcome, tmp_path):
    result = run("verify", "--out", tmp_path / "new" / "reports")
    folder = tmp_path / "new" / "reports"
    assert {path.name for path in folder.iterdir()} == set(FACES)
    assert f"Report: {folder / 'report.html'}" in result.stdout
    written = json.loads((folder / "report.json").read_bytes())
    assert written["hash"] == documents.content_hash(written)
    assert ET.parse(folder / "junit.xml").getroot().get("tests") == "4"
    assert written["hash"] in (folder / "report.html").read_text(encoding="utf-8")


def test_reports_are_written_whatever_the_verdict(outcome, tmp_path):
    outcome(example_document(), 1)
    target = tmp_path / "run.json"
    result = run("verify", "--json", target)
    assert result.exit_code == 1
    assert len(json.loads(target.read_bytes())["claims"]) == 6
    assert f"Written: {target}" in result.stdout


def test_json_to_the_standard_output_is_alone_there(outcome):
    result = run("verify", "--json", "-")
    assert json.loads(result.stdout)["schema"] == 1
    assert "All 4 claims came out as expected." in result.stderr


def test_junit_to_the_standard_output_is_alone_there(outcome):
    assert ET.fromstring(run("verify", "--junit", "-").stdout).get("tests") == "4"


@pytest.mark.usefixtures("forbidden_run")
def test_an_unwritable_output_is_refused_before_the_run(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    refused = {
        ("--out", file): "is a file; reports go into a folder",
        ("--out", file / "reports"): "cannot be written (Not a directory)",
        ("--json", tmp_path): "is a folder; one file is written; name a file inside",
        ("--junit", file / "junit.xml"): "cannot be written (Not a directory)",
        ("--json", "x", "--junit", "x"): "one would overwrite the other; name two files",
        ("--json", "x", "--junit", "x/y"): "a file cannot be in a file; name two files side by",
        ("--json", "r", "--out", "./r"): "a file cannot be in a file",
        ("--json", "r/junit.xml", "--out", "r"): "for both --json and junit.xml of --out; one",
        (file, "--json", tmp_path / "." / "file"): "for both the claims and --json; one would",
        ("--json", "x" * 300): "cannot be written (File name too long)",
        ("--out", tmp_path / "new" / ("x" * 300)): "cannot be written (File name too long)",
    }
    for arguments, words in refused.items():
        result = run("verify", *arguments)
        assert result.exit_code == 2
        assert words in message(result)
    assert file.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.usefixtures("forbidden_run")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["verify", "--out", ""], "got ''; that names no place on the disk; give a path"),
        (["verify", "--out", "-"], "got '-'; that names no place on the disk; give a path"),
        (["verify", "--json", ""], "got an empty name; a file has one; name it"),
        (["verify", "--junit", ""], "got an empty name; a file has one; name it"),
        (["sample", "x.csv", "--out", ""], "got ''; that names no place on the disk; give a path"),
        (["sample", "x.csv", "--out", "-"], "got '-'; that names no place on the disk; give"),
    ],
)
def test_an_output_without_a_name_is_refused(arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("forbidden_run")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--profile", "quik"],
            "got profile 'quik'; there is no such profile; choose one of quick",
        ),
        (
            ["--select", "synchronous_colective*"],
            "got claim 'synchronous_colective*'; no claim has that id, equation or section; near",
        ),
        (["--select", "xyzzy"], "or section; run `pp-spin list` to see them"),
        (
            ["no_such_file.py"],
            "got claims file 'no_such_file.py', which is not there; give the path of a Python file",
        ),
        (["."], "got claims file '.', which is a directory; claims are in a Python file; name"),
    ],
)
def test_an_unknown_name_is_refused_with_the_way_out(arguments, words, tmp_path):
    result = run("verify", *arguments, "--out", tmp_path / "reports")
    assert result.exit_code == 2
    assert words in message(result)
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("arguments", [["--sede", "1"], ["--seed", "-1"], ["--seed", "x"]])
def test_wrong_options_are_wrong_usage(arguments):
    result = run("verify", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_a_failure_of_the_suite_is_no_verdict(monkeypatch, tmp_path):
    def verify(*arguments, **options):
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(runner, "verify", verify)
    result = run("verify", "--out", tmp_path / "reports")
    assert result.exit_code == 4
    line = message(result)
    assert "the suite itself failed: ZeroDivisionError: by nought" in line
    assert "--debug" in line
    assert not (tmp_path / "reports").exists()
    debugged = run("verify", "--debug")
    assert debugged.exit_code == 4
    assert "Traceback (most recent call last)" in debugged.stderr


def test_a_full_disk_keeps_the_old_report(outcome, monkeypatch, tmp_path):
    target = tmp_path / "run.json"
    target.write_text("old")

    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    result = run("verify", "--json", target)
    assert result.exit_code == 4
    assert "No space left on device" in result.stderr
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_interrupted_run_writes_nothing(monkeypatch, tmp_path):
    def verify(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "verify", verify)
    result = run("verify", "--out", tmp_path / "reports")
    assert result.exit_code == 130
    assert "interrupted" in message(result)
    assert not (tmp_path / "reports").exists()


def test_a_users_own_claims_are_put_to_the_test(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(TRUE_AND_FALSE)
    both = run("verify", file, "--profile", "quick", "-v")
    assert both.exit_code == 1, both.output
    shown = " ".join(both.stdout.split())
    assert "✓ two_and_two_are_four" in shown
    assert "✗ contradiction: two_and_two_are_five" in shown
    assert "expected supported, got refuted. refuted by arithmetic on pair" in shown
    assert run("verify", file, "--select", "*four", "--profile", "quick").exit_code == 0


def test_a_claims_file_that_fails_is_wrong_usage(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text("CLAIMS = 1 / 0")
    result = run("verify", file)
    assert result.exit_code == 2
    assert "ZeroDivisionError" in message(result)
    file.write_text("CLAIMS = ()")
    assert "defines no claim" in message(run("verify", file))
    file.write_text("raise SystemExit(0)")
    leaving = run("verify", file)
    assert leaving.exit_code == 2
    assert "stops with SystemExit: 0 (line 1 of" in message(leaving)


@pytest.mark.usefixtures("forbidden_run")
def test_two_files_may_not_share_a_claim_id(tmp_path):
    first, second = tmp_path / "first.py", tmp_path / "second.py"
    for file in (first, second):
        file.write_text(TRUE_AND_FALSE)
    for command in ("verify", "list"):
        result = run(command, first, second)
        assert result.exit_code == 2
        assert "two claims with the id 'two_and_two_are_four'" in message(result)
        assert "rename one of them" in message(result)


def test_a_check_that_prints_leaves_the_json_alone(tmp_path):
    file = tmp_path / "my_claims.py"
    loud = TRUE_AND_FALSE.replace("lambda case: [total]", "lambda case: print('!') or [total]")
    file.write_text("print('loading')" + loud)
    result = run("verify", file, "--profile", "quick", "--json", "-")
    assert result.exit_code == 1
    assert len(json.loads(result.stdout)["claims"]) == 2
    assert result.stderr.index("loading\n") < result.stderr.index("!\n")


def test_a_check_that_exits_is_no_verdict(monkeypatch):
    def verify(*arguments, **options):
        raise SystemExit(0)

    monkeypatch.setattr(runner, "verify", verify)
    result = run("verify")
    assert result.exit_code == 4
    assert "the suite itself failed: SystemExit: 0" in message(result)


def test_a_reader_of_the_json_that_goes_away_changes_neither_files_nor_verdict(tmp_path):
    file, folder, junit = tmp_path / "my_claims.py", tmp_path / "reports", tmp_path / "junit.xml"
    file.write_text(TRUE_AND_FALSE)
    arguments = ("--profile", "quick", "--json", "-", "--junit", junit, "--out", folder)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with program("verify", file, *arguments, **pipes) as verifying:
        verifying.stdout.close()
        shown = verifying.stderr.read()
        assert verifying.wait() == 1
    assert "Traceback" not in shown
    assert {path.name for path in folder.iterdir()} == set(FACES)
    assert junit.read_bytes() == (folder / "junit.xml").read_bytes()


# ---- list and show


def test_list_is_one_line_per_claim_in_a_pipe():
    result = run("list", "--select", LITTLE)
    assert result.exit_code == 0
    name, equations, form, expected, title = result.stdout.rstrip("\n").split("\t")
    assert (name, form, expected) == (LITTLE, "printed", "supported")
    assert "C.33" in equations
    assert title


def test_show_gives_statement_derivation_and_fresh_evidence():
    result = run("show", "posterior_is_logistic")
    assert result.exit_code == 0, result.output
    for part in (
        "1, 2, 3 · printed · expected supported",
        *("Statement", "Assumes", "✓ supported (as expected)", "Derivation", "  1. "),
        *("The statement itself", "any K"),
        *("- symbolic: ", "- exhaustive: "),
    ):
        assert part in result.stdout


def test_show_does_without_a_derivation():
    result = run("show", "pair_term_without_the_hidden_spin_keeps_the_posterior")
    assert result.exit_code == 0, result.output
    assert "Derivation" not in result.stdout


def test_show_takes_an_equation_and_shows_all_its_claims():
    result = run("show", "C.39")
    assert result.exit_code == 0, result.output
    places = [result.stdout.index(name) for name in ("printed_flips_", "flips_telescope_to_the_")]
    assert places == sorted(places)


def test_show_takes_the_name_of_a_derivation():
    result = run("show", "synchronous_law_satisfies_detailed_balance")
    assert result.exit_code == 0, result.output
    assert "  synchronous_law_satisfies_detailed_balance, any N" in result.stdout


def test_show_tells_the_slips_and_the_dependencies_if_asked():
    result = run("show", "posterior_is_logistic", "-v")
    for part in ("slip, refuted: ", "Leans on", "Carries", "✓ supported: exact identity for any K"):
        assert part in result.stdout
    assert "slip" not in run("show", "posterior_is_logistic").stdout


def test_show_writes_latex_and_markdown():
    paper = run("show", "fixed_order_sweep_is_irreversible", "--format", "latex")
    assert paper.exit_code == 0, paper.output
    assert paper.stdout.startswith("% needs \\usepackage{amsmath, amssymb}\n")
    assert "\\subsection*{\\texttt{fixed\\_order\\_sweep\\_is\\_irreversible}}" in paper.stdout
    notebook = run("show", "fixed_order_sweep_is_irreversible", "--format", "markdown")
    assert notebook.stdout.startswith("## `fixed_order_sweep_is_irreversible`\n")
    assert "### Evidence" in notebook.stdout


def test_show_refuses_a_format_that_it_does_not_write():
    refused = run("show", "C.33", "--format", "latx")
    assert refused.exit_code == 2
    assert "got format 'latx'; there is no such format; choose one of text, latex, ma" in message(
        refused
    )
    assert "(did you mean latex?)" in message(refused)


def test_every_claim_has_its_page_in_every_format(monkeypatch):
    held = Decision("supported", "a stub", 1, None)
    monkeypatch.setattr(derivations, "decide_step", lambda step: held)
    entries = [
        {
            "id": c.id,
            "equations": c.equations,
            "title": c.title,
            "form": c.form,
            "expected": c.expected,
            "verdict": c.expected,
            "reason": "",
            "evidence": [],
            "assumptions": c.assumes,
            "depends_on": c.depends_on,
            "statement_latex": c.statement_latex,
        }
        for c in PAPER_CLAIMS
    ]
    pages = list(cli._pages(PAPER_CLAIMS, {"claims": entries}, slips=True))
    for claim, page in zip(PAPER_CLAIMS, pages, strict=True):
        assert max(map(cell_len, text(page, 80).splitlines())) <= 80, claim.id
        assert ("Derivation" in text(page)) == (claim.derivation is not None)
        assert latex(page).count(r"\begin") == latex(page).count(r"\end")
        assert markdown(page).startswith(f"## `{claim.id}`")


def test_show_refuses_what_is_no_claim():
    unknown = run("show", "synchronous_collective_samples_the_litle_law")
    assert unknown.exit_code == 2
    reason = "got claim 'synchronous_collective_samples_the_litle_law'; no claim has that id"
    assert reason in message(unknown)
    assert f"near it: {LITTLE}" in message(unknown)


# ---- sample


def test_sample_writes_draws_that_open_again(network, tmp_path):
    target = tmp_path / "run.nc"
    result = run(
        *("sample", network, "--out", target, "--schedule", "synchronous", "--precision", 0.3),
        *("--clamp", "Ada=+1", "--samples", 20, "--chains", 3, "--warmup", 5, "--seed", 4),
    )
    assert result.exit_code == 0, result.output
    assert "3 agents, 1 of them clamped; synchronous, probability_matching" in result.stdout
    assert str(target) in result.stdout
    with xr.open_datatree(target) as draws:
        spins = draws["posterior"]["spins"]
        assert spins.sizes == {"chain": 3, "draw": 20, "agent": 3}
        assert (spins.sel(agent="Ada") == 1).all()
        assert draws["constant_data"]["sensory_precision"].max() == 0.3
        assert draws.attrs["seed"] == 4
    assert sorted(tmp_path.iterdir()) == [network, target]


def test_sample_says_where_the_weights_came_from(network, tmp_path):
    ties, out = tmp_path / "ties.csv", tmp_path / "run.nc"
    ties.write_text("source,target,w2\nAda,Ben,3\n")
    count = ("--samples", 1, "--warmup", 0, "--chains", 1)
    bare = run("sample", ties, "--out", out, *count)
    words = "weights: none in the file, 1 used; attributes there: w2"
    assert words in " ".join(bare.stdout.split())
    for arguments in ((network,), (ties, "--weight", "w2")):
        result = run("sample", *arguments, "--out", out, *count)
        assert result.exit_code == 0
        assert "weights:" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--schedule", "synchronos"], "got schedule 'synchronos'"),
        (["--action-rule", "greedy"], "got action rule 'greedy'"),
        (["--clamp", "Dee=+1"], "no agent has that name"),
        (["--clamp", "Ada=0"], "an agent is held at +1 or at -1; write the node and its spin"),
        (["--clamp", "Ada"], "an agent is held at +1 or at -1; write the node and its spin"),
        (["--clamp", "Ada=1", "--clamp", "Ada=-1"], "an agent holds one spin; keep one"),
        (["--precision", "nan"], "got --precision nan; a precision is a finite number"),
        (["--samples", "0"], "got --samples 0; it counts sweeps, draws or chains; give a number"),
        (["--warmup", "-1"], "got --warmup -1; it counts sweeps, draws or chains; give a number"),
        (["--thinning", str(2**31)], f"got --thinning {2**31}; it counts"),
        (
            ["--samples", "1000000000"],
            "which are 70.8 GiB; the draws are kept in memory, at most 8 GiB; keep fewer with",
        ),
        (["--out", "x" * 300], "cannot be written (File name too long)"),
        (["--out", "/proc/run.nc"], "cannot be written"),
        (["--out", "/dev/null"], "it is a device or a pipe"),
    ],
)
def test_sample_refuses_what_cannot_be_sampled(network, tmp_path, arguments, words):
    result = run("sample", network, "--out", tmp_path / "run.nc", *arguments)
    assert result.exit_code == 2
    assert words in message(result)
    assert list(tmp_path.iterdir()) == [network]


def test_sample_never_writes_over_its_network(network, tmp_path):
    symbolic, hard, before = tmp_path / "s.graphml", tmp_path / "h.graphml", network.read_bytes()
    symbolic.symlink_to(network)
    hard.hardlink_to(network)
    for out in (network, symbolic, hard, tmp_path / ".." / tmp_path.name / network.name):
        result = run("sample", network, "--out", out)
        assert result.exit_code == 2
        assert "for both the network and --out; one would overwrite the other" in message(result)
    assert network.read_bytes() == before


def test_a_full_disk_keeps_the_old_draws(network, tmp_path):
    pytest.importorskip("resource", reason="this system limits no file's size")
    target = tmp_path / "run.nc"
    target.write_text("old")

    # To a program, a file that may not grow is a disk that is full.
    code = (
        "import resource, signal; from pp_spin import cli; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024)); cli.main()"
    )
    sampling = subprocess.Popen(
        [sys.executable, "-c", code, "sample", network, "--out", target, "--samples", "10"],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    shown, error = sampling.communicate()
    assert sampling.returncode == 4
    assert shown == ""
    [line] = error.splitlines()
    assert "File too large" in line
    assert target.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [network, target]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        ("", "got an empty file"),
        ("source,target,weight\na,b,heavy\n", "a weight must be a number"),
        ("1,2\n3\n", "got 1 cells on line 2 and 2 on the first; every row needs the same number"),
        (
            "source,target,weight\na,b,nan\n",
            "'weight' = nan on ('a', 'b'); it must be a finite number; replace",
        ),
        ("0,nan\nnan,0\n", "got weights[0,1]=nan; every entry must be a finite number; replace it"),
    ],
)
def test_sample_refuses_a_bad_network_file(tmp_path, content, words):
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_text(content)
    result = run("sample", file, "--out", tmp_path / "run.nc")
    assert result.exit_code == 2
    line = message(result)
    assert words in line
    assert "bad.csv" in line
    assert not (tmp_path / "run.nc").exists()


def test_a_summary_keeps_sums_of_the_same_draws(network, tmp_path):
    draws, sums = tmp_path / "draws.nc", tmp_path / "sums.nc"
    command = ("sample", network, "--samples", 30, "--clamp", "Ada=+1", "--out")
    assert run(*command, draws).exit_code == 0
    result = run(*command, sums, "--summary")
    assert result.exit_code == 0, result.output
    assert "4 chains of 30 draws" in result.stdout.replace("\n", "")
    assert f"Sums: {sums} (xarray.open_dataset reads it)" in result.stdout.replace("\n", "")
    with xr.open_dataset(sums) as found:
        np.testing.assert_allclose(found["mean_spin"], spins_in(draws).mean((0, 1)), atol=1e-12)
        assert found["configurations"].sum() == 120
    both = run(*command, sums, "--summary", "--resume", draws)
    assert both.exit_code == 2
    assert "got --summary and --resume; sums do not say" in message(both)


def spins_in(file):
    with xr.open_datatree(file) as tree:
        return tree["posterior"]["spins"].to_numpy()


def test_an_interrupted_sample_keeps_its_draws_and_is_gone_on_with(network, monkeypatch, tmp_path):
    whole, part = tmp_path / "whole.nc", tmp_path / "part.nc"
    counts = ("--samples", 40, "--warmup", 10)
    command = ("sample", network, *counts, "--clamp", "Ada=+1", "--out")
    assert run(*command, whole).exit_code == 0
    took = iter([0.0, 0.0, 0.0, 0.0])

    def ctrl_c_in_the_fifth_round(most, seconds):
        if next(took, None) is None:
            raise KeyboardInterrupt
        return 8

    with monkeypatch.context() as patch:
        patch.setattr(driver, "_adapted", ctrl_c_in_the_fifth_round)
        stopped = run(*command, part)
    assert stopped.exit_code == 130
    n_draws = spins_in(part).shape[1]
    assert 0 < n_draws < 40
    assert f"interrupted after {n_draws} of 40 draws" in stopped.stderr
    assert run(*command, part, "--resume", part).exit_code == 0
    np.testing.assert_array_equal(spins_in(part), spins_in(whole))


@pytest.mark.parametrize("order", ["SIGINT", "SIGTERM"])
def test_a_signal_in_the_fifth_round_keeps_the_draws(network, tmp_path, order):
    target = tmp_path / "run.nc"
    code = (
        "import os, signal\n"
        "from pp_spin import cli\n"
        "from pp_spin.engine import driver\n"
        "turns = []\n"
        "def adapted(most, seconds):\n"
        "    turns.append(seconds)\n"
        f"    len(turns) == 5 and os.kill(os.getpid(), signal.{order})\n"
        "    return 8\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "driver._adapted = adapted; cli.main()"
    )
    command = ("sample", network, "--warmup", "10", "--samples", "400", "--out", target)
    ended = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 130
    n_draws = spins_in(target).shape[1]
    assert 0 < n_draws < 400
    assert f"interrupted after {n_draws} of 400 draws" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--seed", "1"], "got a run to resume of seed 0, not 1; draws go on only as they began"),
        (["--precision", "2"], "other constant data"),
        (["--chains", "2"], "4 chains, not 2"),
        (["--samples", "3"], "got a run to resume of 3 draws and num_samples = 3"),
        (["--resume", "none.nc"], "got none.nc; there is no such file"),
        (["--resume", __file__], "which holds no draws"),
    ],
)
def test_what_cannot_be_resumed_is_refused(network, tmp_path, arguments, words):
    made = tmp_path / "run.nc"
    assert run("sample", network, "--samples", 3, "--out", made).exit_code == 0
    before = made.read_bytes()
    result = run("sample", network, "--resume", made, "--out", made, "--samples", 9, *arguments)
    assert result.exit_code == 2
    assert words in message(result)
    assert made.read_bytes() == before


def test_an_interrupted_sample_keeps_the_old_draws(network, monkeypatch, tmp_path):
    target = tmp_path / "run.nc"
    target.write_text("old")

    def sample(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(diagnostics, "sample", sample)
    assert run("sample", network, "--out", target).exit_code == 130
    assert target.read_text() == "old"
    assert sorted(tmp_path.iterdir()) == [network, target]


def test_sample_diagnoses_its_draws(network, tmp_path):
    out, plot = tmp_path / "run.nc", tmp_path / "chains.svg"
    command = ("sample", network, "--precision", 0.3, "--clamp", "Ada=+1", "--out", out)
    assert "never a verdict" not in run(*command, "--samples", 30).stdout
    kept = spins_in(out)
    result = run(*command, "--samples", 30, "--diagnose")
    assert result.exit_code == 0, result.output
    np.testing.assert_array_equal(spins_in(out), kept)
    for words in (
        "Diagnosis (diagnostic, never a verdict)",
        "magnetisation",
        "1 spin clamped: Ada",
    ):
        assert words in result.stdout
    assert "4 chains of 30 draws, 1 sweep apart" in " ".join(result.stdout.split())
    longer = run(
        *(*command, "--samples", 60, "--resume", out), *("--diagnose", "--diagnose-plot", plot)
    )
    assert longer.exit_code == 0, longer.output
    assert "4 chains of 60 draws, 1 sweep apart" in " ".join(longer.stdout.split())
    assert f"Chains: {plot}" in longer.stdout
    assert "never a verdict" in plot.read_text(encoding="utf-8")
    assert sorted(tmp_path.iterdir()) == sorted([network, out, plot])


def test_one_chain_of_few_draws_is_diagnosed_as_far_as_it_goes(network, tmp_path):
    counts = ("--samples", 2, "--chains", 1)
    result = run("sample", network, *counts, "--out", tmp_path / "run.nc", "--diagnose")
    assert result.exit_code == 0, result.output
    assert "energy: R-hat, ESS and MCSE need 4 draws a chain; got 2" in result.stdout
    assert "overlap: an overlap is of 2 chains; there is 1" in result.stdout
    assert "nan" not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--summary", "--diagnose"], "got --summary and --diagnose; sums keep no draws to diag"),
        (["--summary", "--diagnose-plot", "x.png"], "got --summary and --diagnose-plot; sums keep"),
        (["--diagnose-plot", "x.jpg"], "got 'x.jpg', which says no format of a drawing; the end"),
        (["--diagnose-plot", "/proc/x.png"], "cannot be written"),
        (["--out", "x.png", "--diagnose-plot", "x.png"], "for both --out and --diagnose-plot; one"),
        (
            ["--resume", "x.png", "--diagnose-plot", "x.png"],
            "got 'x.png' for both --resume and --diagnose-plot; one would overwrite the other",
        ),
    ],
)
def test_what_cannot_be_diagnosed_is_refused(network, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = run("sample", network, "--out", tmp_path / "run.nc", *arguments)
    assert result.exit_code == 2
    assert words in message(result)
    assert list(tmp_path.iterdir()) == [network]


# ---- the program as a whole


def test_help_teaches_and_names_the_exit_codes():
    result = run("--help")
    assert result.exit_code == 0
    for part in ("verify", "list", "show", "sample", "Examples", "--clamp", "Exit codes"):
        assert part in result.stdout


@pytest.mark.parametrize("command", ["verify", "list", "show", "sample"])
def test_every_command_has_an_example(command):
    shown = run(command, "--help").stdout
    assert "Examples" in shown
    assert f"pp-spin {command}" in shown


def test_the_help_of_sample_names_what_can_be_chosen():
    result = CliRunner().invoke(cli.app, ["sample", "--help"], env={"COLUMNS": "80"})
    taking = ("partially_synchronous(RATE)", "expected_free_energy(OMEGA,XI,BETA)")
    for name in (*SCHEDULES, *_RULES, *taking, "the last ="):
        assert name in result.stdout


def test_a_long_label_leaves_room_for_the_count_and_the_times():
    stream = io.StringIO()
    console = Console(file=stream, width=80, force_terminal=True, color_system=None)
    bar = cli_words.progress_bar(console, disable=False)
    bar.add_task("proving " + "a_very_long_name_" * 9, total=123, completed=45)
    console.print(bar)
    [line] = stream.getvalue().splitlines()
    assert " 45/123 " in line
    assert line.count(":") == 4
    assert re.search("proving a_very_long_.*…", line)


def test_version_is_told():
    assert run("--version").stdout == f"pp-spin {pp_spin.__version__}\n"


def test_help_is_quick_because_it_loads_no_jax():
    code = (
        "import sys; from pp_spin import cli; "
        "heavy = {'jax', 'numpyro', 'sympy', 'numpy', 'matplotlib'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parent.parent)


def test_a_reader_that_goes_away_is_no_failure():
    with program("list", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as listing:
        assert listing.stdout is not None
        assert listing.stderr is not None
        listing.stdout.close()
        assert listing.stderr.read() == ""
        assert listing.wait() == 0


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["verify", "--sede"], 2)])
def test_help_and_usage_errors_survive_a_reader_that_goes_away(arguments, code):
    reader, writer = os.pipe()
    os.close(reader)
    ended = program(*arguments, stdout=writer, stderr=writer)
    os.close(writer)
    assert ended.wait() == code


@pytest.mark.parametrize("command", ["list", "--help"])
def test_output_that_cannot_be_written_is_told(command):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        ended = program(command, stdout=full, stderr=subprocess.PIPE)
        _, error = ended.communicate()
    assert ended.returncode == 4
    [line] = error.splitlines()
    assert "No space left on device" in line


STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture
def heeded_signals():
    """Programs started here heed signals, even if the tests were started by one that does not.

    A background job ignores SIGINT and a nohup SIGHUP, and what is ignored is inherited.
    """
    before = {number: signal.signal(number, signal.SIG_DFL) for number in STOPPING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("heeded_signals")
@pytest.mark.parametrize(
    ("order", "code", "words"),
    [
        (signal.SIGINT, 130, "interrupted"),
        (signal.SIGTERM, 143, "stopped by SIGTERM"),
        (signal.SIGHUP, 129, "stopped by SIGHUP"),
    ],
)
def test_a_signal_ends_a_running_check_without_a_trace(tmp_path, order, code, words):
    claims, mark, reports = tmp_path / "claims.py", tmp_path / "mark", tmp_path / "reports"
    claims.write_text(ENDLESS.format(mark=str(mark)))
    started = program("verify", claims, "-q", "--out", reports, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while not mark.exists():
        assert started.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    started.send_signal(order)
    _, error = started.communicate(timeout=60)
    assert started.returncode == code
    assert error == f"pp-spin: {words}; no file was left half-written\n"
    assert not reports.exists()


def test_a_terminal_that_lacks_a_character_gets_a_substitute(outcome, monkeypatch):
    poor = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", poor)
    monkeypatch.setattr(sys, "argv", ["pp-spin", "verify", "-v"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    poor.flush()
    assert f"? {LITTLE}".encode() in poor.buffer.getvalue()


def test_a_refusal_is_wrong_usage_only_where_it_is_declared():
    with pytest.raises(exits.WrongUsage, match="too small"), exits.wrong_usage_if_refused():
        raise ValueError("too small")
