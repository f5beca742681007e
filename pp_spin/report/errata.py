"""What the paper prints and should not: each statement, where it fails, and what holds instead.

Made from the claims of a run's document: a claim of form *printed* that was refuted is an erratum,
and the claims that name it in ``corrects`` are its corrections.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pp_spin.report.document import Document
from pp_spin.report.escaping import md, md_code, md_statement
from pp_spin.report.wording import plural, standing

PAPER = "Spin glass systems as collective active inference (arXiv:2207.06970)"
NO_CORRECTION = "No correction is offered by the claims of this run."
BESIDES = (
    "Beside these, the following claims put right what the paper leaves open, undefined or too "
    "wide, without refuting a formula of it."
)


class Erratum(NamedTuple):
    """A refuted claim of form printed, a witness of its failure, and the claims that correct it."""

    printed: Document
    witness: str
    corrections: tuple[Document, ...]


def errata(document: Document) -> list[Erratum]:
    """The errata that a run's document shows, in the order of its claims."""
    claims: Sequence[Document] = document["claims"]
    return [
        Erratum(
            claim, _witness(claim), tuple(c for c in claims if claim["id"] in c.get("corrects", ()))
        )
        for claim in claims
        if claim["form"] == "printed" and claim["verdict"] == "refuted"
    ]


def further_corrections(document: Document) -> list[Document]:
    """Claims of form corrected that replace no refuted statement."""
    return [
        claim
        for claim in document["claims"]
        if claim["form"] == "corrected" and not claim.get("corrects")
    ]


def introduction(document: Document) -> str:
    """What the sheet holds, in a sentence."""
    found = errata(document)
    surprising = sum(standing(erratum.printed) != "as expected" for erratum in found)
    told = f"{plural(len(found), 'statement')} of {PAPER}, refuted as printed."
    if surprising:
        told += f" Not expected of {surprising} of them, which may be a mistake of this suite."
    return told


def holds(claim: Document) -> str:
    """Whose words a correction is, and how it fared."""
    whose = {"printed": "printed elsewhere in the paper", "corrected": "corrected"}
    return f"{whose.get(claim['form'], claim['form'])}, {claim['verdict']}"


def errata_markdown(document: Document) -> str:
    """The errata sheet as Markdown with formulas, for a page or a notebook."""
    blocks = ["# Errata", md(introduction(document))]
    for number, erratum in enumerate(errata(document), 1):
        blocks += _entry(number, erratum)
    further = further_corrections(document)
    if further:
        blocks += ["## Further corrections", md(BESIDES)]
        for claim in further:
            blocks += [f"**{md(_places(claim))}** · {_named(claim)}", *_statement(claim)]
    return "\n\n".join(blocks) + "\n"


def _entry(number: int, erratum: Erratum) -> list[str]:
    printed, witness, corrections = erratum
    blocks = [
        f"## {number}. {md(_places(printed))}",
        f"**As printed.** {_named(printed)}",
        *_statement(printed),
        f"**It fails.** {md(witness)}",
    ]
    if not corrections:
        blocks.append(md(NO_CORRECTION))
    for claim in corrections:
        where = f"{', '.join(claim['equations'])}; {holds(claim)}"
        blocks += [f"**Instead** ({md(where)}). {_named(claim)}", *_statement(claim)]
    return blocks


def has_statement(claim: Document) -> bool:
    """Whether its LaTeX says more than its title."""
    source = claim["statement_latex"]
    return bool(source) and source != rf"\text{{{claim['title']}}}"


def _statement(claim: Document) -> list[str]:
    return [md_statement(claim["statement_latex"])] if has_statement(claim) else []


def _named(claim: Document) -> str:
    return f"{md(claim['title'])} ({md_code(claim['id'])})"


def _places(claim: Document) -> str:
    return ", ".join(claim["equations"])


def _witness(claim: Document) -> str:
    """Where it fails: the first piece of evidence that says so, a proof's before a number's."""
    refuting = [item for item in claim["evidence"] if item["verdict"] == "refuted"]
    for item in refuting:
        if item["witness"]:
            return f"{item['method']}: {item['witness']}"
    return str(claim["reason"])
