"""The data of the power page: what each kind of test can see, and with how much data.

All of it follows from the tests' designs on the 3x3 torus; nothing is drawn, so it is the same for
every seed. Effects that are infinite (no data could be rejected) are None.
"""

from typing import Any

import numpy as np

from pp_spin.claims.claim import Means
from pp_spin.claims.designs import KINDS, Design, Kind, design, needed
from pp_spin.evidence.budget import MISS

SIZES = (1_000, 3_000, *(n * 10**power for power in range(4, 8) for n in (1, 3)), 10**8)
"""At which every test is designed, in its own units."""

TARGETS = (0.1, 0.01, 0.001)
"""Relative errors of the precisions of which it is asked how much data they need."""


def exhibit(means: Means) -> dict[str, Any]:
    """The designs of this run, and of runs of every size."""
    return {
        "system": "3x3 torus, γ = 0.3, ζ = 0.1",
        "alpha": means.alpha,
        "miss": MISS,
        "targets": list(TARGETS),
        "tests": [_test(kind, means) for kind in KINDS],
    }


def _test(kind: Kind, means: Means) -> dict[str, Any]:
    curve = [design(kind, n, means.alpha) for n in SIZES]
    return {
        **_plain(design(kind, kind.of_run(means.n_chains), means.alpha)),
        "needed": [needed(kind, target, means.alpha) for target in TARGETS],
        "curve": {
            "n": list(SIZES),
            "effect": [_rounded(each.effect) for each in curve],
            "coupling": [_rounded(each.coupling) for each in curve],
        },
    }


def _plain(seen: Design) -> dict[str, Any]:
    numbers = ("effect", "total_variation", "relative_entropy", "coupling")
    kept = {"test": seen.test, "n": seen.n, "unit": seen.unit, "measured_as": seen.measured_as}
    return kept | {name: _rounded(getattr(seen, name)) for name in numbers}


def _rounded(value: float | None) -> float | None:
    """To what a picture could show, so that the last digits of a root do not count."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.8g}")
