"""Clamping the visible units at data d (section 4, below equation 13).

The paper absorbs clamped units "in the biases". Exact is a shift of the *hidden* units' biases, for
units of any values. A bias on the visible units themselves does it in the limit of an infinite
bias only. Two laws of the hidden units are the same where they have the same odds of any two
configurations h and h'; normalisers then need not be known.
"""

import sympy as sp
from sympy import Expr, Symbol

from derivations.display import Named
from derivations.families import Family, Moved, configurations, product, replaced, total
from derivations.machine import (
    ACROSS,
    BLOCKS,
    HIDDEN_BIAS,
    SPINS,
    VISIBLE_BIAS,
    WITHIN_HIDDEN,
    WITHIN_VISIBLE,
    V,
    h,
    i,
    j,
    k,
    m,
    n,
    of_values,
    p,
    v,
)
from derivations.notation import SpinSymbol, logistic
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

ONE = sp.Integer(1)
DATA = Family("d")  # of any values
DATUM = Family("d", spin=True)
VALUE = Family("h")  # of hidden units in any convention
OTHER_VALUE, OTHER_SPIN = Family("hprime"), Family("hprime", spin=True)
BIAS_SIZE = Symbol("c", positive=True)  # of the bias c d_i that is added to each visible unit


def clamping_shifts_the_hidden_biases() -> Derivation:
    """Section 4 corrected: clamp v = d and give the hidden units the biases theta_h + W_hv d.

    Every term of the energy holds the clamped units alone, or hidden ones alone, or both. The first
    kind is a constant, and in the third the data are numbers in front of one hidden unit.
    """

    def shifted(hidden: Family) -> Expr:
        bias = HIDDEN_BIAS[k] + total(ACROSS[i, k] * DATA[i], i)
        own = total(WITHIN_HIDDEN[k, m] * hidden[k] * hidden[m], k, m)
        return -own / 2 - total(bias * hidden[k], k)

    units = of_values(DATA, VALUE)
    clamped = Named("E(d,h)", units.energy(ONE).definition)
    other = Named("E(d,h′)", of_values(DATA, OTHER_VALUE).energy(ONE).definition)
    rest, other_rest = Named("E_d(h)", shifted(VALUE)), Named("E_d(h′)", shifted(OTHER_VALUE))
    constant = total(WITHIN_VISIBLE[i, j] * DATA[i] * DATA[j], i, j) / 2
    constant += total(VISIBLE_BIAS[i] * DATA[i], i)
    between = total(ACROSS[i, k] * DATA[i] * VALUE[k], i, k)
    other_between = total(ACROSS[i, k] * DATA[i] * OTHER_VALUE[k], i, k)
    hidden_field = units.hidden_field(n)
    return Derivation(
        name="clamping_shifts_the_hidden_biases",
        equations=("sec. 4",),
        form="corrected",
        statement=equation(clamped - other, rest - other_rest),
        slip=Slip("the biases not shifted", rest + between - other_rest - other_between),
        assumes=(BLOCKS, "units of any values, such as ±1 or 0/1", "cross term of (12) corrected"),
        lines=(
            definition(clamped, "(12), cross term corrected, with the visible units at d"),
            definition(rest, "the hidden units alone, with the biases theta_h + W_hv d"),
            Step(
                clamped,
                rest - constant,
                "what the clamped units add alone is the same for all h; it drops out of all odds",
                slip=Slip("the printed half in the cross term", rest - constant + between / 2),
            ),
            definition(other, "the clamped machine in another configuration of the hidden units"),
            definition(other_rest, "and the hidden units alone"),
            Step(
                Moved(rest, VALUE[n], -1) - Moved(rest, VALUE[n], 1),
                2 * hidden_field,
                "a free ±1 unit has the log-odds of the unclamped machine's, with d in place of v; "
                "so free units that are redrawn one at a time keep P(h | v = d)",
                uses=(
                    "unit_law_of_spin_units_has_twice_the_logit",
                    "heat_bath_satisfies_detailed_balance",
                ),
                slip=Slip("the log-odds of a 0/1 unit", hidden_field),
            ),
        ),
    )


def clamping_is_absorbed_by_a_visible_bias() -> Derivation:
    """Section 4 as printed: clamping is absorbed in the biases of the clamped units.

    A finite bias leaves a visible unit a chance to be wrong. Summed over, it acts on the hidden
    units by a log 2 cosh of what it hears from them, where a clamped unit acts linearly.
    """
    own = total(WITHIN_HIDDEN[k, m] * h[k] * h[m], k, m) / 2 + total(HIDDEN_BIAS[k] * h[k], k)
    alone = Named("w(h)", sp.exp(own))
    heard = VISIBLE_BIAS[i] + total(ACROSS[i, k] * h[k], k)
    heard_by_p = VISIBLE_BIAS[p] + total(ACROSS[p, k] * h[k], k)
    biased = Named("w_c(v,h)", alone * sp.exp(total((BIAS_SIZE * DATUM[i] + heard) * v[i], i)))
    free = Named("w_c(h)", configurations(biased, (v, V)))
    held = Named("w(d,h)", alone * sp.exp(total(heard * DATUM[i], i)))
    free_other = Named("w_c(h′)", replaced(free, h, OTHER_SPIN.__getitem__))
    held_other = Named("w(d,h′)", replaced(held, h, OTHER_SPIN.__getitem__))
    obeys, errs = Moved(biased, v[p], DATUM[p]), Moved(biased, v[p], -DATUM[p])
    log_odds = -2 * BIAS_SIZE - 2 * DATUM[p] * heard_by_p
    return Derivation(
        name="clamping_is_absorbed_by_a_visible_bias",
        equations=("sec. 4",),
        form="printed",
        statement=equation(free / free_other, held / held_other),
        assumes=(
            "any numbers V and H of ±1 units; W_hh = J symmetric with zero diagonal, W_vv = 0",
            "a finite bias c d_i on each visible unit",
        ),
        lines=(
            definition(alone, "the terms with hidden units only"),
            definition(biased, "the machine with the additional biases"),
            definition(free, "the hidden units' law, whatever the visible ones are"),
            definition(held, "the machine with its visible units at d"),
            definition(free_other, "the hidden units' law in another configuration of theirs"),
            definition(held_other, "and with the visible units at d"),
            Step(
                errs / obeys,
                sp.exp(log_odds),
                "the odds against the datum: small for a large c",
                slip=Slip("a ±1 unit changed by 1", sp.exp(log_odds / 2)),
            ),
            Step(
                sp.Integer(0),
                errs / (errs + obeys),
                "but however large c is, each visible unit is wrong with positive probability",
                relation="<",
                slip=Slip("log-odds taken for odds", log_odds),
            ),
            Step(
                free,
                alone * product(2 * sp.cosh(BIAS_SIZE * DATUM[i] + heard), i),
                "so that the hidden units feel log 2 cosh of all that a visible unit receives",
                slip=Slip("the clamped unit's linear term", held.definition),
            ),
        ),
        expected="refuted",
    )


def infinite_visible_bias_clamps() -> Derivation:
    """Section 4, the limiting case: visible biases c d_i clamp as c grows to infinity.

    A configuration of the visible units is as much suppressed as it has wrong units. In the finite
    sum over all of them only v = d is left, and that is clamping. Couplings between visible units
    do not matter.
    """
    energy = SPINS.energy(ONE)
    weight = Named("w(v,h)", sp.exp(-energy))
    biased = Named("w_c(v,h)", sp.exp(-energy + BIAS_SIZE * total(DATUM[i] * v[i], i)))
    wrong = Named("r(v)", total(1 - DATUM[i] * v[i], i) / 2)
    number = Symbol("r", integer=True, positive=True)
    field, datum = Symbol("x", real=True), SpinSymbol("d")
    right_prob = Moved(biased, v[p], DATUM[p])
    right_prob /= Moved(biased, v[p], DATUM[p]) + Moved(biased, v[p], -DATUM[p])
    received = SPINS.visible_field(p)
    suppressed = Step(
        biased / sp.exp(BIAS_SIZE * V),
        weight * sp.exp(-2 * BIAS_SIZE * wrong),
        "each visible unit that is not at its datum costs a factor e^(-2c)",
        slip=Slip("a wrong unit costs e^(-c)", weight * sp.exp(-BIAS_SIZE * wrong)),
    )
    vanishing = Step(
        sp.Limit(sp.exp(-2 * BIAS_SIZE * number), BIAS_SIZE, sp.oo),
        sp.Integer(0),
        "all of the finitely many configurations with r = 1, 2, … wrong units die out",
        slip=Slip("the limit of no wrong unit", ONE),
    )
    return Derivation(
        name="infinite_visible_bias_clamps",
        equations=("sec. 4",),
        form="corrected",
        statement=Sentence(
            "the visible units sum to the weight of v = d alone: {} and, for r > 0, {}",
            (suppressed.stated, vanishing.stated),
        ),
        assumes=(BLOCKS, "±1 units", "the biases on the visible units tend to infinity times d"),
        lines=(
            definition(energy, "(12), cross term corrected"),
            definition(weight, "the machine's law, up to its normaliser"),
            definition(biased, "with the additional biases c d_i"),
            definition(wrong, "the number of visible units that are not at their datum"),
            Step(
                Moved(wrong, v[p], -DATUM[p]) - Moved(wrong, v[p], DATUM[p]),
                ONE,
                "a unit that leaves its datum counts one",
                slip=Slip("the half left out", 2 * ONE),
            ),
            Step(
                replaced(wrong, v, DATUM.__getitem__),
                sp.Integer(0),
                "and none is wrong at v = d, which is not suppressed: the clamped machine",
                uses=("clamping_shifts_the_hidden_biases",),
                slip=Slip("d d taken for -1", V),
            ),
            suppressed,
            vanishing,
            Step(
                right_prob,
                logistic(2 * BIAS_SIZE + 2 * DATUM[p] * received),
                "as seen by one unit: its log-odds for the datum grow like 2c",
                uses=("unit_law_of_spin_units_has_twice_the_logit",),
                slip=Slip("(13) believed for ±1 units", logistic(BIAS_SIZE + DATUM[p] * received)),
            ),
            Step(
                sp.Limit(logistic(2 * BIAS_SIZE + 2 * datum * field), BIAS_SIZE, sp.oo),
                ONE,
                "whatever x it receives from the others, in the end it is at its datum",
                slip=Slip("the bias set to zero in its place", logistic(2 * datum * field)),
            ),
        ),
    )


DERIVATIONS = (
    clamping_is_absorbed_by_a_visible_bias,
    infinite_visible_bias_clamps,
    clamping_shifts_the_hidden_biases,
)
