"""What does a collective of Bayesian agents sample from? Agents, laws, dynamics, evidence.

The names below are the front door; they load on first use, so that ``import pp_spin`` is quick.
"""

import importlib
import importlib.metadata
from typing import Any

_HOME = {
    "Collective": "pp_spin.collective",
    "CollectiveKernel": "pp_spin.mcmc",
    "Network": "pp_spin.network",
    "as_network": "pp_spin.network",
    "read_network": "pp_spin.network_file",
    "Ising": "pp_spin.laws.ising",
    "Boltzmann": "pp_spin.laws.boltzmann",
    "Little": "pp_spin.laws.little",
    "log_partition": "pp_spin.laws.partition",
    "probability_matching": "pp_spin.agents.action",
    "planning_as_inference": "pp_spin.agents.action",
    "expected_free_energy": "pp_spin.agents.action",
    "maximum_a_posteriori": "pp_spin.agents.action",
    "random_scan": "pp_spin.schedule",
    "sequential": "pp_spin.schedule",
    "chromatic": "pp_spin.schedule",
    "synchronous": "pp_spin.schedule",
    "partially_synchronous": "pp_spin.schedule",
    "Sequential": "pp_spin.schedule",
    "transition_matrix": "pp_spin.reference.transitions",
    "stationary_law": "pp_spin.reference.stationary",
    "sample": "pp_spin.evidence.diagnostics",
    "summarise": "pp_spin.evidence.streaming",
}

__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.metadata.version("pp_spin")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
