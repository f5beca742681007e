"""Asymmetry: the current is the entropy production, exactly and from draws; faults fall outside."""

import numpy as np
import pytest

from pp_spin.agents.action import expected_free_energy
from pp_spin.collective import Collective
from pp_spin.fragility.asymmetry import asymmetric, curve, exact_point
from pp_spin.fragility.chains import Run, estimates
from pp_spin.fragility.observables import current
from pp_spin.network import lattice, random_regular
from pp_spin.reference.stationary import stationary_law
from pp_spin.schedule import random_scan
from tests import oracle
from tests.cases import oracle_matrix, spin_glass

ENTROPY = "entropy production, nats per update"
NEAREST = "total variation to the nearest Ising law"

TORUS = Collective(lattice((3, 3)).scaled(0.3), 0.1)


def glass_with_signs(n_agents):
    """Three neighbours each, ties of random sign."""
    ties = random_regular(3, n_agents, seed=4).weights
    upper = np.triu(ties) * np.random.default_rng(4).choice([-0.6, 0.6], ties.shape)
    return Collective(upper + upper.T, np.linspace(-0.3, 0.3, n_agents))


COLLECTIVES = {
    "pair": Collective([[0, 0.8], [0.8, 0]], [0.2, -0.1]),
    "glass": Collective(*spin_glass(7, 6)),
    "random signs": glass_with_signs(8),
    "torus": TORUS,
}
every_collective = pytest.mark.parametrize("name", COLLECTIVES)


def drive_of_flips(agents, law, matrix):
    """``E[1{i flips} 2 s'_i sum_j A_ij s_j]`` move by move."""
    states = oracle.states(agents.n_agents).astype(float)
    gamma, total = agents.sensory_precision, 0.0
    for a, before in enumerate(states):
        for i, spin in enumerate(before):
            b = a ^ (1 << i)
            pull = sum((gamma[i, j] - gamma[j, i]) / 2 * s for j, s in enumerate(before))
            total += law[a] * matrix[a, b] * 2 * -spin * pull
    return total


@every_collective
@pytest.mark.parametrize("epsilon", [0.05, -0.4, 1.5])
def test_the_current_of_one_configuration_is_the_entropy_production(name, epsilon):
    agents = asymmetric(COLLECTIVES[name], epsilon)
    matrix = oracle_matrix(oracle, agents, random_scan)
    law = oracle.stationary_law(matrix)
    found = exact_point(COLLECTIVES[name], epsilon)
    expected = oracle.entropy_production(matrix, law)
    assert expected > 1e-5
    assert found[ENTROPY] == pytest.approx(expected, abs=1e-10)
    assert found["mean of the linear current"] == pytest.approx(expected, abs=1e-10)
    assert drive_of_flips(agents, law, matrix) == pytest.approx(expected, abs=1e-10)


@every_collective
def test_without_asymmetry_nothing_is_lost(name):
    found = exact_point(COLLECTIVES[name], 0.0)
    assert max(map(abs, found.values())) < 1e-10


def test_entropy_grows_with_the_square_of_a_small_asymmetry():
    once, twice = (exact_point(TORUS, epsilon)[ENTROPY] for epsilon in (0.001, 0.002))
    assert twice / once == pytest.approx(4, rel=1e-3)


def test_precisions_are_those_that_it_says():
    gamma = asymmetric(COLLECTIVES["pair"], 0.25).sensory_precision
    assert gamma == pytest.approx(np.array([[0, 1.0], [0.6, 0]]))


RUN = Run(n_chains=4096, n_warmup=60, n_draws=2, thinning=5)
EPSILON = 0.5


@pytest.fixture(scope="module")
def found():
    agents = asymmetric(TORUS, EPSILON)
    return estimates(agents, random_scan, (current(agents),), RUN)[ENTROPY]


def test_the_estimate_holds_the_exact_value(found):
    assert found.holds(exact_point(TORUS, EPSILON)[ENTROPY])
    assert found.low > 0


def test_a_current_of_the_wrong_sign_falls_outside(found):
    assert not found.holds(-exact_point(TORUS, EPSILON)[ENTROPY])


def test_a_current_that_counts_the_asymmetry_twice_falls_outside(found):
    assert not found.holds(2 * exact_point(TORUS, EPSILON)[ENTROPY])


def test_agents_twice_as_asymmetric_fall_outside():
    agents = asymmetric(TORUS, 2 * EPSILON)
    found = estimates(agents, random_scan, (current(agents),), RUN)[ENTROPY]
    assert found.holds(exact_point(TORUS, 2 * EPSILON)[ENTROPY])
    assert not found.holds(exact_point(TORUS, EPSILON)[ENTROPY])


def test_a_curve_is_its_points():
    found = curve(TORUS, TORUS, Run(n_chains=4096), (0.0, EPSILON), ("small", "large"))
    assert found.exact[NEAREST][1] == exact_point(TORUS, EPSILON)[NEAREST] > 1e-3
    for exact, estimate in zip(found.exact[ENTROPY], found.sampled[ENTROPY], strict=True):
        assert estimate.holds(exact) or abs(exact) < 1e-15
    assert found.sampled["correlation of neighbours"][0].n_chains == 4096


def test_an_asymmetric_start_is_refused():
    with pytest.raises(ValueError, match=r"differ by up to 0\.2 between the two of a pair"):
        asymmetric(Collective([[0, 0.9], [0.7, 0]], 0.0), 0.1)


@pytest.mark.parametrize(
    "changes", [{"clamped": {0: 1}}, {"action_rule": expected_free_energy(1, 1, 1)}]
)
def test_a_current_that_is_not_the_entropy_production_is_refused(changes):
    # it would not be: the agents produce other entropy than the formula gives
    agents = asymmetric(COLLECTIVES["glass"], 0.5)
    with pytest.raises(ValueError, match=r"linear current is the entropy production of agents"):
        current(agents.replaced(**changes))


def test_with_another_action_rule_the_current_would_be_wrong():
    agents = asymmetric(COLLECTIVES["glass"], 0.5)
    others = agents.replaced(action_rule=expected_free_energy(1, 20, 1))
    matrix = oracle_matrix(oracle, others, random_scan)
    law = stationary_law(others, random_scan)
    formula = law @ current(agents).of(oracle.states(6))
    assert abs(formula - oracle.entropy_production(matrix, law)) > 1e-2
