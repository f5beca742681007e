"""What ``python -m derivations`` tells, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sympy as sp

import derivations.__main__ as program
from derivations.display import Named
from derivations.notation import z
from derivations.record import record
from derivations.step import Derivation, Step, definition, equation

ROOT = Path(__file__).parents[2]


def right():
    """A definition and a step."""
    square = Named("q", z**2)
    lines = (definition(square, "a square"), Step(square, sp.Integer(1), "spins", ("earlier",)))
    return Derivation("right", ("8",), "printed", equation(z**3, z), ("z = ±1",), lines)


def wrong():
    """Refuted, and not expected to be."""
    return Derivation("wrong", ("8",), "printed", equation(z**3, z**2), (), right().lines)


def test_a_record_is_plain_and_says_everything():
    told = record(right)
    assert json.loads(json.dumps(told)) == told
    assert told.pop("seconds") > 0
    assert told.pop("n_points") > 50
    assert told == {
        "name": "right",
        "equations": ["8"],
        "form": "printed",
        "expected": "supported",
        "verdict": "supported",
        "method": "exact identity in each of 2 configurations",
        "n_steps": 2,
        "witness": None,
        "scope": "one agent",
        "assumes": ["z = ±1"],
        "uses": ["earlier"],
        "statement_latex": "z^{3} = z",
        "lines": [
            {"kind": "definition", "reason": "a square", "latex": "q = z^{2}"},
            {"kind": "step", "reason": "spins", "latex": "q = 1", "uses": ["earlier"]},
        ],
    }


@pytest.mark.parametrize(("names", "code"), [((), 1), (("right",), 0), (("wrong", "right"), 1)])
def test_the_exit_code_says_whether_all_is_as_expected(names, code, monkeypatch, capsys):
    monkeypatch.setattr(program, "all_derivations", lambda: {"right": right, "wrong": wrong})
    assert program.main(names) == code
    told = [json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()]
    assert told == list(names or ("right", "wrong"))


def test_an_unknown_name_is_wrong_usage(capsys):
    with pytest.raises(SystemExit, match="2"):
        program.main(["posterior_is_logical"])
    streams = capsys.readouterr()
    assert streams.out == ""
    message = "got 'posterior_is_logical'; no derivation has that name; the nearest are posterior_"
    assert message in streams.err


def test_no_process_to_decide_is_wrong_usage(capsys):
    with pytest.raises(SystemExit, match="2"):
        program.main(["--jobs", "0"])
    assert "got --jobs 0; nothing would be decided; give 1 or more" in capsys.readouterr().err


def test_side_by_side_gives_the_same_lines_in_the_same_order():
    # In processes of their own: this one may run JAX, beside whose threads there is no forking.
    names = ["efe_pair_is_ising", "posterior_is_logistic", "action_law_is_bernoulli"]
    told = []
    for jobs in ("1", "2"):
        command = [sys.executable, "-m", "derivations", "--jobs", jobs, *names]
        lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
        told.append([{**json.loads(line), "seconds": None} for line in lines.splitlines()])
    assert told[0] == told[1]
    assert [line["name"] for line in told[0]] == names
