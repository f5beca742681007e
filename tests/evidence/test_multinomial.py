"""The multinomial test keeps its level, finds what it calls detectable, and brackets the truth."""

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA

REPLICATES = 2000
LAW = np.random.default_rng(0).dirichlet(np.ones(32))


def shifted(law, total_variation):
    """A law at exactly this total variation: mass goes from the heavy half to the light one."""
    order = np.argsort(law)
    light, heavy = order[: len(law) // 2], order[len(law) // 2 :]
    moved = law.copy()
    moved[light] += total_variation / len(light)
    moved[heavy] -= total_variation * law[heavy] / law[heavy].sum()
    return moved


def test_false_alarms_stay_below_the_nominal_level(rng):
    alpha = 0.01
    counts = rng.multinomial(1000, LAW, size=REPLICATES)
    alarms = sum(multinomial.compare_with_law(c, LAW, alpha).rejected for c in counts)
    assert alarms <= binom.isf(1e-6, REPLICATES, alpha)


def test_a_naive_test_of_a_correlated_trace_fails_the_same_audit(rng):
    # Each draw repeated ten times, as a slowly mixing chain would: the draws are not independent.
    alpha = 0.01
    counts = 10 * rng.multinomial(100, LAW, size=REPLICATES)
    alarms = sum(multinomial.compare_with_law(c, LAW, alpha).rejected for c in counts)
    assert alarms > binom.isf(1e-6, REPLICATES, alpha)


@pytest.mark.parametrize("n_draws", [10_000, 100_000])
def test_what_is_called_detectable_is_detected(n_draws, rng):
    gap = multinomial.detectable(n_draws, len(LAW), ALPHA)
    wrong = shifted(LAW, gap)
    assert np.abs(wrong - LAW).sum() / 2 == pytest.approx(gap)
    counts = rng.multinomial(n_draws, wrong, size=500)
    misses = sum(not multinomial.compare_with_law(c, LAW, ALPHA).rejected for c in counts)
    assert misses <= binom.isf(1e-6, 500, 1e-3)


def test_the_interval_holds_the_true_total_variation(rng):
    wrong = shifted(LAW, 0.1)
    for counts in rng.multinomial(5000, wrong, size=200):
        low, high = multinomial.compare_with_law(counts, LAW, 1e-6).interval
        assert low <= 0.1 <= high


def test_an_impossible_draw_is_refuted_at_once():
    test = multinomial.compare_with_law([5, 1], [1.0, 0.0], ALPHA)
    assert test.rejected
    assert test.relative_entropy == np.inf


@pytest.mark.parametrize("n_cells", [2, 16, 512])
@pytest.mark.parametrize("gap", [0.3, 0.05, 0.01])
def test_the_draws_needed_suffice(n_cells, gap):
    n_draws = multinomial.draws_needed(gap, n_cells, ALPHA)
    assert multinomial.detectable(n_draws, n_cells, ALPHA) <= gap
    assert multinomial.detectable(n_draws // 2, n_cells, ALPHA) > gap


@pytest.mark.parametrize("n_cells", [2, 3, 64, 4096])
def test_the_threshold_solves_its_equation(n_cells):
    n_draws = 10_000
    eps = multinomial.entropy_threshold(n_draws, n_cells, ALPHA)
    log_bound = -n_draws * eps + (n_cells - 1) * np.log(np.e * n_draws * eps / (n_cells - 1))
    assert log_bound == pytest.approx(np.log(ALPHA), rel=1e-6)
    assert eps > (n_cells - 1) / n_draws
