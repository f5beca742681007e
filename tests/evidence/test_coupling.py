"""The interval of the factor holds the true one, says what the e-process says, and shrinks."""

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import e_process, growth, likelihood_ratio
from pp_spin.evidence.alternatives import Actions, standard
from pp_spin.evidence.budget import ALPHA, MISS
from pp_spin.evidence.coupling import FACTORS, coupling_error, coupling_error_of_law
from tests import oracle
from tests.evidence.test_e_process import PHI, STANDARD, ZETA, N, X, each, simulated, together

REPLICATES, LEVEL = 300, 0.05
WHOLE = (FACTORS[0] - 1, FACTORS[1] - 1)


def acting(factor, n_chains, n_steps, rng):
    """A chain from all up for each replicate, whose couplings and priors are ``factor`` times."""
    return simulated(oracle.sigmoid(2 * factor * X), np.full(n_chains, 2**N - 1), n_steps, rng)


def judged(actions, alpha, alternatives=STANDARD):
    """The end of the e-process, and what `coupling_error` makes of it."""
    log_e = e_process.compare_with_action_law(actions, alternatives, alpha, N).log_e
    return log_e, *coupling_error(actions, log_e, alpha)


def holds(interval, error):
    return interval is not None and interval[0] <= error <= interval[1]


def of_two_contexts(x, n_up, n):
    """``n`` actions at each of the half log-odds ``x``, of which ``n_up`` are up."""
    x, up = np.repeat(x, n), np.concatenate([np.arange(n) < k for k in n_up])
    return Actions(x, oracle.sigmoid(2 * x), up, np.zeros(len(x), dtype=int))


# ---- level


@pytest.mark.parametrize("factor", [1.0, 1.05, 0.95, -1.0])
def test_the_interval_holds_the_true_factor(factor, rng):
    replicates = list(each(acting(factor, REPLICATES, 400, rng)))
    found = [judged(actions, LEVEL) for actions in replicates]
    misses = sum(not holds(interval, factor - 1) for _, _, interval in found)
    assert misses <= binom.isf(1e-4, REPLICATES, LEVEL)
    # An error of 0 is excluded exactly where the e-process ends above 1 / alpha.
    for log_e, error, interval in found:
        assert holds(interval, 0) == (log_e < -np.log(LEVEL))
        assert interval is None or interval[0] <= error <= interval[1]


@pytest.mark.parametrize("factor", [1.0, 0.95])
def test_the_same_audit_fails_where_actions_are_counted_ten_times(factor, rng):
    replicates = each(acting(factor, REPLICATES, 40, rng))
    tenfold = (Actions(*(np.repeat(field, 10) for field in actions)) for actions in replicates)
    misses = sum(not holds(judged(actions, LEVEL)[2], factor - 1) for actions in tenfold)
    assert misses > binom.isf(1e-4, REPLICATES, LEVEL)


@pytest.mark.parametrize("factor", [1.0, 1.05])
def test_four_times_the_actions_halve_the_interval(factor, rng):
    widths = []
    for n_chains in (20, 80, 320):
        actions = together(acting(factor, n_chains, 500, rng))
        _, error, (low, high) = judged(actions, ALPHA)
        assert low <= factor - 1 <= high
        assert abs(error - factor + 1) < (high - low) / 2
        widths.append(high - low)
    ratios = np.divide(widths[:-1], widths[1:])
    assert ((ratios > 1.7) & (ratios < 2.5)).all()


def test_the_interval_is_as_narrow_as_what_is_detectable(rng):
    actions = together(acting(1.0, 200, 500, rng))
    kl = growth.detectable(len(actions.up), ALPHA, MISS, len(STANDARD))
    _, _, (low, high) = judged(actions, ALPHA)
    assert max(-low, high) < 2 * growth.coupling_error(kl, actions.half_log_odds)


# ---- the numbers


@pytest.mark.parametrize("n_up", [600, 731, 100, 999])
def test_the_most_likely_error_is_the_closed_form(n_up):
    # One context: the likelihood is highest where the probability is the frequency.
    actions = of_two_contexts([0.5, -0.5], [n_up, 1000 - n_up], 1000)
    error, _ = coupling_error(actions, 0.0, ALPHA)
    assert error == pytest.approx(np.log(n_up / (1000 - n_up)) - 1, rel=1e-9)


@pytest.mark.parametrize("log_e", [-3.0, 0.0, 2.0])
def test_the_ends_are_where_the_likelihood_is_as_low_as_the_level_allows(log_e):
    actions = of_two_contexts([0.5, -0.2], [700, 350], 1000)

    def log_likelihood(factor):
        up = oracle.sigmoid(2 * factor * actions.half_log_odds)
        return np.log(np.where(actions.up, up, 1 - up)).sum()

    _, interval = coupling_error(actions, log_e, 1e-3)
    assert interval is not None
    for end in interval:
        surplus = log_likelihood(1 + end) - log_likelihood(1)
        assert surplus == pytest.approx(log_e + np.log(1e-3), abs=1e-8)


def test_contexts_that_say_nothing_leave_every_factor_possible():
    actions = of_two_contexts([0.0, 0.0], [40, 60], 100)
    assert judged(actions, ALPHA, standard())[1:] == (0.0, WHOLE)


@pytest.mark.parametrize("size", [30.0, 1e6, 1e300, np.inf])
def test_certain_actions_say_no_more_than_the_sign(size):
    actions = of_two_contexts([size, -size], [500, 0], 500)
    log_e, error, interval = judged(actions, 0.01, standard())
    assert np.isfinite([log_e, error, *interval]).all()
    assert -1.01 < interval[0] < -0.7
    assert interval[1] == WHOLE[1]
    assert holds(interval, 0)
    if size > 1e3:
        assert error == 0


def test_certain_actions_bound_the_factor_from_below():
    # Some contexts are certain, others turned round: the factor is as good as 0.
    actions = of_two_contexts([50.0, 0.5], [200, 60], 200)
    error, interval = coupling_error(actions, 0.0, 0.01)
    assert interval is not None
    assert np.isfinite([error, *interval]).all()
    assert -1 <= interval[0] <= error < -0.9


# ---- no factor is possible


def test_no_interval_where_no_factor_explains_the_actions(rng):
    # Priors ignored, by agents who are right about each other: an alternative says just that.
    first = np.full(100, 2**N - 1)
    ignored = together(simulated(oracle.sigmoid(2 * (X - ZETA)), first, 600, rng))
    log_e, error, interval = judged(ignored, ALPHA)
    assert log_e > -np.log(ALPHA)
    assert interval is None
    assert np.isfinite(error)
    sound = together(simulated(PHI, first, 600, rng))
    assert judged(sound, ALPHA)[2] is not None


def test_a_most_likely_error_of_zero_does_not_hide_that_none_is_possible():
    # P(+1) is 3/4 and 1/4; always and half the time, the factor 1 is still the most likely.
    x = np.log(3) / 2
    actions = of_two_contexts([x, -x], [400, 200], 400)
    log_e, error, interval = judged(actions, ALPHA, standard())
    assert log_e > -np.log(ALPHA)
    assert error == pytest.approx(0, abs=1e-12)
    assert interval is None


@pytest.mark.parametrize("log_e", [np.inf, -np.inf, np.nan])
def test_an_e_process_without_likelihoods_is_refused(log_e):
    actions = of_two_contexts([0.5], [3], 5)
    with pytest.raises(ValueError, match=rf"got log_e = {log_e}; .* report `EProcess.impossible`"):
        coupling_error(actions, log_e, ALPHA)


# ---- of draws

LAW = oracle.ising_law(0.5 * (np.ones((4, 4)) - np.eye(4)), [0.2, -0.1, 0.3, 0.0])


def power(factor):
    return LAW**factor / (LAW**factor).sum()


RIVALS = np.array([power(c) for c in (0.5, 0.8, 0.9, 1.1, 1.2, 1.5)])


def judged_draws(counts, alpha, law=LAW):
    log_e = likelihood_ratio.compare_with_rivals(counts, law, RIVALS, alpha).log_e
    return log_e, *coupling_error_of_law(counts, law, log_e, alpha)


@pytest.mark.parametrize("factor", [1.0, 0.9, 1.3, -0.2])
def test_the_interval_of_draws_holds_the_true_factor(factor, rng):
    replicates = rng.multinomial(300, power(factor), size=REPLICATES)
    found = [judged_draws(counts, LEVEL) for counts in replicates]
    misses = sum(not holds(interval, factor - 1) for _, _, interval in found)
    assert misses <= binom.isf(1e-4, REPLICATES, LEVEL)
    for log_e, error, interval in found:
        assert holds(interval, 0) == (log_e < -np.log(LEVEL))
        assert interval is None or interval[0] <= error <= interval[1]


@pytest.mark.parametrize("factor", [1.0, 0.9])
def test_the_same_audit_fails_where_draws_are_counted_ten_times(factor, rng):
    tenfold = 10 * rng.multinomial(30, power(factor), size=REPLICATES)
    misses = sum(not holds(judged_draws(c, LEVEL)[2], factor - 1) for c in tenfold)
    assert misses > binom.isf(1e-4, REPLICATES, LEVEL)


@pytest.mark.parametrize("factor", [0.8, 1.0, 1.2])
def test_the_most_likely_factor_of_as_many_draws_as_a_law_expects_is_its_own(factor):
    _, error, (low, high) = judged_draws(1e6 * power(factor), ALPHA)
    assert error == pytest.approx(factor - 1, abs=1e-9)
    assert low < factor - 1 < high
    assert factor == 1 or high - low < 0.05


def test_draws_that_no_power_explains_leave_no_interval(rng):
    law = np.array([0.1, 0.2, 0.3, 0.4])
    counts = np.array([100, 900, 100, 900])
    rivals = [counts / counts.sum()]
    log_e = likelihood_ratio.compare_with_rivals(counts, law, rivals, ALPHA).log_e
    assert coupling_error_of_law(counts, law, log_e, ALPHA)[1] is None


def test_impossible_draws_have_no_error():
    with pytest.raises(ValueError, match=r"got log_e = inf; after a draw that the law.*report"):
        coupling_error_of_law([1, 1], [1.0, 0.0], np.inf, ALPHA)
