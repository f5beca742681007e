"""What makes a published run stale, a sentence each: none where it is a run of this code.

What is cheap is made again and compared: the faces from the document, the claims, proofs and faults
from the code, exact evidence on the first case of each check, and one statistical check in full.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from derivations.rendering.proof import told_lines
from derivations.step import Derivation
from pp_spin.claims.claim import Check, Claim
from pp_spin.claims.faults.catalogue import FAULTS_OF_COLLECTIVES
from pp_spin.claims.runner import PROFILES, examine
from pp_spin.evidence.evidence import Rung
from pp_spin.report.faces import faces

Document = Mapping[str, Any]

ROUNDING = 1e-12
"""Below it statistics are sums of roundings, which differ between processors."""

FLIPPED = 5e-5
"""Frequencies of a million draws may differ by so much between processors, whose roundings decide a
draw in 1e7; those of another seed differ by 1e-3."""


def stale_faces(folder: Path, document: Document) -> list[str]:
    """The files of ``folder`` that the document's faces are not, byte for byte.

    Drawings are held to their words: where the lines are depends on the library that draws them.
    """
    return [
        f"{name} is not what its document makes"
        for name, data in faces(document).items()
        if not (folder / name).is_file() or _words((folder / name).read_bytes()) != _words(data)
    ]


def _words(data: bytes) -> str:
    """A file with each drawing in it replaced by what is written in that."""
    text = data.decode()
    return re.sub(r"<svg\b.*?</svg>", lambda svg: _written(svg[0]), text, flags=re.DOTALL)


def _written(svg: str) -> str:
    return " ".join(re.findall(r"<(?:text|tspan)[^>]*>([^<]+)", svg))


def stale_claims(document: Document, claims: Sequence[Claim]) -> list[str]:
    """Where claims, checks, proofs and faults of the document are not those of the code."""
    built = {claim.id: claim.derivation() for claim in claims if claim.derivation}
    proved = {derivation.name: claim_id for claim_id, derivation in built.items()}
    told = {"claims": [], "derivations": [], "faults": []}  # type: dict[str, list[dict[str, Any]]]
    for claim in claims:
        n_cases = PROFILES[document["profile"]].cases_per_check
        told["claims"].append(_claim_told(claim, built.get(claim.id), proved, n_cases))
    told["derivations"] = [_proof_told(d) for d in {d.name: d for d in built.values()}.values()]
    told["faults"] = [{"id": fault.id, "title": fault.title} for fault in FAULTS_OF_COLLECTIVES]
    return [
        difference for kind, entries in told.items()
        for difference in _differences(kind, entries, _shown(kind, document[kind]))
    ]  # fmt: skip


def _claim_told(
    claim: Claim, derivation: Derivation | None, proved: Mapping[str, str], n_cases: int | None
) -> dict[str, Any]:
    uses = [proved[name] for name in derivation.uses if name in proved] if derivation else []
    assumes = derivation.assumes if derivation else ()
    tried = [_tried(check.rung, check.method, case.name) for check, case in _pairs(claim, n_cases)]
    return {
        "id": claim.id,
        "equations": list(claim.equations),
        "section": claim.section,
        "title": claim.title,
        "form": claim.form,
        "expected": str(claim.expected),
        "statement_latex": claim.statement or (
            derivation.statement_latex if derivation else claim.statement_latex
        ),
        "assumptions": list(dict.fromkeys((*claim.assumes, *assumes))),
        "depends_on": list(dict.fromkeys((*claim.depends_on, *uses))),
        "corrects": list(claim.corrects),
        "derivation": derivation.name if derivation else None,
        "evidence": tried,
    }  # fmt: skip


def _pairs(claim: Claim, n_cases: int | None) -> Iterator[tuple[Check, Any]]:
    for check in claim.checks:
        for case in check.over[:n_cases]:
            yield check, case


def _tried(rung: str, method: str, system: str) -> tuple[str, str, str]:
    """What was tried: a statistical method says more in its evidence, after its first words."""
    return str(rung), method.split(":")[0] if rung == Rung.STATISTICAL else method, system


def _proof_told(derivation: Derivation) -> dict[str, Any]:
    return {
        "name": derivation.name,
        "equations": list(derivation.equations),
        "form": derivation.form,
        "expected": derivation.expected,
        "scope": derivation.scope,
        "assumes": list(derivation.assumes),
        "uses": list(derivation.uses),
        "statement_latex": derivation.statement_latex,
        "lines": [line.reason for line in told_lines(derivation)],
    }


def _shown(kind: str, entries: Sequence[Document]) -> list[dict[str, Any]]:
    """The document's entries in the form in which the code's are told."""
    if kind == "claims":
        return [{**entry, "evidence": [
            _tried(item["rung"], item["method"], item["system"])
            for item in entry["evidence"] if item["rung"] != Rung.SYMBOLIC
        ]} for entry in entries]  # fmt: skip
    if kind == "derivations":
        return [{**e, "lines": [line["reason"] for line in e["lines"]]} for e in entries]
    return [dict(entry) for entry in entries]


def _differences(kind: str, told: Sequence[Document], shown: Sequence[Document]) -> Iterator[str]:
    key = "name" if kind == "derivations" else "id"
    in_code, in_run = ([entry[key] for entry in entries] for entries in (told, shown))
    if in_code != in_run:
        changed = sorted(set(in_code) ^ set(in_run)) or "their order"
        yield f"{kind} of the code and of the run differ: {changed}"
        return
    for wanted, got in zip(told, shown, strict=True):
        for name, value in wanted.items():
            if got.get(name) != value:
                where = f"{name} of {wanted[key]}"
                yield f"{where}: {got.get(name)!r} in the run, {value!r} in the code"


def stale_evidence(document: Document, claims: Sequence[Claim]) -> list[str]:
    """Exact evidence that does not come out again, of each check on its first case."""
    return [
        difference
        for claim in claims
        for check in claim.checks
        if check.rung is Rung.EXHAUSTIVE
        for difference in _again(document, claim, check)
    ]


def stale_statistics(document: Document, claims: Sequence[Claim]) -> list[str]:
    """The same of one statistical check, with the seed and the size of the run."""
    found = [(c, check) for c in claims for check in c.checks if check.rung is Rung.STATISTICAL]
    claim, check = next(pair for pair in found if "sign test of time reversal" in pair[1].method)
    return list(_again(document, claim, check))


def _again(document: Document, claim: Claim, check: Check) -> Iterator[str]:
    """How the evidence of a check's first case, made again, differs from the document's."""
    one = replace(
        claim, derivation=None, checks=(replace(check, over=check.over[:1], armed_by=()),)
    )
    [now] = examine(one, PROFILES[document["profile"]], document["seed"])
    where = f"{claim.id}, {now.method} on {now.system}"
    entry = next(c for c in document["claims"] if c["id"] == claim.id)
    then = [e for e in entry["evidence"] if (e["method"], e["system"]) == (now.method, now.system)]
    if len(then) != 1:
        yield f"{where}: {len(then)} such pieces of evidence in the run"
        return
    rounding = FLIPPED if check.rung is Rung.STATISTICAL else ROUNDING
    for name in ("verdict", "n", "alpha", "statistic"):
        if not _same(then[0][name], getattr(now, name), rounding):
            yield f"{where}: {name} {then[0][name]!r} in the run, {getattr(now, name)!r} now"


def _same(then: Any, now: Any, rounding: float) -> bool:
    if isinstance(then, float) and isinstance(now, float):
        return math.isclose(then, now, rel_tol=1e-9, abs_tol=rounding)
    return bool(then == now)
