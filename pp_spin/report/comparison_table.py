"""Comparisons of a run with a model, in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from pp_spin.report.wording import plain

WORDS = {
    "supported": ("✓ agrees", "green"),
    "refuted": ("✗ disagrees", "bold red"),
    "inconclusive": ("? undecided", "yellow"),
}

Comparison = Mapping[str, Any]


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """A block of lines for each comparison: what, how far apart, what could have been seen."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for each in comparisons:
        word, style = WORDS[each["verdict"]]
        grid.add_row(Text(word, style=style), Text(plain(each["test"]), style="bold"))
        grid.add_row("", Text(plain(each["reason"])))
        grid.add_row("", Text(f"{each['discrepancy']}: {_figures(each)}", style="dim"))
    return grid


def _figures(each: Comparison) -> str:
    parts = []
    if each["found"] is not None:
        parts.append(f"{each['found']:.3g}")
    if each["interval"] is not None:
        parts.append(f"in [{each['interval'][0]:.3g}, {each['interval'][1]:.3g}]")
    parts.append(f"at level {each['alpha']:.1g}, from {each['n']:,} {each['unit']}")
    if each["tolerance"] and each["detectable"] is not None:
        parts.append(f"{each['detectable']:.3g} would have been found")
    return "; ".join(parts)
