"""The tiny engine: exact laws in every cell of schedule and collective, by odds and by table."""

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
from pp_spin.engine import driver, streams, tiny
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import Plan
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete
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
SCHEDULES = (
    chromatic,
    sequential,
    Sequential((3, 1, 4, 0, 2)),
    synchronous,
    partially_synchronous(0.35),
    random_scan,
)


def spin_glass(*, bias=0.3, clamped=None, asymmetric=False, rule=probability_matching, scale=1.0):
    """Five agents who nearly all hear each other, with precisions of every size and sign."""
    rng = np.random.default_rng(5)
    ties = rng.normal(size=(5, 5)) * 0.6
    if not asymmetric:
        ties = np.triu(ties) + np.triu(ties).T
    np.fill_diagonal(ties, 0)
    ties[1, 4] = 0
    ties[4, 1] *= asymmetric
    return Collective(scale * ties, scale * bias * np.array([1, -1, 0, 2, -1]), clamped, rule)


COLLECTIVES = {
    "no bias": spin_glass(bias=0),
    "biases": spin_glass(),
    "clamped": spin_glass(clamped={1: -1, 3: 1}),
    "asymmetric": spin_glass(asymmetric=True),
    "planning": spin_glass(rule=planning_as_inference(1.5, 0.7)),
    "free energy": spin_glass(rule=expected_free_energy(1.2, 0.8, 1.1), clamped={2: 1}),
}


def exact_law(collective, schedule, n_sweeps):
    """The oracle's law after so many sweeps from all-up."""
    step = cases.oracle_matrix(oracle, collective, schedule)
    steps = n_sweeps * (len(collective.free) if schedule == random_scan else 1)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, steps)[start]


def drawn(key, collective, schedule, n_sweeps, n_chains=N_CHAINS, chunk=2**15, mistake=None):
    """The spins of every chain after the last sweep, ``(n_chains, n_agents)``."""
    task = dynamics(collective, schedule)
    assert tiny.unsuited(task, n_chains) is None
    program = tiny.build(task, chunk)
    program = program if mistake is None else mistake(program)
    start = collective.hold(np.ones((n_chains, collective.n_agents)))
    counts = driver.Counts(num_warmup=n_sweeps - 1, num_samples=1)
    return driver.draws(key, start, Plan(tiny.ENGINE, program, chunk), counts)[:, -1]


def agrees(spins, law):
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("name", COLLECTIVES)
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, key):
    collective = COLLECTIVES[name]
    opposed = collective.replaced(sensory_precision=-collective.ties)
    for n_sweeps in (1, 3):
        law = exact_law(collective, schedule, n_sweeps)
        assert agrees(drawn(key, collective, schedule, n_sweeps), law)
        assert not agrees(drawn(key, opposed, schedule, n_sweeps), law)


@pytest.mark.parametrize("schedule", [chromatic, synchronous, partially_synchronous(0.35)], ids=str)
def test_tables_are_as_right_as_odds(schedule, key, monkeypatch):
    monkeypatch.setattr(tiny, "LARGEST_FIELD", 0)
    collective = COLLECTIVES["clamped"]
    assert isinstance(tiny.build(dynamics(collective, schedule), 1), tiny.ByTable)
    assert agrees(drawn(key, collective, schedule, 3), exact_law(collective, schedule, 3))


# ---- mistakes


def stale(program):
    return replace(program, together=True)


def one_never_acts(program):
    if isinstance(program, tiny.ByTable):
        return replace(program, held=(0,))
    n_heard = len(program.heard[0])
    return replace(
        program,
        order=program.order[1:],
        heard=program.heard[1:],
        all_up=program.all_up[1:],
        factors=program.factors[n_heard:],
    )


def anothers_neighbours(program):
    if isinstance(program, tiny.ByTable):
        return replace(program, chances=jnp.roll(program.chances, 2**program.n_agents))
    return replace(program, heard=(*program.heard[1:], program.heard[0]))


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
@pytest.mark.parametrize("mistake", [stale, one_never_acts, anothers_neighbours])
def test_mistakes_are_caught(mistake, schedule, key):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, schedule, 3)
    assert agrees(drawn(key, collective, schedule, 3), law)
    assert not agrees(drawn(key, collective, schedule, 3, mistake=mistake), law)


def test_acting_one_by_one_instead_of_together_is_caught(key):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, synchronous, 3)

    def one_by_one(program):
        return replace(program, together=False)

    assert not agrees(drawn(key, collective, synchronous, 3, mistake=one_by_one), law)


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
def test_coarse_words_and_reused_streams_are_caught(schedule, key, monkeypatch):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, schedule, 3)
    words_at, next_word = streams.words_at, streams.next_word

    def restarted(key, site, block, sweep, purpose):
        return words_at(key, site, block, jnp.zeros_like(sweep), purpose)

    def of_eight_digits(stream):
        word, after = next_word(stream)
        return word >> 24 << 24, after

    for name, mistake in {"words_at": restarted, "next_word": of_eight_digits}.items():
        with monkeypatch.context() as patch:
            patch.setattr(tiny, name, mistake)
            jax.clear_caches()
            found = drawn(key, collective, schedule, 3, n_chains=2**20)
        assert not agrees(found, law), name
    jax.clear_caches()
    assert agrees(drawn(key, collective, schedule, 3, n_chains=2**20), law)


# ---- what the draws depend on, and who it is for


@pytest.mark.parametrize("name", ["biases", "free energy"])
@pytest.mark.parametrize("schedule", [partially_synchronous(0.35), random_scan], ids=str)
def test_draws_do_not_depend_on_chunks(name, schedule, key):
    found = [
        drawn(key, COLLECTIVES[name], schedule, 3, n_chains=100, chunk=chunk)
        for chunk in (1, 7, 100)
    ]
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], found[2])
    assert len(np.unique(found[2], axis=0)) > 4


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
def test_another_temperature_compiles_nothing_anew(schedule):
    programs = [tiny.build(dynamics(spin_glass(scale=s), schedule), 8) for s in (1.0, 0.3)]
    first, second = (jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), p) for p in programs)
    assert str(jax.tree.structure(first)) == str(jax.tree.structure(second))
    assert jax.tree.leaves(first) == jax.tree.leaves(second)


@pytest.mark.parametrize(("rule", "scale"), [(maximum_a_posteriori, 1), (probability_matching, 25)])
def test_certain_agents_are_never_wrong(rule, scale, key):
    sure = Collective(np.zeros((2, 2)), [scale * 0.8, -scale * 0.8], action_rule=rule)
    assert (drawn(key, sure, synchronous, 1) == [1, -1]).all()


@pytest.mark.parametrize(
    ("share", "way"), [(0.99, tiny.ByOdds), (1.01, tiny.ByTable), (50, tiny.ByTable)]
)
def test_large_precisions_do_not_overflow(share, way, key):
    sizes = 2 * abs(spin_glass().ties).sum(axis=1) + np.abs(spin_glass().prior_precision)
    collective = spin_glass(scale=share * tiny.LARGEST_FIELD / sizes.max())
    assert isinstance(tiny.build(dynamics(collective, sequential), 1), way)
    assert agrees(drawn(key, collective, sequential, 2), exact_law(collective, sequential, 2))


@pytest.mark.parametrize(
    ("collective", "why"),
    [
        (Collective(complete(17)), "17 agents, more than 16"),
        (Collective(complete(2), clamped={0: 1, 1: 1}), "every agent is clamped"),
    ],
)
def test_what_it_cannot_run_is_said(collective, why):
    assert why in (tiny.unsuited(dynamics(collective, random_scan), 64) or "")


def test_odds_serve_wherever_the_rule_is_a_line_in_the_belief():
    for name, collective in COLLECTIVES.items():
        way = tiny.ByTable if name == "free energy" else tiny.ByOdds
        assert isinstance(tiny.build(dynamics(collective, chromatic), 1), way)
    assert isinstance(tiny.build(dynamics(COLLECTIVES["biases"], random_scan), 1), tiny.ByTable)
