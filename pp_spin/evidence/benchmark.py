"""How fast the sampler runs a named job, and whether what it ran was right.

Jobs: ``lat_H_cC`` H x H periodic lattice, ferromagnetic, precision 0.44; ``rrK_nN_cC`` random
K-regular graph, ties of both signs, 0.8; ``ea3_L_cC`` cubic lattice, ties of both signs, 0.8;
``sk_nN_cC`` Gaussian ties between all, standard deviation 1 / sqrt(N); ``tiny_nN_cC`` the same, one
half. C chains under the chromatic schedule, or ``_sync`` under the synchronous one.

Figures: ``updates_per_ns`` counts single-agent updates of all chains; compilation and set-up are
apart. ``z`` holds the very run that was timed to its law: the actions s of the last tick, given the
half log-odds x that each agent had, have the exact mean ``tanh x`` and variance ``1 - tanh(x)**2``,
in equilibrium or out of it; z is the standardised sum of ``x (s - tanh x)``.
"""

import itertools
import math
import re
import statistics
import time
from typing import Any, NamedTuple

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
from pp_spin.network import complete, lattice, random_regular
from pp_spin.schedule import Schedule, chromatic, synchronous

JOBS = (
    "lat_1024_c1",
    "lat_256_c64",
    "rr3_n10000_c64",
    "rr6_n100000_c16",
    "ea3_32_c64",
    "lat_256_c64_sync",
    "rr3_n10000_c64_sync",
)
"""What is run unless a job is named."""

_NAME = re.compile(r"(?:(lat|ea3)_(\d+)|rr(\d+)_n(\d+)|(sk|tiny)_n(\d+))_c(\d+)(_sync)?")
_SEED = 7

FOREVER = 2**31
"""Sweeps of warm-up that no benchmark comes to the end of."""


class Job(NamedTuple):
    """A collective, its schedule and how many chains of it are run."""

    name: str
    collective: Collective
    schedule: Schedule
    n_chains: int


def job_named(name: str) -> Job:
    """The job of a name. Raises ValueError, listing the forms, for a name of none of them."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(
            f"got job {name!r}; a job is lat_H_cC, rrK_nN_cC, ea3_L_cC, sk_nN_cC or tiny_nN_cC, "
            "perhaps with _sync; write for example lat_256_c64 or rr3_n10000_c64_sync"
        )
    grid, side, degree, n_regular, dense, n_dense, n_chains, sync = match.groups()
    rng = np.random.default_rng(_SEED)
    if grid == "lat":
        ties = lattice((int(side),) * 2).scaled(0.44).ties
    elif grid == "ea3":
        ties = _signed(lattice((int(side),) * 3).scaled(0.8).ties, rng)
    elif degree:
        ties = _signed(random_regular(int(degree), int(n_regular), _SEED).scaled(0.8).ties, rng)
    else:
        scale = (1.0 if dense == "sk" else 0.5) / math.sqrt(int(n_dense))
        ties = _mutual(complete(int(n_dense)).ties, lambda n: scale * rng.standard_normal(n))
    schedule: Schedule = synchronous if sync else chromatic
    return Job(name, Collective(ties), schedule, int(n_chains))


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
    observer = driver.keeping(plan, n_agents)
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
    end = driver.spins_of(plan, now)[:n_chains]
    return {
        "job": job.name,
        "engine": plan.engine.name,
        "updates_per_ns": statistics.median(speeds),
        "lowest": min(speeds),
        "highest": max(speeds),
        "sweeps": now.n_sweeps,
        "first_draw_seconds": first_draw,
        "compile_seconds": first.seconds,
        "bytes": _bytes((plan.program, now.states)),
        "bytes_of_spins_and_ties": n_chains * n_agents // 8 + _bytes_of_ties(job.collective.ties),
        "z": residual(job, driver.draws(key, end, plan, counts)),
    }


def residual(job: Job, draws: NDArray[np.int8]) -> float:
    """The z of the last tick of ``draws`` ``(n_chains, 2, n_agents)``, two consecutive sweeps."""
    ticks = ticks_of(job.collective.ties, job.collective.free, job.schedule)
    assert ticks is not None  # a job is chromatic or synchronous
    acting = ticks.agents[-1]
    seen = draws[:, 0 if ticks.together else 1].astype(np.float64)
    half_log_odds = (job.collective.ties[acting] @ seen.T).T
    expected = np.tanh(half_log_odds)
    surplus = (half_log_odds * (draws[:, 1][:, acting] - expected)).sum()
    variance = (half_log_odds**2 * (1 - expected**2)).sum()
    return float(surplus / math.sqrt(variance)) if variance else 0.0


def _signed(ties: csr_array, rng: np.random.Generator) -> csr_array:
    """The same ties, each with a sign of its own."""
    size = float(np.abs(ties.data).max())
    return _mutual(ties, lambda n: size * rng.choice([-1.0, 1.0], n))


def _mutual(ties: csr_array, draw: Any) -> csr_array:
    """Ties between the same agents with drawn precisions, the same both ways."""
    pairs = ties.tocoo()
    once = pairs.row < pairs.col
    values = draw(int(once.sum()))
    upper = csr_array((values, (pairs.row[once], pairs.col[once])), shape=ties.shape)
    return csr_array(upper + upper.T)


def _bytes(arrays: Any) -> int:
    return sum(leaf.nbytes for leaf in jax.tree.leaves(arrays))


def _bytes_of_ties(ties: csr_array) -> int:
    return int(ties.data.nbytes + ties.indices.nbytes + ties.indptr.nbytes)
