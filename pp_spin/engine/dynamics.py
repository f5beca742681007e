"""What an engine is asked to run: a collective, its schedule, and the ticks that follow of both."""

from typing import NamedTuple

from pp_spin.collective import Collective
from pp_spin.engine.ticks import Ticks, ticks_of
from pp_spin.schedule import Schedule


class Dynamics(NamedTuple):
    """A collective under a schedule."""

    collective: Collective
    schedule: Schedule
    ticks: Ticks | None
    """None under random scan, where every chain draws its own agents, and where nobody is free"""


def without_ticks(dynamics: Dynamics) -> str:
    """Why a collective has no ticks that all chains share."""
    if len(dynamics.collective.free) == 0:
        return "every agent is clamped"
    return "agents are drawn one by one, by each chain for itself"


def dynamics(collective: Collective, schedule: Schedule) -> Dynamics:
    """The dynamics of a collective under a schedule.

    Raises ValueError where a sequential order misses or repeats an agent.
    """
    ticks = ticks_of(collective.ties, collective.free, schedule)
    return Dynamics(collective, schedule, ticks)
