"""A derivation as a page: its statement, what it assumes, its lines, and what was decided."""

import re
from collections.abc import Mapping, Sequence

from derivations.deciding.decide import Decision
from derivations.display import Named, definitions
from derivations.graph import carries, leans_on, result_graph
from derivations.rendering.page import (
    Block,
    Bullets,
    Display,
    Heading,
    Line,
    Lines,
    Page,
    Paragraph,
    Runs,
)
from derivations.step import RELATIONS, Definition, Derivation, Sentence, Step

DEFINITION = "Definition:"
MEANING = ("what ", " stands for")
MARKS = {"supported": "✓", "refuted": "✗", "inconclusive": "?"}


def proof_page(
    derivation: Derivation, decisions: Sequence[Decision] = (), *, slips: bool = False
) -> Page:
    """All of a derivation; ``decisions`` are those of ``derivation.decided``, in order."""
    facts = f"{', '.join(derivation.equations)} · {derivation.form} · {derivation.scope}"
    return (
        Heading(f"`{derivation.name}`", level=1),
        Paragraph((facts,), "dim"),
        *statement_blocks(derivation),
        *list_blocks("Assumes", [(sentence,) for sentence in derivation.assumes]),
        *proof_blocks(derivation, decisions, slips=slips),
    )


def list_blocks(heading: str, items: Sequence[Runs]) -> list[Block]:
    """A list under its heading, or nothing where there is nothing to list."""
    return [Heading(heading), Bullets(tuple(items))] if items else []


def statement_blocks(derivation: Derivation) -> list[Block]:
    """What is claimed: the relation itself, or a sentence around the relations of the steps."""
    if isinstance(derivation.statement, Sentence):
        return [Heading("Statement"), Paragraph(statement_runs(derivation))]
    return [Heading("Statement"), Display(derivation.statement)]


def statement_runs(derivation: Derivation) -> Runs:
    """The statement in a line."""
    statement = derivation.statement
    if not isinstance(statement, Sentence):
        return (statement,)
    words = statement.words.split("{}")
    runs = [run for pair in zip(words, statement.relations, strict=False) for run in pair]
    return tuple(run for run in (*runs, words[-1]) if run != "")


def proof_blocks(
    derivation: Derivation, decisions: Sequence[Decision] = (), *, slips: bool = False
) -> list[Block]:
    """The lines, the names that none of them explains, and how the statement was decided."""
    known = dict(zip(derivation.decided, decisions, strict=True)) if decisions else {}
    lines, number = [], 0
    for line in told_lines(derivation):
        if isinstance(line, Definition):
            lines.append(Line(DEFINITION, _reason(line), line.stated))
        else:
            number += 1
            lines.append(_step_line(f"{number}.", line, known.get(line), slips=slips))
    blocks: list[Block] = [Heading("Derivation"), Lines(tuple(lines))]
    if derivation.conclusion is not None and (slips or known):
        decision = known.get(derivation.conclusion)
        notes = notes_on(derivation.conclusion, decision, slips=slips)
        blocks += [Heading("The statement itself")]
        blocks += [note if isinstance(note, Display) else Paragraph(note) for note in notes]
    return blocks


def _reason(line: Definition) -> Runs:
    before, after = MEANING
    ours = line.reason == f"{before}{line.named.name}{after}"
    return (before, line.named, after) if ours else (line.reason,)


def _step_line(label: str, step: Step, decision: Decision | None, *, slips: bool) -> Line:
    used = ", ".join(f"`{name}`" for name in step.uses)
    reason = f"{step.reason} (by {used})" if used else step.reason
    return Line(label, (reason,), step.stated, tuple(notes_on(step, decision, slips=slips)))


def told_lines(derivation: Derivation) -> list[Step | Definition]:
    """The lines, and before its first use the meaning of each name that none of them explains."""
    said = {
        str(line.named if isinstance(line, Definition) else line.left) for line in derivation.lines
    }
    meanings = {
        name: Definition(Named(name, expr), f"{MEANING[0]}{name}{MEANING[1]}")
        for name, expr in derivation.definitions.items()
        if name not in said and not re.fullmatch(r"-?[\d.]+", name)  # a number says what it is
    }
    told: list[Step | Definition] = []
    for line in derivation.lines:
        names = definitions(line.stated)
        told += [meanings.pop(name) for name in names if name in meanings]
        told.append(line)
    return [*meanings.values(), *told]


def notes_on(step: Step, decision: Decision | None, *, slips: bool) -> list[Runs | Display]:
    """What was decided of a step and, if asked for, the slip that it was seen to refuse."""
    notes: list[Runs | Display] = []
    if decision is not None:
        points = f", {decision.n_points} points" if decision.n_points else ""
        notes.append((f"{MARKS[decision.verdict]} {decision.verdict}: {decision.method}{points}",))
        if decision.witness is not None:
            notes.append((f"witness: {decision.witness}",))
    if slips and step.slip is not None:
        outcome = _outcome_of_slip(decision)
        notes.append((f"slip, {outcome}: {step.slip.mistake}",))
        kind = next(kind for kind, sign in RELATIONS.items() if sign == step.relation)
        notes.append(Display(kind(step.left, step.slip.right, evaluate=False)))
    return notes


def _outcome_of_slip(decision: Decision | None) -> str:
    if decision is None:
        return "to be refuted"
    if decision.verdict == "supported":
        return "refuted"
    return "not refuted" if "slip" in decision.method else "not looked at"


def dependency_blocks(name: str, book: Mapping[str, Derivation]) -> list[Block]:
    """What a derivation leans on, all the way down, and which results lean on it."""
    graph = result_graph({known: derivation.uses for known, derivation in book.items()})
    below = [_summary(book[other]) for other in leans_on(name, graph)]
    above = [_summary(book[other]) for other in carries(name, graph)]
    return [*list_blocks("Leans on", below), *list_blocks("Carries", above)]


def _summary(derivation: Derivation) -> Runs:
    facts = f"{', '.join(derivation.equations)}; {derivation.scope}"
    fails = ", refuted" if derivation.expected == "refuted" else ""
    return (f"`{derivation.name}` ({facts}{fails}): ", *statement_runs(derivation))
