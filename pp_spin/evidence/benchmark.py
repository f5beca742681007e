"""How fast the sampler runs a job, and whether what it ran was right.

Figures: ``updates_per_ns`` counts single-agent updates of all chains; compilation and set-up are
apart. ``z`` is of two sweeps more of the timed run: the actions s of their last tick, given the
half log-odds x that each agent had, have the exact mean ``tanh x`` and variance ``1 - tanh(x)**2``,
in equilibrium or out of it; z is the standardised sum of ``x (s - tanh x)``. Under random scan,
whose last ticks nobody has written down, z is of the same sum over all agents, by the spread of it
over chains: its mean is 0 in equilibrium alone. ``energy`` is per agent at the end of it, beside
its exact mean in equilibrium where that is known; a run need not have come to it. ``bytes`` are
those of the program and the state.
"""

import itertools
import math
import statistics
import time
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.engine.choice import engine_for
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
from pp_spin.engine.ticks import ticks_of
from pp_spin.evidence.jobs import Job
from pp_spin.evidence.machine import machine
from pp_spin.schedule import RandomScan

FOREVER = 2**31
"""Sweeps of warm-up that no benchmark comes to the end of."""


def measured(
    job: Job, repeats: int = 5, seconds: float = 1.0, seed: int = 0, engine: str | None = None
) -> dict[str, Any]:
    """Time a job: ``repeats`` stretches of about ``seconds`` of one run; the figures as plain data.

    Raises ValueError where there is nothing to time, or ``engine`` cannot run the job.
    """
    if repeats < 1 or not 0 < seconds < math.inf:
        raise ValueError(
            f"got {repeats} repeats of {seconds} s; a benchmark runs at least once and takes time; "
            "give --repeats of 1 or more and --seconds above 0"
        )
    n_agents, n_chains = job.collective.n_agents, job.n_chains
    key, rng = jax.random.key(seed), np.random.default_rng(seed)
    start = rng.choice(np.array([-1, 1], dtype=np.int8), (n_chains, n_agents))
    began = time.perf_counter()
    running = dynamics(job.collective, job.schedule)
    plan = planned(running, n_chains, engine_for(running, n_chains, engine), driver.workers())
    observer = driver.keeping(plan, start.shape)
    going = driver.rounds(key, start, plan, driver.Counts(FOREVER, 1), observer)
    first = next(going)
    first_draw = time.perf_counter() - began
    speeds, n_sweeps, took = list[float](), 0, 0.0
    for before, now in itertools.pairwise(itertools.chain([first], going)):
        # Rounds grow until they are worth their while; those before are not counted.
        if speeds or now.seconds > min(seconds, driver.ROUND_SECONDS / 2):
            n_sweeps, took = n_sweeps + now.n_sweeps - before.n_sweeps, took + now.seconds
        if took > seconds:
            speeds.append(n_agents * n_chains * n_sweeps / took * 1e-9)
            n_sweeps, took = 0, 0.0
        if len(speeds) == repeats:
            break
    counts = driver.Counts(0, 2, sweeps_before=now.n_sweeps)
    draws = driver.draws(key, driver.spins_of(plan, now)[:n_chains], plan, counts)
    return {
        "job": job.name,
        "n_agents": n_agents,
        "n_chains": n_chains,
        "engine": plan.engine.name,
        "machine": machine(),
        "updates_per_ns": statistics.median(speeds),
        "lowest": min(speeds),
        "highest": max(speeds),
        "sweeps": now.n_sweeps,
        "first_draw_seconds": first_draw,
        "compile_seconds": first.seconds,
        "bytes": _bytes((plan.program, now.states)),
        "bytes_of_spins_and_ties": n_chains * n_agents // 8 + _bytes_of_ties(job.collective.ties),
        "z": residual(job, draws),
        "energy": _energy(job.collective, draws[:, 1]),
        "equilibrium_energy": job.energy,
    }


def residual(job: Job, draws: NDArray[np.int8]) -> float:
    """The z of ``draws`` ``(n_chains, 2, n_agents)``, two consecutive sweeps."""
    if isinstance(job.schedule, RandomScan):
        return _of_equilibrium(job.collective, draws[:, 1])
    ticks = ticks_of(job.collective.ties, job.collective.free, job.schedule)
    assert ticks is not None
    acting = ticks.agents[-1]
    seen = draws[:, 0 if ticks.together else 1]
    half_log_odds = _half_log_odds(job.collective, seen)[:, acting]
    expected = np.tanh(half_log_odds)
    surplus = (half_log_odds * (draws[:, 1][:, acting] - expected)).sum()
    variance = (half_log_odds**2 * (1 - expected**2)).sum()
    return float(surplus / math.sqrt(variance)) if variance else 0.0


def _of_equilibrium(collective: Collective, spins: NDArray[np.int8]) -> float:
    half_log_odds = _half_log_odds(collective, spins)
    surplus = (half_log_odds * (spins - np.tanh(half_log_odds))).mean(axis=1)
    error = surplus.std(ddof=1) / math.sqrt(len(surplus)) if len(surplus) > 1 else 0.0
    return float(surplus.mean() / error) if error else 0.0


def _half_log_odds(collective: Collective, spins: NDArray[np.int8]) -> NDArray[np.float64]:
    return (collective.ties @ spins.T.astype(np.float64)).T + collective.prior_precision


def _energy(collective: Collective, spins: NDArray[np.int8]) -> float:
    """Mean energy per agent."""
    fields = _half_log_odds(collective, spins) + collective.prior_precision
    return float(-(spins * fields).mean() / 2)


def _bytes(arrays: Any) -> int:
    return sum(leaf.nbytes for leaf in jax.tree.leaves(arrays))


def _bytes_of_ties(ties: csr_array) -> int:
    return int(ties.data.nbytes + ties.indices.nbytes + ties.indptr.nbytes)
