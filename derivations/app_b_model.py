"""What the agent foresees and prefers: its model of an action and its outcome (B.8 to B.14).

The optimality variable O says whether the action u matches the hidden state z. The paper lets two
precisions grow without bound and divides by what they diverge to. Here both stay finite (omega for
the preference, xi for the forward model), and limits come last.
"""

import sympy as sp

from derivations.collective import K, sigma
from derivations.display import Named, Total
from derivations.families import configurations
from derivations.notation import (
    action_precision,
    bernoulli,
    logistic,
    omega,
    optimality,
    phi_u,
    phi_z,
    spin_law,
    u,
    where,
    xi,
    z,
)
from derivations.sec2_posterior import ALIKE, JOINT, LIKELIHOOD, PRIOR
from derivations.step import Derivation, Slip, Step, definition, equation

ONE, HALF = sp.Integer(1), sp.Rational(1, 2)
GOAL = Named("P(O)", spin_law(omega, optimality))  # (B.10)
FORWARD = Named("P(O|z,u)", spin_law(xi * z * u, optimality))  # (B.12)
BELIEF = Named("Q(z)", bernoulli(phi_z, z))  # (B.18): what is believed of z, P(z) in (B.14)
ACTION = Named("Q(u)", bernoulli(phi_u, u))  # (B.21) with phi_u: a law of u
GRAPH = Named("P(O,u,z)", FORWARD * ACTION * GOAL * BELIEF)  # (B.14)
G_DOWN = sp.Symbol("G_minus", real=True)  # expected free energy of u = -1
G_UP = sp.Symbol("G_plus", real=True)  # expected free energy of u = +1
PERCEPTION = (
    definition(LIKELIHOOD, "one law of a spin per neighbour, section 2.1"),
    definition(PRIOR, "the law of one spin with the local field zeta"),
    definition(JOINT, "likelihood times prior"),
)
FACTORS = (
    definition(GOAL, "(B.10)"),
    definition(FORWARD, "(B.12)"),
    definition(BELIEF, "P(z) in (B.14), up with probability phi_z"),
)


def one_outcome_factor_gives_a_normalised_joint() -> Derivation:
    """(B.8): the generative model has one factor on O, and its mass is one.

    Sum over O first, then over the action, then over what was observed and its cause: each factor
    is a law of what it stands for, given what is still to be summed.
    """
    model = Named("P(σ,z,u,O)", FORWARD * JOINT * ACTION)
    seen = configurations(JOINT, (sigma, K))
    return Derivation(
        name="one_outcome_factor_gives_a_normalised_joint",
        equations=("B.8",),
        form="printed",
        statement=equation(Total(FORWARD * ACTION * seen, optimality, u, z), ONE),
        assumes=(
            ALIKE,
            "any law of u",
            "u is drawn independently of sigma and z",
            "the factor on O is the forward model (B.12)",
            "O does not depend on sigma once z and u are given",
        ),
        lines=(
            definition(FORWARD, "(B.12)"),
            definition(ACTION, "any law of the action"),
            *PERCEPTION,
            definition(model, "(B.8)"),
            Step(
                Total(FORWARD, optimality),
                ONE,
                "(B.12) is a law of O",
                slip=Slip("its normaliser forgotten", 2 * sp.cosh(xi)),
            ),
            Step(
                Total(ACTION, u),
                ONE,
                "and Q(u) one of u",
                uses=("action_law_is_bernoulli",),
                slip=Slip("one of the two actions forgotten", phi_u),
            ),
            Step(
                Total(model, optimality, u),
                JOINT,
                "so that O and u, which nobody has seen yet, do not change the agent's joint",
                slip=Slip("u weighted by one instead of its law", 2 * JOINT),
            ),
            Step(
                Total(seen, z),
                ONE,
                "which is normalised; below, what O and u do not touch is summed first",
                uses=("joint_is_normalised",),
                slip=Slip("the prior of z left out", sp.Integer(2)),
            ),
        ),
        slip=Slip("a second factor on O, as in (B.14) with a flat u", HALF),
    )


def softmax_prior_is_logistic_in_the_gap() -> Derivation:
    """(B.9), with the precision that (B.26) uses and (B.9) lacks.

    A softmax of two numbers depends on their difference alone. Printed is the case alpha = 1.
    """
    weights = [sp.exp(-action_precision * g) for g in (G_UP, G_DOWN)]
    prior = Named("P(u=1)", weights[0] / (weights[0] + weights[1]))
    gap = G_DOWN - G_UP
    return Derivation(
        name="softmax_prior_is_logistic_in_the_gap",
        equations=("B.9",),
        form="corrected",
        statement=equation(prior, logistic(action_precision * gap)),
        assumes=("two actions", "P(u) is proportional to exp(-alpha G(u))"),
        lines=(
            definition(prior, "the softmax of two expected free energies"),
            Step(
                sp.log(prior / (1 - prior)),
                action_precision * gap,
                "the log-odds of two weights is the difference of their exponents",
                slip=Slip("the precision left out, as in (B.9)", gap),
            ),
            Step(
                where(prior, (action_precision, 1)),
                sp.exp(-G_UP) / (sp.exp(-G_UP) + sp.exp(-G_DOWN)),
                "(B.9) as printed is the case alpha = 1",
                slip=Slip("the sign of G turned", sp.exp(G_UP) / (sp.exp(G_UP) + sp.exp(G_DOWN))),
            ),
        ),
        slip=Slip(
            "the free energy of one action, as in (B.26)", logistic(-action_precision * G_UP)
        ),
    )


def one_printed_softmax_serves_prior_and_action() -> Derivation:
    """(B.9) and (B.26) as printed: the first has no precision, the second has the beta alpha.

    The statement under test is that one softmax serves for both. The log-odds differ by alpha - 1
    times the gap of the free energies, so that it holds at alpha = 1 only, or on a tie.
    """
    prior = Named("P(u=1)", sp.exp(-G_UP) / (sp.exp(-G_UP) + sp.exp(-G_DOWN)))
    gap = G_DOWN - G_UP
    acting = Named("φᵤ", logistic(action_precision * gap))
    return Derivation(
        name="one_printed_softmax_serves_prior_and_action",
        equations=("B.9", "B.26"),
        form="printed",
        statement=equation(prior, acting),
        assumes=("two actions", "any precision alpha of the action, the beta of (B.26)"),
        lines=(
            definition(prior, "(B.9) as printed"),
            definition(acting, "the sigmoid of (B.26) with its precision and both free energies"),
            Step(
                sp.log(prior / (1 - prior)),
                gap,
                "the log-odds of (B.9) are the gap itself",
                slip=Slip("the sign of G turned", -gap),
            ),
            Step(
                sp.log(acting / (1 - acting)) - sp.log(prior / (1 - prior)),
                (action_precision - 1) * gap,
                "those of (B.26) are alpha times as large",
                uses=("softmax_prior_is_logistic_in_the_gap",),
                slip=Slip("the log-odds of (B.9) not taken off", action_precision * gap),
            ),
        ),
        expected="refuted",
    )


def goal_prior_tends_to_certainty() -> Derivation:
    """(B.10), (B.11): an agent with infinite preference precision wants O = +1 and nothing else."""
    return Derivation(
        name="goal_prior_tends_to_certainty",
        equations=("B.10", "B.11"),
        form="printed",
        statement=equation(sp.Limit(GOAL, omega, sp.oo), (1 + optimality) / 2),
        assumes=("omega grows without bound",),
        lines=(
            definition(GOAL, "(B.10)"),
            Step(
                Total(GOAL, optimality),
                ONE,
                "it is normalised",
                slip=Slip("sinh for cosh in its normaliser", sp.coth(omega)),
            ),
            Step(
                where(GOAL, (optimality, 1)),
                logistic(2 * omega),
                "2 omega is its log-odds",
                slip=Slip("omega taken for the log-odds", logistic(omega)),
            ),
            Step(
                GOAL,
                (1 + optimality * sp.tanh(omega)) / 2,
                "and tanh omega its mean",
                slip=Slip(
                    "the mean of a unit, not of a spin", (1 + optimality * logistic(2 * omega)) / 2
                ),
            ),
        ),
        slip=Slip("the unwanted outcome made certain", (1 - optimality) / 2),
    )


def forward_model_tends_to_the_matching_tables() -> Derivation:
    """(B.12), (B.13): in the limit O = +1 says that the action matches the hidden state.

    It is a law of one spin with local field xi z u: the two tables of (B.13) are its limits for
    u = -1 and u = +1.
    """
    limit = (1 + optimality * z * u) / 2
    return Derivation(
        name="forward_model_tends_to_the_matching_tables",
        equations=("B.12", "B.13"),
        form="printed",
        statement=equation(sp.Limit(FORWARD, xi, sp.oo), limit),
        assumes=("xi grows without bound",),
        lines=(
            definition(FORWARD, "(B.12)"),
            Step(
                Total(FORWARD, optimality),
                ONE,
                "it is normalised",
                slip=Slip("summed over z in place of O", Total(FORWARD, z, optimality)),
            ),
            Step(
                FORWARD,
                (1 + optimality * z * u * sp.tanh(xi)) / 2,
                "z u tanh xi is its mean",
                slip=Slip("the action left out", (1 + optimality * z * sp.tanh(xi)) / 2),
            ),
            Step(
                where(FORWARD, (optimality, 1)),
                logistic(2 * xi * z * u),
                "the outcome is good with log-odds 2 xi where u = z, and -2 xi where not",
                slip=Slip("xi taken for the log-odds", logistic(xi * z * u)),
            ),
            Step(
                where(limit, (u, -1)),
                (1 - optimality * z) / 2,
                "the first table of (B.13): for u = -1, one where O and z differ",
                slip=Slip("the two tables exchanged", (1 + optimality * z) / 2),
            ),
            Step(
                where(limit, (u, 1)),
                (1 + optimality * z) / 2,
                "the second: for u = +1, one where they agree",
                slip=Slip("the two tables exchanged", (1 - optimality * z) / 2),
            ),
        ),
        slip=Slip("the action taken to fix z whatever its sign", (1 + optimality * z) / 2),
    )


def factor_graph_has_mass_one_half_for_a_flat_action_prior() -> Derivation:
    """(B.14) corrected: an unnormalised factor graph, of mass 1/2 when no action is preferred.

    Two laws stand on the one O. Two spins with means a and b agree with probability (1 + ab)/2, and
    that is the mass: how often the foreseen outcome is the preferred one.
    """
    wanted, foreseen = sp.tanh(omega), z * u * sp.tanh(xi)
    agreement = sp.tanh(xi) * sp.tanh(omega) * (2 * phi_u - 1) * (2 * phi_z - 1)
    mass = Total(GRAPH, optimality, z, u)
    return Derivation(
        name="factor_graph_has_mass_one_half_for_a_flat_action_prior",
        equations=("B.14",),
        form="corrected",
        statement=equation(where(mass, (phi_u, HALF)), HALF),
        assumes=("P(u) is any law of the action, flat in the statement",),
        lines=(
            *FACTORS,
            definition(ACTION, "P(u) in (B.14), up with probability phi_u"),
            definition(GRAPH, "(B.14)"),
            Step(
                Total(FORWARD * GOAL, optimality),
                (1 + foreseen * wanted) / 2,
                "two laws of a spin with means z u tanh xi and tanh omega agree this often",
                uses=(
                    "goal_prior_tends_to_certainty",
                    "forward_model_tends_to_the_matching_tables",
                ),
                slip=Slip("the preference left out", (1 + foreseen) / 2),
            ),
            Step(
                Total(z * BELIEF, z),
                2 * phi_z - 1,
                "z has this mean",
                slip=Slip("the probability taken for the mean", phi_z),
            ),
            Step(
                Total(u * ACTION, u),
                2 * phi_u - 1,
                "u that one",
                uses=("action_law_is_bernoulli",),
                slip=Slip("the probability taken for the mean", phi_u),
            ),
            Step(
                mass,
                (1 + agreement) / 2,
                "so that this is the mass for any P(u)",
                slip=Slip("the mean of u taken for 1", (1 + agreement / (2 * phi_u - 1)) / 2),
            ),
        ),
        slip=Slip("taken for normalised", ONE),
    )


def printed_factor_graph_is_normalised() -> Derivation:
    """(B.14) read as a probability density: it holds two factors on O, so its mass is not one."""
    agreement = sp.tanh(xi) * sp.tanh(omega) * (2 * phi_u - 1) * (2 * phi_z - 1)
    mass = Total(GRAPH, optimality, z, u)
    return Derivation(
        name="printed_factor_graph_is_normalised",
        equations=("B.14",),
        form="printed",
        statement=equation(mass, ONE),
        assumes=("P(u) any law of the action",),
        lines=(
            *FACTORS,
            definition(ACTION, "P(u) in (B.14), up with probability phi_u"),
            definition(GRAPH, "(B.14)"),
            Step(
                mass,
                (1 + agreement) / 2,
                "the foreseen and the preferred outcome agree this often",
                uses=("factor_graph_has_mass_one_half_for_a_flat_action_prior",),
                slip=Slip("the 1/2 forgotten", 1 + agreement),
            ),
            Step(
                mass,
                ONE,
                "which is less than one, whatever is believed and done",
                relation="<",
                slip=Slip("the bound of a flat action", HALF),
            ),
        ),
        expected="refuted",
    )


DERIVATIONS = (
    one_outcome_factor_gives_a_normalised_joint,
    one_printed_softmax_serves_prior_and_action,
    softmax_prior_is_logistic_in_the_gap,
    goal_prior_tends_to_certainty,
    forward_model_tends_to_the_matching_tables,
    printed_factor_graph_is_normalised,
    factor_graph_has_mass_one_half_for_a_flat_action_prior,
)
