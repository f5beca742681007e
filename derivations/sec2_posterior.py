"""One agent infers what its neighbours share, and acts on it (section 2, equations 1 to 5).

The focal agent has three neighbours here, with one sensory precision for all of them; a second
derivation has any number of them, through the sum of their spins, which is all that matters.
"""

import sympy as sp

from derivations.display import Named, Total
from derivations.notation import (
    at,
    bernoulli,
    gamma,
    logistic,
    n_neighbours,
    phi_u,
    phi_z,
    spin_law,
    spin_sum,
    spins,
    u,
    where,
    z,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation


def posterior_is_logistic() -> Derivation:
    """Equations (1) to (3): Bayes' rule gives a law of one spin with local field zeta + gamma sum.

    The prior contributes zeta to the local field of z, each neighbour gamma times its spin; the
    normalisers of the likelihood do not depend on z, since cosh is even.
    """
    observed = spins(3)
    field = zeta + gamma * sp.Add(*observed)
    joint = Named("P(σ,z)", spin_law(zeta, z) * sp.Mul(*(spin_law(gamma * z, s) for s in observed)))
    posterior = joint / Total(joint, z)
    phi = Named("φ", logistic(2 * field))
    return Derivation(
        name="posterior_is_logistic",
        equations=("1", "2", "3"),
        form="printed",
        statement=equation(posterior, spin_law(field, z)),
        assumes=("three neighbours, all with the sensory precision gamma",),
        steps=(
            definition(joint, "the prior of z times one likelihood per neighbour"),
            Step(
                where(joint, (z, 1)) / where(joint, (z, -1)),
                sp.exp(2 * field),
                "the odds of z are the prior's odds times one likelihood ratio per neighbour",
                uses=("likelihood_is_normalised", "prior_is_normalised"),
            ),
            Step(
                posterior,
                spin_law(field, z),
                "a law of one spin with these odds is exp(x z)/(2 cosh x z), equation (1)",
            ),
            Step(where(posterior, (z, 1)), phi.definition, "equation (2): the case z = +1"),
            definition(phi, "the parameter of equation (3)"),
            Step(posterior, bernoulli(phi, z), "equation (3): the same law with phi_z named"),
        ),
    )


def posterior_is_logistic_in_the_sum_of_any_number_of_spins() -> Derivation:
    """Equation (1) for K neighbours: only the sum of their spins enters, whatever K is.

    It starts from (A.3), where the product over neighbours has become one exponential.
    """
    likelihood = sp.exp(z * gamma * spin_sum - n_neighbours * sp.log(2 * sp.cosh(gamma * z)))
    joint = Named("P(σ,z)", likelihood * spin_law(zeta, z))
    field = zeta + gamma * spin_sum
    return Derivation(
        name="posterior_is_logistic_in_the_sum_of_any_number_of_spins",
        equations=("1", "2"),
        form="printed",
        statement=equation(joint / Total(joint, z), spin_law(field, z)),
        assumes=("K neighbours with one sensory precision; Delta is the sum of their spins",),
        steps=(
            definition(joint, "the likelihood in the form (A.3), times the prior"),
            Step(
                where(joint, (z, 1)) / where(joint, (z, -1)),
                sp.exp(2 * field),
                "the K normalisers of the likelihood are the same for both values of z",
                uses=("likelihood_is_exponential_in_the_spin_sum",),
            ),
            Step(
                where(joint, (z, 1)) / Total(joint, z),
                logistic(2 * field),
                "a probability with odds e^(2x) is 1/(1 + e^(-2x))",
            ),
        ),
    )


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
        steps=(
            definition(printed, "the right side of (4) as printed"),
            Step(
                sp.Derivative(printed, phi_u, evaluate=False),
                sp.Integer(0),
                "the right side of (4) does not contain phi_u",
            ),
        ),
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
        steps=(
            definition(law, "the right side of (4) with phi_u in place of phi_z"),
            Step(up + down, sp.Integer(1), "the two probabilities add up to one"),
            Step(up, phi_u, "phi_u is the probability of acting up"),
            Step(up - down, 2 * phi_u - 1, "and 2 phi_u - 1 is the mean action"),
        ),
    )


def matched_action_law_is_the_posterior() -> Derivation:
    """Equation (5): if phi_u equals phi_z, sampling an action is sampling the posterior of z.

    Only the consequence is decided here. Whether phi_u equals phi_z is appendix B's business.
    """
    field = zeta + gamma * spin_sum
    acting = Named("Q(u)", at(bernoulli(phi_u, u), (phi_u, logistic(2 * field))))
    return Derivation(
        name="matched_action_law_is_the_posterior",
        equations=("5",),
        form="printed",
        statement=equation(acting, at(spin_law(field, z), (z, u))),
        assumes=("phi_u = phi_z",),
        steps=(
            definition(acting, "the action's law (4), corrected, with the posterior's parameter"),
            Step(
                where(acting, (u, 1)),
                logistic(2 * field),
                "the action is up with the probability with which z is believed to be up",
                uses=("action_law_is_bernoulli", "posterior_is_logistic"),
            ),
        ),
    )


DERIVATIONS = (
    posterior_is_logistic,
    posterior_is_logistic_in_the_sum_of_any_number_of_spins,
    printed_action_law_has_parameter_phi_u,
    action_law_is_bernoulli,
    matched_action_law_is_the_posterior,
)
