"""The engine: every draw is a function of key, chain and sweep, and every schedule has its law."""

import jax
import numpy as np
import pytest
from jax.tree_util import Partial

from pp_spin import kernel
from pp_spin.configurations import index_of
from pp_spin.engine import driver, plain
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.reference.laws import total_variation
from pp_spin.schedule import random_scan, sequential, synchronous
from pp_spin.who_acts import who_acts
from tests import cases, oracle

COLLECTIVE = cases.random_collective(11, 4, symmetric=False, n_clamped=1)
N_CHAINS = 20_000


def resolved(schedule, collective=COLLECTIVE):
    return who_acts(schedule, collective.sensory_precision, collective.free)


def draw(key, n_chains=10, *, schedule=random_scan, collective=COLLECTIVE, **counts):
    start = collective.hold(np.ones((n_chains, collective.n_agents)))
    on_progress = counts.pop("on_progress", None)
    wanted = driver.Counts(**{"num_warmup": 0, "num_samples": 6} | counts)
    plan = plain.planned(resolved(schedule), collective.up_prob_fn(), n_chains)
    return driver.draws(key, start, plan, wanted, on_progress=on_progress)


# ---- what the draws depend on


@pytest.mark.parametrize("chunk_chains", [1, 3, 10, 64])
@pytest.mark.parametrize("draws_per_call", [1, 4, 6])
def test_draws_do_not_depend_on_the_chunks(key, chunk_chains, draws_per_call, monkeypatch):
    counts = {"num_warmup": 5, "thinning": 2}
    expected = draw(key, **counts)
    monkeypatch.setattr(plain, "CHUNK_CHAINS", chunk_chains)
    monkeypatch.setattr(driver, "CALL_DRAWS", draws_per_call)
    np.testing.assert_array_equal(draw(key, **counts), expected)


def test_more_chains_leave_the_first_ones_as_they_were(key):
    np.testing.assert_array_equal(draw(key, 3), draw(key, 10)[:3])


def test_chains_and_seeds_differ(key):
    draws = draw(key, 64)
    assert len(np.unique(draws.reshape(64, -1), axis=0)) > 32
    assert (draws != draw(jax.random.key(1), 64)).any()
    np.testing.assert_array_equal(draws, draw(key, 64))


@pytest.mark.parametrize(("num_warmup", "thinning"), [(0, 1), (4, 1), (0, 3), (5, 2)])
def test_warmup_and_thinning_pass_sweeps_over(key, num_warmup, thinning):
    num_samples = 6
    every_sweep = draw(key, num_samples=num_warmup + num_samples * thinning)
    found = draw(key, num_warmup=num_warmup, thinning=thinning, num_samples=num_samples)
    np.testing.assert_array_equal(found, every_sweep[:, num_warmup + thinning - 1 :: thinning])


def test_clamped_agents_hold_their_spin_in_every_draw(key):
    for agent, spin in COLLECTIVE.clamped.items():
        assert (draw(key, 64)[..., agent] == spin).all()


def test_ten_collectives_of_one_shape_are_traced_once(key, monkeypatch):
    step, n_traces = kernel.step, 0

    def counted(*args):
        nonlocal n_traces
        n_traces += 1
        return step(*args)

    monkeypatch.setattr(kernel, "step", counted)
    draw(key, 7)
    of_one_shape = n_traces
    assert of_one_shape > 0
    for k in range(1, 11):
        weaker = COLLECTIVE.replaced(sensory_precision=COLLECTIVE.sensory_precision / k)
        draw(key, 7, collective=weaker, num_warmup=k, thinning=k)
    assert n_traces == of_one_shape
    draw(key, 8)
    assert n_traces > of_one_shape  # another number of chains is another shape


# ---- the law of the draws, one per chain


def sweeps_to_converge(schedule, law):
    """Sweeps from all-up after which the oracle's chain is within rounding of its law."""
    step = cases.oracle_matrix(oracle, COLLECTIVE, schedule)
    n_steps = len(COLLECTIVE.free) if schedule == random_scan else 1
    sweep = np.linalg.matrix_power(step, n_steps)
    now = np.eye(len(law))[oracle.index_of(COLLECTIVE.hold(np.ones(COLLECTIVE.n_agents)))]
    for n_sweeps in range(1, 200):
        now = now @ sweep
        if total_variation(now, law) < 1e-10:
            return n_sweeps
    raise AssertionError(f"{schedule} has not converged")


def exact_law(schedule, collective=COLLECTIVE):
    step = cases.oracle_matrix(oracle, collective, schedule)
    return oracle.stationary_law(step, dict(collective.clamped))


def compare(key, law, n_sweeps, acting, collective=COLLECTIVE):
    start = COLLECTIVE.hold(np.ones((N_CHAINS, COLLECTIVE.n_agents)))
    plan = plain.planned(acting, collective.up_prob_fn(), N_CHAINS)
    last = driver.draws(key, start, plan, driver.Counts(n_sweeps - 1, 1))[:, 0]
    return multinomial.compare_with_law(np.bincount(index_of(last), minlength=16), law, ALPHA)


def all_from_the_start_of_the_sweep(acting):
    """Stale read: what each agent sees is the configuration at the start of the sweep."""
    return Partial(_in_one_tick, acting)


def _in_one_tick(acting, key):
    return acting(key).reshape(1, -1)


def one_after_another(acting):
    """Read too fresh: agents that should act at once see what the one before them did."""
    return Partial(_in_ticks_of_one, acting)


def _in_ticks_of_one(acting, key):
    return acting(key).reshape(-1, 1)


def broken_twins(schedule):
    """Who acts, and who they are, in four worlds that a sampler could run by mistake."""
    acting = resolved(schedule)
    at_once = schedule.name in ("synchronous", "partially_synchronous")
    other = sequential if at_once else synchronous
    misread = one_after_another if at_once else all_from_the_start_of_the_sweep
    gamma = COLLECTIVE.sensory_precision
    yield "wrong schedule", resolved(other), COLLECTIVE
    yield "stale read", misread(acting), COLLECTIVE
    yield "precisions doubled", acting, COLLECTIVE.replaced(sensory_precision=2 * gamma)
    yield "precisions halved", acting, COLLECTIVE.replaced(sensory_precision=gamma / 2)


@cases.every_seed
@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=str)
def test_long_run_law_is_the_oracles_and_no_twins(schedule, key):
    law = exact_law(schedule)
    n_sweeps = sweeps_to_converge(schedule, law)
    assert not compare(key, law, n_sweeps, resolved(schedule)).rejected
    for name, acting, agents in broken_twins(schedule):
        assert compare(key, law, n_sweeps, acting, agents).rejected, name
