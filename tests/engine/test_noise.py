"""Noise: an action is as likely as the agent believes, to the stated digits."""

import jax.numpy as jnp
import pytest

from pp_spin.agents.action import maximum_a_posteriori, planning_as_inference, probability_matching
from pp_spin.engine.noise import acts_up, noise_of
from tests import oracle


def up_share(x, words, rule=probability_matching):
    half_log_odds = jnp.full(len(words), x, jnp.float32)
    up = acts_up(rule, half_log_odds, noise_of(rule, words))
    return float(up.mean())


@pytest.mark.parametrize("x", [-2.0, -0.3, 0.0, 1e-3, 0.7, 3.0])
def test_an_action_is_as_likely_as_the_posterior_says(x):
    evenly = jnp.arange(2**22, dtype=jnp.uint32) * 2**10 + 2**9
    assert up_share(x, evenly) == pytest.approx(oracle.sigmoid(2 * x), abs=2**-22)
    coarse = evenly >> 24 << 24
    assert x == 0 or abs(up_share(x, coarse) - oracle.sigmoid(2 * x)) > 2**-22


@pytest.mark.parametrize("x", [-7.0, -8.0, -10.0])
def test_the_least_likely_actions_have_the_finest_digits(x):
    lowest = jnp.arange(2**14, dtype=jnp.uint32)
    assert 2**14 * up_share(x, lowest) == pytest.approx(2**32 * oracle.sigmoid(2 * x), abs=1.5)


@pytest.mark.parametrize("x", [-2.0, 0.3])
def test_other_rules_have_their_own_chance(x):
    rule = planning_as_inference(1.5, 0.7)
    evenly = jnp.arange(2**22, dtype=jnp.uint32) * 2**10 + 2**9
    expected = float(rule(jnp.float32(x)))
    assert up_share(x, evenly, rule) == pytest.approx(expected, abs=2**-22)
    assert abs(up_share(x, evenly >> 24 << 24, rule) - expected) > 2**-22


def test_the_certain_are_never_wrong():
    ends = jnp.asarray([0, 1, 2**31 - 1, 2**31, 2**32 - 1], dtype=jnp.uint32)
    for rule, x in ((maximum_a_posteriori, 0.1), (probability_matching, 12.0)):
        assert up_share(x, ends, rule) == 1
        assert up_share(-x, ends, rule) == 0
