"""Faults in a terminal: effect, sample sizes, who caught what; and what each test can see."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

Row = Mapping[str, Any]


def fault_table(rows: Sequence[Row]) -> Table:
    """A line for each fault."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    table.add_column("fault", overflow="fold", ratio=3)
    for heading in ("TV", "KL", "predicted", "seen"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("caught by", overflow="fold", ratio=3)
    for row in rows:
        good = row["as_it_must_be"]
        mark = Text("=", "dim") if row["equivalent"] else Text("✓" if good else "✗")
        mark.stylize("" if row["equivalent"] else "green" if good else "bold red")
        caught = [each["instrument"] for each in row["readings"] if each["verdict"] == "refuted"]
        table.add_row(
            mark,
            Text(f"{row['number']} {row['id']}"),
            _short(row["total_variation"]),
            _short(row["relative_entropy"]),
            _count(row["predicted"]),
            _count(row["observed"]),
            Text(", ".join(caught) or ("an equivalent" if row["equivalent"] else "nobody")),
        )
    return table


def surprises(rows: Sequence[Row]) -> Text:
    """A sentence for what went as it must, and one for each reading that did not."""
    wrong = [(row, each) for row in rows for each in row["readings"] if not each["as_it_must_be"]]
    readings = sum(len(row["readings"]) for row in rows)
    text = Text(f"{len(rows)} faults, {readings} readings, {len(wrong)} not as they must be")
    text.stylize("bold red" if wrong else "green")
    for row, each in wrong:
        what = "missed" if each["must"] else "raised a false alarm for"
        text.append(f"\n{each['instrument']} {what} {row['id']} ({row['title']})", "red")
        if each["witness"]:
            text.append(f": {each['witness']}")
    return text


def power_table(designs: Sequence[Row]) -> Table:
    """What each test can see with so much data, and as what error of the precisions."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("test", overflow="fold", ratio=3)
    table.add_column("n", justify="right", overflow="fold")
    table.add_column("seen with probability 0.999", overflow="fold", ratio=3)
    for heading in ("TV", "KL", "precisions"):
        table.add_column(heading, justify="right", no_wrap=True)
    for each in designs:
        error = each["coupling"]
        table.add_row(
            Text(each["test"]),
            f"{each['n']:,} {each['unit']}",
            f"{each['measured_as']} {each['effect']:.2g}",
            _short(each["total_variation"]),
            _short(each["relative_entropy"]),
            "-" if error is None else f"{error:.2%}",
        )
    return table


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.2g}"


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"
