"""Agents that match probabilities are Glauber dynamics (section 3, equations 6 to 9).

Three spins, all pairs coupled, couplings and fields arbitrary; agent 1 stands for any of them, the
others follow by renaming. Setting couplings to zero gives every graph on three nodes.
"""

import sympy as sp
from sympy import Expr

from derivations.display import Named, Total
from derivations.notation import (
    beta,
    dot,
    gamma,
    local_field,
    logistic,
    pair_sum,
    sigma,
    sigma_next,
    spin_law,
    spins,
    symmetric_matrix,
    vector,
    where,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation

STATE = spins(3)
COUPLINGS = symmetric_matrix("J", 3)
FIELDS = vector("h", 3)
SHARED_PRECISION = sp.Matrix(3, 3, lambda i, j: 0 if i == j else gamma)
SHARED_PRIOR = (zeta, zeta, zeta)


def energy(couplings: sp.Matrix, fields: tuple[Expr, ...]) -> Expr:
    """Equation (7), each unordered pair once."""
    return Named("E(σ)", -pair_sum(couplings, STATE) - dot(fields, STATE))


def energy_gap(couplings: sp.Matrix, fields: tuple[Expr, ...], i: int) -> Expr:
    """E(spin i down) - E(spin i up)."""
    e = energy(couplings, fields)
    return where(e, (sigma(i), -1)) - where(e, (sigma(i), 1))


def heat_bath(couplings: sp.Matrix, fields: tuple[Expr, ...], i: int) -> Expr:
    """P(spin i up | the others) under the law (6)."""
    weight = sp.exp(-beta * energy(couplings, fields))
    return where(weight, (sigma(i), 1)) / Total(weight, sigma(i))


def heat_bath_is_logistic_in_the_energy_gap() -> Derivation:
    """Equations (6) to (8): the conditional law of one spin, and the gap that it depends on.

    The gap is twice the local field because flipping a spin changes each term of the pair sum by
    twice its value. This needs every pair counted once; over ordered pairs (7) would want a 1/2.
    """
    gap = energy_gap(COUPLINGS, FIELDS, 1)
    twice_the_field = 2 * local_field(COUPLINGS, FIELDS, STATE, 1)
    return Derivation(
        name="heat_bath_is_logistic_in_the_energy_gap",
        equations=("6", "7", "8"),
        form="printed",
        statement=equation(heat_bath(COUPLINGS, FIELDS, 1), logistic(beta * twice_the_field)),
        assumes=("J symmetric with zero diagonal", "each unordered pair is counted once in (7)"),
        steps=(
            definition(energy(COUPLINGS, FIELDS), "equation (7)"),
            Step(gap, twice_the_field, "only the terms that hold sigma_1 change sign"),
            Step(
                heat_bath(COUPLINGS, FIELDS, 1),
                logistic(beta * gap),
                "the terms without sigma_1 cancel between numerator and denominator",
            ),
        ),
    )


def heat_bath_satisfies_detailed_balance() -> Derivation:
    """Section 3: redrawing one spin from its conditional law keeps the Gibbs law (6).

    Detailed balance for every single-spin update is what makes random scan sample (6); a sweep in
    any order then keeps (6) too, since each of its updates does.
    """
    up = Named("p", heat_bath(COUPLINGS, FIELDS, 1))
    weight = Named("w(σ)", sp.exp(-beta * energy(COUPLINGS, FIELDS)))
    new = sigma_next(1)
    weight_after = where(weight, (sigma(1), new))

    def redrawn(spin: Expr) -> Expr:
        return (1 + spin * (2 * up - 1)) / 2

    return Derivation(
        name="heat_bath_satisfies_detailed_balance",
        equations=("sec. 3",),
        form="printed",
        statement=equation(weight * redrawn(new), weight_after * redrawn(sigma(1))),
        assumes=("J symmetric with zero diagonal", "one spin is redrawn at a time"),
        steps=(
            definition(weight, "equation (6) up to its normaliser"),
            definition(up, "equation (8): the probability that the redrawn spin is up"),
            Step(
                redrawn(new),
                weight_after / Total(weight, sigma(1)),
                "the redrawn spin has its conditional law, whatever it was before",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
            ),
        ),
    )


def agents_follow_the_heat_bath() -> Derivation:
    """Equation (9) beside (8): with J = gamma, h = zeta and beta = 1 the two rules are one."""
    agent = logistic(2 * local_field(SHARED_PRECISION, SHARED_PRIOR, STATE, 1))
    rule = where(heat_bath(SHARED_PRECISION, SHARED_PRIOR, 1), (beta, 1))
    return Derivation(
        name="agents_follow_the_heat_bath",
        equations=("9",),
        form="printed",
        statement=equation(agent, rule),
        assumes=("all agents share gamma", "beta = 1", "J = gamma", "h = zeta"),
        steps=(
            Step(
                where(
                    spin_law(local_field(SHARED_PRECISION, SHARED_PRIOR, STATE, 1), sigma(1)),
                    (sigma(1), 1),
                ),
                agent,
                "the agent acts up with the probability of its posterior",
                uses=("posterior_is_logistic", "matched_action_law_is_the_posterior"),
            ),
            Step(
                energy_gap(SHARED_PRECISION, SHARED_PRIOR, 1),
                2 * local_field(SHARED_PRECISION, SHARED_PRIOR, STATE, 1),
                "and its log-odds are the energy gap",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
            ),
        ),
    )


def couplings_equal_precisions_at_every_temperature() -> Derivation:
    """Below (9), as printed: J = gamma and h = zeta, while (8) still carries beta.

    The printed "proportional to" hides the factor: the identification loses beta, and fails at
    every temperature but one.
    """
    agent = logistic(2 * local_field(SHARED_PRECISION, SHARED_PRIOR, STATE, 1))
    rule = heat_bath(SHARED_PRECISION, SHARED_PRIOR, 1)
    return Derivation(
        name="couplings_equal_precisions_at_every_temperature",
        equations=("8", "9"),
        form="printed",
        statement=equation(agent, rule),
        assumes=("J = gamma", "h = zeta", "any beta > 0"),
        steps=(
            definition(energy(SHARED_PRECISION, SHARED_PRIOR), "(7) with J = gamma, h = zeta"),
            Step(
                rule,
                logistic(2 * beta * local_field(SHARED_PRECISION, SHARED_PRIOR, STATE, 1)),
                "with J = gamma and h = zeta the heat bath has beta in front of the local field",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
            ),
        ),
    )


def precisions_are_couplings_over_temperature() -> Derivation:
    """The corrected dictionary gamma = beta J, zeta = beta h, with one precision per pair.

    The last two steps show that there is no other: the agent's log-odds determine its precisions.
    """
    precisions, priors = beta * COUPLINGS, tuple(beta * h for h in FIELDS)
    gammas, zetas = symmetric_matrix("gamma", 3), vector("zeta", 3)
    field = local_field(gammas, zetas, STATE, 1)
    odds = Named("odds", sp.exp(2 * field))
    return Derivation(
        name="precisions_are_couplings_over_temperature",
        equations=("8", "9"),
        form="corrected",
        statement=equation(
            logistic(2 * local_field(precisions, priors, STATE, 1)),
            heat_bath(COUPLINGS, FIELDS, 1),
        ),
        assumes=("J symmetric with zero diagonal", "gamma_ij = beta J_ij", "zeta_i = beta h_i"),
        steps=(
            Step(
                2 * local_field(precisions, priors, STATE, 1),
                beta * energy_gap(COUPLINGS, FIELDS, 1),
                "the agent's log-odds are beta times the energy gap, equal and not proportional",
                uses=("heat_bath_is_logistic_in_the_energy_gap", "agents_follow_the_heat_bath"),
            ),
            definition(odds, "what the agent's log-odds are for any precisions"),
            Step(
                where(odds, (sigma(2), 1)) / where(odds, (sigma(2), -1)),
                sp.exp(4 * gammas[0, 1]),
                "turning one neighbour multiplies the odds by e^(4 gamma): gamma is determined",
            ),
            Step(
                where(odds, (sigma(2), 1), (sigma(3), -1))
                * where(odds, (sigma(2), -1), (sigma(3), 1)),
                sp.exp(4 * zetas[0]),
                "and so is zeta, from two configurations with opposite neighbours",
            ),
        ),
    )


DERIVATIONS = (
    heat_bath_is_logistic_in_the_energy_gap,
    heat_bath_satisfies_detailed_balance,
    agents_follow_the_heat_bath,
    couplings_equal_precisions_at_every_temperature,
    precisions_are_couplings_over_temperature,
)
