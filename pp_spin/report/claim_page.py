"""One claim in full as a page (derivations/rendering), for every format of ``pp-spin show``."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from derivations.deciding.decide import Decision
from derivations.rendering.page import Block, Heading, Page, Paragraph, Source, Tone
from derivations.rendering.proof import (
    dependency_blocks,
    list_blocks,
    proof_blocks,
    statement_blocks,
)
from derivations.step import Derivation
from pp_spin.report.document import Document
from pp_spin.report.wording import MARKS, Standing, evidence_line, plain, standing

TONES: dict[Standing, Tone] = {
    "as expected": "good",
    "contradiction": "bad",
    "inconclusive": "open",
}


class Proved(NamedTuple):
    """A derivation, what was decided of each of ``derivation.decided``, and the book it is in."""

    derivation: Derivation
    decisions: Sequence[Decision]
    book: Mapping[str, Derivation]


def claim_page(
    claim: Document,
    proved: Proved | None = None,
    *,
    carries: Sequence[str] = (),
    slips: bool = False,
) -> Page:
    """A claim of a run's document with its proof; ``carries`` are the claims that rest on it."""
    facts = f"{', '.join(claim['equations'])} · {claim['form']} · expected {claim['expected']}"
    outcome = standing(claim)
    verdict = f"{MARKS[outcome]} {claim['verdict']} ({outcome}): {claim['reason']}"
    return (
        Heading(f"`{_word(claim['id'])}`", level=1),
        Paragraph((plain(claim["title"]),)),
        Paragraph((plain(facts),), "dim"),
        *_statement(claim, proved),
        *list_blocks("Assumes", [(plain(words),) for words in claim["assumptions"]]),
        Heading("Verdict"),
        Paragraph((plain(verdict),), TONES[outcome]),
        *_proof(proved, slips=slips),
        *list_blocks("Rests on the claims", [(f"`{_word(c)}`",) for c in claim["depends_on"]]),
        *list_blocks("Carries the claims", [(f"`{_word(c)}`",) for c in carries]),
        *list_blocks("Evidence", [(plain(evidence_line(item)),) for item in claim["evidence"]]),
    )


def _statement(claim: Document, proved: Proved | None) -> list[Block]:
    if proved is not None:
        return statement_blocks(proved.derivation)
    source = claim["statement_latex"]
    if source and source != rf"\text{{{claim['title']}}}":
        return [Heading("Statement"), Source(plain(source))]
    return []


def _proof(proved: Proved | None, *, slips: bool) -> list[Block]:
    if proved is None:
        return []
    derivation, decisions, book = proved
    named = Paragraph((f"`{derivation.name}`, {derivation.scope}",), "dim")
    heading, *lines = proof_blocks(derivation, decisions, slips=slips)
    return [heading, named, *lines, *dependency_blocks(derivation.name, book)]


def _word(name: str) -> str:
    """An id between backticks, which it cannot close."""
    return plain(name).replace("`", "'")
