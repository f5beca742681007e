"""Between agents and Boltzmann machines: three dictionaries that hold (section 4, eqs. 11 to 13).

Agents with symmetric precisions sample exp(A), with A the exponent of (C.40). A machine has units
that are ±1 or 0/1 and a law exp(-E) or exp(-E/2). Each choice has its own W and theta; the printed
W = 2 gamma, theta = 2 zeta goes with ±1 units and exp(-E/2) only.
"""

import sympy as sp
from sympy import Expr

from derivations.collective import (
    NOT_ITSELF,
    ONE_AT_A_TIME,
    SYMMETRIC,
    N,
    gamma,
    i,
    j,
    k,
    local_field,
    m,
    prior_sum,
    sigma,
    sigma_next,
    zeta,
)
from derivations.display import Named
from derivations.families import Moved, exchanged, pairs, total
from derivations.machine import BIAS, WEIGHT, log_odds, machine_energy, on_prob, x
from derivations.notation import logistic
from derivations.step import Definition, Derivation, Sentence, Slip, Step, definition

AGENTS = (f"any number {N} of agents", SYMMETRIC, NOT_ITSELF)
CROSS_TERM = "cross term of (12) corrected"
BOND = gamma[i, j] * sigma[i] * sigma[j]
LOG_LAW = Named("A(σ)", prior_sum() + pairs(BOND, i, j))
HALF_LOG_ODDS = Named("ηₖ", local_field(k).definition)  # the x_k of the agents; a unit is x here
BOTH_ORDERS = prior_sum() + total(BOND, i, j)


def after(expr: Expr) -> Expr:
    """The same in another configuration, sigma'."""
    return exchanged(expr, (sigma, sigma_next))


def doubled() -> Expr:
    """(12), cross term corrected, with W = 2 gamma, theta = 2 zeta as printed; ±1 units."""
    return machine_energy(weight=lambda a, b: 2 * gamma[a, b], bias=lambda unit: 2 * zeta[unit])


def fourfold() -> Expr:
    """The energy of 0/1 units with W = 4 gamma and theta_i = 2 zeta_i - 2 sum_j gamma_ij."""
    return machine_energy(
        x,
        weight=lambda a, b: 4 * gamma[a, b],
        bias=lambda unit: 2 * zeta[unit] - 2 * total(gamma[unit, j], j),
    )


def _dictionary(
    name: str,
    machine: Named,
    units: tuple[Definition, ...],
    constant: Expr,
    assumes: tuple[str, ...],
    reason: str,
    slips: tuple[Slip, Slip, Slip],
    uses: str,
    further: tuple[Step, ...] = (),
) -> Derivation:
    """Agents and the machine with the law exp(machine), which is ``constant`` off their own."""
    other = Named("A(σ′)", after(LOG_LAW)), Named("M(σ′)", after(machine))
    law = Step(
        machine - other[1],
        LOG_LAW - other[0],
        "a constant drops out: all ratios of probabilities are the agents', so both laws are one",
        uses=("asynchronous_law_is_ising",),
        slip=slips[1],
    )
    unit = Step(
        on_prob(sp.exp(machine), sigma[k]),
        logistic(2 * HALF_LOG_ODDS),
        "so unit k is on with the probability with which agent k acts up",
        uses=("heterogeneous_posterior_is_logistic", uses),
        slip=slips[2],
    )
    return Derivation(
        name=name,
        equations=("11", "12", "13"),
        form="corrected",
        statement=Sentence(
            "the machine's law is the agents', {}, and its units act as they do, {}",
            (law.stated, unit.stated),
        ),
        assumes=(*AGENTS, ONE_AT_A_TIME, *assumes, CROSS_TERM),
        lines=(
            definition(LOG_LAW, "the agents' law is exp(A), up to its normaliser"),
            *units,
            definition(machine, "the machine's law is exp(M), up to its normaliser"),
            Step(
                machine,
                LOG_LAW + constant,
                reason,
                uses=("corrected_cross_term_gives_the_unit_law", "energy_counts_each_pair_once"),
                slip=slips[0],
            ),
            definition(other[0], "the agents' law in any other configuration"),
            definition(other[1], "and the machine's"),
            law,
            definition(HALF_LOG_ODDS, "half the log-odds of agent k's posterior (11)"),
            unit,
            *further,
        ),
    )


def spin_units_at_full_energy_have_weights_equal_to_precisions() -> Derivation:
    """Dictionary (a): ±1 units, law exp(-E), W = gamma, theta = zeta.

    The half in x'Wx makes up for its two orders of each pair.
    """
    machine = -machine_energy(weight=lambda a, b: gamma[a, b], bias=zeta.__getitem__)
    return _dictionary(
        "spin_units_at_full_energy_have_weights_equal_to_precisions",
        Named("M(σ)", machine),
        (),
        sp.Integer(0),
        ("±1 units", "law exp(-E)", "W = gamma, theta = zeta"),
        "the machine's energy is the spin glass's at beta = 1",
        (
            Slip("each pair counted in both orders", BOTH_ORDERS),
            Slip("the printed W = 2 gamma, theta = 2 zeta", 2 * LOG_LAW - after(2 * LOG_LAW)),
            Slip("(13) believed for ±1 units", logistic(HALF_LOG_ODDS)),
        ),
        "unit_law_of_spin_units_has_twice_the_logit",
    )


def spin_units_at_half_energy_have_doubled_weights() -> Derivation:
    """Dictionary (b): ±1 units, law exp(-E/2), and then the printed W = 2 gamma, theta = 2 zeta.

    In this reading the last form of (13), 1/(1 + exp(-W x - theta)), and the printed dictionary
    hold together. Its first, 1/(1 + exp(-Delta E_B)), lacks the half of the law.
    """
    single = LOG_LAW - prior_sum() / 2
    full = Named("E_B", doubled())
    machine = Named("M(σ)", -full / 2)
    return _dictionary(
        "spin_units_at_half_energy_have_doubled_weights",
        machine,
        (definition(full, "(12), cross term corrected, with the printed dictionary"),),
        sp.Integer(0),
        ("±1 units", "law exp(-E/2)", "W = 2 gamma, theta = 2 zeta"),
        "the half in the law takes back the doubling of the weights",
        (
            Slip("the half left out of the law", 2 * LOG_LAW),
            Slip("the biases not doubled", single - after(single)),
            Slip("the half left out of the law", logistic(4 * HALF_LOG_ODDS)),
        ),
        "unit_law_of_spin_units_has_twice_the_logit",
        (
            Step(
                on_prob(sp.exp(machine), sigma[k]),
                logistic(log_odds(full / 2, sigma[k])),
                "so the log-odds are half of Delta E_B, as the law is exp(-E_B/2)",
                slip=Slip(
                    "the first form of (13), without the half",
                    logistic(log_odds(full, sigma[k])),
                ),
            ),
        ),
    )


def binary_units_have_fourfold_weights_and_shifted_biases() -> Derivation:
    """Dictionary (c): 0/1 units, law exp(-E), W = 4 gamma, theta = 2 zeta - 2 sum_j gamma_ij.

    With sigma = 2x - 1, each pair gives 4 gamma x x' and minus 2 gamma x on both of its ends; what
    is left is the constant A(all down).
    """
    shift = total(gamma[i, j] * sigma[i], i, j)
    all_down = pairs(gamma[i, j], i, j) - total(zeta[i], i)
    unshifted = 2 * HALF_LOG_ODDS + 2 * total(gamma[k, j], j)
    return _dictionary(
        "binary_units_have_fourfold_weights_and_shifted_biases",
        Named("M(σ)", -fourfold()),
        (definition(x(k), "a unit is on where its agent's spin is up"),),
        -all_down,
        (
            "0/1 units x = (1 + sigma)/2",
            "law exp(-E)",
            "W = 4 gamma, theta_i = 2 zeta_i - 2 sum_j gamma_ij",
        ),
        "sigma sigma' = 4 x x' - 2 x - 2 x' + 1 and sigma = 2 x - 1: M is A less A(all down)",
        (
            Slip("the pairs left out of the constant", LOG_LAW + total(zeta[i], i)),
            Slip("biases not shifted", LOG_LAW + shift - after(LOG_LAW + shift)),
            Slip("biases not shifted", logistic(unshifted)),
        ),
        "unit_law_holds_for_binary_units",
    )


def weights_vanish_where_agents_are_not_connected() -> Derivation:
    """Section 4: W_ij = 0 for agents that do not see each other, and W as in the dictionaries.

    What unit k's log-odds change by when unit m is turned depends on W_km alone. Held against the
    same for agents, it gives W = gamma, 2 gamma or 4 gamma, and nothing else, in the machines (a),
    (b) and (c): zero exactly where gamma is.
    """
    spins, binary = Named("E_B", machine_energy()), Named("E_B′", machine_energy(x))
    received = WEIGHT[k, j] * sigma[j]
    agents = Named("logit", 2 * HALF_LOG_ODDS)
    full = Named("logit(a)", 2 * (BIAS[k] + total(received, j)))
    half = Named("logit(b)", BIAS[k] + total(received, j))
    on_off = Named("logit(c)", BIAS[k] + total(WEIGHT[k, j] * x(j), j))

    def turned(logit: Expr) -> Expr:
        return Moved(logit, sigma[m], 1) - Moved(logit, sigma[m], -1)

    effects = (
        Step(
            turned(agents),
            4 * gamma[k, m],
            "turning agent m moves agent k's local field by 2 gamma_km",
            slip=Slip("local field taken for log-odds", 2 * gamma[k, m]),
        ),
        Step(
            turned(full),
            4 * WEIGHT[k, m],
            "(a): equal to the agents' for W = gamma only",
            slip=Slip("(13) believed for ±1 units", 2 * WEIGHT[k, m]),
        ),
        Step(
            turned(half),
            2 * WEIGHT[k, m],
            "(b): for W = 2 gamma only",
            slip=Slip("the law exp(-E) in its place", 4 * WEIGHT[k, m]),
        ),
        Step(
            turned(on_off),
            WEIGHT[k, m],
            "(c): for W = 4 gamma only, since a 0/1 unit moves by 1 and not by 2",
            slip=Slip("a 0/1 unit moved by 2", 2 * WEIGHT[k, m]),
        ),
    )
    return Derivation(
        name="weights_vanish_where_agents_are_not_connected",
        equations=("sec. 4",),
        form="printed",
        statement=Sentence(
            "by turning m: agents, {}; machine (a), {}; (b), {}; (c), {}; so W = 0 where gamma = 0",
            tuple(step.stated for step in effects),
        ),
        assumes=(*AGENTS, "W symmetric, W_ii = 0"),
        lines=(
            definition(HALF_LOG_ODDS, "half the log-odds of agent k's posterior"),
            definition(agents, "its log-odds"),
            definition(spins, "the energy of ±1 units, (12) with its cross term corrected"),
            definition(full, "the log-odds of unit k in machine (a): ±1 units, law exp(-E)"),
            Step(
                log_odds(spins, sigma[k]),
                full,
                "twice what unit k receives",
                uses=("unit_law_of_spin_units_has_twice_the_logit",),
                slip=Slip("the bias counted once", full - BIAS[k]),
            ),
            definition(half, "in machine (b): ±1 units, law exp(-E/2)"),
            Step(
                log_odds(spins / 2, sigma[k]),
                half,
                "half of that",
                slip=Slip("the half only on the couplings", half + BIAS[k]),
            ),
            definition(x(k), "a 0/1 unit is on where its spin is up"),
            definition(binary, "the energy of 0/1 units"),
            definition(on_off, "in machine (c): 0/1 units, law exp(-E)"),
            Step(
                log_odds(binary, sigma[k]),
                on_off,
                "what unit k receives",
                uses=("unit_law_holds_for_binary_units",),
                slip=Slip("the units read as spins", half),
            ),
            *effects,
        ),
    )


DERIVATIONS = (
    spin_units_at_full_energy_have_weights_equal_to_precisions,
    spin_units_at_half_energy_have_doubled_weights,
    binary_units_have_fourfold_weights_and_shifted_biases,
    weights_vanish_where_agents_are_not_connected,
)
