"""Faults of who sees whom, and of how strongly (11-16, and more)."""

from dataclasses import replace

import numpy as np

from pp_spin.claims.cases import System
from pp_spin.claims.faults.fault import Fault, collective, precisions
from pp_spin.claims.faults.of_agents import LAW, TIMELESS
from pp_spin.network import lattice


def _last_neighbour_off_by_one(case: System) -> System | None:
    """Every agent reads its last neighbour's spin one place too far, wrapping at the end."""
    gamma = np.array(case.running.sensory_precision)
    n_agents = len(gamma)
    for agent in range(n_agents):
        seen = np.flatnonzero(gamma[agent])
        if len(seen) == 0:
            continue
        wrong = (seen[-1] + 1) % n_agents
        wrong = (wrong + 1) % n_agents if wrong == agent else wrong
        gamma[agent, wrong] += gamma[agent, seen[-1]]
        gamma[agent, seen[-1]] = 0.0
    if np.array_equal(gamma, case.running.sensory_precision):
        return None
    return replace(case, running=case.running.replaced(sensory_precision=gamma))


def _open_edges(case: System) -> System | None:
    if not case.periodic_sides:
        return None
    ties = lattice(case.periodic_sides, periodic=False).weights
    gamma = case.running.sensory_precision * ties
    return replace(case, running=case.running.replaced(sensory_precision=gamma))


def _skewed(gamma: np.ndarray) -> np.ndarray:
    """2 % of the couplings' size, with one sign above the diagonal and the other below."""
    return gamma * (1 + 0.01 * np.sign(np.arange(gamma.shape[-1]) - np.arange(len(gamma))[:, None]))


def _first_tie(factor: float, gamma: np.ndarray) -> np.ndarray:
    """One tie, in both directions, times ``factor``."""
    changed = gamma.copy()
    if gamma.ndim == 2 and gamma.any():
        i, j = np.argwhere(np.triu(gamma))[0]
        changed[i, j] *= factor
        changed[j, i] *= factor
    return changed


FAULTS_OF_TIES = (
    Fault(
        "neighbour_off_by_one",
        11,
        "every agent's last neighbour is read one place too far",
        collective(_last_neighbour_off_by_one),
        (*LAW, "converged"),
    ),
    Fault(
        "open_edges",
        12,
        "the periodic edges of the lattice are missing",
        collective(_open_edges),
        (*LAW, "converged"),
        TIMELESS,
    ),
    Fault(
        "one_way_ties",
        13,
        "each tie is stored in one direction only",
        collective(precisions(lambda gamma: np.triu(gamma))),
        (*LAW, "converged"),
    ),
    Fault(
        "skewed_precisions",
        14,
        "the precisions are antisymmetric by 2 %",
        collective(precisions(_skewed)),
        ("action_law", "stationary_law"),
        ("independence", "preserved"),
    ),
    Fault(
        "coupling_off_by_one_percent",
        15,
        "the sensory precision is 1 % too large",
        precisions(lambda gamma: 1.01 * gamma),
        ("action_law", "stationary_law"),
        ("independence", "reversal"),
    ),
    Fault(
        "coupling_off_by_five_percent",
        45,
        "the sensory precision is 5 % too large",
        precisions(lambda gamma: 1.05 * gamma),
        ("action_law", "stationary_law", "temperature"),
        ("independence", "reversal"),
    ),
    Fault(
        "prior_off_by_one_percent",
        16,
        "the prior precision is 1 % too large",
        precisions(zeta=lambda zeta: 1.01 * zeta),
        ("action_law", "stationary_law"),
        ("independence", "reversal"),
    ),
    Fault(
        "missing_tie",
        36,
        "two agents who see each other do not",
        collective(precisions(lambda gamma: _first_tie(0.0, gamma))),
        ("action_law", "stationary_law", "e_process"),
        TIMELESS,
    ),
    Fault(
        "tie_of_the_wrong_sign",
        37,
        "one tie has the wrong sign",
        collective(precisions(lambda gamma: _first_tie(-1.0, gamma))),
        ("action_law", "stationary_law", "e_process"),
        TIMELESS,
    ),
)
