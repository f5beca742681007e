"""Schedules: who acts when, as data (section 2.4, app. C).

A sweep is one update per free agent, or one tick when all act at once; clamped agents never act.
What a schedule does is written twice and apart: drawn by ``who_acts`` for the kernel, and exactly
by ``reference.transitions``.

Departures from the paper: "asynchronous" is three schedules here. Random scan, sequential and
chromatic sweeps all keep the Ising law, but a sweep in fixed order is not reversible; updating
mutually unseen agents in parallel (chromatic) is exact; only *fully* synchronous updates have the
law (C.33), and partial synchrony has neither.
"""

import difflib
import operator
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RandomScan:
    """One free agent at a time, drawn uniformly: the dynamics of (C.35)-(C.41)."""

    name = "random_scan"

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True)
class Sequential:
    """One agent at a time in a fixed order of indices (None: in node order).

    The order lists every free agent exactly once; clamped agents in it are passed over.
    """

    order: tuple[int, ...] | None = None
    name = "sequential"

    def __post_init__(self) -> None:
        if self.order is not None:
            object.__setattr__(self, "order", tuple(map(operator.index, self.order)))

    def visits(self, n_agents: int, free: Collection[int]) -> tuple[int, ...]:
        """The ``free`` agents, given ascending, in the order in which a sweep visits them.

        Raises ValueError where the order misses or repeats one, or names one that does not exist.
        """
        order = tuple(map(int, free)) if self.order is None else self.order
        acting = set(map(int, free))
        visited = tuple(agent for agent in order if agent in acting)
        unknown = [agent for agent in order if agent not in range(n_agents)]
        if unknown or sorted(visited) != sorted(acting):
            raise ValueError(
                f"got order {_some(order)} for free agents {_some(sorted(acting))} of {n_agents}; "
                "a sweep visits each free agent once; list every one of them exactly once"
            )
        return visited

    def __str__(self) -> str:
        """The name and, where given, the order."""
        return self.name if self.order is None else f"{self.name}{self.order}"


@dataclass(frozen=True)
class Chromatic:
    """Colour by colour: agents of one colour do not see each other and act in parallel.

    The colours are those of the free agents' graph (`colouring`).
    """

    name = "chromatic"

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True)
class Synchronous:
    """All free agents at once: Little's dynamics, (C.30)."""

    name = "synchronous"

    def __str__(self) -> str:
        """The name."""
        return self.name


@dataclass(frozen=True)
class PartiallySynchronous:
    """Each free agent acts at a tick with probability ``rate``, independently of the others."""

    rate: float
    name = "partially_synchronous"

    def __post_init__(self) -> None:
        if not 0 < self.rate <= 1:
            raise ValueError(
                f"got rate = {self.rate}; it is the probability that an agent acts at a tick, and "
                "at 0 nobody ever would; give a number in (0, 1]"
            )

    def __str__(self) -> str:
        """The name and the rate."""
        return f"{self.name}({str(self.rate).removesuffix('.0')})"


Schedule = RandomScan | Sequential | Chromatic | Synchronous | PartiallySynchronous

random_scan = RandomScan()
sequential = Sequential()
chromatic = Chromatic()
synchronous = Synchronous()


def partially_synchronous(rate: float) -> PartiallySynchronous:
    """Each agent acts at a tick with probability ``rate`` in (0, 1]."""
    return PartiallySynchronous(rate)


SCHEDULES: dict[str, Schedule] = {
    schedule.name: schedule for schedule in (random_scan, sequential, chromatic, synchronous)
}
"""The schedules without a parameter, by name."""


def parse_schedule(schedule: str | Schedule) -> Schedule:
    """A schedule by object, or as it is printed: ``"random_scan"``, ``"sequential(2, 0, 1)"``.

    Raises ValueError, listing the schedules, for an unknown name; TypeError for another object.
    """
    if isinstance(schedule, Schedule):
        return schedule
    if not isinstance(schedule, str):
        raise TypeError(
            f"got schedule {schedule!r}; a schedule says who acts when; give one of "
            "pp_spin.schedule or its name"
        )
    if schedule in SCHEDULES:
        return SCHEDULES[schedule]
    called = re.fullmatch(r"(partially_synchronous|sequential)\(([^()]*)\)", schedule.strip())
    numbers = _numbers(called[2]) if called else ()
    if called and called[1] == "sequential" and numbers and all(n.is_integer() for n in numbers):
        return Sequential(tuple(map(int, numbers)))
    if called and called[1] == "partially_synchronous" and len(numbers) == 1:
        return PartiallySynchronous(*numbers)
    names = [*SCHEDULES, "sequential(2, 0, 1)", "partially_synchronous(0.5)"]
    near = difflib.get_close_matches(schedule, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "take one of them"
    raise ValueError(f"got schedule {schedule!r}; the schedules are {', '.join(names)}; {hint}")


def _numbers(text: str) -> tuple[float, ...]:
    """The comma-separated numbers in ``text``; none where it holds anything else."""
    try:
        return tuple(float(part) for part in text.rstrip(", ").split(","))
    except ValueError:
        return ()


def _some(agents: Sequence[int]) -> str:
    """The agents as a tuple is written, the first twenty of many."""
    return str(tuple(agents)) if len(agents) <= 20 else f"{str(tuple(agents[:20]))[:-1]}, …)"
