"""Entropy production is the mean of an observable that is linear in the asymmetry (section 5).

Any number of agents with any precisions; A_ij = (gamma_ij - gamma_ji)/2 is their asymmetry. What a
step is more likely than the step back is the *drive*, linear in A, and the change of a function of
the configuration. In a stationary state the latter has no mean.
"""

import sympy as sp
from sympy import Expr

from derivations.beyond_chains import law, r, s
from derivations.collective import (
    NOT_ITSELF,
    SUBSCRIPTS,
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
from derivations.families import Family, Index, Moved, pairs, product, total
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

ANY_PRECISIONS = "any number N of agents, any precisions"
SIGNS = {sigma: "σ", sigma_next: "σ′"}

OLD, NEW = sigma[k], sigma_next[k]
FIELD = local_field(k, sigma, gamma_one_way)
ACT = Named("P(σₖ)", sp.exp(OLD * FIELD) / (2 * sp.cosh(FIELD)))


def asymmetry(first: Index, second: Index) -> Named:
    """A_ij, half of what gamma_ij exceeds gamma_ji by."""
    difference = gamma_one_way[first, second] - gamma_one_way[second, first]
    return Named(f"A{first}{second}".translate(SUBSCRIPTS), difference / 2)


def mean_precision(first: Index, second: Index) -> Named:
    """S_ij, the mean of gamma_ij and gamma_ji."""
    both = gamma_one_way[first, second] + gamma_one_way[second, first]
    return Named(f"S{first}{second}".translate(SUBSCRIPTS), both / 2)


def drive(before: Family = sigma, after: Family = sigma_next) -> Expr:
    """2 s' A s."""
    return 2 * total(after[i] * asymmetry(i, j) * before[j], i, j)


def flip_drive() -> Expr:
    """(s'_k - s_k) sum_j A_kj s_j, which is 2 s'_k sum_j A_kj s_j where agent k flips."""
    return (NEW - OLD) * total(asymmetry(k, j) * sigma[j], j)


def synchronous_kernel(before: Family = sigma, after: Family = sigma_next) -> Named:
    """(C.30): P(after|before) when all agents act at once."""
    field = local_field(i, before, gamma_one_way)
    acts = product(sp.exp(after[i] * field) / (2 * sp.cosh(field)), i)
    return Named(f"P({SIGNS[after]}|{SIGNS[before]})", acts)


def synchronous_state_function(state: Family = sigma) -> Named:
    """The logarithm of the weight (C.33), here for any precisions."""
    field = local_field(i, state, gamma_one_way)
    cosines = total(sp.log(2 * sp.cosh(field)), i)
    return Named(f"f({SIGNS[state]})", prior_sum(state) + cosines)


def state_functions_do_not_change_on_average() -> Derivation:
    """In a stationary state the mean change of any function of the state is zero.

    F_rs is the flow pi_r P(s|r). What arrives at a state and what leaves it are both pi_s: the
    first since the law is stationary, the second since rows of P sum to one.
    """
    function, flow = Family("f"), Family("F")
    arriving = Named("in(s)", total(flow[r, s], r))
    leaving = Named("out(s)", total(flow[s, r], r))
    change = total(flow[r, s] * (function[s] - function[r]), r, s)
    net = total(function[s] * (arriving - leaving), s)
    mean_change = Step(
        change,
        net,
        "the mean change is the mean after less the mean before",
        slip=Slip("before and after are interchanged", -net),
    )
    return Derivation(
        name="state_functions_do_not_change_on_average",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "the mean change of f is {}, which is zero in a stationary state, where in(s) = out(s)",
            (mean_change.stated,),
        ),
        assumes=("any number M of states; F_rs is what flows from r to s in a step",),
        lines=(
            definition(arriving, "what arrives at s"),
            definition(leaving, "what leaves s"),
            Step(
                total(flow[r, s] * function[s], r, s),
                total(function[s] * arriving, s),
                "the mean of f after a step",
                slip=Slip("what leaves is counted", total(function[s] * leaving, s)),
            ),
            Step(
                total(flow[r, s] * function[r], r, s),
                total(function[s] * leaving, s),
                "and before it",
                slip=Slip("what arrives is counted", total(function[s] * arriving, s)),
            ),
            mean_change,
        ),
    )


def synchronous_drive_is_linear_in_the_asymmetry() -> Derivation:
    """All at once: ln P(s'|s)/P(s|s') = 2 s'As + f(s') - f(s).

    In the logarithm of the kernel (C.30) only the pair term s' Gamma s holds both configurations in
    a way that is not a sum. Its symmetric part is the same for both directions and cancels; of the
    rest each term holds one configuration alone.
    """
    there, back = synchronous_kernel(), synchronous_kernel(sigma_next, sigma)
    f, f_after = synchronous_state_function(), synchronous_state_function(sigma_next)
    crossed = total(
        gamma_one_way[i, j] * (sigma_next[i] * sigma[j] - sigma[i] * sigma_next[j]), i, j
    )
    even = total(mean_precision(i, j) * (sigma_next[i] * sigma[j] - sigma[i] * sigma_next[j]), i, j)
    return Derivation(
        name="synchronous_drive_is_linear_in_the_asymmetry",
        equations=("sec. 5", "C.30"),
        form="beyond",
        statement=equation(sp.log(there / back), drive() + f_after - f),
        assumes=(ANY_PRECISIONS, NOT_ITSELF, "all agents act at once"),
        lines=(
            definition(there, "the agents act independently, each on what it saw"),
            definition(f, "a function of the configuration: ln of (C.33), for any precisions"),
            Step(
                sp.log(there / back),
                crossed + f_after - f,
                "priors and normalisers hold one configuration each; the pair terms hold both",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip("the normalisers change sign", crossed + f - f_after),
            ),
            definition(mean_precision(i, j), "the mean of a pair's two precisions"),
            definition(asymmetry(i, j), "and half their difference: gamma_ij = S_ij + A_ij"),
            Step(
                even,
                sp.Integer(0),
                "the means drive nothing, for i and j may change places",
                uses=("synchronous_law_satisfies_detailed_balance",),
                slip=Slip(
                    "the two directions are added",
                    2 * total(mean_precision(i, j) * sigma_next[i] * sigma[j], i, j),
                ),
            ),
            Step(
                crossed - even,
                drive(),
                "in the rest i and j change places with a sign: A_ji = -A_ij",
                slip=Slip("the 2 dropped", drive() / 2),
            ),
        ),
        slip=Slip("the asymmetry is counted once", drive() / 2 + f_after - f),
    )


def asynchronous_drive_is_linear_in_the_asymmetry() -> Derivation:
    """One at a time: ln P(s'|s)/P(s|s') = 2 s'_k sum_j A_kj s_j + f(s') - f(s) when k flips.

    The logarithm is the flip times the field of agent k. The part of the field that is due to equal
    precisions (gamma + gamma^T)/2 and to the prior is the change of a function of the
    configuration; the rest is the drive. Where the drawn spin is the old one, nothing happens.
    """
    flip = NEW - OLD
    f = Named("f(σ)", prior_sum() + pairs(mean_precision(i, j) * sigma[i] * sigma[j], i, j))
    change = Moved(f, OLD, NEW) - f
    drawn = Moved(ACT, OLD, NEW)
    return Derivation(
        name="asynchronous_drive_is_linear_in_the_asymmetry",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(sp.log(drawn / ACT), flip_drive() + change),
        assumes=(
            ANY_PRECISIONS,
            NOT_ITSELF,
            "agent k acts; it is drawn with the same probability on both ways",
        ),
        lines=(
            definition(FIELD, "what agent k hears, before its action and after it"),
            definition(ACT, "(C.35): the probability that agent k takes this spin"),
            definition(mean_precision(i, j), "the mean of a pair's two precisions"),
            definition(f, "minus the Ising energy of the mean precisions"),
            Step(
                sp.log(drawn / ACT),
                flip * FIELD,
                "the normaliser is the same on both ways",
                uses=("single_flip_ratio_is_exponential_in_the_flip",),
                slip=Slip("the old spin is left out", NEW * FIELD),
            ),
            Step(
                change,
                flip * (zeta[k] + total(mean_precision(k, j) * sigma[j], j)),
                "f changes by the flip times the field of the mean precisions",
                uses=("asynchronous_law_is_ising",),
                slip=Slip("gamma_kj in place of the mean", flip * FIELD),
            ),
            definition(asymmetry(k, j), "half the difference: gamma_kj = S_kj + A_kj"),
            Step(
                flip * FIELD - change,
                flip_drive(),
                "what is left of the field is the asymmetry",
                slip=Slip("the whole difference", 2 * flip_drive()),
            ),
        ),
        slip=Slip("the asymmetry upside down", change - flip_drive()),
    )


def entropy_production_is_the_mean_drive() -> Derivation:
    """If ln P(s|r)/P(r|s) is a drive D_rs and a change of f, entropy production is the mean drive.

    Collectives are of this form under synchronous updates, with D = 2 s'As, and one at a time, with
    D = 2 s'_k sum_j A_kj s_j where agent k flips and 0 where none does. ln pi is a function of the
    state, as f is, and what such functions change by is zero on average.
    """
    back_and_forth, function, half = (
        Family("T", symmetric=True, positive=True),
        Family("f"),
        Family("G"),
    )

    def driven(start: Index, end: Index) -> Named:
        return Named(f"D({start},{end})", half[start, end] - half[end, start])

    def kernel(start: Index, end: Index) -> Named:
        exponent = (driven(start, end) + function[end] - function[start]) / 2
        return Named(f"P({end}|{start})", back_and_forth[start, end] * sp.exp(exponent))

    flow = law[r] * kernel(r, s)
    arriving = Named("in(s)", total(law[r] * kernel(r, s), r))
    leaving = Named("out(s)", total(law[s] * kernel(s, r), r))
    production = total(flow * sp.log(flow / (law[s] * kernel(s, r))), r, s)
    mean_drive = total(flow * driven(r, s), r, s)
    potential = function[s] - sp.log(law[s])
    change = potential - function[r] + sp.log(law[r])
    result = Step(
        production,
        mean_drive + total(potential * (arriving - leaving), s),
        "entropy production, for any law pi: the mean drive, and a change that has no mean",
        slip=Slip("the drive counted from both ends", 2 * mean_drive),
    )
    return Derivation(
        name="entropy_production_is_the_mean_drive",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "entropy production is {}, and in a stationary state, where in(s) = out(s), only the "
            "mean drive is left",
            (result.stated,),
        ),
        assumes=(
            "any number M of states, each with a law pi_r > 0",
            "P > 0 wherever the way back is possible",
            "T > 0: sums run over states with a step between them; others add 0 ln 0/0 = 0",
            "ln P(s|r)/P(r|s) = D(r,s) + f_s - f_r with a drive D(r,s) = -D(s,r)",
        ),
        lines=(
            definition(driven(r, s), "a drive, which changes sign with the direction"),
            definition(kernel(r, s), "T_rs = T_sr is what the two directions share"),
            Step(
                sp.log(kernel(r, s) / kernel(s, r)),
                driven(r, s) + function[s] - function[r],
                "what tells the directions apart; collectives are of this form",
                uses=(
                    "synchronous_drive_is_linear_in_the_asymmetry",
                    "asynchronous_drive_is_linear_in_the_asymmetry",
                ),
                slip=Slip("the drive does not change sign", function[s] - function[r]),
            ),
            Step(
                sp.log(flow / (law[s] * kernel(s, r))),
                driven(r, s) + change,
                "the law adds the change of -ln pi, which is a function of the state too",
                slip=Slip("the law is left out", driven(r, s) + function[s] - function[r]),
            ),
            definition(arriving, "what arrives at s: pi_s in a stationary state"),
            definition(leaving, "what leaves s: pi_s, since the rows of P sum to one"),
            Step(
                total(flow * change, r, s),
                total(potential * (arriving - leaving), s),
                "the mean change of a function of the state",
                uses=("state_functions_do_not_change_on_average",),
                slip=Slip("what arrives is not counted", -total(potential * leaving, s)),
            ),
            result,
        ),
    )


DERIVATIONS = (
    state_functions_do_not_change_on_average,
    synchronous_drive_is_linear_in_the_asymmetry,
    asynchronous_drive_is_linear_in_the_asymmetry,
    entropy_production_is_the_mean_drive,
)
