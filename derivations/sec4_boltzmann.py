"""The units of a Boltzmann machine and their law (section 4, equations 10 to 13).

Two conventions meet in (12) and (13): the coefficient of the cross term, and the values of a unit,
±1 or 0/1. What is printed is right for neither. The dictionaries between agents and machines are
in sec4_dictionaries.py and, as printed, in sec4_printed.py; clamping is in sec4_clamping.py.
"""

import sympy as sp

from derivations.collective import K, neighbour, sigma
from derivations.collective import j as other
from derivations.collective import k as unit
from derivations.display import Named, Total
from derivations.families import Family, product, total
from derivations.machine import (
    ACROSS,
    BIAS,
    BINARY,
    BLOCKS,
    HIDDEN_BIAS,
    SPINS,
    UNITS,
    VISIBLE_BIAS,
    WEIGHT,
    WITHIN_HIDDEN,
    h,
    i,
    k,
    log_odds,
    m,
    machine_energy,
    n,
    on_prob,
    p,
    tau,
    v,
    x,
)
from derivations.notation import logistic, spin_law, where, z, zeta
from derivations.sec2_posterior import neighbour_law
from derivations.step import Derivation, Slip, Step, definition, equation

HALF = sp.Rational(1, 2)
ONE = sp.Integer(1)
PRECISION = Family("gamma")  # gamma_j of the one agent of (10)


def heterogeneous_posterior_is_logistic() -> Derivation:
    """Equations (10) and (11): one precision per neighbour, the same Bayes' rule.

    The prior contributes zeta to the local field of z, neighbour j gamma_j sigma_j; the normalisers
    do not depend on z, since cosh is even.
    """
    field = zeta + total(PRECISION[neighbour] * sigma[neighbour], neighbour)
    likelihood = product(neighbour_law(PRECISION[neighbour], sigma[neighbour]), neighbour)
    joint = Named("P(σ,z)", spin_law(zeta, z) * likelihood)
    wrong = zeta + PRECISION[neighbour] * total(sigma[neighbour], neighbour)
    return Derivation(
        name="heterogeneous_posterior_is_logistic",
        equations=("10", "11"),
        form="printed",
        statement=equation(where(joint, (z, 1)) / Total(joint, z), logistic(2 * field)),
        slip=Slip("the prior left out", logistic(2 * field - 2 * zeta)),
        assumes=(f"any number {K} of neighbours, each with a precision of its own",),
        lines=(
            definition(joint, "the prior times the likelihood (10)"),
            Step(
                where(joint, (z, 1)) / where(joint, (z, -1)),
                sp.exp(2 * field),
                "the prior's odds times one likelihood ratio per neighbour",
                uses=("heterogeneous_likelihood_is_exponential_in_the_weighted_sum",),
                slip=Slip("one neighbour's precision used for all", sp.exp(2 * wrong)),
            ),
        ),
    )


def printed_cross_term_gives_the_unit_law() -> Derivation:
    """(12) with its printed half in front of the cross term, against (13), for 0/1 units.

    v' W_vh h holds each visible-hidden pair once, unlike the two other quadratic forms, which
    hold theirs twice. With the half, couplings across the blocks count half.
    """
    printed = BINARY.energy(HALF)
    field = BINARY.hidden_field(n)
    heard = total(ACROSS[i, n] * BINARY.visible(i), i)
    return Derivation(
        name="printed_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        form="printed",
        statement=equation(on_prob(sp.exp(-printed), tau[n]), logistic(field)),
        assumes=(BLOCKS, "0/1 units", "law exp(-E_B)"),
        lines=(
            definition(BINARY.visible(i), "a visible unit is on where its spin is up"),
            definition(BINARY.hidden(k), "and so is a hidden one"),
            definition(printed, "(12) as printed"),
            Step(
                log_odds(printed, tau[n]),
                field - heard / 2,
                "the log-odds of hidden unit n: the visible units enter with half their weight",
                slip=Slip("the half not noticed", field),
            ),
        ),
        expected="refuted",
    )


def corrected_cross_term_gives_the_unit_law() -> Derivation:
    """(12) with coefficient 1 for the cross term is -x'Wx/2 - theta'x, and then (13) holds, 0/1.

    The quadratic form x'Wx of all units holds v'W_vh h twice, once with its transpose h'W_hv v.
    """
    corrected = BINARY.energy(ONE)
    visible, hidden = BINARY.visible_field(p), BINARY.hidden_field(n)
    from_visible, from_hidden = visible - VISIBLE_BIAS[p], hidden - HIDDEN_BIAS[n]
    squares = total(BINARY.visible(p) * from_visible, p) + total(BINARY.hidden(n) * from_hidden, n)
    biases = total(VISIBLE_BIAS[i] * BINARY.visible(i), i)
    biases += total(HIDDEN_BIAS[k] * BINARY.hidden(k), k)
    return Derivation(
        name="corrected_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        form="corrected",
        statement=equation(on_prob(sp.exp(-corrected), tau[n]), logistic(hidden)),
        slip=Slip("the logit of a ±1 unit", logistic(2 * hidden)),
        assumes=(BLOCKS, "0/1 units", "law exp(-E_B)"),
        lines=(
            definition(BINARY.visible(i), "a visible unit is on where its spin is up"),
            definition(BINARY.hidden(k), "and so is a hidden one"),
            definition(corrected, "(12) with coefficient 1 for the cross term"),
            Step(
                corrected,
                -squares / 2 - biases,
                "-x'Wx/2 - theta'x: row by row, v'W_vh h comes once and its transpose once",
                slip=Slip("the half left out", -squares - biases),
            ),
            Step(
                log_odds(corrected, tau[n]),
                hidden,
                "switching a hidden unit on changes its own terms from 0 to their value",
                slip=Slip("its couplings counted half", hidden - from_hidden / 2),
            ),
            Step(
                log_odds(corrected, sigma[p]),
                visible,
                "a visible unit obeys the same law",
                slip=Slip("the bias forgotten", from_visible),
            ),
        ),
    )


def printed_cross_term_gives_the_unit_law_of_spin_units() -> Derivation:
    """(12) and (13) both as printed, for ±1 units.

    A ±1 unit turns its terms from minus to plus their value, which doubles its log-odds. The
    printed half takes that back for couplings across the blocks, and for nothing else.
    """
    printed = SPINS.energy(HALF)
    field = SPINS.hidden_field(n)
    own = total(WITHIN_HIDDEN[n, m] * h[m], m)
    return Derivation(
        name="printed_cross_term_gives_the_unit_law_of_spin_units",
        equations=("12", "13"),
        form="printed",
        statement=equation(on_prob(sp.exp(-printed), h[n]), logistic(field)),
        assumes=(BLOCKS, "±1 units", "law exp(-E_B)"),
        lines=(
            definition(printed, "(12) as printed"),
            Step(
                log_odds(printed, h[n]),
                total(ACROSS[i, n] * v[i], i) + 2 * own + 2 * HIDDEN_BIAS[n],
                "against (13) the bias and the unit's own block count double",
                slip=Slip("everything taken to count double", 2 * field),
            ),
        ),
        expected="refuted",
    )


def two_slips_cancel_across_the_blocks() -> Derivation:
    """Where (12) and (13) as printed agree for ±1 units: only couplings across the blocks.

    The half of (12) and the factor 2 that (13) lacks then cancel, so that the printed pair seems
    right in the smallest example, one visible and one hidden unit with W = 1.
    """
    between = total(ACROSS[i, k] * v[i] * h[k], i, k)
    printed, corrected = Named("E_P", -between / 2), Named("E_C", -between)
    field = total(ACROSS[i, n] * v[i], i)
    return Derivation(
        name="two_slips_cancel_across_the_blocks",
        equations=("12", "13"),
        form="printed",
        statement=equation(on_prob(sp.exp(-printed), h[n]), logistic(field)),
        slip=Slip("the cross term of (12) corrected and (13) not", logistic(2 * field)),
        assumes=("any numbers of ±1 units", "W_vv = W_hh = 0, no biases", "law exp(-E_B)"),
        lines=(
            definition(printed, "what is left of (12) as printed"),
            definition(corrected, "the same with coefficient 1 before the cross term"),
            Step(
                log_odds(printed, h[n]),
                field,
                "the half and the change from -1 to +1 make a factor 1",
                slip=Slip("a ±1 unit changed by 1", field / 2),
            ),
            Step(
                log_odds(corrected, h[n]),
                2 * field,
                "without the printed half the log-odds are twice those of (13)",
                slip=Slip("the log-odds of a 0/1 unit", field),
            ),
            Step(
                spin_law(HALF, ONE),
                logistic(ONE),
                "one unit each, W = 1, v = +1: P(h = +1) under exp(h/2) is that of (13)",
                slip=Slip("the half not carried along", logistic(2 * ONE)),
            ),
            Step(
                sp.Rational(7310, 10000),
                logistic(ONE),
                "which is above 0.7310",
                relation="<",
                slip=Slip("the half of the law taken once more", logistic(HALF)),
            ),
            Step(
                logistic(ONE),
                sp.Rational(7311, 10000),
                "and just below 0.7311",
                relation="<",
                slip=Slip("one digit too small", sp.Rational(7310, 10000)),
            ),
            Step(
                spin_law(ONE, ONE),
                logistic(2 * ONE),
                "with (12) corrected it is that under exp(h)",
                slip=Slip("half log-odds taken for log-odds", logistic(ONE)),
            ),
            Step(
                sp.Rational(8807, 10000),
                logistic(2 * ONE),
                "which is just above 0.8807: (12) corrected and (13) as printed do not go together",
                relation="<",
                slip=Slip("(13) as it is printed", logistic(ONE)),
            ),
            Step(
                logistic(2 * ONE),
                sp.Rational(8808, 10000),
                "and below 0.8808",
                relation="<",
                slip=Slip("one digit too small", sp.Rational(8807, 10000)),
            ),
        ),
    )


def unit_law_holds_for_binary_units() -> Derivation:
    """(13) as printed, for 0/1 units: with the energy -x'Wx/2 - theta'x it is exact.

    Switching unit k on adds its own terms; each of its pairs is twice in x'Wx and has a half.
    """
    e = Named("E_B", machine_energy(x))
    field = BIAS[unit] + total(WEIGHT[unit, other] * x(other), other)
    return Derivation(
        name="unit_law_holds_for_binary_units",
        equations=("13",),
        form="printed",
        statement=equation(on_prob(sp.exp(-e), sigma[unit]), logistic(field)),
        slip=Slip("the logit of a ±1 unit", logistic(2 * field)),
        assumes=(UNITS, "0/1 units", "law exp(-E_B), cross term of (12) corrected"),
        lines=(
            definition(x(unit), "a unit is on where its spin is up"),
            definition(e, "(12), cross term corrected"),
            Step(
                log_odds(e, sigma[unit]),
                field,
                "the energy of unit k off less that of unit k on",
                uses=("corrected_cross_term_gives_the_unit_law",),
                slip=Slip("each pair counted in one order only", (field + BIAS[unit]) / 2),
            ),
        ),
    )


def unit_law_holds_for_spin_units() -> Derivation:
    """(13) as printed, for the ±1 units of the rest of the paper: the logit lacks a factor 2."""
    e = Named("E_B", machine_energy())
    field = BIAS[unit] + total(WEIGHT[unit, other] * sigma[other], other)
    return Derivation(
        name="unit_law_holds_for_spin_units",
        equations=("13",),
        form="printed",
        statement=equation(on_prob(sp.exp(-e), sigma[unit]), logistic(field)),
        assumes=(UNITS, "±1 units", "law exp(-E_B), cross term of (12) corrected"),
        lines=(
            definition(e, "(12), cross term corrected"),
            Step(
                log_odds(e, sigma[unit]),
                2 * field,
                "a ±1 unit changes its own terms from minus to plus their value",
                slip=Slip("from 0 to their value", field),
            ),
        ),
        expected="refuted",
    )


def unit_law_of_spin_units_has_twice_the_logit() -> Derivation:
    """(13) corrected for ±1 units: logit 2((W x)_i + theta_i).

    The energy is a spin glass's, so that its gap is twice the local field.
    """
    e = Named("E_B", machine_energy())
    field = BIAS[unit] + total(WEIGHT[unit, other] * sigma[other], other)
    return Derivation(
        name="unit_law_of_spin_units_has_twice_the_logit",
        equations=("13",),
        form="corrected",
        statement=equation(on_prob(sp.exp(-e), sigma[unit]), logistic(2 * field)),
        slip=Slip("(13) as it is printed", logistic(field)),
        assumes=(UNITS, "±1 units", "law exp(-E_B), cross term of (12) corrected"),
        lines=(
            definition(e, "(12), cross term corrected"),
            Step(
                log_odds(e, sigma[unit]),
                2 * field,
                "the energy gap is twice the local field, as in section 3",
                uses=("energy_counts_each_pair_once", "heat_bath_is_logistic_in_the_energy_gap"),
                slip=Slip("the bias not doubled", 2 * field - BIAS[unit]),
            ),
        ),
    )


DERIVATIONS = (
    heterogeneous_posterior_is_logistic,
    printed_cross_term_gives_the_unit_law,
    corrected_cross_term_gives_the_unit_law,
    printed_cross_term_gives_the_unit_law_of_spin_units,
    two_slips_cancel_across_the_blocks,
    unit_law_holds_for_binary_units,
    unit_law_holds_for_spin_units,
    unit_law_of_spin_units_has_twice_the_logit,
)
