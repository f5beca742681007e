"""A run in a few lines of the terminal: sections, surprises, faults; or for a log, one line.

Colour repeats what the marks and words say; every line keeps within the console's width.
"""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from pp_spin.report.document import Document
from pp_spin.report.terminal import STYLES, print_summary, print_surprise
from pp_spin.report.wording import (
    MARKS,
    STANDINGS,
    by_section,
    counts,
    history_line,
    missed_faults,
    plain,
    plural,
    section_name,
    standing,
)

# (form, verdict) of a claim that came out as expected, in the words that a reader needs.
_KINDS = {
    ("printed", "supported"): "as printed",
    ("printed", "approximate"): "approximate",
    ("printed", "refuted"): "refuted as printed",
    ("corrected", "supported"): "corrected",
    ("corrected", "approximate"): "corrected, approximate",
    ("beyond", "supported"): "beyond the paper",
}


def print_compact(document: Document, console: Console) -> None:
    """A line or two per section, every surprise in full, and the summary."""
    for section, claims in by_section(document["claims"]):
        _print_section(section, claims, console)
    console.print()
    print_surprises(document, console)
    print_summary(document, console)


def print_surprises(document: Document, console: Console) -> None:
    """The claims that did not come out as expected, with all their evidence."""
    for claim in document["claims"]:
        if standing(claim) != "as expected":
            print_surprise(claim, console)


def print_quiet(document: Document, console: Console) -> None:
    """Nothing but the surprises and one last line, which a log keeps in one piece."""
    print_surprises(document, console)
    if document.get("history", {}).get("refuted"):
        console.print(Text(plain(history_line(document["history"])), style="bold red"))
    console.print(Text(plain(quiet_line(document))), soft_wrap=not console.is_terminal)


def quiet_line(document: Document) -> str:
    """``pp-spin: 133 claims as expected, 30 of 30 faults caught``."""
    tally, total = counts(document), len(document["claims"])
    surprises = [
        plural(tally["contradiction"], "contradiction") if tally["contradiction"] else "",
        f"{tally['inconclusive']} inconclusive" if tally["inconclusive"] else "",
    ]
    held = plural(total, "claim")
    if tally["as expected"] != total:
        held = f"{tally['as expected']} of {held}"
    parts = [f"{held} as expected", *filter(None, surprises)]
    if faults := document.get("faults"):
        n_caught = sum(bool(fault["killed_by"]) for fault in faults)
        parts.append(f"{n_caught} of {plural(len(faults), 'fault')} caught")
    if missed := missed_faults(document):
        parts.append(f"not caught: {', '.join(missed)}")
    return f"pp-spin: {', '.join(parts)}"


def _print_section(section: str, claims: Sequence[Document], console: Console) -> None:
    """Marks with their numbers, the section's name and, where it fits beside it, what held."""
    outcomes = Counter(standing(claim) for claim in claims)
    line = Text()
    for outcome in STANDINGS:
        if outcome == "as expected" or outcomes[outcome]:
            line.append(f"{MARKS[outcome]} {outcomes[outcome]:>2}  ", style=STYLES[outcome])
    margin = len(line)
    line.append(plain(section_name(section)), style="bold")
    kinds = _kinds([claim for claim in claims if standing(claim) == "as expected"])
    if not kinds:
        console.print(line)
    elif line.cell_len + 2 + len(kinds) <= console.width:
        console.print(Text.assemble(line, "  ", (kinds, "dim")))
    else:
        console.print(line)
        console.print(Padding(Text(kinds, style="dim"), (0, 0, 0, min(margin, 6)), expand=False))


def _kinds(claims: Sequence[Document]) -> str:
    """``7 as printed, 3 refuted as printed, 2 corrected``."""
    words = [
        _KINDS.get((claim["form"], claim["verdict"]), f"{claim['form']}, {claim['verdict']}")
        for claim in claims
    ]
    tally = Counter(words)
    order = [*dict.fromkeys(_KINDS.values()), *sorted(set(words) - set(_KINDS.values()))]
    return ", ".join(f"{tally[word]} {plain(word)}" for word in order if tally[word])
