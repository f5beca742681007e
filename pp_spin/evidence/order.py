"""When in a sweep each agent of a run acts, to be kept with its draws (app. C).

A schedule's name says it all, but for chromatic sweeps: which colours a network gets is up to the
code that ran, and agents of two colours in the other order see each other otherwise. So the order
of these is kept, and a run that does not have it is not judged by one that is made up.

Shapes: an order is ``(n_agents,)``, the tick of a sweep at which each acts: 0, 1, ...; -1 never.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pp_spin.collective import Collective
from pp_spin.engine.ticks import Ticks, ticks_of
from pp_spin.schedule import Chromatic, Schedule


def order_of(collective: Collective, schedule: Schedule) -> NDArray[np.int64] | None:
    """The order in which this code's chromatic sweeps go; None where the schedule's name says it.

    Of a schedule that is another, and of a collective with nobody to act.
    """
    if not isinstance(schedule, Chromatic):
        return None
    ticks = ticks_of(collective.ties, collective.free, schedule)
    if ticks is None:
        return None
    order = np.full(collective.n_agents, -1, dtype=np.int64)
    for tick, agents in enumerate(ticks.agents):
        order[agents] = tick
    return order


def kept_order(
    collective: Collective, schedule: Schedule, stored: ArrayLike | None
) -> NDArray[np.int64] | None:
    """The order that a run has kept, ``stored``, if its network and schedule could have had it.

    None where it has kept none and needs none. Raises ValueError where what is kept is no order of
    these agents, lets two act at once of whom one sees the other, or belongs to another schedule.
    """
    if stored is None:
        return None
    order, free = np.asarray(stored), collective.free
    if not isinstance(schedule, Chromatic):
        raise ValueError(
            f"got a run under {schedule} with an order of ticks; only of chromatic runs it is not "
            "known from the schedule, and kept; give a file as sample has made it"
        )
    n_ticks = int(order.max(initial=-1)) + 1
    acting = np.flatnonzero(order != -1)
    if (
        order.shape != (collective.n_agents,)
        or order.dtype.kind not in "iu"
        or not np.array_equal(acting, free)
        or not np.array_equal(np.unique(order[acting]), np.arange(n_ticks))
    ):
        raise ValueError(
            f"got an order of ticks with {len(acting)} agents who act, in {n_ticks} ticks, for "
            f"{len(free)} free agents of {collective.n_agents}; a sweep visits each free agent "
            "once, nobody else, and no tick is empty; give a file as sample has made it"
        )
    ties = collective.ties.tocoo()
    together = (order[ties.row] == order[ties.col]) & (order[ties.row] != -1) & (ties.data != 0)
    if together.any():
        i, j = (int(ends[together][0]) for ends in (ties.row, ties.col))
        raise ValueError(
            f"got an order of ticks in which {collective.nodes[i]!r} and {collective.nodes[j]!r} "
            f"both act at tick {order[i]}, and one sees the other; agents of a colour do not; give "
            "the network that was run"
        )
    return order.astype(np.int64)


def kept_ticks(
    collective: Collective, schedule: Schedule, order: NDArray[np.int64] | None
) -> Ticks | None:
    """The ticks of a run that has kept ``order``; None as `ticks_of`.

    Raises ValueError for a chromatic run that has kept none, unless nobody who acts sees another
    and any order would do.
    """
    if order is not None:
        ticks = tuple(np.flatnonzero(order == tick) for tick in range(order.max() + 1))
        return Ticks(ticks, together=False, rate=1.0)
    among = collective.ties[collective.free][:, collective.free]
    if isinstance(schedule, Chromatic) and among.count_nonzero():
        raise ValueError(
            "got a chromatic run that has not kept the order of its ticks, as those of earlier "
            "versions; another version may have coloured the network otherwise, and its agents "
            "would be judged by what they did not see; compare with a law (ising), or sample anew"
        )
    return ticks_of(collective.ties, collective.free, schedule)
