"""A run, a list of claims and a page about one of them in the terminal.

The table says what came out, against what was expected, on what evidence. Two layouts of the same
facts: one line per claim where everything fits on it, else two lines, which stay within 80
characters (a narrow terminal, or a pipe). Colour repeats what the marks and words say.
"""

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from derivations.rendering.page import Heading, Page, Paragraph, Tone
from derivations.rendering.text import block_text
from pp_spin.report.document import Document
from pp_spin.report.wording import (
    MARKS,
    Standing,
    by_section,
    evidence_line,
    figure,
    headline,
    history_line,
    leading_evidence,
    missed_faults,
    number,
    plain,
    rungs,
    section_name,
    standing,
)

STYLES: dict[Standing, str] = {
    "as expected": "green",
    "contradiction": "bold red",
    "inconclusive": "yellow",
}

TONES: dict[Tone, str] = {
    "": "",
    "dim": "dim",
    "good": "green",
    "bad": "bold red",
    "open": "yellow",
}

_WIDE_HEADINGS = ("Claim", "Equations", "Form", "Verdict", "Expected", "Evidence", "Figure")
_LIST_HEADINGS = ("Claim", "Equations", "Form", "Expected")
_NARROW_HEADINGS = ("Claim\nequations · form · evidence · figure", "Verdict\nexpected")


def print_run(document: Document, console: Console) -> None:
    """The table, the claims that surprise with all their evidence, and the summary."""
    console.print(claims_table(document, width=console.width))
    for claim in document["claims"]:
        if standing(claim) != "as expected":
            print_surprise(claim, console)
    print_summary(document, console)


def claims_table(document: Document, *, width: int) -> RenderableType:
    """Claim, equations, form, verdict, expected, evidence, by section; laid out for ``width``."""
    claims = document["claims"]
    rows = [_wide_cells(claim) for claim in claims]
    widths = [
        max([len(h), *map(len, cells)]) for h, *cells in zip(_WIDE_HEADINGS, *rows, strict=True)
    ]
    wide = sum(widths) + 2 * len(widths) + 2 <= width
    parts: list[RenderableType] = []
    for section, members in by_section(claims):
        title = Text(plain(section_name(section)), style="bold")
        parts += [title, _rows(members, widths if wide else None, width), Text()]
    header = _grid(widths if wide else None, width)
    headings = _WIDE_HEADINGS if wide else _NARROW_HEADINGS
    header.add_row("", *(Text(name, style="dim") for name in headings))
    return Group(header, Text("─" * min(width, 80 if not wide else width), style="dim"), *parts)


def _grid(widths: Sequence[int] | None, total: int) -> Table:
    """An empty table: a column for the mark, then those of the wide or of the narrow layout."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    for width in widths or (_name_width(total), 13):
        grid.add_column(width=width, overflow="fold")
    return grid


def _name_width(total: int) -> int:
    """The first column of the narrow layout: what the mark, the verdict and the gaps leave."""
    return min(total, 100) - 18


def _rows(claims: Sequence[Document], widths: Sequence[int] | None, total: int) -> Table:
    grid = _grid(widths, total)
    for claim in claims:
        outcome = standing(claim)
        style = STYLES[outcome]
        name, equations, form, verdict, expected, evidence, measured = _wide_cells(claim)
        mark = Text(MARKS[outcome], style=style)
        if widths:
            plain_cells = (Text(text) for text in (expected, evidence, measured))
            shown = Text(name, style=style), Text(equations), Text(form), Text(verdict, style=style)
            grid.add_row(mark, *shown, *plain_cells)
        else:
            detail = f"{equations} · {form} · {evidence}"
            whole = f"{detail} · {measured}"
            # A figure is easier to read on a line of its own than broken in two.
            detail = whole if len(whole) <= _name_width(total) else f"{detail}\n{measured}"
            against = outcome if outcome == "as expected" else f"≠ {expected}"
            grid.add_row(
                mark,
                Text.assemble((name, style), "\n", (detail, "dim")),
                Text.assemble((verdict, style), "\n", (against, "dim")),
            )
    return grid


def _wide_cells(claim: Document) -> tuple[str, ...]:
    cells = (
        claim["id"],
        ", ".join(claim["equations"]),
        claim["form"],
        claim["verdict"],
        claim["expected"],
        rungs(claim),
        figure(leading_evidence(claim)),
    )
    return tuple(plain(cell) for cell in cells)


def claims_list(claims: Iterable[tuple[str, str, str, str, str]], *, width: int) -> RenderableType:
    """Claims that were not run, each an id, its equations, form, expected verdict and title.

    In columns where they fit into ``width``; else one below the other, so that no id is broken.
    """
    claims = list(claims)
    rows = [_LIST_HEADINGS, *(claim[:4] for claim in claims)]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    if sum(widths) + len(widths) <= width:
        return _list_in_columns(claims, widths)
    parts: list[RenderableType] = []
    for name, equations, form, expected, title in claims:
        facts = f"{equations} · {form} · expected {expected}"
        parts += [Text(name, overflow="fold"), _indented(facts), _indented(title)]
    return Group(*parts)


def _list_in_columns(
    claims: Iterable[tuple[str, str, str, str, str]], widths: Sequence[int]
) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim")
    for heading, width in zip(_LIST_HEADINGS, widths, strict=True):
        table.add_column(heading, min_width=width, overflow="fold")
    for name, equations, form, expected, title in claims:
        sentence = _indented(title)
        table.add_row(Group(Text(name), sentence), Text(equations), Text(form), Text(expected))
    return table


def _indented(line: str) -> Padding:
    return Padding(Text(line, style="dim"), (0, 0, 0, 2))


def print_surprise(claim: Document, console: Console) -> None:
    """A claim that did not come out as expected, with its reason and all its evidence."""
    outcome = standing(claim)
    heading = f"{MARKS[outcome]} {outcome}: {claim['id']}"
    console.print(Text(plain(heading), style=STYLES[outcome]))
    facts = f"expected {claim['expected']}, got {claim['verdict']}. {claim.get('reason') or ''}"
    for line in (claim["title"], facts):
        console.print(Padding(Text(plain(line)), (0, 0, 0, 2)))
    print_evidence(claim, console)
    console.print()


def print_evidence(claim: Document, console: Console) -> None:
    """Every piece of evidence of a claim, a line each."""
    for item in claim["evidence"]:
        console.print(Padding(Text(f"- {plain(evidence_line(item))}", style="dim"), (0, 0, 0, 2)))


def print_summary(document: Document, console: Console) -> None:
    """The outcome in a sentence, the faults, and the line that identifies the run."""
    outcomes = {standing(claim) for claim in document["claims"]}
    worst: Standing = "as expected"
    for candidate in ("inconclusive", "contradiction"):
        worst = candidate if candidate in outcomes else worst
    console.print(Text(headline(document), style=f"bold {STYLES[worst]}"))
    if "history" in document:
        style = "bold red" if document["history"]["refuted"] else ""
        console.print(Text(plain(history_line(document["history"])), style=style))
    faults = document.get("faults", [])
    if faults:
        missed = missed_faults(document)
        tail = f"; not caught: {', '.join(missed)}" if missed else ""
        n_caught = sum(bool(fault["killed_by"]) for fault in faults)
        caught = f"Seeded faults caught: {n_caught} of {len(faults)}{tail}"
        console.print(Text(plain(caught), style="red" if missed else ""))
    console.print(Text(plain(" · ".join(_facts(document))), style="dim"))


def _facts(document: Document) -> list[str]:
    budget = document["budget"]
    facts = [
        f"profile {document['profile']}",
        f"seed {document['seed']}",
        f"false-alarm budget {number(budget['spent'])} of {number(budget['allowed'])}",
    ]
    if document.get("seconds") is not None:
        facts.append(f"{document['seconds']:.1f} s")
    if document.get("hash"):
        facts.append(f"hash {document['hash'][:12]}")
    return facts


def print_page(page: Page, console: Console) -> None:
    """A page of derivations/rendering, drawn for the terminal's width."""
    for block in page:
        style = "bold" if isinstance(block, Heading) else ""
        if isinstance(block, Paragraph):
            style = TONES[block.tone]
        for line in block_text(block, console.width).split("\n"):
            console.print(Text(plain(line), style=style), soft_wrap=True)
