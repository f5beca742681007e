"""The focal agent's inference: NumPyro's program, Bayes' rule and the free energy agree."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpyro.infer.util import log_density
from scipy.optimize import minimize_scalar

from pp_spin import spin
from pp_spin.agents import perception
from pp_spin.agents.perception import Agent
from pp_spin.configurations import configurations
from pp_spin.enumeration import log_evidence
from tests import oracle
from tests.cases import AGENTS

UNEVEN = AGENTS["one precision each"]
BOTH = np.array([-1, 1])

every_agent = pytest.mark.parametrize("agent", AGENTS.values(), ids=AGENTS)


def contexts(agent):
    return configurations(len(agent.sensory_precision))


def closed_joint(agent):
    """Log P(sigma, z) by the definition, (2**n_neighbours, 2)."""
    joint = partial(oracle.joint, agent.sensory_precision, agent.prior_precision)
    return np.log([[joint(spins, z) for z in BOTH] for spins in contexts(agent)])


def program_joint(agent):
    """The same by NumPyro's log density, every site given as a value."""

    def at(spins, z):
        sites = {"hidden_spin_up": (z + 1) // 2, "neighbour_spins_up": (spins + 1) // 2}
        return log_density(perception.generative_model, (agent,), {}, sites)[0]

    return over_configurations(at, agent)


def over_configurations(function, agent):
    over_hidden = jax.vmap(function, in_axes=(None, 0))
    return jax.jit(jax.vmap(over_hidden, in_axes=(0, None)))(contexts(agent), BOTH)


def enumerated_posterior(agent, spins):
    """P(z = +1 | sigma): the joint over the evidence that NumPyro sums."""
    evidence = log_evidence(perception.generative_model, agent, spins, max_plates=1)
    return jnp.exp(perception.log_joint(agent, spins, 1) - evidence)


@every_agent
def test_program_and_closed_joint_are_one_law(agent):
    expected = closed_joint(agent)
    np.testing.assert_allclose(program_joint(agent), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        over_configurations(partial(perception.log_joint, agent), agent), expected, atol=1e-12
    )
    assert np.exp(expected).sum() == pytest.approx(1, abs=1e-12)


def test_a_half_logit_agent_has_another_joint():
    half = Agent(UNEVEN.sensory_precision / 2, UNEVEN.prior_precision / 2)
    assert np.abs(program_joint(half) - closed_joint(UNEVEN)).max() > 0.1


@every_agent
def test_enumerated_posterior_is_logistic_in_the_weighted_sum(agent):
    gamma, zeta = agent.sensory_precision, agent.prior_precision
    expected = [oracle.posterior_up(gamma, zeta, spins) for spins in contexts(agent)]
    enumerated = jax.jit(jax.vmap(partial(enumerated_posterior, agent)))(contexts(agent))
    eta = jax.vmap(partial(perception.posterior_eta, agent))(contexts(agent))
    np.testing.assert_allclose(enumerated, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(spin.up_prob(eta), expected, rtol=0, atol=1e-12)


def test_spins_that_are_not_given_are_enumerated_too():
    total = jax.jit(lambda: log_evidence(perception.generative_model, UNEVEN, max_plates=1))
    assert total() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("spins", contexts(UNEVEN).tolist())
def test_free_energy_is_least_at_the_posterior_and_is_surprise_there(spins):
    free_energy = jax.jit(partial(perception.free_energy, UNEVEN, np.array(spins)))
    found = minimize_scalar(free_energy, bounds=(0, 1), method="bounded", options={"xatol": 1e-10})
    phi = float(spin.up_prob(perception.posterior_eta(UNEVEN, spins)))
    surprise = -np.log(oracle.evidence(*UNEVEN, spins))
    assert free_energy(phi) == pytest.approx(surprise, abs=1e-12)
    # A parabola is flat to rounding within the root of machine epsilon of its minimum.
    assert found.x == pytest.approx(phi, abs=np.sqrt(np.finfo(float).eps))
    assert free_energy(1 - phi) > surprise  # the posterior of the opposite spin is no minimum


def test_free_energy_of_a_certain_belief_is_its_negative_log_joint():
    spins = np.array([1, -1, 1])
    for phi, z in ((0.0, -1), (1.0, 1)):
        expected = -np.log(oracle.joint(*UNEVEN, spins, z))
        assert perception.free_energy(UNEVEN, spins, phi) == pytest.approx(expected, abs=1e-12)


def test_a_wrong_number_of_neighbours_is_refused():
    message = r"got neighbour_spins of shape \(2,\) but sensory_precision of shape \(3,\); give one"
    with pytest.raises(ValueError, match=message):
        perception.posterior_eta(UNEVEN, np.array([1, -1]))
