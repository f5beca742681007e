"""The data of the fault matrix: every fault of the catalogue, read by every instrument it concerns.

It costs minutes, so it is only for a full run. A reading that is not as it must be refutes nothing
in the paper: it says that an instrument of this suite is not to be trusted with that fault.
"""

from typing import Any

from pp_spin.claims import trajectories
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.instruments import INSTRUMENTS
from pp_spin.claims.matrix import N_CHAINS, as_document, read
from pp_spin.evidence.budget import ALPHA


def exhibit(means: Means) -> dict[str, Any]:
    """Rows of the matrix, and its columns in the order of the instruments.

    The sizes are the matrix's own (its predictions are for them), the seed is the run's.
    """
    rows = as_document(read(CATALOGUE, n_chains=N_CHAINS, seed=means.seed))
    return {
        "n_chains": N_CHAINS,
        "n_updates": trajectories.UPDATES_PER_CHAIN * N_CHAINS,
        "alpha": ALPHA,
        "instruments": [{"id": each.id, "title": each.title} for each in INSTRUMENTS],
        "rows": [_short(row) for row in rows],
    }


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """Without witnesses of what went as it must, and numbers of twelve digits."""
    readings = [
        each | {"witness": None if each["as_it_must_be"] else each["witness"]}
        for each in row["readings"]
    ]
    rounded = {name: _rounded(row[name]) for name in ("total_variation", "relative_entropy")}
    return {**row, **rounded, "readings": readings}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.12g}")
