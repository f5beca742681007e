"""Action by expected free energy: how wrong it can be, what it samples, and at which slope."""

import numpy as np
import pytest
from scipy.special import expit

from pp_spin.collective import Collective
from pp_spin.fragility.chains import Run
from pp_spin.fragility.free_energy import curve, exact_point, largest_error, with_slope
from pp_spin.fragility.observables import energy, magnetisation
from pp_spin.network import lattice, ring
from pp_spin.schedule import random_scan
from tests import oracle
from tests.cases import oracle_matrix

ISING, NEAREST = "total variation to the Ising law", "total variation to the nearest Ising law"
TORUS = Collective(lattice((3, 3)).scaled(0.3), 0.1)
CYCLE = Collective(ring(6).scaled(0.4), 0.0)
BEST = 2.8238217829812229


@pytest.mark.parametrize("b", [0.1, 1.0, 2.0, 2.4, BEST, 4.0, 30.0])
def test_the_largest_error_is_that_of_a_fine_grid(b):
    phi = np.linspace(0, 1, 200_001)
    grid = np.abs(expit(b * (2 * phi - 1)) - phi).max()
    assert largest_error(b) == pytest.approx(grid, abs=1e-8)


def test_it_is_least_at_the_slope_that_is_proved_best():
    assert largest_error(BEST) == pytest.approx(0.05605038444115139, abs=1e-14)
    assert largest_error(BEST) < min(largest_error(BEST - 1e-4), largest_error(BEST + 1e-4))


@pytest.mark.parametrize("b", [1.0, BEST, 6.0])
def test_the_exact_quantities_are_those_of_an_enumeration_apart(b):
    agents = TORUS.replaced(action_rule=with_slope(b))
    matrix = oracle_matrix(oracle, agents, random_scan)
    law = oracle.stationary_law(matrix)
    gamma, zeta = TORUS.sensory_precision, TORUS.prior_precision
    posterior = oracle.up_probabilities(gamma, zeta)
    error = np.abs(expit(b * (2 * posterior - 1)) - posterior).max()
    found = exact_point(TORUS, b)
    ising = oracle.ising_law(gamma, zeta)
    assert found[ISING] == pytest.approx(abs(law - ising).sum() / 2, abs=1e-12)
    assert found["largest error of the action law, in this collective"] == pytest.approx(error)
    assert error <= found["largest error of the action law, over all posteriors"]
    entropy = oracle.entropy_production(matrix, law)
    assert found["entropy production, nats per update"] == pytest.approx(entropy, abs=1e-12)


def test_on_a_free_cycle_the_nearest_ising_law_is_the_law_itself():
    found = exact_point(CYCLE, 3.0)
    assert found[NEAREST] < 1e-10
    assert found[ISING] > 1e-2
    assert exact_point(TORUS, 3.0)[NEAREST] > 1e-2  # and on the torus there is none


def test_the_slope_that_agrees_with_the_cycle_has_its_ising_law():
    # J = (b/4) tanh 2 gamma is gamma itself
    assert exact_point(CYCLE, 1.6 / np.tanh(0.8))[ISING] < 1e-12


def test_the_estimates_hold_the_exact_values_and_not_those_of_another_slope():
    run = Run(n_chains=4096, n_draws=2)
    found = curve(TORUS, TORUS, run, (BEST,), ("small", "large"))
    exact = {}
    for b in (BEST, 2 * BEST):
        agents = TORUS.replaced(action_rule=with_slope(b))
        law = oracle.stationary_law(oracle_matrix(oracle, agents, random_scan))
        exact[b] = [
            float(law @ one.of(oracle.states(9))) for one in (energy(TORUS), magnetisation())
        ]
    estimated = [found.sampled[name][0] for name in ("energy per agent", "magnetisation")]
    for estimate, right, wrong in zip(estimated, exact[BEST], exact[2 * BEST], strict=True):
        assert estimate.holds(right)
        assert not estimate.holds(wrong)
    ising = oracle.ising_law(TORUS.sensory_precision, TORUS.prior_precision)
    matched = found.limits["energy per agent, probability matching"]
    assert matched.holds(float(ising @ energy(TORUS).of(oracle.states(9))))


def test_agents_of_twice_the_slope_fall_outside():
    run, names = Run(n_chains=4096), ("small", "large")
    right, steep = curve(TORUS, TORUS, run, (BEST, 2 * BEST), names).sampled["energy per agent"]
    assert steep.high < right.low
