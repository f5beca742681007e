"""The exact ways from a belief to an action that matches it: three repairs of (B.27) and (B.28).

Planning as inference is the paper's own factor graph (B.14), conditioned instead of turned into an
expected free energy; the other two change the free energy, or the precision.
"""

import sympy as sp

from derivations.app_b_action import SCALED
from derivations.app_b_free_energy import FORESEEN, PREDICTED
from derivations.app_b_inference import THE_FIELD, X
from derivations.app_b_model import BELIEF, FACTORS, FORWARD, GOAL, HALF, ONE
from derivations.display import Named, Total
from derivations.notation import (
    ProbabilitySymbol,
    bernoulli,
    logistic,
    omega,
    optimality,
    phi_z,
    slope,
    spin_law,
    u,
    where,
    xi,
    z,
)
from derivations.sec2_posterior import ALIKE
from derivations.step import Derivation, Slip, Step, definition, equation

WEIGHT = Named("w(u)", Total(FORWARD * GOAL * BELIEF, optimality, z))
ACTING = Named("P(u|O)", WEIGHT / Total(WEIGHT, u))
RELIABILITY = sp.tanh(xi) * sp.tanh(omega)
SHRUNK = HALF + RELIABILITY * (phi_z - HALF)
FLAT = "P(u) = 1/2"


def planning_as_inference_shrinks_the_belief() -> Derivation:
    """(B.14) with a flat prior on u, conditioned on the goal: the belief, shrunk towards 1/2.

    The goal prior and the forward model act as two noisy channels: one keeps tanh omega of the mean
    belief, the other tanh xi.
    """
    return Derivation(
        name="planning_as_inference_shrinks_the_belief",
        equations=("B.14",),
        form="corrected",
        statement=equation(where(ACTING, (u, 1)), SHRUNK),
        assumes=(FLAT, ALIKE),
        lines=(
            *FACTORS,
            definition(WEIGHT, "(B.14) with O and z summed out, without its P(u) = 1/2"),
            definition(ACTING, "Bayes' rule: what to do, given that it ends as preferred"),
            Step(
                Total(WEIGHT, u),
                ONE,
                "the weights sum to one already",
                uses=("factor_graph_has_mass_one_half_for_a_flat_action_prior",),
                slip=Slip("the mass of (B.14), whose P(u) is left out here", HALF),
            ),
            Step(
                WEIGHT,
                (1 + u * RELIABILITY * (2 * phi_z - 1)) / 2,
                "outcome and preference agree this often after the action u",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
                slip=Slip("the preference left out", (1 + u * sp.tanh(xi) * (2 * phi_z - 1)) / 2),
            ),
            THE_FIELD,
            Step(
                where(SHRUNK, (phi_z, logistic(2 * X))),
                (1 + RELIABILITY * sp.tanh(X)) / 2,
                "for the posterior of K neighbours phi_z - 1/2 is half the tanh of its field",
                uses=("posterior_is_logistic",),
                slip=Slip("tanh of the log-odds", (1 + RELIABILITY * sp.tanh(2 * X)) / 2),
            ),
        ),
        slip=Slip("shrunk towards 0 instead of 1/2", RELIABILITY * phi_z),
    )


def planning_as_inference_matches_probability() -> Derivation:
    """(B.14) with a flat prior on u, conditioned: the exact way to probability matching (B.28).

    Without noise in preference and forward model the action is a sample of z. Here infinite
    precisions do what the paper wants of them, and their order does not matter.
    """
    up = where(ACTING, (u, 1))
    sampled = where(bernoulli(phi_z, u), (phi_z, logistic(2 * X)))
    return Derivation(
        name="planning_as_inference_matches_probability",
        equations=("B.14", "B.27", "B.28", "5"),
        form="corrected",
        statement=equation(sp.Limit(sp.Limit(up, xi, sp.oo), omega, sp.oo), phi_z),
        assumes=(FLAT, ALIKE, "xi and omega grow without bound"),
        lines=(
            *FACTORS,
            definition(WEIGHT, "(B.14) with O and z summed out, without its P(u) = 1/2"),
            definition(ACTING, "Bayes' rule: what to do, given that it ends as preferred"),
            Step(
                up,
                SHRUNK,
                "at finite precisions the belief is shrunk towards 1/2",
                uses=("planning_as_inference_shrinks_the_belief",),
                slip=Slip("by the preference only", HALF + sp.tanh(omega) * (phi_z - HALF)),
            ),
            Step(
                sp.Limit(sp.Limit(SHRUNK, omega, sp.oo), xi, sp.oo),
                phi_z,
                "and the order of the two limits does not matter",
                slip=Slip("a coin in the other order", HALF),
            ),
            THE_FIELD,
            Step(
                sampled,
                spin_law(X, u),
                "so the action of an agent with K neighbours is a draw from its posterior, (B.28)",
                uses=("posterior_is_logistic", "action_law_is_bernoulli"),
                slip=Slip("a draw of the opposite spin", spin_law(-X, u)),
            ),
        ),
        slip=Slip("the softmax agent's probability at b = 2", logistic(2 * (2 * phi_z - 1))),
    )


def inclusive_divergence_matches_probability() -> Derivation:
    """(B.22) with KL[P(O) || Q(O|u)] for G(u): its softmax is phi_z, in the limit, at alpha = 1.

    The divergence is inclusive: it averages over what is preferred, not over what is predicted, so
    that the logarithm falls on the prediction and the softmax takes it off again.
    """
    q = ProbabilitySymbol("q")
    divergence = Named(
        "D(q)", Total(GOAL * (sp.log(GOAL) - sp.log(bernoulli(q, optimality))), optimality)
    )
    good = Named("q(u)", where(PREDICTED, (optimality, 1)))
    weight = sp.exp(-where(-sp.log(q), (q, good)))
    acting = Named("P(u)", weight / Total(weight, u))
    return Derivation(
        name="inclusive_divergence_matches_probability",
        equations=("B.22", "B.27", "B.28"),
        form="corrected",
        statement=equation(sp.Limit(where(acting, (u, 1)), xi, sp.oo), phi_z),
        assumes=("P(u) ~ exp(-alpha D(q(u)))", "alpha = 1", "omega, then xi grow without bound"),
        lines=(
            definition(GOAL, "(B.10)"),
            *FORESEEN,
            definition(good, "the probability that u ends as preferred"),
            Step(
                PREDICTED,
                where(bernoulli(q, optimality), (q, good)),
                "it is all there is to know of the outcome's law",
                uses=("predicted_outcome_is_a_noisy_copy_of_the_belief",),
                slip=Slip("its complement", where(bernoulli(1 - q, optimality), (q, good))),
            ),
            definition(
                divergence, "KL[P(O) || Q(O|u)] with q = q(u), for the expected free energy"
            ),
            Step(
                divergence,
                sp.tanh(omega) * omega
                - sp.log(2 * sp.cosh(omega))
                - sp.log(q * (1 - q)) / 2
                - sp.tanh(omega) * sp.log(q / (1 - q)) / 2,
                "it falls with the log-odds of q, by tanh omega of their half",
                uses=("goal_prior_tends_to_certainty",),
                slip=Slip(
                    "the entropy of the preference left out",
                    -sp.log(q * (1 - q)) / 2 - sp.tanh(omega) * sp.log(q / (1 - q)) / 2,
                ),
            ),
            Step(
                sp.Limit(divergence, omega, sp.oo),
                -sp.log(q),
                "for omega to infinity it is the surprise at the preferred outcome",
                slip=Slip("the surprise at the other outcome", -sp.log(1 - q)),
            ),
            definition(
                acting, "the softmax of minus the limit of D(q(u)), omega first, with alpha = 1"
            ),
            Step(
                acting,
                good,
                "the exponential takes the logarithm off, and q(-1) + q(+1) = 1",
                slip=Slip("normalised once more", good / 2),
            ),
        ),
        slip=Slip("the more probable state for certain", ONE),
    )


def field_dependent_precision_matches_probability() -> Derivation:
    """(B.27) with a precision that knows the field: b(x) = 2x / tanh x makes it an equality.

    It stays finite: the 2 of the tangent at x = 0, and it grows as 2|x|. But an agent that knows it
    has computed the log-odds 2x already.
    """
    scale = Named("b(x)", 2 * X / sp.tanh(X))
    y = sp.Symbol("y", real=True)
    return Derivation(
        name="field_dependent_precision_matches_probability",
        equations=("B.27",),
        form="corrected",
        statement=equation(
            where(SCALED, (phi_z, logistic(2 * X)), (slope, scale)), logistic(2 * X)
        ),
        assumes=(ALIKE, "the field is not zero, where any b does"),
        lines=(
            THE_FIELD,
            Step(
                where(SCALED, (phi_z, logistic(2 * X))),
                logistic(slope * sp.tanh(X)),
                "the softmax agent as a function of its field",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("the field itself in place of its tanh", logistic(slope * X)),
            ),
            definition(scale, "the precision of an agent with the field x"),
            Step(
                sp.Limit(2 * y / sp.tanh(y), y, 0),
                sp.Integer(2),
                "for a small field it tends to the slope of the tangent",
                slip=Slip("the factor 2 dropped", ONE),
            ),
            Step(
                where(SCALED, (phi_z, HALF)),
                HALF,
                "and at field zero every b gives 1/2",
                slip=Slip("taken to depend on b", logistic(slope)),
            ),
        ),
        slip=Slip("the field taken for the log-odds", logistic(X)),
    )


DERIVATIONS = (
    planning_as_inference_shrinks_the_belief,
    planning_as_inference_matches_probability,
    inclusive_divergence_matches_probability,
    field_dependent_precision_matches_probability,
)
