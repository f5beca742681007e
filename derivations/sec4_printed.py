"""The dictionary of section 4 as printed, W = 2 gamma and theta = 2 zeta, held against the agents.

It fails with (12) as printed, and with the cross term of (12) corrected, if the law is exp(-E_B).
What holds is in sec4_dictionaries.py.
"""

import sympy as sp

from derivations.collective import gamma, j, k, sigma, zeta
from derivations.display import Named
from derivations.families import total
from derivations.machine import (
    ACROSS,
    BINARY,
    BLOCKS,
    HIDDEN_BIAS,
    SPINS,
    WITHIN_HIDDEN,
    h,
    log_odds,
    machine_energy,
    n,
    on_prob,
    tau,
    v,
    x,
)
from derivations.machine import i as visible
from derivations.machine import m as hidden
from derivations.notation import logistic
from derivations.sec4_dictionaries import AGENTS, CROSS_TERM, HALF_LOG_ODDS, doubled
from derivations.step import Derivation, Slip, Step, definition, equation


def printed_boltzmann_section_gives_the_agents() -> Derivation:
    """(12), its law, and W = 2 gamma, theta = 2 zeta, all as printed, against the agents' (11).

    The letters of the blocks stand for the agents' precisions and priors, the energy for twice
    that. The printed half before the cross term takes back a doubling across the blocks only, so
    that all is right if neither couplings within the hidden block nor priors are there: two slips
    cancel.
    """
    doubled_energy = Named("E_P", 2 * SPINS.energy(sp.Rational(1, 2)).definition)
    binary = Named("E_P′", 2 * BINARY.energy(sp.Rational(1, 2)).definition)
    field = Named("ηₙ", SPINS.hidden_field(n))
    across = total(ACROSS[visible, n] * v[visible], visible)
    own = total(WITHIN_HIDDEN[n, hidden] * h[hidden], hidden)
    prior = HIDDEN_BIAS[n]
    on_across = total(ACROSS[visible, n] * BINARY.visible(visible), visible)
    on_own = total(WITHIN_HIDDEN[n, hidden] * BINARY.hidden(hidden), hidden)
    return Derivation(
        name="printed_boltzmann_section_gives_the_agents",
        equations=("11", "12", "13"),
        form="printed",
        statement=equation(on_prob(sp.exp(-doubled_energy), h[n]), logistic(2 * field)),
        assumes=(
            BLOCKS,
            "L, J, W are the agents' gamma in the blocks of (12), a and b their zeta",
            "±1 units and law exp(-E_B); the other readings where it says so",
        ),
        lines=(
            definition(field, "half the log-odds of the posterior of hidden agent n"),
            definition(doubled_energy, "(12) as printed, with W = 2 gamma and theta = 2 zeta"),
            Step(
                log_odds(doubled_energy, h[n]),
                2 * across + 4 * own + 4 * prior,
                "its log-odds: across the blocks as much as the agent's, all else twice as much",
                uses=("printed_cross_term_gives_the_unit_law_of_spin_units",),
                slip=Slip("the printed half not noticed", 4 * across + 4 * own + 4 * prior),
            ),
            Step(
                log_odds(doubled_energy, h[n]) - 2 * field,
                2 * (own + prior),
                "too much by this: right only without couplings in the block and without prior",
                uses=("heterogeneous_posterior_is_logistic",),
                slip=Slip("the two slips taken to cancel everywhere", sp.Integer(0)),
            ),
            Step(
                log_odds(doubled_energy / 2, h[n]) - 2 * field,
                -across,
                "under exp(-E_B/2) all but the couplings across the blocks is right",
                slip=Slip("the printed half not noticed", sp.Integer(0)),
            ),
            definition(BINARY.visible(visible), "0/1 units in place of ±1 units, visible ones"),
            definition(BINARY.hidden(hidden), "and hidden ones"),
            definition(binary, "the same energy, read with 0/1 units"),
            Step(
                log_odds(binary, tau[n]),
                on_across + 2 * on_own + 2 * prior,
                "0/1 units: a neighbour that is down counts 0, and one across the blocks half",
                uses=("printed_cross_term_gives_the_unit_law",),
                slip=Slip("the printed half not noticed", 2 * (on_across + on_own + prior)),
            ),
        ),
        expected="refuted",
    )


def doubled_weights_give_the_agents_at_full_energy() -> Derivation:
    """W = 2 gamma, theta = 2 zeta as printed, with the law exp(-E_B).

    The doubling is what (13) needs to look like (11). But for ±1 units (13) itself lacks a factor
    2, so that the units become twice as sure as the agents; and 0/1 units do not have the values
    of the agents' spins.
    """
    machine = Named("E_B", doubled())
    binary = Named(
        "E_B′",
        machine_energy(x, weight=lambda a, b: 2 * gamma[a, b], bias=lambda unit: 2 * zeta[unit]),
    )
    return Derivation(
        name="doubled_weights_give_the_agents_at_full_energy",
        equations=("11", "12", "13"),
        form="printed",
        statement=equation(on_prob(sp.exp(-machine), sigma[k]), logistic(2 * HALF_LOG_ODDS)),
        assumes=(*AGENTS, "±1 units", "law exp(-E_B)", CROSS_TERM, "W = 2 gamma, theta = 2 zeta"),
        lines=(
            definition(HALF_LOG_ODDS, "half the log-odds of agent k's posterior"),
            definition(machine, "(12), cross term corrected, with the printed dictionary"),
            Step(
                log_odds(machine, sigma[k]),
                4 * HALF_LOG_ODDS,
                "the logit is twice W x + theta, which is twice the agent's local field",
                uses=("unit_law_of_spin_units_has_twice_the_logit",),
                slip=Slip("(13) believed for ±1 units", 2 * HALF_LOG_ODDS),
            ),
            definition(x(k), "0/1 units in place of ±1 units"),
            definition(binary, "the same energy, read with 0/1 units"),
            Step(
                log_odds(binary, sigma[k]),
                2 * HALF_LOG_ODDS + total(gamma[k, j] * (1 - sigma[j]), j),
                "0/1 units are no way out: a neighbour that is down counts 0 in place of -1",
                uses=("unit_law_holds_for_binary_units",),
                slip=Slip("x put in as if it were sigma", 2 * HALF_LOG_ODDS),
            ),
        ),
        expected="refuted",
    )


DERIVATIONS = (
    printed_boltzmann_section_gives_the_agents,
    doubled_weights_give_the_agents_at_full_energy,
)
