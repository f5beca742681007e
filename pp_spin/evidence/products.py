"""Running products of ``q / phi`` over a piece of a trajectory, one for each alternative, in logs.

Shapes: ``(n_alternatives, n_updates)``; ``agent_logs`` has, for each `PerAgent` in order,
``(n_agents, n_members)``, the log product of each member over the updates of each agent. A factor
is taken at what was done: ``(1 - q) / (1 - phi)`` for down. A dead alternative, which gave
probability 0 to what was done, has log -inf; no phi at what was done may be 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pp_spin.evidence.alternatives import Actions, Alternative, PerAgent

Floats = NDArray[np.float64]


def probability_of_done(up_prob: Floats, up: NDArray[np.bool_]) -> Floats:
    """The probability of what was done, ``(n_updates,)``."""
    return np.where(up, up_prob, 1 - up_prob)


def empty_agent_logs(
    alternatives: Sequence[Alternative | PerAgent], n_agents: int
) -> tuple[Floats, ...]:
    """``agent_logs`` before the first update."""
    groups = [each for each in alternatives if isinstance(each, PerAgent)]
    return tuple(np.zeros((n_agents, len(group.members))) for group in groups)


def running_logs(
    alternatives: Sequence[Alternative | PerAgent],
    logs: Floats,
    agent_logs: tuple[Floats, ...],
    actions: Actions,
) -> tuple[Floats, tuple[Floats, ...]]:
    """Log products after each update, given those before the first, and the next ``agent_logs``."""
    log_phi = np.log(probability_of_done(actions.up_prob, actions.up))
    gains: dict[Alternative, Floats] = {}  # the members of a group often stand alone as well

    def gain(alternative: Alternative) -> Floats:
        if alternative not in gains:
            done = probability_of_done(alternative.up_prob(actions), actions.up)
            with np.errstate(divide="ignore"):
                gains[alternative] = np.log(done) - log_phi
        return gains[alternative]

    before, after, curves = iter(agent_logs), [], []
    for alternative in alternatives:
        if isinstance(alternative, PerAgent):
            members = [gain(member) for member in alternative.members]
            steps, ends = _of_each_agent(members, next(before), actions.agent)
            after.append(ends)
        else:
            steps = gain(alternative)
        curves.append(steps.cumsum())
    return logs[:, None] + np.array(curves), tuple(after)


def _of_each_agent(
    gains: list[Floats], logs: Floats, agent: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """What each update adds to the log of `PerAgent`'s product, and the agents' logs after all.

    The updates of each agent fill a row, so that sums run along rows: nothing is subtracted that
    may be -inf.
    """
    order = np.argsort(agent, kind="stable")
    agents, first, counts = np.unique(agent[order], return_index=True, return_counts=True)
    rows = np.repeat(np.arange(len(agents)), counts)
    columns = 1 + np.arange(len(agent)) - np.repeat(first, counts)
    members = np.full((len(agents), 1 + counts.max()), -np.inf)
    ends = logs.copy()
    for m, gain in enumerate(gains):
        product = np.zeros_like(members)
        product[:, 0] = logs[agents, m]
        product[rows, columns] = gain[order]
        product = product.cumsum(axis=1)
        ends[agents, m] = product[:, -1]
        members = np.logaddexp(members, product)
    faulty = 1 / (1 + len(logs))
    mixture = np.logaddexp(np.log1p(-faulty), np.log(faulty / len(gains)) + members)
    steps = np.empty(len(agent))
    steps[order] = np.diff(mixture, axis=1)[rows, columns - 1]
    return steps, ends
