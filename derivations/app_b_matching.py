"""The softmax agent's action is no sample of z, at any precision (B.27 and B.28, and the limit).

(B.26) corrected is sigmoid(b (2 phi_z - 1)); the paper wants phi_z. How near the one comes to the
other is app_b_minimax.py's business, and exact repairs are in app_b_planning.py.
"""

import sympy as sp

from derivations.app_b_action import SCALE, SCALED
from derivations.app_b_inference import MEAN, SIZE, certainty
from derivations.app_b_model import HALF, ONE
from derivations.display import Named
from derivations.notation import action_precision, logistic, omega, phi_z, slope, where, xi
from derivations.step import Derivation, Slip, Step, definition, equation

ZERO = sp.Integer(0)


def infinite_precision_makes_the_action_a_sample() -> Derivation:
    """(B.27) "only possible due to infinite precisions", as printed: does b to infinity give phi_z?

    Written with phi_z = (1 + v)/2 > 1/2. It gives one, whatever v is. Infinite precisions do give
    phi_z where (B.14) is conditioned on its outcome instead (app_b_planning.py).
    """
    acting = Named("φ(v)", logistic(slope * SIZE))
    return Derivation(
        name="infinite_precision_makes_the_action_a_sample",
        equations=("B.27",),
        form="printed",
        statement=equation(sp.Limit(acting, slope, sp.oo), (1 + SIZE) / 2),
        assumes=(
            "the action is chosen by (B.26), and not by conditioning (B.14) on its outcome",
            "b = 2 alpha omega tanh xi grows with omega: alpha is held, and tanh xi > 0",
            "z = +1 is the more probable state: 0 < v < 1",
        ),
        lines=(
            definition(acting, "the softmax agent's probability of acting up"),
            Step(
                where(SCALED, (phi_z, (1 + SIZE) / 2)),
                acting,
                "v is the mean belief",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("phi_z taken for the mean", logistic(slope * (1 + SIZE) / 2)),
            ),
            Step(
                ZERO,
                sp.Derivative(acting, slope),
                "it only ever grows with b",
                relation="<",
                slip=Slip("the rate of acting down", -SIZE / 4),
            ),
            Step(
                sp.Limit(acting, slope, sp.oo),
                ONE,
                "and tends to one, however small v is",
                slip=Slip("a coin in the limit", HALF),
            ),
        ),
        expected="refuted",
    )


def infinite_precision_makes_the_action_certain() -> Derivation:
    """(B.27) "only possible due to infinite precisions": on the softmax route it is the reverse.

    b = 2 alpha omega tanh xi grows with the preference precision, and with b without bound the
    agent takes the more probable state for certain. Write phi_z = (1 + m)/2; v > 0 is the size of
    m.
    """
    acting = Named("φ(m)", logistic(slope * MEAN))
    return Derivation(
        name="infinite_precision_makes_the_action_certain",
        equations=("B.26", "B.27"),
        form="corrected",
        statement=equation(sp.Limit(where(acting, (MEAN, SIZE)), slope, sp.oo), ONE),
        assumes=("alpha is held, and tanh xi > 0", "m = 2 phi_z - 1 is not zero"),
        lines=(
            Step(
                sp.Derivative(SCALE, omega),
                2 * action_precision * sp.tanh(xi),
                "b is proportional to omega",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("the factor 2 dropped", action_precision * sp.tanh(xi)),
            ),
            Step(
                where(SCALED, (phi_z, (1 + MEAN) / 2)),
                acting.definition,
                "the action in terms of the mean belief",
                slip=Slip("phi_z taken for the mean", logistic(slope * (1 + MEAN) / 2)),
            ),
            definition(acting, "m is the mean belief"),
            *certainty(acting, slope),
        ),
        slip=Slip("probability matching in the limit, as printed", (1 + SIZE) / 2),
    )


def scaled_sigmoid_equals_the_posterior() -> Derivation:
    """(B.27) as an identity: is there a b with sigmoid(b (2 phi_z - 1)) = phi_z on (0, 1)?

    The slopes at phi_z = 1/2 leave b = 2 as the only candidate, and it fails elsewhere.
    """
    return Derivation(
        name="scaled_sigmoid_equals_the_posterior",
        equations=("B.27",),
        form="printed",
        statement=equation(where(SCALED, (slope, 2)), phi_z),
        assumes=(
            "(B.27) is read as an equality for all phi_z, which (B.28) needs",
            "as an approximation it is a result of its own, with the best b and its error",
        ),
        lines=(
            Step(
                where(sp.Derivative(SCALED, phi_z), (phi_z, HALF)),
                slope / 2,
                "the slope at phi_z = 1/2, which has to be 1",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("the 2 of 2 phi_z forgotten", slope / 4),
            ),
            Step(
                where(SCALED, (phi_z, 1)),
                logistic(slope),
                "and the value at phi_z = 1, where it has to be 1 too",
                slip=Slip("phi_z = 1 taken for a mean of 2", logistic(2 * slope)),
            ),
            Step(
                logistic(slope),
                ONE,
                "which no finite b reaches",
                relation="<",
                slip=Slip("the least value for the greatest", HALF),
            ),
        ),
        expected="refuted",
    )


def softmax_agent_samples_the_posterior() -> Derivation:
    """(B.28) by way of (B.26): is a draw from Q(u) a draw from P(z | sigma), for some b?

    For no b: the log-odds of the action, b tanh x, stay below b, and those of z, 2x, do not. At the
    field x = b/2 they differ whatever b is.
    """
    field = sp.Symbol("x", real=True)
    log_odds = slope * sp.tanh(field)
    return Derivation(
        name="softmax_agent_samples_the_posterior",
        equations=("B.27", "B.28", "5"),
        form="printed",
        statement=equation(logistic(log_odds), logistic(2 * field)),
        assumes=("x is the local field of the posterior",),
        lines=(
            Step(
                where(SCALED, (phi_z, logistic(2 * field))),
                logistic(log_odds),
                "the probability of acting up as a function of the field",
                uses=("softmax_agent_acts_by_a_scaled_belief", "posterior_is_logistic"),
                slip=Slip("the posterior's", logistic(slope * field)),
            ),
            Step(
                where(log_odds, (field, slope / 2)),
                where(2 * field, (field, slope / 2)),
                "at x = b/2 the action is less certain than the belief, for every b > 0",
                relation="<",
                slip=Slip("tanh taken to be linear up to 1/2", slope / 2 * sp.tanh(slope / 4)),
            ),
        ),
        expected="refuted",
    )


def log_odds_of_actions_stay_bounded() -> Derivation:
    """(B.27) in log-odds: no b imitates a certain belief, the two log-odds drift apart for ever."""
    field = sp.Symbol("x", real=True)
    acting = where(SCALED, (phi_z, logistic(2 * field)))
    return Derivation(
        name="log_odds_of_actions_stay_bounded",
        equations=("B.27",),
        form="corrected",
        statement=equation(sp.Limit(2 * field - slope * sp.tanh(field), field, sp.oo), sp.oo),
        assumes=("b is finite", "x is the local field of the posterior"),
        lines=(
            Step(
                sp.log(acting / (1 - acting)),
                slope * sp.tanh(field),
                "the log-odds of acting up",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("half of them", slope * sp.tanh(field) / 2),
            ),
            Step(
                (slope * sp.tanh(field)) ** 2,
                slope**2,
                "they stay between -b and b",
                relation="<",
                slip=Slip("the bound of their half", slope**2 / 4),
            ),
        ),
        slip=Slip("the two log-odds taken to meet", ZERO),
    )


DERIVATIONS = (
    infinite_precision_makes_the_action_a_sample,
    infinite_precision_makes_the_action_certain,
    scaled_sigmoid_equals_the_posterior,
    softmax_agent_samples_the_posterior,
    log_odds_of_actions_stay_bounded,
)
