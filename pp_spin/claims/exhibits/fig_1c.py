"""The data of Fig. 1C, from the model's own code: the posterior against the neighbours' sum."""

from typing import Any

import jax
import numpy as np
from jax import Array

from pp_spin import spin
from pp_spin.agents.perception import posterior_eta, uniform_agent
from pp_spin.claims.cases import LATTICE_AGENT
from pp_spin.claims.claim import Means
from pp_spin.claims.programs import compiled, contexts

N_NEIGHBOURS = 10
"""As many as the figure's axis needs: sums from -10 to 10."""

SUMS = np.linspace(-N_NEIGHBOURS, N_NEIGHBOURS, 81)
"""Each is shown to the agent as ten equal mean spins, so that the curve has points between."""

SLOPES = (0.0, 0.1, 0.25, 0.5, 1.0)
SHIFTS = (-1.5, -0.75, 0.0, 0.75, 1.5)
SHIFT_GAMMA = 0.5


def exhibit(means: Means) -> dict[str, Any]:
    """Both panels as plain numbers, and the sums that the agent of Fig. 1A can reach."""
    return {
        "left": [_curve(f"γ = {gamma:g}", gamma, 0.0) for gamma in SLOPES],
        "right": [_curve(f"ζ = {zeta:g}", SHIFT_GAMMA, zeta) for zeta in SHIFTS],
        "reachable": sorted({int(total) for total in contexts(LATTICE_AGENT.declared).sum(1)}),
    }


def _curve(label: str, gamma: float, zeta: float) -> dict[str, Any]:
    neighbours = np.outer(SUMS / N_NEIGHBOURS, np.ones(N_NEIGHBOURS))
    with jax.enable_x64(True):
        up_prob = np.asarray(_up_probs(gamma, zeta, neighbours))
    return {
        "label": label,
        "gamma": gamma,
        "zeta": zeta,
        "sum": SUMS.tolist(),
        "up_prob": [round(float(p), 12) for p in up_prob],
    }


@compiled
def _up_probs(gamma: Array, zeta: Array, neighbours: Array) -> Array:
    agent = uniform_agent(N_NEIGHBOURS, gamma, zeta)
    return spin.up_prob(jax.vmap(posterior_eta, in_axes=(None, 0))(agent, neighbours))
