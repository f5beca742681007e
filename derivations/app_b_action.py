"""What the agent does: the free energy of its action, and the softmax (B.20, B.21, B.26).

The softmax has a precision of its own, alpha, the beta of (B.26). An agent whose action depends on
phi_z through sigmoid(b (2 phi_z - 1)) is called the softmax agent.
"""

import sympy as sp

from derivations.app_b_free_energy import MEAN, PREDICTED, VALUED, WORTH
from derivations.app_b_inference import THE_FIELD, X
from derivations.app_b_model import ACTION, BELIEF, FORWARD, G_DOWN, G_UP, GOAL
from derivations.display import Named, Total
from derivations.notation import (
    action_precision,
    logistic,
    omega,
    optimality,
    phi_u,
    phi_z,
    slope,
    u,
    where,
    xi,
    z,
)
from derivations.sec2_posterior import ALIKE
from derivations.step import Derivation, Slip, Step, definition, equation

ZERO = sp.Integer(0)
LOG_ODDS = sp.log(phi_u / (1 - phi_u))
WEIGHT = sp.exp(-action_precision * WORTH)
SOFTMAX = Named("P(u)", WEIGHT / Total(WEIGHT, u))  # (B.9) with its precision
GAP = 2 * omega * MEAN  # G(-1) - G(+1), (B.25) regularised
SCALE = 2 * action_precision * omega * sp.tanh(xi)  # b of the softmax agent
SCALED = logistic(slope * (2 * phi_z - 1))  # (B.26) corrected
SOFT = "P(u) ~ exp(-alpha G(u))"
AVERAGED = "O and z are averaged under Q(O, z | u)"
BOTH_EXPECTED = Total(BELIEF * FORWARD * sp.log(FORWARD), z, optimality)
LOG_GRAPH = sp.log(FORWARD) + sp.log(SOFTMAX) + sp.log(GOAL) + sp.log(BELIEF)  # of (B.14)
FORESIGHT = Total(BELIEF * FORWARD * LOG_GRAPH, z, optimality)
LITERAL = Named("F", Total(ACTION * (sp.log(ACTION) - FORESIGHT), u))  # (B.20) with (B.14) in it


def action_free_energy_is_minimised_by_its_prior() -> Derivation:
    """(B.20) read as KL[Q(u) || P(u)], P(u) ~ exp(-alpha G): the optimum is the softmax (B.9).

    The slope is a difference of log-odds once more, as in (B.17), and rises with phi_u.
    """
    g = (G_UP + G_DOWN + u * (G_UP - G_DOWN)) / 2
    weight = sp.exp(-action_precision * g)
    prior = Named("P(u)", weight / Total(weight, u))
    free_energy = Named("F", Total(ACTION * (sp.log(ACTION) - sp.log(prior)), u))
    gap = action_precision * (G_DOWN - G_UP)
    return Derivation(
        name="action_free_energy_is_minimised_by_its_prior",
        equations=("B.9", "B.20"),
        form="corrected",
        statement=equation(where(sp.Derivative(free_energy, phi_u), (phi_u, logistic(gap))), ZERO),
        assumes=("F(phi_u) is defined as KL[Q(u) || P(u)]",),
        lines=(
            definition(ACTION, "(B.21) with phi_u"),
            definition(prior, "softmax: G(u) is G_plus for u = +1 and G_minus for u = -1"),
            definition(free_energy, "the divergence of Q(u) from P(u)"),
            Step(
                sp.Derivative(free_energy, phi_u),
                LOG_ODDS - gap,
                "the slope is the action's log-odds minus the prior's",
                uses=("action_law_is_bernoulli", "softmax_prior_is_logistic_in_the_gap"),
                slip=Slip("the sign of G turned", LOG_ODDS + gap),
            ),
            Step(
                ZERO,
                sp.Derivative(LOG_ODDS - gap, phi_u),
                "it rises with phi_u, so that its zero is the only minimum",
                relation="<",
                slip=Slip("the slope of ln(1 - phi_u) in place of it", -1 / (1 - phi_u)),
            ),
            Step(
                where(free_energy, (phi_u, logistic(gap))),
                ZERO,
                "and there the divergence is zero",
                slip=Slip("the softmax taken without its normaliser", -sp.log(Total(weight, u))),
            ),
        ),
        slip=Slip("the precision left out, as in (B.9)", gap / action_precision - gap),
    )


def _literal_steps() -> tuple[Step, ...]:
    """What both readings of the literal (B.20) share: its four terms, and its slope."""
    return (
        Step(
            where(BOTH_EXPECTED, (u, 1)),
            where(BOTH_EXPECTED, (u, -1)),
            "the expected log forward model does not depend on u",
            uses=("epistemic_terms_do_not_choose",),
            slip=Slip("its sign turned with the action", -where(BOTH_EXPECTED, (u, -1))),
        ),
        Step(
            Total(PREDICTED * sp.log(GOAL), optimality),
            -WORTH,
            "the goal prior in (B.14) brings -G(u)",
            uses=("expected_free_energy_gap_is_finite",),
            slip=Slip("G in place of -G", WORTH),
        ),
        Step(
            where(sp.log(SOFTMAX), (u, 1)) - where(sp.log(SOFTMAX), (u, -1)),
            action_precision * GAP,
            "and ln P(u), up against down, brings alpha times the same difference",
            uses=("softmax_prior_is_logistic_in_the_gap", "expected_free_energy_gap_is_finite"),
            slip=Slip("the precision left out", GAP),
        ),
        Step(
            sp.Derivative(LITERAL, phi_u),
            LOG_ODDS - (action_precision + 1) * GAP,
            "together: the slope of the free energy",
            slip=Slip("the goal prior counted once only", LOG_ODDS - action_precision * GAP),
        ),
    )


def literal_action_free_energy_counts_utility_once() -> Derivation:
    """(B.20) as printed, with the factor graph (B.14) in it: is softmax(-alpha G) its minimum?

    No: the goal prior stands in (B.14) and, through G, in P(u).
    """
    optimum = logistic(action_precision * GAP)
    return Derivation(
        name="literal_action_free_energy_counts_utility_once",
        equations=("B.14", "B.20"),
        form="printed",
        statement=equation(where(sp.Derivative(LITERAL, phi_u), (phi_u, optimum)), ZERO),
        assumes=(SOFT, AVERAGED),
        lines=(
            *VALUED,
            definition(ACTION, "(B.21) with phi_u"),
            definition(SOFTMAX, "(B.9) with its precision"),
            definition(LITERAL, "(B.20) with (B.14) in it"),
            *_literal_steps(),
        ),
        expected="refuted",
    )


def literal_action_free_energy_counts_utility_twice() -> Derivation:
    """(B.20) with (B.14) in it: the minimum is softmax(-(alpha + 1) G).

    The goal prior and ln P(u) each bring the expected free energy. The forward model brings
    nothing, since it is as uncertain for one action as for the other.
    """
    slope_there = LOG_ODDS - (action_precision + 1) * GAP
    optimum = logistic((action_precision + 1) * GAP)
    return Derivation(
        name="literal_action_free_energy_counts_utility_twice",
        equations=("B.14", "B.20"),
        form="corrected",
        statement=equation(where(sp.Derivative(LITERAL, phi_u), (phi_u, optimum)), ZERO),
        assumes=(SOFT, AVERAGED),
        lines=(
            *VALUED,
            definition(ACTION, "(B.21) with phi_u"),
            definition(SOFTMAX, "(B.9) with its precision"),
            definition(LITERAL, "(B.20) with (B.14) in it"),
            *_literal_steps(),
            Step(
                ZERO,
                sp.Derivative(slope_there, phi_u),
                "it rises with phi_u, so that its zero is the only minimum",
                relation="<",
                slip=Slip("the slope of ln(1 - phi_u) in place of it", -1 / (1 - phi_u)),
            ),
        ),
        slip=Slip("the utility counted once, as printed", -GAP),
    )


def softmax_agent_acts_by_a_scaled_belief() -> Derivation:
    """(B.26) corrected: phi_u = sigmoid(b (2 phi_z - 1)) with b = 2 alpha omega tanh xi.

    In terms of the local field x it is sigmoid(b tanh x), where the posterior is sigmoid(2 x).
    """
    return Derivation(
        name="softmax_agent_acts_by_a_scaled_belief",
        equations=("B.26",),
        form="corrected",
        statement=equation(where(SOFTMAX, (u, 1)), logistic(SCALE * (2 * phi_z - 1))),
        assumes=(
            SOFT,
            "omega, xi and alpha finite",
            "omega tanh xi > 0 where b is written for its scale",
            ALIKE,
        ),
        lines=(
            *VALUED,
            definition(SOFTMAX, "(B.9) with its precision"),
            Step(
                action_precision * (where(WORTH, (u, -1)) - where(WORTH, (u, 1))),
                SCALE * (2 * phi_z - 1),
                "the log-odds of acting up are alpha times the gap",
                uses=("expected_free_energy_gap_is_finite", "softmax_prior_is_logistic_in_the_gap"),
                slip=Slip("1 - phi_z in place of 1 - 2 phi_z, as printed", -SCALE * (1 - phi_z)),
            ),
            THE_FIELD,
            Step(
                2 * logistic(2 * X) - 1,
                sp.tanh(X),
                "2 phi_z - 1 = tanh x for the posterior, x its local field",
                uses=("posterior_is_logistic",),
                slip=Slip("tanh of the log-odds", sp.tanh(2 * X)),
            ),
            Step(
                where(SCALED, (phi_z, logistic(2 * X))),
                logistic(slope * sp.tanh(X)),
                "so that the agent acts by this function of its neighbours' spins",
                slip=Slip("the matching agent's", logistic(slope * X)),
            ),
        ),
        slip=Slip("phi_z in place of 2 phi_z - 1", logistic(SCALE * phi_z)),
    )


DERIVATIONS = (
    action_free_energy_is_minimised_by_its_prior,
    literal_action_free_energy_counts_utility_once,
    literal_action_free_energy_counts_utility_twice,
    softmax_agent_acts_by_a_scaled_belief,
)
