"""Agents that match probabilities follow the heat bath (section 3, equation 9, and its dictionary).

Any number of agents. The words of the spin glass are those of sec3_glauber.py; agent k, which acts,
is any one of them.
"""

import sympy as sp

from derivations.collective import (
    NOT_ITSELF,
    SYMMETRIC,
    gamma,
    j,
    k,
    local_field,
    m,
    sigma,
    zeta,
)
from derivations.display import Named
from derivations.families import Moved, replaced, total
from derivations.notation import beta, logistic, spin_law
from derivations.sec3_glauber import (
    COUPLING,
    FIELD,
    SPIN_GLASS,
    energy,
    energy_gap,
    heat_bath,
    weight,
)
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation


def agents_follow_the_heat_bath() -> Derivation:
    """Equation (9) beside (8): with J = gamma, h = zeta and beta = 1 the two rules are one.

    Both are logistic, so it is enough that their log-odds are the same. The paper has one gamma for
    all; one for each pair of agents does as well.
    """
    x = local_field(k)
    gap = energy_gap(gamma, zeta)
    law = Named("w₁(σ)", sp.exp(-energy(gamma, zeta)))
    return Derivation(
        name="agents_follow_the_heat_bath",
        equations=("9",),
        form="printed",
        statement=equation(logistic(2 * x), heat_bath(law)),
        slip=Slip("the prior left out", heat_bath(law * sp.exp(-zeta[k] * sigma[k]))),
        assumes=("any number of agents", SYMMETRIC, NOT_ITSELF, "beta = 1, J = gamma, h = zeta"),
        lines=(
            definition(x, "half the log-odds of agent k's posterior"),
            definition(energy(gamma, zeta), "(7) with J = gamma and h = zeta"),
            definition(law, "(6) at beta = 1"),
            Step(
                spin_law(x, sp.Integer(1)),
                logistic(2 * x),
                "(9): the agent acts up with its posterior's probability",
                uses=("each_agent_acts_on_its_own_posterior",),
                slip=Slip("half log-odds taken for log-odds", logistic(x)),
            ),
            Step(
                gap,
                2 * x,
                "its log-odds are the energy gap, equal and not just proportional",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
                slip=Slip("each pair counted in both orders", 4 * x - 2 * zeta[k]),
            ),
        ),
    )


def couplings_equal_precisions_at_every_temperature() -> Derivation:
    """Below (9), as printed: J = gamma and h = zeta, while (8) still carries beta.

    The printed "proportional to" hides the factor: the identification loses beta, and fails at
    every temperature but one.
    """
    x = local_field(k)
    law = weight(gamma, zeta)
    return Derivation(
        name="couplings_equal_precisions_at_every_temperature",
        equations=("8", "9"),
        form="printed",
        statement=equation(logistic(2 * x), heat_bath(law)),
        assumes=(
            "any number of agents",
            SYMMETRIC,
            NOT_ITSELF,
            "J = gamma, h = zeta",
            "any beta > 0",
        ),
        lines=(
            definition(x, "half the log-odds of agent k's posterior"),
            definition(energy(gamma, zeta), "(7) with J = gamma and h = zeta"),
            definition(law, "(6) at any temperature"),
            Step(
                heat_bath(law),
                logistic(2 * beta * x),
                "the heat bath has beta in front of the local field, the agent has not",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
                slip=Slip("beta lost on the way, as in print", logistic(2 * x)),
            ),
        ),
        expected="refuted",
    )


def precisions_are_couplings_over_temperature() -> Derivation:
    """The corrected dictionary gamma = beta J, zeta = beta h, and that there is no other.

    The difference D of the two log-odds is affine in the spins. If agent and heat bath agree in all
    configurations, D is zero in all of them, and so are its slopes and its constant.
    """
    x, glass = local_field(k), local_field(k, precision=COUPLING, prior=FIELD)
    scaled = beta * FIELD[k] + total(beta * COUPLING[k, j] * sigma[j], j)
    law = weight()
    difference = Named("D(σ)", 2 * x - 2 * beta * glass.definition)
    opposite = Named("D(−σ)", replaced(difference, sigma, lambda a: -sigma[a]))
    agrees = Step(
        logistic(2 * scaled),
        heat_bath(law),
        "agents with gamma = beta J and zeta = beta h follow the heat bath of (6)",
        uses=("heat_bath_is_logistic_in_the_energy_gap", "agents_follow_the_heat_bath"),
        slip=Slip("beta on the couplings only", heat_bath(law * sp.exp(FIELD[k] * sigma[k]))),
    )
    slope = Step(
        Moved(difference, sigma[m], 1) - Moved(difference, sigma[m], -1),
        4 * (gamma[k, m] - beta * COUPLING[k, m]),
        "if D = 0 in all configurations, turning spin m shows that gamma_km = beta J_km",
        slip=Slip("beta dropped, as in print", 4 * (gamma[k, m] - COUPLING[k, m])),
    )
    constant = Step(
        difference + opposite,
        4 * (zeta[k] - beta * FIELD[k]),
        "and turning all spins at once that zeta_k = beta h_k",
        slip=Slip("temperature in place of its inverse", 4 * (zeta[k] - FIELD[k] / beta)),
    )
    return Derivation(
        name="precisions_are_couplings_over_temperature",
        equations=("8", "9"),
        form="corrected",
        statement=Sentence(
            "with gamma = beta J and zeta = beta h, {}; and with no others, as {} and {}",
            (agrees.stated, slope.stated, constant.stated),
        ),
        assumes=(SPIN_GLASS, SYMMETRIC, NOT_ITSELF),
        lines=(
            definition(energy(), "equation (7)"),
            definition(law, "equation (6) up to its normaliser"),
            Step(
                2 * scaled,
                beta * energy_gap(),
                "the agent's log-odds are beta times the energy gap",
                uses=("heat_bath_is_logistic_in_the_energy_gap",),
                slip=Slip("the temperature left out", energy_gap()),
            ),
            agrees,
            definition(x, "half the log-odds of an agent with any precisions"),
            definition(difference, "by how much its log-odds differ from the heat bath's"),
            definition(opposite, "the same where every spin is turned"),
            slope,
            constant,
        ),
    )


DERIVATIONS = (
    agents_follow_the_heat_bath,
    couplings_equal_precisions_at_every_temperature,
    precisions_are_couplings_over_temperature,
)
