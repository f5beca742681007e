"""What the runs of one code have found together: e-values multiply, levels share one budget.

The e-values of runs with fresh randomness multiply: under a true null their product is a
nonnegative martingale from run to run, so that it ever reaches ``1 / alpha`` with probability at
most alpha, however many runs there are and whenever one stops (Ville). A p-value has no such
product: the n-th run judges at ``6 alpha / (pi^2 n^2)``, which sums to alpha over all n.

What the null gives probability zero is an infinite e-value: where it has happened once, no later
run takes it back. It costs no level.

Conventions. A key stands for a code (`under_test`); runs of another key do not add up. Log
e-values are natural and finite; a check is named by claim, method and case. A run that lacks a name
counts as an e-value of 1 for it, so that what is selected may depend on what was found before.
References: Ville 1939; Ramdas, Grünwald, Vovk & Shafer 2023, "Game-theoretic statistics and safe
anytime-valid inference".
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

SCHEMA = 1


class Run(NamedTuple):
    """What one run adds."""

    seed: int
    log_es: dict[str, float]
    """the log e-value of each check that has one, by name"""
    impossible: tuple[str, ...] = ()
    """the checks that saw what could not be: an infinite e-value"""


class Accumulated(NamedTuple):
    """What all runs say about one check."""

    n_runs: int
    log_e: float
    """the sum over runs"""
    largest: float
    """the most that the sum of finite ones ever was from run to run, at least 0: what is judged"""
    impossible: bool = False
    """whether an impossible event was ever seen, which refutes by itself"""


@dataclass(frozen=True)
class History:
    """Runs in the order in which they were made, by the key of the code."""

    runs: Mapping[str, tuple[Run, ...]] = field(default_factory=dict)
    schema: int = SCHEMA

    def of(self, key: str) -> tuple[Run, ...]:
        """The runs of a code; none, where it has never been run."""
        return self.runs.get(key, ())


def with_run(
    history: History,
    key: str,
    seed: int,
    log_es: Mapping[str, float],
    impossible: Sequence[str] = (),
) -> History:
    """The history with one more run.

    Raises ValueError for a seed that the code has been run with, for a log e-value that is not
    finite, and for one of a check that saw something impossible.
    """
    check_fresh(history, key, seed)
    for name, log_e in log_es.items():
        if not math.isfinite(log_e):
            raise ValueError(
                f"got log e-value {log_e} for {name!r}; it could not be multiplied with others; "
                "name the check among the impossible where such an event has refuted the claim"
            )
    for name in set(impossible) & set(log_es):
        raise ValueError(
            f"got log e-value {log_es[name]} for {name!r}, which saw an impossible event; that is "
            "an infinite one; leave the other out"
        )
    run = Run(seed, dict(log_es), tuple(impossible))
    return History({**history.runs, key: (*history.of(key), run)})


def check_fresh(history: History, key: str, seed: int) -> None:
    """Raise ValueError where the code has been run with this seed: the e-values are dependent."""
    if any(run.seed == seed for run in history.of(key)):
        raise ValueError(
            f"got seed {seed}, with which this code has been run before; evidence adds up over "
            "fresh randomness; give another --seed"
        )


def accumulated(history: History, key: str) -> dict[str, Accumulated]:
    """What the runs of a code say together, check by check."""
    totals: dict[str, Accumulated] = {}
    for run in history.of(key):
        for name in (*run.log_es, *run.impossible):
            n_runs, before, largest, impossible = totals.get(name, Accumulated(0, 0.0, 0.0))
            now = before + run.log_es.get(name, 0.0)
            impossible = impossible or name in run.impossible
            totals[name] = Accumulated(n_runs + 1, now, max(largest, now), impossible)
    return totals


def level(alpha: float, n: int) -> float:
    """The level ``6 alpha / (pi^2 n^2)`` of the n-th run, counted from 1; they sum to alpha.

    Raises ValueError for an ``n`` below 1.
    """
    if n < 1:
        raise ValueError(f"got run {n}; runs are counted from 1; give the number of this one")
    return alpha * 6 / (math.pi * n) ** 2


# ---- the file


def text(history: History) -> str:
    """The history as JSON; `read` gives it back."""
    runs = {key: [_entry(run) for run in runs] for key, runs in history.runs.items()}
    written = {"schema": history.schema, "runs": runs}
    return json.dumps(written, sort_keys=True, indent=2, allow_nan=False) + "\n"


def read(text: str) -> History:
    """The history that was written. Raises ValueError for any other text, and says where."""
    try:
        written = json.loads(text)
    except ValueError as error:
        raise _broken(f"is no JSON ({error})") from None
    if not isinstance(written, dict) or written.get("schema") != SCHEMA:
        raise _broken(f"does not say schema {SCHEMA}")
    by_key, history = written.get("runs"), History()
    if not isinstance(by_key, dict):
        raise _broken("has no table of runs")
    for key, runs in by_key.items():
        if not isinstance(runs, list):
            raise _broken(f"has no list of runs under {key!r}")
        for run in runs:
            if not _is_run(run):
                raise _broken(f"has {run!r} for a run")
            impossible = run.get("impossible", ())
            history = with_run(history, key, run["seed"], run["log_e"], impossible)
    return history


def _entry(run: Run) -> dict[str, Any]:
    entry: dict[str, Any] = {"seed": run.seed, "log_e": run.log_es}
    return entry | {"impossible": list(run.impossible)} if run.impossible else entry


def _is_run(run: Any) -> bool:
    if not isinstance(run, dict) or set(run) - {"impossible"} != {"seed", "log_e"}:
        return False
    impossible = run.get("impossible", [])
    if not isinstance(impossible, list) or any(type(name) is not str for name in impossible):
        return False
    numbers = run["log_e"].values() if isinstance(run["log_e"], dict) else [None]
    return type(run["seed"]) is int and all(type(number) in (int, float) for number in numbers)


def _broken(what: str) -> ValueError:
    return ValueError(
        f"got a history that {what}; it holds what earlier runs found, and guessing would lose or "
        "invent evidence; name the file that `pp-spin verify --history` wrote, or a new one"
    )
