"""One piece of evidence, and the rungs of the ladder it may stand on.

A lower rung never upgrades a higher one: what enumeration can settle is not argued statistically.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rung(StrEnum):
    """How the evidence was earned, strongest first."""

    SYMBOLIC = "symbolic"
    EXHAUSTIVE = "exhaustive"
    STATISTICAL = "statistical"
    DIAGNOSTIC = "diagnostic"


class Verdict(StrEnum):
    """What evidence, or a claim in the light of all its evidence, comes to."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    APPROXIMATE = "approximate"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True)
class Evidence:
    """What a check found on one system.

    ``statistic`` is the discrepancy D, ``interval`` what is known of its true value, ``tolerance``
    how large it may be. ``n`` counts configurations, contexts or independent draws. ``alpha`` is
    the false-alarm probability that was spent, ``detectable`` the smallest discrepancy that would
    have been found with probability 0.999. ``witness`` says in words where D is largest.
    """

    rung: Rung
    method: str
    system: str
    verdict: Verdict
    statistic: float | None = None
    interval: tuple[float, float] | None = None
    tolerance: float | None = None
    n: int | None = None
    alpha: float | None = None
    detectable: float | None = None
    witness: str | None = None
    seconds: float = 0.0
