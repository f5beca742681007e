"""One sweep: its exact law from the probabilities it reports, its purity, and what it compiles."""

import itertools
from functools import partial

import jax
import numpy as np
import pytest
from jax.tree_util import Partial
from scipy.stats import binomtest

from pp_spin import kernel
from pp_spin.agents.action import planning_as_inference, probability_matching
from pp_spin.evidence.budget import ALPHA
from pp_spin.schedule import partially_synchronous
from pp_spin.who_acts import who_acts
from tests import cases, oracle

COLLECTIVE = cases.random_collective(11, 4, symmetric=False, n_clamped=1)
N = COLLECTIVE.n_agents
RATE = 0.35

every_schedule = pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=str)


def resolved(schedule, collective=COLLECTIVE):
    return who_acts(schedule, collective.sensory_precision, collective.free)


def always(agents):
    """A schedule that lets these agents act, ``(n_ticks, width)``, whatever the key."""
    return Partial(_always, np.asarray(agents, dtype=int))


def _always(agents, key):
    return agents


@partial(jax.jit, static_argnames="n_keys")
def sweeps(key, spins, acting, up_prob_fn, n_keys):
    """``n_keys`` sweeps from one configuration: spins after them, who acted, with what."""

    def one(key):
        state, info = kernel.step(key, kernel.init(spins), acting, up_prob_fn)
        return state.spins, info.agents, info.up_prob

    return jax.vmap(one)(jax.random.split(key, n_keys))


def tick_kernel(collective, agents):
    """The exact law of one tick of ``agents``, from the probabilities that the sweep reports."""
    every = oracle.states(collective.n_agents)
    up = (every == 1).astype(float)
    up[:, list(agents)] = reported(every, always([agents]), collective.up_prob_fn())[:, 0]
    return np.array([oracle.independent_moves(row) for row in up])


@jax.jit
def reported(spins, acting, up_prob_fn):
    """The probabilities of a sweep from each of ``spins``, ``(n_rows, n_ticks, width)``."""

    def at(row):
        _, info = kernel.step(jax.random.key(0), kernel.init(row), acting, up_prob_fn)
        return info.up_prob

    return jax.vmap(at)(spins)


def one_step_law(collective, schedule):
    """The kernel of one step of a schedule: its ticks in order, or averaged as it draws them."""
    free = [int(agent) for agent in collective.free]
    match schedule.name:
        case "random_scan":
            return sum(tick_kernel(collective, [agent]) for agent in free) / len(free)
        case "partially_synchronous":
            return sum(
                RATE ** len(acting)
                * (1 - RATE) ** (len(free) - len(acting))
                * tick_kernel(collective, acting)
                for n_acting in range(len(free) + 1)
                for acting in itertools.combinations(free, n_acting)
            )
        case _:
            ticks = np.asarray(resolved(schedule, collective)(jax.random.key(0)))
            law = np.eye(2**collective.n_agents)
            for tick in ticks:
                law = law @ tick_kernel(collective, tick[tick < collective.n_agents])
            return law


@every_schedule
def test_one_step_law_is_the_oracles(schedule):
    expected = cases.oracle_matrix(oracle, COLLECTIVE, schedule)
    found = one_step_law(COLLECTIVE, schedule)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    doubled = COLLECTIVE.replaced(sensory_precision=2 * COLLECTIVE.sensory_precision)
    other_rule = COLLECTIVE.replaced(action_rule=planning_as_inference(1, 1))
    for twin in (doubled, other_rule):
        assert np.abs(cases.oracle_matrix(oracle, twin, schedule) - found).max() > 0.01


@pytest.mark.parametrize("name", ["sequential", "chromatic"])
def test_each_tick_reads_what_the_tick_before_it_wrote(name, key):
    schedule = next(s for s in cases.SCHEDULES if s.name == name)
    table = oracle.up_probabilities(COLLECTIVE.sensory_precision, COLLECTIVE.prior_precision)
    start = COLLECTIVE.hold(np.ones(N))
    after, agents, up_prob = sweeps(key, start, resolved(schedule), COLLECTIVE.up_prob_fn(), 16)
    stale = 0.0
    for end, ticks, reported in zip(after, np.asarray(agents), up_prob, strict=True):
        spins = start.copy()
        for acting, probability in zip(ticks, reported, strict=True):
            somebody = acting < N
            expected = table[oracle.index_of(spins), acting[somebody]]
            np.testing.assert_allclose(probability[somebody], expected, rtol=0, atol=1e-12)
            from_start = table[oracle.index_of(start), acting[somebody]]
            stale = max(stale, np.abs(probability[somebody] - from_start).max())
            spins[acting[somebody]] = end[acting[somebody]]
    assert stale > 0.1  # a sweep that reads its start alone reports other probabilities


@cases.every_seed
def test_actions_are_drawn_with_the_probability_reported(key):
    n_keys, agents = 20_000, [0, 1, 2]
    start = np.array([1, -1, 1, 1], dtype=np.int8)
    after, _, up_prob = sweeps(key, start, always([agents]), COLLECTIVE.up_prob_fn(), n_keys)
    ups = np.asarray(after)[:, agents] == 1
    for agent, probability in enumerate(np.asarray(up_prob)[0, 0]):
        count = int(ups[:, agent].sum())
        assert binomtest(count, n_keys, probability).pvalue > ALPHA
        assert binomtest(count, n_keys, 1 - probability).pvalue < ALPHA  # a sign turned round


@cases.every_seed
def test_agents_of_one_tick_draw_independently(key):
    n_keys, coin = 20_000, Partial(lambda _, agents: np.full(agents.shape, 0.5))
    after, *_ = sweeps(key, np.ones(2), always([[0, 1]]), coin, n_keys)
    agree = int((after[:, 0] == after[:, 1]).sum())
    assert binomtest(agree, n_keys, 0.5).pvalue > ALPHA
    assert binomtest(n_keys, n_keys, 0.5).pvalue < ALPHA  # one coin for both


@pytest.mark.parametrize(("certain", "spin"), [(0.0, -1), (1.0, 1)])
def test_certain_agents_always_act_so(certain, spin, key):
    constant = Partial(lambda certain, _, agents: np.full(agents.shape, 1.0) * certain, certain)
    after, *_ = sweeps(key, np.array([1, -1]), always([[0, 1]]), constant, 1000)
    assert (np.asarray(after) == spin).all()


@every_schedule
def test_clamped_agents_never_move_and_free_ones_do(schedule, key):
    start = np.ones(N, dtype=np.int8)  # not even where they are held: who never acts, stays
    after, agents, _ = sweeps(key, start, resolved(schedule), COLLECTIVE.up_prob_fn(), 500)
    held = list(COLLECTIVE.clamped)
    assert (np.asarray(after)[:, held] == 1).all()
    assert not np.isin(agents, held).any()
    assert (np.asarray(after)[:, COLLECTIVE.free] == -1).any(axis=0).all()


@every_schedule
def test_a_step_is_pure(schedule, key):
    start, up_prob_fn = kernel.init(COLLECTIVE.hold(np.ones(N))), COLLECTIVE.up_prob_fn()
    step = partial(kernel.step, who_acts=resolved(schedule), up_prob_fn=up_prob_fn)
    compiled = jax.jit(step)
    first, again, uncompiled = compiled(key, start)[0], compiled(key, start)[0], step(key, start)[0]
    jax.tree.map(np.testing.assert_array_equal, first, again)
    jax.tree.map(np.testing.assert_array_equal, first, uncompiled)
    np.testing.assert_array_equal(start.spins, COLLECTIVE.hold(np.ones(N)))
    assert (int(start.n_sweeps), int(first.n_sweeps)) == (0, 1)
    others = [compiled(jax.random.fold_in(key, k), start)[0].spins for k in range(20)]
    assert len(np.unique(others, axis=0)) > 1


@every_schedule
def test_ten_collectives_of_one_shape_are_one_trace(schedule, key):
    n_traces = 0

    @jax.jit
    def step(key, state, acting, up_prob_fn):
        nonlocal n_traces
        n_traces += 1
        return kernel.step(key, state, acting, up_prob_fn)

    def run(collective, schedule):
        acting = resolved(schedule, collective)
        return step(key, kernel.init(np.ones(N)), acting, collective.up_prob_fn())

    for k in range(1, 11):
        slower = partially_synchronous(k / 10) if hasattr(schedule, "rate") else schedule
        run(
            COLLECTIVE.replaced(
                sensory_precision=COLLECTIVE.sensory_precision / k,
                prior_precision=COLLECTIVE.prior_precision * k,
                action_rule=planning_as_inference(k, 1 / k),
            ),
            slower,
        )
    assert n_traces == 1
    run(COLLECTIVE.replaced(action_rule=probability_matching), schedule)
    assert n_traces == 2  # another rule is another program


def test_spins_are_eight_bits_whatever_they_start_as(key):
    for spins in (np.ones(3), np.ones(3, dtype=np.int64), np.ones(3, dtype=np.int8)):
        assert kernel.init(spins).spins.dtype == np.int8
