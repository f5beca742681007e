"""Many independent chains of a large system: one mean of an observable per chain, one interval.

Each chain starts from fair coins and has its own random words, so chain means are independent and
of one law; the interval is for the mean of *that* law, whatever the chain's own correlations. It
is the stationary mean up to what the warm-up has left of the start, which no interval includes:
where a collective has two phases, chains stay long in the wrong one.
"""

from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from pp_spin.collective import Collective, UpProbFn
from pp_spin.engine import driver, plain
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.diagnostics import sample
from pp_spin.fragility.bounded_mean import Estimate, estimate
from pp_spin.fragility.observables import Observable
from pp_spin.schedule import Schedule
from pp_spin.seed import key_of
from pp_spin.who_acts import WhoActs


class Run(NamedTuple):
    """How much is sampled, and how sure each interval is."""

    n_chains: int = 2048
    n_warmup: int = 60
    """sweeps, after which the first draw is ``thinning`` sweeps away"""
    n_draws: int = 1
    """of each chain, whose mean is one value"""
    thinning: int = 10
    """sweeps between draws"""
    seed: int = 0
    alpha: float = ALPHA
    """probability that an interval misses, for each interval alone"""
    place: int = 0
    """tells apart the runs of one seed"""

    def key(self) -> Any:
        """The JAX key of this run."""
        return jax.random.fold_in(key_of(self.seed), self.place)

    def at(self, place: int) -> "Run":
        """The same with random words of its own; places of places are kept apart up to 1000."""
        return self._replace(place=1000 * self.place + 1 + place)


def estimates(
    collective: Collective, schedule: Schedule, observables: tuple[Observable, ...], run: Run
) -> dict[str, Estimate]:
    """The means of some observables of a collective, by name."""
    draws = sample(
        collective,
        schedule,
        num_warmup=run.n_warmup,
        num_samples=run.n_draws,
        num_chains=run.n_chains,
        thinning=run.thinning,
        seed=run.key(),
    )
    return averaged(draws["posterior"]["spins"].to_numpy(), observables, run)


def estimates_of_conditional(
    who_acts: WhoActs,
    up_prob_fn: UpProbFn,
    n_agents: int,
    observables: tuple[Observable, ...],
    run: Run,
) -> dict[str, Estimate]:
    """The same of agents with any conditional, on the plain engine, in single precision."""
    start_key, run_key = jax.random.split(run.key())
    coins = jax.random.bits(start_key, (run.n_chains, n_agents), dtype="uint8") & 1
    start = 2 * np.asarray(coins, dtype=np.int8) - 1
    counts = driver.Counts(run.n_warmup, run.n_draws, run.thinning)
    with jax.enable_x64(False):
        plan = plain.planned(who_acts, up_prob_fn, run.n_chains)
        draws = driver.draws(run_key, start, plan, counts)
    return averaged(draws, observables, run)


def averaged(
    draws: NDArray[np.int8], observables: tuple[Observable, ...], run: Run
) -> dict[str, Estimate]:
    """The observables' means over draws ``(n_chains, n_draws, n)``, one value per chain."""
    rows = draws.reshape(-1, draws.shape[-1])
    return {
        one.name: estimate(one.of(rows).reshape(draws.shape[:2]).mean(1), one.bounds, run.alpha)
        for one in observables
    }


def by_quantity(points: list[dict[str, Estimate]]) -> dict[str, tuple[Estimate, ...]]:
    """Estimates point by point as series by name."""
    return {name: tuple(point[name] for point in points) for name in points[0]}
