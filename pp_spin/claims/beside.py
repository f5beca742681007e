"""Work beside the checks: a process of its own that tells its results line by line.

What the checks and the rest of a run need together is then spread over the cores.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

NICENESS = 10
"""more than this process has"""


@contextmanager
def lines_of(command: Sequence[str], **environment: str) -> Iterator[Callable[[str], str]]:
    """Start ``python -m`` with the words of ``command``; the function gives its next line.

    It is given what the line is to tell of, and raises RuntimeError where the process ends before.
    """
    # Ctrl-C is for this process, which then ends the other; -P keeps a folder of the user's that
    # happens to be called as ours from being run in its place.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", *command],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        start_new_session=True,
    )
    _let_go_first(process)

    def next_line(what: str) -> str:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(
                f"`python -m {command[0]}` stopped (exit code {process.wait()}) before it told of "
                f"{what}; run `python -m {command[0]} {what}` to see why"
            )
        return line

    try:
        yield next_line
    finally:
        _end(process)


def _let_go_first(process: subprocess.Popen[str]) -> None:
    """The checks wait for one another, this work for nobody: it takes what they leave of the cores.

    What the process starts later yields too.
    """
    if hasattr(os, "setpriority"):
        with suppress(OSError):  # it has ended, or the system has rules of its own
            ours = os.getpriority(os.PRIO_PROCESS, 0)
            os.setpriority(os.PRIO_PROCESS, process.pid, min(19, ours + NICENESS))


def _end(process: subprocess.Popen[str]) -> None:
    """End a process that leads a session, and all that it has started.

    Left alone, one of its workers may wait forever for a lock that its killed parent or another
    worker held, and keep open what is read here to its end.
    """
    # Until it is waited for, its number is nobody else's.
    if process.returncode is None and hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()
