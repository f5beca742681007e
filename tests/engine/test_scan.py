"""Random scan, by both engines: exact laws in every cell, and no twin's."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin.agents.action import maximum_a_posteriori, planning_as_inference, probability_matching
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import driver, noise, scan, scan_few, streams
from pp_spin.engine import random_scan as by_rounds
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import Plan
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete, random_regular
from pp_spin.schedule import chromatic, random_scan
from tests import cases, oracle

N_CHAINS = 2**16
ENGINES = {"scan": scan.ENGINE, "scan_few": scan_few.ENGINE}
every_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)


def spin_glass(*, bias=0.0, clamped=None, asymmetric=False, rule=probability_matching, gamma=1.0):
    """Five agents on a cycle with a chord and a leaf, every tie with a precision of its own."""
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)]
    precisions = [0.4, -0.5, 0.3, 0.6, -0.2, 0.7]
    ties = np.zeros((5, 5))
    for (i, j), precision in zip(pairs, precisions, strict=True):
        ties[i, j] = ties[j, i] = precision
    if asymmetric:
        ties[1, 0], ties[2, 3] = -0.4, 0
    return Collective(gamma * ties, bias * np.array([1, -1, 0, 1, -0.5]), clamped, rule)


COLLECTIVES = {
    "no bias": spin_glass(),
    "biases of both signs": spin_glass(bias=0.3),
    "clamped": spin_glass(bias=0.3, clamped={1: -1}),
    "asymmetric": spin_glass(bias=0.3, asymmetric=True),
    "planning": spin_glass(bias=0.3, rule=planning_as_inference(1.5, 0.7)),
    "everybody sees everybody": Collective(complete(5).scaled(0.3), 0.1),
}


def exact_law(collective, n_sweeps):
    """The oracle's law after so many sweeps, a tick to each free agent, from all-up."""
    step = cases.oracle_matrix(oracle, collective, random_scan)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, n_sweeps * len(collective.free))[start]


def plan(engine, collective, chunk):
    asked = dynamics(collective, random_scan)
    assert engine.unsuited(asked, chunk) is None
    return Plan(engine, engine.build(asked, chunk), chunk)


def drawn(engine, key, collective, n_sweeps, *, n_chains=N_CHAINS, chunk=2**14, program=None):
    start = collective.hold(np.ones((n_chains, collective.n_agents)))
    planned = plan(engine, collective, chunk)
    if program is not None:
        planned = planned._replace(program=program(planned.program))
    return driver.draws(key, start, planned, driver.Counts(n_sweeps - 1, 1))[:, 0]


def agrees(spins, law):
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


@every_engine
@pytest.mark.parametrize("n_sweeps", [1, 3])
@pytest.mark.parametrize("name", COLLECTIVES)
def test_the_law_of_every_sweep_is_the_oracles(engine, name, n_sweeps, key):
    collective = COLLECTIVES[name]
    law = exact_law(collective, n_sweeps)
    assert agrees(drawn(engine, key, collective, n_sweeps), law)
    opposed = collective.replaced(sensory_precision=-collective.ties)
    assert not agrees(drawn(engine, key, opposed, n_sweeps), law)


@every_engine
def test_tiles_rounds_and_turns_change_no_law(engine, key, monkeypatch):
    """Ten agents in rounds of four ticks, of which the last has two; tiles of four, sparse ones."""
    monkeypatch.setattr(scan, "TILE", 4)
    monkeypatch.setattr(by_rounds, "ROUNDS", 3)
    rng = np.random.default_rng(2)
    ties = np.kron(np.eye(2), rng.normal(size=(5, 5)) / 2)
    collective = Collective(ties - np.diag(np.diag(ties)))
    jax.clear_caches()
    law = exact_law(collective, 2)
    assert agrees(drawn(engine, key, collective, 2), law)
    jax.clear_caches()


def nobody_is_told(program):
    """A stale read: only the agent's own word changes, fields stay what they were at first."""
    return replace(program, change=jnp.where(program.change == 1, 1, 0))


def others_are_told(program):
    return replace(program, change=jnp.where(program.change == 1, 1, jnp.roll(program.change, 1)))


def others_are_heard(program):
    rows = jnp.roll(program.rows.reshape(-1, program.most + 1)[:, :-1], 1, axis=0)
    return replace(
        program, rows=program.rows.reshape(-1, program.most + 1).at[:, :-1].set(rows).ravel()
    )


def one_never_acts(program):
    return replace(program, n_free=program.n_free - 1)


def coarse_chances(program):
    return replace(program, chances=program.chances >> 28 << 28)


TWINS = [
    (scan.ENGINE, nobody_is_told),
    (scan.ENGINE, others_are_told),
    (scan.ENGINE, one_never_acts),
    (scan_few.ENGINE, others_are_heard),
    (scan_few.ENGINE, one_never_acts),
    (scan_few.ENGINE, coarse_chances),
]


@pytest.mark.parametrize(("engine", "twin"), TWINS)
def test_twins_are_caught(engine, twin, key):
    collective = COLLECTIVES["no bias"]
    assert not agrees(drawn(engine, key, collective, 3, program=twin), exact_law(collective, 3))


@every_engine
def test_a_reused_stream_is_caught(engine, key, monkeypatch):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, 3)

    def restarted(key, site, block, sweep, purpose):
        return streams.words_at(key, site, block, jnp.zeros_like(sweep), purpose)

    monkeypatch.setattr(by_rounds, "words_at", restarted)
    jax.clear_caches()
    assert not agrees(drawn(engine, key, collective, 3), law)
    jax.clear_caches()


@pytest.mark.parametrize("rule", [probability_matching, planning_as_inference(1.5, 0.7)])
def test_coarse_noise_is_caught(rule, key, monkeypatch):
    collective = spin_glass(bias=0.3, rule=rule)
    law = exact_law(collective, 3)
    noise_of = noise.noise_of
    monkeypatch.setattr(scan, "noise_of", lambda rule, word: noise_of(rule, word >> 29 << 29))
    jax.clear_caches()
    assert not agrees(drawn(scan.ENGINE, key, collective, 3), law)
    jax.clear_caches()


# ---- what the draws depend on


@every_engine
@pytest.mark.parametrize("chunk", [1, 7, 40])
def test_draws_do_not_depend_on_chunks(engine, key, chunk):
    collective = Collective(random_regular(3, 80, seed=1).scaled(0.5), clamped={5: 1, 40: -1})
    expected = drawn(engine, key, collective, 4, n_chains=40, chunk=20)
    found = drawn(engine, key, collective, 4, n_chains=40, chunk=chunk)
    np.testing.assert_array_equal(found, expected)
    assert (expected[:, [5, 40]] == [1, -1]).all()


@every_engine
def test_another_temperature_compiles_nothing_anew(engine):
    def shape(gamma):
        program = plan(engine, spin_glass(gamma=gamma, bias=gamma), 4).program
        return jax.tree.structure(program), [leaf.shape for leaf in jax.tree.leaves(program)]

    assert shape(0.4) == shape(0.7)


def test_fields_never_drift(key):
    """After many sweeps the words are, to the last bit, what the spins alone make of them."""
    rng = np.random.default_rng(3)
    collective = Collective(rng.normal(size=(70, 70)) * (1 - np.eye(70)), rng.normal(size=70))
    program = plan(scan.ENGINE, collective, 3).program
    state = scan.encode(program, np.ones((3, 70), dtype=np.int8))
    run_key = streams.run_key(key, scan.NAME)
    sweep = jax.jit(scan.sweep)
    for number in range(50):
        state = sweep(program, run_key, jnp.uint32(0), jnp.uint32(number), state)
    spins = np.asarray(scan.spins_of(program, state))
    assert not (spins == 1).all()
    np.testing.assert_array_equal(scan.encode(program, spins), state)


@every_engine
def test_chunks_are_even_shares(engine):
    asked = dynamics(Collective(random_regular(3, 10_000, seed=1)), random_scan)
    assert engine.chunk(asked, 64, 2) == 16
    assert engine.chunk(asked, 1, 2) == 1


# ---- who it is for


@pytest.mark.parametrize(
    ("engine", "collective", "schedule", "why"),
    [
        (scan.ENGINE, spin_glass(), chromatic, "set by the schedule"),
        (scan.ENGINE, spin_glass(clamped=dict.fromkeys(range(5), 1)), random_scan, "is clamped"),
        (scan_few.ENGINE, spin_glass(), chromatic, "set by the schedule"),
        (scan_few.ENGINE, Collective(complete(8)), random_scan, "hears 7 others"),
    ],
)
def test_what_it_cannot_run_is_said(engine, collective, schedule, why):
    assert why in engine.unsuited(dynamics(collective, schedule), 1)


def test_tables_that_nobody_shares_are_said(monkeypatch):
    monkeypatch.setattr(scan_few, "FEW_CHANCES", 2)
    monkeypatch.setattr(scan_few, "MOST_CHANCES", 3)
    asked = dynamics(spin_glass(), random_scan)
    assert "too unlike" in str(scan_few.unsuited(asked, 1))
    alike = dynamics(Collective(random_regular(3, 40, seed=1).scaled(0.5)), random_scan)
    assert scan_few.unsuited(alike, 1) is None


@every_engine
@pytest.mark.parametrize("rule", [maximum_a_posteriori, probability_matching], ids=str)
def test_a_certain_agent_is_never_wrong(engine, rule, key):
    ties = 1e-3 * np.eye(4)[[1, 2, 3, 0]]
    collective = Collective(ties, [30, -30, 1e30, -1e30], action_rule=rule)
    assert (drawn(engine, key, collective, 40, n_chains=64) == [1, -1, 1, -1]).all()
