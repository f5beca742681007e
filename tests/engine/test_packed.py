"""The packed engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin import sample
from pp_spin.agents.action import maximum_a_posteriori
from pp_spin.collective import Collective
from pp_spin.engine import driver, packed
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.network import complete, lattice, random_regular
from pp_spin.reference import kaufman
from pp_spin.schedule import chromatic, partially_synchronous, random_scan, sequential, synchronous
from tests.engine import cells

SCHEDULES = (chromatic, sequential, synchronous, partially_synchronous(0.35))


# Signed ties and biases, of one size each.
TIES, SIGNS = 0.4 * np.sign(cells.CYCLE), np.sign(cells.BIASES)
spin_glass = partial(cells.spin_glass, TIES, biases=SIGNS)
COLLECTIVES = cells.collectives(TIES, SIGNS)

plan_of = partial(cells.plan_of, packed.ENGINE)


# Tables without a bias, and clamped agents, know nothing of the schedule.
CELLS = [
    (name, schedule)
    for name in COLLECTIVES
    for schedule in SCHEDULES
    if name not in ("no bias", "clamped") or schedule in (chromatic, SCHEDULES[-1])
]


@pytest.mark.parametrize(("name", "schedule"), CELLS, ids=str)
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, key):
    assert not cells.complaints(key, packed.ENGINE, COLLECTIVES[name], schedule)


def twins(program):
    """Programs as they would be with a mistake."""
    groups = program.groups
    one = groups[0]
    yield "a stale read", replace(program, together=True)
    yield "one agent never updated", replace(program, groups=groups[1:])
    shifted = replace(one, seen=jnp.roll(one.seen, program.n_words, axis=1))
    yield "another agent's neighbours", replace(program, groups=(shifted, *groups[1:]))


@pytest.mark.parametrize("mistake", range(3))
def test_twins_are_caught(mistake, key):
    collective = COLLECTIVES["no bias"]
    plan = plan_of(collective, chromatic)
    name, program = list(twins(plan.program))[mistake]
    assert not cells.passes(key, plan._replace(program=program), collective, chromatic), name


def test_thresholds_of_eight_digits_are_caught(key):
    def rounded(program):
        (one,) = program.groups
        coarse = one.table._replace(error=one.table.error >> 24 << 24)
        return replace(program, groups=(replace(one, table=coarse),))

    ties = random_regular(3, 1000, seed=1).scaled(0.35).ties
    assert cells.in_step(key, packed.ENGINE, ties)
    assert not cells.in_step(key, packed.ENGINE, ties, rounded)


def test_a_reused_stream_is_caught(key):
    collective = COLLECTIVES["no bias"]
    plan = plan_of(collective, chromatic)._replace(engine=cells.restarted(packed.ENGINE))
    assert not cells.passes(key, plan, collective, chromatic)


def torus(wrap):
    """The 3 x 3 lattice; the last column's right neighbour is in the row ``wrap`` further down."""
    ties = np.zeros((9, 9))
    for row, column in np.ndindex(3, 3):
        right = (row + wrap * (column == 2)) % 3, (column + 1) % 3
        below = (row + 1) % 3, column
        for next_row, next_column in (right, below):
            i, j = 3 * row + column, 3 * next_row + next_column
            ties[i, j] = ties[j, i] = 0.4
    return Collective(ties)


def test_mistakes_on_a_periodic_odd_lattice_are_caught(key):
    collective = torus(wrap=0)
    np.testing.assert_array_equal(collective.sensory_precision, lattice((3, 3)).weights * 0.4)
    law = cells.exact_law(collective, chromatic, 3)

    def passes(running):
        plan = planned(running, cells.N_CHAINS, packed.ENGINE, 2)
        return cells.agrees(cells.drawn(key, plan, collective, 3)[:, -1], law)

    right = dynamics(collective, chromatic)
    assert right.ticks is not None
    assert len(right.ticks.agents) > 2
    assert passes(right)
    assert not passes(dynamics(torus(wrap=1), chromatic)), (
        "a neighbour off by one on the periodic edge"
    )
    two_colours = right.ticks._replace(agents=(np.arange(0, 9, 2), np.arange(1, 9, 2)))
    assert not passes(right._replace(ticks=two_colours)), (
        "two colours, of which agents who see each other share one"
    )


# ---- what the draws depend on


@pytest.mark.parametrize("threads", [2, 4])
@pytest.mark.parametrize("chunk_words", [1, 2**16])
def test_draws_do_not_depend_on_threads_or_chunks(key, threads, chunk_words, monkeypatch):
    collective = Collective(random_regular(3, 20, seed=1).scaled(0.5))
    running = dynamics(collective, chromatic)
    start = np.ones((200, 20), dtype=np.int8)

    def run(n_chains, threads):
        plan = planned(running, n_chains, packed.ENGINE, threads)
        return driver.draws(key, start[:n_chains], plan, driver.Counts(3, 5, 2), threads=threads)

    expected = run(200, 1)
    monkeypatch.setattr(packed, "CHUNK_WORDS", 20 * chunk_words)
    np.testing.assert_array_equal(run(200, threads), expected)
    np.testing.assert_array_equal(run(40, threads), expected[:40])


def test_another_temperature_compiles_nothing_anew():
    def shapes(scale):
        return cells.shapes(plan_of(spin_glass(scale=scale), chromatic, chunk=32))

    assert shapes(0.4) == shapes(0.7)


# ---- who it is for, and that sample chooses it


@pytest.mark.parametrize(
    ("collective", "schedule", "why"),
    [
        (spin_glass(), random_scan, "drawn one by one"),
        (Collective([[0, 1], [0.5, 0]]), chromatic, "precisions differ"),
        (Collective([[0, 1], [1, 0]], [0.1, 0.2]), chromatic, "biases differ"),
        (Collective(complete(17)), synchronous, "hears 16 others"),
        (Collective(complete(40)), sequential, "40 ticks"),
    ],
)
def test_what_it_cannot_run_is_said_and_another_engine_takes_over(collective, schedule, why):
    counts = {"num_chains": 16, "num_samples": 1, "num_warmup": 0}
    with pytest.raises(ValueError, match=why):
        sample(collective, schedule, engine="packed", **counts)
    assert sample(collective, schedule, **counts).attrs["engine"] != "packed"


def test_sample_takes_it_and_says_so():
    collective = Collective(random_regular(3, 20, seed=1).scaled(0.5))
    counts = {"num_chains": 8, "num_samples": 1, "num_warmup": 0}
    assert sample(collective, chromatic, **counts).attrs["engine"] == "packed"
    assert sample(collective, chromatic, engine="plain", **counts).attrs["engine"] == "plain"
    with pytest.raises(ValueError, match="no such engine; take one of tiny, lattice, packed"):
        sample(collective, chromatic, engine="quick", **counts)


def test_a_certain_agent_is_never_wrong(key):
    collective = spin_glass(rule=maximum_a_posteriori)
    ours = cells.drawn(key, plan_of(collective, synchronous, 64), collective, 1, 64)[:, 0]
    assert len(np.unique(ours, axis=0)) == 1


def test_a_large_network_needs_no_dense_table():
    tree = sample(
        Collective(lattice((150, 151)).scaled(0.3)),
        chromatic,
        num_chains=2,
        num_samples=1,
        num_warmup=0,
    )
    assert tree.attrs["engine"] == "packed"
    assert tree["constant_data"]["tie_precision"].shape == (4 * 150 * 151,)


@pytest.mark.parametrize(("beta", "side"), [(0.3, 32), (0.5, 32), (0.3, 64)])
def test_lattice_energy_is_kaufmans(beta, side, key):
    """One energy per chain: six standard errors, and a coupling that is off by 3 % is outside."""
    collective = Collective(lattice((side, side)).scaled(beta))
    start = np.ones((256, side**2), dtype=np.int8)
    plan = plan_of(collective, chromatic, 256)
    spins = driver.draws(key, start, plan, driver.Counts(400, 1), threads=2)[:, 0]
    pairs = (collective.ties @ spins.T.astype(float)).T / beta
    energies = -(spins * pairs).sum(1) / 2 / side**2
    error = energies.std() / np.sqrt(len(energies))
    assert abs(energies.mean() - kaufman.energy((side, side), beta)) < 6 * error
    assert abs(energies.mean() - kaufman.energy((side, side), 1.03 * beta)) > 6 * error
