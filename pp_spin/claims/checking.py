"""Checks as small combinators: two ways to the same number, on every case of a table.

The left side is what runs (the programs under test), the right side what the claim says it is
(closed formulas and exact references of the *declared* case). Exhaustive checks refute with the
place where the two differ most; statistical ones (``sampling``) also state what they could miss.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pp_spin.claims.claim import Check, Means
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

TOLERANCE = 1e-10
"""Largest relative difference of two float64 routes to one number."""

Side = Callable[[Any], ArrayLike]


def agree(method: str, left: Side, right: Side, over: tuple[Any, ...]) -> Check:
    """Both sides are equal, entry by entry, to ``TOLERANCE`` (relative to the largest entry)."""
    return _compare(method, left, right, over, TOLERANCE, Verdict.SUPPORTED)


def laws_agree(method: str, left: Side, right: Side, over: tuple[Any, ...]) -> Check:
    """The same where no agent runs: two routes to one law of the declared numbers."""
    return replace(agree(method, left, right, over), runs_the_agents=False)


def agree_within(
    method: str, left: Side, right: Side, over: tuple[Any, ...], tolerance: float
) -> Check:
    """Both sides differ by at most ``tolerance``: the claim is an approximation, and says so."""
    return _compare(method, left, right, over, tolerance, Verdict.APPROXIMATE)


def _compare(
    method: str,
    left: Side,
    right: Side,
    over: tuple[Any, ...],
    tolerance: float,
    holds: Verdict,
) -> Check:
    def examine(case: Any, means: Means) -> Evidence:
        got, wanted = _both(left(case), right(case))
        gap = np.abs(got - wanted)
        # Relative to the largest entry; what is to be zero, and an approximation, are absolute.
        largest = float(np.abs(wanted).max()) if holds is Verdict.SUPPORTED else 0.0
        scale = largest or 1.0
        discrepancy = float(gap.max()) / scale
        if np.isnan(discrepancy):
            outcome, witness = Verdict.INCONCLUSIVE, "a side is not a number"
        else:
            outcome = holds if discrepancy <= tolerance else Verdict.REFUTED
            place = np.unravel_index(int(gap.argmax()), gap.shape)
            witness = _witness(place, float(got[place]), float(wanted[place]))
        return Evidence(
            Rung.EXHAUSTIVE,
            method,
            case.name,
            outcome,
            statistic=None if np.isnan(discrepancy) else discrepancy,
            tolerance=tolerance,
            n=gap.size,
            witness=None if outcome is Verdict.SUPPORTED else witness,
        )

    return Check(Rung.EXHAUSTIVE, method, over, examine)


def at_least(method: str, value: Callable[[Any], float], least: float, over: tuple) -> Check:
    """A number is at least ``least``: for claims that something differs, or is lost."""

    def examine(case: Any, means: Means) -> Evidence:
        found = float(value(case))
        outcome = Verdict.SUPPORTED if found >= least else Verdict.REFUTED
        if np.isnan(found):
            outcome = Verdict.INCONCLUSIVE
        return Evidence(
            Rung.EXHAUSTIVE,
            method,
            case.name,
            outcome,
            statistic=found if np.isfinite(found) else None,
            n=1,
            witness=f"{found:.6g}, to be at least {least:g}",
        )

    return Check(Rung.EXHAUSTIVE, method, over, examine)


def _both(left: ArrayLike, right: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    got, wanted = np.broadcast_arrays(
        np.asarray(left, dtype=np.float64), np.asarray(right, dtype=np.float64)
    )
    return np.atleast_1d(got), np.atleast_1d(wanted)


def _witness(place: tuple[np.intp, ...], got: float, wanted: float) -> str:
    where = ", ".join(str(int(i)) for i in place)
    return f"entry ({where}): {got:.6g} against {wanted:.6g}"
