"""Decide the proof book: ``python -m derivations [NAME …]`` prints one line of JSON per result.

Each line holds what record.py tells: the name, equations and form, the verdict that came out beside
the expected one and how it was reached, for how many agents it is proved, how many points were
tried, the assumptions, what the derivation uses, its statement and lines in LaTeX and the seconds
it took. Without names, all of them. Exit code 0: every verdict as expected, 1: not so, 2: a name
that nothing has.
"""

import json
import os
import sys
from collections.abc import Sequence

from derivations import all_derivations
from derivations.record import record


def main(names: Sequence[str]) -> int:
    """Decide the named derivations in the given order, each line flushed as soon as it is known."""
    book = all_derivations()
    unknown = [name for name in names if name not in book]
    if unknown:
        known = ", ".join(book)
        sys.stderr.write(f"got {unknown[0]!r}; no derivation has that name; name one of {known}\n")
        return 2
    unexpected = 0
    for name in names or book:
        result = record(book[name])
        unexpected += result["verdict"] != result["expected"]
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()
    return 1 if unexpected else 0


if __name__ == "__main__":
    code = 0
    try:
        code = main(sys.argv[1:])
    except BrokenPipeError:
        # The reader went away: nothing is left to do, and the last flush must not complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
