"""A run's document in the light of earlier runs of the same code.

A run judges by itself at the level of its number (`evidence.history.level`); here the e-values of
all runs are judged together, at the slice of one check. That is a second chance of a false alarm
for each check that has an e-value, and it is counted as a check of its own. An impossible event, of
infinite e-value, refutes in this run and in all that come after it.
"""

import math
from collections.abc import Mapping
from typing import Any

from pp_spin.evidence import budget
from pp_spin.evidence.evidence import Rung
from pp_spin.evidence.history import History, accumulated

Document = Mapping[str, Any]

LIMIT = -math.log(budget.ALPHA)
"""The log e-value, in nats, at which the runs together refute: 19.1."""


def log_es_of(document: Document) -> dict[str, float]:
    """The log e-values of a run, by claim, method and case."""
    return {
        _name(claim, piece): piece["log_e"]
        for claim in document["claims"]
        for piece in claim["evidence"]
        if piece["log_e"] is not None
    }


def impossible_in(document: Document) -> list[str]:
    """The checks of a run, by claim, method and case, that saw what could not be."""
    return [
        _name(claim, piece)
        for claim in document["claims"]
        for piece in claim["evidence"]
        if piece.get("impossible")
    ]


def together(document: Document, history: History, key: str) -> dict[str, Any]:
    """The document with what the runs of ``history`` say about its claims; it is one of them.

    Raises ValueError where there are more checks than the budget of all runs pays for.
    """
    names = {_name(c, piece): c["id"] for c in document["claims"] for piece in c["evidence"]}
    found = {n: sums for n, sums in accumulated(history, key).items() if n in names}
    pieces = [piece for claim in document["claims"] for piece in claim["evidence"]]
    n_statistical = sum(piece["rung"] == Rung.STATISTICAL for piece in pieces)
    budget.check_affordable(n_statistical + len(found))
    impossible = [name for name, sums in found.items() if sums.impossible]
    refuted = {
        names[name]: None
        for name, sums in found.items()
        if sums.impossible or sums.largest >= LIMIT
    }
    return {
        **document,
        "history": {
            "runs": len(history.of(key)),
            "accumulated": {name: sums.log_e for name, sums in found.items()},
            "largest": max((sums.largest for sums in found.values()), default=None),
            "limit": LIMIT,
            "impossible": impossible,
            "spent": len(found) * budget.ALPHA,
            "refuted": list(refuted),
        },
    }


def _name(claim: Document, piece: Document) -> str:
    return f"{claim['id']}: {piece['method']} on {piece['system']}"
