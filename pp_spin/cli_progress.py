"""What ``pp-spin verify`` says of a run while it lasts: a bar in a terminal, plain lines in a log.

The time left follows from the share of the expected cost that is done (``Step.share``); it counts
down within a step, and where the step takes longer than all that was to come, none is told.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

from pp_spin.report.wording import plain

if TYPE_CHECKING:
    from pp_spin.claims.plan import Step

EVERY = 30.0  # seconds between two lines of a log
TOO_SOON = 5.0  # seconds in which a log needs no estimate
EARLY = 0.03  # share of the work before which nothing can be said of the rest
ROOM_FOR_BAR = 70


@contextlib.contextmanager
def run_progress(*, quiet: bool = False) -> "Iterator[Callable[[Step], None]]":
    """What a run is to tell its steps, on the standard error; nothing is shown if ``quiet``."""
    console = Console(stderr=True, highlight=False)
    if quiet:
        yield lambda step: None
    elif console.is_terminal and not console.is_dumb_terminal:
        with bar(console) as shown:
            yield BarTeller(shown)
    else:
        yield LineTeller(console)


def time_left(elapsed: float, share: float, since: float = 0.0) -> float | None:
    """Seconds left, ``since`` seconds after a share was done in ``elapsed``; None: unknown."""
    if share < EARLY:
        return None
    left = elapsed / share - elapsed - since
    return left if left >= 0 or share >= 1 else None


def clock(seconds: float) -> str:
    """``0:07``, ``12:30``, ``1:02:03``."""
    minutes, rest = divmod(round(max(0.0, seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def surprise_line(step: "Step") -> str:
    """That a claim came out as not expected, and why."""
    found = step.surprise or {}
    return plain(
        f"✗ {found['id']}: expected {found['expected']}, got {found['verdict']}. {found['reason']}"
    )


class TimeLeft(ProgressColumn):
    """How long the rest takes, by the cost of what was done."""

    def render(self, task: Task) -> Text:
        """``1:20 left``, or as wide a blank."""
        share, at = task.fields["share"], task.fields["at"]
        left = time_left(at, share, (task.elapsed or 0.0) - at)
        return Text(f"{'-:--' if left is None else clock(left)} left", style="cyan")


def bar(console: Console) -> Progress:
    """Bar where there is room, share, time gone, time left and what is done, cut where short."""
    narrow = console.width < ROOM_FOR_BAR
    label = Column(ratio=1, no_wrap=True, overflow="ellipsis")
    return Progress(
        *([] if narrow else [BarColumn(bar_width=16)]),
        TextColumn("{task.percentage:>3.0f}%"),
        *([] if narrow else [TimeElapsedColumn()]),
        TimeLeft(),
        TextColumn("{task.description}", markup=False, table_column=label),
        console=console,
        transient=True,
        expand=True,
    )


class BarTeller:
    """Moves the bar of a terminal; surprises are printed above it."""

    def __init__(self, shown: Progress):
        self.shown = shown
        self.task = shown.add_task("", total=1.0, share=0.0, at=0.0)

    def __call__(self, step: "Step") -> None:
        """Show a step."""
        if step.surprise:
            self.shown.console.print(Text(surprise_line(step), style="bold red"))
        at = self.shown.tasks[0].elapsed or 0.0
        label = f"{step.phase} {step.done + 1}/{step.total} · {step.what}"
        self.shown.update(
            self.task, completed=step.share, description=plain(label), share=step.share, at=at
        )


class LineTeller:
    """Writes a line when a phase begins and every half minute, so that a log shows life."""

    def __init__(self, console: Console, now: Callable[[], float] = time.monotonic):
        self.console, self.now = console, now
        self.started = self.told = now()
        self.phase = ""

    def __call__(self, step: "Step") -> None:
        """Write a step, if it is time to."""
        at = self.now()
        if step.surprise:
            self.console.print(Text(surprise_line(step)))
        elif step.phase != self.phase or at - self.told >= EVERY:
            self.phase, self.told = step.phase, at
            self.console.print(Text(self._line(step, at - self.started)))

    def _line(self, step: "Step", elapsed: float) -> str:
        left = time_left(elapsed, step.share) if elapsed >= TOO_SOON else None
        rest = "" if left is None else f", about {clock(left)} left"
        return f"{step.phase}: {step.done} of {step.total}, {clock(elapsed)} gone{rest}"
