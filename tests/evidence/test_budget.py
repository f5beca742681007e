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
