"""E-values of runs multiply, whatever their order; levels of runs share one budget."""

import itertools
import math
from functools import cache

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom

from pp_spin.evidence import e_process, history
from pp_spin.evidence.alternatives import Actions, standard
from pp_spin.evidence.history import Accumulated, History, accumulated, level, with_run

KEY, OTHER = "one code", "another code"
RUNS = ((3, {"a": 1.5, "b": -0.5}), (4, {"a": -2.0}), (5, {"a": 3.0, "b": 0.25}))


def of_runs(runs, key=KEY):
    found = History()
    for seed, log_es in runs:
        found = with_run(found, key, seed, log_es)
    return found


def test_e_values_multiply_check_by_check():
    assert accumulated(of_runs(RUNS), KEY) == {
        "a": Accumulated(n_runs=3, log_e=2.5, largest=2.5),
        "b": Accumulated(n_runs=2, log_e=-0.25, largest=0.0),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_the_product_does_not_depend_on_the_order(order):
    found = accumulated(of_runs([RUNS[i] for i in order]), KEY)
    assert {name: sums.log_e for name, sums in found.items()} == {"a": 2.5, "b": -0.25}


def test_what_was_reached_once_is_not_taken_back():
    found = accumulated(of_runs([(0, {"a": 25.0}), (1, {"a": -20.0})]), KEY)
    assert found["a"] == Accumulated(2, 5.0, 25.0)


def test_an_impossible_event_is_never_taken_back():
    found = with_run(of_runs(RUNS[:1]), KEY, 4, {"b": 2.0}, ["a", "c"])
    found = with_run(found, KEY, 5, {"a": -20.0, "c": 0.5})
    assert accumulated(found, KEY) == {
        "a": Accumulated(n_runs=3, log_e=-18.5, largest=1.5, impossible=True),
        "b": Accumulated(2, 1.5, 1.5),
        "c": Accumulated(2, 0.5, 0.5, True),
    }
    assert history.read(history.text(found)) == found


def test_an_e_value_is_not_finite_and_infinite_at_once():
    with pytest.raises(ValueError, match=r"got log e-value 1.0 for 'a', which saw an impossible"):
        with_run(History(), KEY, 0, {"a": 1.0}, ["a"])


def test_other_code_starts_anew():
    found = with_run(of_runs(RUNS), OTHER, 3, {"a": 7.0})
    assert accumulated(found, OTHER) == {"a": Accumulated(1, 7.0, 7.0)}
    assert accumulated(found, KEY) == accumulated(of_runs(RUNS), KEY)
    assert accumulated(found, "never run") == {}
    assert len(found.of(KEY)) == 3


def test_a_run_leaves_the_former_history_as_it_was():
    before = of_runs(RUNS)
    with_run(before, KEY, 9, {"a": 1.0})
    assert before == of_runs(RUNS)


def test_the_same_seed_is_refused_for_the_same_code_only():
    message = "got seed 3, with which this code has been run before; evidence adds up over fresh"
    with pytest.raises(ValueError, match=message):
        with_run(of_runs(RUNS), KEY, 3, {})
    with_run(of_runs(RUNS), OTHER, 3, {})


@pytest.mark.parametrize("log_e", [np.inf, -np.inf, np.nan])
def test_only_finite_evidence_is_kept(log_e):
    with pytest.raises(ValueError, match=r"got log e-value .* for 'a'; .*among the impossible"):
        with_run(History(), KEY, 0, {"a": log_e})


# ---- the budget


def test_the_levels_of_all_runs_sum_to_alpha():
    n_runs = 10_000
    total = math.fsum(level(0.05, n) for n in range(1, n_runs + 1))
    # The tail of the sum over 1 / n^2 lies between 1 / (N + 1) and 1 / N.
    tail = 0.05 * 6 / math.pi**2
    assert 0.05 - tail / n_runs < total < 0.05 - tail / (n_runs + 1)


def test_runs_are_counted_from_one():
    with pytest.raises(ValueError, match="got run 0; runs are counted from 1"):
        level(0.05, 0)


# ---- the file


def test_what_is_written_is_read():
    found = with_run(of_runs(RUNS), OTHER, 2**62, {"é: of a ring": 0.1 + 0.2})
    assert history.read(history.text(found)) == found
    assert history.read(history.text(History())) == History()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no JSON"),
        ('{"schema": 1, "runs": {', "is no JSON"),
        ("[]", "does not say schema 1"),
        ('{"schema": 2, "runs": {}}', "does not say schema 1"),
        ('{"schema": 1}', "has no table of runs"),
        ('{"schema": 1, "runs": {"k": 3}}', "has no list of runs under 'k'"),
        ('{"schema": 1, "runs": {"k": [3]}}', "has 3 for a run"),
        ('{"schema": 1, "runs": {"k": [{"seed": 1}]}}', "for a run"),
        ('{"schema": 1, "runs": {"k": [{"seed": true, "log_e": {}}]}}', "for a run"),
        ('{"schema": 1, "runs": {"k": [{"seed": 1, "log_e": {"a": "2"}}]}}', "for a run"),
        ('{"schema": 1, "runs": {"k": [{"seed": 1, "log_e": [2]}]}}', "for a run"),
        (
            '{"schema": 1, "runs": {"k": [{"seed": 1, "log_e": {}, "impossible": [2]}]}}',
            "for a run",
        ),
        (
            '{"schema": 1, "runs": {"k": [{"seed": 1, "log_e": {}, "impossible": "a"}]}}',
            "for a run",
        ),
        ('{"schema": 1, "runs": {"k": [{"seed": 1, "log_e": {}, "other": []}]}}', "for a run"),
    ],
)
def test_another_text_is_refused(text, words):
    with pytest.raises(ValueError, match=rf"got a history that .*{words}.*; name the file that"):
        history.read(text)


def test_evidence_that_no_run_could_have_left_is_refused():
    run = '{"seed": 1, "log_e": {"a": Infinity}}'
    with pytest.raises(ValueError, match="got log e-value inf"):
        history.read(f'{{"schema": 1, "runs": {{"k": [{run}]}}}}')
    run = '{"seed": 1, "log_e": {}}'
    with pytest.raises(ValueError, match="got seed 1, with which"):
        history.read(f'{{"schema": 1, "runs": {{"k": [{run}, {run}]}}}}')


# ---- calibration: coins in a few contexts, five short runs

ALPHA, N_HISTORIES, N_RUNS, N_UPDATES = 0.05, 300, 5, 120
RIVALS = standard(former_spin=False)


def short_run(scale, rng):
    """The e-process of coins whose half log-odds are ``scale`` times the declared ones."""
    x = rng.choice([-0.9, -0.3, 0.5, 1.1], size=N_UPDATES)
    up = rng.random(N_UPDATES) < expit(2 * scale * x)
    actions = Actions(x, expit(2 * x), up, np.zeros(N_UPDATES, dtype=np.int64))
    return e_process.compare_with_action_law(actions, RIVALS, ALPHA, 1)


@cache
def histories(scale):
    """The runs of every history."""
    rng = np.random.default_rng(20220706)
    return [[short_run(scale, rng) for _ in range(N_RUNS)] for _ in range(N_HISTORIES)]


def n_refuted(scale, log_e_of):
    """How many histories reach the limit, by what ``log_e_of`` takes from each run."""
    found = (
        of_runs([(seed, {"a": log_e_of(run)}) for seed, run in enumerate(runs)])
        for runs in histories(scale)
    )
    return sum(accumulated(each, KEY)["a"].largest >= -math.log(ALPHA) for each in found)


def test_sound_histories_are_rarely_refuted():
    assert n_refuted(1.0, lambda run: run.log_e) <= binom.isf(1e-4, N_HISTORIES, ALPHA)


def test_bets_chosen_after_each_run_fail_the_same_audit():
    chosen = n_refuted(1.0, lambda run: max(run.logs.values()))
    assert chosen > binom.isf(1e-4, N_HISTORIES, ALPHA)


def test_runs_together_find_what_each_of_them_misses():
    alone = sum(run.rejected for runs in histories(1.5) for run in runs)
    assert alone / (N_HISTORIES * N_RUNS) < 0.3
    assert n_refuted(1.5, lambda run: run.log_e) / N_HISTORIES > 0.7
