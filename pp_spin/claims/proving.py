"""Symbolic evidence: the proof book is decided by a process of its own, beside the checks.

sympy and the compiled checks then have a core each. What comes back is plain data, so this process
never builds an expression.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from derivations import all_derivations
from derivations.step import Derivation, decide

Build = Callable[[], Derivation]


class Proof(NamedTuple):
    """What was decided of a derivation, and what a reader is shown of it."""

    name: str
    verdict: str
    method: str
    n_steps: int
    witness: str | None
    assumes: tuple[str, ...]
    uses: tuple[str, ...]
    statement_latex: str
    seconds: float


@contextmanager
def proofs_of(builds: Iterable[Build]) -> Iterator[Callable[[Build], Proof]]:
    """Start deciding ``builds``; the function given to the body waits for one and returns it.

    Derivations outside the proof book (a user's own) are decided when they are asked for.
    """
    book = all_derivations()
    names = dict.fromkeys(b.__name__ for b in builds if book.get(b.__name__) is b)
    if not names:
        yield decided
        return
    # Ctrl-C is for this process, which then ends the other; -P keeps a folder of the user's that
    # happens to be called "derivations" from being run in its place.
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "derivations", *names],
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    known: dict[str, Proof] = {}

    def proof_of(build: Build) -> Proof:
        if build.__name__ not in names:
            return decided(build)
        while build.__name__ not in known:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(
                    f"the proof book stopped (exit code {process.wait()}) before it decided "
                    f"{build.__name__}; run `python -m derivations {build.__name__}` to see why"
                )
            proof = Proof(**json.loads(line))
            known[proof.name] = proof
        return known[build.__name__]

    try:
        yield proof_of
    finally:
        process.kill()
        process.communicate()


def decided(build: Build) -> Proof:
    """Decide a derivation here and now."""
    started = time.perf_counter()
    derivation = build()
    decision = decide(derivation)
    return Proof(
        build.__name__,
        **decision._asdict(),
        assumes=derivation.assumes,
        uses=derivation.uses,
        statement_latex=derivation.statement_latex,
        seconds=time.perf_counter() - started,
    )
