"""The action rules against their sums, their limits, their names, and the cost of a new value."""

import jax
import numpy as np
import pytest

from pp_spin.agents.action import (
    expected_free_energy,
    maximum_a_posteriori,
    parse_action_rule,
    planning_as_inference,
    probability_matching,
)
from tests import cases, oracle

ETAS = np.array([-30.0, -1.7, -0.2, 0.0, 0.6, 2.5, 30.0])
PHIS = oracle.spin_probability(1, ETAS)
RULES = [*cases.RULES, maximum_a_posteriori]


def by_definition(rule, phis=PHIS):
    return np.array([oracle.RULES[rule.name](phi, **rule.parameters) for phi in phis])


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_rule_is_its_sum_over_outcomes(rule):
    np.testing.assert_allclose(rule(ETAS), by_definition(rule), rtol=0, atol=1e-12)
    half_logit = oracle.spin_probability(1, ETAS / 2)
    if rule is not maximum_a_posteriori:  # which knows only on which side of 1/2 a belief is
        assert np.abs(rule(ETAS) - by_definition(rule, half_logit)).max() > 0.01


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (planning_as_inference(np.inf, np.inf), probability_matching),
        (planning_as_inference(20, 20), probability_matching),
        (expected_free_energy(1e9, np.inf, 1e9), maximum_a_posteriori),
        (expected_free_energy(0, 1, 1), planning_as_inference(0, 1)),  # both toss a coin
    ],
)
def test_rules_meet_in_their_limits(rule, limit):
    np.testing.assert_allclose(rule(ETAS), limit(ETAS), rtol=0, atol=1e-12)


def test_certain_beliefs_stay_finite():
    for rule in RULES:
        assert np.isfinite(rule(np.array([-1e6, 1e6]))).all()


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rule_is_read_back_from_its_own_words(rule):
    assert parse_action_rule(str(rule)) == rule


def test_every_digit_of_a_parameter_is_in_its_words():
    rule = planning_as_inference(1 / 3, 123456789)
    assert parse_action_rule(str(rule)) == rule


def test_a_new_parameter_compiles_nothing_anew():
    n_traces = 0

    @jax.jit
    def act(rule, eta):
        nonlocal n_traces
        n_traces += 1
        return rule(eta)

    for precision in np.linspace(0.1, 2, 10):
        act(planning_as_inference(precision, 1.0), ETAS)
    assert n_traces == 1
    act(probability_matching, ETAS)
    assert n_traces == 2  # another rule is another program


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "probability",
            r"got action rule 'probability'; the rules are probability_matching, .*name",
        ),
        ("planning_as_inference(3)", r"got action rule 'planning_as_inference\(3\)'; .* that many"),
        ("probability_matching(3)", r"got action rule 'probability_matching\(3\)'; the rules are"),
        ("planning_as_inference(3, x)", r"parameters are not all numbers; write for example"),
        ("planning_as_inference(3, -1)", r"got forward_precision = -1.0; it weighs .*\[0, inf\]"),
        ("planning_as_inference(nan, 1)", r"got preference_precision = nan; it weighs"),
        ("expected_free_energy(inf, 1, 1)", r"got preference_precision = inf; .* use maximum_a_"),
        ("expected_free_energy(1, 1, inf)", r"got action_precision = inf; .* use maximum_a_"),
        ("", r"got action rule ''; the rules are"),
    ],
)
def test_what_is_no_rule_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        parse_action_rule(text)
