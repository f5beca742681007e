"""The ledger adds up, and refuses to be overdrawn."""

import pytest

from pp_spin.evidence import budget
from pp_spin.evidence.evidence import Evidence, Rung, Verdict


def a_test_at(alpha):
    return Evidence(Rung.STATISTICAL, "a test", "a system", Verdict.SUPPORTED, alpha=alpha)


def test_the_slices_of_all_checks_make_up_the_budget():
    every = [a_test_at(budget.ALPHA)] * budget.MAX_CHECKS
    assert budget.spent(every) == pytest.approx(budget.ALLOWED, rel=1e-12)


def test_evidence_without_alpha_spends_nothing():
    assert budget.spent([a_test_at(None)] * 1000) == 0


def test_one_check_too_many_is_refused():
    too_many = [a_test_at(budget.ALPHA)] * (budget.MAX_CHECKS + 1)
    with pytest.raises(ValueError, match=r"got 201 .*may spend 1e-06.*select fewer claims"):
        budget.spent(too_many)


def test_the_ledger_says_who_spent_what_and_its_sums_agree():
    checked = {
        "drawn": [a_test_at(budget.ALPHA)] * 3 + [a_test_at(None)],
        "enumerated": [a_test_at(None)],
        "drawn at a lower level": [a_test_at(budget.ALPHA / 4)] * 2,
    }
    found = budget.ledger(checked)
    assert (found["allowed"], found["most_checks"]) == (budget.ALLOWED, budget.MAX_CHECKS)
    assert list(found["by_claim"]) == ["drawn", "drawn at a lower level"]
    assert found["by_claim"]["drawn at a lower level"] == pytest.approx(budget.ALPHA / 2)
    assert sum(found["by_claim"].values()) == pytest.approx(found["spent"], rel=1e-12)
    assert found["spent"] == pytest.approx(3.5 * budget.ALPHA, rel=1e-12)


def test_claims_that_overdraw_only_together_are_refused():
    half = [a_test_at(budget.ALPHA)] * (budget.MAX_CHECKS // 2)
    budget.ledger({"one": half, "other": half})
    with pytest.raises(ValueError, match=r"got 201 statistical checks spending"):
        budget.ledger({"one": half, "other": half, "third": half[:1]})
