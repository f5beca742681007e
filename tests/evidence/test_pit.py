"""The transform is uniform on a correct run however correlated, and sees shared randomness.

The twins run 3 x 3 tori, precisions 0.3 and priors 0.1, in a few lines of numpy: an agent is up
where its uniform is above 1 - phi. Each fault is in where those uniforms come from.
"""

import itertools

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import pit
from pp_spin.evidence.budget import ALPHA
from tests import oracle

REPLICATES = 2000
TORUS = np.zeros((9, 9))
for row, column in itertools.product(range(3), repeat=2):
    for other in (3 * row + (column + 1) % 3, 3 * ((row + 1) % 3) + column):
        TORUS[3 * row + column, other] = TORUS[other, 3 * row + column] = 0.3


def probabilities(spins):
    """P(up) of each agent of ``spins`` (n_chains, 9); equal contexts give equal numbers."""
    neighbours = np.rint(spins @ (TORUS > 0)).astype(int)
    return oracle.sigmoid(2 * (0.1 + 0.3 * np.arange(-4, 5)))[neighbours + 4]


def random_scan(sites, uniforms):
    """From all up: one update of each chain per row of (n_times, n_chains); phi and actions."""
    spins = np.ones((sites.shape[1], 9))
    chains, seen = np.arange(sites.shape[1]), []
    for site, uniform in zip(sites, uniforms, strict=True):
        phi = probabilities(spins)[chains, site]
        up = uniform >= 1 - phi
        spins[chains, site] = 2 * up - 1
        seen.append((phi, up))
    phis, ups = zip(*seen, strict=True)
    return np.array(phis), np.array(ups)


def synchronous(uniforms):
    """From all up: ticks of (n_ticks, n_chains, 9) uniforms; phi and actions."""
    spins, seen = np.ones(uniforms.shape[1:]), []
    for uniform in uniforms:
        phi = probabilities(spins)
        up = uniform >= 1 - phi
        spins = 2.0 * up - 1
        seen.append((phi, up))
    phis, ups = zip(*seen, strict=True)
    return np.array(phis), np.array(ups)


def transformed(run, rng):
    phi, up = run
    return pit.transform(phi, up, rng)


def alarms(tests):
    return sum(test.rejected for test in tests)


MOST = binom.isf(1e-4, REPLICATES, 0.01)


def test_false_alarms_on_correlated_runs_stay_below_the_nominal_level(rng):
    # One chain of 200 updates, from all up and never mixed, is one replicate.
    sites = rng.integers(0, 9, (200, REPLICATES))
    u = transformed(random_scan(sites, rng.random(sites.shape)), rng)
    choice = pit.of_choice(sites, 9, rng)
    assert alarms(pit.uniformity(chain, 0.01) for chain in u.T) <= MOST
    assert alarms(pit.dependence(*pit.lagged(chain, 1), 0.01) for chain in u.T) <= MOST
    assert alarms(pit.dependence(a, b, 0.01) for a, b in zip(u.T, choice.T, strict=True)) <= MOST
    # The same audit fails where one action is counted ten times.
    repeated = (pit.uniformity(np.repeat(chain[:20], 10), 0.01) for chain in u.T)
    assert alarms(repeated) > MOST
    overlapping = (np.repeat(chain[:40].reshape(2, 20), 5, axis=1) for chain in u.T)
    assert alarms(pit.dependence(a, b, 0.01) for a, b in overlapping) > MOST


def test_false_alarms_between_agents_of_a_tick_stay_below_the_nominal_level(rng):
    u = transformed(synchronous(rng.random((50, REPLICATES, 9))), rng)

    def audit(u):
        pairs = (u[:, k, :8].reshape(-1, 2).T for k in range(REPLICATES))
        return alarms(pit.dependence(a, b, 0.01) for a, b in pairs)

    assert audit(u) <= MOST
    # The same audit fails where a tick is counted ten times, as chains of one key would be.
    assert audit(np.repeat(u[:5], 10, axis=0)) > MOST


def test_false_alarms_of_the_scan_stay_below_the_nominal_level(rng):
    # Ten pairs of chains and ten coins: some pair is equal with probability just below 0.01.
    coins = rng.random((REPLICATES, 5, 10)) < 0.5
    even = np.full((5, 10), 0.5)
    assert 0 < alarms(pit.duplicates(even, row, 0.01) for row in coins) <= MOST
    # Without the factor of pairs the level would be ten times as large.
    assert alarms(pit.duplicates(even[:, 3:], row[:, 3:], 0.1) for row in coins) > MOST


# ---- faults of the randomness; each correct run beside it is not rejected


def test_one_uniform_shared_by_all_agents_in_a_tick_is_caught(rng):
    # Shared uniforms keep all agents alike, nearly certain of each other: little is seen per tick.
    own = rng.random((1000, 1, 9))
    shared = np.repeat(own[:, :, :1], 9, axis=2)
    for uniforms, caught in ((own, False), (shared, True)):
        u = transformed(synchronous(uniforms), rng)
        first, second = u[:, 0, :8].reshape(-1, 2).T
        assert pit.dependence(first, second, ALPHA).rejected == caught


def test_a_key_not_advanced_between_ticks_is_caught(rng):
    advanced = rng.random((200, 5, 9))
    frozen = np.repeat(advanced[::2], 2, axis=0)  # every key serves twice
    for uniforms, caught in ((advanced, False), (frozen, True)):
        u = transformed(synchronous(uniforms), rng)
        assert pit.dependence(*pit.lagged(u, 1), ALPHA).rejected == caught


def test_one_key_in_two_chains_is_caught_by_pairs_and_by_the_scan(rng):
    # Each key of the first chain serves the second, 64 updates as they would be for 20 pairs.
    sites, uniforms = rng.integers(0, 9, (64, 40)), rng.random((64, 40))
    for reused, caught in ((False, False), (True, True)):
        if reused:
            sites[:, 20:], uniforms[:, 20:] = sites[:, :20], uniforms[:, :20]
        phi, up = random_scan(sites, uniforms)
        u = pit.transform(phi, up, rng)
        pairs = u[:, :20].ravel(), u[:, 20:].ravel()
        assert pit.dependence(*pairs, ALPHA).rejected == caught
        scan = pit.duplicates(phi.T, up.T, ALPHA)
        assert (scan.rejected, scan.n_equal_pairs) == (caught, 20 * caught)
        if scan.first is not None:
            assert scan.first[1] - scan.first[0] == 20


def test_one_key_choosing_site_and_spin_is_caught(rng):
    choosing, acting = rng.random((2, 600, 1))
    sites = (9 * choosing).astype(int)
    for uniforms, caught in ((acting, False), (choosing, True)):
        u = transformed(random_scan(sites, uniforms), rng)
        choice = pit.of_choice(sites, 9, rng)
        assert pit.dependence(u.ravel(), choice.ravel(), ALPHA).rejected == caught


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_a_wrong_action_law_is_caught(scale, rng):
    sites = rng.integers(0, 9, (200, 100))
    phi, up = random_scan(sites, rng.random(sites.shape))
    declared = oracle.sigmoid(scale * np.log(phi / (1 - phi)))
    test = pit.uniformity(pit.transform(declared, up, rng).ravel(), ALPHA)
    assert test.rejected == (scale != 1)
    assert (test.p_value <= ALPHA) == test.rejected
    assert (test.interval[0] > 0) <= test.rejected


def test_an_impossible_action_is_refuted_at_once(rng):
    u = pit.transform([0.0, 1.0, 0.5], [True, False, True], rng)
    assert u.tolist()[:2] == [1.0, 1.0]
    assert u[2] < 1
    assert pit.uniformity(u, ALPHA)[2:] == (0.0, True)
    assert pit.dependence(u, [0.1, 0.2, 0.3], ALPHA).rejected
    assert not pit.uniformity(pit.transform([0.0, 1.0], [False, True], rng), ALPHA).rejected


# ---- what is promised


@pytest.mark.parametrize("n_cells", [pit.CELLS, pit.SIDE**2])
@pytest.mark.parametrize("effect", [0.3, 0.05, 0.01])
def test_the_number_needed_suffices(effect, n_cells):
    n = pit.needed(effect, ALPHA, n_cells=n_cells)
    assert pit.detectable(n, ALPHA, n_cells=n_cells) <= effect
    assert pit.detectable(n // 2, ALPHA, n_cells=n_cells) > effect


def test_what_is_called_detectable_is_detected(rng):
    gap = pit.detectable(2000, ALPHA)
    law = np.full(5, 0.2) + gap * np.array([0.5, 0.5, -1 / 3, -1 / 3, -1 / 3])
    cells = rng.choice(5, (500, 2000), p=law)
    tests = [pit.uniformity(u, ALPHA) for u in (cells + rng.random(cells.shape)) / 5]
    assert 500 - alarms(tests) <= binom.isf(1e-6, 500, 1e-3)
    assert all(test.interval[0] <= gap <= test.interval[1] for test in tests)


@pytest.mark.parametrize("alpha", [1e-2, 1e-6])
@pytest.mark.parametrize("n_cells", [2, 5, 16])
def test_the_p_value_is_the_level_at_which_the_test_rejects(alpha, n_cells):
    u = (np.arange(1000) / 1000) ** 1.5
    p_value = pit.uniformity(u, alpha, n_cells).p_value
    assert pit.uniformity(u, p_value * 1.0001, n_cells).rejected
    assert not pit.uniformity(u, p_value * 0.9999, n_cells).rejected


@pytest.mark.parametrize("most_likely", [0.5, 0.93])
@pytest.mark.parametrize("n_chains", [2, 1000])
def test_equal_chains_of_enough_updates_are_rejected_for_certain(n_chains, most_likely):
    n = pit.updates_needed(n_chains, most_likely, ALPHA)
    for n_times, caught in ((n, True), (n - 1, False)):
        phi = np.full((n_chains, n_times), most_likely)
        scan = pit.duplicates(phi, np.ones(phi.shape, dtype=bool), ALPHA)
        assert scan.rejected == caught
        assert scan.n_equal_pairs == n_chains * (n_chains - 1) // 2


def test_lagged_pairs_use_no_time_twice():
    first, second = pit.lagged(np.arange(11), 2)
    assert first.tolist() == [0, 1, 4, 5, 8]
    assert (second - first == 2).all()
    assert len({*first, *second}) == 10


RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: pit.transform([0.5], [1], RNG), "got up of type int64.*give booleans"),
        (lambda: pit.transform([0.5], [True, False], RNG), r"up_prob of shape \(1,\) and up of sh"),
        (lambda: pit.transform([1.5], [True], RNG), "got up_prob 1.5; a probability is between"),
        (lambda: pit.transform([np.nan], [True], RNG), "got up_prob nan"),
        (lambda: pit.of_choice([0, 9], 9, RNG), "got sites of type int64 from 0 to 9; .* below 9"),
        (lambda: pit.of_choice([0.5], 9, RNG), "got sites of type float64"),
        (lambda: pit.lagged([0.1, 0.2], 2), "got lag 2 with 2 times; .* give a lag from 1 to 1"),
        (lambda: pit.uniformity([[0.1]], 0.01), r"got u of shape \(1, 1\)"),
        (lambda: pit.uniformity([0.1, -0.1], 0.01), r"got u with -0.1; u is in \[0, 1\)"),
        (lambda: pit.dependence([0.1], [0.1, 0.2], 0.01), r"u of shape \(1,\) and v of shape"),
        (lambda: pit.duplicates([0.5], [True], 0.01), r"got actions of shape \(1,\)"),
        (lambda: pit.updates_needed(2, 1.0, 0.01), "got most_likely = 1.0; .* never"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()
