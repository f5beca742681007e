"""Ranks of exact draws are uniform for an exact sampler, and not for one of wrong temperature."""

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import rank_calibration
from pp_spin.evidence.budget import ALPHA
from tests import oracle

REPLICATES = 2000
STATES = oracle.states(6).astype(float)
PAIRS = np.array([row[:, None] * row for row in STATES])[:, *np.triu_indices(6, 1)]


def instances(n, rng):
    """Energies (n, 64) of n random Ising models of six spins."""
    couplings, fields = rng.normal(0, 0.5, (n, 15)), rng.normal(0, 0.3, (n, 6))
    return -(couplings @ PAIRS.T + fields @ STATES.T)


def drawn(energy, n_draws, beta, rng):
    """Energies of independent draws at inverse temperature beta, (n, n_draws)."""
    weight = np.exp(-beta * energy)
    cdf = np.cumsum(weight, axis=1) / weight.sum(1, keepdims=True)
    uniforms = rng.random((len(energy), n_draws))
    index = np.minimum((uniforms[:, :, None] > cdf[:, None]).sum(2), 63)
    return np.take_along_axis(energy, index, axis=1)


def alarms(tests):
    return sum(test.rejected for test in tests)


def test_false_alarms_stay_below_the_nominal_level(rng):
    # 50 instances of values with many ties, 7 draws each, are one replicate.
    values = rng.binomial(3, 0.4, (50 * REPLICATES, 8))
    truth, draws = values[:, 0], values[:, 1:]
    most = binom.isf(1e-4, REPLICATES, 0.01)

    def audit(ranks):
        tests = (rank_calibration.calibrated(r, 7, 0.01) for r in ranks.reshape(REPLICATES, 50))
        return alarms(tests)

    assert audit(rank_calibration.ranks(truth, draws, rng)) <= most
    # The same audit fails where ties are not broken at random, or draws are copies of each other.
    assert audit((draws < truth[:, None]).sum(1)) > most
    copies = np.repeat(draws[:, :1], 7, axis=1)
    assert audit(rank_calibration.ranks(truth, copies, rng)) > most


def test_ten_percent_wrong_temperature_is_caught_and_the_right_one_is_not(rng):
    energy = instances(20_000, rng)
    truth = drawn(energy, 1, 1.0, rng)[:, 0]
    for beta, caught in ((1.0, False), (0.9, True), (1.1, True)):
        ranks = rank_calibration.ranks(truth, drawn(energy, 15, beta, rng), rng)
        test = rank_calibration.calibrated(ranks, 15, ALPHA)
        assert test.rejected == caught
        assert (test.p_value <= ALPHA) == test.rejected == (test.interval[0] > 0)


def test_ranks_within_ties_are_even(rng):
    n = 40_000
    ranks = rank_calibration.ranks(np.ones(n), np.tile([0.0, 1.0, 1.0, 2.0], (n, 1)), rng)
    counts = np.bincount(ranks, minlength=5)
    assert counts[[0, 4]].tolist() == [0, 0]
    low, high = binom.ppf([1e-9, 1 - 1e-9], n, 1 / 3)
    assert ((low <= counts[1:4]) & (counts[1:4] <= high)).all()


@pytest.mark.parametrize("n", [1000, 10_000])
def test_what_is_called_detectable_is_detected(n, rng):
    gap = rank_calibration.detectable(n, ALPHA)
    law = np.array([0.5 + gap, 0.5 - gap])  # of ranks among one draw
    tests = [rank_calibration.calibrated(r, 1, ALPHA) for r in rng.choice(2, (500, n), p=law)]
    assert 500 - alarms(tests) <= binom.isf(1e-6, 500, 1e-3)
    assert all(test.interval[0] <= gap <= test.interval[1] for test in tests)


@pytest.mark.parametrize("effect", [0.3, 0.05, 0.01])
def test_the_instances_needed_suffice(effect):
    n = rank_calibration.needed(effect, ALPHA)
    assert rank_calibration.detectable(n, ALPHA) <= effect
    assert rank_calibration.detectable(n // 2, ALPHA) > effect


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (
            lambda: rank_calibration.ranks([1.0], [1.0], RNG),
            r"got truth of shape \(1,\) and draws of shape \(1,\)",
        ),
        (lambda: rank_calibration.ranks([1.0], np.ones((2, 3)), RNG), r"draws of shape \(2, 3\)"),
        (lambda: rank_calibration.ranks([np.inf], [[1.0]], RNG), "not finite; it has no rank"),
        (lambda: rank_calibration.calibrated([0.5], 3, 0.01), "type float64; a rank counts draws"),
        (lambda: rank_calibration.calibrated([[1]], 3, 0.01), r"got ranks of shape \(1, 1\)"),
        (lambda: rank_calibration.calibrated([0, 4], 3, 0.01), "got ranks from 0 to 4; among 3"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
