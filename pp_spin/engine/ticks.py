"""A schedule as the engines run it: which agents act together, tick by tick (app. C).

Agents that do not see each other may act at once without changing what any of them sees. A sweep
in a fixed order is therefore as many ticks as its longest chain of agents who wait for one another,
and running it so is the same dynamics: chromatic sweeps have a tick per colour, a sequential sweep
of a sparse graph a few, of a complete graph one per agent.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.colouring import colouring
from pp_spin.schedule import (
    Chromatic,
    PartiallySynchronous,
    Schedule,
    Sequential,
    Synchronous,
)


class Ticks(NamedTuple):
    """Who acts when, in every sweep alike."""

    agents: tuple[NDArray[np.intp], ...]
    """the agents of each tick"""
    together: bool
    """one tick, whose agents see each other: all act on what was there before it"""
    rate: float
    """with which probability each of them acts"""


def ticks_of(ties: csr_array, free: NDArray[np.intp], schedule: Schedule) -> Ticks | None:
    """The ticks of a schedule for the ``free`` agents; None where there are none.

    Under random scan every chain draws its own agents; and no free agents have no ticks.

    Raises ValueError where a sequential order misses or repeats an agent.
    """
    if len(free) == 0:
        return None
    match schedule:
        case Synchronous():
            return Ticks((free,), together=True, rate=1.0)
        case PartiallySynchronous(rate):
            return Ticks((free,), together=True, rate=rate)
        case Chromatic():
            colours = colouring(ties[free][:, free])
            order = np.argsort(colours, kind="stable")
            bounds = np.cumsum(np.bincount(colours))[:-1]
            return Ticks(tuple(np.split(free[order], bounds)), together=False, rate=1.0)
        case Sequential():
            order = np.array(schedule.visits(ties.shape[0], free), dtype=np.intp)
            return Ticks(_waves(ties, order), together=False, rate=1.0)
    return None


def _waves(ties: csr_array, order: NDArray[np.intp]) -> tuple[NDArray[np.intp], ...]:
    """The agents of ``order`` in waves: each acts in the wave after the last that it waits for."""
    pattern = ties[order][:, order].astype(bool)
    mutual = csr_array(pattern + pattern.T)
    later = mutual.indices > np.repeat(np.arange(len(order)), np.diff(mutual.indptr))
    earlier_neighbours = np.diff(mutual.indptr) - np.add.reduceat(
        np.append(later, False), mutual.indptr[:-1]
    ) * (np.diff(mutual.indptr) > 0)
    waiting_for = earlier_neighbours.astype(np.intp)
    wave = np.flatnonzero(waiting_for == 0)
    waves = []
    while len(wave):
        waves.append(order[wave])
        starts, ends = mutual.indptr[wave], mutual.indptr[wave + 1]
        heard = np.concatenate([mutual.indices[a:b] for a, b in zip(starts, ends, strict=True)])
        behind = heard[heard > np.repeat(wave, ends - starts)]
        np.subtract.at(waiting_for, behind, 1)
        wave = np.unique(behind[waiting_for[behind] == 0])
    return tuple(waves)
