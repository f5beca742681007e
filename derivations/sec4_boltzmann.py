"""Agents as the units of a Boltzmann machine (section 4, equations 10 to 13).

One visible and two hidden units, so that there are couplings within a block and between blocks.
Three conventions meet in this section: the coefficient of the cross term in (12), the values of a
unit (±1 or 0/1), and whether a law is exp(-E) or exp(-E/2). The printed text mixes them; the three
dictionaries at the end are the consistent ways to read it.
"""

from collections.abc import Sequence

import sympy as sp
from sympy import Expr, Symbol

from derivations.display import Named, Total, reveal
from derivations.notation import (
    FiniteSymbol,
    SpinSymbol,
    dot,
    local_field,
    logistic,
    pair_sum,
    spin_law,
    spins,
    symmetric_matrix,
    units,
    vector,
    where,
    z,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation

WEIGHTS = symmetric_matrix("W", 3)
BIASES = vector("theta", 3)
PRECISIONS = symmetric_matrix("gamma", 3)
PRIORS = vector("zeta", 3)
BINARY = units(3)
SPINS = spins(3)
VISIBLE, HIDDEN = (0,), (1, 2)
DATUM = SpinSymbol("d")  # the value at which the visible unit is clamped
BIAS_SIZE = Symbol("c", positive=True)  # size of a bias that is added to the visible unit


def block(
    weights: sp.Matrix, state: Sequence[Expr], rows: Sequence[int], cols: Sequence[int]
) -> Expr:
    """The block rows x cols of x'Wx: state_i weights_ij state_j over ordered pairs."""
    return sp.Add(*(state[i] * weights[i, j] * state[j] for i in rows for j in cols))


def block_energy(cross: sp.Rational, state: Sequence[Expr]) -> Expr:
    """Equation (12) with ``cross`` in front of v' W_vh h; the paper prints 1/2."""
    within = block(WEIGHTS, state, VISIBLE, VISIBLE) + block(WEIGHTS, state, HIDDEN, HIDDEN)
    between = block(WEIGHTS, state, VISIBLE, HIDDEN)
    return Named("E_B", -within / 2 - cross * between - dot(BIASES, state))


def energy(weights: sp.Matrix, biases: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """(12) corrected, each unordered pair once."""
    return Named("E_B", -pair_sum(weights, state) - dot(biases, state))


def matrix_energy(weights: sp.Matrix, biases: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """The same as -x' W x / 2 - theta' x, over ordered pairs with all of the symmetric W."""
    n = len(state)
    rows = [sp.Add(*(weights[i, j] * state[j] for j in range(n))) for i in range(n)]
    return -dot(state, rows) / 2 - dot(biases, state)


def on_prob(weight: Expr, unit: FiniteSymbol) -> Expr:
    """P(unit at its upper value | the others) under a law given up to its normaliser."""
    return where(weight, (unit, 1)) / Total(weight, unit)


def heterogeneous_posterior_is_logistic() -> Derivation:
    """Equations (10) and (11): one precision per neighbour, the same Bayes' rule."""
    gammas = vector("gamma", 3)
    field = zeta + dot(gammas, SPINS)
    factors = [spin_law(g * z, s) for g, s in zip(gammas, SPINS, strict=True)]
    joint = Named("P(σ,z)", spin_law(zeta, z) * sp.Mul(*factors))
    return Derivation(
        name="heterogeneous_posterior_is_logistic",
        equations=("10", "11"),
        form="printed",
        statement=equation(where(joint, (z, 1)) / Total(joint, z), logistic(2 * field)),
        assumes=("three neighbours, each with its own precision",),
        steps=(
            definition(joint, "the prior times the likelihood (10)"),
            Step(
                where(joint, (z, 1)) / where(joint, (z, -1)),
                sp.exp(2 * field),
                "the prior's odds times one likelihood ratio per neighbour",
                uses=("heterogeneous_likelihood_is_exponential_in_the_weighted_sum",),
            ),
        ),
    )


def printed_cross_term_gives_the_unit_law() -> Derivation:
    """(12) with its printed half in front of the cross term, against (13), for 0/1 units.

    v' W_vh h holds each visible-hidden pair once, unlike the two other quadratic forms, which
    hold theirs twice. With the half, couplings across the blocks count half.
    """
    printed = block_energy(sp.Rational(1, 2), BINARY)
    weight = sp.exp(-printed)
    return Derivation(
        name="printed_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        form="printed",
        statement=equation(
            on_prob(weight, BINARY[1]), logistic(local_field(WEIGHTS, BIASES, BINARY, 2))
        ),
        assumes=("0/1 units", "law exp(-E_B)"),
        steps=(
            definition(printed, "(12) as printed, for one visible and two hidden units"),
            Step(
                sp.log(where(weight, (BINARY[1], 1)) / where(weight, (BINARY[1], 0))),
                BIASES[1] + WEIGHTS[1, 2] * BINARY[2] + WEIGHTS[0, 1] * BINARY[0] / 2,
                "the log-odds of a hidden unit: the visible unit enters with half its weight",
            ),
        ),
    )


def corrected_cross_term_gives_the_unit_law() -> Derivation:
    """(12) with coefficient 1 for the cross term is -x'Wx/2 - theta'x, and then (13) holds, 0/1."""
    corrected = block_energy(sp.Integer(1), BINARY)
    weight = sp.exp(-corrected)
    in_one_block = matrix_energy(WEIGHTS, BIASES, BINARY)
    return Derivation(
        name="corrected_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        form="corrected",
        statement=equation(
            on_prob(weight, BINARY[1]), logistic(local_field(WEIGHTS, BIASES, BINARY, 2))
        ),
        assumes=("0/1 units", "law exp(-E_B)", "W symmetric with zero diagonal"),
        steps=(
            definition(corrected, "(12) with coefficient 1 for the cross term"),
            Step(corrected, in_one_block, "v'W_vh h and its transpose both occur in x'Wx"),
            Step(
                where(corrected, (BINARY[1], 0)) - where(corrected, (BINARY[1], 1)),
                local_field(WEIGHTS, BIASES, BINARY, 2),
                "switching a 0/1 unit on changes its own terms from 0 to their value",
            ),
            Step(
                on_prob(weight, BINARY[0]),
                logistic(local_field(WEIGHTS, BIASES, BINARY, 1)),
                "the visible unit obeys the same law",
            ),
        ),
    )


def unit_law_holds_for_spin_units() -> Derivation:
    """(13) as printed, for the ±1 units of the rest of the paper: the logit lacks a factor 2."""
    weight = sp.exp(-energy(WEIGHTS, BIASES, SPINS))
    field = local_field(WEIGHTS, BIASES, SPINS, 2)
    return Derivation(
        name="unit_law_holds_for_spin_units",
        equations=("13",),
        form="printed",
        statement=equation(on_prob(weight, SPINS[1]), logistic(field)),
        assumes=("±1 units", "law exp(-E_B), cross term of (12) corrected"),
        steps=(
            definition(energy(WEIGHTS, BIASES, SPINS), "(12), cross term corrected"),
            Step(
                sp.log(where(weight, (SPINS[1], 1)) / where(weight, (SPINS[1], -1))),
                2 * field,
                "a ±1 unit changes its own terms from minus to plus their value",
            ),
        ),
    )


def unit_law_of_spin_units_has_twice_the_logit() -> Derivation:
    """(13) corrected for ±1 units: logit 2((W x)_i + theta_i)."""
    weight = sp.exp(-energy(WEIGHTS, BIASES, SPINS))
    field = local_field(WEIGHTS, BIASES, SPINS, 2)
    e = energy(WEIGHTS, BIASES, SPINS)
    return Derivation(
        name="unit_law_of_spin_units_has_twice_the_logit",
        equations=("13",),
        form="corrected",
        statement=equation(on_prob(weight, SPINS[1]), logistic(2 * field)),
        assumes=("±1 units", "law exp(-E_B), cross term of (12) corrected"),
        steps=(
            definition(e, "(12), cross term corrected"),
            Step(
                where(e, (SPINS[1], -1)) - where(e, (SPINS[1], 1)),
                2 * field,
                "the energy gap is twice the local field, as in section 3",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
            ),
        ),
    )


def doubled_weights_give_the_agents_at_full_energy() -> Derivation:
    """W = 2 gamma, theta = 2 zeta as printed, with ±1 units and the law exp(-E_B).

    The doubling is what (13) needs to look like (11); but for ±1 units (13) itself lacks a factor
    2, and the machine's units become twice as sure as the agents.
    """
    doubled = energy(2 * PRECISIONS, [2 * zeta_i for zeta_i in PRIORS], SPINS)
    weight = sp.exp(-doubled)
    agent = logistic(2 * local_field(PRECISIONS, PRIORS, SPINS, 1))
    return Derivation(
        name="doubled_weights_give_the_agents_at_full_energy",
        equations=("11", "12", "13"),
        form="printed",
        statement=equation(on_prob(weight, SPINS[0]), agent),
        assumes=("±1 units", "law exp(-E_B)", "W = 2 gamma", "theta = 2 zeta"),
        steps=(
            definition(doubled, "(12), cross term corrected, with the printed dictionary"),
            Step(
                on_prob(weight, SPINS[0]),
                logistic(4 * local_field(PRECISIONS, PRIORS, SPINS, 1)),
                "the logit is twice W x + theta, which is twice the agent's local field",
                uses=("unit_law_of_spin_units_has_twice_the_logit",),
            ),
        ),
    )


def _dictionary(name: str, exponent: Expr, assumes: tuple[str, ...], reason: str) -> Derivation:
    """Agents and the machine with the law exp(exponent): equal up to a constant in the exponent."""
    agents = Named("A(σ)", pair_sum(PRECISIONS, SPINS) + dot(PRIORS, SPINS))
    machine = Named("M(σ)", exponent)
    all_down = [(s, -1) for s in SPINS]
    weight = sp.exp(machine)
    steps = [
        definition(agents, "the law that the agents sample, up to its normaliser"),
        definition(machine, "the machine's law, up to its normaliser"),
        Step(
            machine - where(machine, *all_down),
            agents - where(agents, *all_down),
            reason,
            uses=("corrected_cross_term_gives_the_unit_law",),
        ),
    ]
    steps += [
        Step(
            on_prob(weight, s),
            logistic(2 * local_field(PRECISIONS, PRIORS, SPINS, i)),
            f"so unit {i} is on with the probability with which agent {i} acts up",
            uses=("heterogeneous_posterior_is_logistic",),
        )
        for i, s in enumerate(SPINS[1:], start=2)
    ]
    return Derivation(
        name=name,
        equations=("11", "12", "13"),
        form="corrected",
        statement=equation(
            on_prob(weight, SPINS[0]), logistic(2 * local_field(PRECISIONS, PRIORS, SPINS, 1))
        ),
        assumes=(*assumes, "gamma symmetric with zero diagonal"),
        steps=tuple(steps),
    )


def spin_units_at_full_energy_have_weights_equal_to_precisions() -> Derivation:
    """Dictionary (a): ±1 units, law exp(-E), W = gamma, theta = zeta."""
    return _dictionary(
        "spin_units_at_full_energy_have_weights_equal_to_precisions",
        -matrix_energy(PRECISIONS, PRIORS, SPINS),
        ("±1 units", "law exp(-E)", "W = gamma", "theta = zeta"),
        "the machine's energy is the spin glass's at beta = 1",
    )


def spin_units_at_half_energy_have_doubled_weights() -> Derivation:
    """Dictionary (b): ±1 units, law exp(-E/2), and then the printed W = 2 gamma, theta = 2 zeta."""
    doubled = matrix_energy(2 * PRECISIONS, [2 * zeta_i for zeta_i in PRIORS], SPINS)
    return _dictionary(
        "spin_units_at_half_energy_have_doubled_weights",
        -doubled / 2,
        ("±1 units", "law exp(-E/2)", "W = 2 gamma", "theta = 2 zeta"),
        "the half in the law takes back the doubling of the weights",
    )


def binary_units_have_fourfold_weights_and_shifted_biases() -> Derivation:
    """Dictionary (c): 0/1 units, law exp(-E), W = 4 gamma, theta = 2 zeta - 2 sum_j gamma_ij.

    With x = (1 + sigma)/2, expand the products of sigma = 2x - 1: each pair gives 4 gamma x x',
    and minus 2 gamma x on both of its ends.
    """
    occupied = [(1 + s) / 2 for s in SPINS]
    biases = [2 * PRIORS[i] - 2 * sum(PRECISIONS[i, :]) for i in range(3)]
    return _dictionary(
        "binary_units_have_fourfold_weights_and_shifted_biases",
        -matrix_energy(4 * PRECISIONS, biases, occupied),
        ("0/1 units x = (1 + sigma)/2", "law exp(-E)", "W = 4 gamma", "theta = 2 (zeta - gamma 1)"),
        "sigma sigma' = 4 x x' - 2 x - 2 x' + 1, and the constant drops out",
    )


def _conditional_given_datum() -> Expr:
    """P(hidden spins | visible spin = d)."""
    weight = where(sp.exp(-energy(WEIGHTS, BIASES, SPINS)), (SPINS[0], DATUM))
    return weight / Total(weight, *SPINS[1:])


def _marginal_with_visible_bias() -> Expr:
    """P(hidden spins) when the visible unit is free and has the additional bias c d."""
    weight = _weight_with_visible_bias()
    return Total(weight, SPINS[0]) / Total(weight, *SPINS)


def _weight_with_visible_bias() -> Named:
    biased = (BIASES[0] + BIAS_SIZE * DATUM, *BIASES[1:])
    return Named("w_c", reveal(sp.exp(-energy(WEIGHTS, biased, SPINS))))


def clamping_is_absorbed_by_a_visible_bias() -> Derivation:
    """Section 4 as printed: clamping is absorbed in the biases of the clamped units.

    A finite bias leaves the visible unit a chance to be wrong, and the hidden units feel it.
    """
    weight = _weight_with_visible_bias()
    return Derivation(
        name="clamping_is_absorbed_by_a_visible_bias",
        equations=("sec. 4",),
        form="printed",
        statement=equation(_conditional_given_datum(), _marginal_with_visible_bias()),
        assumes=("±1 units", "a finite bias c d on the visible unit"),
        steps=(
            definition(weight, "the machine with the additional bias"),
            Step(
                sp.Integer(0),
                where(weight, (SPINS[0], -DATUM)) / Total(weight, SPINS[0]),
                "however large c is, the visible unit is at -d with positive probability",
                relation="<",
            ),
        ),
    )


def infinite_visible_bias_clamps() -> Derivation:
    """Section 4, the limiting case: a visible bias clamps as it grows to infinity."""
    biased = _marginal_with_visible_bias()
    weight = _weight_with_visible_bias()
    agrees = where(weight, (SPINS[0], DATUM))
    differs = where(weight, (SPINS[0], -DATUM))
    return Derivation(
        name="infinite_visible_bias_clamps",
        equations=("sec. 4",),
        form="corrected",
        statement=equation(sp.Limit(biased, BIAS_SIZE, sp.oo), _conditional_given_datum()),
        assumes=("±1 units", "the bias on the visible unit tends to infinity times d"),
        steps=(
            definition(weight, "the machine with the additional bias"),
            Step(
                differs / agrees,
                sp.exp(-2 * BIAS_SIZE - 2 * DATUM * local_field(WEIGHTS, BIASES, SPINS, 1)),
                "the odds against the datum vanish like e^(-2c)",
            ),
        ),
    )


def clamping_shifts_the_hidden_biases() -> Derivation:
    """Section 4 corrected: clamp v = d and give the hidden units the biases theta_h + W_hv d.

    This is exact for any datum; the visible unit is gone.
    """
    shifted = [BIASES[i] + WEIGHTS[i, 0] * DATUM for i in HIDDEN]
    hidden = SPINS[1:]
    law = Named("w_d", sp.exp(WEIGHTS[1, 2] * hidden[0] * hidden[1] + dot(shifted, hidden)))
    whole = where(sp.exp(-energy(WEIGHTS, BIASES, SPINS)), (SPINS[0], DATUM))
    return Derivation(
        name="clamping_shifts_the_hidden_biases",
        equations=("sec. 4",),
        form="corrected",
        statement=equation(_conditional_given_datum(), law / Total(law, *hidden)),
        assumes=("±1 units", "W symmetric with zero diagonal"),
        steps=(
            definition(energy(WEIGHTS, BIASES, SPINS), "(12), cross term corrected"),
            definition(law, "the hidden units alone, with their shifted biases"),
            Step(
                whole / law,
                sp.exp(BIASES[0] * DATUM),
                "what is left of the clamped unit does not depend on the hidden ones",
            ),
        ),
    )


DERIVATIONS = (
    heterogeneous_posterior_is_logistic,
    printed_cross_term_gives_the_unit_law,
    corrected_cross_term_gives_the_unit_law,
    unit_law_holds_for_spin_units,
    unit_law_of_spin_units_has_twice_the_logit,
    doubled_weights_give_the_agents_at_full_energy,
    spin_units_at_full_energy_have_weights_equal_to_precisions,
    spin_units_at_half_energy_have_doubled_weights,
    binary_units_have_fourfold_weights_and_shifted_biases,
    clamping_is_absorbed_by_a_visible_bias,
    infinite_visible_bias_clamps,
    clamping_shifts_the_hidden_biases,
)
