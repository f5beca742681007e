"""What an agent foresees of its action: the programs against sums over every spin in them."""

import itertools
from functools import partial

import jax
import numpy as np
import pytest
from numpyro.infer.util import log_density

from pp_spin.agents import perception, planning
from pp_spin.agents.perception import Agent
from pp_spin.agents.planning import ACTIONS, goal_directed_model, predictive_model
from pp_spin.enumeration import log_evidence
from tests import oracle

AGENT = Agent(np.array([0.9, -0.4]), np.array(-0.25))
OMEGA, XI = 0.8, 1.3
SITES = ("hidden_spin", "action", "optimality")
EVERY = np.array(list(itertools.product((-1, 1), repeat=5)))  # two neighbours, then SITES


def closed_density(spins, xi=XI, omega=None):
    """Log of (B.8) with P(u) = 1/2, and with the preference (B.10) where omega is given."""
    neighbours, (hidden, action, outcome) = spins[:2], spins[2:]
    density = oracle.joint(*AGENT, neighbours, hidden) / 2
    density = density * oracle.spin_probability(outcome, xi * hidden * action)
    return np.log(density * (1 if omega is None else oracle.spin_probability(outcome, omega)))


@jax.jit
def predictive_density(spins):
    return density_of(predictive_model, AGENT, None, XI)(spins)


@jax.jit
def goal_directed_density(spins):
    return density_of(goal_directed_model, AGENT, None, OMEGA, XI)(spins)


def density_of(model, *args):
    def at(spins):
        ups = (spins + 1) // 2
        sites = {"neighbour_spins_up": ups[:2]}
        sites |= {f"{site}_up": ups[2 + i] for i, site in enumerate(SITES)}
        return log_density(model, args, {}, sites)[0]

    return jax.vmap(at)


def test_predictive_program_has_its_closed_density():
    expected = [closed_density(spins) for spins in EVERY]
    np.testing.assert_allclose(predictive_density(EVERY), expected, rtol=0, atol=1e-12)
    assert np.exp(expected).sum() == pytest.approx(1, abs=1e-12)
    wrong_sign = np.array([closed_density(spins, xi=-XI) for spins in EVERY])
    assert np.abs(predictive_density(EVERY) - wrong_sign).max() > 1


def test_goal_directed_program_has_its_closed_density_of_mass_one_half():
    expected = [closed_density(spins, omega=OMEGA) for spins in EVERY]
    np.testing.assert_allclose(goal_directed_density(EVERY), expected, rtol=0, atol=1e-12)
    assert np.exp(expected).sum() == pytest.approx(1 / 2, abs=1e-12)
    assert np.abs(goal_directed_density(EVERY) - predictive_density(EVERY)).max() > 0.1


@pytest.mark.parametrize("neighbours", [(1, 1), (-1, 1), (-1, -1)])
def test_enumerated_control_is_planning_as_inference(neighbours):
    spins, phi = np.array(neighbours), oracle.posterior_up(*AGENT, neighbours)

    @jax.jit
    def evidence(action):
        return log_evidence(goal_directed_model, AGENT, spins, OMEGA, XI, action, max_plates=1)

    down, up = np.exp([evidence(u) for u in ACTIONS])
    assert up / (down + up) == pytest.approx(
        oracle.planning_as_inference(phi, OMEGA, XI), abs=1e-12
    )


@pytest.mark.parametrize("neighbours", [(1, 1), (-1, 1), (-1, -1)])
def test_predicted_optimality_is_the_enumerated_conditional(neighbours):
    spins = np.array(neighbours)
    evidence = jax.jit(partial(log_evidence, predictive_model, AGENT, spins, XI, max_plates=1))
    both = np.exp([[evidence(action=u, optimality=o) for o in (-1, 1)] for u in ACTIONS])
    eta = perception.posterior_eta(AGENT, spins)
    np.testing.assert_allclose(
        planning.predicted_optimality(eta, XI), both[:, 1] / both.sum(1), rtol=0, atol=1e-12
    )


def test_expected_free_energy_is_cross_entropy_from_what_is_preferred():
    eta = 0.6
    phi = oracle.spin_probability(1, eta)
    expected = [
        -sum(
            oracle.spin_probability(outcome, XI * z * u)
            * (phi if z == 1 else 1 - phi)
            * np.log(oracle.spin_probability(outcome, OMEGA))
            for outcome, z in itertools.product((-1, 1), repeat=2)
        )
        for u in ACTIONS
    ]
    found = planning.expected_free_energies(eta, OMEGA, XI)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert np.abs(found - np.array(expected)[::-1]).max() > 0.1  # the two actions are told apart
