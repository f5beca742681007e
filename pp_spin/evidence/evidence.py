"""One piece of evidence, and the rungs of the ladder it may stand on.

A lower rung never upgrades a higher one: what enumeration can settle is not argued statistically.
"""

import math
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
    have been found with probability 0.999. ``witness`` says in words where D is largest. ``caught``
    are the faults that the same check was seen to catch on this system with no more data,
    ``caught_elsewhere`` those, with the name of the system, for which it was put to another one.
    ``log_e`` is the log of an e-value of the null, in nats, where there is one; it may be
    multiplied with those of other runs. ``impossible`` says that what the null gives probability
    zero has happened: an infinite e-value. Raises ValueError for a ``log_e`` that is not finite, or
    is given with it.
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
    caught: tuple[str, ...] = ()
    caught_elsewhere: tuple[str, ...] = ()
    seconds: float = 0.0
    log_e: float | None = None
    impossible: bool = False

    def __post_init__(self) -> None:
        if self.log_e is not None and not math.isfinite(self.log_e):
            raise ValueError(
                f"got log_e = {self.log_e} from {self.method!r}; e-values of runs are multiplied, "
                "which this one would end; give None where an impossible event refutes"
            )
        if self.impossible and (self.log_e is not None or self.verdict is not Verdict.REFUTED):
            raise ValueError(
                f"got {self.verdict} with log_e = {self.log_e} from {self.method!r}, which saw an "
                "impossible event; that is a refutation, of infinite e-value; give REFUTED and None"
            )
