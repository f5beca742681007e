"""Which engine runs what, and that engines who can run the same draw by the same law."""

import itertools

import jax
import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array, triu
from scipy.stats import norm

from pp_spin import checks
from pp_spin.collective import Collective
from pp_spin.engine import actions, dense, driver
from pp_spin.engine.choice import ENGINES, engine_for
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete, lattice, random_regular, ring
from pp_spin.schedule import chromatic, partially_synchronous, random_scan, sequential, synchronous

RNG = np.random.default_rng(5)


def real(network):
    """The network with real precisions and biases, each agent's own."""
    once = csr_array(triu(network.ties))
    once.data = 0.5 * RNG.standard_normal(once.nnz)
    return Collective(once + once.T, 0.2 * RNG.standard_normal(once.shape[0]))


TORUS = Collective(lattice((8, 8)).scaled(0.3))
SPARSE = real(random_regular(3, 70, seed=1))
DENSE = real(complete(70))
SIX = real(random_regular(6, 200, seed=1))


@pytest.mark.parametrize(
    ("collective", "schedule", "name"),
    [
        (real(ring(16)), chromatic, "tiny"),
        (real(ring(16)), random_scan, "tiny"),
        (TORUS, synchronous, "lattice"),
        (TORUS.replaced(clamped={(0, 0): 1}), chromatic, "packed"),
        (Collective(random_regular(8, 32, seed=1)), sequential, "packed"),
        (Collective(random_regular(9, 32, seed=1)), sequential, "dense"),
        (Collective(random_regular(3, 70, seed=1)), sequential, "packed"),
        (SPARSE, partially_synchronous(0.5), "sparse"),
        (SIX, chromatic, "sparse"),
        (DENSE, sequential, "dense"),
        (Collective(nx.karate_club_graph()), chromatic, "dense"),
        (SPARSE, random_scan, "scan_few"),
        (DENSE, random_scan, "scan"),
    ],
)
def test_what_it_is_chooses_the_engine(collective, schedule, name):
    for n_chains in (1, 40):
        assert engine_for(dynamics(collective, schedule), n_chains).name == name


def test_another_name_or_an_unsuited_engine_is_refused():
    running = dynamics(SPARSE, chromatic)
    with pytest.raises(ValueError, match="there is no such engine; take one of tiny, lattice"):
        engine_for(running, 1, "quick")
    with pytest.raises(ValueError, match="that it cannot run: precisions differ in size; leave"):
        engine_for(running, 1, "packed")
    assert engine_for(running, 1, "plain").name == "plain"


def test_where_nobody_can_act_every_engine_says_so():
    held = Collective([[0, 1], [1, 0]], clamped={0: 1, 1: -1})
    with pytest.raises(ValueError, match="nobody is left to act"):
        engine_for(dynamics(held, random_scan), 1).build(dynamics(held, random_scan), 1)


@pytest.mark.parametrize("name", ["lattice", "packed", "sparse", "dense"])
def test_why_there_are_no_ticks_is_said_as_it_is(name):
    ties = lattice((4, 4)).scaled(0.3)
    held = Collective(ties).replaced(clamped=dict.fromkeys(np.ndindex(4, 4), 1))
    unsuited = ENGINES[name].unsuited
    assert unsuited(dynamics(held, chromatic), 1) == "every agent is clamped"
    assert "drawn one by one" in str(unsuited(dynamics(Collective(ties), random_scan), 1))


def test_where_no_engine_can_run_it_says_what_to_do(monkeypatch):
    monkeypatch.setattr(dense, "DENSE_LIMIT", 4)
    monkeypatch.setattr(checks, "DENSE_LIMIT", 4)
    with pytest.raises(ValueError, match=r"whom no engine runs: .*; run fewer agents, or another"):
        engine_for(dynamics(DENSE, sequential), 1)


N_CHAINS = 2**12


@pytest.mark.parametrize(
    ("name", "collective", "schedule"),
    [
        ("tiny", Collective(ring(12).scaled(0.19)), chromatic),
        ("tiny", Collective(ring(12).scaled(0.19)), random_scan),
        ("lattice", Collective(lattice((8, 8)).scaled(0.19)), chromatic),
        ("packed", Collective(ring(20).scaled(0.19)), sequential),
        ("sparse", Collective(ring(20).scaled(0.19)), chromatic),
        ("sparse", Collective(complete(20).scaled(0.013)), synchronous),
        ("dense", Collective(complete(20).scaled(0.013)), sequential),
        ("scan", Collective(ring(20).scaled(0.19)), random_scan),
        ("scan_few", Collective(ring(20).scaled(0.19)), random_scan),
        ("plain", Collective(ring(20).scaled(0.19)), random_scan),
    ],
)
def test_draws_are_the_same_on_every_number_of_threads(name, collective, schedule, key):
    n_chains = 150
    start = np.ones((n_chains, collective.n_agents), dtype=np.int8)
    found, chunks = [], set()
    for threads in (1, 2, 4):
        plan = planned(dynamics(collective, schedule), n_chains, ENGINES[name], threads)
        found.append(driver.draws(key, start, plan, driver.Counts(2, 3), threads=threads))
        chunks.add(plan.chunk)
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])
    assert len(chunks) > 1 or name in ("dense", "plain")  # whose chunks do not depend on threads
    assert len(np.unique(found[0][:, -1], axis=0)) > 100


@pytest.mark.parametrize("bias", [0.0, 0.3])
@pytest.mark.parametrize(
    "schedule", [chromatic, synchronous, partially_synchronous(0.9), random_scan], ids=str
)
def test_agents_who_hear_nobody_toss_their_own_coins(schedule, bias, key):
    """A ring of twenty beside two agents without ties, and two without any ties at all."""
    ties = np.zeros((22, 22))
    ties[:20, :20] = 0.3 * ring(20).ties.toarray()
    for table in (ties, np.zeros((2, 2))):
        collective = Collective(table, bias)
        asked = dynamics(collective, schedule)
        start = np.ones((N_CHAINS, len(table)), dtype=np.int8)
        for engine in ENGINES.values():
            if engine.unsuited(asked, N_CHAINS) is not None:
                continue
            plan = planned(asked, N_CHAINS, engine, 2)
            spins = driver.draws(key, start, plan, driver.Counts(20, 1))[:, 0, -2:]
            expected = np.tanh(bias)
            error = np.sqrt((1 - expected**2) / spins.size)
            assert abs(spins.mean() - expected) < norm.isf(ALPHA / 2) * error, engine.name


def test_the_least_rate_is_no_rate_of_nothing():
    for rate in (1e-12, 1 - 1e-12):
        asked = dynamics(SPARSE, partially_synchronous(rate))
        assert asked.ticks is not None
        chance = actions.rate_of(asked.ticks)
        assert chance is not None
        assert 0 < int(chance[0]) < 2**32


def energies(key, engine, collective, schedule):
    """One energy per chain after three sweeps from all-up."""
    asked = dynamics(collective, schedule)
    plan = planned(asked, N_CHAINS, engine, 2)
    start = np.ones((N_CHAINS, collective.n_agents), dtype=np.int8)
    spins = driver.draws(key, start, plan, driver.Counts(2, 1))[:, 0].astype(float)
    return -(spins * (collective.ties @ spins.T).T).sum(1) / 2


def differ(ours, theirs):
    error = np.sqrt((ours.var() + theirs.var()) / N_CHAINS)
    return abs(ours.mean() - theirs.mean()) > norm.isf(ALPHA / 2) * error


@pytest.mark.parametrize(
    ("collective", "schedule", "at_least"),
    [
        (TORUS, chromatic, "lattice packed sparse dense plain"),
        (TORUS, synchronous, "lattice packed sparse dense plain"),
        (TORUS, partially_synchronous(0.3), "lattice packed sparse dense plain"),
        (TORUS, random_scan, "scan_few scan plain"),
        (SPARSE, sequential, "sparse dense plain"),
        (SIX, chromatic, "sparse dense plain"),
        (real(complete(12)), chromatic, "tiny dense plain"),
        (real(ring(12)), random_scan, "tiny scan_few scan plain"),
    ],
    ids=str,
)
def test_engines_agree_with_each_other(collective, schedule, at_least, key):
    asked = dynamics(collective, schedule)
    able = [e for e in ENGINES.values() if e.unsuited(asked, N_CHAINS) is None]
    assert set(at_least.split()) <= {engine.name for engine in able}
    found = {
        engine.name: energies(jax.random.fold_in(key, index), engine, collective, schedule)
        for index, engine in enumerate(able)
    }
    for (name, ours), (other, theirs) in itertools.combinations(found.items(), 2):
        assert not differ(ours, theirs), (name, other)
    weaker = collective.replaced(sensory_precision=0.8 * collective.ties)
    theirs = energies(key, able[0], weaker, schedule) / 0.8
    assert differ(theirs, found["plain"]), "precisions a fifth off"
