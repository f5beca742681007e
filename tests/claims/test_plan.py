"""What is left of a run is judged by cost: sampling counts for more than arithmetic."""

from typing import Any

import pytest

from pp_spin.claims import cases
from pp_spin.claims.claim import Check, Claim
from pp_spin.claims.plan import CHECKING, DRAWING, PROVING, SEEDING, plan
from pp_spin.evidence.evidence import Rung, Verdict


def never(*arguments) -> Any:
    raise AssertionError("a plan runs nothing and proves nothing")


def claim(name, *rungs, derivation=None, over=(cases.RING,), armed_by=()):
    checks = tuple(Check(r, "a check", over, never, True, armed_by) for r in rungs)
    return Claim(name, ("8",), "True.", "beyond", Verdict.SUPPORTED, checks, derivation)


EXACT, SAMPLED = claim("exact", Rung.EXHAUSTIVE), claim("sampled", Rung.STATISTICAL)


def test_a_share_goes_from_nothing_to_all():
    work = plan([EXACT, SAMPLED], n_faults=3, n_exhibits=2, cases_per_check=1)
    sizes = {CHECKING: 2, SEEDING: 3, DRAWING: 2, PROVING: 2}
    steps = [work.at(phase, done, "x") for phase, n in sizes.items() for done in range(n + 1)]
    shares = [step.share for step in steps]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert [step.total for step in steps if step.done == 0] == list(sizes.values())


def test_a_sampled_check_is_most_of_the_work():
    work = plan([EXACT, SAMPLED], n_faults=0, n_exhibits=0, cases_per_check=None)
    assert work.at(CHECKING, 1, "x").share < 0.2  # a count would say one half


def test_more_cases_and_faults_that_arm_cost_more():
    def share(first, cases_per_check):
        return plan([first, SAMPLED], 0, 0, cases_per_check).at(CHECKING, 1, "x").share

    many = claim("many", Rung.STATISTICAL, over=(cases.RING,) * 5)
    armed = claim("armed", Rung.STATISTICAL, armed_by=("half_logit",) * 3)
    assert share(many, 1) == pytest.approx(0.5)
    assert share(many, None) > 0.75
    assert share(armed, 1) > 0.75


def test_proofs_are_waited_for_only_beyond_the_checks():
    proved = [claim(f"proved_{i}", derivation=never) for i in range(10)]
    alone = plan(proved, n_faults=0, n_exhibits=0, cases_per_check=1)
    assert alone.at(PROVING, 0, "x").share == pytest.approx(0.25)
    sampled = [claim(f"sampled_{i}", Rung.STATISTICAL) for i in range(10)]
    beside = plan([*proved, *sampled], n_faults=0, n_exhibits=0, cases_per_check=1)
    assert beside.at(PROVING, 0, "x").share == 1.0


def test_no_claim_is_no_work():
    assert plan([], n_faults=0, n_exhibits=0, cases_per_check=1).at(CHECKING, 0, "x").share == 1.0
