"""The sign test keeps its level on reversible chains and sees the direction of time in others."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import reversal
from pp_spin.evidence.budget import ALPHA
from tests import oracle

REPLICATES = 2000
PRIOR = 0.1


def ring(n, asymmetry):
    """Precisions 0.5 (1 ± asymmetry) about the next and the previous of n agents."""
    gamma = np.zeros((n, n))
    for i in range(n):
        gamma[i, (i + 1) % n] += 0.5 * (1 + asymmetry)
        gamma[i, (i - 1) % n] += 0.5 * (1 - asymmetry)
    return gamma


PAIR = np.array([[0.0, 0.8], [0.3, 0.0]])
ORDERED = np.sign(np.subtract.outer(-np.arange(5), -np.arange(5)))  # w_ij = 1 where i precedes j


def run(gamma, matrix, sites, every, rng):
    """Independent chains from the stationary law of ``matrix``, seen every so many updates.

    ``sites`` is (n_updates, n_chains): who acts; gives (n_chains, n_times, n).
    """
    n, chains = len(gamma), np.arange(sites.shape[1])
    law = oracle.stationary_law(matrix)
    spins = oracle.states(n)[rng.choice(2**n, len(chains), p=law)].astype(float)
    seen = [spins.copy()]
    for t, site in enumerate(sites, 1):
        field = PRIOR + (gamma[site] * spins).sum(1)
        spins[chains, site] = np.where(rng.random(len(chains)) < oracle.sigmoid(2 * field), 1, -1)
        if t % every == 0:
            seen.append(spins.copy())
    return np.stack(seen, axis=1)


def random_scan_matrix(gamma):
    return oracle.random_scan(oracle.up_probabilities(gamma, [PRIOR] * len(gamma)))


def at_random(gamma, n_updates, n_chains, every, rng):
    sites = rng.integers(0, len(gamma), (n_updates, n_chains))
    return run(gamma, random_scan_matrix(gamma), sites, every, rng)


def in_order(gamma, n_sweeps, n_chains, rng):
    sites = np.tile(np.arange(len(gamma)), n_sweeps)[:, None].repeat(n_chains, axis=1)
    up = oracle.up_probabilities(gamma, [PRIOR] * len(gamma))
    return run(gamma, oracle.sequential(up), sites, len(gamma), rng)


def verdict(spins, weights):
    return reversal.sign_test(reversal.antisymmetric_statistic(spins, weights), ALPHA)


# ---- level


def test_false_alarms_stay_below_the_nominal_level(rng):
    # 50 chains of 20 updates of a symmetric ring are one replicate; few sweeps, so zeros occur.
    spins = at_random(ring(3, 0.0), 20, 50 * REPLICATES, 1, rng)
    weights = ring(3, 0.1).T - ring(3, 0.1)
    statistics = reversal.antisymmetric_statistic(spins, weights).reshape(REPLICATES, 50)
    assert (statistics == 0).mean() > 0.05
    most = binom.isf(1e-4, REPLICATES, 0.01)
    assert sum(reversal.sign_test(a, 0.01).rejected for a in statistics) <= most
    # The same audit fails where chains are copies of each other, or zeros count as negative.
    copies = np.repeat(statistics[:, :10], 5, axis=1)
    assert sum(reversal.sign_test(a, 0.01).rejected for a in copies) > most
    with_zeros = np.where(statistics == 0, -1, statistics)
    assert sum(reversal.sign_test(a, 0.01).rejected for a in with_zeros) > most


def test_a_trajectory_read_backwards_has_exactly_the_opposite_statistic(rng):
    spins = rng.choice([-1, 1], (100, 30, 6)).astype(np.int8)
    weights = rng.normal(size=(6, 6))
    weights -= weights.T
    forward = reversal.antisymmetric_statistic(spins, weights)
    backward = reversal.antisymmetric_statistic(spins[:, ::-1], weights)
    assert (forward == -backward).all()
    written_out = [
        sum(
            weights[i, j] * (float(now[i]) * after[j] - float(now[j]) * after[i])
            for now, after in itertools.pairwise(chain)
            for j in range(6)
            for i in range(j)
        )
        for chain in spins
    ]
    np.testing.assert_allclose(forward, written_out, rtol=0, atol=1e-12)


# ---- twins


@pytest.mark.parametrize(
    "gamma", [PAIR, ring(4, 0.3)], ids=["a pair of unequal precisions", "an asymmetric ring"]
)
def test_asymmetric_agents_are_caught_and_symmetric_ones_are_not(gamma, rng):
    weights = gamma.T - gamma
    assert verdict(at_random(gamma, 200, 2000, 1, rng), weights).rejected
    symmetric = (gamma + gamma.T) / 2
    assert not verdict(at_random(symmetric, 200, 2000, 1, rng), weights).rejected


def test_a_fixed_order_sweep_declared_random_scan_is_caught(rng):
    # Both have the Ising law of the ring: no test of the stationary law tells them apart.
    gamma = ring(5, 0.0)
    assert verdict(in_order(gamma, 20, 1000, rng), ORDERED).rejected
    assert not verdict(at_random(gamma, 100, 1000, 5, rng), ORDERED).rejected


# ---- what is promised


@pytest.mark.parametrize("effect", [0.4, 0.1, 0.01])
@pytest.mark.parametrize("alpha", [0.01, ALPHA])
def test_the_chains_needed_suffice(effect, alpha):
    n = reversal.needed(effect, alpha)
    assert reversal.detectable(n, alpha) <= effect
    assert reversal.detectable(n - 1, alpha) > effect


@pytest.mark.parametrize("n", [60, 1000])
def test_what_is_called_detectable_is_detected_just_as_often_as_said(n):
    share = 0.5 + reversal.detectable(n, ALPHA)
    counts = np.arange(n + 1)
    rejected = [
        reversal.sign_test(np.repeat([1.0, -1.0], [k, n - k]), ALPHA).rejected for k in counts
    ]
    power = binom.pmf(counts, n, share)[rejected].sum()
    assert power == pytest.approx(1 - 1e-3, abs=1e-9)
    assert binom.pmf(counts, n, 0.5)[rejected].sum() <= ALPHA


def test_too_few_chains_find_nothing():
    assert reversal.detectable(10, ALPHA) == np.inf
    assert not reversal.sign_test(np.ones(10), ALPHA).rejected


def test_no_sign_is_no_evidence():
    assert reversal.sign_test(np.zeros(5), ALPHA) == (0.0, (0.0, 0.5), 0, 0.0, 1.0, False)


def test_the_interval_holds_the_true_imbalance(rng):
    for signs in rng.choice([1.0, 0.0, -1.0], (200, 500), p=[0.5, 0.2, 0.3]):
        test = reversal.sign_test(signs, 1e-6)
        assert test.interval[0] <= 0.125 <= test.interval[1]
        assert test.interval[0] <= test.discrepancy <= test.interval[1]


SPINS = np.ones((2, 3, 2))
TURN = np.array([[0.0, 1.0], [-1.0, 0.0]])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: reversal.antisymmetric_statistic(SPINS[0], TURN), r"spins of shape \(3, 2\)"),
        (lambda: reversal.antisymmetric_statistic(SPINS[:, :1], TURN), r"direction from two times"),
        (lambda: reversal.antisymmetric_statistic(0 * SPINS, TURN), "other than -1 and"),
        (lambda: reversal.antisymmetric_statistic(SPINS, TURN[:1]), r"weights of shape \(1, 2\)"),
        (lambda: reversal.antisymmetric_statistic(SPINS, TURN**2), "not antisymmetric"),
        (lambda: reversal.antisymmetric_statistic(SPINS, 0 * TURN), "or are all zero"),
        (lambda: reversal.sign_test([[1.0]], 0.01), r"got statistics of shape \(1, 1\)"),
        (lambda: reversal.sign_test([np.nan], 0.01), "needs a finite number of each"),
        (lambda: reversal.needed(0.5, 0.01), "got effect 0.5; .* below 1/2"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
