"""The ledger of false-alarm probability: a run may be wrong with probability 1e-6, no more.

Every statistical check of a run has the same slice; by the union bound the slices add up, whatever
the dependence between the checks. Nothing is retried, so nothing is spent twice.

Equal slices: what a check can detect grows with the root of ``log(1 / alpha)``, so that a slice ten
times as large would see effects 6 percent smaller, no more; and a check that has the same level in
every run, whatever else is selected, says the same in each. `ledger` tells who spent what.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pp_spin.evidence.evidence import Evidence

ALLOWED = 1e-6
"""False-alarm probability of a whole run."""

MAX_CHECKS = 200
"""Statistical checks among which it is divided."""

ALPHA = ALLOWED / MAX_CHECKS
"""The slice of one statistical check on one system: 5e-9."""

MISS = 1e-3
"""Probability with which a check may miss the smallest effect that it calls detectable."""


def check_affordable(n_checks: int) -> None:
    """Raise ValueError, before anything is run, where ``n_checks`` would overdraw the budget."""
    if n_checks > MAX_CHECKS:
        raise ValueError(
            f"got {n_checks} statistical checks; a run may spend {ALLOWED:.0e}, {MAX_CHECKS} "
            f"checks of {ALPHA:.0e}; select fewer claims at once"
        )


def spent(evidence: Iterable[Evidence]) -> float:
    """The sum of the slices that were used. Raises ValueError when it exceeds ``ALLOWED``."""
    slices = [piece.alpha for piece in evidence if piece.alpha is not None]
    total = math.fsum(slices)
    if total > ALLOWED * (1 + 1e-9):
        raise ValueError(
            f"got {len(slices)} statistical checks spending {total:.3g}; a run may spend "
            f"{ALLOWED:.0e}, {MAX_CHECKS} checks of {ALPHA:.0e}; select fewer claims at once"
        )
    return total


def ledger(evidence: Mapping[str, Sequence[Evidence]]) -> dict[str, Any]:
    """What each claim, by id, has spent of what is ``allowed``; those that spent none are left out.

    Raises ValueError when the sum exceeds ``ALLOWED``.
    """
    by_claim = {claim: spent(pieces) for claim, pieces in evidence.items()}
    return {
        "allowed": ALLOWED,
        "most_checks": MAX_CHECKS,
        "spent": spent(piece for pieces in evidence.values() for piece in pieces),
        "by_claim": {claim: total for claim, total in by_claim.items() if total},
    }
