"""The exact kernels and laws, against brute force over every schedule, clamped and not."""

import numpy as np
import pytest

from pp_spin.agents.action import maximum_a_posteriori
from pp_spin.collective import Collective
from pp_spin.network import ring
from pp_spin.reference.stationary import (
    detailed_balance_residual,
    entropy_production,
    law_of,
    possible_states,
    stationary,
    stationary_law,
)
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import Sequential, chromatic, random_scan, sequential, synchronous
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


@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=cases.describe)
def test_law_of_a_matrix_is_the_stationary_law(schedule):
    collective = ACTING_BY_RULE[0]
    law = law_of(transition_matrix(collective, schedule), collective.clamped)
    expected = stationary_law(collective, schedule)
    np.testing.assert_allclose(law, expected, rtol=0, atol=1e-12)
    for twin in BROKEN_TWINS:
        matrix = cases.oracle_matrix(oracle, twin(collective), schedule)
        other = oracle.stationary_law(matrix, dict(collective.clamped))
        assert np.abs(other - expected).max() > 1e-3


BROKEN_TWINS = (
    lambda agents: agents.replaced(sensory_precision=agents.sensory_precision * 2),
    lambda agents: agents.replaced(sensory_precision=-agents.sensory_precision),
    lambda agents: agents.replaced(prior_precision=-agents.prior_precision),
)


@pytest.mark.parametrize("clamped", [{}, {2: 1}, {0: -1, 3: 1}])
def test_possible_states_agree_with_the_clamped_spins(clamped):
    expected = np.flatnonzero(oracle.in_slice(4, clamped))
    np.testing.assert_array_equal(possible_states(4, clamped), expected)


@pytest.mark.parametrize("order", [(4, 2, 0, 3, 1), (3, 1, 2, 0)])
def test_the_law_at_the_end_of_a_sweep_depends_on_its_order(order):
    collective = cases.random_collective(7, 5, symmetric=False, n_clamped=1)
    matrix = cases.oracle_matrix(oracle, collective, Sequential(order))
    expected = oracle.stationary_law(matrix, dict(collective.clamped))
    found = stationary_law(collective, Sequential(order))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert np.abs(found - stationary_law(collective, sequential)).max() > 1e-3


# ---- reversibility


@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=cases.describe)
@pytest.mark.parametrize("symmetric", [True, False])
def test_residual_and_entropy_production_are_the_oracles(schedule, symmetric):
    collective = cases.random_collective(9, 4, symmetric=symmetric)
    matrix = cases.oracle_matrix(oracle, collective, schedule)
    law = oracle.stationary_law(matrix)
    residual, production = detailed_balance_residual(law, matrix), entropy_production(law, matrix)
    assert residual == pytest.approx(oracle.detailed_balance_residual(matrix, law), abs=1e-15)
    assert production == pytest.approx(oracle.entropy_production(matrix, law), rel=1e-12, abs=1e-12)
    if symmetric and schedule in (random_scan, synchronous):
        assert residual < 1e-15
        assert abs(production) < 1e-12
    else:
        assert residual > 1e-3
        assert production > 1e-3


def test_a_step_without_a_way_back_produces_entropy_without_bound():
    cycle = np.roll(np.eye(3), 1, axis=1)
    assert entropy_production(np.ones(3) / 3, cycle) == np.inf


# ---- accuracy


def birth_and_death(n_states):
    """A chain with two near-closed halves, and its law from detailed balance alone."""
    rng = np.random.default_rng(n_states)
    up, down = rng.uniform(0.1, 0.4, size=(2, n_states - 1))
    bridge = n_states // 2
    up[bridge], down[bridge] = 1e-14, 3e-14
    matrix = np.diag(up, 1) + np.diag(down, -1)
    np.fill_diagonal(matrix, 1 - matrix.sum(1))
    weights = np.concatenate([[1.0], np.cumprod(up / down)])
    return matrix, weights / weights.sum()


@pytest.mark.parametrize("n_states", [3, 63, 64, 65, 66, 200])
def test_a_nearly_decomposable_chain_is_solved_to_relative_precision(n_states):
    matrix, expected = birth_and_death(n_states)
    np.testing.assert_allclose(stationary(matrix), expected, rtol=1e-12)


def test_a_linear_solver_loses_the_nearly_decomposable_chain():
    matrix, expected = birth_and_death(66)
    equations = np.vstack([matrix.T - np.eye(66), np.ones(66)])
    solved = np.linalg.lstsq(equations, np.eye(67)[66])[0]
    assert np.abs(solved / expected - 1).max() > 1e-6


def test_states_that_are_left_for_good_have_no_probability():
    matrix = np.array([[0.5, 0.25, 0.25], [0, 0.5, 0.5], [0, 0.5, 0.5]])
    np.testing.assert_array_equal(stationary(matrix), [0, 0.5, 0.5])


# ---- refusals


@pytest.mark.parametrize("schedule", [random_scan, sequential, chromatic], ids=str)
def test_certain_agents_with_several_ends_have_no_one_law(schedule):
    aligned = Collective(ring(4).weights, action_rule=maximum_a_posteriori)
    with pytest.raises(
        ValueError, match=r"got a kernel with \d+ sets of states .*; give actions a"
    ):
        stationary_law(aligned, schedule)
    pulled = aligned.replaced(prior_precision=np.full(4, 5.0))  # one end only: all up
    assert stationary_law(pulled, schedule)[-1] == 1


def test_a_law_beyond_the_limit_is_refused_with_the_way_out():
    agents = Collective(0.3 * ring(13).weights)
    message = r"got 13 free agents; .* 2\*\*13 states and the limit is 12; clamp some, .* sample"
    with pytest.raises(ValueError, match=message):
        stationary_law(agents, synchronous)
    assert stationary_law(agents.replaced(clamped=dict.fromkeys(range(6), 1)), "chromatic").sum()


def test_nobody_free_is_refused():
    held = Collective(ring(3).weights, clamped={0: 1, 1: 1, 2: -1})
    with pytest.raises(ValueError, match=r"got no free agent; .* leave at least one agent out"):
        stationary_law(held, synchronous)
