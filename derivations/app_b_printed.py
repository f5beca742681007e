"""(B.26) as printed: what its two lines say, why they fail, and how near the second can come.

With L for the paper's infinity, (B.25) reads G = (L phi_z, L (1 - phi_z)) for u = -1, +1.
"""

import sympy as sp

from derivations.app_b_minimax import decimal
from derivations.app_b_model import HALF, ONE
from derivations.display import Named
from derivations.notation import action_precision, aversion, phi_z, where
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

ZERO = sp.Integer(0)
STRENGTH = action_precision * aversion
PRINTED = 1 / (1 + sp.exp(STRENGTH * (1 - phi_z)))  # the first line
INFINITY = "L > 0 stands for the paper's infinity"


def printed_action_posterior_uses_one_free_energy() -> Derivation:
    """(B.26), first line as printed: the exponent holds G(+1) alone, and no G(-1).

    With L for the paper's infinity, (B.25) has G = (L phi_z, L (1 - phi_z)) for u = -1, +1. The
    printed probability stays below 1/2: it biases every agent down.
    """
    g_down, g_up = aversion * phi_z, aversion * (1 - phi_z)
    weights = sp.exp(-action_precision * g_up), sp.exp(-action_precision * g_down)
    return Derivation(
        name="printed_action_posterior_uses_one_free_energy",
        equations=("B.26",),
        form="printed",
        statement=equation(weights[0] / (weights[0] + weights[1]), PRINTED),
        assumes=(INFINITY,),
        lines=(
            Step(
                PRINTED,
                HALF,
                "its exponent is that of u = +1 alone, and positive: it stays below one half",
                relation="<",
                slip=Slip("half the belief taken for the bound", phi_z / 2),
            ),
            Step(
                sp.Limit(PRINTED, aversion, sp.oo),
                ZERO,
                "and in the paper's limit nobody ever acts up, whatever is believed",
                slip=Slip("the belief taken to survive", phi_z),
            ),
        ),
        expected="refuted",
    )


def printed_action_posterior_has_a_constant_factor() -> Derivation:
    """(B.26), second line as printed: 1/(1 + C exp(-phi_z)) with C independent of phi_z.

    Evaluated where phi_z tends to 0, C is exp(alpha L). With that the exponent of phi_z has lost
    its factor alpha L.
    """
    factor = (1 / PRINTED - 1) * sp.exp(phi_z)
    return Derivation(
        name="printed_action_posterior_has_a_constant_factor",
        equations=("B.26",),
        form="printed",
        statement=equation(PRINTED, 1 / (1 + sp.exp(STRENGTH) * sp.exp(-phi_z))),
        assumes=("C does not depend on phi_z", INFINITY),
        lines=(
            Step(
                where(factor, (phi_z, 0)),
                sp.exp(STRENGTH),
                "what C has to be at phi_z = 0",
                slip=Slip("the precision lost in the exponent", sp.exp(aversion)),
            ),
            Step(
                where(factor, (phi_z, 1)),
                sp.E,
                "what it has to be at phi_z = 1",
                slip=Slip("the exponential of phi_z left out", ONE),
            ),
            Step(
                sp.Derivative(sp.log(factor), phi_z),
                1 - STRENGTH,
                "in between ln C has this slope: a constant only if alpha L = 1",
                slip=Slip("the slope of the other exponential left out", -STRENGTH),
            ),
        ),
        expected="refuted",
    )


def best_constant_of_the_printed_form() -> Derivation:
    """(B.26), second line: the C with which 1/(1 + C exp(-phi_z)) is nearest to phi_z.

    The printed slope is too small by far: the error falls all the way from phi_z = 0 to 1, so that
    its greatest size is at an end. One end grows with C and the other shrinks; at C = e^(1/2) they
    are equal, as phi_z -> 1 - phi_z shows.
    """
    a, r = sp.Symbol("a", real=True), sp.Symbol("r", positive=True)
    error = Named("ε", 1 / (1 + sp.exp(a) * sp.exp(-phi_z)) - phi_z)
    least = 1 / (1 + sp.exp(HALF))
    best = Step(
        where(error, (a, HALF), (phi_z, 0)),
        least,
        "at a = 1/2 the greatest error",
        slip=Slip("the distance to 1/2", HALF - least),
    )
    smaller = Step(
        least,
        where(error, (a, HALF - r), (phi_z, 0)),
        "with a smaller a the error at phi_z = 0 is greater",
        relation="<",
        slip=Slip("with a larger one", where(error, (a, HALF + r), (phi_z, 0))),
    )
    larger = Step(
        least,
        where(-error, (a, HALF + r), (phi_z, 1)),
        "with a larger a that at phi_z = 1",
        relation="<",
        slip=Slip("with a smaller one", where(-error, (a, HALF - r), (phi_z, 1))),
    )
    return Derivation(
        name="best_constant_of_the_printed_form",
        equations=("B.26",),
        form="corrected",
        statement=Sentence(
            "Over all phi_z in [0, 1] the greatest error of 1/(1 + C exp(-phi_z)), C = e^a, is "
            "smallest at a = 1/2, where {}; for every r > 0 there is a larger one: {} and {}",
            (best.stated, smaller.stated, larger.stated),
        ),
        assumes=("the error is measured by its greatest size over all phi_z in [0, 1]",),
        lines=(
            definition(error, "with C = e^a"),
            Step(
                sp.Derivative(error, phi_z),
                ZERO,
                "a sigmoid's slope is at most 1/4, so that the error falls with phi_z, and its "
                "greatest size is at phi_z = 0 or 1",
                relation="<",
                slip=Slip("the slope of the sigmoid alone", -ONE),
            ),
            Step(
                where(error, (a, HALF), (phi_z, 1 - phi_z)),
                where(-error, (a, HALF)),
                "for a = 1/2 the two ends are each other's mirror image",
                slip=Slip("mirrored without its sign", where(error, (a, HALF))),
            ),
            best,
            smaller,
            larger,
            Step(
                decimal("0.3775"),
                least,
                "0.3775 is below the least greatest error",
                relation="<",
                slip=Slip("e in place of its root", 1 / (1 + sp.E)),
            ),
            Step(
                least,
                decimal("0.3776"),
                "and 0.3776 above",
                relation="<",
                slip=Slip("the corrected form's", decimal("0.0561")),
            ),
        ),
    )


DERIVATIONS = (
    printed_action_posterior_uses_one_free_energy,
    printed_action_posterior_has_a_constant_factor,
    best_constant_of_the_printed_form,
)
