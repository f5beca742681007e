"""Lattices against Kaufman's finite-size solution: energies of collectives far beyond enumeration.

Chains start from perfect draws (coupling from the past), so that none has anything to forget, and
run by the engine that `sample` would take. The variance of an energy is known exactly too, from the
heat capacity, and with it the level at any number of draws. The infinite lattice's energy (Onsager)
is another number: nothing is held against it.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.sampling import engine_draws, judged
from pp_spin.collective import Collective
from pp_spin.engine.driver import Counts
from pp_spin.evidence import known_variance
from pp_spin.evidence.evidence import Evidence, Rung
from pp_spin.reference import kaufman, perfect
from pp_spin.schedule import Schedule

SWEEPS = 20
"""From perfect draws to those that are tested."""

MOST_DRAWS = 2048
"""Perfect draws are dear: of a 16x16 lattice a thousand take a second."""

LARGEST_ENERGY = 4.0
"""Energies of a lattice are within 2 of zero, per site: none is farther from their mean."""


def energy_is_kaufmans(schedule: Schedule, over: tuple[System, ...]) -> Check:
    """The mean energy per site of periodic square lattices without a prior."""
    return Check(
        Rung.STATISTICAL,
        f"{schedule}: energy per site, {SWEEPS} sweeps from perfect draws",
        over,
        lambda case, means: _energy_test(case, schedule, means),
        armed_by=("half_logit",),
    )


def _energy_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    sides, beta = case.periodic_sides, float(case.declared.ties.data[0])
    n = min(MOST_DRAWS, means.n_chains)
    start = _perfect_draws(case.declared, n, means.seed)
    spins = engine_draws(case, schedule, start, Counts(SWEEPS - 1, 1), means.seed)[:, 0]
    seen = (case.declared.ties @ spins.T.astype(np.float64)).T / beta
    energies = -(spins * seen).mean(axis=1) / 2
    variance = kaufman.heat_capacity(sides, beta) / (beta**2 * spins.shape[1])
    exact = kaufman.energy(sides, beta)
    test = known_variance.compare_with_mean(energies, exact, variance, LARGEST_ENERGY, means.alpha)
    found = f"mean energy {energies.mean():.5f} against Kaufman's {exact:.5f}"
    detectable = known_variance.detectable(n, variance, LARGEST_ENERGY, means.alpha)
    return judged(
        f"{schedule}: energy per site, {SWEEPS} sweeps from perfect draws",
        case,
        alpha=means.alpha,
        n=n,
        found=test.discrepancy,
        interval=test.interval,
        detectable=detectable,
        surprise=found if test.rejected else None,
    )


@lru_cache(maxsize=8)
def _perfect_draws(declared: Collective, n_draws: int, seed: int) -> NDArray[np.int8]:
    """Those of a case and of the same with a fault are the same."""
    return perfect.perfect_draws(declared.ties, declared.prior_precision, n_draws, seed).spins
