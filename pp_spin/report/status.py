"""The statuses of claims, worded once for the map, its legend and the pages.

A mark and a word say what a colour says. The order is that of the legend.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pp_spin.report.document import Document


class Status(NamedTuple):
    """How a status is shown."""

    key: str
    """as a plain word, for classes and addresses"""
    mark: str
    word: str
    meaning: str


STATUSES = {
    "proved": Status("proved", "∎", "proved", "every step of a derivation is decided by algebra"),
    "supported": Status(
        "supported", "✓", "supported", "exhaustive cases or draws at a stated level agree with it"
    ),
    "approximate": Status("approximate", "≈", "approximate", "true to the stated bound only"),
    "refuted": Status(
        "refuted", "✗", "refuted as printed", "a witness shows that it fails, which was expected"
    ),
    "inconclusive": Status("inconclusive", "?", "inconclusive", "not decided by this run"),
    "contradiction": Status(
        "contradiction", "‼", "contradiction", "came out otherwise than expected"
    ),
    "ancestor open": Status(
        "open", "↯", "an ancestor is open", "holds itself, but rests on a claim that does not"
    ),
}


def status(claim: Document) -> Status:
    """The status of a claim; one that is refuted and not as printed is plainly refuted."""
    found = STATUSES[claim["status"]]
    if claim["status"] == "refuted" and claim["form"] != "printed":
        return found._replace(word="refuted")
    return found


def tally(claims: Sequence[Document]) -> list[tuple[Status, int]]:
    """Each status that occurs, with how many claims have it."""
    found = [claim["status"] for claim in claims]
    return [(shown, found.count(name)) for name, shown in STATUSES.items() if name in found]
