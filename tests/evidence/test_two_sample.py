"""Two samples: levels hold, what is detectable is detected, intervals hold the truth."""

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import two_sample
from pp_spin.evidence.budget import ALPHA
from tests import oracle

REPLICATES = 2000
STATES = oracle.states(4)
COUPLINGS = 0.4 * (np.ones((4, 4)) - np.eye(4))
FIELDS = [0.1, -0.2, 0.3, 0.0]


def ising(beta):
    return oracle.ising_law(COUPLINGS, FIELDS, beta)


ENERGY = np.array([-oracle.pairs_and_fields(COUPLINGS, FIELDS, row) for row in STATES])
EVENTS = np.concatenate(
    [STATES, [[row[i] * row[j] for j in range(4) for i in range(j)] for row in STATES]], axis=1
).astype(float)


def drawn(law, shape, rng):
    return rng.choice(len(law), shape, p=law)


def alarms(tests):
    return sum(test.rejected for test in tests)


@pytest.mark.parametrize(
    ("compare", "values"),
    [(two_sample.compare_distributions, ENERGY), (two_sample.compare_means, EVENTS)],
    ids=["distributions", "means"],
)
def test_false_alarms_stay_below_the_nominal_level(compare, values, rng):
    run, reference = drawn(ising(1), (REPLICATES, 60), rng), drawn(ising(1), (REPLICATES, 40), rng)
    most = binom.isf(1e-4, REPLICATES, 0.01)
    pairs = list(zip(run, reference, strict=True))
    assert alarms(compare(values[a], values[b], 0.01) for a, b in pairs) <= most
    # The same audit fails where each draw comes twenty times, as from a slow chain.
    slow = ((np.repeat(a, 20), np.repeat(b, 20)) for a, b in pairs)
    assert alarms(compare(values[a], values[b], 0.01) for a, b in slow) > most


def test_a_wrong_temperature_is_caught_by_distribution_and_by_means(rng):
    reference = drawn(ising(1), 20_000, rng)
    for beta, caught in ((1.0, False), (0.8, True)):
        run = drawn(ising(beta), 20_000, rng)
        distributions = two_sample.compare_distributions(ENERGY[run], ENERGY[reference], ALPHA)
        means = two_sample.compare_means(EVENTS[run], EVENTS[reference], ALPHA)
        assert (distributions.rejected, means.rejected) == (caught, caught)
        for test in (distributions, means):
            assert (test.p_value <= ALPHA) == test.rejected == (test.interval[0] > 0)


def test_the_intervals_hold_the_true_differences(rng):
    levels = np.unique(ENERGY)
    difference = ising(1) - ising(0.6)
    true_gap = max(abs(difference[e >= ENERGY].sum()) for e in levels)
    true_means = np.abs(difference @ EVENTS).max()
    for _ in range(100):
        run, reference = drawn(ising(1), 2000, rng), drawn(ising(0.6), 1000, rng)
        test = two_sample.compare_distributions(ENERGY[run], ENERGY[reference], 1e-6)
        assert test.interval[0] <= true_gap <= test.interval[1]
        means = two_sample.compare_means(EVENTS[run], EVENTS[reference], 1e-6)
        assert means.interval[0] <= true_means <= means.interval[1]


@pytest.mark.parametrize("n_reference", [300, 3000])
def test_what_is_called_detectable_is_detected(n_reference, rng):
    # Of two values, the gap of CDFs is that of the probabilities, of means twice as much.
    gap = two_sample.detectable(3000, ALPHA, n_reference=n_reference)
    means_gap = two_sample.detectable_mean(3000, ALPHA, n_reference=n_reference)
    missed = {"distributions": 0, "means": 0}
    for _ in range(300):
        low = rng.random(n_reference) < 0.5 - gap / 2
        high = rng.random(3000) < 0.5 + gap / 2
        missed["distributions"] += not two_sample.compare_distributions(high, low, ALPHA).rejected
        low = 2.0 * (rng.random((n_reference, 1)) < 0.5 - means_gap / 4) - 1
        high = 2.0 * (rng.random((3000, 1)) < 0.5 + means_gap / 4) - 1
        missed["means"] += not two_sample.compare_means(high, low, ALPHA).rejected
    assert max(missed.values()) <= binom.isf(1e-6, 300, 1e-3)


def test_a_rare_event_is_found_earlier_than_by_hoeffding(rng):
    n = 20_000
    run, reference = (2.0 * (rng.random((n, 1)) < p) - 1 for p in (0.03, 0.005))
    test = two_sample.compare_means(run, reference, ALPHA)
    assert test.rejected
    assert test.discrepancy < two_sample.detectable_mean(n, ALPHA, miss=1.0)


@pytest.mark.parametrize("effect", [0.3, 0.1, 0.03])
@pytest.mark.parametrize("n_reference", [None, 10**6])
def test_the_draws_needed_suffice(effect, n_reference):
    n = two_sample.needed(effect, ALPHA, n_reference=n_reference)
    assert two_sample.detectable(n, ALPHA, n_reference=n_reference) <= effect
    assert two_sample.detectable(n // 2, ALPHA, n_reference=n_reference) > effect
    n = two_sample.needed_for_mean(effect, ALPHA, n_events=45, n_reference=n_reference)
    found = two_sample.detectable_mean(n, ALPHA, n_events=45, n_reference=n_reference)
    assert found <= effect
    fewer = two_sample.detectable_mean(n // 2, ALPHA, n_events=45, n_reference=n_reference)
    assert fewer > effect


@pytest.mark.parametrize(
    ("compare", "values"),
    [(two_sample.compare_distributions, ENERGY), (two_sample.compare_means, EVENTS)],
    ids=["distributions", "means"],
)
def test_the_p_value_is_the_level_at_which_the_test_rejects(compare, values, rng):
    run, reference = drawn(ising(1), 2000, rng), drawn(ising(0.6), 3000, rng)
    p_value = compare(values[run], values[reference], 0.01).p_value
    assert 1e-100 < p_value < 1
    assert compare(values[run], values[reference], p_value * 1.0001).rejected
    assert not compare(values[run], values[reference], p_value * 0.9999).rejected
    assert compare(values[run], values[run], 0.01).p_value == 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: two_sample.compare_distributions([], [1.0], 0.01), r"got run of shape \(0,\)"),
        (lambda: two_sample.compare_distributions([1.0], [[1.0]], 0.01), "got reference of shape"),
        (lambda: two_sample.compare_distributions([np.nan], [1.0], 0.01), "run with a value that"),
        (lambda: two_sample.compare_means([[1.0]], [[1.0]], 0.01), "2 independent draws or more"),
        (lambda: two_sample.compare_means([[2.0]] * 2, [[1.0]] * 2, 0.01), "a value of size 2.0"),
        (
            lambda: two_sample.compare_means([[1.0]] * 2, [[1.0, 1.0]] * 2, 0.01),
            "got 1 events of the run and 2 of the reference",
        ),
        (
            lambda: two_sample.needed(0.01, ALPHA, n_reference=100),
            "got effect 0.01 with 100 reference draws, .* draw more references",
        ),
        (lambda: two_sample.needed_for_mean(0.0, ALPHA), "got effect 0.0"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
