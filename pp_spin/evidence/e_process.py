"""Actions against their exact law, by an e-process: however correlated the trajectory (section 3).

Given the past, an update ends up with probability phi. So ``E_n = mean_k prod_t q_k / phi``, each
factor taken at what was done (``1 - q`` and ``1 - phi`` for down), is a nonnegative martingale from
1, and ``P(sup_n E_n >= 1 / alpha) <= alpha`` (Ville) for any number of updates, any stopping rule
and any dependence. This level is exact, but for rounding: phi must be right to a few units in the
last place of ``min(phi, 1 - phi)``. Power is in `growth`.

Shapes: as in `alternatives`; logs are natural. Updates are counted from 1: ``crossed == 7`` is
after the seventh. Memory is that of a chunk, plus n_agents x n_members for each `PerAgent`.
References: Ville 1939; Ramdas, Grünwald, Vovk & Shafer 2023, "Game-theoretic statistics and safe
anytime-valid inference".
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from pp_spin.evidence.alternatives import Actions, Alternative, PerAgent
from pp_spin.evidence.products import empty_agent_logs, probability_of_done, running_logs

CHUNK = 2**12
"""Updates at once: sorted by agent they fill a rectangle of CHUNK**2 / 4 numbers at worst."""

MOST_POINTS = 500
"""Points of a path."""


class State(NamedTuple):
    """An e-process so far."""

    alternatives: tuple[Alternative | PerAgent, ...]
    alpha: float
    n_agents: int
    n_updates: int
    logs: NDArray[np.float64]
    """log product of each alternative, ``(n_alternatives,)``"""
    agent_logs: tuple[NDArray[np.float64], ...]
    """of each `PerAgent`, ``(n_agents, n_members)``"""
    largest: float
    crossed: int | None
    impossible: str | None
    path: NDArray[np.float64]
    """``(n_points, 2)``: the number of updates, log E"""


class EProcess(NamedTuple):
    """What the actions say against the law under test."""

    log_e: float
    """log E after the last update, nats; inf after an impossible action"""
    largest: float
    """the most that it ever was, at least 0"""
    crossed: int | None
    """the first update with ``log E >= ln(1 / alpha)``"""
    impossible: str | None
    """the first action that has probability 0 under the law, as a sentence; nothing counts after"""
    best: str
    """the alternative with the largest product"""
    rejected: bool
    """the law is wrong (false alarm: alpha)"""
    logs: dict[str, float]
    """log product of each alternative, by name; before an impossible action, if there was one"""
    path: NDArray[np.float64]
    """``(n_points, 2)``: the number of updates, log E; at most `MOST_POINTS`, evenly spaced"""


def compare_with_action_law(
    actions: Actions, alternatives: Sequence[Alternative | PerAgent], alpha: float, n_agents: int
) -> EProcess:
    """Test ``actions`` against their ``up_prob``. Errors as in `start` and `fed`."""
    return verdict(fed(start(alternatives, alpha, n_agents), actions))


def start(alternatives: Sequence[Alternative | PerAgent], alpha: float, n_agents: int) -> State:
    """An e-process before its first update: alternatives and level are fixed here.

    Raises ValueError without alternatives, for a name that occurs twice, and for an ``alpha`` that
    is no level.
    """
    names = [alternative.name for alternative in alternatives]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"got alternatives named {names}; a verdict names one of them; give at least one, and "
            "each a name of its own"
        )
    if not 0 < alpha < 1:
        raise ValueError(f"got alpha = {alpha}; a level is between 0 and 1; give 1e-6, say")
    return State(
        alternatives=tuple(alternatives),
        alpha=alpha,
        n_agents=n_agents,
        n_updates=0,
        logs=np.zeros(len(names)),
        agent_logs=empty_agent_logs(alternatives, n_agents),
        largest=0.0,
        crossed=None,
        impossible=None,
        path=np.zeros((0, 2)),
    )


def fed(state: State, actions: Actions) -> State:
    """The e-process after more ``actions``; how a run is cut into pieces changes rounding only.

    Raises ValueError for arrays of different lengths, for an ``up_prob`` that is no probability and
    for agents outside ``0 .. n_agents - 1``.
    """
    _check(state, actions)
    for first in range(0, len(actions.up), CHUNK):
        if state.impossible:
            break
        state = _fed_chunk(state, _part(actions, slice(first, first + CHUNK)))
    return state


def verdict(state: State) -> EProcess:
    """What the updates so far say."""
    log_e = np.inf if state.impossible else _log_mean(state.logs)
    names = [alternative.name for alternative in state.alternatives]
    return EProcess(
        float(log_e),
        state.largest,
        state.crossed,
        state.impossible,
        names[int(state.logs.argmax())],
        state.crossed is not None,
        dict(zip(names, state.logs.tolist(), strict=True)),
        state.path,
    )


# ---- one chunk


def _fed_chunk(state: State, actions: Actions) -> State:
    """The e-process after a chunk, or after its first impossible action."""
    never = np.flatnonzero(probability_of_done(actions.up_prob, actions.up) == 0)
    if never.size:
        possible = _part(actions, slice(0, never[0]))
        before = _fed_chunk(state, possible) if never[0] > 0 else state
        return _refuted(before, _part(actions, slice(never[0], never[0] + 1)))
    curves, agent_logs = running_logs(state.alternatives, state.logs, state.agent_logs, actions)
    log_e = _log_mean(curves)
    numbers = state.n_updates + 1 + np.arange(len(log_e))
    over = np.flatnonzero(log_e >= -np.log(state.alpha))
    crossed = int(numbers[over[0]]) if state.crossed is None and over.size else state.crossed
    return State(
        alternatives=state.alternatives,
        alpha=state.alpha,
        n_agents=state.n_agents,
        n_updates=int(numbers[-1]),
        logs=curves[:, -1],
        agent_logs=agent_logs,
        largest=max(state.largest, float(log_e.max())),
        crossed=crossed,
        impossible=None,
        path=_thinned(np.concatenate([state.path, np.stack([numbers, log_e], axis=1)])),
    )


def _refuted(state: State, action: Actions) -> State:
    """The e-process after an action that the law excludes."""
    number = state.n_updates + 1
    way = "up" if action.up[0] else "down"
    sentence = (
        f"update {number} is impossible: agent {int(action.agent[0])} went {way} where its "
        f"probability of +1 is {float(action.up_prob[0]):g} "
        f"(half log-odds {float(action.half_log_odds[0]):g})"
    )
    return state._replace(
        n_updates=number,
        largest=float("inf"),
        crossed=number if state.crossed is None else state.crossed,
        impossible=sentence,
    )


def _log_mean(logs: NDArray[np.float64]) -> NDArray[np.float64]:
    """The log of the mean of the alternatives' products."""
    return logsumexp(logs, axis=0) - np.log(len(logs))


def _thinned(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every 2^j-th update, so many that the points are few, wherever a run was cut."""
    stride = 1
    while path[-1, 0] > stride * MOST_POINTS:
        stride *= 2
    return path[path[:, 0] % stride == 0]


def _part(actions: Actions, which: slice) -> Actions:
    """Some of the updates."""
    x, up_prob, up, agent, was_up = actions
    was_up = None if was_up is None else was_up[which]
    return Actions(x[which], up_prob[which], up[which], agent[which], was_up)


def _check(state: State, actions: Actions) -> None:
    """Raise ValueError for actions that are none."""
    lengths = {name: len(a) for name, a in actions._asdict().items() if a is not None}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"got arrays of lengths {lengths}; an update has one entry in each; give arrays "
            "(n_updates,)"
        )
    phi = actions.up_prob
    bad = np.flatnonzero(~((phi >= 0) & (phi <= 1)) | np.isnan(actions.half_log_odds))
    if bad.size:
        raise ValueError(
            f"got up_prob {phi[bad[0]]} at half log-odds {actions.half_log_odds[bad[0]]} in entry "
            f"{bad[0]}; a probability is in [0, 1], log-odds are numbers; correct the contexts"
        )
    agent = actions.agent
    if agent.size and (agent.min() < 0 or agent.max() >= state.n_agents):
        raise ValueError(
            f"got agents {agent.min()} to {agent.max()} but n_agents = {state.n_agents}; "
            "agents are numbered from 0; start with as many as there are"
        )
