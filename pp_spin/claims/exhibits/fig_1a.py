"""The data of Fig. 1A, read off the running collective: who sees whom, and how one agent acts."""

from typing import Any

import jax
import numpy as np

from pp_spin import spin
from pp_spin.agents.perception import Agent, posterior_eta
from pp_spin.claims import cases
from pp_spin.claims.claim import Means
from pp_spin.claims.programs import asked
from pp_spin.collective import Collective
from pp_spin.reference.perfect import perfect_draws

FOCAL = (1, 1)
"""The focal agent's place: with all four neighbours beside it, though every place is alike."""


def exhibit(means: Means) -> dict[str, Any]:
    """The lattice in one draw of its law, and the focal agent's belief and action in it."""
    return shown(cases.FIG_1A_LATTICE.running, means.seed)


def shown(agents: Collective, seed: int) -> dict[str, Any]:
    """The same for any collective whose nodes are places (row, column)."""
    places = np.array(agents.nodes).tolist()
    spins = perfect_draws(agents.ties, agents.prior_precision, 1, seed).spins[0]
    focal = agents.nodes.index(FOCAL)
    heard = agents.ties[[focal]].tocoo()
    precision, neighbours = heard.data, heard.col
    zeta = agents.prior_precision[focal]
    with jax.enable_x64(True):
        eta = posterior_eta(Agent(precision, zeta), spins[neighbours])
        posterior = float(spin.up_prob(eta))
        action = float(asked(agents.up_prob_fn(), spins[None])[0, focal])
    return {
        "agents": [
            {"place": place, "spin": int(value)} for place, value in zip(places, spins, strict=True)
        ],
        "ties": _ties(agents),
        "focal": focal,
        "prior": float(zeta),
        "neighbours": [
            {"agent": int(j), "spin": int(spins[j]), "precision": float(gamma)}
            for j, gamma in zip(neighbours, precision, strict=True)
        ],
        "local_field": round(float(eta), 12),
        "posterior_up": round(posterior, 12),
        "action_up": round(action, 12),
    }


def _ties(agents: Collective) -> list[dict[str, Any]]:
    """Each pair that is tied, once; two places that do not touch are tied round the edge."""
    ties = agents.ties.tocoo()
    pairs = []
    for i, j, gamma in zip(ties.row, ties.col, ties.data, strict=True):
        away = np.subtract(agents.nodes[j], agents.nodes[i])
        if i < j:
            around = np.abs(away).sum() != 1
            pairs.append(
                {"pair": [int(i), int(j)], "precision": float(gamma), "around": bool(around)}
            )
    return pairs
