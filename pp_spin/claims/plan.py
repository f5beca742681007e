"""What a run has to do and how much of it is done: by expected cost, since counts mislead.

Costs are in about a second of one core, measured on the paper's claims (a statistical check
compiles a sampler; an exact one mostly takes milliseconds). The share of the cost that is done
came within a third of the share of the time, where the share of the count was up to five times off.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from pp_spin.claims.claim import Check, Claim
from pp_spin.evidence.evidence import Rung

CHECKING, SEEDING = "checking claims", "seeding faults"
DRAWING, PROVING = "computing exhibits", "waiting for proofs"

OF_A_CLAIM, OF_A_PROOF, OF_A_FAULTY_CHECK = 0.1, 0.4, 0.015
OF_A_SAMPLED_CASE, OF_AN_EXACT_CASE, OF_AN_EXHIBIT = 1.5, 0.1, 1.0


class Step(NamedTuple):
    """A piece of work that is about to begin."""

    phase: str
    done: int
    """pieces of this phase before it"""
    total: int
    """pieces of this phase"""
    what: str
    """the claim's id, or the fault's title"""
    share: float
    """of the whole run's expected cost, what is done, in [0, 1]"""
    surprise: Mapping[str, Any] | None = None
    """a claim's entry, once, where this piece has shown that it comes out as not expected"""


class Plan(NamedTuple):
    """The phases of a run in their order, each with the costs of its pieces so far."""

    costs: dict[str, list[float]]

    def at(
        self, phase: str, done: int, what: str, surprise: Mapping[str, Any] | None = None
    ) -> Step:
        """The step after ``done`` pieces of ``phase``."""
        order = list(self.costs)
        earlier = [sum(self.costs[name]) for name in order[: order.index(phase)]]
        before = [0.0, *accumulate(self.costs[phase])][done]
        whole = math.fsum(map(math.fsum, self.costs.values()))
        share = min(1.0, (math.fsum(earlier) + before) / whole) if whole else 1.0
        return Step(phase, done, len(self.costs[phase]), what, share, surprise)


def plan(
    claims: Sequence[Claim], n_faults: int, n_exhibits: int, cases_per_check: int | None
) -> Plan:
    """The plan of a run that puts ``claims`` to the test and seeds ``n_faults`` into them."""
    checks = [_cost(claim, cases_per_check) for claim in claims]
    exact = [c for claim in claims for c in claim.checks if c.rung is not Rung.STATISTICAL]
    seeding = [OF_A_FAULTY_CHECK * sum(c.runs_the_agents for c in exact)] * n_faults
    drawing = [OF_AN_EXHIBIT] * n_exhibits
    # The proofs are decided beside the checks: what is left of them then has to be waited for.
    proofs = OF_A_PROOF * sum(claim.derivation is not None for claim in claims)
    wait = max(0.0, proofs - math.fsum([*checks, *seeding, *drawing]))
    proving = [wait / max(1, len(claims))] * len(claims)
    return Plan({CHECKING: checks, SEEDING: seeding, DRAWING: drawing, PROVING: proving})


def _cost(claim: Claim, cases_per_check: int | None) -> float:
    return OF_A_CLAIM + sum(_runs(c, cases_per_check) * _of_a_case(c) for c in claim.checks)


def _runs(check: Check, cases_per_check: int | None) -> int:
    """How often a check is run: on its cases, and on one for each fault that arms it."""
    return len(check.over[:cases_per_check]) + len(check.armed_by)


def _of_a_case(check: Check) -> float:
    return OF_A_SAMPLED_CASE if check.rung is Rung.STATISTICAL else OF_AN_EXACT_CASE
