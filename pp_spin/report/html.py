"""A run as one HTML page that works offline: no file beside it, no request, no need of its script.

Every value from the document is escaped as text. The page's own policy forbids all loading and
every script but the one in the template (by its hash), so a hostile name could do nothing even if
it got in. The same document gives the same bytes.
"""

import base64
import hashlib
import re
import shlex
from pathlib import Path

import jinja2
from markupsafe import Markup

from derivations.rendering.words import in_text
from pp_spin.report import status, wording
from pp_spin.report.claim_map import claim_map
from pp_spin.report.document import Document
from pp_spin.report.mathml import mathml
from pp_spin.report.pictures.catalogue import pictures_of
from pp_spin.report.wording import plain

_TEMPLATES = Path(__file__).parent / "templates"


def html_report(document: Document) -> str:
    """The report as the text of one HTML file."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters |= {
        "number": wording.number,
        "interval": wording.interval,
        "figure": wording.figure,
        "standing": wording.standing,
        "status": status.status,
        "rungs": wording.rungs,
        "leading": wording.leading_evidence,
        "plural": wording.plural,
        "history_line": wording.history_line,
        "mathml": mathml,
        "words": in_text,
        "breakable": wording.breakable,
    }
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html.j2").render(
        document=document,
        headline=wording.headline(document),
        counts=wording.counts(document),
        map=claim_map(document["claims"]),
        tally=status.tally(document["claims"]),
        statuses=status.STATUSES.values(),
        by_id={claim["id"]: claim for claim in document["claims"]},
        corrected_by=_corrected_by(document),
        catches_of=_catches(document),
        sections=[
            (wording.section_name(name), f"section-{place}", claims)
            for place, (name, claims) in enumerate(wording.by_section(document["claims"]), 1)
        ],
        anchors=anchors(document),
        used_by=_used_by(document),
        proofs={proof["name"]: proof for proof in document.get("derivations", [])},
        proved_in={claim.get("derivation"): claim["id"] for claim in document["claims"]},
        assumptions=_assumptions(document),
        tried=_claims_under_fault(document),
        pictures=[
            (name, picture, Markup(picture.drawing), Markup(picture.table))
            for name, picture in pictures_of(document)
        ],
        run_command=_run_command(document),
        claim_commands={
            claim["id"]: _claim_command(document, claim) for claim in document["claims"]
        },
        css=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _finalize(value: object) -> object:
    """Text from the document without control characters, which HTML cannot hold."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else plain(value)


def anchors(document: Document) -> dict[str, str]:
    """The page anchor of each claim: its id, made a plain and unique word where it is not one."""
    taken: dict[str, str] = {}
    for claim in document["claims"]:
        plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", claim["id"]).strip("-") or "claim"
        anchor, place = f"claim-{plain}", 2
        while anchor in taken.values():
            anchor, place = f"claim-{plain}-{place}", place + 1
        taken[claim["id"]] = anchor
    return taken


def _run_command(document: Document) -> str:
    return f"pp-spin verify --profile {shlex.quote(document['profile'])} --seed {document['seed']}"


def _claim_command(document: Document, claim: Document) -> str:
    return f"{_run_command(document)} --select {shlex.quote(claim['id'])}"


def _used_by(document: Document) -> dict[str, list[str]]:
    """For each claim, the claims that rest on it."""
    users: dict[str, list[str]] = {}
    for claim in document["claims"]:
        for needed in claim["depends_on"]:
            users.setdefault(needed, []).append(claim["id"])
    return users


def _corrected_by(document: Document) -> dict[str, list[str]]:
    """For each claim that another corrects, those that do."""
    by: dict[str, list[str]] = {}
    for claim in document["claims"]:
        for printed in claim.get("corrects", ()):
            by.setdefault(printed, []).append(claim["id"])
    return by


def _catches(document: Document) -> dict[str, list[Document]]:
    """For each claim the seeded faults that turned its verdict."""
    catches: dict[str, list[Document]] = {}
    for fault in document.get("faults", []):
        for claim_id in fault["killed_by"]:
            catches.setdefault(claim_id, []).append(fault)
    return catches


def _assumptions(document: Document) -> list[tuple[str, list[str]]]:
    """Each assumption with the claims that make it, the most used first."""
    makers: dict[str, list[str]] = {}
    for claim in document["claims"]:
        for assumption in claim["assumptions"]:
            makers.setdefault(assumption, []).append(claim["id"])
    return sorted(makers.items(), key=lambda item: -len(item[1]))


def _claims_under_fault(document: Document) -> list[str]:
    """The claims that were run on some faulty world, in the order of the document."""
    tried = {
        claim_id
        for fault in document.get("faults", [])
        for claim_id in [*fault["killed_by"], *fault["survived"]]
    }
    known = [claim["id"] for claim in document["claims"] if claim["id"] in tried]
    return known + sorted(tried - set(known))
