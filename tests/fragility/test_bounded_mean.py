"""The interval of a bounded mean: its level at few draws, its ends, and what it refuses."""

import numpy as np
import pytest
from scipy.stats import binom, t

from pp_spin.evidence.budget import ALPHA
from pp_spin.fragility.bounded_mean import estimate

ALPHA_SHOWN, REPLICATES, N_VALUES = 0.05, 800, 40
RARE = 0.02

LAWS = {
    "rare": (lambda rng, size: rng.binomial(1, RARE, size).astype(float), RARE),
    "skewed": (lambda rng, size: rng.beta(0.3, 2.0, size), 0.3 / 2.3),
    "narrow": (lambda rng, size: rng.uniform(0.49, 0.53, size), 0.51),
}


def student_misses(values, mean):
    radius = t.isf(ALPHA_SHOWN / 2, N_VALUES - 1) * values.std(1, ddof=1) / N_VALUES**0.5
    return int((np.abs(values.mean(1) - mean) > radius).sum())


@pytest.mark.parametrize("law", LAWS)
def test_the_interval_misses_no_more_often_than_it_says(law, rng):
    draw, mean = LAWS[law]
    values = 3 * draw(rng, (REPLICATES, N_VALUES)) - 1
    found = [estimate(row, (-1, 2), ALPHA_SHOWN) for row in values]
    misses = sum(not one.holds(3 * mean - 1) for one in found)
    assert misses <= binom.isf(1e-6, REPLICATES, ALPHA_SHOWN)


def test_students_interval_fails_the_same_audit(rng):
    values = rng.binomial(1, RARE, (REPLICATES, N_VALUES)).astype(float)
    assert student_misses(values, RARE) > binom.isf(1e-6, REPLICATES, ALPHA_SHOWN)


def test_the_ends_are_means_against_which_a_gambler_wins(rng):
    # bet by bet, as the docstring says: at the lower end the most that is won is just 2/alpha
    values, alpha = rng.beta(2, 5, 60), 0.01
    low = estimate(values, (0, 1), alpha).low
    capital, richest, total, squares = 1.0, 1.0, 0.5, 0.25
    for i, value in enumerate(values):
        bet = np.sqrt(2 * np.log(2 / alpha) / (len(values) * squares / (i + 1)))
        capital *= 1 + min(bet, 0.9 / low) * (value - low)
        richest, total = max(richest, capital), total + value
        squares += (value - total / (i + 2)) ** 2
    assert richest == pytest.approx(2 / alpha, rel=1e-6)


def test_the_interval_holds_the_sample_mean_and_is_a_mirror_image(rng):
    values = rng.beta(0.5, 3, 300)
    found, mirrored = (estimate(v, (0, 1), ALPHA) for v in (values, 1 - values))
    assert 0 <= found.low < found.mean == values.mean() < found.high <= 1
    assert (mirrored.low, mirrored.high) == pytest.approx((1 - found.high, 1 - found.low))


def test_values_that_spread_little_have_a_shorter_interval_than_hoeffdings(rng):
    n = 2000
    found = estimate(rng.uniform(0.45, 0.55, n), (0, 1), ALPHA)
    assert found.high - found.low < 2 * np.sqrt(np.log(2 / ALPHA) / (2 * n)) / 3


@pytest.mark.parametrize(
    ("values", "bounds", "alpha", "match"),
    [
        ([], (0, 1), 0.1, r"got values of shape \(0,\)"),
        ([[0.5]], (0, 1), 0.1, r"one number per chain"),
        ([0.5], (1, 1), 0.1, r"low < high"),
        ([0.5, 1.1], (0, 1), 0.1, r"from 0\.5 to 1\.1"),
        ([0.5, np.nan], (0, 1), 0.1, r"rests on their being in \[0, 1\]"),
        ([0.5], (0, 1), 0.0, r"got alpha = 0\.0"),
    ],
)
def test_what_has_no_interval_is_refused(values, bounds, alpha, match):
    with pytest.raises(ValueError, match=match):
        estimate(values, bounds, alpha)
