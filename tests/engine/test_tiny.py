"""The tiny engine: exact laws in every cell of schedule and collective, by odds and by table."""

from dataclasses import replace
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin.agents.action import expected_free_energy, maximum_a_posteriori, probability_matching
from pp_spin.collective import Collective
from pp_spin.engine import lookup, streams, tiny
from pp_spin.engine.dynamics import dynamics
from pp_spin.network import complete
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from tests.engine import cells

SCHEDULES = (
    chromatic,
    sequential,
    Sequential((3, 1, 4, 0, 2)),
    synchronous,
    partially_synchronous(0.35),
    random_scan,
)


spin_glass = partial(cells.spin_glass, cells.CROWD)
COLLECTIVES = cells.collectives(cells.CROWD) | {
    "two clamped": spin_glass(clamped={1: -1, 3: 1}),
    "free energy": spin_glass(rule=expected_free_energy(1.2, 0.8, 1.1), clamped={2: 1}),
}

plan_of = partial(cells.plan_of, tiny.ENGINE, chunk=2**15)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("name", COLLECTIVES)
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, key):
    assert not cells.complaints(key, tiny.ENGINE, COLLECTIVES[name], schedule)


@pytest.mark.parametrize("schedule", [chromatic, synchronous, partially_synchronous(0.35)], ids=str)
def test_tables_are_as_right_as_odds(schedule, key, monkeypatch):
    monkeypatch.setattr(tiny, "LARGEST_FIELD", 0)
    collective = COLLECTIVES["clamped"]
    assert isinstance(plan_of(collective, schedule).program, lookup.ByTable)
    assert not cells.complaints(key, tiny.ENGINE, collective, schedule)


# ---- mistakes


def stale(program):
    return replace(program, together=True)


def one_never_acts(program):
    if isinstance(program, lookup.ByTable):
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
    if isinstance(program, lookup.ByTable):
        return replace(program, chances=jnp.roll(program.chances, 2**program.n_agents))
    return replace(program, heard=(*program.heard[1:], program.heard[0]))


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
@pytest.mark.parametrize("mistake", [stale, one_never_acts, anothers_neighbours])
def test_mistakes_are_caught(mistake, schedule, key):
    collective = COLLECTIVES["no bias"]
    plan = plan_of(collective, schedule)
    twin = plan._replace(program=mistake(plan.program))
    assert not cells.passes(key, twin, collective, schedule)


def test_acting_one_by_one_instead_of_together_is_caught(key):
    collective = COLLECTIVES["no bias"]
    plan = plan_of(collective, synchronous)
    twin = plan._replace(program=replace(plan.program, together=False))
    assert not cells.passes(key, twin, collective, synchronous)


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
def test_reused_streams_are_caught(schedule, key):
    collective = COLLECTIVES["no bias"]
    plan = plan_of(collective, schedule)._replace(engine=cells.restarted(tiny.ENGINE))
    assert not cells.passes(key, plan, collective, schedule)


@pytest.mark.parametrize(
    ("way", "schedule"), [(tiny, chromatic), (lookup, random_scan)], ids=["odds", "table"]
)
def test_coarse_words_are_caught(way, schedule, key, monkeypatch):
    collective = cells.RARELY_DOWN
    plan = plan_of(collective, schedule)
    assert cells.passes(key, plan, collective, schedule)

    def of_eight_digits(stream):
        word, after = streams.next_word(stream)
        return word >> 24 << 24, after

    monkeypatch.setattr(way, "next_word", of_eight_digits)
    plan = plan._replace(engine=cells.anew(tiny.ENGINE))
    assert not cells.passes(key, plan, collective, schedule)


# ---- what the draws depend on, and who it is for


@pytest.mark.parametrize("name", ["biases", "free energy"])
@pytest.mark.parametrize("schedule", [partially_synchronous(0.35), random_scan], ids=str)
def test_draws_do_not_depend_on_chunks(name, schedule, key):
    collective = COLLECTIVES[name]
    plans = [plan_of(collective, schedule, chunk=chunk) for chunk in (1, 7, 100)]
    found = [cells.drawn(key, plan, collective, 3, n_chains=100)[:, -1] for plan in plans]
    np.testing.assert_array_equal(found[0], found[2])
    np.testing.assert_array_equal(found[1], found[2])
    assert len(np.unique(found[2], axis=0)) > 4


@pytest.mark.parametrize("schedule", [chromatic, random_scan], ids=str)
def test_another_temperature_compiles_nothing_anew(schedule):
    def shapes(scale):
        return cells.shapes(plan_of(spin_glass(scale=scale), schedule))

    assert shapes(0.3) == shapes(1.0)


@pytest.mark.parametrize(("rule", "scale"), [(maximum_a_posteriori, 1), (probability_matching, 25)])
def test_certain_agents_are_never_wrong(rule, scale, key):
    sure = Collective(np.zeros((2, 2)), [scale * 0.8, -scale * 0.8], action_rule=rule)
    assert (cells.drawn(key, plan_of(sure, synchronous), sure, 1) == [1, -1]).all()


@pytest.mark.parametrize(
    ("share", "way"), [(0.99, tiny.ByOdds), (1.01, lookup.ByTable), (50, lookup.ByTable)]
)
def test_large_precisions_do_not_overflow(share, way, key):
    sizes = 2 * abs(spin_glass().ties).sum(axis=1) + np.abs(spin_glass().prior_precision)
    collective = spin_glass(scale=share * tiny.LARGEST_FIELD / sizes.max())
    plan = plan_of(collective, sequential)
    assert isinstance(plan.program, way)
    assert cells.passes(key, plan, collective, sequential)


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
        way = lookup.ByTable if name == "free energy" else tiny.ByOdds
        assert isinstance(plan_of(collective, chromatic).program, way)
    assert isinstance(plan_of(COLLECTIVES["biases"], random_scan).program, lookup.ByTable)
