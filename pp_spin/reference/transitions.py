"""Exact transition kernels of every schedule, from a table of actions (app. C).

One step is one update under ``random_scan``, one whole sweep under ``sequential`` and
``chromatic``, one tick under ``synchronous`` and ``partially_synchronous``. Clamped agents never
act, and random scan draws among the free ones.

Shapes: operators are sparse ``(2**n, 2**n)``, row = from, column = to; ``law @ operator`` moves a
law on. A law can be moved far beyond the size at which a transition matrix can be written down.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pp_spin.colouring import colouring
from pp_spin.reference.actions import ActionTable, CollectiveNumbers, action_table
from pp_spin.reference.laws import Law
from pp_spin.schedule import (
    Chromatic,
    PartiallySynchronous,
    RandomScan,
    Schedule,
    Sequential,
    Synchronous,
    parse_schedule,
)

MATRIX_LIMIT = 12
"""Most agents whose dense transition matrix is written down (128 MiB)."""

OPERATOR_LIMIT = 24
"""Agents in all plus agents acting at once, at most: 2**24 entries are 192 MiB."""


def transition_matrix(
    collective: CollectiveNumbers, schedule: str | Schedule
) -> NDArray[np.float64]:
    """The kernel of one step, dense ``(2**n, 2**n)``, row = from; rows sum to 1.

    A configuration that contradicts the clamped spins keeps them as they are. Raises ValueError
    above ``MATRIX_LIMIT`` agents, and for an unknown schedule.
    """
    n_agents = len(collective.prior_precision)
    if n_agents > MATRIX_LIMIT:
        raise ValueError(
            f"got {n_agents} agents; a transition matrix has 4**n entries and the limit is "
            f"{MATRIX_LIMIT} agents; move a law with reference.transitions.sweep_operators, or "
            "sample"
        )
    return dense(sweep_operators(action_table(collective), collective, schedule))


def dense(operators: Sequence[sp.csr_array]) -> NDArray[np.float64]:
    """The product of the factors of a step, written out, ``(2**n, 2**n)``."""
    start = np.eye(operators[0].shape[0])
    return reduce(lambda matrix, operator: matrix @ operator, operators, start)


def moved(law: Law, operators: Sequence[sp.csr_array], n_steps: int = 1) -> Law:
    """The law after ``n_steps`` steps, ``(2**n,)``."""
    for _ in range(n_steps):
        law = reduce(lambda before, operator: before @ operator, operators, law)
    return law


def sweep_operators(
    table: ActionTable, collective: CollectiveNumbers, schedule: str | Schedule
) -> list[sp.csr_array]:
    """The sparse factors of one step, first acting first, for any table of actions.

    ``collective`` says who is clamped and, for ``chromatic``, who sees whom. Raises ValueError
    where a factor would be too large, naming the limit, where nobody is free, and where a
    sequential order is not one of the free agents.
    """
    n_agents = table.shape[1]
    free = np.array([i for i in range(n_agents) if i not in collective.clamped], dtype=np.intp)
    if len(free) == 0:
        raise ValueError(
            "got no free agent; a kernel moves those that act, and clamped agents never do; leave "
            "at least one agent out of `clamped`"
        )
    match parse_schedule(schedule):
        case RandomScan():
            singles = [acting_together(table, free[[i]]) for i in range(len(free))]
            return [sum(singles[1:], singles[0]) / len(free)]
        case Sequential() as sequential:
            visits = sequential.visits(n_agents, free)
            return [acting_together(table, np.array([agent])) for agent in visits]
        case Chromatic():
            colours = colouring(collective.sensory_precision[np.ix_(free, free)])
            return [acting_together(table, free[colours == c]) for c in np.unique(colours)]
        case Synchronous():
            return [acting_together(table, free)]
        case PartiallySynchronous(rate):
            return [acting_together(table, free, rate)]


def acting_together(
    table: ActionTable, agents: NDArray[np.intp], rate: float = 1.0
) -> sp.csr_array:
    """The kernel in which ``agents`` draw their spins from one configuration, the others stay.

    Each of them acts with probability ``rate``. Row k has one entry per joint action, so the
    operator holds ``2**(n + len(agents))`` numbers.
    """
    n_states, n_agents = table.shape
    if n_agents + len(agents) > OPERATOR_LIMIT:
        raise ValueError(
            f"got {len(agents)} of {n_agents} agents acting together; their exact kernel has "
            f"2**{n_agents + len(agents)} entries and the limit is 2**{OPERATOR_LIMIT}; clamp "
            "some agents or take a smaller collective, or sample"
        )
    states = np.arange(n_states)
    rest = states & ~int(sum(1 << int(agent) for agent in agents))
    targets, probabilities = rest[:, None], np.ones((n_states, 1))
    for agent in agents:
        is_up = (states >> int(agent)) & 1
        up = (rate * table[:, agent] + (1 - rate) * is_up)[:, None]
        targets = np.hstack([targets, targets | (1 << int(agent))])
        probabilities = np.hstack([probabilities * (1 - up), probabilities * up])
    row_starts = np.arange(n_states + 1) * targets.shape[1]
    return sp.csr_array((probabilities.ravel(), targets.ravel(), row_starts))
