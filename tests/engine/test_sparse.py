"""The sparse engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit

from pp_spin.agents.action import expected_free_energy, maximum_a_posteriori, probability_matching
from pp_spin.collective import Collective
from pp_spin.engine import blocks, sparse, streams
from pp_spin.engine.dynamics import dynamics
from pp_spin.network import complete, random_regular
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from tests import oracle
from tests.engine import cells
from tests.engine.cells import N_CHAINS, spin_glass

SCHEDULES = (chromatic, Sequential((4, 2, 0, 1, 3)), synchronous, partially_synchronous(0.35))
KINDS = {"looked up": 4, "summed": -1, "both": 2}
"""How many an agent hears at most, for its answers to be looked up."""
COLLECTIVES = cells.collectives(cells.CYCLE)

plan_of = partial(cells.plan_of, sparse.ENGINE)


def drawn(key, collective, schedule, n_sweeps=1, n_chains=N_CHAINS, chunk=None):
    """Spins after the last of so many sweeps."""
    plan = plan_of(collective, schedule, n_chains, chunk)
    return cells.drawn(key, plan, collective, n_sweeps, n_chains)[:, -1]


# Clamped agents are heard by both kinds; and a rule knows nothing of the schedule.
CELLS = [
    (kind, name, schedule)
    for kind in KINDS
    for name in COLLECTIVES
    for schedule in SCHEDULES
    if (kind == "both") == (name == "clamped")
    if name != "planning" or schedule in SCHEDULES[:2]
]


@pytest.mark.parametrize(("kind", "name", "schedule"), CELLS, ids=str)
def test_the_law_of_every_sweep_is_the_oracles(kind, name, schedule, key, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TABLED", KINDS[kind])
    assert not cells.complaints(key, sparse.ENGINE, COLLECTIVES[name], schedule)


@pytest.mark.parametrize(
    ("n_chains", "schedule"), [*zip((1, 7, 1, 7), SCHEDULES, strict=True)], ids=str
)
def test_few_chains_have_the_same_law(schedule, n_chains, key):
    """They are too few for a law of their own: many such runs, each with its own key."""
    collective = COLLECTIVES["biases"]
    program = plan_of(collective, schedule, n_chains).program
    keys = jax.random.split(key, N_CHAINS // n_chains)
    keys = jax.vmap(partial(streams.run_key, engine=sparse.NAME))(keys)
    state = sparse.encode(program, np.ones((n_chains, 5), dtype=np.int8))
    states = jnp.tile(state, (len(keys), 1))
    sweep = jax.jit(jax.vmap(sparse.sweep, in_axes=(None, 0, None, None, 0)))
    for number in range(3):
        states = sweep(program, keys, jnp.uint32(0), jnp.uint32(number), states)
    spins = jax.vmap(partial(sparse.spins_of, program))(states)
    law = cells.exact_law(collective, schedule, 3)
    assert cells.agrees(np.asarray(spins).reshape(-1, 5), law)


# ---- mistakes


def changed(plan, **parts):
    [kind] = plan.program.kinds
    return plan._replace(program=replace(plan.program, kinds=(replace(kind, **parts),)))


def stale(plan):
    return plan._replace(program=replace(plan.program, together=True))


def one_never_updated(plan):
    """The only agent of the last tick."""
    return changed(plan, tick=plan.program.kinds[0].tick[:-1])


def shifted(plan):
    kind = plan.program.kinds[0]
    return changed(plan, seen=jnp.roll(kind.seen, kind.lanes))


def with_a_reused_stream(plan):
    return plan._replace(engine=cells.restarted(plan.engine))


TWINS = {
    "a stale read": stale,
    "one agent never updated": one_never_updated,
    "another agent's neighbours": shifted,
    "a reused stream": with_a_reused_stream,
}


@pytest.mark.parametrize("kind", ["looked up", "summed"])
@pytest.mark.parametrize("mistake", TWINS)
def test_twins_are_caught(mistake, kind, key, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TABLED", KINDS[kind])
    collective = COLLECTIVES["biases"]
    ticks = dynamics(collective, chromatic).ticks
    assert ticks is not None
    assert len(ticks.agents[-1]) == 1
    plan = plan_of(collective, chromatic)
    assert not cells.passes(key, TWINS[mistake](plan), collective, chromatic)


def eight_digits(plan):
    table = plan.program.kinds[0].beliefs
    return changed(plan, beliefs=table._replace(error=table.error >> 24 << 24))


def test_coarse_probabilities_are_caught(key, monkeypatch):
    collective = cells.RARELY_DOWN
    plan = plan_of(collective, synchronous)
    assert cells.passes(key, plan, collective, synchronous)
    assert not cells.passes(key, eight_digits(plan), collective, synchronous)
    monkeypatch.setattr(blocks, "MOST_TABLED", -1)
    plan, thresholds = plan_of(collective, synchronous), sparse._thresholds
    assert cells.passes(key, plan, collective, synchronous)
    monkeypatch.setattr(sparse, "_thresholds", lambda *args: thresholds(*args) >> 24 << 24)
    plan = plan._replace(engine=cells.anew(sparse.ENGINE))
    assert not cells.passes(key, plan, collective, synchronous)


# ---- what the draws depend on


def test_draws_do_not_depend_on_chunks(key, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TABLED", 2)
    asked = COLLECTIVES["clamped"], partially_synchronous(0.35)
    expected = drawn(key, *asked, 4, n_chains=200, chunk=200)
    assert len(np.unique(expected, axis=0)) > 8
    np.testing.assert_array_equal(drawn(key, *asked, 4, n_chains=200, chunk=64), expected)


def test_another_temperature_compiles_nothing_anew(monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TABLED", 2)

    def shapes(scale):
        return cells.shapes(plan_of(spin_glass(scale=scale), chromatic, chunk=64))

    assert shapes(0.7) == shapes(1.3) == shapes(1e-9) == shapes(1e9)


def test_thousands_of_ticks_are_compiled_once(key):
    """A path visited in order: 1000 agents, each of whom waits for the one before."""
    n_agents = 1000
    ties = np.diag(np.full(n_agents - 1, 2.0), -1)
    ties[0, 1] = 0
    collective = Collective(ties, np.append(30.0, np.zeros(n_agents - 1)))
    ticks = dynamics(collective, sequential).ticks
    assert ticks is not None
    assert len(ticks.agents) == n_agents
    spins = drawn(key, collective, sequential, n_chains=256).astype(float)
    # Each copies the one before but for an error: correlations are tanh(2) for every step.
    pairs = (spins[:, 1:] * spins[:, :-1]).mean()
    assert abs(pairs - np.tanh(2.0)) < 6 * np.sqrt((1 - np.tanh(2.0) ** 2) / (256 * 999))


def test_a_certain_agent_is_never_wrong(key, monkeypatch):
    monkeypatch.setattr(blocks, "MOST_TABLED", -1)
    for collective in (spin_glass(scale=1e30), spin_glass(rule=maximum_a_posteriori)):
        spins = drawn(key, collective, synchronous)
        up = oracle.up_probabilities(
            collective.sensory_precision, collective.prior_precision, "maximum_a_posteriori"
        )[-1]
        np.testing.assert_array_equal(np.unique(spins, axis=0), [2 * up - 1])


def test_single_precision_is_as_good_as_stated():
    x = np.linspace(-30, 30, 200_001).astype(np.float32)
    for rule in (probability_matching, expected_free_energy(1.2, 0.8, 1.1)):
        with jax.enable_x64(True):
            exact = np.asarray(rule(x.astype(float)))
        single = jax.tree.map(jnp.float32, rule)
        assert np.abs(np.asarray(single(x), dtype=float) - exact).max() < 2**-22


# ---- who it is for


def star(n_agents):
    rays = np.arange(1, n_agents)
    ends = np.append(rays, 0 * rays), np.append(0 * rays, rays)
    return csr_array((np.full(len(ends[0]), 0.1), ends), shape=(n_agents, n_agents))


@pytest.mark.parametrize(
    ("collective", "schedule", "why"),
    [
        (spin_glass(), random_scan, "drawn one by one"),
        (Collective(complete(80)), chromatic, "it is dense: agents hear 79 of 80 others"),
        (Collective(random_regular(20, 50, seed=1)), synchronous, None),
        (Collective(star(100_000)), chromatic, None),
    ],
)
def test_what_it_cannot_run_is_said(collective, schedule, why):
    found = sparse.unsuited(dynamics(collective, schedule), 1024)
    assert found is None if why is None else why in str(found)


def test_blocks_that_outgrow_the_ties_are_refused(monkeypatch):
    monkeypatch.setattr(sparse, "LARGE", 0)
    asked = dynamics(Collective(star(300)), chromatic)
    assert sparse.unsuited(asked, 32) is None
    monkeypatch.setattr(sparse, "MOST_PADDING", 2)
    assert sparse.unsuited(asked, 32) == "numbers of neighbours are too uneven, up to 299"


def test_a_hub_hears_everybody(key):
    """Clamped, half of them up: it acts on the sum of its precisions' signs."""
    n_agents = 300
    held = {agent: 1 if agent % 3 else -1 for agent in range(1, n_agents)}
    collective = Collective(star(n_agents), -9.5, clamped=held)
    field = -9.5 + 0.1 * sum(held.values())
    up = (drawn(key, collective, chromatic)[:, 0] == 1).mean()
    assert abs(up - expit(2 * field)) < 6 * np.sqrt(expit(2 * field) / N_CHAINS)


def test_a_large_graph_of_many_neighbours_has_its_law(key):
    """All agents at once, from all-up: each is as its own field says."""
    rng = np.random.default_rng(1)
    ties = random_regular(30, 200, seed=1).weights * rng.normal(size=(200, 200)) / 5
    collective = Collective(ties, rng.normal(size=200) / 5)
    up = (drawn(key, collective, synchronous) == 1).mean(axis=0)
    expected = expit(2 * (collective.prior_precision + ties.sum(axis=1)))
    errors = np.sqrt(expected * (1 - expected) / N_CHAINS)
    assert (np.abs(up - expected) < 6 * errors).all()
