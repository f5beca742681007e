"""Faults of the references: the law that agents are held against (17, 18)."""

from dataclasses import replace

import numpy as np

from pp_spin.claims.faults.fault import Fault, collective
from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.reference.laws import Law, ising_law


def _every_pair_twice(agents: Collective) -> Law:
    return ising_law(2 * agents.sensory_precision, agents.prior_precision, clamped=agents.clamped)


def _half_of_each_pair(agents: Collective) -> Law:
    """Eq. (12) of clamped machines as printed: what is clamped counts one half."""
    held = agents.clamped
    spins = configurations(agents.n_agents).astype(np.float64)
    gamma = np.array(agents.sensory_precision)
    hidden = np.array([i not in held for i in range(agents.n_agents)])
    gamma[np.ix_(hidden, ~hidden)] /= 2
    gamma[np.ix_(~hidden, hidden)] /= 2
    weights = np.exp((spins @ np.triu(gamma) * spins).sum(1) + spins @ agents.prior_precision)
    for i, value in held.items():
        weights[spins[:, i] != value] = 0.0
    return weights / weights.sum()


FAULTS_OF_REFERENCES = (
    Fault(
        "pairs_counted_twice_in_the_reference",
        17,
        "the law that the agents are held against counts every pair twice",
        collective(lambda case: replace(case, law=_every_pair_twice)),
        ("two_routes", "stationary_law"),
        ("action_law", "e_process", "preserved"),
    ),
    Fault(
        "half_of_each_cross_term_in_the_reference",
        18,
        "the law that the agents are held against halves the ties to clamped agents, as eq. (12)",
        collective(
            lambda case: replace(case, law=_half_of_each_pair) if case.declared.clamped else None
        ),
        ("two_routes_clamped",),
    ),
)
