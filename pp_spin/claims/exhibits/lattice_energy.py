"""Lattice energy per site against inverse temperature: sampled, by Kaufman and by Onsager.

At each temperature half of the chains start all up and half from fair coins: where the two differ,
chains remember where they began, and no interval below says anything. An interval is Student's, of
the means of independent chains: these are sums of many draws, nearly normal, so that its level is
nearly the stated one (the claim's own test, from perfect draws, is exact). Chains of a temperature
far beyond the critical one would freeze in stripes when they start from coins, so none is shown.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from pp_spin.claims import cases, sampling
from pp_spin.claims.claim import Means
from pp_spin.engine.driver import Counts
from pp_spin.network import lattice
from pp_spin.reference import kaufman
from pp_spin.schedule import chromatic

SHAPE = (32, 32)
BETAS = (0.1, 0.2, 0.3, 0.38, 0.42, 0.44, 0.46, 0.5)
CURVE = np.round(np.linspace(0.05, 0.55, 101), 12)

N_CHAINS = 32
"""From each start, in every profile."""

COUNTS = Counts(num_warmup=1000, num_samples=256, thinning=16)

LEVEL = 1e-3
"""Chance that any of the intervals misses, all together."""

STARTS = ("all up", "coins")


def exhibit(means: Means) -> dict[str, Any]:
    """Curves, and at each temperature a mean with the half width of its interval for each start."""
    seeds = np.random.SeedSequence(means.seed).generate_state(len(BETAS), np.uint64)
    points = [_point(beta, int(seed)) for beta, seed in zip(BETAS, seeds, strict=True)]
    return {
        "shape": list(SHAPE),
        "critical_beta": _digits(kaufman.CRITICAL_BETA),
        "level": LEVEL,
        "n_chains": N_CHAINS,
        "n_draws": COUNTS.num_samples,
        "num_warmup": COUNTS.num_warmup,
        "curve": {
            "beta": CURVE.tolist(),
            "finite": [_digits(kaufman.energy(SHAPE, beta)) for beta in CURVE],
            "infinite": [_digits(kaufman.onsager_energy(beta)) for beta in CURVE],
        },
        "points": points,
    }


def energies(beta: float, seed: int) -> NDArray[np.float64]:
    """Mean energy per site of every chain, ``(2, N_CHAINS)``: from all up, from coins."""
    ties = cases.weighted(lattice(SHAPE), beta)
    case = cases.system(f"{SHAPE[0]}x{SHAPE[1]} torus", ties, periodic_sides=SHAPE)
    start = np.ones((2 * N_CHAINS, SHAPE[0] * SHAPE[1]), dtype=np.int8)
    coins = np.random.default_rng(seed).integers(0, 2, size=start[N_CHAINS:].shape)
    start[N_CHAINS:] = 2 * coins - 1
    spins = sampling.engine_draws(case, chromatic, start, COUNTS, seed)
    grid = spins.reshape(*spins.shape[:2], *SHAPE)
    # int8 products stay within -2 and 2.
    bonds = grid * (np.roll(grid, 1, axis=2) + np.roll(grid, 1, axis=3))
    return -bonds.mean(axis=(1, 2, 3), dtype=np.float64).reshape(2, N_CHAINS)


def half_width(values: NDArray[np.float64]) -> float:
    """Of Student's interval of the mean of independent ``values``, at its share of ``LEVEL``."""
    n_intervals = len(BETAS) * len(STARTS)
    reach = student.isf(LEVEL / (2 * n_intervals), len(values) - 1)
    return float(reach * values.std(ddof=1) / np.sqrt(len(values)))


def _point(beta: float, seed: int) -> dict[str, Any]:
    finite, infinite = kaufman.energy(SHAPE, beta), kaufman.onsager_energy(beta)
    found = {}
    for start, of_chains in zip(STARTS, energies(beta, seed), strict=True):
        mean, width = float(of_chains.mean()), half_width(of_chains)
        found[start] = {
            "mean": _digits(mean),
            "half_width": _digits(width),
            "residual": _digits((mean - finite) / width),
            "of_infinite": _digits((infinite - finite) / width),
        }
    return {"beta": beta, "finite": _digits(finite), "infinite": _digits(infinite), "of": found}


def _digits(value: float) -> float:
    return float(f"{value:.12g}")
