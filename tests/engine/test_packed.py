"""The packed engine: exact laws in every cell of schedule and collective, and no twin's."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin import sample
from pp_spin.agents.action import maximum_a_posteriori, planning_as_inference, probability_matching
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import driver, packed, streams
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete, lattice, random_regular
from pp_spin.reference import kaufman
from pp_spin.schedule import chromatic, partially_synchronous, random_scan, sequential, synchronous
from tests import cases, oracle

N_CHAINS = 2**16
SCHEDULES = (chromatic, sequential, synchronous, partially_synchronous(0.35))


def spin_glass(*, bias=0.0, clamped=None, asymmetric=False, rule=probability_matching, gamma=0.4):
    """Five agents on a cycle with a chord and a leaf: degrees 1, 2 and 3, signed ties."""
    pairs = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2), (3, 4)]
    signs = [1, -1, 1, 1, -1, 1]
    ties = np.zeros((5, 5))
    for (i, j), sign in zip(pairs, signs, strict=True):
        ties[i, j], ties[j, i] = sign, sign
    if asymmetric:
        ties[1, 0], ties[2, 3] = -1, 0
    return Collective(gamma * ties, bias * np.array([1, -1, 0, 1, -1]), clamped, rule)


COLLECTIVES = {
    "no bias": spin_glass(),
    "biases of both signs": spin_glass(bias=0.3),
    "clamped": spin_glass(bias=0.3, clamped={1: -1}),
    "asymmetric": spin_glass(bias=0.3, asymmetric=True),
    "planning": spin_glass(bias=0.3, rule=planning_as_inference(1.5, 0.7)),
}
every_cell = pytest.mark.parametrize(
    ("name", "schedule"),
    [(name, schedule) for name in COLLECTIVES for schedule in SCHEDULES],
    ids=str,
)


def exact_law(collective, schedule, n_sweeps):
    """The oracle's law after so many sweeps from all-up."""
    step = cases.oracle_matrix(oracle, collective, schedule)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, n_sweeps)[start]


def run(
    key, start, running, num_warmup=0, num_samples=1, thinning=1, threads=2, engine=packed.ENGINE
):
    assert engine.unsuited(running, len(start)) is None
    plan = planned(running, len(start), engine, threads)
    counts = driver.Counts(num_warmup, num_samples, thinning)
    return driver.draws(key, start, plan, counts, threads=threads)


def drawn(key, collective, schedule, n_sweeps, n_chains=N_CHAINS, **options):
    start = collective.hold(np.ones((n_chains, collective.n_agents)))
    return run(key, start, dynamics(collective, schedule), n_sweeps - 1, **options)[:, -1]


def agrees(spins, law):
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


@every_cell
@pytest.mark.parametrize("n_sweeps", [1, 3])
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, n_sweeps, key):
    collective = COLLECTIVES[name]
    law = exact_law(collective, schedule, n_sweeps)
    assert agrees(drawn(key, collective, schedule, n_sweeps), law)
    # After an even number of ticks all agents at once could not tell opposed ties from theirs.
    opposed = collective.replaced(sensory_precision=-collective.ties)
    assert not agrees(drawn(key, opposed, schedule, n_sweeps), law)


def twins(program):
    """Programs as they would be with a mistake."""
    groups = program.groups
    one = groups[0]
    yield "a stale read", replace(program, together=True)
    yield "one agent never updated", replace(program, groups=groups[1:])
    shifted = replace(one, seen=jnp.roll(one.seen, program.n_words, axis=1))
    yield "another agent's neighbours", replace(program, groups=(shifted, *groups[1:]))
    coarse = one.table._replace(error=one.table.error >> 28 << 28)
    rounded = replace(one, table=coarse)
    yield "thresholds of four digits", replace(program, groups=(rounded, *groups[1:]))


@pytest.mark.parametrize("mistake", range(4))
def test_twins_are_caught(mistake, key):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, chromatic, 3)
    names = []

    def mistaken(*args):
        name, program = list(twins(packed.build(*args)))[mistake]
        names.append(name)
        return program

    twin = packed.ENGINE._replace(build=mistaken)
    assert not agrees(drawn(key, collective, chromatic, 3, engine=twin), law), names


def test_a_reused_stream_is_caught(key, monkeypatch):
    collective = COLLECTIVES["no bias"]
    law = exact_law(collective, chromatic, 3)

    def restarted(key, site, block, sweep, purpose):
        return words_at(key, site, block, jnp.zeros_like(sweep), purpose)

    words_at = streams.words_at
    monkeypatch.setattr(packed, "words_at", restarted)
    jax.clear_caches()
    assert not agrees(drawn(key, collective, chromatic, 3), law)
    monkeypatch.undo()
    jax.clear_caches()
    assert agrees(drawn(key, collective, chromatic, 3), law)


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


def after_three_sweeps(key, running):
    return run(key, np.ones((N_CHAINS, 9), dtype=np.int8), running, num_warmup=2)[:, 0]


def test_mistakes_on_a_periodic_odd_lattice_are_caught(key):
    collective = torus(wrap=0)
    np.testing.assert_array_equal(collective.sensory_precision, lattice((3, 3)).weights * 0.4)
    law = exact_law(collective, chromatic, 3)
    right = dynamics(collective, chromatic)
    assert right.ticks is not None
    assert len(right.ticks.agents) > 2
    assert agrees(after_three_sweeps(key, right), law)
    off_by_one = dynamics(torus(wrap=1), chromatic)
    assert not agrees(after_three_sweeps(key, off_by_one), law), (
        "a neighbour off by one on the periodic edge"
    )
    two_colours = right.ticks._replace(agents=(np.arange(0, 9, 2), np.arange(1, 9, 2)))
    assert not agrees(after_three_sweeps(key, right._replace(ticks=two_colours)), law), (
        "two colours, of which agents who see each other share one"
    )


# ---- what the draws depend on


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("chunk_words", [1, 7, 2**16])
def test_draws_do_not_depend_on_threads_or_chunks(key, threads, chunk_words, monkeypatch):
    collective = Collective(random_regular(3, 20, seed=1).scaled(0.5))
    options = {"n_chains": 200, "num_samples": 5, "thinning": 2}
    expected = drawn(key, collective, chromatic, 4, threads=1, **options)
    monkeypatch.setattr(packed, "CHUNK_WORDS", 20 * chunk_words)
    found = drawn(key, collective, chromatic, 4, threads=threads, **options)
    np.testing.assert_array_equal(found, expected)
    fewer = drawn(key, collective, chromatic, 4, **options | {"n_chains": 40})
    np.testing.assert_array_equal(fewer, expected[:40])


def test_another_temperature_compiles_nothing_anew(key):
    def program(gamma):
        collective = spin_glass(gamma=gamma)
        return packed.build(dynamics(collective, chromatic), 32)

    structures = {str(jax.tree.structure(program(gamma))) for gamma in (0.4, 0.7)}
    assert len(structures) == 1
    shapes = [[leaf.shape for leaf in jax.tree.leaves(program(gamma))] for gamma in (0.4, 0.7)]
    assert shapes[0] == shapes[1]


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
    assert sample(collective, schedule, **counts).attrs["engine"] == "plain"


def test_sample_takes_it_and_says_so():
    counts = {"num_samples": 1, "num_warmup": 0}
    assert sample(spin_glass(), chromatic, num_chains=8, **counts).attrs["engine"] == "packed"
    forced = sample(spin_glass(), chromatic, num_chains=8, engine="plain", **counts)
    assert forced.attrs["engine"] == "plain"
    with pytest.raises(ValueError, match="no such engine; take one of packed, plain"):
        sample(spin_glass(), chromatic, engine="quick", **counts)


def test_a_certain_agent_is_never_wrong(key):
    collective = spin_glass(bias=0.3, rule=maximum_a_posteriori)
    ours = drawn(key, collective, synchronous, 1, n_chains=64)
    assert len(np.unique(ours, axis=0)) == 1


def test_a_large_network_needs_no_dense_table():
    tree = sample(
        Collective(lattice((150, 150)).scaled(0.3)),
        chromatic,
        num_chains=2,
        num_samples=1,
        num_warmup=0,
    )
    assert tree.attrs["engine"] == "packed"
    assert tree["constant_data"]["tie_precision"].shape == (4 * 150**2,)


@pytest.mark.parametrize(("beta", "side"), [(0.3, 32), (0.5, 32), (0.3, 64)])
def test_lattice_energy_is_kaufmans(beta, side, key):
    """One energy per chain: six standard errors, and a coupling that is off by 3 % is outside."""
    collective = Collective(lattice((side, side)).scaled(beta))
    start = np.ones((256, side**2), dtype=np.int8)
    spins = run(key, start, dynamics(collective, chromatic), num_warmup=400)[:, 0]
    pairs = (collective.ties @ spins.T.astype(float)).T / beta
    energies = -(spins * pairs).sum(1) / 2 / side**2
    error = energies.std() / np.sqrt(len(energies))
    assert abs(energies.mean() - kaufman.energy((side, side), beta)) < 6 * error
    assert abs(energies.mean() - kaufman.energy((side, side), 1.03 * beta)) > 6 * error
