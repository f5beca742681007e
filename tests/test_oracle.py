"""The oracle against values worked out by hand, on two spins.

With a precision of (ln 3) / 2 and no prior, an agent copies its neighbour with odds 3 to 1, so
every probability below is a small fraction. Configurations are in state order: --, +-, -+, ++.
"""

import math

import numpy as np
import pytest

from tests import oracle

THIRD = math.log(3) / 2
COPY = np.array([[0.0, THIRD], [THIRD, 0.0]])
CHASE = np.array([[0.0, THIRD], [-THIRD, 0.0]])  # agent 0 copies agent 1, which does the opposite
NO_PRIOR = np.zeros(2)
ISING = [3 / 8, 1 / 8, 1 / 8, 3 / 8]


def exactly(values):
    return pytest.approx(values, rel=1e-14, abs=1e-15)


def rows(matrix):
    assert matrix.sum(axis=1) == exactly(np.ones(len(matrix)))
    return matrix


@pytest.fixture
def up():
    return oracle.up_probabilities(COPY, NO_PRIOR)


def test_state_k_has_spin_i_up_where_bit_i_is_set():
    assert oracle.states(2).tolist() == [[-1, -1], [1, -1], [-1, 1], [1, 1]]
    assert [oracle.index_of(row) for row in oracle.states(5)] == list(range(32))


def test_slice_keeps_the_states_that_agree_with_the_clamps():
    assert oracle.in_slice(2, {1: 1}).tolist() == [False, False, True, True]
    assert oracle.in_slice(2).all()


def test_sigmoid_does_not_overflow():
    assert oracle.sigmoid([-1000.0, 0.0, 1000.0]) == exactly([0.0, 0.5, 1.0])


@pytest.mark.parametrize(
    ("prior", "neighbours", "expected"),
    [(0.0, (1, 1), 9 / 10), (0.0, (1, -1), 1 / 2), (THIRD, (1, 1), 27 / 28), (0.0, (), 1 / 2)],
)
def test_posterior_multiplies_odds(prior, neighbours, expected):
    gamma = [THIRD] * len(neighbours)
    assert oracle.posterior_up(gamma, prior, neighbours) == exactly(expected)


def test_evidence_sums_the_joint():
    # both neighbours up: 1/2 (3/4)^2 + 1/2 (1/4)^2
    assert oracle.evidence([THIRD, THIRD], 0.0, (1, 1)) == exactly(5 / 16)


def test_up_probabilities_are_posteriors_of_the_others():
    gamma = np.array([[0.0, 0.3, -0.7], [0.2, 0.0, 1.1], [0.5, -0.4, 0.0]])
    zeta = np.array([0.1, -0.6, 0.9])
    table = oracle.up_probabilities(gamma, zeta)
    for row, spins in zip(table, oracle.states(3), strict=True):
        for i in range(3):
            others = [j for j in range(3) if j != i]
            by_bayes = oracle.posterior_up(gamma[i, others], zeta[i], spins[others])
            assert row[i] == exactly(by_bayes)


def test_planning_pulls_towards_one_half():
    # tanh(omega) = tanh(xi) = 1/2
    assert oracle.planning_as_inference(0.9, THIRD, THIRD) == exactly(0.5 + 0.4 / 4)
    assert oracle.planning_as_inference(0.9, 40.0, 40.0) == exactly(0.9)


def test_expected_free_energy_is_logistic_in_belief():
    # b = 2 beta omega tanh(xi) = 2 ln 3 and 2 phi - 1 = 1/2, so the odds are 3 to 1
    assert oracle.expected_free_energy(0.75, THIRD, THIRD, 4.0) == exactly(0.75)


def test_maximum_a_posteriori_breaks_ties_evenly():
    assert oracle.maximum_a_posteriori(np.array([0.2, 0.5, 0.8])).tolist() == [0.0, 0.5, 1.0]


def test_random_scan_moves_one_spin(up):
    expected = [
        [6 / 8, 1 / 8, 1 / 8, 0],
        [3 / 8, 2 / 8, 0, 3 / 8],
        [3 / 8, 0, 2 / 8, 3 / 8],
        [0, 1 / 8, 1 / 8, 6 / 8],
    ]
    assert rows(oracle.random_scan(up)) == exactly(np.array(expected))


def test_sequential_sweep_reads_the_spin_just_written(up):
    matrix = rows(oracle.sequential(up))
    assert matrix[0] == exactly([9 / 16, 1 / 16, 3 / 16, 3 / 16])
    backwards = rows(oracle.sequential(up, order=[1, 0]))
    assert backwards[0] == exactly([9 / 16, 3 / 16, 1 / 16, 3 / 16])


def test_synchronous_tick_reads_the_old_spins(up):
    expected = [[9, 3, 3, 1], [3, 1, 9, 3], [3, 9, 1, 3], [1, 3, 3, 9]]
    assert rows(oracle.synchronous(up)) == exactly(np.array(expected) / 16)


def test_chromatic_sweep_lies_between(up):
    assert oracle.chromatic(up, [0, 1]) == exactly(oracle.sequential(up))
    assert oracle.chromatic(up, [7, 3]) == exactly(oracle.sequential(up, order=[1, 0]))
    assert oracle.chromatic(up, [0, 0]) == exactly(oracle.synchronous(up))


def test_partially_synchronous_agents_may_rest(up):
    # from --, an agent acts with probability 1/2 and then turns up with probability 1/4
    matrix = rows(oracle.partially_synchronous(up, 0.5))
    assert matrix[0] == exactly([49 / 64, 7 / 64, 7 / 64, 1 / 64])
    assert oracle.partially_synchronous(up, 1.0) == exactly(oracle.synchronous(up))
    assert oracle.partially_synchronous(up, 0.0) == exactly(np.eye(4))


@pytest.mark.parametrize("schedule", [oracle.random_scan, oracle.sequential])
def test_one_at_a_time_the_pair_settles_to_the_ising_law(up, schedule):
    assert oracle.stationary_law(schedule(up)) == exactly(ISING)
    assert oracle.ising_law(COPY, NO_PRIOR) == exactly(ISING)
    assert oracle.ising_law(COPY / 2, NO_PRIOR, beta=2.0) == exactly(ISING)


def test_at_once_the_pair_settles_to_the_little_law(up):
    assert oracle.stationary_law(oracle.synchronous(up)) == exactly([1 / 4] * 4)
    assert oracle.little_law(COPY, NO_PRIOR) == exactly([1 / 4] * 4)


def test_little_law_with_fields():
    # local fields J s_1 + h and J s_0 of (ln 3) / 2 each: 2 cosh is 2 at 0, and 10/3 at ln 3
    weight = np.array([3**-0.5 * 2, 3**0.5 * 2, 3**-0.5 * 10 / 3, 3**0.5 * 10 / 3])
    law = oracle.little_law(COPY, np.array([THIRD, 0.0]))
    assert law == exactly(weight / weight.sum())
    up = oracle.up_probabilities(COPY, np.array([THIRD, 0.0]))
    assert oracle.stationary_law(oracle.synchronous(up)) == exactly(law)


@pytest.mark.parametrize(
    "schedule",
    [
        oracle.random_scan,
        oracle.sequential,
        oracle.synchronous,
        lambda up, clamped: oracle.chromatic(up, [0, 1], clamped),
        lambda up, clamped: oracle.partially_synchronous(up, 0.3, clamped),
    ],
)
def test_clamped_agent_never_moves(up, schedule):
    matrix = rows(schedule(up, {1: 1}))
    assert matrix[2:, :2].max() == 0.0
    assert matrix[:2, 2:].max() == 0.0
    expected = [0.0, 0.0, 1 / 4, 3 / 4]
    assert oracle.stationary_law(matrix, {1: 1}) == exactly(expected)
    assert oracle.ising_law(COPY, NO_PRIOR, clamped={1: 1}) == exactly(expected)
    assert oracle.little_law(COPY, NO_PRIOR, clamped={1: 1}) == exactly(expected)
    assert oracle.boltzmann_law(COPY, NO_PRIOR, clamped={1: 1}) == exactly(expected)


def test_with_everyone_clamped_nothing_moves(up):
    both = {0: 1, 1: -1}
    assert oracle.random_scan(up, both) == exactly(np.eye(4))
    assert oracle.stationary_law(oracle.random_scan(up, both), both) == exactly([0, 1, 0, 0])


def test_boltzmann_law_in_both_units():
    weights = np.array([[0.0, math.log(2)], [math.log(2), 0.0]])
    assert oracle.boltzmann_law(weights, NO_PRIOR, units="01") == exactly([0.2, 0.2, 0.2, 0.4])
    assert oracle.boltzmann_law(COPY, NO_PRIOR, units="pm1") == exactly(ISING)


def test_symmetric_pair_is_reversible_one_at_a_time_and_not_in_a_fixed_order(up):
    random_scan, sweep = oracle.random_scan(up), oracle.sequential(up)
    assert oracle.detailed_balance_residual(random_scan, np.array(ISING)) == exactly(0.0)
    assert oracle.entropy_production(random_scan, np.array(ISING)) == exactly(0.0)
    # -- to +- and back: 3/8 (1/16) against 1/8 (9/16)
    assert oracle.detailed_balance_residual(sweep, np.array(ISING)) == exactly(6 / 128)
    assert oracle.entropy_production(sweep, np.array(ISING)) > 0


def test_chasing_pair_turns_in_circles():
    matrix = oracle.random_scan(oracle.up_probabilities(CHASE, NO_PRIOR))
    law = oracle.stationary_law(matrix)
    assert law == exactly([1 / 4] * 4)
    assert oracle.detailed_balance_residual(matrix, law) == exactly(1 / 16)
    assert oracle.entropy_production(matrix, law) == exactly(math.log(3) / 4)


def test_one_way_move_produces_entropy_without_bound():
    matrix = np.array([[0.0, 1.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 1.0], [1.0, 0, 0, 0]])
    assert oracle.entropy_production(matrix, np.full(4, 0.25)) == math.inf


def test_transient_states_get_no_weight():
    matrix = np.array([[0.5, 0.5, 0, 0], [0, 0.5, 0, 0.5], [0, 0, 0.25, 0.75], [0, 0, 0.5, 0.5]])
    assert oracle.stationary_law(matrix) == exactly([0, 0, 0.4, 0.6])


def test_two_closed_sets_have_no_one_law():
    with pytest.raises(ValueError, match="several closed sets"):
        oracle.stationary_law(np.eye(4))


def test_elimination_keeps_the_digits_of_rare_states():
    # held down, agent 0 leaves agent 1 a chance of about exp(-60) to be up
    couplings = np.array([[0.0, 30.0], [30.0, 0.0]])
    up = oracle.up_probabilities(couplings, NO_PRIOR)
    law = oracle.stationary_law(oracle.random_scan(up, {0: -1}), {0: -1})
    assert law[2] == pytest.approx(1 / (1 + math.exp(60)), rel=1e-13)


def test_law_is_fixed_at_ten_spins():
    rng = np.random.default_rng(10)
    gamma = rng.normal(0.0, 0.4, (10, 10))
    np.fill_diagonal(gamma, 0.0)
    up = oracle.up_probabilities(gamma, rng.normal(0.0, 0.3, 10))
    matrix = oracle.synchronous(up, {3: 1})
    law = oracle.stationary_law(matrix, {3: 1})
    assert law @ matrix == pytest.approx(law, rel=1e-13, abs=1e-16)
    assert law.sum() == pytest.approx(1.0, rel=1e-14)
    assert oracle.marginals(law)[3] == pytest.approx(1.0, rel=1e-14)


def test_marginals_sum_the_states_with_the_spin_up():
    assert oracle.marginals(np.array([0.1, 0.2, 0.3, 0.4])) == exactly([0.6, 0.7])
