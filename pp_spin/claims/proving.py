"""Symbolic evidence: the proof book is decided by processes of its own, beside the checks.

What sympy and the compiled checks need together is then spread over the cores. What comes back is
plain data, so this process never builds an expression.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from derivations import all_derivations
from derivations.graph import result_graph
from derivations.record import record
from derivations.step import Derivation
from pp_spin.claims.beside import lines_of

Build = Callable[[], Derivation]

SYMPY_CACHE_SIZE = "50000"  # a sixth faster than with sympy's own thousand, for 0.1 GB
N_PROVERS = 2  # beside the checks, which wait for the compiler and for one another


class Proof(NamedTuple):
    """What was decided of a derivation, and what a reader is shown of it (record.py)."""

    name: str
    equations: list[str]
    form: str
    expected: str
    verdict: str
    method: str
    n_steps: int
    n_points: int
    """how often the two sides of a step were evaluated"""
    witness: str | None
    scope: str
    """for how many agents: "any N", or the number that is written out"""
    assumes: list[str]
    uses: list[str]
    statement_latex: str
    lines: list[dict[str, Any]]
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
    known: dict[str, Proof] = {}

    def proof_of(build: Build) -> Proof:
        if build.__name__ not in names:
            return decided(build)
        while build.__name__ not in known:
            proof = Proof(**json.loads(next_line(build.__name__)))
            known[proof.name] = proof
        return known[build.__name__]

    command = ["derivations", f"--jobs={N_PROVERS}", *names]
    with lines_of(command, SYMPY_CACHE_SIZE=SYMPY_CACHE_SIZE) as next_line:
        yield proof_of


def results(proofs: Iterable[Proof]) -> list[Proof]:
    """Each proof once: with ``uses``, the graph of the run's results.

    Raises ValueError where one uses what is in no book, or proofs use each other in a circle.
    """
    once = {proof.name: proof for proof in proofs}
    book = dict.fromkeys(all_derivations(), ())
    result_graph(book | {name: tuple(proof.uses) for name, proof in once.items()})
    return list(once.values())


def decided(build: Build) -> Proof:
    """Decide a derivation here and now."""
    return Proof(**record(build))
