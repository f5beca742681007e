"""A club with its two leaders held: everyone's exact posterior beside what the collective does.

Exact marginals by variable elimination; frequencies of one draw per chain, some sweeps after exact
draws, by the engine that `sample` would take. The bands hold simultaneously for all free members.
"""

from typing import Any

import networkx as nx
import numpy as np
from scipy.stats import binomtest

from pp_spin.claims import cases
from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.real_networks import SWEEPS
from pp_spin.claims.sampling import engine_draws
from pp_spin.engine.driver import Counts
from pp_spin.network import as_network
from pp_spin.reference import elimination
from pp_spin.schedule import sequential

PRECISION = 0.1
"""Per meeting of two members."""

LEVEL = 0.001
"""The probability that any of the bands misses."""

INSTRUCTOR, PRESIDENT = 0, 33


def club() -> System:
    """Zachary's karate club: the instructor is up, the president down, the others infer."""
    network = as_network(nx.karate_club_graph()).scaled(PRECISION)
    return cases.system("Zachary's karate club", network, clamped={INSTRUCTOR: 1, PRESIDENT: -1})


def exhibit(means: Means) -> dict[str, Any]:
    """The members with their side after the split, and what both ways say of each."""
    return shown(club(), means)


def shown(case: System, means: Means) -> dict[str, Any]:
    """The same for the club's agents as they run."""
    graph, declared = nx.karate_club_graph(), case.declared
    law = elimination.eliminate(declared.ties, declared.prior_precision, clamped=declared.clamped)
    start = elimination.exact_draws(law, means.n_chains, means.seed)
    spins = engine_draws(case, sequential, start, Counts(SWEEPS - 1, 1), means.seed)[:, 0]
    ups, n = (spins == 1).sum(axis=0), means.n_chains
    places = nx.kamada_kawai_layout(graph, weight=None)
    tail_shared = 1 - LEVEL / len(declared.free)
    members = []
    for i, exact in enumerate(elimination.marginal_up(law)):
        band = binomtest(int(ups[i]), n).proportion_ci(tail_shared, method="exact")
        members.append(
            {
                "name": str(declared.nodes[i]),
                "place": [round(float(x), 4) for x in places[i]],
                "side": 1 if graph.nodes[i]["club"] == "Mr. Hi" else -1,
                "clamped": declared.clamped.get(i),
                "exact": round(float(exact), 12),
                "sampled": round(float(ups[i] / n), 12),
                "band": [round(float(band.low), 12), round(float(band.high), 12)],
            }
        )
    pairs = np.argwhere(np.triu(declared.sensory_precision))
    return {
        "system": case.name,
        "precision": PRECISION,
        "members": members,
        "ties": [
            [int(i), int(j), round(float(declared.sensory_precision[i, j]), 12)] for i, j in pairs
        ],
        "schedule": str(sequential),
        "sweeps": SWEEPS,
        "n_chains": n,
        "level": LEVEL,
    }
