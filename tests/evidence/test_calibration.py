"""The calibrators calibrated: one audit of every test of the evidence room, and of a naive one.

A replicate is 40 chains of a ring of four agents, 15 updates each, started from the exact law: its
trajectories are what every test says that it is for. Each test judges 2,000 of them at level 0.01,
and may reject as many as a binomial number would with probability 1e-4. The twin of each audit
shows that it can fail: its replicates are five different chains, each of them eight times.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom

from pp_spin.claims.procedures import one_long_trace
from pp_spin.evidence import (
    e_process,
    likelihood_ratio,
    moments,
    multinomial,
    pit,
    rank_calibration,
    reversal,
    two_sample,
)
from pp_spin.evidence.alternatives import Actions, lapsing, scaled, shifted
from tests import oracle

REPLICATES, N_CHAINS, N_UPDATES, N = 2000, 40, 15, 4
ALPHA = 0.01
FEWER = 500
"""Replicates of a twin."""

COUPLINGS = 0.4 * np.array([[abs(i - j) % 2 for j in range(N)] for i in range(N)])
ZETA = [0.1] * N
SPINS = oracle.states(N)
X = ZETA + SPINS @ COUPLINGS
"""Half log-odds of every agent in every configuration, (2**N, N)."""
PHI = oracle.sigmoid(2 * X)
LAW = oracle.ising_law(COUPLINGS, ZETA)
ENERGY = np.array([-oracle.pairs_and_fields(COUPLINGS, ZETA, row) for row in SPINS])
PAIRS = np.array([(i, j) for j in range(N) for i in range(j)])
EXACT = moments.probabilities(LAW, SPINS, PAIRS)
RIVALS = np.array([oracle.ising_law(c * COUPLINGS, ZETA) for c in (0.0, 0.5, 0.8, 1.25, 2.0)])
BETS = (*map(scaled, (-1.0, 0.5, 0.8, 1.25, 2.0)), shifted(0.3), shifted(-0.3), lapsing(0.1))
ORDER = np.sign(np.subtract.outer(np.arange(N), np.arange(N))).astype(float)


class Replicate(NamedTuple):
    """Stationary chains of the random scan, and a source of randomness for tests."""

    states: NDArray[np.intp]
    """indices of configurations, (N_CHAINS, N_UPDATES + 1)"""
    agent: NDArray[np.intp]
    """who acted, (N_CHAINS, N_UPDATES)"""
    up: NDArray[np.bool_]
    """and how"""
    copies: int
    """of each different chain, side by side"""
    number: int

    @property
    def rng(self):
        return np.random.default_rng([20220706, self.number])

    @property
    def last(self):
        """One draw of each chain."""
        return self.states[:, -1]

    @property
    def phi(self):
        return PHI[self.states[:, :-1], self.agent]

    @property
    def u(self):
        """Actions as uniform numbers, (N_CHAINS, N_UPDATES), the same of a chain and its copies."""
        different = slice(None, None, self.copies)
        u = pit.transform(self.phi[different], self.up[different], self.rng)
        return np.repeat(u, self.copies, axis=0)

    @property
    def reference(self):
        """As many draws of the law, as often copied."""
        draws = self.rng.choice(2**N, N_CHAINS // self.copies, p=LAW)
        return np.repeat(draws, self.copies)


def simulated(shape, n_updates):
    """Chains from the exact law: states (*shape, n_updates + 1), agents and actions."""
    rng = np.random.default_rng(20220706)
    state, acted = rng.choice(2**N, shape, p=LAW), []
    seen = [state]
    for _ in range(n_updates):
        agent = rng.integers(N, size=shape)
        up = rng.random(shape) < PHI[state, agent]
        state = np.where(up, state | (1 << agent), state & ~(1 << agent))
        seen.append(state)
        acted.append((agent, up))
    agents, ups = (np.stack(each, axis=-1) for each in zip(*acted, strict=True))
    return np.stack(seen, axis=-1), agents, ups


@cache
def replicates(copies):
    """Replicates whose chains, and reference draws, come so many times each."""
    chains = simulated((REPLICATES if copies == 1 else FEWER, N_CHAINS // copies), N_UPDATES)
    repeated = (np.repeat(each, copies, axis=1) for each in chains)
    return [
        Replicate(states, agent, up, copies, number)
        for number, (states, agent, up) in enumerate(zip(*repeated, strict=True))
    ]


# ---- every test, of a replicate


def by_multinomial(chains):
    counts = multinomial.counts_of(chains.last, 2**N)
    return multinomial.compare_with_law(counts, LAW, ALPHA)


def by_moments(chains):
    observed = moments.frequencies(SPINS[chains.last], PAIRS)
    return moments.compare_with_probabilities(observed, EXACT, N_CHAINS, ALPHA)


def by_likelihood_ratio(chains):
    counts = multinomial.counts_of(chains.last, 2**N)
    return likelihood_ratio.compare_with_rivals(counts, LAW, RIVALS, ALPHA)


def by_e_process(chains):
    x = X[chains.states[:, :-1], chains.agent]
    fields = (x, chains.phi, chains.up, chains.agent)
    actions = Actions(*(field.T.ravel() for field in fields))
    return e_process.compare_with_action_law(actions, BETS, ALPHA, N)


def by_uniformity(chains):
    return pit.uniformity(chains.u.ravel(), ALPHA)


def by_dependence(chains):
    return pit.dependence(chains.u[0::2].ravel(), chains.u[1::2].ravel(), ALPHA)


def by_duplicates(chains):
    return pit.duplicates(chains.phi, chains.up, ALPHA)


def by_reversal(chains):
    statistics = reversal.antisymmetric_statistic(SPINS[chains.states], ORDER)
    return reversal.sign_test(statistics, ALPHA)


def by_distributions(chains):
    return two_sample.compare_distributions(ENERGY[chains.last], ENERGY[chains.reference], ALPHA)


def by_means(chains):
    return two_sample.compare_means(SPINS[chains.last], SPINS[chains.reference], ALPHA)


def by_ranks(chains):
    # Eight instances of five draws each.
    draws = ENERGY[chains.last].reshape(-1, 5)
    ranks = rank_calibration.ranks(
        ENERGY[chains.reference[:8]], draws, np.random.default_rng(chains.number)
    )
    return rank_calibration.calibrated(ranks, 5, ALPHA)


TESTS = {
    "multinomial": by_multinomial,
    "moments": by_moments,
    "likelihood ratio": by_likelihood_ratio,
    "e-process": by_e_process,
    "pit uniformity": by_uniformity,
    "pit dependence": by_dependence,
    "pit duplicates": by_duplicates,
    "reversal": by_reversal,
    "two-sample distributions": by_distributions,
    "two-sample means": by_means,
    "rank calibration": by_ranks,
}


def most(n_replicates):
    """How many false alarms a test of exact level may raise."""
    return binom.isf(1e-4, n_replicates, ALPHA)


def alarms(name, among):
    return sum(bool(TESTS[name](chains).rejected) for chains in among)


@pytest.mark.parametrize("name", TESTS)
def test_false_alarms_stay_below_the_nominal_level(name):
    assert alarms(name, replicates(1)) <= most(REPLICATES)


@pytest.mark.parametrize("name", TESTS)
def test_the_audit_fails_where_chains_are_copies_of_each_other(name):
    assert alarms(name, replicates(8)) > most(FEWER)


def test_a_naive_test_of_one_long_trace_fails_the_audit():
    def naive(states):
        return sum(one_long_trace(SPINS[chain], LAW, ALPHA) for chain in states)

    trace, _, _ = simulated((REPLICATES, 1), N_CHAINS * N_UPDATES)
    assert naive(trace) > 10 * most(REPLICATES)
    # The same test of independent draws passes: what fails it is the trace.
    assert naive([chains.states[:, -1:] for chains in replicates(1)]) <= most(REPLICATES)
