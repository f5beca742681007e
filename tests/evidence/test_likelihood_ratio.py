"""Likelihood ratios have mean 1 under the law, and find a rival with the draws they promise."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom, ncx2

from pp_spin.evidence import likelihood_ratio, multinomial
from pp_spin.evidence.budget import ALPHA, MISS
from tests import oracle
from tests.evidence.test_e_process import GAMMA, NEIGHBOURS, ZETA, N

COUPLINGS = np.zeros((N, N))
for agent, others in enumerate(NEIGHBOURS):
    COUPLINGS[agent, others] = GAMMA


def torus(factor):
    """The law of the 3 x 3 torus whose couplings are ``factor`` times what they should be."""
    return oracle.ising_law(factor * COUPLINGS, [ZETA] * N)


LAW = torus(1.0)


def relative_entropy(rival, law):
    return float(rival @ np.log(rival / law))


def found(draws, rivals, alpha=ALPHA):
    """How many of the replicates ``(n, n_cells)`` are rejected."""
    tests = (likelihood_ratio.compare_with_rivals(c, LAW, rivals, alpha) for c in draws)
    return sum(test.rejected for test in tests)


# ---- level


def mean_e_value(law, rivals, n_draws):
    """E[E] by summing over every sequence of draws."""
    total = 0.0
    for draws in itertools.product(range(len(law)), repeat=n_draws):
        counts = np.bincount(draws, minlength=len(law))
        test = likelihood_ratio.compare_with_rivals(counts, law, rivals, 0.5)
        total += law[list(draws)].prod() * np.exp(test.log_e)
    return total


def ring(n, gamma, zeta):
    return oracle.ising_law(gamma * (np.ones((n, n)) - np.eye(n)), [zeta] * n)


CERTAIN = np.eye(8)[3]


@pytest.mark.parametrize(
    ("law", "rivals", "n_draws"),
    [
        (ring(2, 0.4, 0.1), [ring(2, 0.9, 0.1)], 6),
        (ring(2, 0.4, 0.1), [ring(2, -0.4, 0.1), ring(2, 0.4, -0.5), [0.0, 0.5, 0.5, 0.0]], 5),
        (ring(3, 0.4, 0.1), [ring(3, 0.5, 0.2), CERTAIN], 4),
    ],
    ids=["one rival", "three, one of which excludes cells", "three spins, one rival certain"],
)
def test_the_expected_e_value_is_one(law, rivals, n_draws):
    assert mean_e_value(law, rivals, n_draws) == pytest.approx(1, rel=1e-12)


def test_false_alarms_stay_below_the_nominal_level(rng):
    replicates, alpha = 2000, 0.01
    rivals = [torus(factor) for factor in (0.5, 0.8, 1.25, 2.0)]
    draws = rng.multinomial(20, LAW, size=replicates)
    most = binom.isf(1e-4, replicates, alpha)
    assert 0 < found(draws, rivals, alpha) <= most
    # The same audit fails where a draw is counted ten times, or the rival is chosen afterwards.
    assert found(10 * rng.multinomial(2, LAW, size=replicates), rivals, alpha) > most
    fitted = (
        likelihood_ratio.compare_with_rivals(c, LAW, [c / c.sum()], alpha).rejected for c in draws
    )
    assert sum(fitted) > most


# ---- power


@pytest.mark.parametrize("factor", [1.01, 0.95, 1.5])
def test_a_rival_is_found_with_the_draws_that_are_called_needed(factor, rng):
    rival = torus(factor)
    kl = relative_entropy(rival, LAW)
    draws = rng.multinomial(likelihood_ratio.needed(kl, ALPHA), rival, size=200)
    assert 200 - found(draws, [rival]) <= binom.isf(1e-6, 200, MISS)
    # Half of the runs are found within a factor 2 of what is predicted for half of them.
    half = likelihood_ratio.needed(kl, ALPHA, miss=0.5)
    assert found(rng.multinomial(half // 2, rival, size=200), [rival]) < 100
    assert found(rng.multinomial(2 * half, rival, size=200), [rival]) > 100


def test_other_rivals_cost_their_logarithm(rng):
    rivals = [torus(factor) for factor in (0.5, 0.8, 0.9, 1.05, 1.2, 2.0)]
    n_draws = likelihood_ratio.needed(relative_entropy(rivals[3], LAW), ALPHA, n_rivals=6)
    for counts in rng.multinomial(n_draws, rivals[3], size=100):
        test = likelihood_ratio.compare_with_rivals(counts, LAW, rivals, ALPHA)
        assert test.rejected
        assert test.best == 3
    assert found(rng.multinomial(n_draws, LAW, size=100), rivals) == 0


def omnibus_miss(n_draws, kl):
    """What `multinomial` misses of a small fault: 2 n KL(P_n || P) is noncentral chi-square."""
    threshold = 2 * n_draws * multinomial.entropy_threshold(n_draws, len(LAW), ALPHA)
    return ncx2.cdf(threshold, len(LAW) - 1, 2 * n_draws * kl)


def test_far_fewer_draws_than_the_omnibus_test_are_needed(rng):
    rival = torus(1.01)
    kl = relative_entropy(rival, LAW)
    n_directed, n_omnibus = likelihood_ratio.needed(kl, ALPHA), 2_520_000
    assert 240_000 < n_directed < 250_000
    assert omnibus_miss(n_omnibus, kl) < MISS < omnibus_miss(n_omnibus - 10_000, kl)

    def omnibus(n_draws):
        draws = rng.multinomial(n_draws, rival, size=100)
        return sum(multinomial.compare_with_law(c, LAW, ALPHA).rejected for c in draws)

    assert found(rng.multinomial(n_directed, rival, size=100), [rival]) >= 97
    assert omnibus(n_directed) == 0
    assert omnibus(n_omnibus) >= 97


def test_a_fault_that_resembles_no_rival_is_not_found(rng):
    wrong = oracle.ising_law(COUPLINGS, [0.0] * N)
    assert found(rng.multinomial(100_000, wrong, size=20), [torus(1.1)]) == 0
    assert found(rng.multinomial(100_000, wrong, size=20), [wrong]) == 20


@pytest.mark.parametrize("n_rivals", [1, 32])
@pytest.mark.parametrize("miss", [0.5, 1e-3])
def test_the_draws_needed_suffice(miss, n_rivals):
    design = {"alpha": ALPHA, "miss": miss, "n_rivals": n_rivals}
    exact = [likelihood_ratio.detectable(n, **design) for n in range(1, 300)]
    # Just below what n draws find, n is one too few, however the quotient is rounded.
    for kl in [*np.geomspace(1e-8, 3, 200), *exact, *np.nextafter(exact, 0)]:
        n_draws = likelihood_ratio.needed(kl, **design)
        assert likelihood_ratio.detectable(n_draws, **design) <= kl
        assert n_draws == 1 or likelihood_ratio.detectable(n_draws // 2, **design) > kl


# ---- the numbers


def test_the_e_value_is_the_mean_of_the_ratios(rng):
    law, rivals = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5), size=3)
    counts = np.array([3, 0, 2, 1, 4])
    ratios = [np.prod((rival / law) ** counts) for rival in rivals]
    test = likelihood_ratio.compare_with_rivals(counts, law, rivals, 0.01)
    np.testing.assert_allclose(np.exp(test.logs), ratios, rtol=1e-12)
    assert np.exp(test.log_e) == pytest.approx(np.mean(ratios))
    assert test.best == np.argmax(ratios)
    assert test.rejected == (np.mean(ratios) >= 100)


def test_no_draws_say_nothing():
    test = likelihood_ratio.compare_with_rivals([0, 0], [0.5, 0.5], [[0.9, 0.1]], ALPHA)
    assert (test.log_e, test.rejected) == (0.0, False)


def test_an_impossible_draw_is_refuted_at_once():
    # Even where every rival calls it impossible too.
    test = likelihood_ratio.compare_with_rivals([5, 1], [1.0, 0.0], [[1.0, 0.0]], ALPHA)
    assert test.rejected
    assert test.log_e == np.inf
    possible = likelihood_ratio.compare_with_rivals([5, 0], [1.0, 0.0], [[0.5, 0.5]], ALPHA)
    assert not possible.rejected


def test_rivals_that_all_exclude_a_draw_refute_nothing():
    test = likelihood_ratio.compare_with_rivals([5, 1], [0.5, 0.5], [[1.0, 0.0]] * 2, ALPHA)
    assert (test.log_e, test.rejected) == (-np.inf, False)
    # One that excludes it takes no more than its share from the others.
    rivals = [[1.0, 0.0], [0.9, 0.1]]
    test = likelihood_ratio.compare_with_rivals([50, 1], [0.5, 0.5], rivals, ALPHA)
    assert (test.best, test.rejected) == (1, True)


@pytest.mark.parametrize(
    ("counts", "rivals", "words"),
    [
        ([1, 2], [0.5, 0.5], r"got rivals of shape \(2,\) for a law of 2 cells"),
        ([1, 2], np.zeros((0, 2)), r"got rivals of shape \(0, 2\) .*give \(n_rivals, 2\)"),
        ([1, 2], [[0.2, 0.3, 0.5]], r"got rivals of shape \(1, 3\)"),
        ([1, 2, 3], [[0.5, 0.5]], r"got counts of shape \(3,\) for a law of shape \(2,\)"),
        ([1, 2], [[0.5, 0.5], [0.7, 0.4]], "got rival 1 .* add up to 1.1; .* divided by its sum"),
        ([1, 2], [[1.5, -0.5]], "got rival 0 with probabilities from -0.5 "),
        ([1, 2], [[np.nan, 0.5]], "got rival 0 with probabilities from nan"),
    ],
)
def test_what_makes_no_sense_is_refused(counts, rivals, words):
    with pytest.raises(ValueError, match=words):
        likelihood_ratio.compare_with_rivals(counts, [0.5, 0.5], rivals, ALPHA)
