"""The exhibits of a run, by the name of the picture that shows each.

An exhibit is a function of its means to plain data (numbers, words, lists and dicts, as JSON has
them). It decides nothing: what a picture shows is held to a level by a claim, or it is labelled.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import (
    clamped_network,
    e_processes,
    fig_1a,
    fig_1b,
    fig_1c,
    fragility,
    lattice_energy,
    lattices,
    matrix,
    observed_law,
    power,
    stationary_laws,
)

Exhibit = Callable[[Means], dict[str, Any]]

EXHIBITS: dict[str, Exhibit] = {
    "fig_1a": fig_1a.exhibit,
    "fig_1b": fig_1b.exhibit,
    "fig_1c": fig_1c.exhibit,
    "stationary_laws": stationary_laws.exhibit,
    "observed_law": observed_law.exhibit,
    "lattice_energy": lattice_energy.exhibit,
    "clamped_network": clamped_network.exhibit,
    "power": power.exhibit,
}
"""Of every complete run."""

LONG_EXHIBITS: dict[str, Exhibit] = {
    "lattices": lattices.exhibit,
    "e_processes": e_processes.exhibit,
    "fragility": fragility.exhibit,
    "matrix": matrix.exhibit,
}
"""Of complete runs whose profile has the time: ten seconds each, half a minute, some minutes."""


def means_for(name: str, seed: int, alpha: float, n_chains: int) -> Means:
    """The means of one exhibit of a run."""
    digest = hashlib.sha256(json.dumps([seed, "exhibit", name]).encode()).digest()
    return Means(int.from_bytes(digest[:8]), alpha, n_chains)
