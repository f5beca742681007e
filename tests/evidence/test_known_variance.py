"""Means of known variance: the level holds, and what should be found is."""

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import known_variance

P, N = 0.1, 400
VARIANCE, BOUND = P * (1 - P), 1 - P


def alarms(rng, alpha, variance=VARIANCE, bound=BOUND):
    draws = rng.random((2000, N)) < P
    tests = [known_variance.compare_with_mean(d, P, variance, bound, alpha) for d in draws]
    assert all(test.rejected == (not test.interval[0] < 0 < test.interval[1]) for test in tests)
    return sum(test.rejected for test in tests)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_false_alarms_are_no_more_than_the_level(alpha, rng):
    most = binom.isf(1e-4, 2000, alpha)
    assert alarms(rng, alpha) <= most
    assert alarms(rng, alpha, variance=VARIANCE / 4, bound=0.0) > most  # too small a variance


def test_what_is_detectable_is_found(rng):
    shift = known_variance.detectable(N, 0.25, BOUND, 1e-6)
    draws = rng.random((200, N)) < P + shift
    tests = [known_variance.compare_with_mean(d, P, VARIANCE, BOUND, 1e-6) for d in draws]
    assert all(test.rejected for test in tests)


def test_a_hundred_times_the_draws_see_a_tenth():
    few, many = (known_variance.detectable(n, VARIANCE, BOUND, 1e-6) for n in (10**6, 10**8))
    assert few / many == pytest.approx(10, rel=0.02)
    assert np.isfinite(few)
