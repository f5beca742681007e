"""The lattice engine: exact laws, exact geometry, Kaufman's energies, and no twin's."""

from dataclasses import replace
from functools import partial

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import ttest_1samp

from pp_spin import summarise
from pp_spin.agents.action import maximum_a_posteriori, planning_as_inference, probability_matching
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import driver
from pp_spin.engine import lattice as engine
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.words import FULL
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import lattice, random_regular
from pp_spin.reference import kaufman
from pp_spin.schedule import chromatic, partially_synchronous, random_scan, sequential, synchronous
from tests import oracle
from tests.engine import cells

SCHEDULES = (chromatic, synchronous, partially_synchronous(0.35))
SIGNS = np.where(np.arange(16) % 3 == 0, -1, 1)

# Nine of the 16 agents are free, among them both ends of a row and of a column: few enough for the
# oracle, who takes what the others show for a bias.
FREE = np.array([0, 1, 3, 4, 5, 7, 12, 13, 15])
CLAMPED = {int(i): 1 if i % 4 else -1 for i in np.setdiff1d(np.arange(16), FREE)}


def torus(gamma=0.4, zeta=0.0, clamped=CLAMPED, rule=probability_matching):
    return Collective(gamma * lattice((4, 4)).ties, zeta * np.ones(16), clamped, rule)


COLLECTIVES = {
    "no bias": torus(),
    "a bias": torus(zeta=0.3),
    "biases of both signs": torus(zeta=0.3 * SIGNS),
    "opposed": torus(-0.4, zeta=-0.3),
    "planning": torus(zeta=0.3 * SIGNS, rule=planning_as_inference(1.5, 0.7)),
}


plan_of = partial(cells.plan_of, engine.ENGINE)


def exact_law(collective, schedule, n_sweeps, wrap=0):
    """The oracle's law ``(2**16,)`` from all-up; ``wrap`` twists the torus by rows."""
    gamma = np.array(collective.sensory_precision)
    for row in range(4):
        last, first, moved = 4 * row + 3, 4 * row, 4 * ((row + wrap) % 4)
        gamma[[last, first], [first, last]] -= gamma[0, 1]
        gamma[[last, moved], [moved, last]] += gamma[0, 1]
    held = np.array(list(CLAMPED))
    field = collective.prior_precision + gamma[:, held] @ np.array(list(CLAMPED.values()))
    rule = collective.action_rule
    free = np.ix_(FREE, FREE)
    up = oracle.up_probabilities(gamma[free], field[FREE], rule.name, **rule.parameters)
    step = {
        "chromatic": lambda: oracle.chromatic(up, (FREE // 4 + FREE) % 2),
        "synchronous": lambda: oracle.synchronous(up),
        "partially_synchronous": lambda: oracle.partially_synchronous(up, 0.35),
    }[schedule.name]()
    spins = collective.hold(np.ones((2 ** len(FREE), 16)))
    spins[:, FREE] = oracle.states(len(FREE))
    law = np.zeros(2**16)
    law[index_of(spins)] = np.linalg.matrix_power(step, n_sweeps)[-1]
    return law


def passes(key, plan, collective, wrap=0):
    spins = cells.drawn(key, plan, collective, 3)[:, -1]
    return cells.agrees(spins, exact_law(collective, chromatic, 3, wrap))


@pytest.mark.parametrize("schedule", SCHEDULES, ids=str)
@pytest.mark.parametrize("name", COLLECTIVES)
def test_the_law_of_every_sweep_is_the_oracles(name, schedule, key):
    assert not cells.complaints(key, engine.ENGINE, COLLECTIVES[name], schedule, exact_law)


def lazy(program):
    return replace(program, held=(program.held[0], jnp.full_like(program.held[1], FULL)))


TWINS = {
    "a stale read": lambda program: replace(program, together=True),
    "a colour never updated": lazy,
}


@pytest.mark.parametrize("name", TWINS)
def test_twins_are_caught(name, key):
    collective = COLLECTIVES["a bias"]
    plan = plan_of(collective, chromatic)
    twin = plan._replace(program=TWINS[name](plan.program))
    assert not passes(key, twin, collective)


def test_thresholds_of_eight_digits_are_caught(key):
    def rounded(program):
        return replace(program, table=program.table._replace(error=program.table.error >> 24 << 24))

    ties = lattice((32, 32)).scaled(0.35).ties
    assert cells.in_step(key, engine.ENGINE, ties)
    assert not cells.in_step(key, engine.ENGINE, ties, rounded)


def test_a_neighbour_off_by_one_on_the_periodic_edge_is_caught(key):
    collective = COLLECTIVES["a bias"]
    plan = plan_of(collective, chromatic)
    assert passes(key, plan, collective)
    assert not passes(key, plan, collective, wrap=1)


def test_a_reused_stream_is_caught(key):
    collective = COLLECTIVES["a bias"]
    plan = plan_of(collective, chromatic)._replace(engine=cells.restarted(engine.ENGINE))
    assert not passes(key, plan, collective)


# ---- geometry: agents who are certain do exactly what they would do one by one


def certain(sides, gamma, rng):
    """Biases of both signs and smaller than a tie: never a fair coin; two agents are clamped."""
    ties = gamma * lattice(sides).ties
    zeta = 0.1 * rng.choice([-1, 1], sides[0] * sides[1])
    return Collective(ties, zeta, {1: 1, sides[1] - 1: -1}, maximum_a_posteriori)


def expected(collective, schedule, spins, n_sweeps, width):
    parity = (np.arange(spins.shape[1]) // width + np.arange(spins.shape[1])) % 2
    free = np.isin(np.arange(len(parity)), collective.free)
    for _ in range(n_sweeps):
        for acting in (
            (free,) if schedule is synchronous else (free & (parity == c) for c in (0, 1))
        ):
            field = (collective.ties @ spins.T).T + collective.prior_precision
            spins = np.where(acting, np.sign(field), spins)
    return spins


@pytest.mark.parametrize(
    ("sides", "n_chains", "schedule"),
    [
        ((4, 4), 70, chromatic),
        ((6, 10), 3, chromatic),
        ((4, 64), 1, chromatic),
        ((6, 96), 2, chromatic),
        ((4, 128), 5, chromatic),
        ((6, 96), 2, synchronous),
    ],
    ids=str,
)
def test_every_neighbour_is_heard_in_every_layout(sides, n_chains, schedule, key, rng):
    start = rng.choice(np.array([-1, 1], dtype=np.int8), (n_chains, sides[0] * sides[1]))
    for gamma in (1.0, -1.0):
        collective = certain(sides, gamma, rng)
        start = collective.hold(start)
        plan = plan_of(collective, schedule, n_chains)
        found = driver.draws(key, start, plan, driver.Counts(0, 3))
        for draw in range(3):
            hoped = expected(collective, schedule, start, draw + 1, sides[1])
            np.testing.assert_array_equal(found[:, draw], hoped)


def test_a_rotation_left_out_at_the_rows_end_is_caught(key, rng, monkeypatch):
    collective = certain((4, 64), 1.0, rng)
    start = collective.hold(rng.choice(np.array([-1, 1], dtype=np.int8), (1, 256)))
    monkeypatch.setattr(engine, "rotated", lambda word, n_bits: word)
    plan = plan_of(collective, chromatic, 1)._replace(engine=cells.anew(engine.ENGINE))
    found = driver.draws(key, start, plan, driver.Counts(0, 1))
    assert (found[:, 0] != expected(collective, chromatic, start, 1, 64)).any()


# ---- at equilibrium


@pytest.mark.parametrize(
    ("beta", "side", "n_chains", "n_sweeps"),
    [
        *[(beta, side, 256, 600) for beta in (0.3, 0.5) for side in (32, 64)],
        *[(0.44, 32, 256, 6_000), (0.44, 64, 256, 20_000)],
        *[(0.3, side, 1, 200) for side in (32, 64)],
    ],
)
def test_lattice_energy_is_kaufmans(beta, side, n_chains, n_sweeps, key):
    """One energy per chain, or of one chain every 30 sweeps; six standard errors."""
    collective = Collective(lattice((side, side)).scaled(beta))
    start = np.ones((n_chains, side**2), dtype=np.int8)
    counts = driver.Counts(n_sweeps, 256 // n_chains, thinning=30)
    plan = plan_of(collective, chromatic, n_chains)
    spins = driver.draws(key, start, plan, counts, threads=2).reshape(-1, side**2)
    pairs = (collective.ties @ spins.T.astype(float)).T / beta
    energies = -(spins * pairs).sum(1) / 2 / side**2
    error = energies.std() / np.sqrt(len(energies))
    assert abs(energies.mean() - kaufman.energy((side, side), beta)) < 6 * error
    assert abs(energies.mean() - kaufman.energy((side, side), 1.04 * beta)) > 6 * error


@pytest.mark.parametrize(("side", "n_chains"), [(128, 64), (512, 16), (1024, 8)])
@pytest.mark.parametrize("beta", [0.3, 0.5])
def test_energy_of_a_large_lattice_is_kaufmans(beta, side, n_chains):
    """One mean per chain, from the ordered phase's own start where it is ordered; Student's t."""
    collective = Collective(lattice((side, side)).scaled(beta))
    start = np.ones(side**2) if beta > kaufman.CRITICAL_BETA else None
    counts = {"num_warmup": 400, "num_samples": 40, "thinning": 10, "num_chains": n_chains}
    sums = summarise(collective, chromatic, **counts, start=start, seed=side)
    assert sums.attrs["engine"] == "lattice"

    def p_value(exact):
        return ttest_1samp(sums["energy"] / beta, exact).pvalue

    assert p_value(kaufman.energy((side, side), beta)) > ALPHA
    assert p_value(kaufman.energy((side, side), 1.01 * beta)) < ALPHA


# ---- what the draws depend on, and who it is for


def test_draws_do_not_depend_on_chunks(key):
    collective, schedule = torus(zeta=0.3 * SIGNS), partially_synchronous(0.8)

    def run(n_chains, chunk=None):
        plan = plan_of(collective, schedule, n_chains, chunk)
        return cells.drawn(key, plan, collective, 4, n_chains)

    expected = run(200)
    np.testing.assert_array_equal(run(200, chunk=32), expected)
    np.testing.assert_array_equal(run(40), expected[:40])
    assert (expected[:32] != expected[32:64]).any(), "a stream that words of chains share"


def test_another_temperature_compiles_nothing_anew():
    shapes = [
        cells.shapes(plan_of(torus(gamma, zeta, clamped=None), chromatic, chunk=64))
        for gamma, zeta in ((0.4, 0.3), (0.7, 0.2), (-0.7, -0.2))
    ]
    assert shapes[0] == shapes[1] == shapes[2]


def scrambled():
    ties = lattice((4, 4)).weights * 0.4
    order = np.array([0, 1, 2, 3, 5, 4, *range(6, 16)])
    return Collective(ties[np.ix_(order, order)])


@pytest.mark.parametrize(
    ("collective", "schedule", "why"),
    [
        (torus(), random_scan, "drawn one by one"),
        (torus(), sequential, "two colours"),
        (torus(clamped={0: 1, 1: 1, 3: 1, 4: 1, 12: 1, 6: 1}), chromatic, None),
        (torus(zeta=np.arange(16)), chromatic, "biases differ"),
        (torus(gamma=np.where(np.arange(16) == 5, -1, 1)), chromatic, "precisions differ"),
        (Collective(lattice((5, 4))), chromatic, "even sides"),
        (Collective(lattice((4, 3))), synchronous, "even sides"),
        (Collective(lattice((4, 4), periodic=(True, False))), chromatic, "periodic"),
        (Collective(random_regular(4, 16, seed=1)), synchronous, "periodic"),
        (scrambled(), synchronous, "periodic"),
    ],
    ids=str,
)
def test_what_it_cannot_run_is_said(collective, schedule, why):
    found = engine.unsuited(dynamics(collective, schedule), 8)
    assert found is None if why is None else why in (found or "")


@pytest.mark.parametrize("sides", [(4, 4), (4, 6), (6, 4), (10, 64)])
def test_lattices_are_recognised(sides):
    assert engine.sides_of(lattice(sides).ties) == sides
