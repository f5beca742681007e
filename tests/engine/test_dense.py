"""The dense engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace
from functools import partial

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
from pp_spin.engine import dense
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.noise import acts_up, noise_of
from pp_spin.engine.streams import ACTION, next_word, words_at
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from tests.engine import cells

SCHEDULES = (Sequential((3, 0, 4, 2, 1)), chromatic, synchronous, partially_synchronous(0.35))

spin_glass = partial(cells.spin_glass, cells.CROWD)
COLLECTIVES = cells.collectives(cells.CROWD) | {
    "asymmetric and clamped": spin_glass(clamped={0: 1, 3: -1}, asymmetric=True),
    "free energy": spin_glass(rule=expected_free_energy(1.2, 0.8, 1.1)),
}

plan_of = partial(cells.plan_of, dense.ENGINE)


@pytest.fixture
def small_blocks(monkeypatch):
    """Five agents and three ghosts are two blocks of two units of two."""
    monkeypatch.setattr(dense, "UNIT", 2)
    monkeypatch.setattr(dense, "UNITS", 2)
    monkeypatch.setattr(dense, "MOST_CHAINS", 2**15)


def drawn(key, collective, schedule, n_sweeps=1, n_chains=64, chunk=None):
    """Spins after the last of so many sweeps."""
    plan = plan_of(collective, schedule, n_chains, chunk)
    return cells.drawn(key, plan, collective, n_sweeps, n_chains)[:, -1]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("name", COLLECTIVES)
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, key):
    assert not cells.complaints(key, dense.ENGINE, COLLECTIVES[name], schedule)


# ---- twins: programs and sweeps with a mistake


def frozen(program, key, first_chain, number, state):
    return dense.sweep(program, key, first_chain, number, state).at[0].set(state[0])


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


def with_program(change):
    return lambda plan: plan._replace(program=change(plan.program))


def with_engine(change):
    return lambda plan: plan._replace(engine=change(plan.engine))


TWINS = {
    "an earlier unit's agents read stale": with_program(partial(stale, part=0)),
    "the unit's own agents read stale": with_program(partial(stale, part=1)),
    "one agent never updated": with_engine(lambda engine: engine._replace(sweep=frozen)),
    "another agent's neighbours": with_program(lambda p: replace(p, before=p.before[::-1])),
    "sweeps that share a stream": with_engine(cells.restarted),
}


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("name", TWINS)
def test_twins_are_caught(name, key):
    collective = COLLECTIVES["asymmetric"]
    twin = TWINS[name](plan_of(collective, SCHEDULES[0]))
    assert not cells.passes(key, twin, collective, SCHEDULES[0])


# ---- whole blocks, chunks, temperatures


def random_collective(n_agents, n_clamped=0):
    """Precisions of few binary digits, whose sums are exact in whatever order."""
    rng = np.random.default_rng(n_agents)
    gamma = rng.integers(-8, 9, size=(n_agents, n_agents)) * (1 - np.eye(n_agents)) / 64
    clamped = dict.fromkeys(range(1, 2 * n_clamped, 2), -1)
    return Collective(gamma, rng.integers(-8, 9, n_agents) / 64, clamped)


def by_definition(key, collective, order, n_sweeps, n_chains):
    """One agent after another in double precision, from the engine's own random words."""
    spins = collective.hold(np.ones((n_chains, collective.n_agents))).astype(float)
    chains = np.arange(n_chains)
    for number in range(n_sweeps):
        for slot, agent in enumerate(order):
            if slot % dense.UNIT == 0:
                words = words_at(key, slot // dense.UNIT, chains, number, ACTION)
            word, words = next_word(words)
            x = collective.prior_precision[agent] + spins @ collective.sensory_precision[agent]
            up = acts_up(probability_matching, jnp.asarray(x), noise_of(probability_matching, word))
            spins[:, agent] = np.where(up, 1, -1)
    return spins


@pytest.mark.parametrize("n_agents", [17, 64, 65, 200])
def test_blocks_of_every_size_are_one_agent_after_another(n_agents, key):
    collective = random_collective(n_agents, n_clamped=3)
    order = tuple(reversed(collective.free.tolist()))
    engine_key = dense.ENGINE.key_of(key, dense.NAME)
    expected = by_definition(engine_key, collective, order, 2, 24)
    np.testing.assert_array_equal(drawn(key, collective, Sequential(order), 2, 24), expected)


@pytest.mark.parametrize("schedule", [sequential, partially_synchronous(0.5)], ids=str)
def test_draws_do_not_depend_on_chunks(schedule, key):
    collective = random_collective(100)
    draws = [drawn(key, collective, schedule, 4, 200, chunk) for chunk in (200, 64, 7)]
    for other in draws[1:]:
        np.testing.assert_array_equal(other, draws[0])
    assert len(np.unique(draws[0], axis=0)) == 200


@pytest.mark.parametrize(
    ("n_chains", "chunk"), [(1, 1), (10, 8), (64, 32), (200, 64), (1024, 128), (100_000, 512)]
)
def test_chunks_do_not_depend_on_the_number_of_workers(n_chains, chunk):
    running = dynamics(spin_glass(), sequential)
    assert {dense.chunk(running, n_chains, workers) for workers in (1, 2, 4, 64)} == {chunk}


def test_another_temperature_compiles_nothing_anew():
    def shapes(scale):
        collective = spin_glass(scale=scale, rule=planning_as_inference(scale, 0.7))
        return cells.shapes(plan_of(collective, sequential, chunk=8))

    assert shapes(0.4) == shapes(0.7)


def test_a_certain_agent_is_never_wrong(key):
    collective = spin_glass(rule=maximum_a_posteriori)
    ours = drawn(key, collective, synchronous)
    fields = collective.prior_precision + collective.sensory_precision.sum(axis=1)
    np.testing.assert_array_equal(ours, np.tile(np.where(fields > 0, 1, -1), (64, 1)))


def test_what_it_cannot_run_is_said(monkeypatch):
    assert "one by one" in str(dense.unsuited(dynamics(spin_glass(), random_scan), 8))
    monkeypatch.setattr(dense, "DENSE_LIMIT", 4)
    assert "5 x 5" in str(dense.unsuited(dynamics(spin_glass(), sequential), 8))
