"""The sparse engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit

from pp_spin.agents.action import (
    expected_free_energy,
    maximum_a_posteriori,
    planning_as_inference,
    probability_matching,
)
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import sparse, streams
from pp_spin.engine.dynamics import dynamics
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete, random_regular
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
SCHEDULES = (chromatic, Sequential((4, 2, 0, 1, 3)), synchronous, partially_synchronous(0.35))
KINDS = {"looked up": 4, "summed": -1, "both": 2}
"""How many an agent hears at most, for its answers to be looked up."""


def spin_glass(*, bias=0.0, clamped=None, asymmetric=False, rule=probability_matching, scale=1.0):
    """Five agents on a cycle with a chord and a leaf: degrees 1, 2 and 3, a precision each."""
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)]
    ties = np.zeros((5, 5))
    for (i, j), gamma in zip(pairs, [0.5, -0.3, 0.7, 0.2, -0.5, 0.6], strict=True):
        ties[i, j], ties[j, i] = gamma, gamma
    if asymmetric:
        ties[1, 0], ties[2, 3] = -0.8, 0
    zeta = bias * np.array([1, -0.5, 0, 0.7, -1])
    return Collective(scale * ties, scale * zeta, clamped, rule)


COLLECTIVES = {
    "no bias": spin_glass(),
    "biases": spin_glass(bias=0.3),
    "clamped": spin_glass(bias=0.3, clamped={1: -1}),
    "asymmetric": spin_glass(bias=0.3, asymmetric=True),
    "planning": spin_glass(bias=0.3, rule=planning_as_inference(1.5, 0.7)),
}


@pytest.fixture(params=KINDS)
def kind(request, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", KINDS[request.param])


def exact_law(collective, schedule, n_sweeps):
    """The oracle's law after so many sweeps from all-up."""
    step = cases.oracle_matrix(oracle, collective, schedule)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, n_sweeps)[start]


@jax.jit
def swept(program, key, first_chain, state, n_sweeps):
    def one(number, state):
        return sparse.sweep(program, key, first_chain, number.astype(jnp.uint32), state)

    return sparse.spins_of(program, jax.lax.fori_loop(0, n_sweeps, one, state))


def drawn(key, asked, n_sweeps, n_chains=N_CHAINS, chunk=None, change=None):
    """Spins after so many sweeps from all-up, ``chunk`` chains at once, of a changed program."""
    assert sparse.unsuited(asked, n_chains) is None
    chunk = chunk or sparse.chunk(asked, n_chains, 1)
    program = sparse.build(asked, chunk)
    program = program if change is None else change(program)
    start = asked.collective.hold(np.ones((chunk, asked.collective.n_agents)))
    state, key = sparse.encode(program, start), streams.run_key(key, sparse.NAME)
    firsts = np.arange(0, n_chains, chunk, dtype=np.uint32)
    spins = [swept(program, key, first, state, np.int32(n_sweeps)) for first in firsts]
    return np.concatenate(spins)[:n_chains]


def agrees(spins, law):
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


CELLS = [
    (kind, name, schedule)
    for kind in KINDS
    for name in COLLECTIVES
    for schedule in SCHEDULES
    if kind != "both" or name == "clamped"
]


@pytest.mark.parametrize(("kind", "name", "schedule"), CELLS, ids=str)
def test_the_law_of_every_sweep_is_the_oracles(kind, name, schedule, key, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", KINDS[kind])
    collective = COLLECTIVES[name]
    # After an even number of ticks all agents at once could not tell opposed ties from theirs.
    opposed = collective.replaced(sensory_precision=-collective.ties)
    for n_sweeps in (1, 3):
        law = exact_law(collective, schedule, n_sweeps)
        assert agrees(drawn(key, dynamics(collective, schedule), n_sweeps), law)
        assert not agrees(drawn(key, dynamics(opposed, schedule), n_sweeps), law)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("n_chains", [1, 7])
def test_few_chains_have_the_same_law(schedule, n_chains, key):
    """They are too few for a law of their own: many such runs, each with its own key."""
    asked = dynamics(COLLECTIVES["biases"], schedule)
    keys = jax.random.split(key, N_CHAINS // n_chains)
    program = sparse.build(asked, n_chains)
    state = sparse.encode(program, np.ones((n_chains, 5), dtype=np.int8))

    def run(key):
        return swept(program, key, jnp.uint32(0), state, 3)

    keys = jax.vmap(partial(streams.run_key, engine=sparse.NAME))(keys)
    spins = np.asarray(jax.jit(partial(jax.lax.map, run))(keys)).reshape(-1, 5)
    assert agrees(spins, exact_law(*asked[:2], 3))


# ---- mistakes


def changed(program, **parts):
    return replace(program, kinds=(replace(program.kinds[0], **parts),))


def one_never_updated(program):
    """The only agent of the last tick."""
    tick = np.array(program.kinds[0].tick)
    return changed(program, tick=jnp.asarray(tick[:-1]))


def shifted(program):
    kind = program.kinds[0]
    return changed(program, seen=jnp.roll(kind.seen, kind.lanes))


TWINS = {
    "a stale read": lambda program: replace(program, together=True),
    "one agent never updated": one_never_updated,
    "another agent's neighbours": shifted,
}


@pytest.mark.parametrize("kind", ["looked up", "summed"])
@pytest.mark.parametrize("mistake", TWINS)
def test_twins_are_caught(mistake, kind, key, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", KINDS[kind])
    asked = dynamics(COLLECTIVES["biases"], chromatic)
    assert asked.ticks is not None
    assert len(asked.ticks.agents[-1]) == 1
    law = exact_law(*asked[:2], 3)
    assert not agrees(drawn(key, asked, 3, change=TWINS[mistake]), law)


def eight_digits(program):
    error = program.kinds[0].beliefs.error
    return changed(program, beliefs=sparse.Table(error >> 24 << 24, *program.kinds[0].beliefs[1:]))


def test_coarse_probabilities_are_caught(key, monkeypatch):
    """Of one agent, whose rarer action has half the chance that eight digits can tell from none."""
    chance = 0.5 / 2**8
    collective = Collective(np.zeros((1, 1)), [np.log(1 / chance - 1) / 2])
    asked, law = dynamics(collective, synchronous), np.array([chance, 1 - chance])
    assert agrees(drawn(key, asked, 1), law)
    assert not agrees(drawn(key, asked, 1, change=eight_digits), law)
    responded = sparse._thresholds
    monkeypatch.setattr(sparse, "MOST_TABLED", -1)
    assert agrees(drawn(key, asked, 1), law)
    monkeypatch.setattr(sparse, "_thresholds", lambda *args: responded(*args) >> 24 << 24)
    jax.clear_caches()
    assert not agrees(drawn(key, asked, 1), law)
    jax.clear_caches()


@pytest.mark.parametrize("kind", ["looked up", "summed"])
def test_a_reused_stream_is_caught(kind, key, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", KINDS[kind])
    asked = dynamics(COLLECTIVES["no bias"], chromatic)
    law = exact_law(*asked[:2], 3)
    words_at = streams.words_at

    def restarted(key, site, block, sweep, purpose):
        return words_at(key, site, block, jnp.zeros_like(sweep), purpose)

    with monkeypatch.context() as patched:
        patched.setattr(sparse, "words_at", restarted)
        jax.clear_caches()
        assert not agrees(drawn(key, asked, 3), law)
    jax.clear_caches()
    assert agrees(drawn(key, asked, 3), law)


# ---- what the draws depend on


def test_draws_do_not_depend_on_chunks(key, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", 2)
    asked = dynamics(COLLECTIVES["clamped"], partially_synchronous(0.35))
    expected = drawn(key, asked, 4, n_chains=200, chunk=200)
    assert len(np.unique(expected, axis=0)) > 8
    np.testing.assert_array_equal(drawn(key, asked, 4, n_chains=200, chunk=64), expected)


def test_another_temperature_compiles_nothing_anew(monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", 2)

    def program(scale):
        return sparse.build(dynamics(spin_glass(bias=0.3, scale=scale), chromatic), 64)

    cool = jax.tree.structure(program(0.7)), [leaf.aval for leaf in jax.tree.leaves(program(0.7))]
    for scale in (1.3, 1e-9, 1e9):
        leaves = [leaf.aval for leaf in jax.tree.leaves(program(scale))]
        assert (jax.tree.structure(program(scale)), leaves) == cool


def test_thousands_of_ticks_are_compiled_once(key):
    """A path visited in order: 1000 agents, each of whom waits for the one before."""
    n_agents = 1000
    ties = np.diag(np.full(n_agents - 1, 2.0), -1)
    ties[0, 1] = 0
    collective = Collective(ties, np.append(30.0, np.zeros(n_agents - 1)))
    asked = dynamics(collective, sequential)
    assert asked.ticks is not None
    assert len(asked.ticks.agents) == n_agents
    spins = drawn(key, asked, 1, n_chains=256).astype(float)
    # Each copies the one before but for an error: correlations are tanh(2) for every step.
    pairs = (spins[:, 1:] * spins[:, :-1]).mean()
    assert abs(pairs - np.tanh(2.0)) < 6 * np.sqrt((1 - np.tanh(2.0) ** 2) / (256 * 999))


def test_a_certain_agent_is_never_wrong(key, monkeypatch):
    monkeypatch.setattr(sparse, "MOST_TABLED", -1)
    steep = spin_glass(bias=0.3, scale=1e30)
    for collective in (steep, spin_glass(bias=0.3, rule=maximum_a_posteriori)):
        spins = drawn(key, dynamics(collective, synchronous), 1)
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
    up = (drawn(key, dynamics(collective, chromatic), 1)[:, 0] == 1).mean()
    assert abs(up - expit(2 * field)) < 6 * np.sqrt(expit(2 * field) / N_CHAINS)


def test_a_large_graph_of_many_neighbours_has_its_law(key):
    """All agents at once, from all-up: each is as its own field says."""
    rng = np.random.default_rng(1)
    ties = random_regular(30, 200, seed=1).weights * rng.normal(size=(200, 200)) / 5
    collective = Collective(ties, rng.normal(size=200) / 5)
    up = (drawn(key, dynamics(collective, synchronous), 1) == 1).mean(axis=0)
    expected = expit(2 * (collective.prior_precision + ties.sum(axis=1)))
    errors = np.sqrt(expected * (1 - expected) / N_CHAINS)
    assert (np.abs(up - expected) < 6 * errors).all()
