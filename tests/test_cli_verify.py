"""``pp-spin verify``: how much it shows, where, and that terminals of every kind can show it."""

import json
import os
import pty
import re
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pp_spin import cli
from pp_spin.claims import runner
from tests.report.example import example_document, expected_document

ROOT = Path(__file__).parent.parent

# A run that comes to a stored document, with nothing of JAX, as a process of its own.
STAGED = """
import json, sys, types
claims = ("runner", "registry", "user_file")
stage = {name: types.ModuleType(name) for name in claims}
sys.modules |= {f"pp_spin.claims.{name}": module for name, module in stage.items()}
document = json.load(open(sys.argv.pop(1)))
from pp_spin.claims import runner, registry

def verify(claims, *, profile, seed, on_progress):
    from types import SimpleNamespace as Step
    for done in range(3):
        named = dict(phase="checking claims", done=done, total=3, what="a_claim", share=done / 3)
        on_progress(Step(**named, surprise=document["claims"][4] if done == 1 else None))
    return document

runner.verify, runner.PROFILES, runner.exit_code = verify, {"standard": 0}, lambda document: 1
runner.check_runnable = lambda claims, profile: None
registry.PAPER_CLAIMS = ()
sys.argv[0] = "pp-spin"
from pp_spin.cli import main
main()
"""


@pytest.fixture
def outcome(monkeypatch):
    """Sets the document that a run comes to, so that the faces alone are tested."""

    def set_outcome(document, exit_code=0):
        monkeypatch.setattr(runner, "verify", lambda claims, **named: dict(document))
        monkeypatch.setattr(runner, "exit_code", lambda document: exit_code)

    set_outcome(expected_document())
    return set_outcome


def run(*arguments, **options):
    return CliRunner().invoke(cli.app, ["verify", *map(str, arguments)], **options)


# ---- how much is shown


def test_by_default_sections_and_surprises_are_shown(outcome):
    outcome(example_document(), 1)
    shown = run().stdout
    assert "Section 2: Generative model" in shown
    assert "✗ contradiction: fixed_order_sweep_is_reversible" in shown
    assert "posterior_is_logistic_in_the_local_field" not in shown
    assert "--out DIR" in shown


def test_verbose_shows_every_claim(outcome):
    for option in ("-v", "--verbose"):
        assert "✓ posterior_is_logistic_in_the_local_field" in run(option).stdout


def test_quiet_is_one_line_on_a_good_run(outcome, tmp_path):
    for option in ("-q", "--quiet"):
        result = run(option, "--out", tmp_path)
        assert result.stdout == (
            "pp-spin: 4 claims as expected, 1 of 2 faults caught, "
            "not caught: sweep_declared_random_scan\n"
        )
        assert result.stderr == ""
    assert (tmp_path / "report.html").exists()


def test_verbose_and_quiet_are_wrong_usage(outcome):
    result = run("-v", "-q")
    assert result.exit_code == 2
    assert "got --verbose and --quiet; one shows more, one less; give one" in result.stderr


# ---- opening the report


def test_open_shows_the_report_once_it_is_written(outcome, tmp_path, monkeypatch):
    opened = []

    def browser(address):
        opened.append(address)
        return (tmp_path / "report.html").exists()

    monkeypatch.setattr(webbrowser, "open", browser)
    result = run("--open", "--out", tmp_path)
    assert opened == [(tmp_path / "report.html").as_uri()]
    assert result.stderr.count("browser") == 0


def raising(address):
    raise webbrowser.Error("could not locate runnable browser")


@pytest.mark.parametrize("browser", [raising, lambda address: False])
def test_a_machine_without_a_browser_is_told_and_changes_no_verdict(
    outcome, tmp_path, monkeypatch, browser
):
    outcome(expected_document(), 3)
    monkeypatch.setattr(webbrowser, "open", browser)
    result = run("--open", "--out", tmp_path)
    assert result.exit_code == 3
    assert f"no browser could be started; open {tmp_path / 'report.html'}" in result.stderr


def test_open_without_a_folder_is_refused_before_the_run(outcome, monkeypatch):
    monkeypatch.setattr(runner, "verify", lambda *a, **n: pytest.fail("the run started"))
    result = run("--open", "--json", "-")
    assert result.exit_code == 2
    assert "got --open without --out; what is opened is the report in that" in result.stderr


# ---- terminals


def staged(tmp_path, *arguments, terminal, **environment):
    """What a terminal, or else two pipes, get of a run with surprises: output, and errors."""
    stored = tmp_path / "stored.json"
    stored.write_text(json.dumps(example_document()))
    command = [sys.executable, "-c", STAGED, str(stored), "verify", *arguments]
    unset = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS", "TERM")
    plain = {name: value for name, value in os.environ.items() if name not in unset}
    options: dict[str, Any] = {"cwd": ROOT, "env": {**plain, **environment}}
    if not terminal:
        ended = subprocess.run(command, capture_output=True, text=True, **options)
        assert ended.returncode == 1, ended.stderr
        return ended.stdout, ended.stderr
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, **options) as child:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other side has closed
                break
            if not piece:
                break
            shown += piece
    os.close(ours)
    assert child.returncode == 1, shown
    return shown.decode(), ""


def styles(shown):
    """The codes of every colour and style that is set."""
    return {
        int(code)
        for codes in re.findall(r"\x1b\[([0-9;]*)m", shown)
        for code in codes.split(";")
        if code
    }


def test_a_terminal_gets_colours_and_a_bar(tmp_path):
    shown, _ = staged(tmp_path, terminal=True, TERM="xterm-256color", COLUMNS="90")
    assert {31, 32} <= styles(shown)
    assert "left" in shown
    assert "\x1b[?25h" in shown  # the cursor is back


def test_no_color_leaves_no_colour_in_a_terminal(tmp_path):
    shown, _ = staged(tmp_path, terminal=True, TERM="xterm-256color", NO_COLOR="1")
    assert styles(shown) <= {0, 1, 2}  # bold and dim are none
    assert "contradiction: fixed_order_sweep_is_reversible" in shown


def test_a_dumb_terminal_gets_lines_without_a_code(tmp_path):
    shown, _ = staged(tmp_path, terminal=True, TERM="dumb")
    assert "\x1b" not in shown
    assert "checking claims: 0 of 3, 0:00 gone" in shown
    assert "\r" not in shown.replace("\r\n", "\n")


@pytest.mark.parametrize("arguments", [(), ("-v",), ("-q",)])
@pytest.mark.parametrize("columns", [40, 100])
def test_a_pipe_gets_lines_that_fit_without_a_code(tmp_path, arguments, columns):
    out, errors = staged(tmp_path, *arguments, terminal=False, COLUMNS=str(columns))
    assert "\x1b" not in out + errors
    assert "\r" not in out + errors
    long = [line for line in (out + errors).splitlines() if len(line) > columns]
    assert [line for line in long if not line.startswith("pp-spin: ")] == []
    assert ("checking claims: 0 of 3" in errors) == ("-q" not in arguments)


# ---- the help


def test_the_help_has_a_claims_file_in_ten_lines_that_holds(tmp_path):
    lines = run("--help", env={"COLUMNS": "80"}).stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith(" from pp_spin.claims"))
    code = [line[1:].rstrip() for line in lines[first:]]
    code = code[: code.index("")]
    assert len(code) <= 11
    file = tmp_path / "my_claims.py"
    file.write_text("\n".join(code))
    held = run(file, "--profile", "quick", "-q")
    assert held.exit_code == 0, held.output
    file.write_text("\n".join(code).replace("chromatic", "synchronous"))
    broken = run(file, "--profile", "quick", "-q")
    assert broken.exit_code == 1, broken.output
    assert "refuted by law of the agents on" in " ".join(broken.stdout.split())


def test_the_help_names_the_command_of_pytest():
    assert "pytest my_claims.py" in run("--help").stdout
