"""The agent acts on what it believes, and its action is what others observe (sections 2.3 and 2.4).

Equations (4) and (5): the agent of sec2_posterior.py acts. In section 2.4 there are N such agents,
each with precisions of its own, and what one of them does is an observation of those that hear it.
"""

import sympy as sp

from derivations.collective import NOT_ITSELF, gamma_one_way, i, j, k, local_field, sigma
from derivations.collective import zeta as priors
from derivations.display import Named, Total
from derivations.families import Moved, product, total
from derivations.notation import (
    bernoulli,
    gamma,
    logistic,
    phi_u,
    phi_z,
    spin_law,
    u,
    where,
    z,
    zeta,
)
from derivations.sec2_posterior import ALIKE, FIELD, MODEL, POSTERIOR, neighbour_law
from derivations.step import Derivation, Slip, Step, definition, equation


def printed_action_law_has_parameter_phi_u() -> Derivation:
    """Equation (4) as printed names phi_u on the left and has phi_z on the right.

    The statement under test is the printed one, that this is the law of an action which is up with
    probability phi_u. It fails, and the first step says why: the printed law does not depend on
    phi_u at all, so there is nothing that a free energy could choose.
    """
    printed = Named("Q(u)", bernoulli(phi_z, u))
    return Derivation(
        name="printed_action_law_has_parameter_phi_u",
        equations=("4", "B.21"),
        form="printed",
        statement=equation(where(printed, (u, 1)), phi_u),
        assumes=("phi_u and phi_z are two parameters, as in equation (5)",),
        lines=(
            definition(printed, "the right side of (4) as printed"),
            Step(
                sp.Derivative(printed, phi_u, evaluate=False),
                sp.Integer(0),
                "the right side of (4) does not contain phi_u",
                slip=Slip("the derivative of the law that was meant", u),
            ),
        ),
        expected="refuted",
    )


def action_law_is_bernoulli() -> Derivation:
    """Equations (4) and (B.21) with phi_u on the right: a law of u for every phi_u in (0, 1)."""
    law = Named("Q(u)", bernoulli(phi_u, u))
    up, down = where(law, (u, 1)), where(law, (u, -1))
    return Derivation(
        name="action_law_is_bernoulli",
        equations=("4", "B.21"),
        form="corrected",
        statement=equation(law, (1 + u * (2 * phi_u - 1)) / 2),
        assumes=("0 < phi_u < 1",),
        lines=(
            definition(law, "the right side of (4) with phi_u in place of phi_z"),
            Step(
                up,
                phi_u,
                "phi_u is the probability of acting up",
                slip=Slip("the exponents (u + 1)/2 and 1 - (u + 1)/2 exchanged", 1 - phi_u),
            ),
            Step(
                up + down,
                sp.Integer(1),
                "the two probabilities add up to one",
                slip=Slip("the action down counted as another one up", 2 * phi_u),
            ),
            Step(
                up - down,
                2 * phi_u - 1,
                "and 2 phi_u - 1 is the mean action",
                slip=Slip("the mean of a 0/1 action", phi_u),
            ),
        ),
        slip=Slip("the mean of a 0/1 action", (1 + u * phi_u) / 2),
    )


def matched_action_law_is_the_posterior() -> Derivation:
    """Equation (5): if phi_u equals phi_z, sampling an action is sampling the posterior of z.

    Only the consequence is decided here. Whether phi_u equals phi_z is appendix B's business.
    """
    acting = Named("Q(u)", bernoulli(logistic(2 * FIELD), u))
    return Derivation(
        name="matched_action_law_is_the_posterior",
        equations=("5",),
        form="printed",
        statement=equation(acting, where(POSTERIOR, (z, u))),
        assumes=(
            ALIKE,
            "phi_u = phi_z, which (5) takes for granted; the softmax agent of appendix B lacks it",
        ),
        lines=(
            definition(acting, "the action's law (4), corrected, with the posterior's parameter"),
            *MODEL,
            definition(POSTERIOR, "Bayes' rule"),
            Step(
                where(acting, (u, 1)),
                where(POSTERIOR, (z, 1)),
                "the action is up with the probability with which z is believed to be up",
                uses=("action_law_is_bernoulli", "posterior_is_logistic"),
                slip=Slip("an agent that acts by the prior", logistic(2 * zeta)),
            ),
        ),
        slip=Slip("an agent that acts against its belief", where(POSTERIOR, (z, -u))),
    )


def each_agent_acts_on_its_own_posterior() -> Derivation:
    """Section 2.4 and (9): in a collective every agent's action is what its neighbours observe.

    Agent i's model has a spin for each of the N agents, with gamma_ij = 0 for those that it does
    not hear: these tell it nothing. Bayes' rule gives its local field x_i, and an action of agent k
    moves that by what i hears of it.
    """
    field = local_field(i, precision=gamma_one_way)
    heard_by_others = total(gamma_one_way[j, i] * sigma[j], j)
    likelihood = Named("Pᵢ(σ|z)", product(neighbour_law(gamma_one_way[i, j], sigma[j]), j))
    joint = Named("Pᵢ(σ,z)", likelihood * spin_law(priors[i], z))
    posterior = Named("Pᵢ(z|σ)", joint / Total(joint, z))
    return Derivation(
        name="each_agent_acts_on_its_own_posterior",
        equations=("sec. 2.4", "9"),
        form="printed",
        statement=equation(where(posterior, (z, u)), spin_law(field, u)),
        assumes=(
            "any number N of agents, each of which matches its action u to its posterior",
            "gamma_ij = 0 where i does not hear j, and gamma_ij and gamma_ji may differ",
            NOT_ITSELF,
        ),
        lines=(
            definition(likelihood, "agent i's model of what the others show, (10)"),
            definition(joint, "likelihood times agent i's own prior"),
            definition(posterior, "Bayes' rule"),
            definition(field, "agent i's local field"),
            Step(
                where(neighbour_law(gamma, u), (gamma, 0)),
                sp.Rational(1, 2),
                "an agent that is not heard has a factor that is the same for both values of z",
                slip=Slip("its factor taken for one", sp.Integer(1)),
            ),
            Step(
                where(joint, (z, 1)) / where(joint, (z, -1)),
                sp.exp(2 * field),
                "each spin multiplies the odds of agent i by e^(2 gamma_ij sigma_j)",
                uses=("heterogeneous_posterior_is_logistic",),
                slip=Slip(
                    "what the others hear of agent i", sp.exp(2 * (priors[i] + heard_by_others))
                ),
            ),
            Step(
                where(posterior, (z, 1)),
                logistic(2 * field),
                "equation (9): the probability with which agent i acts up",
                uses=("action_law_is_bernoulli",),
                slip=Slip("the field taken for the log-odds", logistic(field)),
            ),
            Step(
                Moved(field, sigma[k], u) - field,
                gamma_one_way[i, k] * (u - sigma[k]),
                "once agent k has acted, agent i observes its action; its own (k = i) it does not",
                slip=Slip("what k hears of i", gamma_one_way[k, i] * (u - sigma[k])),
            ),
        ),
        slip=Slip("the prior left out", spin_law(field - priors[i], u)),
    )


DERIVATIONS = (
    printed_action_law_has_parameter_phi_u,
    action_law_is_bernoulli,
    matched_action_law_is_the_posterior,
    each_agent_acts_on_its_own_posterior,
)
