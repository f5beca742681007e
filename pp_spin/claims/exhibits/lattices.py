"""One lattice, one start, four schedules: the spins sweep by sweep, and two numbers of them.

Spins are packed: a frame is a word of hexadecimal digits for each row, its most significant bit the
first column, 1 for up.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.sampling import engine_draws
from pp_spin.collective import Collective
from pp_spin.engine.driver import Counts
from pp_spin.network import lattice
from pp_spin.schedule import (
    Schedule,
    chromatic,
    partially_synchronous,
    random_scan,
    synchronous,
)

SIDES = (32, 32)
PRECISION = 0.6
"""Beyond Onsager's 0.4407, where large lattices order."""

N_SWEEPS = 24
SCHEDULES: tuple[Schedule, ...] = (
    random_scan,
    chromatic,
    partially_synchronous(0.5),
    synchronous,
)


def exhibit(means: Means) -> dict[str, Any]:
    """One chain of each schedule, all from the same fair coins."""
    agents = Collective(lattice(SIDES).scaled(PRECISION))
    return shown(System("32x32 torus", agents, agents, periodic_sides=SIDES), means)


def shown(case: System, means: Means) -> dict[str, Any]:
    """The same for any periodic lattice of agents as they run."""
    coins = np.random.default_rng(means.seed)
    start = coins.choice(np.array([-1, 1], dtype=np.int8), size=(1, case.declared.n_agents))
    entries = []
    for schedule in SCHEDULES:
        drawn = engine_draws(case, schedule, start, Counts(0, N_SWEEPS), means.seed)[0]
        spins = np.concatenate([start, drawn]).astype(np.int64)
        entries.append(
            {
                "schedule": str(schedule),
                "frames": [_packed(frame, case.periodic_sides) for frame in spins],
                "agreement": [round(float(a), 12) for a in _agreement(case, spins)],
                "changed": [round(float(c), 12) for c in (spins[1:] != spins[:-1]).mean(axis=1)],
            }
        )
    return {
        "system": case.name,
        "sides": list(case.periodic_sides),
        "precision": PRECISION,
        "schedules": entries,
    }


def _packed(spins: NDArray[np.int64], sides: tuple[int, ...]) -> list[str]:
    rows = np.packbits(spins.reshape(sides) == 1, axis=1)
    return [row.tobytes().hex() for row in rows]


def _agreement(case: System, spins: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of tied pairs that show the same spin, for every row of spins."""
    ties = case.declared.ties.tocoo()
    return (spins[:, ties.row] == spins[:, ties.col]).mean(axis=1)
