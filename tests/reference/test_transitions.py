"""Exact kernels as sparse factors: proper, movable beyond a matrix, and refused at their limits."""

import numpy as np
import pytest

from pp_spin.collective import Collective
from pp_spin.network import ring
from pp_spin.reference.actions import action_table
from pp_spin.reference.laws import ising_law, total_variation
from pp_spin.reference.transitions import (
    moved,
    sweep_operators,
    transition_matrix,
)
from pp_spin.schedule import Sequential, random_scan, sequential, synchronous
from tests import cases, oracle

COLLECTIVE = cases.random_collective(11, 5, symmetric=False, n_clamped=1)

every_schedule = pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=str)


def ring_of(n):
    return Collective(0.3 * ring(n).weights, 0.1)


@every_schedule
def test_every_row_is_a_law(schedule):
    matrix = transition_matrix(COLLECTIVE, schedule)
    np.testing.assert_allclose(matrix.sum(1), 1, rtol=0, atol=1e-14)
    assert (matrix >= 0).all()


@every_schedule
def test_a_step_keeps_the_clamped_spins_as_they_are(schedule):
    matrix = transition_matrix(COLLECTIVE, schedule)
    [agent] = COLLECTIVE.clamped
    spins = oracle.states(5)[:, agent]
    assert (matrix[spins[:, None] != spins] == 0).all()
    freed = transition_matrix(COLLECTIVE.replaced(clamped=None), schedule)
    assert (freed[spins[:, None] != spins] > 0).any()


@every_schedule
@pytest.mark.parametrize("n_steps", [0, 1, 7])
def test_a_moved_law_is_the_matrix_power(schedule, n_steps):
    start = np.random.default_rng(0).dirichlet(np.ones(32))
    operators = sweep_operators(action_table(COLLECTIVE), COLLECTIVE, schedule)
    matrix = cases.oracle_matrix(oracle, COLLECTIVE, schedule)
    expected = start @ np.linalg.matrix_power(matrix, n_steps)
    found = moved(start, operators, n_steps)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)
    assert np.abs(found - start @ np.linalg.matrix_power(matrix, n_steps + 1)).max() > 1e-4


@pytest.mark.parametrize("order", [(4, 2, 0, 3, 1), (0, 1, 2, 3), (3, 1, 2, 0)])
def test_a_sweep_follows_its_order_and_passes_the_clamped_over(order):
    schedule = Sequential(order)
    expected = cases.oracle_matrix(oracle, COLLECTIVE, schedule)
    found = transition_matrix(COLLECTIVE, schedule)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)
    backwards = cases.oracle_matrix(oracle, COLLECTIVE, Sequential(order[::-1]))
    assert np.abs(found - backwards).max() > 0.01


def test_a_law_is_moved_where_no_matrix_is_written_down():
    agents = ring_of(15)
    law = ising_law(agents.sensory_precision, agents.prior_precision)
    operators = sweep_operators(action_table(agents), agents, sequential)
    assert total_variation(moved(law, operators), law) < 1e-14
    one_agent = operators[:1]
    uneven = np.roll(law, 1)
    assert total_variation(moved(uneven, one_agent), uneven) > 0.01


@pytest.mark.parametrize(
    ("order", "shown"), [((0, 1), "0, 1"), ((0, 0, 1, 2, 3), "0, 0"), ((0, 1, 2, 3, 9), "0, 1, 2")]
)
def test_an_order_that_is_not_one_of_the_free_agents_is_refused(order, shown):
    message = rf"got order \({shown}.*\) for free agents \(0, 1, 2, 3\) of 5; a sweep visits each"
    with pytest.raises(ValueError, match=message):
        transition_matrix(COLLECTIVE, Sequential(order))


@every_schedule
def test_a_collective_of_clamped_agents_is_refused(schedule):
    held = COLLECTIVE.replaced(clamped=dict.fromkeys(range(5), 1))
    with pytest.raises(ValueError, match=r"got no free agent; .* leave at least one agent out"):
        transition_matrix(held, schedule)


def test_a_matrix_beyond_its_limit_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"got 13 agents; .* limit is 12 agents; move a law with"):
        transition_matrix(ring_of(13), random_scan)


def test_too_many_acting_at_once_are_refused_with_the_way_out():
    agents = ring_of(13)
    message = r"got 13 of 13 agents acting together; .* 2\*\*26 entries .* 2\*\*24; clamp some"
    with pytest.raises(ValueError, match=message):
        sweep_operators(action_table(agents), agents, synchronous)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match=r"got schedule 'gibbs'; the schedules are random_scan"):
        transition_matrix(COLLECTIVE, "gibbs")
