"""How every face reads a document: standing, figures and sections, worded once."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from markupsafe import Markup, escape

from pp_spin.report.document import Document

Standing = Literal["as expected", "contradiction", "inconclusive"]

STANDINGS: tuple[Standing, ...] = ("as expected", "contradiction", "inconclusive")
MARKS: dict[Standing, str] = {"as expected": "✓", "contradiction": "✗", "inconclusive": "?"}
RUNGS = ("symbolic", "exhaustive", "statistical", "diagnostic")

SECTION_TITLES = {
    "2": "Generative model for a single spin",
    "2.1": "States and observations",
    "2.2": "Bayesian inference of hidden states",
    "2.3": "Active inference of spin states",
    "2.4": "Completing the loop",
    "Fig. 1": "The agent, its model and its posterior",
    "3": "Equivalence to Glauber dynamics",
    "4": "Equivalence to inference in Boltzmann machines",
    "5": "Discussion: what breaks the equivalence",
    "A": "Bayesian inference for a single agent",
    "B": "Active inference derivations",
    "C": "Temporal scheduling of action sampling",
}


def standing(claim: Document) -> Standing:
    """How a claim came out against its expected verdict."""
    if claim["verdict"] == claim["expected"]:
        return "as expected"
    return "inconclusive" if claim["verdict"] == "inconclusive" else "contradiction"


def counts(document: Document) -> dict[Standing, int]:
    """The number of claims of each standing."""
    found = [standing(claim) for claim in document["claims"]]
    return {name: found.count(name) for name in STANDINGS}


def headline(document: Document) -> str:
    """The outcome in one sentence."""
    tally, total = counts(document), len(document["claims"])
    if not total:
        return "No claim was run."
    if tally["as expected"] == total == 1:
        return "The one claim came out as expected."
    if tally["as expected"] == total:
        return f"All {total} claims came out as expected."
    parts = [f"{tally['as expected']} of {plural(total, 'claim')} came out as expected"]
    if tally["contradiction"]:
        parts.append(plural(tally["contradiction"], "contradiction"))
    if tally["inconclusive"]:
        parts.append(f"{tally['inconclusive']} inconclusive")
    return "; ".join(parts) + "."


def missed_faults(document: Document) -> list[str]:
    """The faults that survived although the run's claims had to catch them."""
    return [
        fault["id"]
        for fault in document.get("faults", [])
        if fault.get("must_be_caught", True) and not fault["killed_by"]
    ]


def plural(number: int, noun: str) -> str:
    """``1 claim``, ``2 claims``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def by_section(claims: Iterable[Document]) -> list[tuple[str, list[Document]]]:
    """Claims grouped by section: the paper's in its order, then others as they first appear."""
    groups: dict[str, list[Document]] = {}
    for claim in claims:
        groups.setdefault(str(claim["section"]), []).append(claim)
    known = [section for section in SECTION_TITLES if section in groups]
    return [(section, groups[section]) for section in dict.fromkeys([*known, *groups])]


def section_name(section: str) -> str:
    """``Appendix C: …`` with the paper's heading, or the section as it is where it has none."""
    title = SECTION_TITLES.get(section)
    if title is None:
        return section or "Other claims"
    if section[0].isdigit():
        return f"Section {section}: {title}"
    return f"Appendix {section}: {title}" if len(section) == 1 else f"{section}: {title}"


def rungs(claim: Document) -> str:
    """The rungs of the evidence ladder that a claim stands on, highest first."""
    present = {item["rung"] for item in claim["evidence"]}
    ladder = [rung for rung in RUNGS if rung in present]
    return " + ".join(ladder) or "none"


def leading_evidence(claim: Document) -> Document | None:
    """The piece to quote: one that carries the verdict, with a figure, at its least comfortable."""
    evidence: Sequence[Document] = claim["evidence"]
    carrying = [item for item in evidence if item.get("verdict") == claim["verdict"]] or evidence
    order = ("exhaustive", "statistical", "symbolic", "diagnostic")
    for rung in order:
        measured = [
            item for item in carrying if item["rung"] == rung and item.get("statistic") is not None
        ]
        if measured:
            return max(measured, key=_closeness)
    return carrying[0] if carrying else None


def _closeness(evidence: Document) -> float:
    """How far the statistic has come towards its tolerance."""
    return abs(evidence["statistic"]) / (evidence.get("tolerance") or 1.0)


def figure(evidence: Document | None) -> str:
    """The number of one piece of evidence, such as ``1.2e-16 ≤ 1e-10``, or a dash."""
    if evidence is None:
        return "–"
    statistic, tolerance = evidence.get("statistic"), evidence.get("tolerance")
    if statistic is not None and tolerance is not None:
        sign = "≤" if statistic <= tolerance else ">"
        return f"{number(statistic)} {sign} {number(tolerance)}"
    if statistic is not None and evidence.get("interval"):
        return f"{number(statistic)} in {interval(evidence['interval'])}"
    if statistic is not None:
        return number(statistic)
    if evidence.get("n") and evidence["rung"] == "symbolic":
        return plural(evidence["n"], "step")
    return f"n = {evidence['n']:,}" if evidence.get("n") else "–"


def number(value: float | int | None) -> str:
    """Three significant digits; whole numbers in full, a dash for nothing."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else f"{value:.3g}"


def interval(bounds: Sequence[float] | None) -> str:
    """``[lo, hi]`` with four significant digits, since the two ends may be close."""
    return f"[{bounds[0]:.4g}, {bounds[1]:.4g}]" if bounds else "–"


def plain(text: str) -> str:
    """``text`` with every character that could steer a terminal or reorder a line spelt out."""
    shown = (
        c if c.isprintable() else " " if c.isspace() else f"\\u{ord(c):04x}" for c in str(text)
    )
    return "".join(shown)


def breakable(name: str) -> Markup:
    """An id that a line of HTML may break after its underscores, and that copies as it is."""
    return Markup("_<wbr>").join(escape(plain(name)).split("_"))


def history_line(history: Document) -> str:
    """What all runs of a history say together, as one line."""
    of_runs = f"evidence of {plural(history['runs'], 'run')} together: "
    if history["largest"] is None:
        return of_runs + "no check of these claims has an e-value, so nothing adds up"
    if history.get("impossible"):
        of_runs += f"an impossible event in {', '.join(history['impossible'])}; "
    line = f"{of_runs}largest log E = {history['largest']:.1f}, limit {history['limit']:.1f}"
    refuted = history["refuted"]
    return f"{line}; refuted by it: {', '.join(refuted)}" if refuted else line


def evidence_line(evidence: Document) -> str:
    """One piece of evidence as one line: rung, method, system, verdict and every figure it has."""
    proved = evidence["rung"] == "symbolic"
    named: list[tuple[str, Any]] = [
        ("interval", interval(evidence["interval"]) if evidence.get("interval") else None),
        ("n", None if proved else evidence.get("n")),
        *((name, evidence.get(name)) for name in ("alpha", "detectable")),
        ("log E", evidence.get("log_e")),
    ]
    parts = [f"{evidence['rung']}: {evidence['method']}"]
    if evidence.get("system"):
        parts.append(f"on {evidence['system']}")
    if proved and evidence.get("n"):
        parts.append(plural(evidence["n"], "step"))
    if evidence.get("statistic") is not None:
        parts.append(figure({**evidence, "interval": None}))
    parts += [
        f"{name} {value if isinstance(value, str) else number(value)}"
        for name, value in named
        if value is not None
    ]
    if evidence.get("caught"):
        parts.append(f"catches {', '.join(evidence['caught'])}")
    if evidence.get("caught_elsewhere"):
        parts.append(f"caught elsewhere: {', '.join(evidence['caught_elsewhere'])}")
    if evidence.get("verdict"):
        parts.append(f"-> {evidence['verdict']}")
    if evidence.get("witness"):
        parts.append(f"witness: {evidence['witness']}")
    return " · ".join(parts)
