"""The diagnosis of a run's draws in the terminal: figures, spins, and why a figure is missing.

A table stays within 80 characters. Of many spins that vary, those of the largest R-hat are shown.
"""

import math
from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pp_spin.evidence.convergence import LABEL, Diagnosis, Measured
from pp_spin.report.wording import number, plain, plural

MOST_SPINS = 12
"""Spins that vary shown one by one, and names of those that do not."""

_LEGEND = (
    "R-hat: 1 where chains agree; nested: over super-chains, those that began at one point; ESS: "
    "as many independent draws; τ: integrated correlation time, in sweeps; overlap: of chains 1 "
    "and 2, 3 and 4, …"
)

Columns = Sequence[tuple[str, Callable[[Measured], str]]]


def print_diagnosis(diagnosis: Diagnosis, console: Console) -> None:
    """What the draws say of the chains, and what they cannot say."""
    draws = f"{plural(diagnosis.n_chains, 'chain')} of {plural(diagnosis.n_draws, 'draw')}"
    apart = plural(diagnosis.thinning, "sweep")
    _say(console, f"Diagnosis ({LABEL}): {draws}, {apart} apart", "bold")
    console.print(_table(diagnosis.observables, _OBSERVABLES))
    for row in diagnosis.observables:
        for reason in row.why:
            _say(console, f"{row.name}: {reason}")
    _say(console, _LEGEND, "dim")
    _print_spins(diagnosis.spins, console)


def _print_spins(spins: Sequence[Measured], console: Console) -> None:
    varying = [row for row in spins if row.state == "varies"]
    if varying:
        shown = varying
        heading = f"{plural(len(spins), 'spin')}, of which {len(varying)} vary"
        if len(varying) > MOST_SPINS:
            shown = sorted(varying, key=_worst_first)[:MOST_SPINS]
            heading += f"; the {MOST_SPINS} of the largest R-hat and least ESS"
        _say(console, heading, "bold")
        console.print(_table(shown, _SPINS))
    names: dict[str, list[str]] = {}
    for row in spins:
        for reason in row.why:
            names.setdefault(reason, []).append(row.name)
    for reason, those in names.items():
        more = f" and {len(those) - MOST_SPINS} more" if len(those) > MOST_SPINS else ""
        listed = ", ".join(those[:MOST_SPINS]) + more
        _say(console, f"{plural(len(those), 'spin')} {reason}: {listed}")


def _worst_first(row: Measured) -> tuple[float, float]:
    return -(row.rhat or 0.0), row.bulk_ess or 0.0


def _table(rows: Sequence[Measured], columns: Columns) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    table.add_column("", overflow="fold")
    for heading, _ in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(Text(plain(row.name)), *(cell(row) for _, cell in columns))
    return table


def _rhat(value: float | None) -> str:
    if value is None:
        return number(None)
    return "∞" if math.isinf(value) else f"{value:.3f}"


def _size(value: float | None) -> str:
    return number(None if value is None else round(value))


_OBSERVABLES: Columns = (
    ("mean", lambda row: number(row.mean)),
    ("MCSE", lambda row: number(row.mcse)),
    ("R-hat", lambda row: _rhat(row.rhat)),
    ("nested", lambda row: _rhat(row.nested_rhat)),
    ("bulk ESS", lambda row: _size(row.bulk_ess)),
    ("tail ESS", lambda row: _size(row.tail_ess)),
    ("τ", lambda row: number(row.correlation_time)),
)
_SPINS: Columns = (
    ("mean", lambda row: number(row.mean)),
    ("R-hat", lambda row: _rhat(row.rhat)),
    ("bulk ESS", lambda row: _size(row.bulk_ess)),
)


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(plain(line), style=style))
