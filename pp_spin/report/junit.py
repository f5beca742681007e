"""A run as JUnit XML, the form that continuous-integration servers read.

One test case per claim. A contradiction is a *failure*; an inconclusive claim that was expected to
be decided is an *error* (nothing was found wrong, but the run cannot stand as it is); a claim that
came out as expected passes, be it supported or refuted. The evidence is in ``system-out``.
"""

import re
import xml.etree.ElementTree as ET

from pp_spin.report.document import Document
from pp_spin.report.wording import Standing, counts, evidence_line, standing

# XML 1.0 has no spelling at all for these characters, so they cannot be escaped, only replaced.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TAGS: dict[Standing, str] = {"contradiction": "failure", "inconclusive": "error"}


def junit_xml(document: Document) -> bytes:
    """The document as JUnit XML bytes (UTF-8, with declaration)."""
    tally = counts(document)
    totals = {
        "name": "pp_spin",
        "tests": str(len(document["claims"])),
        "failures": str(tally["contradiction"]),
        "errors": str(tally["inconclusive"]),
        "skipped": "0",
        "time": _seconds(document.get("seconds")),
    }
    root = ET.Element("testsuites", totals)
    suite = ET.SubElement(root, "testsuite", totals)
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(document).items():
        ET.SubElement(properties, "property", {"name": _clean(name), "value": _clean(value)})
    for claim in document["claims"]:
        suite.append(_test_case(claim))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _properties(document: Document) -> dict[str, str]:
    named = {name: str(document[name]) for name in ("hash", "profile", "seed") if name in document}
    spent = document.get("budget", {})
    budget = {f"budget.{k}": str(spent[k]) for k in ("allowed", "spent") if k in spent}
    versions = {f"version.{k}": str(v) for k, v in document.get("versions", {}).items()}
    history = {
        f"history.{k}": str(v)
        for k, v in document.get("history", {}).items()
        if k in ("runs", "largest", "limit")
    }
    # In an order of its own: a run's document and the same read back differ in theirs.
    return {**named, **dict(sorted({**budget, **history, **versions}.items()))}


def _test_case(claim: Document) -> ET.Element:
    case = ET.Element(
        "testcase",
        {
            "classname": _clean(f"pp_spin.section_{claim['section']}"),
            "name": _clean(claim["id"]),
            "time": _seconds(sum(item.get("seconds") or 0.0 for item in claim["evidence"])),
        },
    )
    outcome = standing(claim)
    lines = [evidence_line(item) for item in claim["evidence"]]
    if outcome in _TAGS:
        message = f"expected {claim['expected']}, got {claim['verdict']}: {claim.get('reason', '')}"
        problem = ET.SubElement(case, _TAGS[outcome], {"type": outcome, "message": _clean(message)})
        problem.text = _clean("\n".join([claim["title"], *lines]))
    head = (
        f"{claim['title']} ({', '.join(claim['equations'])}; {claim['form']}): {claim['verdict']}"
    )
    ET.SubElement(case, "system-out").text = _clean("\n".join([head, *lines]))
    return case


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)


def _seconds(value: float | None) -> str:
    return f"{value or 0.0:.3f}"
