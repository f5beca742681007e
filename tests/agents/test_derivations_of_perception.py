"""The proofs of section 2 and appendix A, as functions of numbers, are what the programs compute.

Each pair is a step of a proof and the program that it is about. Both sides of the step equal the
program in every configuration; the step's slip does not, so that each comparison can fail.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import numpy as np
import pytest
from numpyro.infer.util import log_density

from derivations import Derivation, Step
from derivations.app_a_inference import bayes_rule_gives_the_logistic_posterior, prior_is_normalised
from derivations.app_a_likelihood import (
    heterogeneous_likelihood_is_exponential_in_the_weighted_sum,
    likelihood_is_exponential_in_the_spin_sum,
    likelihood_matrix_has_logistic_entries,
)
from derivations.collective import K, N
from derivations.collective import i as agent_i
from derivations.sec2_action import (
    each_agent_acts_on_its_own_posterior,
    matched_action_law_is_the_posterior,
)
from derivations.sec2_posterior import posterior_is_logistic
from pp_spin.agents.action import probability_matching
from pp_spin.agents.perception import Agent, generative_model, posterior_eta
from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.enumeration import log_evidence
from tests import cases
from tests.lambdified import lambdified

BOTH = np.array([-1, 1])

# ---- what the programs say, (2**n_neighbours, 2): in every context, for z or u = -1, +1


def contexts(agent):
    return configurations(len(agent.sensory_precision))


def joint(agent):
    """NumPyro's density of the program, every site given."""

    def at(spins, z):
        sites = {"hidden_spin_up": (z + 1) // 2, "neighbour_spins_up": (spins + 1) // 2}
        return log_density(generative_model, (agent,), {}, sites)[0]

    over_hidden = jax.vmap(at, in_axes=(None, 0))
    return np.exp(jax.jit(jax.vmap(over_hidden, in_axes=(0, None)))(contexts(agent), BOTH))


def prior(agent):
    """NumPyro's density of the same agent without neighbours."""
    alone = Agent(np.zeros(0), agent.prior_precision)
    density = [log_density(generative_model, (alone,), {}, {"hidden_spin_up": up}) for up in (0, 1)]
    law = np.exp([float(log_weight) for log_weight, _ in density])
    return np.broadcast_to(law, (len(contexts(agent)), 2))


def likelihood(agent):
    return joint(agent) / prior(agent)


def evidence(agent):
    """NumPyro's sum over the hidden spin."""
    evidence_of = partial(log_evidence, generative_model, agent, max_plates=1)
    summed = np.exp(jax.jit(jax.vmap(evidence_of))(contexts(agent)))
    return np.stack([summed, summed], axis=1)


def posterior(agent):
    return joint(agent) / evidence(agent)


def posterior_up(agent):
    return posterior(agent)[:, [1, 1]]


def action(agent):
    """The rule's law of u, from the agent's closed form."""
    up = probability_matching(jax.vmap(partial(posterior_eta, agent))(contexts(agent)))
    return np.stack([1 - up, up], axis=1)


# ---- the same by the proofs


def table(side, agent, precision):
    """A side of a step in every context, for z or u = -1, +1."""
    law = lambdified(side, {K: len(agent.sensory_precision)})
    numbers = {"gamma": precision(agent), "zeta": agent.prior_precision}
    return np.array(
        [
            [law(numbers | {"sigma": spins, "s": spins[0], "z": z, "u": z}) for z in BOTH]
            for spins in contexts(agent)
        ]
    )


def shared(agent):
    return agent.sensory_precision[0]


def each(agent):
    return agent.sensory_precision


class Pair(NamedTuple):
    step: Step
    program: Callable
    agents: tuple[str, ...] = ("one precision for all", "one neighbour")
    precision: Callable = shared


def statement(derivation: Derivation) -> Step:
    assert derivation.conclusion is not None
    return derivation.conclusion


BAYES = bayes_rule_gives_the_logistic_posterior().steps
PAIRS = {
    "prior": Pair(prior_is_normalised().steps[0], prior),
    "A.2": Pair(
        statement(likelihood_matrix_has_logistic_entries()), likelihood, ("one neighbour",)
    ),
    "A.3": Pair(statement(likelihood_is_exponential_in_the_spin_sum()), likelihood),
    "A.4": Pair(
        statement(heterogeneous_likelihood_is_exponential_in_the_weighted_sum()),
        likelihood,
        tuple(name for name, agent in cases.AGENTS.items() if len(agent.sensory_precision)),
        each,
    ),
    "A.5, joint": Pair(BAYES[0], joint),
    "A.5, evidence": Pair(BAYES[1], evidence),
    "A.6": Pair(BAYES[2], posterior),
    "A.7": Pair(statement(bayes_rule_gives_the_logistic_posterior()), posterior_up),
    "1": Pair(statement(posterior_is_logistic()), posterior),
    "3": Pair(posterior_is_logistic().steps[-1], posterior),
    "5": Pair(statement(matched_action_law_is_the_posterior()), action),
}


@pytest.mark.parametrize(("name", "agent"), [(n, a) for n, p in PAIRS.items() for a in p.agents])
def test_both_sides_of_a_proved_step_are_what_the_program_computes(name, agent):
    pair, agent = PAIRS[name], cases.AGENTS[agent]
    computed = pair.program(agent)
    for side in (pair.step.left, pair.step.right):
        np.testing.assert_allclose(table(side, agent, pair.precision), computed, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_the_slip_of_a_step_is_not_what_the_program_computes(name):
    pair = PAIRS[name]
    agent = cases.AGENTS[pair.agents[0]]
    assert pair.step.slip is not None
    slipped = table(pair.step.slip.right, agent, pair.precision)
    assert np.abs(slipped - pair.program(agent)).max() > 0.01


# ---- section 2.4: the collective


def kernel(collective):
    """What the kernel asks of every agent in every configuration, (2**n, n)."""
    everyone = np.arange(collective.n_agents)
    asked = jax.vmap(collective.up_prob_fn(), in_axes=(0, None))
    return np.asarray(jax.jit(asked)(configurations(collective.n_agents), everyone))


def proved(side, collective):
    """The same by a side of the proof, for the action u = +1."""
    n, numbers = collective.n_agents, {"zeta": collective.prior_precision, "u": 1}
    numbers["gamma"] = collective.sensory_precision
    laws = [lambdified(side, {N: n, agent_i: member}) for member in range(1, n + 1)]
    return np.array(
        [[law(numbers | {"sigma": spins}) for law in laws] for spins in configurations(n)]
    )


@pytest.mark.parametrize("collective", cases.COLLECTIVES[:9], ids=cases.describe)
def test_the_kernel_gives_every_agent_the_posterior_of_the_proof(collective):
    step = statement(each_agent_acts_on_its_own_posterior())
    computed = kernel(collective)
    for side in (step.left, step.right):
        np.testing.assert_allclose(proved(side, collective), computed, rtol=0, atol=1e-12)
    assert step.slip is not None
    assert np.abs(proved(step.slip.right, collective) - computed).max() > 0.01


def test_an_agent_acts_on_what_it_hears_and_not_on_what_the_others_hear_of_it():
    odds = each_agent_acts_on_its_own_posterior().steps[1]
    one_way = Collective([[0, 1, 1], [0, 0, 1], [0, 0, 0]], 0.1)
    up = kernel(one_way)
    np.testing.assert_allclose(proved(odds.right, one_way), up / (1 - up), rtol=1e-12)
    assert odds.slip is not None
    assert np.abs(proved(odds.slip.right, one_way) - up / (1 - up)).max() > 0.1
