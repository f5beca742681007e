"""Designs say what a test sees: more with more data, and in three units that agree."""

import numpy as np
import pytest

from pp_spin.claims import designs
from pp_spin.claims.claim import Means
from pp_spin.evidence.budget import ALPHA


def designed(n_chains):
    return {each.test: each for each in designs.designs(Means(0, ALPHA, n_chains))}


@pytest.mark.parametrize("test", designed(25_000))
def test_a_hundred_times_the_data_sees_a_tenth_of_the_effect(test):
    few, many = designed(25_000)[test], designed(2_500_000)[test]
    # Total variation and differences fall as one over the root, relative entropies as one over n.
    power = 1.0 if "entropy" in few.measured_as else 0.5
    assert few.effect / many.effect == pytest.approx(100**power, rel=0.12)
    if few.coupling is not None:
        assert many.coupling is not None
        assert few.coupling / many.coupling == pytest.approx(10, rel=0.4)


def test_precisions_off_by_what_is_seen_have_the_effect():
    of_actions = designed(100_000)["e-process of actions"]
    assert of_actions.relative_entropy == pytest.approx(of_actions.effect, rel=1e-6)
    of_draws = designed(100_000)["one draw per chain, multinomial"]
    assert of_draws.total_variation == pytest.approx(of_draws.effect, rel=1e-6)


def test_what_is_too_small_to_see_has_no_error_of_the_precisions():
    assert designed(1_000)["one draw per chain, multinomial"].coupling is None
    assert np.isfinite(designed(1_000)["time reversal"].effect)
