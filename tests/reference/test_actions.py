"""What agents do, from closed formulas; and the clamped ones as part of the others' priors."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pp_spin.agents.action import maximum_a_posteriori
from pp_spin.reference.actions import action_probabilities, action_table, without_clamped
from tests import cases, oracle

CLAMPED = [collective for collective in cases.COLLECTIVES if collective.clamped]


@pytest.mark.parametrize("rule", [*cases.RULES, maximum_a_posteriori], ids=str)
@pytest.mark.parametrize("collective", cases.COLLECTIVES[:8], ids=cases.describe)
def test_action_table_is_the_oracles(collective, rule):
    acting = collective.replaced(action_rule=rule)
    arguments = acting.sensory_precision, acting.prior_precision, rule.name
    expected = oracle.up_probabilities(*arguments, **rule.parameters)
    np.testing.assert_allclose(action_table(acting), expected, rtol=0, atol=1e-12)


def test_an_agent_of_the_transposed_precisions_acts_otherwise():
    collective = cases.random_collective(5, 4, symmetric=False)
    transposed = collective.replaced(sensory_precision=collective.sensory_precision.T)
    assert np.abs(action_table(transposed) - action_table(collective)).max() > 0.1


def test_a_few_configurations_are_rows_of_the_table():
    collective = cases.COLLECTIVES[-1]
    rows = [3, 0, 17]
    found = action_probabilities(collective, oracle.states(collective.n_agents)[rows])
    np.testing.assert_array_equal(found, action_table(collective)[rows])


@pytest.mark.parametrize("collective", CLAMPED, ids=cases.describe)
def test_without_the_clamped_the_free_agents_act_as_before(collective):
    agents, free = without_clamped(collective)
    np.testing.assert_array_equal(free, collective.free)
    assert agents.clamped == {}
    within = oracle.in_slice(collective.n_agents, dict(collective.clamped))
    expected = action_table(collective)[within][:, free]
    np.testing.assert_allclose(action_table(agents), expected, rtol=0, atol=1e-12)


def test_the_clamped_spin_is_what_the_others_hear():
    collective = cases.random_collective(4, 3, symmetric=False, n_clamped=1)
    [(agent, spin)] = collective.clamped.items()
    opposite = collective.replaced(clamped={agent: -spin})
    heard, other = (without_clamped(c)[0].prior_precision for c in (collective, opposite))
    assert np.abs(heard - other).max() > 0.1


def test_an_unknown_rule_is_refused_with_the_way_to_use_it():
    rule = SimpleNamespace(name="contrarian", parameters={})
    pair = cases.random_collective(0, 2, symmetric=True)
    contrarians: Any = SimpleNamespace(
        sensory_precision=pair.sensory_precision,
        prior_precision=pair.prior_precision,
        action_rule=rule,
    )
    message = r"got action rule 'contrarian', .* probability_matching, .*; tabulate your rule and"
    with pytest.raises(ValueError, match=message):
        action_table(contrarians)
