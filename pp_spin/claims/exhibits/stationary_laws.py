"""The laws that two schedules settle to, each from its exact kernel, beside the closed forms."""

from typing import Any

import jax
import numpy as np

from pp_spin.claims import cases, programs
from pp_spin.claims.cases import System, ising_law_of
from pp_spin.claims.claim import Means
from pp_spin.claims.sec5 import little
from pp_spin.reference.laws import Law, total_variation
from pp_spin.schedule import random_scan, synchronous


def exhibit(means: Means) -> dict[str, Any]:
    """A frustrated system small enough that every configuration can be shown."""
    return shown(cases.GLASS)


def shown(case: System) -> dict[str, Any]:
    """The same for any small system: laws over its configurations, in index order."""
    closed = {"Ising": ising_law_of(case.declared), "Little": little(case)}
    with jax.enable_x64(True):
        kernels = {
            str(schedule): programs.running_law(case, schedule)
            for schedule in (random_scan, synchronous)
        }
    return {
        "system": case.name,
        "laws": {name: _plain(law) for name, law in closed.items()},
        "schedules": [
            {
                "schedule": name,
                "own": own,
                "law": _plain(kernels[name]),
                "total_variation": {
                    other: float(f"{total_variation(kernels[name], law):.6g}")
                    for other, law in closed.items()
                },
            }
            for name, own in (("random_scan", "Ising"), ("synchronous", "Little"))
        ],
    }


def _plain(law: Law) -> list[float]:
    return [float(f"{p:.12g}") for p in np.asarray(law)]
