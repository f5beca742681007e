"""What breaks the equivalence, made exact (section 5, and beyond the paper).

A chain of single-agent updates is reversible only if, around every closed path of flips, the
probabilities of going one way and of going back have the same product. The logarithm of their
ratio is the *affinity* of the cycle. The smallest cycle flips agents 1, 2, 1, 2.
"""

from collections.abc import Callable

import sympy as sp
from sympy import Expr, Symbol

from derivations.display import Named, Total
from derivations.notation import (
    gamma,
    general_matrix,
    local_field,
    logistic,
    sigma,
    slope,
    spin_law,
    spin_sum,
    spins,
    vector,
    where,
    z,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation

STATE = spins(3)
PRIORS = vector("zeta", 3)
LocalField = Callable[[int], Expr]


def cycle_affinity(field: LocalField) -> Expr:
    """ln(forward / backward) around -- , +-, ++, -+, -- of the agents 1 and 2, the others fixed.

    ``field(i)`` is agent i's local field as a function of the spins. Which agent is chosen has the
    same probability in every update, and cancels.
    """
    one, two = sigma(1), sigma(2)
    first, second = acting_laws(field)
    forward = where(first, (one, 1), (two, -1)) * where(second, (two, 1), (one, 1))
    forward *= where(first, (one, -1), (two, 1)) * where(second, (two, -1), (one, -1))
    backward = where(second, (two, 1), (one, -1)) * where(first, (one, 1), (two, 1))
    backward *= where(second, (two, -1), (one, 1)) * where(first, (one, -1), (two, -1))
    return sp.log(forward / backward)


def acting_laws(field: LocalField) -> tuple[Named, Named]:
    """The laws by which the agents 1 and 2 act."""
    return (
        Named("P(σ₁)", spin_law(field(1), sigma(1))),
        Named("P(σ₂)", spin_law(field(2), sigma(2))),
    )


def _definitions(field: LocalField) -> tuple[Step, ...]:
    return tuple(
        definition(law, f"agent {i} acts on what it hears, whatever its own spin was")
        for i, law in enumerate(acting_laws(field), start=1)
    )


def random_scan_cycle_affinity_is_four_times_the_asymmetry() -> Derivation:
    """Unequal precisions of a pair drive a current, in any network that the pair is part of.

    All that the other agents contribute is a constant in the local fields of the two. So a
    collective under random scan is reversible only if its precisions are symmetric (that it then
    is, section 3 and appendix C show).
    """
    precisions = general_matrix("gamma", 3)
    affinity = cycle_affinity(lambda i: local_field(precisions, PRIORS, STATE, i))
    return Derivation(
        name="random_scan_cycle_affinity_is_four_times_the_asymmetry",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(affinity, 4 * (precisions[1, 0] - precisions[0, 1])),
        assumes=("one agent acts at a time", "agent 3 stands for all the others, and rests"),
        steps=(
            *_definitions(lambda i: local_field(precisions, PRIORS, STATE, i)),
            Step(
                where(affinity, (precisions[1, 0], precisions[0, 1])),
                sp.Integer(0),
                "with equal precisions nothing drives the cycle",
                uses=("asynchronous_law_is_ising",),
            ),
        ),
    )


def pair_term_in_the_likelihood_breaks_the_spin_sum() -> Derivation:
    """Two neighbours that do not factorise: P(s|z) ~ exp(z(g (s1 + s2) + k s1 s2)).

    A posterior that is logistic in the sum of the spins has odds with odds(++) odds(--) equal to
    odds(+-) odds(-+). Here that quotient is e^(8k), so the posterior is of the paper's form only
    for k = 0.
    """
    first, second = spins(2)
    kappa = Symbol("kappa", real=True)  # weight of the pair term
    unnormalised = sp.exp(z * (gamma * (first + second) + kappa * first * second))
    joint = Named("P(σ,z)", unnormalised / Total(unnormalised, first, second) * spin_law(zeta, z))
    odds = Named("odds", where(joint, (z, 1)) / where(joint, (z, -1)))

    def quotient(o: Expr) -> Expr:
        def odds_at(a: int, b: int) -> Expr:
            return where(o, (first, a), (second, b))

        return odds_at(1, 1) * odds_at(-1, -1) / (odds_at(1, -1) * odds_at(-1, 1))

    return Derivation(
        name="pair_term_in_the_likelihood_breaks_the_spin_sum",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(quotient(odds), sp.exp(8 * kappa)),
        assumes=("two neighbours whose spins also depend on each other, by kappa z",),
        steps=(
            definition(joint, "prior times likelihood"),
            definition(odds, "the posterior's odds of z = +1"),
            Step(
                quotient(sp.exp(2 * (zeta + gamma * (first + second)))),
                sp.Integer(1),
                "for the paper's posterior the quotient is one",
                uses=("posterior_is_logistic",),
            ),
            Step(
                quotient(odds / where(odds, (kappa, 0))),
                sp.exp(8 * kappa),
                "the likelihood's normaliser depends on z but not on the spins, and cancels",
            ),
        ),
    )


def efe_field(own_field: Expr) -> Expr:
    """Local field of an agent that acts by the softmax of expected free energy: (b/2) tanh x."""
    return slope / 2 * sp.tanh(own_field)


def efe_collective_is_ising_on_a_cycle() -> Derivation:
    """Agents that act by the softmax of expected free energy, on a cycle and without priors.

    The sum of two neighbours is -2, 0 or 2, and an odd function on these three values is linear:
    the agents obey the heat bath of another coupling than their precision.
    """
    left, right = spins(2)
    effective = slope / 4 * sp.tanh(2 * gamma)
    field = Named("x", efe_field(gamma * spin_sum))
    return Derivation(
        name="efe_collective_is_ising_on_a_cycle",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(efe_field(gamma * (left + right)), effective * (left + right)),
        assumes=("every agent has two neighbours", "one gamma for all", "zeta = 0"),
        steps=(
            definition(field, "the local field, as a function of the sum of the neighbours"),
            Step(where(field, (spin_sum, 2)), 2 * effective, "both neighbours up"),
            Step(where(field, (spin_sum, -2)), -2 * effective, "both neighbours down"),
            Step(
                logistic(2 * efe_field(gamma * (left + right))),
                logistic(2 * effective * (left + right)),
                "so the softmax agent, with its logit b tanh x, follows the heat bath of J",
                uses=(
                    "softmax_agent_acts_by_a_scaled_belief",
                    "heat_bath_is_logistic_in_the_energy_gap",
                ),
            ),
        ),
    )


def efe_collective_is_irreversible_on_a_path() -> Derivation:
    """The same agents on a path of three: the end agent and the middle one disagree.

    Agent 1 hears agent 2 only, through (b/2) tanh(gamma); agent 2 hears both ends, through
    (b/4) tanh(2 gamma) each. Their cycle has the affinity of two unequal precisions.
    """
    fields = {
        1: efe_field(gamma * sigma(2)),
        2: efe_field(gamma * (sigma(1) + sigma(3))),
    }
    end, middle = slope / 2 * sp.tanh(gamma), slope / 4 * sp.tanh(2 * gamma)
    affinity = 2 * slope * sp.tanh(gamma) ** 3 / (1 + sp.tanh(gamma) ** 2)
    return Derivation(
        name="efe_collective_is_irreversible_on_a_path",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(cycle_affinity(lambda i: fields[i]), -affinity),
        assumes=("a path 1 - 2 - 3", "one gamma for all", "zeta = 0"),
        steps=(
            *_definitions(lambda i: fields[i]),
            Step(fields[1], end * sigma(2), "an odd function of one spin is linear"),
            Step(
                fields[2],
                middle * (sigma(1) + sigma(3)),
                "and so is one of the sum of two",
                uses=("efe_collective_is_ising_on_a_cycle",),
            ),
            Step(
                4 * (middle - end),
                -affinity,
                "the affinity of the effective precisions vanishes only with gamma",
                uses=("random_scan_cycle_affinity_is_four_times_the_asymmetry",),
            ),
        ),
    )


DERIVATIONS = (
    random_scan_cycle_affinity_is_four_times_the_asymmetry,
    pair_term_in_the_likelihood_breaks_the_spin_sum,
    efe_collective_is_ising_on_a_cycle,
    efe_collective_is_irreversible_on_a_path,
)
