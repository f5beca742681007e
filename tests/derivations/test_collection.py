"""``pytest derivations`` is the proof book as tests: an item per step, a report when one fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

CHAPTER = '''
"""A chapter with a right result and a wrong one."""

import sympy as sp

from derivations.display import Named
from derivations.notation import z, zeta
from derivations.step import Derivation, Sentence, Slip, Step, equation

SQUARE = Step(z**2, sp.Integer(1), "a spin squared", slip=Slip("minus", -sp.Integer(1)))


def right_result():
    """(1)."""
    return Derivation("right_result", ("1",), "printed", equation(z**4, z**2), (), (SQUARE,))


def refuted_result():
    """(2), which fails as expected."""
    statement = equation(z**3, sp.Integer(1))
    return Derivation(
        "refuted_result", ("2",), "printed", statement, (), (SQUARE,), expected="refuted"
    )


def wrong_result():
    """(3)."""
    lines = (
        SQUARE,
        Step(sp.exp(zeta), sp.exp(2 * zeta), "an exponential", slip=Slip("the sign", zeta)),
        Step(z**3, z, "a cube", slip=Slip("no slip at all", 1 / z)),
    )
    sentence = Sentence("{} and {}", (SQUARE.stated, equation(z**3, z**5)))
    return Derivation("wrong_result", ("3",), "printed", sentence, (), lines)


DERIVATIONS = (right_result, refuted_result, wrong_result)
'''


def run_pytest(*arguments, cwd):
    """A fresh pytest with the proof book's collector, which needs nothing of these tests."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(
        [*command, *arguments], cwd=cwd, env=environment, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def chapter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    (folder / "chapter.py").write_text(CHAPTER, encoding="utf-8")
    (folder / "notes.txt").write_text("DERIVATIONS are listed elsewhere")
    return folder


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_every_step_and_every_statement_is_an_item(chapter, workers):
    result = run_pytest("-p", "derivations.conftest", "-v", *workers, cwd=chapter)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "3 failed, 5 passed" in result.stdout
    for item in (
        "right_result::1 a spin squared",
        "right_result::the statement",
        "refuted_result::the statement",
        "wrong_result::1 a spin squared",
    ):
        assert f"chapter.py::{item}" in result.stdout
        assert f"FAILED chapter.py::{item}" not in result.stdout


def test_a_failure_is_a_report_of_the_step_and_no_traceback(chapter):
    shown = run_pytest("-p", "derivations.conftest", cwd=chapter).stdout
    for part in (
        "wrong_result: 2 an exponential",
        "The step: an exponential",
        "✗ refuted: witness with 50 digits",
        "witness: ζ = 1/2: left 1.64872127",
        "slip, not looked at: the sign",
        "slip, not refuted: no slip at all",
        "? inconclusive: its slip was not refuted",
        "expected: supported",
        "This relation of the statement is none of the steps:",
    ):
        assert part in shown
    assert " 3    5\n" in shown  # drawn in two dimensions
    assert "Traceback" not in shown
    assert "conftest.py" not in shown


def test_one_step_can_be_chosen_by_its_name(chapter):
    chosen = "chapter.py::wrong_result::1 a spin squared"
    result = run_pytest("-p", "derivations.conftest", "-q", chosen, cwd=chapter)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


def test_the_book_is_collected_chapter_by_chapter():
    result = run_pytest("--collect-only", "-q", "derivations/sec3_glauber.py", cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    name = "derivations/sec3_glauber.py::heat_bath_is_logistic_in_the_energy_gap"
    assert f"{name}::1 " in result.stdout
    assert f"{name}::the statement" in result.stdout


def test_the_collector_does_not_ship():
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    wheel = settings.partition("[tool.hatch.build.targets.wheel]")[2].partition("[tool")[0]
    assert '"derivations/conftest.py"' in wheel
