"""The combinators: equal to rounding or refuted with a witness, and never a pass on NaN."""

from types import SimpleNamespace

import numpy as np
import pytest

from pp_spin.claims.checking import TOLERANCE, agree, agree_within, at_least
from pp_spin.claims.claim import Means
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Verdict

CASE = SimpleNamespace(name="a case")
MEANS = Means(seed=0, alpha=ALPHA, n_chains=1)


def examined(check):
    return check.examine(CASE, MEANS)


def test_equal_sides_support():
    table = np.arange(6.0).reshape(2, 3)
    evidence = examined(agree("tables", lambda c: table, lambda c: table + 1e-13, (CASE,)))
    assert evidence.verdict is Verdict.SUPPORTED
    assert evidence.n == 6
    assert evidence.statistic == pytest.approx(1e-13 / 5, rel=1e-2)


def test_a_difference_refutes_and_is_pointed_at():
    left, right = np.zeros((2, 3)), np.zeros((2, 3))
    left[1, 2] = 1e-6
    evidence = examined(agree("tables", lambda c: left, lambda c: right, (CASE,)))
    assert evidence.verdict is Verdict.REFUTED
    assert evidence.witness == "entry (1, 2): 1e-06 against 0"


def test_the_tolerance_is_relative_to_the_largest_entry():
    small, large = [1.0, 1.0 + 5 * TOLERANCE], [1.0, 1.0]
    assert examined(agree("x", lambda c: small, lambda c: large, ())).verdict is Verdict.REFUTED
    scaled = agree("x", lambda c: np.array(small) + 99, lambda c: np.array(large) + 99, ())
    assert examined(scaled).verdict is Verdict.SUPPORTED


def test_nan_is_inconclusive():
    evidence = examined(agree("x", lambda c: np.nan, lambda c: 1.0, ()))
    assert evidence.verdict is Verdict.INCONCLUSIVE
    assert evidence.statistic is None
    assert examined(at_least("x", lambda c: np.nan, 0.0, ())).verdict is Verdict.INCONCLUSIVE


def test_an_approximation_says_so_and_has_a_bound():
    within = agree_within("x", lambda c: 0.05, lambda c: 0.0, (), 0.06)
    assert examined(within).verdict is Verdict.APPROXIMATE
    beyond = agree_within("x", lambda c: 0.07, lambda c: 0.0, (), 0.06)
    assert examined(beyond).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("value", "outcome"),
    [(0.2, Verdict.SUPPORTED), (0.05, Verdict.REFUTED), (np.inf, Verdict.SUPPORTED)],
)
def test_a_lower_bound_is_met_or_not(value, outcome):
    assert examined(at_least("x", lambda c: value, 0.1, ())).verdict is outcome
