"""Every file that a run's document is shown as, by name: what a folder of reports holds."""

import json
from collections.abc import Callable

from pp_spin.report.document import Document, document_bytes
from pp_spin.report.errata import errata_markdown
from pp_spin.report.html import html_report
from pp_spin.report.junit import junit_xml
from pp_spin.report.latex_tables import latex_tables
from pp_spin.report.markdown import markdown_summary

FACES: dict[str, Callable[[Document], str | bytes]] = {
    "report.json": document_bytes,
    "report.html": html_report,
    "junit.xml": junit_xml,
    "summary.md": markdown_summary,
    "claims.tex": latex_tables,
    "errata.md": errata_markdown,
}
"""The document first: whatever stops the others, the run is kept."""

FORMATS = {
    "markdown": "summary.md",
    "html": "report.html",
    "latex": "claims.tex",
    "errata": "errata.md",
    "json": "report.json",
    "junit": "junit.xml",
}
"""What `pp-spin report --format` calls them."""


def face(document: Document, name: str) -> bytes:
    """One file, in UTF-8; the same document gives the same bytes."""
    # As it reads back from its file: the order of keys is lost there, and is no part of a document.
    made = FACES[name](json.loads(document_bytes(document)))
    # Half a surrogate pair has no UTF-8.
    return made.encode("utf-8", "backslashreplace") if isinstance(made, str) else made


def faces(document: Document) -> dict[str, bytes]:
    """All of them, by name."""
    return {name: face(document, name) for name in FACES}
