"""Section 5: parallel updates sample another law, seen on two agents.

Two agents that hear each other, with one precision for both directions: under the Ising law they
are correlated, under the synchronous law they are not, and where each acts with some probability
per tick the correlation lies between. Primes mark the spins after the update.
"""

import sympy as sp
from sympy import Expr

from derivations import app_c_flips as in_turn
from derivations import app_c_synchronous as at_once
from derivations.collective import NOT_ITSELF, SYMMETRIC, N, gamma, sigma, sigma_next, zeta
from derivations.display import Named, Total
from derivations.instances import instance
from derivations.notation import ProbabilitySymbol, where
from derivations.step import Derivation, Sentence, Slip, Step, definition

FIRST, SECOND = SPINS = sigma[1], sigma[2]
NEW_FIRST, NEW_SECOND = NEW_SPINS = sigma_next[1], sigma_next[2]
TIE = gamma[1, 2]
NO_PRIORS = ((zeta[1], 0), (zeta[2], 0))


def correlation(weight: Expr, first: Expr = FIRST, second: Expr = SECOND) -> Expr:
    """The mean of first * second under a weight of two spins, or of both before and after."""
    summed = tuple(dict.fromkeys((*SPINS, first, second)))
    return Total(first * second * weight, *summed) / Total(weight, *summed)


def odds_ratio(weight: Expr) -> Expr:
    """w(++) w(--) / (w(+-) w(-+)), which is 1 where the two spins are independent."""
    up_up, down_down, up_down, down_up = (
        where(weight, (FIRST, a), (SECOND, b)) for a, b in ((1, 1), (-1, -1), (1, -1), (-1, 1))
    )
    return up_up * down_down / (up_down * down_up)


def parallel_updates_sample_another_law() -> Derivation:
    """Section 5: under parallel updates the law is (C.33), and that is not the Ising law (C.40).

    Two agents show it. Of two independent spins the products w(++) w(--) and w(+-) w(-+) are equal,
    whatever their fields. Agents that act one at a time are not independent; agents that act at
    once are, for neither hears the other's present spin before both have been drawn.
    """
    together = Named("w(σ)", instance(at_once.WEIGHT, {N: 2}))
    taking_turns = Named("v(σ)", instance(in_turn.WEIGHT, {N: 2}))
    uncorrelated = Step(
        correlation(where(together, *NO_PRIORS)),
        sp.Integer(0),
        "without priors the two that act at once are uncorrelated",
        slip=Slip("the correlation that the tie suggests", sp.tanh(TIE)),
    )
    correlated = Step(
        correlation(where(taking_turns, *NO_PRIORS)),
        sp.tanh(TIE),
        "one at a time, they are correlated: (e^γ - e^(-γ))/(e^γ + e^(-γ))",
        slip=Slip("the pair counted twice", sp.tanh(2 * TIE)),
    )
    return Derivation(
        name="parallel_updates_sample_another_law",
        equations=("sec. 5", "C.33", "C.34"),
        form="printed",
        statement=Sentence(
            "two agents that hear each other, γ₁₂ ≠ 0, without priors: {} where they act at once, "
            "and {} where they take turns",
            (uncorrelated.stated, correlated.stated),
        ),
        assumes=(
            "two agents with any priors; without priors where it says so",
            SYMMETRIC,
            NOT_ITSELF,
        ),
        lines=(
            definition(together, "the synchronous law (C.33) of two agents, up to its normaliser"),
            definition(
                taking_turns, "the Ising law (C.40) of the same agents, up to its normaliser"
            ),
            Step(
                odds_ratio(together),
                sp.Integer(1),
                "each hyperbolic cosine holds one spin alone, so the weight is a product of two",
                uses=("synchronous_law_is_stationary",),
                slip=Slip("the odds ratio of the Ising law", sp.exp(4 * TIE)),
            ),
            Step(
                odds_ratio(taking_turns),
                sp.exp(4 * TIE),
                "under the Ising law it is one only for γ₁₂ = 0, whatever the priors",
                uses=("asynchronous_law_is_ising",),
                slip=Slip("two of the four factors forgotten", sp.exp(2 * TIE)),
            ),
            uncorrelated,
            correlated,
        ),
    )


def neighbours_acting_together_lose_the_ising_law() -> Derivation:
    """Neighbours that act at once: what detailed balance misses, and how a pair loses the law.

    For any number of agents the flows of a tick under the Ising law differ, there and back, by the
    ratio of the Ising to the synchronous weight. Two agents without priors start from the Ising
    law, with the correlation tanh gamma; one tick together leaves tanh^3 gamma: the law is lost.
    """
    ising, ising_after = in_turn.WEIGHT, in_turn.WEIGHT_AFTER
    little, little_after = at_once.WEIGHT, at_once.WEIGHT_AFTER
    law = Named("p(σ)", sp.exp(TIE * FIRST * SECOND))
    tick = Named("q(σ′|σ)", where(instance(at_once.KERNEL, {N: 2}), *NO_PRIORS))
    law_after = where(law, *zip(SPINS, NEW_SPINS, strict=True))
    tick_back = where(tick, *zip((*SPINS, *NEW_SPINS), (*NEW_SPINS, *SPINS), strict=True))
    missed = Step(
        ising * at_once.KERNEL / (ising_after * at_once.REVERSE),
        (ising / ising_after) / (little / little_after),
        "a tick of all balances the weights w, so it misses the Ising weights v by this factor",
        uses=("synchronous_law_satisfies_detailed_balance",),
        slip=Slip("as if it balanced the Ising weights", sp.Integer(1)),
    )
    left = Step(
        correlation(law * tick, *NEW_SPINS),
        sp.tanh(TIE) ** 3,
        "so a tick leaves tanh² γ times the correlation that there was",
        slip=Slip("the Ising correlation is kept", sp.tanh(TIE)),
    )
    return Derivation(
        name="neighbours_acting_together_lose_the_ising_law",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "a tick of any number of agents misses detailed balance with the Ising law by the "
            "factor {}; two without priors that start from that law lose it and are left with {}",
            (missed.stated, left.stated),
        ),
        assumes=(
            "any number of agents, all of which act at once; two where it says so",
            SYMMETRIC,
            NOT_ITSELF,
            "the two hear each other, γ₁₂ ≠ 0",
        ),
        lines=(
            definition(ising, "the Ising law (C.40) of any number of agents, up to its normaliser"),
            definition(little, "the synchronous law (C.33) of the same, up to its normaliser"),
            definition(at_once.KERNEL, "(C.30), all act at once"),
            definition(at_once.REVERSE, "(C.31), the way back"),
            missed,
            definition(law, "the Ising law of two agents without priors, up to its normaliser"),
            definition(tick, "(C.30) for two agents without priors that act at once"),
            Step(
                law * tick / (law_after * tick_back),
                sp.exp(TIE * (FIRST * SECOND - NEW_FIRST * NEW_SECOND)),
                "all cosines are cosh γ, and what is left is not 1",
                slip=Slip("the cross terms for the pairs", sp.exp(TIE * FIRST * NEW_SECOND)),
            ),
            Step(
                correlation(law),
                sp.tanh(TIE),
                "the correlation under the Ising law",
                uses=("parallel_updates_sample_another_law",),
                slip=Slip("the pair counted twice", sp.tanh(2 * TIE)),
            ),
            Step(
                Total(NEW_FIRST * NEW_SECOND * tick, *NEW_SPINS),
                sp.tanh(TIE) ** 2 * FIRST * SECOND,
                "each agent's mean new spin is tanh γ times what it sees, and they act separately",
                slip=Slip("one agent acts, the other rests", sp.tanh(TIE)),
            ),
            left,
        ),
    )


def partial_synchrony_has_neither_law() -> Derivation:
    """Section 5: each of two agents acts with probability r per tick: neither Ising nor (C.33).

    A law of two spins without means is (1 + c s_1 s_2)/4 with the correlation c: tanh gamma under
    the Ising law, 0 under the synchronous one. A tick makes it r^2 t^2 c + 2 r (1 - r) t +
    (1 - r)^2 c with t = tanh gamma, and the one c that stays the same lies between the two.
    """
    tie = sp.Symbol("gamma", positive=True)
    rate = ProbabilitySymbol("r")
    c = sp.Symbol("c", real=True)
    t = sp.tanh(tie)
    law = Named("p(σ)", (1 + c * FIRST * SECOND) / 4)
    law_after = where(law, *zip(SPINS, NEW_SPINS, strict=True))

    def acts(old: Expr, seen: Expr, new: Expr) -> Expr:
        return (
            rate * sp.exp(tie * seen * new) / (2 * sp.cosh(tie)) + (1 - rate) * (1 + old * new) / 2
        )

    one = Named("P(σ′₁|σ)", acts(FIRST, SECOND, NEW_FIRST))
    other = Named("P(σ′₂|σ)", acts(SECOND, FIRST, NEW_SECOND))
    after = Named("c′", rate**2 * t**2 * c + 2 * rate * (1 - rate) * t + (1 - rate) ** 2 * c)
    fixed = Named("cᵣ", 2 * (1 - rate) * t / (2 - rate - rate * t**2))
    ising = sp.exp(tie * FIRST * SECOND)
    kept = Step(
        where(after, (c, fixed)),
        fixed,
        "and this one does",
        slip=Slip("as if both always acted", sp.Integer(0)),
    )
    positive = Step(
        sp.Integer(0),
        fixed,
        "it is positive, so the law is not the synchronous one",
        relation="<",
        slip=Slip("the opposite sign", -fixed),
    )
    below_ising = Step(
        fixed,
        t,
        "and below tanh γ, so it is not the Ising law: 2 (1 - r) < 2 - r - r t² because t² < 1",
        relation="<",
        slip=Slip("the limit r = 1", sp.Integer(0)),
    )
    return Derivation(
        name="partial_synchrony_has_neither_law",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "a tick keeps the correlation cᵣ, {}, and no other; {} and {}, while the Ising law has "
            "tanh γ and the synchronous law 0",
            (kept.stated, positive.stated, below_ising.stated),
        ),
        assumes=(
            "two agents without priors, γ₁₂ = γ₂₁ = γ > 0 (for γ < 0 turn one of the spins over)",
            "each acts with probability r per tick, 0 < r < 1, independently of the other",
        ),
        lines=(
            definition(law, "two spins that are up as often as down, with correlation c"),
            Step(
                ising / Total(ising, *SPINS),
                where(law, (c, t)),
                "the Ising law has c = tanh γ; the synchronous law of the two has c = 0",
                uses=("parallel_updates_sample_another_law",),
                slip=Slip("the pair counted twice", where(law, (c, sp.tanh(2 * tie)))),
            ),
            definition(one, "agent 1 acts on what it sees, or keeps its spin"),
            definition(other, "and so does agent 2, on its own"),
            definition(after, "both act, one of the two acts, or none"),
            Step(
                Total(law * one * other, *SPINS),
                where(law_after, (c, after)),
                "a tick keeps the form of the law and makes c′ of c",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip(
                    "one case forgotten: that either of the two may be the one who acts",
                    where(law_after, (c, after - rate * (1 - rate) * t)),
                ),
            ),
            Step(
                sp.Derivative(after, c, evaluate=False),
                sp.Integer(1),
                "c′ grows with c by less than c does, so that at most one c stays the same",
                relation="<",
                slip=Slip("as if a tick forgot the old spins", sp.Integer(0)),
            ),
            definition(fixed, "c′ = c solved for c"),
            kept,
            Step(
                sp.Integer(0),
                one * other,
                "all configurations can be reached in one tick, so that of all laws, not of this "
                "form alone, it is the only stationary one",
                relation="<",
                slip=Slip("the logarithm of the probability", sp.log(one * other)),
            ),
            positive,
            below_ising,
        ),
    )


DERIVATIONS = (
    parallel_updates_sample_another_law,
    neighbours_acting_together_lose_the_ising_law,
    partial_synchrony_has_neither_law,
)
