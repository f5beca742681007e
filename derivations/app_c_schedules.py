"""What agents sample that act together, and that act one at a time (appendix C).

Three agents with one symmetric precision per pair and a prior each, which contains the printed
case of one gamma on the edges of a graph; paths where a graph has to be named. Primes mark the
spins after the update.
"""

from collections.abc import Sequence

import sympy as sp
from sympy import Expr

from derivations.notation import (
    at,
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
    sum_over,
    symmetric_matrix,
    vector,
    where,
    zeta,
)
from derivations.step import Derivation, Step, equation

N = 3
BEFORE, AFTER = spins(N), next_spins(N)
PRECISIONS = symmetric_matrix("gamma", N)
PRIORS = vector("zeta", N)
PATH = ((1, 2), (2, 3))
ALL_PAIRS = ((1, 2), (1, 3), (2, 3))
SYMMETRIC = "gamma_ij = gamma_ji, no agent hears itself"


def twice_cosh(precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """Product over the agents of 2 cosh(local field)."""
    agents = range(1, len(state) + 1)
    return sp.Mul(*(2 * sp.cosh(local_field(precisions, priors, state, i)) for i in agents))


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
    agents = range(1, len(before) + 1)
    fields = [local_field(precisions, priors, before, i) for i in agents]
    return sp.Mul(*(sp.exp(s * x) / (2 * sp.cosh(x)) for s, x in zip(after, fields, strict=True)))


def synchronous_weight(
    precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]
) -> Expr:
    """(C.33) up to its normaliser."""
    return sp.exp(dot(priors, state)) * twice_cosh(precisions, priors, state)


def ising_weight(precisions: sp.Matrix, priors: Sequence[Expr], state: Sequence[Expr]) -> Expr:
    """(C.40) up to its normaliser, each pair once."""
    return sp.exp(dot(priors, state) + pair_sum(precisions, state))


def synchronous_kernel_is_exponential() -> Derivation:
    """(C.30), (C.31): the product of the agents' action laws as one exponential.

    The printed line repeats sigma_1 and drops primes; meant is a product over i of P(s'_i | s).
    """
    fields = [local_field(PRECISIONS, PRIORS, BEFORE, i) for i in range(1, N + 1)]
    product = sp.Mul(*(spin_law(x, s) for x, s in zip(fields, AFTER, strict=True)))
    exponent = dot(AFTER, fields) - sp.Add(*(sp.log(2 * sp.cosh(x)) for x in fields))
    return Derivation(
        name="synchronous_kernel_is_exponential",
        equations=("C.30", "C.31"),
        form="printed",
        statement=equation(synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER), sp.exp(exponent)),
        assumes=("all agents act at once, each on what it saw before",),
        steps=(
            Step(
                at(product, *((s, 1) for s in AFTER[1:])),
                at(
                    synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER),
                    *((s, 1) for s in AFTER[1:]),
                ),
                "the agents act independently given what they see; cosh is even",
                uses=("posterior_is_logistic", "matched_action_law_is_the_posterior"),
            ),
            Step(
                sum_over(synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER), *AFTER),
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
    kernel = synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER)
    reverse = synchronous_kernel(PRECISIONS, PRIORS, AFTER, BEFORE)
    weight = synchronous_weight(PRECISIONS, PRIORS, BEFORE)
    flow = sp.exp(
        dot(PRIORS, BEFORE) + dot(PRIORS, AFTER) + ordered_pair_sum(PRECISIONS, AFTER, BEFORE)
    )
    logarithms = [
        sp.log(2 * sp.cosh(local_field(PRECISIONS, PRIORS, BEFORE, i))) for i in range(1, N + 1)
    ]
    return Derivation(
        name="synchronous_law_satisfies_detailed_balance",
        equations=("C.29", "C.32", "C.33", "C.34"),
        form="printed",
        statement=equation(
            weight * kernel, synchronous_weight(PRECISIONS, PRIORS, AFTER) * reverse
        ),
        assumes=(SYMMETRIC, "all agents act at once"),
        steps=(
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
    kernel = synchronous_kernel(PRECISIONS, PRIORS, BEFORE, AFTER)
    reverse = synchronous_kernel(PRECISIONS, PRIORS, AFTER, BEFORE)
    return Derivation(
        name="cross_terms_cancel_over_ordered_pairs",
        equations=("C.32",),
        form="corrected",
        statement=equation(
            sp.log(reverse / kernel),
            sp.log(
                synchronous_weight(PRECISIONS, PRIORS, BEFORE)
                / synchronous_weight(PRECISIONS, PRIORS, AFTER)
            ),
        ),
        assumes=(SYMMETRIC, "all agents act at once"),
        steps=(
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

    def acts(spin: Expr) -> Expr:
        return sp.exp(spin * field) / (2 * sp.cosh(field))

    weight = ising_weight(PRECISIONS, PRIORS, BEFORE)
    return Derivation(
        name="single_flip_ratio_is_exponential_in_the_flip",
        equations=("C.35", "C.36", "C.37", "C.38"),
        form="printed",
        statement=equation(acts(old) / acts(new), sp.exp(old * field) / sp.exp(new * field)),
        assumes=(SYMMETRIC, "one agent acts, the others rest"),
        steps=(
            Step(where(field, (old, new)), field, "no agent hears itself"),
            Step(acts(1) + acts(-1), sp.Integer(1), "(C.35) is normalised"),
            Step(
                weight / at(weight, (old, new)),
                sp.exp((old - new) * field),
                "(C.38) is the ratio of the weights (C.40)",
            ),
        ),
    )


def _telescoped_flips(precisions: sp.Matrix, priors: Sequence[Expr]) -> Expr:
    """(C.38) for agent 1, then 2, then 3, each in the configuration that the others left."""
    ratio: Expr = sp.Integer(1)
    state: list[Expr] = list(BEFORE)
    for i in range(1, N + 1):
        field = local_field(precisions, priors, state, i)
        ratio *= sp.exp(sigma(i) * field) / sp.exp(sigma_next(i) * field)
        state[i - 1] = sigma_next(i)
    return ratio


def printed_flips_telescope_to_all_pairs() -> Derivation:
    """(C.39) as printed, with a sum over all i < j, on a path of three agents.

    Only agents that hear each other have a term in (C.38); on anything but a complete graph the
    printed sum has too many.
    """
    path, everyone = edge_matrix(gamma, PATH, N), edge_matrix(gamma, ALL_PAIRS, N)
    priors = (zeta,) * N
    return Derivation(
        name="printed_flips_telescope_to_all_pairs",
        equations=("C.39",),
        form="printed",
        statement=equation(
            _telescoped_flips(path, priors),
            ising_weight(everyone, priors, BEFORE) / ising_weight(everyone, priors, AFTER),
        ),
        assumes=("a path 1 - 2 - 3", "the sum in (C.39) runs over all i < j"),
        steps=(
            Step(
                _telescoped_flips(path, priors),
                ising_weight(path, priors, BEFORE) / ising_weight(path, priors, AFTER),
                "the product has a term for each edge, and the ends of the path are none",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
            ),
        ),
    )


def flips_telescope_to_the_edges() -> Derivation:
    """(C.39) corrected: the product of the single-flip ratios, over edges, whatever the graph."""
    a, b, a_new, b_new = sigma(1), sigma(2), sigma_next(1), sigma_next(2)
    return Derivation(
        name="flips_telescope_to_the_edges",
        equations=("C.39",),
        form="corrected",
        statement=equation(
            _telescoped_flips(PRECISIONS, PRIORS),
            ising_weight(PRECISIONS, PRIORS, BEFORE) / ising_weight(PRECISIONS, PRIORS, AFTER),
        ),
        assumes=(SYMMETRIC, "gamma_ij = 0 where i and j do not hear each other"),
        steps=(
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
    weight = ising_weight(PRECISIONS, PRIORS, BEFORE)

    def flow(i: int) -> tuple[Expr, Expr]:
        law = spin_law(local_field(PRECISIONS, PRIORS, BEFORE, i), sigma(i))
        moved = (sigma(i), sigma_next(i))
        return weight * at(law, moved), at(weight, moved) * law

    return Derivation(
        name="asynchronous_law_is_ising",
        equations=("C.36", "C.40", "C.41"),
        form="printed",
        statement=equation(*flow(1)),
        assumes=(SYMMETRIC, "one agent acts at a time"),
        steps=(
            *(Step(*flow(i), f"agent {i} acts") for i in (2, 3)),
            Step(
                -sp.log(weight, evaluate=False),
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
    ising = ising_weight(precisions, priors, state)
    on_odd = sum_over(ising, *(s for i, s in enumerate(state, 1) if i not in odd))
    on_even = sum_over(ising, *(s for i, s in enumerate(state, 1) if i in odd))
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
    weight = synchronous_weight(precisions, priors, state)
    return Derivation(
        name=name,
        equations=("C.33",),
        form="beyond",
        statement=equation(weight, on_odd * on_even),
        assumes=(SYMMETRIC, f"edges {', '.join(f'{i}-{j}' for i, j in edges)}"),
        steps=(
            Step(
                sum_over(ising, *odd_spins),
                sp.exp(even_spins_field) * odd_cosh,
                "one sublattice, summed out of the Ising law, leaves its hyperbolic cosines",
                uses=("synchronous_law_satisfies_detailed_balance", "asynchronous_law_is_ising"),
            ),
            Step(
                sum_over(weight, *state),
                sum_over(ising, *state) ** 2,
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
    weight = ising_weight(precisions, PRIORS, BEFORE)
    ends = [spin_law(local_field(precisions, PRIORS, BEFORE, i), sigma(i)) for i in (1, 3)]
    moved = [(sigma(i), sigma_next(i)) for i in (1, 3)]
    return Derivation(
        name="independent_agents_may_act_together",
        equations=("sec. 5", "C.40"),
        form="beyond",
        statement=equation(
            weight * at(ends[0] * ends[1], *moved), at(weight, *moved) * ends[0] * ends[1]
        ),
        assumes=("a path 1 - 2 - 3", "agents 1 and 3 act at once, agent 2 rests"),
        steps=(
            Step(
                at(weight, *moved) / sum_over(weight, sigma(1), sigma(3)),
                at(ends[0] * ends[1], *moved),
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
