"""One agent acts, and then all of them in turn (appendix C, C.35 to C.39).

Any number of agents, any symmetric precisions, a prior each; a path of three where a graph has to
be named. Primes mark the spins after the update. Agent k is any one agent, n the one whose turn it
is when all flip in the order of their numbers.
"""

import sympy as sp
from sympy import Expr

from derivations.collective import (
    NOT_ITSELF,
    SYMMETRIC,
    N,
    gamma,
    gamma_one_way,
    i,
    j,
    k,
    local_field,
    prior_sum,
    sigma,
    sigma_next,
    zeta,
)
from derivations.display import Named
from derivations.families import Family, Index, Moved, above, below, pairs, product, total
from derivations.instances import instance
from derivations.notation import gamma as one_gamma
from derivations.notation import where
from derivations.notation import zeta as one_zeta
from derivations.step import Derivation, Slip, Step, definition, equation

n = Index("n", N)
OLD, NEW = sigma[k], sigma_next[k]
FIELD = local_field(k)


def action_law(precision: Family = gamma) -> Named:
    """(C.35): the law of agent k's spin, given what it sees."""
    field = local_field(k, precision=precision)
    return Named("P(σₖ)", sp.exp(OLD * field) / (2 * sp.cosh(field)))


def pair_sum(state: Family = sigma) -> Expr:
    """Sum over i < j of gamma_ij s_i s_j: every tie once."""
    return pairs(gamma[i, j] * state[i] * state[j], i, j)


def ising_weight(state: Family = sigma) -> Named:
    """(C.40) without its normaliser Z."""
    weight = sp.exp(prior_sum(state) + pair_sum(state))
    return Named("v(σ)" if state == sigma else "v(σ′)", weight)


def part_way(flipped: Expr) -> Expr:
    """The exponent of (C.40) once agents 1 … ``flipped`` have their new spins."""
    done, waiting = (1, flipped), (flipped + 1, N)
    return (
        sp.Sum(zeta[i] * sigma_next[i], (i, *done))
        + sp.Sum(zeta[i] * sigma[i], (i, *waiting))
        + sp.Sum(gamma[i, j] * sigma_next[i] * sigma_next[j], (i, 1, j - 1), (j, *done))
        + sp.Sum(gamma[i, j] * sigma_next[i] * sigma[j], (i, *done), (j, *waiting))
        + sp.Sum(gamma[i, j] * sigma[i] * sigma[j], (i, flipped + 1, j - 1), (j, *waiting))
    )


def field_in_turn(agent: Index) -> Expr:
    """What an agent sees when its turn comes: new spins before it, old ones after it."""
    heard = below(gamma[agent, j] * sigma_next[j], j, agent)
    still_old = above(gamma[agent, j] * sigma[j], j, agent)
    return zeta[agent] + heard + still_old


def flips() -> Named:
    """(C.38) for agents 1 … N in turn, multiplied."""
    seen = field_in_turn(i)
    return Named("flips", product(sp.exp(sigma[i] * seen) / sp.exp(sigma_next[i] * seen), i))


LAW = action_law()
WEIGHT, WEIGHT_AFTER = ising_weight(), ising_weight(sigma_next)
FLIPS = flips()


def single_flip_ratio_is_exponential_in_the_flip() -> Derivation:
    """(C.35) to (C.38): one agent acts; its field is the same before and after.

    (C.35) is the law given that agent k was chosen. Random scan chooses it with probability 1/N in
    both directions, which cancels. As the field is the same, so is the normaliser, and only the
    two exponentials are left. Precisions need not be symmetric here.
    """
    field = local_field(k, precision=gamma_one_way)
    law = action_law(gamma_one_way)
    law_of_new = Moved(law, OLD, NEW)
    seen_after = Moved(field, OLD, NEW)
    there = Named("P(σₖ→σ′ₖ)", law_of_new / N)
    back = Named("P(σ′ₖ→σₖ)", sp.exp(OLD * seen_after) / (2 * sp.cosh(seen_after)) / N)
    return Derivation(
        name="single_flip_ratio_is_exponential_in_the_flip",
        equations=("C.35", "C.36", "C.37", "C.38"),
        form="printed",
        statement=equation(back / there, sp.exp(OLD * field) / sp.exp(NEW * field)),
        assumes=("any number of agents, any precisions", NOT_ITSELF, "agent k acts, others rest"),
        slip=Slip("upside down", sp.exp(NEW * field) / sp.exp(OLD * field)),
        lines=(
            definition(field, "the local field of agent k"),
            Step(
                seen_after,
                field,
                "the field does not hold agent k's own spin, for no agent hears itself",
                slip=Slip("the agent hears itself", field + NEW - OLD),
            ),
            definition(law, "(C.35), given that agent k was chosen"),
            Step(
                Moved(law, OLD, 1) + Moved(law, OLD, -1),
                sp.Integer(1),
                "it is normalised",
                slip=Slip("cosh for 2 cosh", sp.Integer(2)),
            ),
            Step(
                law_of_new,
                sp.exp(NEW * field) / (2 * sp.cosh(field)),
                "the law of the new spin, with the same field",
                slip=Slip(
                    "the sign of the field turns with the spin",
                    sp.exp(-NEW * field) / (2 * sp.cosh(field)),
                ),
            ),
            definition(there, "random scan: agent k is chosen with probability 1/N, then acts"),
            definition(back, "the way back, on what agent k sees after its flip"),
            Step(
                back / there,
                law / law_of_new,
                "it sees the same, and 1/N is on both sides of (C.36) and cancels: (C.37)",
                slip=Slip("one direction without 1/N", law / law_of_new / N),
            ),
            Step(
                law / law_of_new,
                sp.exp((OLD - NEW) * field),
                "the normalisers cancel too, since the field is the same: (C.38)",
                slip=Slip("the old spin forgotten", sp.exp(-NEW * field)),
            ),
        ),
    )


def printed_flips_telescope_to_all_pairs() -> Derivation:
    """(C.39) as printed, with a sum over all i < j, on a path of three agents.

    Only agents that hear each other have a term in (C.38); on anything but a complete graph the
    printed sum has too many.
    """
    path = ((gamma[1, 2], one_gamma), (gamma[2, 3], one_gamma), (gamma[1, 3], 0))
    priors = tuple((zeta[a], one_zeta) for a in (1, 2, 3))
    flips_on_path = Named("flips", where(instance(FLIPS, {N: 3}), *path, *priors))
    ends = sigma[1] * sigma[3] - sigma_next[1] * sigma_next[3]

    def ratio(ties: tuple[tuple[int, int], ...]) -> Expr:
        def exponent(state: Family) -> Expr:
            pair_terms = sp.Add(*(state[a] * state[b] for a, b in ties))
            return one_zeta * (state[1] + state[2] + state[3]) + one_gamma * pair_terms

        return sp.exp(exponent(sigma)) / sp.exp(exponent(sigma_next))

    edges, everyone = ((1, 2), (2, 3)), ((1, 2), (1, 3), (2, 3))
    return Derivation(
        name="printed_flips_telescope_to_all_pairs",
        equations=("C.39",),
        form="printed",
        statement=equation(flips_on_path, ratio(everyone)),
        assumes=("a path 1 - 2 - 3", "one γ, one ζ", "the sum in (C.39) runs over all i < j"),
        expected="refuted",
        lines=(
            definition(flips_on_path, "(C.38) for agent 1, then 2, then 3, each with what it sees"),
            Step(
                flips_on_path,
                ratio(edges),
                "the product has a term for each edge, and the ends of the path are none",
                uses=("flips_telescope_to_the_edges",),
                slip=Slip("the path closed to a triangle", ratio(everyone)),
            ),
            Step(
                ratio(everyone) / ratio(edges),
                sp.exp(one_gamma * ends),
                "the printed sum has one for the ends as well",
                slip=Slip("the ends before alone", sp.exp(one_gamma * sigma[1] * sigma[3])),
            ),
        ),
    )


def flips_telescope_to_the_edges() -> Derivation:
    """(C.39) corrected: all flip, one after the other, and the ratios multiply to a sum over edges.

    By induction over the flips. After n of them agents 1 … n have their new spins; claimed is that
    the first n ratios (C.38) multiply to v(s)/v_n. It holds before the first flip, the n-th ratio
    is v_(n-1)/v_n, and after the last flip v_N = v(s'). Where i and j do not hear each other,
    gamma_ij = 0, so that the sums over pairs are sums over edges.
    """
    before, after = Named("vₙ₋₁", sp.exp(part_way(n - 1))), Named("vₙ", sp.exp(part_way(n)))
    start = Named("v₀", sp.exp(part_way(sp.Integer(0))))
    end = Named("v_N", sp.exp(part_way(N)))
    seen = Named("yₙ", field_in_turn(n))
    ratio = Named("rₙ", sp.exp(sigma[n] * seen) / sp.exp(sigma_next[n] * seen))
    given_old, given_new = sigma[i] - sigma_next[i], sigma[j] - sigma_next[j]
    in_turn = total(
        given_old
        * (below(gamma[i, j] * sigma_next[j], j, i) + above(gamma[i, j] * sigma[j], j, i)),
        i,
    )
    by_pairs = pairs(gamma[i, j] * (given_old * sigma[j] + given_new * sigma_next[i]), i, j)
    return Derivation(
        name="flips_telescope_to_the_edges",
        equations=("C.39",),
        form="corrected",
        statement=equation(FLIPS, WEIGHT / WEIGHT_AFTER),
        assumes=(
            "any number of agents, which flip in the order 1 … N",
            SYMMETRIC,
            NOT_ITSELF,
            "γ_ij = 0 where i and j do not hear each other",
            "in the last factor of (C.39) all but the spin that flips last are new",
        ),
        slip=Slip(
            "ordered pairs, every edge twice",
            sp.exp(prior_sum() + 2 * pair_sum())
            / sp.exp(prior_sum(sigma_next) + 2 * pair_sum(sigma_next)),
        ),
        lines=(
            definition(WEIGHT, "the weight of the configuration before all flips"),
            definition(after, "the weight after n flips: agents up to n are new, the others old"),
            definition(start, "the same for n = 0, where sums from 1 to 0 are empty"),
            Step(
                start,
                WEIGHT,
                "base: before any flip all spins are old, and no ratio has been multiplied",
                slip=Slip("all spins are new", WEIGHT_AFTER),
            ),
            definition(seen, "what agent n sees: spins before it have flipped, after it not yet"),
            definition(ratio, "(C.38) for the n-th flip"),
            definition(before, "the weight after n - 1 flips"),
            Step(
                before / after,
                sp.exp((sigma[n] - sigma_next[n]) * seen),
                "one flip changes only the terms of agent n: its prior, and one for each neighbour",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
                slip=Slip(
                    "the neighbours after n with new spins already",
                    sp.exp((sigma[n] - sigma_next[n]) * local_field(n, sigma_next)),
                ),
            ),
            Step(
                WEIGHT / before * ratio,
                WEIGHT / after,
                "step: if the first n - 1 ratios give v(σ)/vₙ₋₁, then the first n give v(σ)/vₙ",
                slip=Slip("the n-th flip left out", WEIGHT / before),
            ),
            definition(end, "the weight after all N flips"),
            Step(
                end,
                WEIGHT_AFTER,
                "after the last flip all spins are new",
                slip=Slip("the last spin still old", before),
            ),
            definition(FLIPS, "all N ratios multiplied: by induction v(σ)/v_N = v(σ)/v(σ′)"),
            Step(
                sp.log(FLIPS),
                prior_sum() - prior_sum(sigma_next) + in_turn,
                "the same in one sum: its logarithm, agent by agent",
                slip=Slip("the priors left out", in_turn),
            ),
            Step(
                in_turn,
                by_pairs,
                "sorted by pairs i < j: one term when i flips, j being old, one when j does, i new",
                slip=Slip(
                    "both flips against old spins",
                    pairs(gamma[i, j] * (given_old * sigma[j] + given_new * sigma[i]), i, j),
                ),
            ),
            Step(
                given_old * sigma[j] + given_new * sigma_next[i],
                sigma[i] * sigma[j] - sigma_next[i] * sigma_next[j],
                "for each edge the mixed products cancel",
                slip=Slip(
                    "the sign of the new pair", sigma[i] * sigma[j] + sigma_next[i] * sigma_next[j]
                ),
            ),
            Step(
                by_pairs,
                pair_sum() - pair_sum(sigma_next),
                "so the edges' sum before the flips, less the one after",
                slip=Slip("all pairs of agents twice", 2 * (pair_sum() - pair_sum(sigma_next))),
            ),
        ),
    )


DERIVATIONS = (
    single_flip_ratio_is_exponential_in_the_flip,
    printed_flips_telescope_to_all_pairs,
    flips_telescope_to_the_edges,
)
