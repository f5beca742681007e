"""On which graphs softmax agents are driven by a current (beyond the paper).

Agents that act by the softmax of expected free energy, with one gamma and one zeta for all, one at
a time. An agent whose other neighbours add up to S hears one more neighbour through the effective
precision (b/4) D(zeta + gamma S), with D(a) = tanh(a + gamma) - tanh(a - gamma). Two neighbours
that hear different sums therefore hear each other differently, and drive a current like agents
with unequal precisions. For gamma and b other than zero this happens on every connected graph that
is neither complete nor a cycle without prior: on paths of three or more, stars and all other trees,
and on lattices.
"""

import sympy as sp
from sympy import Expr, Symbol

from derivations.beyond_expected_free_energy import (
    NOT_ZERO,
    ONE_AT_A_TIME,
    ONE_PRECISION,
    efe_field,
    spread,
)
from derivations.collective import sigma
from derivations.display import Named
from derivations.families import Family, Index, Size, total
from derivations.notation import SpinSymbol, gamma, slope, where, zeta
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

M = Size("M")  # the agents beside the two that are singled out
other = Index("m", M)
spin_i, spin_k = SpinSymbol("sigma_i"), SpinSymbol("sigma_k")
hears_i, hears_k = Family("a"), Family("c")  # 1 where agent i, or k, hears the other agent, else 0


def _overheard(x: Expr) -> Expr:
    """The denominator of D."""
    return sp.cosh(2 * x) + sp.cosh(2 * gamma)


def edge_affinity(heard_i: Expr, heard_k: Expr) -> Expr:
    """Affinity of the square of two neighbours whose other neighbours add up to these sums."""
    denominator = _overheard(zeta + gamma * heard_i) * _overheard(zeta + gamma * heard_k)
    difference = sp.sinh(gamma * (heard_k - heard_i))
    common = sp.sinh(2 * zeta + gamma * (heard_i + heard_k))
    return -4 * slope * sp.sinh(2 * gamma) * difference * common / denominator


def square_affinity(first: Expr, second: Expr) -> Expr:
    """Four times the difference of what k hears from i and i from k; the field of i comes first."""
    heard_by_k = where(second, (spin_i, 1)) - where(second, (spin_i, -1))
    return 2 * heard_by_k - 2 * (where(first, (spin_k, 1)) - where(first, (spin_k, -1)))


def efe_edge_affinity_is_a_product_of_hyperbolic_sines() -> Derivation:
    """Any graph: two neighbours that hear S and T from all the others, and their square of flips.

    It is zero only if gamma or b is, or S = T, or gamma (S + T) = -2 zeta. A collective that
    is reversible has one of these for each of its edges and in every configuration.
    """
    heard_i = Named("S", total(hears_i[other] * sigma[other], other))
    heard_k = Named("T", total(hears_k[other] * sigma[other], other))
    first = Named("xᵢ", efe_field(zeta + gamma * (heard_i + spin_k)))
    second = Named("xₖ", efe_field(zeta + gamma * (heard_k + spin_i)))
    affinity = slope * (spread(zeta + gamma * heard_k) - spread(zeta + gamma * heard_i))
    x = Symbol("a", real=True)
    return Derivation(
        name="efe_edge_affinity_is_a_product_of_hyperbolic_sines",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(square_affinity(first, second), edge_affinity(heard_i, heard_k)),
        assumes=(
            "any graph of any number of agents; i and k hear each other",
            "a_m = 1 where i hears agent m, else 0; c_m the same for k",
            ONE_PRECISION,
            ONE_AT_A_TIME,
        ),
        lines=(
            definition(heard_i, "what agent i hears from all but k"),
            definition(heard_k, "what agent k hears from all but i"),
            definition(first, "(B.26) corrected: the log-odds are b tanh x"),
            definition(second, "the same for agent k"),
            Step(
                where(first, (spin_k, 1)) - where(first, (spin_k, -1)),
                slope / 2 * spread(zeta + gamma * heard_i),
                "agent i hears k through the effective precision (b/4) D(zeta + gamma S)",
                uses=("softmax_agent_acts_by_a_scaled_belief",),
                slip=Slip("what the others say left out", slope / 2 * spread(zeta)),
            ),
            Step(
                square_affinity(first, second),
                affinity,
                "the affinity of the square: four times the difference of the two",
                uses=("reversible_agents_have_symmetric_walsh_coefficients",),
                slip=Slip("i and k exchanged", -affinity),
            ),
            Step(
                spread(x),
                2 * sp.sinh(2 * gamma) / _overheard(x),
                "D of any a",
                slip=Slip("half of it", sp.sinh(2 * gamma) / _overheard(x)),
            ),
            Step(
                sp.cosh(2 * zeta + 2 * gamma * heard_i) - sp.cosh(2 * zeta + 2 * gamma * heard_k),
                -2
                * sp.sinh(gamma * (heard_k - heard_i))
                * sp.sinh(2 * zeta + gamma * (heard_i + heard_k)),
                "a difference of two hyperbolic cosines is a product",
                slip=Slip(
                    "the sum of the two arguments not halved",
                    -2
                    * sp.sinh(gamma * (heard_k - heard_i))
                    * sp.sinh(4 * zeta + 2 * gamma * (heard_i + heard_k)),
                ),
            ),
        ),
        slip=Slip("the prior left out", edge_affinity(heard_i, heard_k).subs(zeta, 0)),
    )


def _both_signs(y: Expr, n: Expr) -> Expr:
    """sinh(y + gamma n)^2 + sinh(y - gamma n)^2 as a sum of two squares."""
    own = 2 * sp.sinh(gamma * n) ** 2
    return 2 * sp.sinh(y) ** 2 * sp.cosh(2 * gamma * n) + own


def efe_collective_is_irreversible_on_a_tree() -> Derivation:
    """No Gibbs law on a tree of three agents or more, with or without a prior.

    A tree has a leaf i, which hears its neighbour k only. That neighbour has n >= 1 others, and if
    they are all up or all down the square of i and k has the affinities A₊ and A₋. Each is a
    product; both are zero only if both sinh(2 zeta + gamma n) and sinh(2 zeta - gamma n) are.
    """
    n = Size("n")
    up = Named("A₊", slope * (spread(zeta + gamma * n) - spread(zeta)))
    down = Named("A₋", slope * (spread(zeta - gamma * n) - spread(zeta)))
    all_up = Step(
        up,
        edge_affinity(sp.Integer(0), n),
        "S = 0, T = n",
        uses=("efe_edge_affinity_is_a_product_of_hyperbolic_sines",),
        slip=Slip("the leaf taken to hear them too", edge_affinity(n, n)),
    )
    all_down = Step(
        down,
        edge_affinity(sp.Integer(0), -n),
        "S = 0, T = -n",
        slip=Slip("A₊ once more, as if the prior had turned as well", all_up.right),
    )
    not_both = Step(
        sp.sinh(2 * zeta + gamma * n) ** 2 + sp.sinh(2 * zeta - gamma * n) ** 2,
        _both_signs(2 * zeta, n),
        "more than zero, since gamma n is not zero",
        slip=Slip(
            "the mixed terms dropped", 2 * sp.sinh(2 * zeta) ** 2 + 2 * sp.sinh(gamma * n) ** 2
        ),
    )
    return Derivation(
        name="efe_collective_is_irreversible_on_a_tree",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=Sentence(
            "where all the other neighbours of a leaf's neighbour are up, {}, where they are all "
            "down, {}, and not both are zero, for {}",
            (all_up.stated, all_down.stated, not_both.stated),
        ),
        assumes=(
            "a tree of three agents or more",
            "the leaf's neighbour has n other neighbours, any number from 1 on",
            ONE_PRECISION,
            NOT_ZERO,
            ONE_AT_A_TIME,
        ),
        lines=(
            definition(up, "b D of what the neighbour hears minus b D of what the leaf hears"),
            definition(down, "the same with the other neighbours down"),
            all_up,
            all_down,
            not_both,
        ),
    )


def efe_collective_is_irreversible_on_a_cycle_with_priors() -> Derivation:
    """A cycle of four agents or more with a prior: the outer neighbours of a pair can differ.

    One of them is up and one down, so that the pair hears sums with opposite signs; the prior
    tells these apart. On a cycle of three they are one agent, and the graph is complete.
    """
    first = Named("xᵢ", efe_field(zeta + gamma * (1 + spin_k)))
    second = Named("xₖ", efe_field(zeta + gamma * (-1 + spin_i)))
    closed = 4 * slope * sp.sinh(2 * gamma) ** 2 * sp.sinh(2 * zeta)
    closed /= _overheard(zeta + gamma) * _overheard(zeta - gamma)
    return Derivation(
        name="efe_collective_is_irreversible_on_a_cycle_with_priors",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=equation(square_affinity(first, second), closed),
        assumes=(
            "a cycle of any number of agents from four on",
            ONE_PRECISION,
            NOT_ZERO,
            "zeta is not zero",
            ONE_AT_A_TIME,
        ),
        lines=(
            definition(first, "the other neighbour of agent i is up, S = 1"),
            definition(second, "that of agent k is down, T = -1"),
            Step(
                square_affinity(first, second),
                slope * (spread(zeta - gamma) - spread(zeta + gamma)),
                "b D of what k hears from the other minus b D of what i hears",
                uses=("efe_edge_affinity_is_a_product_of_hyperbolic_sines",),
                slip=Slip("both up, as where they are one agent", sp.Integer(0)),
            ),
            Step(
                slope * (spread(zeta - gamma) - spread(zeta + gamma)),
                closed,
                "zero only if zeta, gamma or b is; without a prior the law is Ising",
                uses=("efe_collective_is_ising_on_a_cycle",),
                slip=Slip(
                    "cosh for sinh: no zero at zeta = 0",
                    closed * sp.cosh(2 * zeta) / sp.sinh(2 * zeta),
                ),
            ),
        ),
        slip=Slip("sinh for its square", closed / sp.sinh(2 * gamma)),
    )


def efe_collective_is_reversible_only_on_complete_graphs_and_free_cycles() -> Derivation:
    """Which graphs have a Gibbs law: all others have an edge with an affinity that is not zero.

    Of the neighbours of two neighbours i and k, m are those of i alone, n of k alone, and the
    common ones add up to c; G is what decides whether an edge's affinity vanishes. If it does for
    all spins, then m = n = 0, or zeta = 0, m = n = 1 and there are no common neighbours. A
    connected graph with the first at every edge is complete; an edge of the second kind ends in
    agents with two neighbours, whose other edges are of that kind too: the graph is a cycle.
    """
    m, n = Size("m"), Size("n")
    c = Symbol("c", real=True)

    def decisive(heard_i: Expr, heard_k: Expr) -> Expr:
        common = sp.sinh(2 * zeta + gamma * (heard_i + heard_k))
        return sp.sinh(gamma * (heard_k - heard_i)) * common

    heard_i, heard_k = sp.symbols("S T", real=True)
    factor = Named("G(S,T)", decisive(heard_i, heard_k))

    def at(first: Expr, second: Expr) -> Expr:
        return where(factor, (heard_i, first), (heard_k, second))

    y = 2 * zeta + 2 * gamma * c
    one_sided = Step(
        at(c, c + n) ** 2 + at(c, c - n) ** 2,
        sp.sinh(gamma * n) ** 2 * _both_signs(y, n),
        "m = 0 and n > 0, the n all up or all down: not both zero",
        uses=("efe_edge_affinity_is_a_product_of_hyperbolic_sines",),
        slip=Slip(
            "the common neighbours counted for one agent only",
            sp.sinh(gamma * n) ** 2 * _both_signs(2 * zeta + gamma * c, n),
        ),
    )
    two_sided = Step(
        at(c + m, c - n) ** 2 + at(c - m, c + n) ** 2,
        sp.sinh(gamma * (m + n)) ** 2 * _both_signs(y, m - n),
        "m, n > 0, those of i up and those of k down, or the reverse: both zero only if m = n "
        "and zeta + gamma c = 0, for all c: no common neighbours, and zeta = 0",
        slip=Slip(
            "m + n and m - n exchanged", sp.sinh(gamma * (m - n)) ** 2 * _both_signs(y, m + n)
        ),
    )
    many = Step(
        where(at(n, n - 2), (zeta, 0)),
        -sp.sinh(2 * gamma) * sp.sinh(2 * gamma * (n - 1)),
        "then S = n, one of k's down: not zero for n > 1",
        slip=Slip(
            "one spin down lowers the sum by 1", -sp.sinh(gamma) * sp.sinh(gamma * (2 * n - 1))
        ),
    )
    return Derivation(
        name="efe_collective_is_reversible_only_on_complete_graphs_and_free_cycles",
        equations=("sec. 5", "B.26"),
        form="beyond",
        statement=Sentence(
            "an edge has no affinity only if its ends have no neighbours of their own, or zeta = 0 "
            "and one each and none in common, since {}, {} and {}",
            (one_sided.stated, two_sided.stated, many.stated),
        ),
        assumes=(
            "a connected graph of any number of agents",
            ONE_PRECISION,
            NOT_ZERO,
            ONE_AT_A_TIME,
        ),
        lines=(
            definition(factor, "an edge's affinity is zero where this is"),
            one_sided,
            two_sided,
            many,
            Step(
                at(c, c),
                sp.Integer(0),
                "m = n = 0: on a complete graph every square is in balance",
                uses=("efe_collective_has_an_energy_on_a_complete_graph",),
                slip=Slip("S - T taken for S + T", sp.sinh(2 * gamma * c) * sp.sinh(2 * zeta)),
            ),
            Step(
                where(at(1, -1), (zeta, 0)),
                sp.Integer(0),
                "m = n = 1, c = 0 and zeta = 0: S and T are equal or opposite, a cycle",
                uses=("efe_collective_is_ising_on_a_cycle",),
                slip=Slip("with a prior it would not be", -sp.sinh(2 * gamma) * sp.sinh(2 * zeta)),
            ),
        ),
    )


DERIVATIONS = (
    efe_edge_affinity_is_a_product_of_hyperbolic_sines,
    efe_collective_is_irreversible_on_a_tree,
    efe_collective_is_irreversible_on_a_cycle_with_priors,
    efe_collective_is_reversible_only_on_complete_graphs_and_free_cycles,
)
