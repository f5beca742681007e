"""What agents sample that act together, and that act one at a time (appendix C).

Three agents with one symmetric precision per pair and a prior each, which contains the printed
case of one gamma on the edges of a graph; paths where a graph has to be named. Primes mark the
spins after the update.
"""

from collections.abc import Sequence

import sympy as sp
from sympy import Expr

from derivations.display import Named, Total
from derivations.notation import (
    dot,
    edge_matrix,
    gamma,
    local_field,
    next_spins,
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

N = 3
BEFORE, AFTER = spins(N), next_spins(N)
PRECISIONS = symmetric_matrix("gamma", N)
PRIORS = vector("zeta", N)
PATH = ((1, 2), (2, 3))
ALL_PAIRS = ((1, 2), (1, 3), (2, 3))
SUBSCRIPTS = {1: "₁", 2: "₂", 3: "₃"}
SYMMETRIC = "gamma_ij = gamma_ji, no agent hears itself"


def local_fields(
    precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]
) -> list[Named]:
    """x_1 … x_n in a configuration, with a prime where the configuration has primes."""
    prime = "′" if state[0] in next_spins(len(state)) else ""
    return [
        Named(f"x{prime}{SUBSCRIPTS[i]}", local_field(precisions, priors, state, i))
        for i in range(1, len(state) + 1)
    ]


def twice_cosh(precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """Product over the agents of 2 cosh(local field)."""
    return sp.Mul(*(2 * sp.cosh(x) for x in local_fields(precisions, priors, state)))


def heard(precisions: sp.Matrix, state: Sequence[Expr]) -> list[Expr]:
    """Gamma s: what each agent hears from the others."""
    silent = [sp.Integer(0)] * len(state)
    return [local_field(precisions, silent, state, i) for i in range(1, len(state) + 1)]


def ordered_pair_sum(precisions: sp.Matrix, left: Sequence[Expr], right: Sequence[Expr]) -> Expr:
    """Sum over i and over j of left_i gamma_ij right_j, each unordered pair twice."""
    return sp.expand(dot(left, heard(precisions, right)))


def synchronous_kernel(
    precisions: sp.Matrix,
    priors: Sequence[Expr],
    before: Sequence[Expr],
    after: Sequence[Expr],
) -> Expr:
    """(C.30): P(after | before) when all agents act at once."""
    fields = local_fields(precisions, priors, before)
    return sp.Mul(*(sp.exp(s * x) / (2 * sp.cosh(x)) for s, x in zip(after, fields, strict=True)))


def synchronous_weight(
    precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]
) -> Expr:
    """(C.33) up to its normaliser."""
    return sp.exp(dot(priors, state)) * twice_cosh(precisions, priors, state)


def ising_weight(precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """(C.40) up to its normaliser, each pair once."""
    return sp.exp(dot(priors, state) + pair_sum(precisions, state))


def _kernels() -> tuple[Named, Named]:
    """There and back again."""
    there = synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER)
    back = synchronous_kernel(PRECISIONS, PRIORS, AFTER, BEFORE)
    return Named("P(σ′|σ)", there), Named("P(σ|σ′)", back)


def _synchronous_weights() -> tuple[Named, Named]:
    """The weight (C.33) before and after."""
    before = synchronous_weight(PRECISIONS, PRIORS, BEFORE)
    return Named("w(σ)", before), Named("w(σ′)", synchronous_weight(PRECISIONS, PRIORS, AFTER))


def _ising_weights(precisions: sp.Matrix, priors: Sequence[Expr]) -> tuple[Named, Named]:
    """The weight (C.40) before and after."""
    before = ising_weight(precisions, priors, BEFORE)
    return Named("w(σ)", before), Named("w(σ′)", ising_weight(precisions, priors, AFTER))


def synchronous_kernel_is_exponential() -> Derivation:
    """(C.30), (C.31): the product of the agents' action laws as one exponential.

    The printed line repeats sigma_1 and drops primes; meant is a product over i of P(s'_i | s).
    """
    fields = local_fields(PRECISIONS, PRIORS, BEFORE)
    product = sp.Mul(*(spin_law(x, s) for x, s in zip(fields, AFTER, strict=True)))
    kernel = _kernels()[0]
    exponent = dot(AFTER, fields) - sp.Add(*(sp.log(2 * sp.cosh(x)) for x in fields))
    return Derivation(
        name="synchronous_kernel_is_exponential",
        equations=("C.30", "C.31"),
        form="printed",
        statement=equation(kernel, sp.exp(exponent)),
        assumes=("all agents act at once, each on what it saw before",),
        steps=(
            Step(
                kernel,
                product,
                "the agents act independently given what they see; cosh is even",
                uses=("posterior_is_logistic", "matched_action_law_is_the_posterior"),
            ),
            Step(
                Total(kernel, *AFTER),
                sp.Integer(1),
                "from every configuration the probabilities add up to one",
            ),
        ),
    )


def synchronous_law_satisfies_detailed_balance() -> Derivation:
    """(C.29), the outer lines of (C.32), (C.33) and (C.34), for any symmetric precisions.

    Weight times kernel is exp(zeta (s + s') + s' Gamma s): the normaliser of the kernel cancels
    the hyperbolic cosines of the law, and what is left does not change when s and s' change places.
    """
    kernel, reverse = _kernels()
    weight, weight_after = _synchronous_weights()
    flow = sp.exp(
        dot(PRIORS, BEFORE) + dot(PRIORS, AFTER) + ordered_pair_sum(PRECISIONS, AFTER, BEFORE)
    )
    logarithms = [sp.log(2 * sp.cosh(x)) for x in local_fields(PRECISIONS, PRIORS, BEFORE)]
    return Derivation(
        name="synchronous_law_satisfies_detailed_balance",
        equations=("C.29", "C.32", "C.33", "C.34"),
        form="printed",
        statement=equation(weight * kernel, weight_after * reverse),
        assumes=(SYMMETRIC, "all agents act at once"),
        steps=(
            definition(weight, "(C.33), up to its normaliser"),
            definition(kernel, "(C.30)"),
            Step(
                -sp.log(weight),
                -dot(PRIORS, BEFORE) - sp.Add(*logarithms),
                "(C.34): the energy of the weight (C.33)",
            ),
            Step(
                weight * kernel,
                flow,
                "the hyperbolic cosines of the law and of the kernel cancel",
                uses=("synchronous_kernel_is_exponential",),
            ),
            Step(
                dot(AFTER, heard(PRECISIONS, BEFORE)),
                dot(BEFORE, heard(PRECISIONS, AFTER)),
                "s' Gamma s = s Gamma s' for symmetric Gamma",
            ),
        ),
    )


def printed_cross_terms_cancel_over_unordered_pairs() -> Derivation:
    """The middle lines of (C.32) as printed, with gamma times a sum over the edges of s_i s'_j.

    Each edge is there once, so that the sum changes when s and s' change places, and the terms of
    numerator and denominator do not cancel. Two agents show it.
    """
    first, second = BEFORE[:2]
    first_after, second_after = AFTER[:2]
    return Derivation(
        name="printed_cross_terms_cancel_over_unordered_pairs",
        equations=("C.32",),
        form="printed",
        statement=equation(
            sp.exp(gamma * first * second_after), sp.exp(gamma * first_after * second)
        ),
        assumes=("two agents", "the sum runs over unordered pairs, i < j"),
        steps=(
            Step(
                synchronous_kernel(
                    edge_matrix(gamma, [(1, 2)], 2), (zeta, zeta), BEFORE[:2], AFTER[:2]
                )
                * twice_cosh(edge_matrix(gamma, [(1, 2)], 2), (zeta, zeta), BEFORE[:2]),
                sp.exp(
                    zeta * (first_after + second_after)
                    + gamma * (first_after * second + second_after * first)
                ),
                "what the kernel holds is the sum over ordered pairs",
                uses=("synchronous_kernel_is_exponential",),
            ),
        ),
    )


def cross_terms_cancel_over_ordered_pairs() -> Derivation:
    """(C.32) corrected: over ordered pairs numerator and denominator share the cross terms."""
    kernel, reverse = _kernels()
    weight, weight_after = _synchronous_weights()
    return Derivation(
        name="cross_terms_cancel_over_ordered_pairs",
        equations=("C.32",),
        form="corrected",
        statement=equation(reverse / kernel, weight / weight_after),
        assumes=(SYMMETRIC, "all agents act at once"),
        steps=(
            definition(kernel, "(C.30)"),
            definition(weight, "(C.33), up to its normaliser"),
            Step(
                ordered_pair_sum(PRECISIONS, BEFORE, AFTER),
                sp.Add(
                    *(
                        PRECISIONS[i - 1, j - 1]
                        * (sigma(i) * sigma_next(j) + sigma(j) * sigma_next(i))
                        for i, j in ALL_PAIRS
                    )
                ),
                "each edge carries s_i s'_j and s_j s'_i, which change places with s and s'",
            ),
        ),
    )


def single_flip_ratio_is_exponential_in_the_flip() -> Derivation:
    """(C.35) to (C.38): one agent acts; its field is the same before and after.

    (C.35) is the law given that this agent was chosen; random scan adds a factor 1/N to both
    directions, which cancels in (C.36).
    """
    field = local_field(PRECISIONS, PRIORS, BEFORE, 1)
    old, new = sigma(1), sigma_next(1)

    law = Named("P(σ₁)", sp.exp(old * field) / (2 * sp.cosh(field)))

    weight = _ising_weights(PRECISIONS, PRIORS)[0]
    return Derivation(
        name="single_flip_ratio_is_exponential_in_the_flip",
        equations=("C.35", "C.36", "C.37", "C.38"),
        form="printed",
        statement=equation(law / where(law, (old, new)), sp.exp(old * field) / sp.exp(new * field)),
        assumes=(SYMMETRIC, "one agent acts, the others rest"),
        steps=(
            Step(where(field, (old, new)), field, "no agent hears itself"),
            definition(law, "(C.35), given that agent 1 was chosen"),
            Step(Total(law, old), sp.Integer(1), "it is normalised"),
            definition(weight, "(C.40), up to its normaliser"),
            Step(
                weight / where(weight, (old, new)),
                sp.exp((old - new) * field),
                "(C.38) is the ratio of the weights (C.40)",
            ),
        ),
    )


def telescoped_flips(precisions: sp.Matrix, priors: Sequence[Expr]) -> Named:
    """(C.38) for agent 1, then 2, then 3, each in the configuration that the others left."""
    ratio: Expr = sp.Integer(1)
    state: list[Expr] = list(BEFORE)
    for i in range(1, N + 1):
        field = local_field(precisions, priors, state, i)
        ratio *= sp.exp(sigma(i) * field) / sp.exp(sigma_next(i) * field)
        state[i - 1] = sigma_next(i)
    return Named("flips", ratio)


def printed_flips_telescope_to_all_pairs() -> Derivation:
    """(C.39) as printed, with a sum over all i < j, on a path of three agents.

    Only agents that hear each other have a term in (C.38); on anything but a complete graph the
    printed sum has too many.
    """
    path, everyone = edge_matrix(gamma, PATH, N), edge_matrix(gamma, ALL_PAIRS, N)
    priors = (zeta,) * N
    flips = telescoped_flips(path, priors)
    weight, weight_after = _ising_weights(everyone, priors)
    return Derivation(
        name="printed_flips_telescope_to_all_pairs",
        equations=("C.39",),
        form="printed",
        statement=equation(flips, weight / weight_after),
        assumes=("a path 1 - 2 - 3", "the sum in (C.39) runs over all i < j"),
        steps=(
            definition(flips, "(C.38) for agent 1, then 2, then 3, each with what it hears"),
            Step(
                flips,
                ising_weight(path, priors, BEFORE) / ising_weight(path, priors, AFTER),
                "the product has a term for each edge, and the ends of the path are none",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
            ),
        ),
    )


def flips_telescope_to_the_edges() -> Derivation:
    """(C.39) corrected: the product of the single-flip ratios, over edges, whatever the graph."""
    a, b, a_new, b_new = sigma(1), sigma(2), sigma_next(1), sigma_next(2)
    flips = telescoped_flips(PRECISIONS, PRIORS)
    weight, weight_after = _ising_weights(PRECISIONS, PRIORS)
    return Derivation(
        name="flips_telescope_to_the_edges",
        equations=("C.39",),
        form="corrected",
        statement=equation(flips, weight / weight_after),
        assumes=(SYMMETRIC, "gamma_ij = 0 where i and j do not hear each other"),
        steps=(
            definition(flips, "(C.38) for agent 1, then 2, then 3, each with what it hears"),
            Step(
                (a - a_new) * b + (b - b_new) * a_new,
                a * b - a_new * b_new,
                "an edge gets one term when its first end flips and one when its second does",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
            ),
        ),
    )


def asynchronous_law_is_ising() -> Derivation:
    """(C.40), (C.41): every agent's update satisfies detailed balance with the Ising law."""
    weight = _ising_weights(PRECISIONS, PRIORS)[0]

    def act(i: int) -> Named:
        law = spin_law(local_field(PRECISIONS, PRIORS, BEFORE, i), sigma(i))
        return Named(f"P(σ{SUBSCRIPTS[i]})", law)

    def flow(i: int) -> tuple[Expr, Expr]:
        moved = (sigma(i), sigma_next(i))
        return weight * where(act(i), moved), where(weight, moved) * act(i)

    return Derivation(
        name="asynchronous_law_is_ising",
        equations=("C.36", "C.40", "C.41"),
        form="printed",
        statement=equation(*flow(1)),
        assumes=(SYMMETRIC, "one agent acts at a time"),
        steps=(
            definition(weight, "(C.40), up to its normaliser"),
            definition(act(1), "the law of the acting agent; the others' are alike"),
            *(Step(*flow(i), f"detailed balance also where agent {i} acts") for i in (2, 3)),
            Step(
                -sp.log(weight),
                -pair_sum(PRECISIONS, BEFORE) - dot(PRIORS, BEFORE),
                "(C.41): the energy of equation (7) with J = gamma, h = zeta, beta = 1",
                uses=("flips_telescope_to_the_edges", "agents_follow_the_heat_bath"),
            ),
        ),
    )


def _factorises(name: str, edges: Sequence[tuple[int, int]], n: int, odd: set[int]) -> Derivation:
    """P_sync(s) = P_Ising(s on one sublattice) P_Ising(s on the other), up to normalisers."""
    precisions = sp.Matrix(
        n, n, lambda i, j: edge_matrix(1, edges, n)[i, j] * symmetric_matrix("gamma", n)[i, j]
    )
    priors, state = vector("zeta", n), spins(n)
    ising = Named("v(σ)", ising_weight(precisions, priors, state))
    on_odd = Total(ising, *(s for i, s in enumerate(state, 1) if i not in odd))
    on_even = Total(ising, *(s for i, s in enumerate(state, 1) if i in odd))
    odd_spins = [s for i, s in enumerate(state, 1) if i in odd]
    odd_cosh = sp.Mul(
        *(
            2 * sp.cosh(local_field(precisions, priors, state, i))
            for i in range(1, n + 1)
            if i in odd
        )
    )
    even_spins_field = sp.Add(
        *(priors[i - 1] * state[i - 1] for i in range(1, n + 1) if i not in odd)
    )
    weight = Named("w(σ)", synchronous_weight(precisions, priors, state))
    return Derivation(
        name=name,
        equations=("C.33",),
        form="beyond",
        statement=equation(weight, on_odd * on_even),
        assumes=(SYMMETRIC, f"edges {', '.join(f'{i}-{j}' for i, j in edges)}"),
        steps=(
            definition(weight, "the synchronous law (C.33), up to its normaliser"),
            definition(ising, "the Ising law (C.40), up to its normaliser"),
            Step(
                Total(ising, *odd_spins),
                sp.exp(even_spins_field) * odd_cosh,
                "one sublattice, summed out of the Ising law, leaves its hyperbolic cosines",
                uses=("synchronous_law_satisfies_detailed_balance", "asynchronous_law_is_ising"),
            ),
            Step(
                Total(weight, *state),
                Total(ising, *state) ** 2,
                "and the normalisers agree: Z_sync = Z_Ising squared",
            ),
        ),
    )


def synchronous_law_factorises_on_a_bipartite_pair() -> Derivation:
    """Two agents that act together are independent: each has the other's Ising marginal.

    The 2 cosh of one agent is the sum over a copy of its spin, so the synchronous law is the law
    of two Ising models that share no spin.
    """
    return _factorises("synchronous_law_factorises_on_a_bipartite_pair", [(1, 2)], 2, {1})


def synchronous_law_factorises_on_a_path() -> Derivation:
    """The ends of a path on one side, its middle on the other: the two sublattices decouple."""
    return _factorises("synchronous_law_factorises_on_a_path", PATH, 3, {1, 3})


def independent_agents_may_act_together() -> Derivation:
    """Beyond appendix C: agents that do not hear each other keep the Ising law when acting at once.

    The ends of a path are such agents. This is why a chromatic schedule samples (C.40).
    """
    precisions = edge_matrix(gamma, PATH, N)
    weight = _ising_weights(precisions, PRIORS)[0]
    laws = [spin_law(local_field(precisions, PRIORS, BEFORE, i), sigma(i)) for i in (1, 3)]
    ends = Named("P(σ₁,σ₃)", laws[0] * laws[1])
    moved = [(sigma(i), sigma_next(i)) for i in (1, 3)]
    return Derivation(
        name="independent_agents_may_act_together",
        equations=("sec. 5", "C.40"),
        form="beyond",
        statement=equation(weight * where(ends, *moved), where(weight, *moved) * ends),
        assumes=("a path 1 - 2 - 3", "agents 1 and 3 act at once, agent 2 rests"),
        steps=(
            definition(weight, "the Ising law (C.40), up to its normaliser"),
            definition(ends, "the two ends act independently, each on what it hears"),
            Step(
                where(weight, *moved) / Total(weight, sigma(1), sigma(3)),
                where(ends, *moved),
                "given agent 2 the ends are independent, and each follows its own law",
                uses=("asynchronous_law_is_ising",),
            ),
        ),
    )


DERIVATIONS = (
    synchronous_kernel_is_exponential,
    synchronous_law_satisfies_detailed_balance,
    printed_cross_terms_cancel_over_unordered_pairs,
    cross_terms_cancel_over_ordered_pairs,
    single_flip_ratio_is_exponential_in_the_flip,
    printed_flips_telescope_to_all_pairs,
    flips_telescope_to_the_edges,
    asynchronous_law_is_ising,
    synchronous_law_factorises_on_a_bipartite_pair,
    synchronous_law_factorises_on_a_path,
    independent_agents_may_act_together,
)
