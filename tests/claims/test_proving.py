"""The proof book's process: the same answers as here, and a clear word when it breaks."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sympy as sp

from derivations import all_derivations
from derivations.sec2_action import action_law_is_bernoulli
from derivations.sec2_posterior import posterior_is_logistic
from derivations.step import Derivation, Step
from pp_spin.claims import beside, proving


def a_users_derivation():
    """Two is one and one."""
    step = Step(sp.Integer(1) + 1, sp.Integer(2), "sum")
    return Derivation("a_users_derivation", ("8",), "beyond", step.stated, (), (step,))


def test_the_process_decides_what_this_one_does():
    builds = (action_law_is_bernoulli, posterior_is_logistic)
    with proving.proofs_of(builds) as proof_of:
        for build in reversed(builds):
            here = proving.decided(build)
            there = proof_of(build)
            assert there.verdict == here.verdict == "supported"
            assert there._replace(seconds=0.0) == here._replace(seconds=0.0)


def test_a_users_own_derivation_is_decided_here(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    with proving.proofs_of((a_users_derivation,)) as proof_of:
        assert proof_of(a_users_derivation).name == "a_users_derivation"


def test_a_broken_process_is_not_a_verdict(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with (
        proving.proofs_of((action_law_is_bernoulli,)) as proof_of,
        pytest.raises(RuntimeError, match=r"stopped \(exit code 1\) before it told of action_law"),
    ):
        proof_of(action_law_is_bernoulli)


def test_the_process_is_quiet_when_nobody_listens():
    command = [sys.executable, "-m", "derivations", "posterior_is_logistic"]
    root, pipe = Path(__file__).parents[2], subprocess.PIPE
    with subprocess.Popen(command, cwd=root, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(not hasattr(os, "getpriority"), reason="this system has no priorities")
@pytest.mark.parametrize("more", [0, 3])
def test_what_runs_beside_the_checks_lets_them_go_first(more):
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    code = (
        "import os, subprocess, sys; from pp_spin.claims import beside; "
        f"os.nice({more}); child = subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1); "
        "beside._let_go_first(child); print(os.getpriority(os.PRIO_PROCESS, child.pid)); "
        "beside._end(child)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(told.stdout) == min(19, ours + more + beside.NICENESS)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads Linux's /proc")
def test_no_process_is_left_when_the_run_ends_early(monkeypatch):
    started = []

    class Remembered(subprocess.Popen):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            started.append(self.pid)

    monkeypatch.setattr(subprocess, "Popen", Remembered)
    first, *others = all_derivations().values()
    with proving.proofs_of([first, *others]) as proof_of:
        proof_of(first)
        assert len(alive_in_group(started[0])) > 1
    deadline = time.monotonic() + 10
    while alive_in_group(started[0]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive_in_group(started[0]) == []


def alive_in_group(group):
    """The processes of a group that have not ended, by Linux's /proc."""
    alive = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, of_group = (place / "stat").read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue  # it ended while we looked
        if int(of_group) == group and state not in "ZX":
            alive.append(place.name)
    return alive


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no process groups")
def test_a_worker_that_waits_forever_is_ended_with_its_parent():
    code = "import os, time; print('two' if os.fork() else '', end='', flush=True); time.sleep(600)"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.read(3) == "two"
    began = time.monotonic()
    beside._end(process)
    assert time.monotonic() - began < 60  # it would have been ten minutes


def test_proofs_that_use_each_other_in_a_circle_are_none():
    proof = proving.decided(a_users_derivation)
    circle = [proof._replace(name="a", uses=["b"]), proof._replace(name="b", uses=["a"])]
    with pytest.raises(ValueError, match=r"got results in a circle: a leans on b leans on a"):
        proving.results(circle)
    with pytest.raises(ValueError, match=r"got 'nothing' in what a uses; no derivation has that"):
        proving.results([proof._replace(name="a", uses=["nothing"])])


def test_a_proof_may_use_the_book_and_is_told_once():
    proof = proving.decided(a_users_derivation)._replace(uses=["posterior_is_logistic"])
    assert proving.results([proof, proof]) == [proof]
