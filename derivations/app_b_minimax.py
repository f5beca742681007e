"""How well (B.26) can imitate (B.27): the best constant, and the proof that there is none better.

With v = 2 phi_z - 1 and b = 2c the softmax agent's error is (tanh(c v) - v)/2. It is odd in v, so
that v in [0, 1] is all there is to look at.
"""

import sympy as sp
from sympy import Expr

from derivations.display import Named
from derivations.notation import logistic, phi_z, slope, where
from derivations.step import Derivation, Sentence, Slip, Step, definition

ZERO, ONE, HALF = sp.Integer(0), sp.Integer(1), sp.Rational(1, 2)
c, v, t, r = (sp.Symbol(name, positive=True) for name in ("c", "v", "t", "r"))
ERROR = Named("ε", (sp.tanh(c * v) - v) / 2)
END = Named("E(t)", (1 - sp.tanh(sp.cosh(t) ** 2)) / 2)  # minus the error at v = 1
INNER = Named("I(t)", (sp.tanh(t) - t / sp.cosh(t) ** 2) / 2)  # the error at v = t/cosh(t)^2
SCALE = Named("b(t)", 2 * sp.cosh(t) ** 2)


def decimal(digits: str) -> Named:
    """A decimal fraction, shown with its digits."""
    return Named(digits, sp.Rational(digits))


def _less(left: Expr, right: Expr, reason: str, slip: Slip) -> Step:
    return Step(left, right, reason, relation="<", slip=slip)


def best_scale_leaves_an_error_of_five_percent() -> Derivation:
    """(B.27) as an approximation: the b with the smallest greatest error, and that error.

    The error is concave in v > 0: it rises to an inner maximum and falls to a negative value at
    v = 1. A larger c lifts it everywhere. So the best c makes the inner maximum and the end equal
    in size: with a larger c the first grows, with a smaller one the second. With c = cosh(t)^2 the
    inner maximum stands where c v = t, and one equation in t is left, of which an interval encloses
    the only root.
    """
    inside = Named("v(t)", t / sp.cosh(t) ** 2)
    best, place = (c, sp.cosh(t) ** 2), (v, inside)
    stationary = c * (1 - sp.tanh(c * v) ** 2) - 1
    low, high = (
        decimal("0.60433859581090119694678957134569"),
        decimal("0.60433859581090119694678957134570"),
    )
    b_low, b_high = (
        decimal("2.8238217829812229126921220151548"),
        decimal("2.8238217829812229126921220151549"),
    )
    e_low, e_high = (
        decimal("0.0560503844411513921575725929409"),
        decimal("0.0560503844411513921575725929410"),
    )
    at_low, at_high = (t, low), (t, high)
    others = (
        _less(
            INNER,
            where(ERROR, (c, sp.cosh(t) ** 2 + r), place),
            "a larger c has a larger error at that v",
            Slip("at the end", where(ERROR, (c, sp.cosh(t) ** 2 + r), (v, 1))),
        ),
        _less(
            where(ERROR, (c, sp.cosh(t) ** 2 - r), (v, 1)),
            -END,
            "and a smaller c, even below zero, one further below zero at v = 1",
            Slip("inner and end error added", -INNER - END),
        ),
    )
    enclosed = (
        _less(
            where(INNER, at_low),
            where(END, at_low),
            "the root is above this t, where the end still errs more",
            Slip("b taken for c at the end", where((1 - sp.tanh(SCALE)) / 2, at_low)),
        ),
        _less(
            where(END, at_high),
            where(INNER, at_high),
            "and below the next decimal, where it errs less",
            Slip("the error at v = 0", ZERO),
        ),
        _less(
            b_low,
            where(SCALE, at_low),
            "b grows with t, and so is above this",
            Slip("c taken for b", where(SCALE / 2, at_low)),
        ),
        _less(
            where(SCALE, at_high),
            b_high,
            "and below the next decimal",
            Slip("the bound of c", b_high / 2),
        ),
        _less(
            e_low,
            where(END, at_high),
            "the error at the end falls with t, and so is above this",
            Slip("b taken for c", where((1 - sp.tanh(SCALE)) / 2, at_high)),
        ),
        _less(
            where(END, at_low),
            e_high,
            "and below the next decimal",
            Slip("the decimal before", e_low),
        ),
    )
    return Derivation(
        name="best_scale_leaves_an_error_of_five_percent",
        equations=("B.27", "5"),
        form="corrected",
        statement=Sentence(
            "Over all phi_z in [0, 1] the greatest error of sigmoid(b (2 phi_z - 1)) is smallest "
            "at one b only: a larger one errs more where this one errs most, {}, a smaller one at "
            "the end, {}. There the two errors are equal, {} and {}; b is enclosed by {} and {}, "
            "and the error by {} and {}",
            tuple(step.stated for step in (*others, *enclosed)),
        ),
        assumes=("the error is measured by its greatest size over all phi_z in [0, 1]",),
        lines=(
            definition(ERROR, "with v = 2 phi_z - 1 and b = 2c"),
            Step(
                where(
                    logistic(slope * (2 * phi_z - 1)) - phi_z, (slope, 2 * c), (phi_z, (1 + v) / 2)
                ),
                ERROR,
                "it is the error of (B.27), sigmoid(b (2 phi_z - 1)) - phi_z",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("the error of the mean, twice as large", 2 * ERROR),
            ),
            Step(
                where(ERROR, (v, -v)),
                -ERROR,
                "odd in v, so that v >= 0 is enough",
                slip=Slip("taken for even", ERROR),
            ),
            _less(
                sp.Derivative(ERROR, v, v),
                ZERO,
                "concave on v > 0: where it is stationary it is greatest, and on [0, 1] it is "
                "least at an end",
                Slip("convex, as on the other side of 0", -c * v),
            ),
            Step(
                where(ERROR, (v, 0)),
                ZERO,
                "at the end v = 0 there is no error",
                slip=Slip("phi_z = 0 taken for v = 0", -HALF),
            ),
            definition(inside, "for c = cosh(t)^2, the v with c v = t"),
            Step(
                where(2 * sp.Derivative(ERROR, v), best, place),
                ZERO,
                "there the error is stationary, which gives the inner maximum",
                slip=Slip("cosh t for its square", where(stationary, (c, sp.cosh(t)), place)),
            ),
            definition(INNER, "the inner maximum"),
            Step(
                where(ERROR, best, place),
                INNER,
                "its size",
                slip=Slip("the place taken for t itself", (sp.tanh(t) - t) / 2),
            ),
            definition(END, "the error at the end, in size"),
            Step(
                where(ERROR, best, (v, 1)),
                -END,
                "at v = 1",
                slip=Slip("b taken for c", -(1 - sp.tanh(2 * sp.cosh(t) ** 2)) / 2),
            ),
            *others,
            Step(
                sp.tanh(t) ** 2,
                where(1 - 1 / c, best),
                "in c alone: tanh t = sqrt(1 - 1/c) and t = arccosh(sqrt c), so that E = I reads "
                "1 - tanh c = sqrt(1 - 1/c) - arccosh(sqrt c)/c",
                slip=Slip("c taken for its root", where(1 - 1 / c**2, best)),
            ),
            _less(
                ZERO,
                sp.Derivative(INNER, t),
                "the inner maximum grows with t",
                Slip("the rate of its place instead", -t / sp.cosh(t) ** 2),
            ),
            _less(
                sp.Derivative(END, t),
                ZERO,
                "the error at the end falls, so that they are equal at one t only",
                Slip("taken to rise with c", -sp.sinh(t)),
            ),
            definition(SCALE, "b = 2c"),
            _less(
                ZERO,
                sp.Derivative(SCALE, t),
                "b grows with t",
                Slip("cosh taken to fall", -2 * sp.sinh(t)),
            ),
            *enclosed,
            _less(
                high / where(sp.cosh(t) ** 2, at_low),
                ONE,
                "and v(t), which is smaller than this, lies before the end",
                Slip("before a third of the way", sp.Rational(1, 3)),
            ),
        ),
    )


def scales_of_one_two_and_four_err_more() -> Derivation:
    """(B.27) for plain b: the unit slope, the tangent at 1/2, and twice as steep.

    Up to b = 2 the error falls from 0 on all of v > 0, and is greatest at the end. At b = 4 its
    inner maximum is greatest, and stands where cosh(t)^2 = 2.
    """
    low, high = (t, decimal("0.88137")), (t, decimal("0.88138"))
    one, two = (where(-ERROR, (c, value), (v, 1)) for value in (HALF, ONE))
    four = (where(INNER, low), where(INNER, high))
    told = (
        _less(
            decimal("0.2689"),
            one,
            "b = 1, from below",
            Slip("b taken for c", two),
        ),
        _less(
            one,
            decimal("0.2690"),
            "and above",
            Slip("the error of b = 2", decimal("0.1193")),
        ),
        _less(
            decimal("0.1192"),
            two,
            "b = 2, from below",
            Slip("b taken for c", where(-ERROR, (c, 2), (v, 1))),
        ),
        _less(
            two,
            decimal("0.1193"),
            "and above",
            Slip("the least error of all", decimal("0.0561")),
        ),
        _less(
            decimal("0.1332"),
            four[0],
            "b = 4, from below",
            Slip("the error at the end", where(-ERROR, (c, 2), (v, 1))),
        ),
        _less(
            four[1],
            decimal("0.1333"),
            "and above",
            Slip("the error of b = 2", decimal("0.1193")),
        ),
    )
    return Derivation(
        name="scales_of_one_two_and_four_err_more",
        equations=("B.27",),
        form="corrected",
        statement=Sentence(
            "The greatest error over phi_z in [0, 1] is, for b = 1, {} and {}; for b = 2, {} and "
            "{}; for b = 4, {} and {}",
            tuple(step.stated for step in told),
        ),
        assumes=("v = 2 phi_z - 1 and b = 2c",),
        lines=(
            definition(ERROR, "of (B.27), odd in v and concave on v > 0"),
            Step(
                where(sp.Derivative(ERROR, v), (v, 0)),
                (c - 1) / 2,
                "its slope at v = 0: up to c = 1 it falls from there on",
                uses=("best_scale_leaves_an_error_of_five_percent",),
                slip=Slip("the error of the mean, twice as large", c - 1),
            ),
            definition(INNER, "the inner maximum for c = cosh(t)^2, which grows with t"),
            _less(
                where(sp.cosh(t) ** 2, low),
                sp.Integer(2),
                "c = 2 belongs to a t above this one",
                Slip("c = 1", ONE),
            ),
            _less(
                sp.Integer(2),
                where(sp.cosh(t) ** 2, high),
                "and below that",
                Slip("cosh t for its square", where(sp.cosh(t), high)),
            ),
            _less(
                where(-ERROR, (c, 2), (v, 1)),
                four[0],
                "where the end errs less",
                Slip("b taken for c", where(-ERROR, (c, 4), (v, 1))),
            ),
            *told,
        ),
    )


DERIVATIONS = (
    best_scale_leaves_an_error_of_five_percent,
    scales_of_one_two_and_four_err_more,
)
