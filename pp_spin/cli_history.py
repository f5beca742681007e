"""``pp-spin verify --history FILE``: the file that a run adds its evidence to.

It is read before the run, so that mistakes are told at once, and written after it, before anything
of the run is shown: what has been seen is in the file.

A run that took the number of another one, which was faster, is not added: both would have judged at
the same share of the level, and one of them has no right to it. What it found is a run by itself,
and its reports are written; whether it is added does not depend on what it found.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from pp_spin.cli_words import place
from pp_spin.evidence import budget
from pp_spin.evidence.history import History, check_fresh, level, read, text, with_run
from pp_spin.evidence.under_test import code_key
from pp_spin.report.document import write_atomic

HELP = """\
Add this run's evidence to that of earlier ones, kept in FILE (made if missing; give each run \
another --seed). One run can miss a small error that many see together: e-values of independent \
runs multiply, and the n-th run judges by itself at 6/(pi n)^2 of the usual level, so that the \
chance of ever calling a right claim refuted stays what it is for one run. Runs of other code \
do not add up."""

Option = Annotated[Path | None, typer.Option("--history", parser=place, metavar="FILE", help=HELP)]


class Past(NamedTuple):
    """What was found before this run."""

    path: Path
    history: History
    key: str
    seed: int

    @property
    def alpha(self) -> float:
        """The level of each statistical check of this run."""
        return level(budget.ALPHA, len(self.history.of(self.key)) + 1)


def opened(path: Path, claims: Sequence[Path], seed: int) -> Past:
    """The history in ``path`` for the code, with the files ``claims``, under test.

    Raises ValueError for a file that holds none, and for a seed that it knows.
    """
    besides = [file.read_text("utf-8", "surrogateescape") for file in claims if file.is_file()]
    past = Past(path, _read(path), code_key(besides), seed)
    check_fresh(past.history, past.key, seed)
    return past


def closed(past: Past, document: Mapping[str, Any]) -> dict[str, Any]:
    """Add a finished run to the file; its document, with what all runs say together.

    Raises ValueError where another run has written meanwhile, since both had the same number, and
    where there are more checks than all runs together can pay for; the file is then as it was.
    """
    from pp_spin.claims.across_runs import impossible_in, log_es_of, together

    found = log_es_of(document), impossible_in(document)
    history = with_run(past.history, past.key, past.seed, *found)
    whole = together(document, history, past.key)
    if _read(past.path) != past.history:
        raise ValueError(
            f"got the history {str(past.path)!r}, which has changed during this run; both runs "
            "took the same share of the budget; let one end before the next begins, and run "
            "again with another --seed"
        )
    write_atomic(past.path, text(history).encode())
    return whole


def _read(path: Path) -> History:
    if not path.exists():
        return History()
    try:
        return read(path.read_text(encoding="utf-8"))
    except ValueError as error:  # bytes that are no UTF-8, too
        raise ValueError(f"{path}: {error}") from None
