"""The beliefs that are least surprised: free energy of z, and of z and u together (B.15 to B.19).

The paper factorises the posterior of (z, u). Here is what that leaves out, what the best factors
would be, and what its perception is: exact Bayes.
"""

import sympy as sp
from sympy import Symbol

from derivations.app_b_model import (
    ACTION,
    BELIEF,
    FACTORS,
    FORWARD,
    GOAL,
    HALF,
    ONE,
    PERCEPTION,
)
from derivations.display import Named, Total
from derivations.notation import (
    logistic,
    omega,
    optimality,
    phi_u,
    phi_z,
    u,
    where,
    xi,
    z,
    zeta,
)
from derivations.sec2_posterior import ALIKE, FIELD, JOINT, POSTERIOR
from derivations.step import Derivation, Slip, Step, definition, equation

ZERO = sp.Integer(0)
MEAN = Symbol("m", real=True)  # of the belief, 2 phi_z - 1
SIZE = Symbol("v", positive=True)  # of a mean that is not zero
X = Named("x", FIELD)
THE_FIELD = definition(X, "the local field of the posterior")
EVIDENCE = Named("P(σ)", Total(JOINT, z))
FREE_ENERGY = Named("F", Total(BELIEF * (sp.log(BELIEF) - sp.log(JOINT)), z))  # (B.17)
DIVERGENCE = Named("D", Total(BELIEF * (sp.log(BELIEF) - sp.log(POSTERIOR)), z))
LOG_ODDS = sp.log(phi_z / (1 - phi_z))


def exact_joint_posterior_does_not_factorise() -> Derivation:
    """(B.15), (B.16): the posterior of (z, u) in the factor graph, which the paper factorises.

    A product law has P(++) P(--) = P(+-) P(-+). The exact posterior misses this by the square of
    (1 + t)/(1 - t), t = tanh(xi) tanh(omega), and in the limit u = z for certain: (B.16) is a
    mean-field approximation, and an extreme one where the paper takes its limits.
    """
    weight = Named("w(z,u)", Total(FORWARD * GOAL * BELIEF, optimality))
    agreement = sp.tanh(xi) * sp.tanh(omega)
    cells = {(a, b): where(weight, (z, a), (u, b)) for a in (1, -1) for b in (1, -1)}
    summed = BELIEF * (1 + agreement * z * u) / 2
    return Derivation(
        name="exact_joint_posterior_does_not_factorise",
        equations=("B.15", "B.16"),
        form="corrected",
        statement=equation(
            cells[1, 1] * cells[-1, -1] / (cells[1, -1] * cells[-1, 1]),
            ((1 + agreement) / (1 - agreement)) ** 2,
        ),
        assumes=(
            "P(u) = 1/2",
            "omega and xi finite, not zero",
            "O, which (B.15) neither fixes nor averages, is summed out with its goal prior (B.10)",
        ),
        lines=(
            *FACTORS,
            definition(weight, "the factor graph (B.14), O summed out, without its P(u) = 1/2"),
            Step(
                weight,
                summed,
                "summing out O leaves a factor that couples z and u",
                uses=("factor_graph_has_mass_one_half_for_a_flat_action_prior",),
                slip=Slip("the coupling lost", BELIEF / 2),
            ),
            Step(
                Total(weight, z, u),
                ONE,
                "and a normalised law: the posterior of z and u",
                slip=Slip("the mass of (B.14), whose P(u) is left out here", HALF),
            ),
            Step(
                sp.Limit(sp.Limit((1 + agreement * z * u) / 2, omega, sp.oo), xi, sp.oo),
                (1 + z * u) / 2,
                "in the paper's limit it is 0 where z and u differ: they are equal for certain",
                slip=Slip("independent in the limit", HALF),
            ),
        ),
        slip=Slip("the odds of one agreement only", (1 + agreement) / (1 - agreement)),
    )


def mean_field_action_is_a_sigmoid_of_the_mean_belief() -> Derivation:
    """(B.16) taken at its word: the best Q(z) Q(u) given O = +1.

    With Q(z) held, the best Q(u) has the log-odds 2 xi (2 phi_z - 1): a sigmoid of the mean belief,
    as in (B.26), and not the belief itself. The paper leaves out what Q(u) then does to Q(z).
    """
    model = Named("P(σ,z,u,O=1)", where(FORWARD, (optimality, 1)) * JOINT * HALF)
    both = BELIEF * ACTION
    free_energy = Named("F", Total(both * (sp.log(both) - sp.log(model)), z, u))
    log_odds = 2 * xi * (2 * phi_z - 1)
    slope = sp.log(phi_u / (1 - phi_u)) - log_odds
    return Derivation(
        name="mean_field_action_is_a_sigmoid_of_the_mean_belief",
        equations=("B.15", "B.16"),
        form="corrected",
        statement=equation(
            where(sp.Derivative(free_energy, phi_u), (phi_u, logistic(log_odds))), ZERO
        ),
        assumes=(
            ALIKE,
            "P(u) = 1/2",
            "O, which (B.15) neither fixes nor averages, is given as O = +1",
            "Q(z) is held while Q(u) is chosen",
        ),
        lines=(
            definition(FORWARD, "(B.12)"),
            *PERCEPTION,
            THE_FIELD,
            definition(model, "(B.8) with a flat P(u), the preferred outcome given"),
            definition(BELIEF, "(B.18)"),
            definition(ACTION, "(B.21) with phi_u"),
            definition(free_energy, "(B.15) for the product (B.16)"),
            Step(
                sp.Derivative(free_energy, phi_u),
                slope,
                "the slope is the action's log-odds minus the expected ln P(O = 1 | z, u), "
                "u = +1 against u = -1",
                uses=("one_outcome_factor_gives_a_normalised_joint",),
                slip=Slip("half log-odds taken for log-odds", slope + log_odds / 2),
            ),
            Step(
                ZERO,
                sp.Derivative(slope, phi_u),
                "it rises with phi_u, so that its zero is the only minimum",
                relation="<",
                slip=Slip("taken for the free energy's entropy term turned round", -1 / phi_u),
            ),
            Step(
                sp.Derivative(free_energy, phi_z),
                LOG_ODDS - 2 * X - 2 * xi * (2 * phi_u - 1),
                "what (B.17) leaves out: the intended action pulls the belief in turn",
                uses=("posterior_is_logistic",),
                slip=Slip("the pull of the action left out", LOG_ODDS - 2 * X),
            ),
        ),
        slip=Slip("the paper's own (5), phi_u = phi_z", LOG_ODDS),
    )


def certainty(acting: Named, precision: Symbol) -> tuple[Step, Step]:
    """An action with log-odds in proportion to the mean belief, as its precision grows."""
    return (
        Step(
            sp.Limit(where(acting, (MEAN, -SIZE)), precision, sp.oo),
            ZERO,
            "where z = -1 is the more probable state, the agent never acts up",
            slip=Slip("a coin on either side", HALF),
        ),
        Step(
            where(acting, (MEAN, 0)),
            HALF,
            "and on a tie it tosses a coin, however precise it is",
            slip=Slip("up on a tie", ONE),
        ),
    )


def mean_field_action_becomes_the_most_probable_state() -> Derivation:
    """(B.16) at infinite xi: the mean-field agent takes the more probable state for certain.

    Written with the mean belief m = 2 phi_z - 1, and v > 0 for its size.
    """
    acting = Named("φ(m)", logistic(2 * xi * MEAN))
    return Derivation(
        name="mean_field_action_becomes_the_most_probable_state",
        equations=("B.16",),
        form="corrected",
        statement=equation(sp.Limit(where(acting, (MEAN, SIZE)), xi, sp.oo), ONE),
        assumes=("m = 2 phi_z - 1 is not zero", "xi grows without bound"),
        lines=(
            Step(
                where(logistic(2 * xi * (2 * phi_z - 1)), (phi_z, (1 + MEAN) / 2)),
                acting.definition,
                "the mean-field action in terms of the mean belief",
                uses=("mean_field_action_is_a_sigmoid_of_the_mean_belief",),
                slip=Slip("phi_z taken for the mean", logistic(xi * (1 + MEAN))),
            ),
            definition(acting, "m is the mean belief"),
            *certainty(acting, xi),
        ),
        slip=Slip("probability matching", (1 + SIZE) / 2),
    )


def free_energy_is_minimised_by_the_posterior() -> Derivation:
    """(B.17) to (B.19): F is a divergence from the posterior plus a constant, and convex.

    Its slope is the difference of two log-odds, that of the belief and that of the posterior, and
    rises with phi_z; so the posterior is the only minimum.
    """
    slope = LOG_ODDS - 2 * X
    posterior_up = logistic(2 * X)
    return Derivation(
        name="free_energy_is_minimised_by_the_posterior",
        equations=("B.17", "B.18", "B.19"),
        form="printed",
        statement=equation(where(sp.Derivative(FREE_ENERGY, phi_z), (phi_z, posterior_up)), ZERO),
        assumes=(ALIKE, "0 < phi_z < 1"),
        lines=(
            *PERCEPTION,
            definition(BELIEF, "(B.18)"),
            definition(FREE_ENERGY, "(B.17)"),
            THE_FIELD,
            definition(POSTERIOR, "Bayes' rule"),
            definition(DIVERGENCE, "the divergence of the belief from the posterior"),
            definition(EVIDENCE, "the posterior's normaliser"),
            Step(
                FREE_ENERGY,
                DIVERGENCE - sp.log(EVIDENCE),
                "the joint is the posterior times the evidence, which does not depend on phi_z",
                uses=("bayes_rule_gives_the_logistic_posterior",),
                slip=Slip("the evidence added, not taken off", DIVERGENCE + sp.log(EVIDENCE)),
            ),
            Step(
                sp.Derivative(FREE_ENERGY, phi_z),
                slope,
                "the slope is the belief's log-odds minus the posterior's",
                uses=("posterior_is_logistic",),
                slip=Slip("the field taken for the log-odds", LOG_ODDS - X),
            ),
            Step(
                ZERO,
                sp.Derivative(slope, phi_z),
                "it rises with phi_z, so that its zero is the only minimum",
                relation="<",
                slip=Slip("the slope of ln(1 - phi_z) in place of it", -1 / (1 - phi_z)),
            ),
            Step(
                where(DIVERGENCE, (phi_z, posterior_up)),
                ZERO,
                "at that zero the belief is the posterior",
                slip=Slip("divergence and free energy confused", -sp.log(EVIDENCE)),
            ),
            Step(
                where(FREE_ENERGY, (phi_z, posterior_up)),
                -sp.log(EVIDENCE),
                "and the free energy is the surprise",
                slip=Slip("the prior left out", -sp.log(2 * sp.cosh(X - zeta))),
            ),
        ),
        slip=Slip("the prior left out of the joint", 2 * zeta),
    )


DERIVATIONS = (
    exact_joint_posterior_does_not_factorise,
    mean_field_action_is_a_sigmoid_of_the_mean_belief,
    mean_field_action_becomes_the_most_probable_state,
    free_energy_is_minimised_by_the_posterior,
)
