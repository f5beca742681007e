"""Every action of a trajectory, beside what the agent saw: what the kernel's tests are made of.

Given the whole past, an action is a coin toss with the probability that the collective's action
rule gives (eqs. 5, 11), however correlated the trajectory. A trajectory is recorded tick by tick
(`recording`), or read off stored draws one sweep apart where the schedule says who acted when:
every schedule but random scan.

Shapes: chains come first, then ticks; at a tick up to ``width`` agents act, all of them on the
configuration before it. The index ``n_agents`` stands for nobody.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pp_spin.collective import Collective
from pp_spin.engine.ticks import Ticks, ticks_of
from pp_spin.evidence.alternatives import Actions
from pp_spin.reference.actions import rule_probabilities
from pp_spin.schedule import Schedule


class Trajectory(NamedTuple):
    """Independent chains, tick by tick."""

    spins: NDArray[np.int8]
    """``(n_chains, n_ticks + 1, n_agents)``: before the first tick, and after each"""
    agents: NDArray[np.intp]
    """``(n_chains, n_ticks, width)``: who acted"""


def unrolled(
    collective: Collective,
    schedule: Schedule,
    draws: NDArray[np.int8],
    ticks: Ticks | None = None,
) -> Trajectory:
    """The ticks between draws ``(n_chains, n_draws, n_agents)`` that are one sweep apart.

    ``ticks`` are those that were run (None: those that this code would run).
    Raises ValueError under random scan, where nobody has written down who acted, and for a single
    draw.
    """
    n_chains, n_draws, n_agents = draws.shape
    ticks = ticks or ticks_of(collective.ties, collective.free, schedule)
    if ticks is None or n_draws < 2:
        raise ValueError(
            f"got {n_draws} draws under {schedule}; actions are read off consecutive sweeps of a "
            "schedule that says who acts when; give two draws or more, of another schedule than "
            "random scan"
        )
    rows = np.full((len(ticks.agents), max(map(len, ticks.agents))), n_agents, dtype=np.intp)
    for row, acting in zip(rows, ticks.agents, strict=True):
        row[: len(acting)] = acting
    n_ticks = (n_draws - 1) * len(rows)
    spins = np.empty((n_chains, n_ticks + 1, n_agents), dtype=np.int8)
    spins[:, :: len(rows)] = draws
    for tick, acting in enumerate(ticks.agents[:-1], start=1):
        spins[:, tick :: len(rows)] = spins[:, tick - 1 : -1 : len(rows)]
        spins[:, tick :: len(rows), acting] = draws[:, 1:, acting]
    agents = np.broadcast_to(np.tile(rows, (n_draws - 1, 1)), (n_chains, n_ticks, rows.shape[1]))
    return Trajectory(spins, agents)


def actions_of(collective: Collective, trajectory: Trajectory, rate: float = 1.0) -> Actions:
    """The actions of a trajectory in order of time, chain after chain, as a collective would act.

    With ``rate`` below 1 its agents are those who may have acted, each with that probability: it is
    up with probability ``rate P(+1) + (1 - rate) [it was up]``, as under partial synchrony.
    """
    spins, agents = trajectory
    somebody = agents < collective.n_agents
    chain, tick, _ = np.nonzero(somebody)
    agent = agents[somebody]
    before = spins[chain, tick]
    half_log_odds = _fields(collective, before, agent)
    was_up = before[np.arange(len(agent)), agent] == 1
    up_prob = rule_probabilities(collective.action_rule, half_log_odds)
    if rate < 1:
        up_prob = rate * up_prob + (1 - rate) * was_up
    up = spins[chain, tick + 1, agent] == 1
    return Actions(half_log_odds, up_prob, up, agent, was_up)


def _fields(
    collective: Collective, seen: NDArray[np.int8], agent: NDArray[np.intp]
) -> NDArray[np.float64]:
    """``zeta_i + sum_j gamma_ij s_j`` of each ``agent`` ``(n,)`` in what it saw ``(n, n_agents)``.

    Agent by agent: the table of all agents in all configurations may not fit.
    """
    fields = collective.prior_precision[agent]
    ties = collective.ties
    for i in np.unique(agent):
        heard = ties.indices[ties.indptr[i] : ties.indptr[i + 1]]
        gamma = ties.data[ties.indptr[i] : ties.indptr[i + 1]]
        rows = np.flatnonzero(agent == i)
        fields[rows] += seen[np.ix_(rows, heard)] @ gamma
    return fields
