"""The proofs of appendix B, as functions of numbers, are what the programs compute.

Each pair is a step of a proof and the program that it is about, for every configuration of the
neighbours, z, u and O. Both sides of the step equal the program; the step's slip does not, so that
each comparison can fail.
"""

import itertools
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import numpy as np
import pytest
from numpyro.infer.util import log_density

from derivations import Derivation, Step
from derivations.app_b_action import softmax_agent_acts_by_a_scaled_belief
from derivations.app_b_free_energy import (
    expected_free_energy_gap_is_finite,
    predicted_outcome_is_a_noisy_copy_of_the_belief,
)
from derivations.app_b_inference import (
    exact_joint_posterior_does_not_factorise,
    free_energy_is_minimised_by_the_posterior,
)
from derivations.app_b_matching import infinite_precision_makes_the_action_certain
from derivations.app_b_model import (
    ACTION,
    BELIEF,
    FORWARD,
    GOAL,
    GRAPH,
    factor_graph_has_mass_one_half_for_a_flat_action_prior,
    forward_model_tends_to_the_matching_tables,
    one_outcome_factor_gives_a_normalised_joint,
    softmax_prior_is_logistic_in_the_gap,
)
from derivations.app_b_planning import (
    planning_as_inference_matches_probability,
    planning_as_inference_shrinks_the_belief,
)
from derivations.app_b_printed import PRINTED, printed_action_posterior_uses_one_free_energy
from derivations.collective import K
from derivations.sec2_posterior import JOINT
from pp_spin.agents import perception, planning
from pp_spin.agents.action import (
    expected_free_energy,
    maximum_a_posteriori,
    planning_as_inference,
    probability_matching,
)
from pp_spin.claims.app_b_action import printed_action_rule
from pp_spin.configurations import configurations
from pp_spin.spin import up_prob
from tests import cases
from tests.lambdified import lambdified

BOTH = np.array([-1, 1])
AGENTS = ("one precision for all", "one neighbour")


class Precisions(NamedTuple):
    omega: float
    xi: float
    alpha: float


PRECISIONS = (Precisions(0.8, 1.3, 1.1), Precisions(2.0, 0.4, 0.7))
AVERSION = 1.7


# ---- what the programs say: (contexts, z, u, O), with length 1 where it does not matter


def contexts(agent):
    return configurations(len(agent.sensory_precision))


def fields(agent):
    return jax.vmap(partial(perception.posterior_eta, agent))(contexts(agent))


def beliefs(agent):
    return np.asarray(up_prob(fields(agent)))


def per_context(values):
    return np.asarray(values)[:, None, None, None]


def per_action(values):
    return np.asarray(values)[:, None, :, None]


def density(model, *args):
    """NumPyro's density of a program of one agent, every site given."""
    spins = contexts(args[0])
    rows = list(itertools.product(spins, BOTH, BOTH, BOTH))
    columns = [np.array([row[place] for row in rows]) for place in range(4)]
    return np.exp(_log_densities(model, args, *columns)).reshape(len(spins), 2, 2, 2)


@partial(jax.jit, static_argnums=0)
def _log_densities(model, args, neighbours, *others):
    def at(spins, z, u, o):
        sites = {"neighbour_spins": spins, "hidden_spin": z, "action": u, "optimality": o}
        ups = {f"{site}_up": (s + 1) // 2 for site, s in sites.items()}
        return log_density(model, args, {}, ups)[0]

    return jax.vmap(at)(neighbours, *others)


def predictive(agent, p):
    """(B.8) with P(u) = 1/2."""
    return density(planning.predictive_model, agent, None, p.xi)


def goal_directed(agent, p):
    """(B.14) given the context: over the evidence P(sigma)."""
    evidence = predictive(agent, p).sum((1, 2, 3), keepdims=True)
    return density(planning.goal_directed_model, agent, None, p.omega, p.xi) / evidence


def law_of_action(agent, p):
    """What NumPyro's factor graph makes of u, by Bayes' rule."""
    of_action = goal_directed(agent, p).sum((1, 3), keepdims=True)
    return of_action / of_action.sum(2, keepdims=True)


def predicted(agent, p):
    """Q(O | u) of the program, for u and O = -1, +1."""
    up = jax.vmap(planning.predicted_optimality, in_axes=(0, None))(fields(agent), p.xi)
    return np.stack([1 - up, up], axis=-1)[:, None]


def worth(agent, p):
    """G(u) of the program."""
    of_field = jax.vmap(planning.expected_free_energies, in_axes=(0, None, None))
    return per_action(of_field(fields(agent), p.omega, p.xi))


def gap(agent, p):
    g = worth(agent, p)
    return g[:, :, :1] - g[:, :, 1:]


def guess(agent):
    """A belief that is not the posterior."""
    return 0.1 + 0.8 * beliefs(agent) ** 2


def free_energy(agent, p):
    return per_context(_free_energies(agent, guess(agent)))


def slope_of_free_energy(agent, p):
    slopes = jax.vmap(jax.grad(perception.free_energy, argnums=2), in_axes=(None, 0, 0))
    return per_context(slopes(agent, contexts(agent), guess(agent)))


def least_free_energy(agent, p):
    return per_context(_free_energies(agent, beliefs(agent)))


def _free_energies(agent, phi):
    each = jax.vmap(perception.free_energy, in_axes=(None, 0, 0))
    return each(agent, contexts(agent), phi)


def acting_by(rule_of):
    """P(u = +1) by a rule."""
    return lambda agent, p: per_context(rule_of(p)(fields(agent)))


softmax = acting_by(lambda p: expected_free_energy(p.omega, p.xi, p.alpha))
planned = acting_by(lambda p: planning_as_inference(p.omega, p.xi))
printed = acting_by(lambda p: printed_action_rule(p.alpha * AVERSION))


def matched(agent, p):
    """The law of u by the rule of eq. (5)."""
    up = probability_matching(fields(agent))
    return per_action(np.stack([1 - up, up], axis=1))


# ---- the same by the proofs


def table(side, agent, p, belief):
    """A side of a step for every configuration of the neighbours, z, u and O."""
    law = lambdified(side, {K: len(agent.sensory_precision)})
    scale = 2 * p.alpha * p.omega * np.tanh(p.xi)
    shared = {"gamma": agent.sensory_precision[0], "zeta": agent.prior_precision}
    shared |= {"omega": p.omega, "xi": p.xi, "alpha": p.alpha, "b": scale, "L": AVERSION}
    shared |= {"phi_u": 0.5}
    g = worth(agent, p)[:, 0, :, 0]
    rows = zip(contexts(agent), belief(agent), g, strict=True)
    return np.array(
        [
            law(
                shared
                | {"sigma": spins, "phi_z": phi, "G_minus": down, "G_plus": up}
                | {"z": z, "u": u, "O": o}
            )
            for spins, phi, (down, up) in rows
            for z, u, o in itertools.product(BOTH, BOTH, BOTH)
        ]
    ).reshape(-1, 2, 2, 2)


class Pair(NamedTuple):
    """Sides that are proved equal, a slip that is not, and the program."""

    sides: tuple
    slip: object
    program: Callable
    belief: Callable = beliefs


def of_step(step: Step, program: Callable, belief: Callable = beliefs) -> Pair:
    assert step.slip is not None
    return Pair((step.left, step.right), step.slip.right, program, belief)


def statement(derivation: Derivation) -> Step:
    assert derivation.conclusion is not None
    return derivation.conclusion


def summed(program, *axes):
    return lambda agent, p: program(agent, p).sum(axes, keepdims=True)


def forward(agent, p):
    return predictive(agent, p) / predictive(agent, p).sum(3, keepdims=True)


MODEL = one_outcome_factor_gives_a_normalised_joint()
FACTORS = factor_graph_has_mass_one_half_for_a_flat_action_prior()
BEST_BELIEF = free_energy_is_minimised_by_the_posterior().steps
SHRUNK = planning_as_inference_shrinks_the_belief()
PRINTED_ACTION = printed_action_posterior_uses_one_free_energy()
SOFT = softmax_agent_acts_by_a_scaled_belief()

PAIRS = {
    "B.8": Pair((FORWARD * JOINT * ACTION,), FORWARD * JOINT * ACTION * GOAL, predictive),
    "B.8, O and u summed out": of_step(MODEL.steps[2], summed(predictive, 2, 3)),
    "B.8, its mass": of_step(statement(MODEL), summed(predictive, 0, 1, 2, 3)),
    "B.9": of_step(statement(softmax_prior_is_logistic_in_the_gap()), softmax),
    "B.12": of_step(forward_model_tends_to_the_matching_tables().steps[1], forward),
    "B.14": Pair((GRAPH,), FORWARD * ACTION * BELIEF, goal_directed),
    "B.14, its mass": of_step(statement(FACTORS), summed(goal_directed, 1, 2, 3)),
    "B.15": of_step(
        exact_joint_posterior_does_not_factorise().steps[0],
        lambda agent, p: 2 * goal_directed(agent, p).sum(3, keepdims=True),
    ),
    "B.17": of_step(BEST_BELIEF[0], free_energy, guess),
    "B.17, its slope": of_step(BEST_BELIEF[1], slope_of_free_energy, guess),
    "B.19": of_step(BEST_BELIEF[4], least_free_energy),
    "B.22": of_step(expected_free_energy_gap_is_finite().steps[2], worth),
    "B.23": of_step(statement(predicted_outcome_is_a_noisy_copy_of_the_belief()), predicted),
    "B.25": of_step(statement(expected_free_energy_gap_is_finite()), gap),
    "B.26": of_step(statement(SOFT), softmax),
    "B.26, of the neighbours": of_step(SOFT.steps[2], softmax),
    "B.26, as printed": Pair((PRINTED,), statement(PRINTED_ACTION).left, printed),
    "planning, the factor graph": of_step(SHRUNK.steps[1], law_of_action),
    "planning, the rule": of_step(statement(SHRUNK), planned),
    "planning, of the neighbours": of_step(SHRUNK.steps[2], planned),
    "B.28": of_step(planning_as_inference_matches_probability().steps[2], matched),
}


@pytest.mark.parametrize("precisions", PRECISIONS, ids=str)
@pytest.mark.parametrize("agent", AGENTS)
@pytest.mark.parametrize("name", PAIRS)
def test_both_sides_of_a_proved_step_are_what_the_program_computes(name, agent, precisions):
    pair, agent = PAIRS[name], cases.AGENTS[agent]
    computed = pair.program(agent, precisions)
    for side in pair.sides:
        proved = table(side, agent, precisions, pair.belief)
        np.testing.assert_allclose(proved - computed, 0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", PAIRS)
def test_the_slip_of_a_step_is_not_what_the_program_computes(name):
    pair, agent = PAIRS[name], cases.AGENTS[AGENTS[0]]
    slipped = table(pair.slip, agent, PRECISIONS[0], pair.belief)
    assert np.abs(slipped - pair.program(agent, PRECISIONS[0])).max() > 0.01


def test_the_most_probable_state_is_the_limit_of_the_softmax():
    proof = infinite_precision_makes_the_action_certain()
    limits = {1: statement(proof), -1: proof.steps[2], 0: proof.steps[3]}
    for sign, step in limits.items():
        taken = float(maximum_a_posteriori(0.3 * sign))
        assert taken == float(step.right)
        near = expected_free_energy(1e3, 1.0, 1e3)(0.3 * sign)
        assert near == pytest.approx(float(step.right), abs=1e-12)
        assert step.slip is not None
        assert lambdified(step.slip.right, {})({"v": np.tanh(0.3)}) != pytest.approx(taken)
