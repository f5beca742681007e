"""The exact kernels and laws, against brute force over every schedule, clamped and not."""

import numpy as np
import pytest

from pp_spin.reference.actions import action_table
from pp_spin.reference.stationary import (
    detailed_balance_residual,
    entropy_production,
    stationary,
    stationary_law,
)
from pp_spin.reference.transitions import moved, sweep_operators, transition_matrix
from pp_spin.schedule import Sequential
from tests import cases, oracle

ACTING_BY_RULE = [
    cases.random_collective(7, 5, symmetric=symmetric, n_clamped=1, rule=rule)
    for rule in cases.RULES
    for symmetric in (True, False)
]


@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=cases.describe)
@pytest.mark.parametrize("collective", cases.COLLECTIVES + ACTING_BY_RULE, ids=cases.describe)
def test_kernel_and_stationary_law_are_the_oracles(collective, schedule):
    expected = cases.oracle_matrix(oracle, collective, schedule)
    np.testing.assert_allclose(transition_matrix(collective, schedule), expected, atol=1e-13)
    np.testing.assert_allclose(
        stationary_law(collective, schedule),
        oracle.stationary_law(expected, dict(collective.clamped)),
        rtol=0,
        atol=1e-12,
    )
