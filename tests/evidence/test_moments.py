"""Marginals and agreements: exact level, stated power, and the event that is worst."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from pp_spin.configurations import configurations
from pp_spin.evidence import moments
from pp_spin.evidence.budget import ALPHA

EXACT = np.array([0.5, 0.02, 0.9, 0.31])
N_DRAWS = 20_000


def test_intervals_are_those_of_scipy():
    observed = np.array([0.0, 1.0, 0.3])
    test = moments.compare_with_probabilities(observed, observed, 50, 0.03)
    widest = 0.0
    for frequency in observed:
        low, high = binomtest(round(50 * frequency), 50).proportion_ci(0.99, method="exact")
        widest = max(widest, high - frequency, frequency - low)
    assert test.interval[1] == pytest.approx(widest, rel=1e-9)
    assert not test.rejected


def test_false_alarms_stay_below_the_nominal_level(rng):
    alpha, replicates = 0.01, 2000
    observed = rng.binomial(N_DRAWS, EXACT, size=(replicates, len(EXACT))) / N_DRAWS
    tests = [moments.compare_with_probabilities(o, EXACT, N_DRAWS, alpha) for o in observed]
    assert sum(test.rejected for test in tests) <= binom.isf(1e-6, replicates, alpha)


@pytest.mark.parametrize("event", range(len(EXACT)))
def test_what_is_called_detectable_is_detected(event, rng):
    gap = moments.detectable(N_DRAWS, len(EXACT), ALPHA)
    wrong = EXACT.copy()
    wrong[event] += gap
    wrong = np.minimum(wrong, 1.0) if wrong[event] < 1 else EXACT - gap * (np.arange(4) == event)
    observed = rng.binomial(N_DRAWS, wrong, size=(300, len(EXACT))) / N_DRAWS
    tests = [moments.compare_with_probabilities(o, EXACT, N_DRAWS, ALPHA) for o in observed]
    assert sum(not test.rejected for test in tests) <= binom.isf(1e-6, 300, 1e-3)
    assert all(test.worst == event for test in tests)


def test_a_certain_event_that_fails_once_is_refuted():
    test = moments.compare_with_probabilities(np.array([0.9999]), np.array([1.0]), 10_000, ALPHA)
    assert not moments.compare_with_probabilities(np.ones(1), np.ones(1), 10_000, ALPHA).rejected
    assert test.rejected == (test.interval[0] > 0)


def test_frequencies_and_probabilities_are_of_the_same_events(rng):
    spins, pairs = configurations(3), np.array([[0, 1], [1, 2]])
    law = rng.dirichlet(np.ones(8))
    drawn = spins[rng.choice(8, size=200_000, p=law)]
    observed = moments.frequencies(drawn, pairs)
    exact = moments.probabilities(law, spins, pairs)
    assert observed.shape == exact.shape == (5,)
    assert not moments.compare_with_probabilities(observed, exact, 200_000, ALPHA).rejected
    swapped = exact[[1, 0, 2, 3, 4]]
    assert moments.compare_with_probabilities(observed, swapped, 200_000, ALPHA).rejected


def test_a_probability_a_digit_beyond_one_is_one():
    certain = np.array([1.0, 0.0])
    exact = np.array([1 + 2.3e-16, -2.3e-16])
    assert exact[0] > 1
    test = moments.compare_with_probabilities(certain, exact, 1000, 1e-6)
    assert not test.rejected
