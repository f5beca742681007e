"""Decide the proof book: ``python -m derivations [--jobs N] [NAME …]`` prints one line per result.

Each line is JSON and holds what record.py tells: the name, equations and form, the verdict that
came out beside the expected one and how it was reached, for how many agents it is proved, how many
points were tried, the assumptions, what the derivation uses, its statement and lines in LaTeX and
the seconds it took. Exit code 0: every verdict as expected, 1: not so, 2: wrong usage.
"""

import argparse
import difflib
import gc
import json
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from derivations import all_derivations
from derivations.record import record


def main(arguments: Sequence[str]) -> int:
    """Decide the named derivations in the given order, each line flushed as soon as it is known."""
    book = all_derivations()
    parser = argparse.ArgumentParser(
        prog="python -m derivations",
        description="Decide the proof book, one line of JSON per result.",
        epilog="exit code 0: every verdict as expected, 1: not so, 2: wrong usage",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="without any, the whole book")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="N", help="processes that decide side by side"
    )
    chosen = parser.parse_args(arguments)
    unknown = [name for name in chosen.names if name not in book]
    if unknown:
        near = ", ".join(difflib.get_close_matches(unknown[0], book, cutoff=0.3))
        parser.error(f"got {unknown[0]!r}; no derivation has that name; the nearest are {near}")
    if chosen.jobs < 1:
        parser.error(f"got --jobs {chosen.jobs}; nothing would be decided; give 1 or more")
    # Expressions hold no cycles worth a search, and there are very many of them.
    gc.disable()
    unexpected = 0
    with decided(chosen.names or list(book), chosen.jobs) as results:
        for result in results:
            unexpected += result["verdict"] != result["expected"]
            sys.stdout.write(json.dumps(result) + "\n")
            sys.stdout.flush()
    return 1 if unexpected else 0


@contextmanager
def decided(names: Sequence[str], jobs: int) -> Iterator[Iterator[dict[str, Any]]]:
    """The records of the named derivations in their order, decided by so many processes."""
    if jobs == 1:
        yield map(decided_by_name, names)
        return
    # A forked process has sympy and the book already; where there is no fork, it loads them.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    context = multiprocessing.get_context(method)
    with context.Pool(jobs, initializer=_leave_ctrl_c_to_the_parent) as pool:
        yield pool.imap(decided_by_name, names)


def decided_by_name(name: str) -> dict[str, Any]:
    """The record of the derivation of that name."""
    return record(all_derivations()[name])


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    code = 0
    try:
        code = main(sys.argv[1:])
    except BrokenPipeError:
        # The reader went away: nothing is left to do, and the last flush must not complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
