"""Stationary laws, reversibility and entropy production of an exact kernel (app. C, section 5).

Shapes: a kernel is dense ``(n_states, n_states)``, row = from; a law is ``(n_states,)``.
References: Grassmann, Taksar & Heyman 1985 (the elimination used here subtracts nowhere, so every
entry of the law is right to relative precision, however slowly the chain mixes).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from pp_spin.configurations import configurations
from pp_spin.reference.actions import CollectiveNumbers, without_clamped
from pp_spin.reference.laws import Law
from pp_spin.reference.transitions import MATRIX_LIMIT, transition_matrix
from pp_spin.schedule import Schedule, Sequential, parse_schedule

_PANEL = 64  # states eliminated between two matrix products


def stationary_law(collective: CollectiveNumbers, schedule: str | Schedule) -> Law:
    """The law that a collective under a schedule leaves unchanged, ``(2**n,)``.

    Configurations that contradict the clamped spins have probability 0. Under ``sequential`` and
    ``chromatic`` it is the law seen at the end of a sweep. Raises ValueError above
    ``MATRIX_LIMIT`` free agents, and where the law is not unique (agents that are certain of their
    action can have several absorbing sets).
    """
    schedule = parse_schedule(schedule)
    agents, free = without_clamped(collective)
    if len(free) > MATRIX_LIMIT:
        raise ValueError(
            f"got {len(free)} free agents; their stationary law solves for 2**{len(free)} states "
            f"and the limit is {MATRIX_LIMIT}; clamp some, or, where the precisions are symmetric, "
            "take the law of eq. (C.40) or (C.33) (reference.laws) and test it with "
            "reference.transitions.moved; otherwise sample"
        )
    if isinstance(schedule, Sequential):
        visits = schedule.visits(len(collective.prior_precision), free)
        schedule = Sequential(tuple(np.searchsorted(free, visits)))
    law = np.zeros(len(configurations(len(collective.prior_precision))))
    law[possible_states(len(collective.prior_precision), collective.clamped)] = stationary(
        transition_matrix(agents, schedule)
    )
    return law


def law_of(matrix: NDArray[np.float64], clamped: Mapping[int, int]) -> Law:
    """The stationary law of a kernel over all ``2**n`` configurations, 0 off the clamped ones."""
    possible = possible_states(len(matrix).bit_length() - 1, clamped)
    law = np.zeros(len(matrix))
    law[possible] = stationary(matrix[np.ix_(possible, possible)])
    return law


def possible_states(n_spins: int, clamped: Mapping[int, int]) -> NDArray[np.intp]:
    """The indices of the configurations that agree with the clamped spins, ascending."""
    states = np.arange(2**n_spins)
    possible = np.ones(len(states), dtype=bool)
    for agent, spin in clamped.items():
        possible &= ((states >> agent) & 1) == (spin == 1)
    return np.flatnonzero(possible)


def stationary(matrix: NDArray[np.float64]) -> Law:
    """The unique law with ``law @ matrix = law``; ValueError where there are several."""
    recurrent = _recurrent_states(matrix)
    rest = matrix[np.ix_(recurrent, recurrent)].copy()
    n_states = len(rest)
    leaving = np.ones(n_states)
    for end in range(n_states, 1, -_PANEL):
        start = max(end - _PANEL, 1)
        for state in range(end - 1, start - 1, -1):
            leaving[state] = rest[state, :state].sum()
            rest[:state, state] /= leaving[state]
            # Only the panel's own rows and columns are kept up to date while it is worked on …
            rest[start:state, :state] += np.outer(rest[start:state, state], rest[state, :state])
            rest[:start, start:state] += np.outer(rest[:start, state], rest[state, start:state])
        # … the rest of the matrix gets all of the panel's updates in one product.
        rest[:start, :start] += rest[:start, start:end] @ rest[start:end, :start]
    weights = np.zeros(n_states)
    weights[0] = 1.0
    for state in range(1, n_states):
        weights[state] = weights[:state] @ rest[:state, state]
    law = np.zeros(len(matrix))
    law[recurrent] = weights / weights.sum()
    return law


def detailed_balance_residual(law: Law, matrix: NDArray[np.float64]) -> float:
    """``max |law_k P_kl - law_l P_lk|``: 0 exactly where the kernel is reversible (C.29)."""
    flux = law[:, None] * matrix
    return float(np.abs(flux - flux.T).max())


def entropy_production(law: Law, matrix: NDArray[np.float64]) -> float:
    """``sum law_k P_kl ln(law_k P_kl / law_l P_lk)``, nats per step.

    It is inf where a step has no way back.
    """
    flux = law[:, None] * matrix
    forward, backward = flux[flux > 0], flux.T[flux > 0]
    if np.any(backward == 0):
        return float("inf")
    return float((forward * np.log(forward / backward)).sum())


def _recurrent_states(matrix: NDArray[np.float64]) -> NDArray[np.intp]:
    n_classes, label = connected_components(csr_array(matrix > 0), connection="strong")
    flow = csr_array(matrix > 0).tocoo()
    leaves = label[flow.row] != label[flow.col]
    closed = np.setdiff1d(np.arange(n_classes), label[flow.row[leaves]])
    if len(closed) > 1:
        raise ValueError(
            f"got a kernel with {len(closed)} sets of states that are never left; it has as many "
            "stationary laws and none is *the* law; give actions a finite precision, or ask where "
            "the dynamics goes from one start (reference.transitions.moved)"
        )
    return np.flatnonzero(label == closed[0])
