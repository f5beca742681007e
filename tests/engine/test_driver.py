"""Long runs: draws that depend on nothing but the run, and that survive what ends it early."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from pp_spin.collective import Collective
from pp_spin.engine import driver, packed
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.network import random_regular
from pp_spin.schedule import chromatic

RUNNING = dynamics(Collective(random_regular(3, 12, seed=1).scaled(0.5)), chromatic)
START = np.ones((70, 12), dtype=np.int8)


def drawn(key, counts, start=START, **options):
    plan = planned(RUNNING, len(start), packed.ENGINE, 2)
    return driver.draws(key, start, plan, counts, **options)


@pytest.mark.parametrize(("num_warmup", "thinning"), [(0, 1), (4, 1), (0, 3), (5, 2), (1, 7)])
def test_warmup_and_thinning_pass_sweeps_over(key, num_warmup, thinning):
    every = drawn(key, driver.Counts(0, num_warmup + 6 * thinning))
    found = drawn(key, driver.Counts(num_warmup, 6, thinning))
    np.testing.assert_array_equal(found, every[:, num_warmup + thinning - 1 :: thinning])


@pytest.mark.parametrize("sweeps", [1, 2, 5, 100])
@pytest.mark.parametrize("draws", [1, 3])
def test_draws_do_not_depend_on_the_calls(key, sweeps, draws, monkeypatch):
    counts = driver.Counts(5, 6, 2)
    expected = drawn(key, counts)
    monkeypatch.setattr(driver, "_adapted", lambda most, seconds: sweeps)
    monkeypatch.setattr(driver, "CALL_DRAWS", draws)
    done = []
    found = drawn(key, counts, on_progress=lambda *progress: done.append(progress))
    np.testing.assert_array_equal(found, expected)
    assert done[-1] == (17, 17)
    assert done == sorted(set(done))


@pytest.mark.parametrize("before", [1, 3, 5])
def test_a_run_that_is_gone_on_with_makes_the_draws_of_a_single_one(key, before):
    whole = drawn(key, driver.Counts(5, 6, 2))
    rest = driver.Counts(0, 6 - before, 2, sweeps_before=5 + 2 * before)
    np.testing.assert_array_equal(
        drawn(key, rest, start=whole[:, before - 1]), whole[:, before:], strict=True
    )
    restarted = rest._replace(sweeps_before=0)
    assert (drawn(key, restarted, start=whole[:, before - 1]) != whole[:, before:]).any()


def test_sweeps_between_two_draws_are_rounds_too(key):
    counts = driver.Counts(0, 2, 100)
    done = []
    drawn(key, counts, on_progress=lambda *progress: done.append(progress))
    assert len(done) > 4
    assert done[-1] == (200, 200)


def stopping_after(n_rounds):
    def on_progress(done, total):
        nonlocal n_rounds
        n_rounds -= 1
        if n_rounds == 0:
            raise KeyboardInterrupt

    return on_progress


def test_an_interrupted_run_keeps_what_every_chain_has_drawn(key, monkeypatch):
    counts = driver.Counts(1, 6)
    whole = drawn(key, counts)
    monkeypatch.setattr(driver, "CALL_DRAWS", 1)
    kept = drawn(key, counts, on_progress=stopping_after(4))
    assert 0 < kept.shape[1] < 6
    np.testing.assert_array_equal(kept, whole[:, : kept.shape[1]])
    with pytest.raises(KeyboardInterrupt):
        drawn(key, driver.Counts(9, 6), on_progress=stopping_after(1))


def test_rounds_grow_until_they_are_worth_their_while():
    assert driver._adapted(8, 0.01) == 32
    assert driver._adapted(8, driver.ROUND_SECONDS) == 8
    assert driver._adapted(8, 3 * driver.ROUND_SECONDS) == 4
    assert driver._adapted(1, 3 * driver.ROUND_SECONDS) == 1


SCRIPT = """
import hashlib, sys
import numpy as np
from pp_spin import Collective, sample
from pp_spin.network import random_regular

collective = Collective(random_regular(3, 12, seed=1).scaled(0.5))
told = []
def on_progress(done, total):
    if len(sys.argv) > 1 and not told:
        told.append(print("going", flush=True))
num_warmup = int(sys.argv[1]) if len(sys.argv) > 1 else 0
counts = {"num_chains": 200, "num_samples": 20, "num_warmup": num_warmup}
tree = sample(collective, "chromatic", seed=3, on_progress=on_progress, **counts)
print(hashlib.sha256(tree["posterior"]["spins"].to_numpy().tobytes()).hexdigest())
"""


def hashed(*arguments, **variables):
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()[-1]


def test_draws_are_the_same_on_every_number_of_devices():
    flag = "--xla_force_host_platform_device_count"
    found = {hashed(XLA_FLAGS=f"{flag}={n_devices}") for n_devices in (1, 2, 4)}
    assert len(found) == 1


def test_a_killed_run_leaves_nothing_that_changes_the_next():
    before = hashed("7")
    command = [sys.executable, "-c", SCRIPT, "1000000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as going:
        assert going.stdout is not None
        assert going.stdout.readline() == "going\n"
        going.send_signal(signal.SIGKILL)
    assert going.returncode == -signal.SIGKILL
    assert hashed("7") == before
