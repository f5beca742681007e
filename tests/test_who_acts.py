"""Schedules as they are drawn: who acts at each tick, and how often."""

import jax
import numpy as np
import pytest
from scipy.stats import binomtest

from pp_spin.colouring import colouring
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import ring
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from pp_spin.who_acts import who_acts
from tests import cases

SEEN = ring(5).weights
ALL = np.arange(5)
FREE = np.array([0, 2, 3])
N_KEYS = 20_000


def acting(schedule, key, free=FREE, seen=SEEN):
    """The agents of one sweep, (n_ticks, width); 5 is nobody."""
    return np.asarray(who_acts(schedule, seen, free)(key))


def many_sweeps(schedule, key):
    resolved = who_acts(schedule, SEEN, FREE)
    return np.asarray(jax.vmap(resolved)(jax.random.split(key, N_KEYS)))


def test_synchronous_agents_share_one_tick(key):
    assert acting(synchronous, key).tolist() == [[0, 2, 3]]


def test_sequential_agents_follow_one_another(key):
    assert acting(sequential, key).tolist() == [[0], [2], [3]]
    assert acting(Sequential((3, 1, 0, 2)), key).tolist() == [[3], [0], [2]]


def test_agents_of_one_colour_do_not_see_each_other(key):
    ticks = acting(chromatic, key, free=ALL)
    assert len(ticks) == 3  # an odd ring has no two-colouring
    assert sorted(ticks[ticks < 5]) == list(ALL)
    for tick in ticks:
        together = tick[tick < 5]
        assert not SEEN[np.ix_(together, together)].any()
    one_tick = acting(synchronous, key, free=ALL)[0]
    assert SEEN[np.ix_(one_tick, one_tick)].any()  # as agents of one tick may


def test_clamped_agents_take_no_colour(key):
    # Without agents 1 and 4, 2 and 3 see each other, and 0 sees nobody: two colours are enough.
    ticks = acting(chromatic, key)
    assert sorted(len(tick[tick < 5]) for tick in ticks) == [1, 2]
    assert len(np.unique(colouring(SEEN))) == 3


@pytest.mark.parametrize("schedule", [random_scan, partially_synchronous(0.35)], ids=str)
def test_another_key_draws_other_agents_and_the_same_key_the_same(schedule, key):
    sweeps = many_sweeps(schedule, key)
    np.testing.assert_array_equal(sweeps, many_sweeps(schedule, key))
    assert len(np.unique(sweeps, axis=0)) > 1
    assert set(np.unique(sweeps)) <= {0, 2, 3, 5}


@cases.every_seed
def test_random_scan_draws_each_free_agent_evenly_at_every_tick(key):
    sweeps = many_sweeps(random_scan, key)
    assert sweeps.shape == (N_KEYS, 3, 1)
    for tick in range(3):
        for agent in FREE:
            drawn = int((sweeps[:, tick] == agent).sum())
            assert binomtest(drawn, N_KEYS, 1 / 3).pvalue > ALPHA
            assert binomtest(drawn, N_KEYS, 1 / 5).pvalue < ALPHA  # among all, clamped or not


@cases.every_seed
def test_random_scan_draws_its_ticks_independently(key):
    sweeps = many_sweeps(random_scan, key)
    repeated = int((sweeps[:, 0] == sweeps[:, 1]).sum())
    assert binomtest(repeated, N_KEYS, 1 / 3).pvalue > ALPHA
    assert binomtest(repeated, N_KEYS, 0).pvalue < ALPHA  # a random order without repetition


@cases.every_seed
def test_partially_synchronous_agents_toss_independent_coins(key):
    rate = 0.35
    sweeps = many_sweeps(partially_synchronous(rate), key)
    assert sweeps.shape == (N_KEYS, 1, 3)
    acts = sweeps[:, 0] == FREE
    np.testing.assert_array_equal(acts, sweeps[:, 0] < 5)
    for agent in range(3):
        assert binomtest(int(acts[:, agent].sum()), N_KEYS, rate).pvalue > ALPHA
        assert binomtest(int(acts[:, agent].sum()), N_KEYS, 1 - rate).pvalue < ALPHA
    all_three = int(acts.all(1).sum())
    assert binomtest(all_three, N_KEYS, rate**3).pvalue > ALPHA
    assert binomtest(all_three, N_KEYS, rate).pvalue < ALPHA  # one coin for all


def test_at_rate_one_everybody_acts(key):
    assert (many_sweeps(partially_synchronous(1), key) == FREE).all()


@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=str)
def test_a_collective_of_clamped_agents_is_refused(schedule):
    message = r"got 5 agents, all of them clamped; nobody is left to act; leave at least one agent"
    with pytest.raises(ValueError, match=message):
        who_acts(schedule, SEEN, np.array([], dtype=np.intp))


def test_an_order_that_misses_a_free_agent_is_refused():
    with pytest.raises(ValueError, match=r"got order \(0, 2\) for free agents \(0, 2, 3\) of 5"):
        who_acts(Sequential((0, 2)), SEEN, FREE)


@pytest.mark.parametrize("schedule", [*cases.SCHEDULES, Sequential((3, 1, 0, 2))], ids=str)
def test_a_sparse_table_is_scheduled_as_its_dense_one(schedule, key):
    sparse = acting(schedule, key, seen=ring(5).ties)
    np.testing.assert_array_equal(sparse, acting(schedule, key))


def test_a_hundred_thousand_agents_are_scheduled_without_a_dense_table(key):
    n = 100_000
    ties, free = ring(n).ties, np.arange(1, n)  # the first is clamped: an open chain
    np.testing.assert_array_equal(acting(sequential, key, free, ties)[:, 0], free)
    ticks = acting(chromatic, key, free, ties)
    assert ticks.shape == (2, n // 2)
    np.testing.assert_array_equal(ticks[0], free[::2])
    with pytest.raises(ValueError, match=r"got order \(0, 1, .*, 19, …\) for free agents \(1, 2, "):
        who_acts(Sequential(tuple(range(n - 1))), ties, free)
