"""A comparison of a stored run with a model: what was found, and what could have been.

It *agrees* where the discrepancy is certain to be at most ``tolerance``, *disagrees* where it is
certainly not zero, and is undecided otherwise: then it says how much data would do.
"""

from typing import NamedTuple

import numpy as np

from pp_spin.evidence.evidence import Verdict
from pp_spin.evidence.stored import StoredRun


class Comparison(NamedTuple):
    """One test of a run."""

    test: str
    discrepancy: str
    """what is measured"""
    found: float | None
    interval: tuple[float, float] | None
    """where its true value lies, at level alpha"""
    detectable: float | None
    """the smallest that would have been found with probability 0.999; None: no such thing would"""
    tolerance: float
    n: int
    unit: str
    """what n counts"""
    alpha: float
    verdict: Verdict
    reason: str


def judged(
    test: str,
    discrepancy: str,
    found: float | None,
    interval: tuple[float, float] | None,
    detectable: float | None,
    tolerance: float,
    n: int,
    unit: str,
    alpha: float,
    rejected: bool,
    needed: float | None,
    why: str = "the exact value lies outside of the interval",
) -> Comparison:
    """The comparison, where ``needed`` of ``unit`` would show that a discrepancy of 0 is small."""
    farthest = max(map(abs, interval)) if interval is not None else detectable
    if rejected:
        verdict, reason = Verdict.REFUTED, why
    elif farthest is None or needed is None:
        verdict, reason = Verdict.INCONCLUSIVE, f"no number of such {unit} would tell"
    elif farthest <= tolerance:
        known = "at most {} apart" if interval is not None else "{} would have been found"
        verdict, reason = Verdict.SUPPORTED, known.format(f"{farthest:.3g}")
    else:
        verdict, more = Verdict.INCONCLUSIVE, int(np.ceil(needed))
        if more <= n:  # it would have been shown: there is a discrepancy, of about the tolerance
            more = 4 * n
        reason = f"it may be {farthest:.3g} apart; about {more:,} {unit} would settle it"
    return Comparison(
        test,
        discrepancy,
        found,
        interval,
        detectable,
        tolerance,
        n,
        unit,
        alpha,
        verdict,
        reason,
    )


def clamped_that_moved(run: StoredRun) -> list[Comparison]:
    """Where a clamped agent has moved, that it has; nothing where all hold their spins."""
    moved = run.draws != run.collective.hold(run.draws)
    if not moved.any():
        return []
    return [
        Comparison(
            "clamped agents hold their spins",
            "spins of clamped agents that are another",
            float(moved.sum()),
            None,
            1.0,
            0.0,
            moved.shape[0] * moved.shape[1],
            "draws",
            0.0,
            Verdict.REFUTED,
            f"agent {run.collective.nodes[int(moved.any((0, 1)).argmax())]} is clamped and moved",
        )
    ]
