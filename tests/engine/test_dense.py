"""The dense engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin.agents.action import (
    expected_free_energy,
    maximum_a_posteriori,
    planning_as_inference,
    probability_matching,
)
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import dense, driver
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import Plan, planned
from pp_spin.engine.streams import ACTION, next_word, words_at
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from tests import cases, oracle

N_CHAINS = 2**16
SCHEDULES = (Sequential((3, 0, 4, 2, 1)), chromatic, synchronous, partially_synchronous(0.35))


def spin_glass(*, bias=0.0, clamped=None, asymmetric=False, rule=probability_matching, beta=0.8):
    """Five agents who all hear each other, each tie with a precision of its own."""
    gamma = np.random.default_rng(11).normal(size=(5, 5)) * (1 - np.eye(5)) / 2
    if not asymmetric:
        gamma = np.triu(gamma, 1) + np.triu(gamma, 1).T
    return Collective(beta * gamma, bias * np.array([1, -0.5, 0, 1.5, -1]), clamped, rule)


COLLECTIVES = {
    "no bias": spin_glass(),
    "biases": spin_glass(bias=0.3),
    "clamped": spin_glass(bias=0.3, clamped={1: -1}),
    "asymmetric": spin_glass(bias=0.3, asymmetric=True),
    "asymmetric and clamped": spin_glass(bias=0.3, clamped={0: 1, 3: -1}, asymmetric=True),
    "planning": spin_glass(bias=0.3, rule=planning_as_inference(1.5, 0.7)),
    "free energy": spin_glass(bias=0.3, rule=expected_free_energy(1.2, 0.8, 1.1)),
}


@pytest.fixture
def small_blocks(monkeypatch):
    """Five agents and three ghosts are two blocks of two units of two."""
    monkeypatch.setattr(dense, "UNIT", 2)
    monkeypatch.setattr(dense, "UNITS", 2)
    monkeypatch.setattr(dense, "MOST_CHAINS", 2**15)


def exact_law(collective, schedule, n_sweeps):
    """The oracle's law after so many sweeps from all-up."""
    step = cases.oracle_matrix(oracle, collective, schedule)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, n_sweeps)[start]


def drawn(key, running, n_sweeps, plan=None, n_chains=N_CHAINS):
    """Spins ``(n_chains, n_agents)`` after so many sweeps from all-up."""
    assert dense.unsuited(running, n_chains) is None
    start = running.collective.hold(np.ones((n_chains, running.collective.n_agents)))
    plan = plan or planned(running, n_chains, dense.ENGINE, 2)
    counts = driver.Counts(num_warmup=n_sweeps - 1, num_samples=1)
    return driver.draws(key, start, plan, counts, threads=2)[:, 0]


def agrees(spins, law):
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("name", COLLECTIVES)
@pytest.mark.parametrize("n_sweeps", [1, 3])
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, n_sweeps, key):
    collective = COLLECTIVES[name]
    law = exact_law(collective, schedule, n_sweeps)
    running = dynamics(collective, schedule)
    assert agrees(drawn(key, running, n_sweeps), law)
    opposed = collective.replaced(sensory_precision=-collective.ties)
    assert not agrees(drawn(key, dynamics(opposed, schedule), n_sweeps), law)


# ---- twins: programs and sweeps with a mistake


def frozen(program, key, first_chain, number, state):
    return dense.sweep(program, key, first_chain, number, state).at[0].set(state[0])


def restarted(program, key, first_chain, number, state):
    return dense.sweep(program, key, first_chain, jnp.zeros_like(number), state)


def stale(program, part):
    """Reads of earlier agents of the block (0) or unit (1) as they were before the block."""
    before, ties = np.stack(program.before), np.asarray(program.in_turn[part])
    n_units, unit, n_heard = ties.shape
    width = before.shape[1]
    for site in range(n_units):
        block, row = divmod(site * unit, width)
        column = block * width + part * row
        before[block, row : row + unit, column : column + n_heard] += ties[site]
    in_turn = list(program.in_turn)
    in_turn[part] = jnp.zeros_like(ties)
    return replace(program, before=tuple(before), in_turn=tuple(in_turn))


TWINS = {
    "the engine itself": lambda plan: plan,
    "an earlier unit's agents read stale": lambda plan: plan._replace(
        program=stale(plan.program, 0)
    ),
    "the unit's own agents read stale": lambda plan: plan._replace(program=stale(plan.program, 1)),
    "one agent never updated": lambda plan: plan._replace(
        engine=plan.engine._replace(sweep=frozen)
    ),
    "another agent's neighbours": lambda plan: plan._replace(
        program=replace(plan.program, before=plan.program.before[::-1])
    ),
    "sweeps that share a stream": lambda plan: plan._replace(
        engine=plan.engine._replace(sweep=restarted)
    ),
}


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", TWINS)
def test_twins_are_caught(name, key):
    running = dynamics(COLLECTIVES["asymmetric"], sequential)
    twin = TWINS[name](planned(running, N_CHAINS, dense.ENGINE, 2))
    spins = drawn(key, running, 3, twin)
    assert agrees(spins, exact_law(running.collective, sequential, 3)) == (
        name == "the engine itself"
    )


def up_share(x, words):
    up = dense._is_up(probability_matching, jnp.full(len(words), x, jnp.float32), words)
    return float(up.mean())


@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 1e-3, 0.7, 3.0])
def test_an_action_is_as_likely_as_the_posterior_says(x):
    evenly = jnp.arange(2**22, dtype=jnp.uint32) * 2**10 + 2**9
    assert up_share(x, evenly) == pytest.approx(oracle.sigmoid(2 * x), abs=2**-22)
    coarse = evenly >> 24 << 24
    assert x == 0 or abs(up_share(x, coarse) - oracle.sigmoid(2 * x)) > 2**-22


@pytest.mark.parametrize("x", [-7.0, -8.0, -10.0])
def test_the_least_likely_actions_have_the_finest_digits(x):
    lowest = jnp.arange(2**14, dtype=jnp.uint32)
    assert 2**14 * up_share(x, lowest) == pytest.approx(2**32 * oracle.sigmoid(2 * x), abs=1.5)


# ---- whole blocks, chunks, temperatures


def random_dynamics(n_agents, schedule, n_clamped=0):
    """Precisions of few binary digits, whose sums are exact in whatever order."""
    rng = np.random.default_rng(n_agents)
    gamma = rng.integers(-8, 9, size=(n_agents, n_agents)) * (1 - np.eye(n_agents)) / 64
    clamped = dict.fromkeys(range(1, 2 * n_clamped, 2), -1)
    return dynamics(Collective(gamma, rng.integers(-8, 9, n_agents) / 64, clamped), schedule)


def by_definition(key, running, n_sweeps, n_chains):
    """One agent after another in double precision, from the engine's own random words."""
    collective = running.collective
    spins = collective.hold(np.ones((n_chains, collective.n_agents))).astype(float)
    order, chains = np.concatenate(running.ticks.agents), np.arange(n_chains)
    for number in range(n_sweeps):
        for slot, agent in enumerate(order):
            if slot % dense.UNIT == 0:
                words = words_at(key, slot // dense.UNIT, chains, number, ACTION)
            word, words = next_word(words)
            x = collective.prior_precision[agent] + spins @ collective.sensory_precision[agent]
            up = dense._is_up(probability_matching, jnp.asarray(x), word)
            spins[:, agent] = np.where(up, 1, -1)
    return spins


@pytest.mark.parametrize("n_agents", [17, 64, 65, 200])
def test_blocks_of_every_size_are_one_agent_after_another(n_agents, key):
    running = random_dynamics(n_agents, Sequential(tuple(reversed(range(n_agents)))), n_clamped=3)
    engine_key = dense.ENGINE.key_of(key, dense.NAME)
    expected = by_definition(engine_key, running, 2, 24)
    np.testing.assert_array_equal(drawn(key, running, 2, n_chains=24), expected)


@pytest.mark.parametrize("schedule", [sequential, synchronous, partially_synchronous(0.5)], ids=str)
def test_draws_do_not_depend_on_chunks(schedule, key):
    running = random_dynamics(100, schedule)
    plans = [Plan(dense.ENGINE, dense.build(running, chunk), chunk) for chunk in (200, 64, 7)]
    draws = [drawn(key, running, 4, plan, n_chains=200) for plan in plans]
    for other in draws[1:]:
        np.testing.assert_array_equal(other, draws[0])
    assert len(np.unique(draws[0], axis=0)) == 200


@pytest.mark.parametrize(
    ("n_chains", "workers", "chunk"),
    [(1, 2, 1), (10, 2, 8), (64, 2, 32), (1024, 2, 512), (1030, 2, 258), (100_000, 2, 511)],
)
def test_chunks_are_shared_out_evenly(n_chains, workers, chunk):
    assert dense.chunk(random_dynamics(17, sequential), n_chains, workers) == chunk


def test_another_temperature_compiles_nothing_anew(key):
    sweep = jax.jit(dense.sweep)
    for beta in (0.4, 0.7):
        rule = planning_as_inference(beta, 0.7)
        running = dynamics(spin_glass(bias=beta, beta=beta, rule=rule), sequential)
        program = dense.build(running, 8)
        state = dense.encode(program, np.ones((8, 5), dtype=np.int8))
        sweep(program, dense.ENGINE.key_of(key, "dense"), jnp.uint32(0), jnp.uint32(0), state)
    assert sweep._cache_size() == 1


def test_a_certain_agent_is_never_wrong(key):
    collective = spin_glass(bias=0.3, rule=maximum_a_posteriori)
    ours = drawn(key, dynamics(collective, synchronous), 1, n_chains=64)
    fields = collective.prior_precision + collective.sensory_precision.sum(axis=1)
    np.testing.assert_array_equal(ours, np.tile(np.where(fields > 0, 1, -1), (64, 1)))


def test_what_it_cannot_run_is_said(monkeypatch):
    assert "one by one" in dense.unsuited(dynamics(spin_glass(), random_scan), 8)
    monkeypatch.setattr(dense, "DENSE_LIMIT", 4)
    assert "5 x 5" in dense.unsuited(dynamics(spin_glass(), sequential), 8)
