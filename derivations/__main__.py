"""Decide the proof book: ``python -m derivations [NAME …]`` prints one line of JSON per result.

Each line holds the name, the verdict and how it was reached, the assumptions, what the derivation
uses, its statement in LaTeX and the seconds it took. Without names, all of them.
"""

import json
import os
import sys
import time
from collections.abc import Sequence

from derivations import all_derivations
from derivations.step import decide


def main(names: Sequence[str]) -> None:
    """Decide the named derivations in the given order, each line flushed as soon as it is known."""
    book = all_derivations()
    unknown = [name for name in names if name not in book]
    if unknown:
        sys.exit(f"got {unknown[0]!r}; no derivation has that name; they are {', '.join(book)}")
    for name in names or book:
        started = time.perf_counter()
        derivation = book[name]()
        decision = decide(derivation)
        record = decision._asdict() | {
            "name": name,
            "assumes": derivation.assumes,
            "uses": derivation.uses,
            "statement_latex": derivation.statement_latex,
            "seconds": time.perf_counter() - started,
        }
        sys.stdout.write(json.dumps(record) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except BrokenPipeError:
        # The reader went away: nothing is left to do, and the last flush must not complain of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
