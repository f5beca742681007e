"""A run as Markdown for the page of a CI job, such as GitHub's step summary.

Short where all went well: the outcome, a table by section, faults and budget, how to run it again.
What surprises is told in full; all claims are there, folded.
"""

import shlex

from pp_spin.report.document import Document
from pp_spin.report.escaping import md, md_code
from pp_spin.report.wording import (
    MARKS,
    Standing,
    by_section,
    counts,
    evidence_line,
    figure,
    headline,
    history_line,
    leading_evidence,
    number,
    rungs,
    section_name,
    standing,
)

SEVERITY: tuple[Standing, ...] = ("as expected", "inconclusive", "contradiction")
VERDICTS = ("supported", "refuted", "approximate", "inconclusive")


def markdown_summary(document: Document) -> str:
    """The whole page."""
    tally = counts(document)
    found = [name for name in SEVERITY if tally[name]]
    worst = found[-1] if found else SEVERITY[0]
    blocks = [
        f"## {MARKS[worst]} {md(headline(document))}",
        md(" · ".join(_facts(document))),
        _sections_table(document),
        *(_surprise(c) for c in document["claims"] if standing(c) != "as expected"),
        *_notes(document),
        f"Run it again:\n\n```sh\n{_command(document)}\n```",
        _all_claims(document),
    ]
    return "\n\n".join(blocks) + "\n"


def _facts(document: Document) -> list[str]:
    facts = [f"pp_spin {document['versions']['pp_spin']}", f"profile {document['profile']}"]
    facts.append(f"seed {document['seed']}")
    if document.get("seconds") is not None:
        facts.append(f"{document['seconds']:.0f} s")
    if document.get("hash"):
        facts.append(f"hash {document['hash'][:12]}")
    return facts


def _sections_table(document: Document) -> str:
    rows = [["Section", "Claims", "As expected", *(v.capitalize() for v in VERDICTS)]]
    for name, claims in [*by_section(document["claims"]), (None, document["claims"])]:
        found = [claim["verdict"] for claim in claims]
        right = sum(standing(claim) == "as expected" for claim in claims)
        label = "**All**" if name is None else md(section_name(name))
        rows.append([label, *map(str, (len(claims), right, *map(found.count, VERDICTS)))])
    return _table(rows, "|---|--:|--:|--:|--:|--:|--:|")


def _surprise(claim: Document) -> str:
    outcome = standing(claim)
    lines = [
        f"### {MARKS[outcome]} {outcome}: {md_code(claim['id'])}",
        f"{md(claim['title'])} ({md(', '.join(claim['equations']))}, {md(claim['form'])})",
        md(f"Expected {claim['expected']}, got {claim['verdict']}. {claim['reason']}"),
        "\n".join(f"- {md(evidence_line(item))}" for item in claim["evidence"]),
    ]
    return "\n\n".join(filter(None, lines))


def _notes(document: Document) -> list[str]:
    """Faults, the budget, and what earlier runs add: a line each."""
    notes = []
    faults = document.get("faults", [])
    if faults:
        missed = [fault for fault in faults if not fault["killed_by"]]
        notes.append(f"**Seeded faults caught:** {len(faults) - len(missed)} of {len(faults)}.")
        named = (f"{md_code(fault['id'])} ({md(fault['title'])})" for fault in missed)
        notes[-1] += f" Not caught: {', '.join(named)}." if missed else ""
    budget = document["budget"]
    spent, allowed = number(budget["spent"]), number(budget["allowed"])
    notes.append(f"**False-alarm budget:** {spent} of {allowed} spent.")
    if "history" in document:
        notes.append(f"**Earlier runs:** {md(history_line(document['history']))}.")
    return ["\n".join(f"- {note}" for note in notes)]


def _command(document: Document) -> str:
    # In a fence nothing is escaped; a profile that is more than a word is quoted, on one line.
    profile = shlex.quote(" ".join(str(document["profile"]).replace("`", "'").split()))
    return f"pp-spin verify --profile {profile} --seed {document['seed']}"


def _all_claims(document: Document) -> str:
    rows = [["", "Claim", "Equations", "Form", "Verdict", "Evidence", "Figure"]]
    for claim in document["claims"]:
        said = f"{md(claim['title'])}<br>{md_code(claim['id'])}"
        facts = (", ".join(claim["equations"]), claim["form"], claim["verdict"], rungs(claim))
        shown = figure(leading_evidence(claim))
        rows.append([MARKS[standing(claim)], said, *map(md, (*facts, shown))])
    table = _table(rows, "|---|---|---|---|---|---|---|")
    total = len(document["claims"])
    return f"<details>\n<summary>All claims ({total})</summary>\n\n{table}\n\n</details>"


def _table(rows: list[list[str]], rule: str) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, rule, *body])
