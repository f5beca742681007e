"""The heat bath of a spin glass: Glauber dynamics (section 3, equations 6 to 8).

Any number N of spins on any graph: a coupling J_ij is zero where there is no edge. The single spin
whose law is asked for is number k, any one of them.
"""

import sympy as sp
from sympy import Expr, Symbol

from derivations.collective import (
    i,
    j,
    k,
    local_field,
    prior_sum,
    sigma,
    sigma_next,
)
from derivations.display import Named
from derivations.families import Family, Moved, pairs, total
from derivations.notation import beta, logistic, where
from derivations.step import Derivation, Slip, Step, definition, equation

COUPLING = Family("J", symmetric=True, hollow=True)
FIELD = Family("h")
SPIN_GLASS = "any number of spins; J symmetric, J_ii = 0"
ZERO = sp.Integer(0)


def energy(coupling: Family = COUPLING, field: Family = FIELD) -> Named:
    """Equation (7), each unordered pair once."""
    bonds = pairs(coupling[i, j] * sigma[i] * sigma[j], i, j)
    return Named("E(σ)", -bonds - prior_sum(prior=field))


def weight(coupling: Family = COUPLING, field: Family = FIELD) -> Named:
    """Equation (6) without its normaliser Z."""
    return Named("w(σ)", sp.exp(-beta * energy(coupling, field)))


def energy_gap(coupling: Family = COUPLING, field: Family = FIELD) -> Expr:
    """E(spin k down) - E(spin k up)."""
    e = energy(coupling, field)
    return Moved(e, sigma[k], -1) - Moved(e, sigma[k], 1)


def heat_bath(law: Expr) -> Expr:
    """P(spin k up | the others) under a law given up to its normaliser."""
    up, down = Moved(law, sigma[k], 1), Moved(law, sigma[k], -1)
    return up / (up + down)


def energy_counts_each_pair_once() -> Derivation:
    """Equation (7): a sum over pairs i < j is half of the sum over all i and all j.

    Both orders of a pair give the same term, and no spin is coupled to itself.
    """
    bond = COUPLING[i, j] * sigma[i] * sigma[j]
    e = energy()
    ordered = total(bond, i, j)
    return Derivation(
        name="energy_counts_each_pair_once",
        equations=("7",),
        form="printed",
        statement=equation(e, -ordered / 2 - prior_sum(prior=FIELD)),
        slip=Slip("no half in front of the ordered pairs", -ordered - prior_sum(prior=FIELD)),
        assumes=(SPIN_GLASS, "⟨i,j⟩ in (7) is each unordered pair once"),
        lines=(
            definition(e, "equation (7)"),
            Step(
                ordered,
                pairs(bond, i, j) + pairs(bond, j, i),
                "every pair comes in both orders; the terms with i = j are zero",
                slip=Slip("one of the two orders forgotten", pairs(bond, i, j)),
            ),
            Step(
                pairs(bond, j, i),
                pairs(bond, i, j),
                "and both orders give the same, since J_ij = J_ji",
                slip=Slip("the two orders taken for opposite", -pairs(bond, i, j)),
            ),
        ),
    )


def heat_bath_is_logistic_in_the_energy_gap() -> Derivation:
    """Equations (6) to (8): the conditional law of spin k, and the gap that it depends on.

    Flipping spin k changes the sign of its own terms and of nothing else, so that the gap is twice
    its local field. Everything without spin k cancels in the conditional law.
    """
    x = local_field(k, precision=COUPLING, prior=FIELD)
    law, gap = weight(), energy_gap()
    up, down = Moved(law, sigma[k], 1), Moved(law, sigma[k], -1)
    return Derivation(
        name="heat_bath_is_logistic_in_the_energy_gap",
        equations=("6", "7", "8"),
        form="printed",
        statement=equation(heat_bath(law), logistic(beta * 2 * x)),
        slip=Slip("the gap taken for the local field", logistic(beta * x)),
        assumes=(
            SPIN_GLASS,
            "(6) with σ_i = ±1 (an = is missing), and a sum over configurations for its integral",
            "⟨i,j⟩ in (7) is each unordered pair once",
        ),
        lines=(
            definition(energy(), "equation (7)"),
            definition(law, "equation (6) up to its normaliser"),
            definition(x, "the local field of spin k"),
            Step(
                gap,
                2 * x,
                "only the terms with spin k change, from minus to plus their value",
                slip=Slip("the field not counted twice", 2 * x - FIELD[k]),
            ),
            Step(
                down / up,
                sp.exp(-beta * gap),
                "the normaliser and the terms without spin k cancel",
                slip=Slip("beta dropped", sp.exp(-gap)),
            ),
            Step(
                heat_bath(law),
                logistic(beta * gap),
                "equation (8): divide numerator and denominator by the weight of up",
                slip=Slip("the gap taken the other way round", logistic(-beta * gap)),
            ),
        ),
    )


def heat_bath_satisfies_detailed_balance() -> Derivation:
    """Section 3: redrawing one spin from its conditional law keeps the Gibbs law (6).

    The flow from one value of spin k to the other is the product of the two weights over their sum,
    which is the same both ways. This holds for every k, so it holds for random scan, and a sweep in
    any order keeps (6) as well, since each of its updates does. As no update is certain, no other
    law is kept where every spin gets its turn.
    """
    law = weight()
    up = Named("p", heat_bath(law))
    new = sigma_next[k]
    after = Moved(law, sigma[k], new)
    both = Moved(law, sigma[k], 1) + Moved(law, sigma[k], -1)

    def redrawn(spin: Expr) -> Expr:
        return (1 + spin * (2 * up - 1)) / 2

    return Derivation(
        name="heat_bath_satisfies_detailed_balance",
        equations=("sec. 3",),
        form="printed",
        statement=equation(law * redrawn(new), after * redrawn(sigma[k])),
        slip=Slip("the way back not taken back", after * redrawn(new)),
        assumes=(
            SPIN_GLASS,
            "one spin is redrawn at a time, any one of them, chosen without looking at the spins",
        ),
        lines=(
            definition(law, "equation (6) up to its normaliser"),
            definition(up, "equation (8): the probability that the redrawn spin k is up"),
            Step(
                redrawn(new),
                after / both,
                "the redrawn spin has its conditional law, whatever it was before",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
                slip=Slip("the weight from before the redraw", law / both),
            ),
            Step(
                law * redrawn(new),
                law * after / both,
                "so the flow is a product of both weights: before and after enter alike",
                slip=Slip("the weight from before left out", after / both),
            ),
            Step(
                ZERO,
                up * (1 - up),
                "both values have a positive probability, so that all configurations are reached, "
                "and a spin may stay as it was: if each spin is redrawn again and again, in random "
                "or in fixed order, every start tends to (6)",
                relation="<",
                slip=Slip("(8) taken for certain to go uphill", up * (up - 1)),
            ),
        ),
    )


def probability_is_proportional_to_the_energy_gap() -> Derivation:
    """The text below (8): the probability of +1 is proportional to the decrease of the energy.

    No factor c does it. Without a gap the probability is 1/2 and not 0, and opposite gaps have
    probabilities that add up to 1 and not to 0. What is true is that it rises with the gap.
    """
    law, gap = weight(), energy_gap()
    delta, factor = Symbol("Delta", real=True), Symbol("c", real=True)
    curve = logistic(beta * delta)
    return Derivation(
        name="probability_is_proportional_to_the_energy_gap",
        equations=("8",),
        form="printed",
        statement=equation(heat_bath(law), factor * gap),
        assumes=(SPIN_GLASS, "a factor c that is the same for all gaps, any at all"),
        lines=(
            definition(energy(), "equation (7)"),
            definition(law, "equation (6) up to its normaliser"),
            Step(
                heat_bath(law),
                logistic(beta * gap),
                "the probability of +1 is a function of the gap",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
                slip=Slip("the gap taken the other way round", logistic(-beta * gap)),
            ),
            Step(
                where(curve, (delta, 0)),
                sp.Rational(1, 2),
                "a spin that gains nothing is up half of the time; c times nothing is nothing",
                slip=Slip("c times the gap", where(factor * delta, (delta, 0))),
            ),
            Step(
                curve + where(curve, (delta, -delta)),
                sp.Integer(1),
                "opposite gaps: up under one as often as down under the other; c Δ - c Δ is 0",
                slip=Slip("proportional to the gap", ZERO),
            ),
            Step(
                ZERO,
                sp.Derivative(curve, delta, evaluate=False),
                "what is true: the larger the decrease, the more probable",
                relation="<",
                slip=Slip("the slope of the probability of down", -beta * curve * (1 - curve)),
            ),
        ),
        expected="refuted",
    )


DERIVATIONS = (
    energy_counts_each_pair_once,
    heat_bath_is_logistic_in_the_energy_gap,
    probability_is_proportional_to_the_energy_gap,
    heat_bath_satisfies_detailed_balance,
)
