"""Cycles that equal precisions do not have: detailed balance is lost with symmetry (section 5).

A chain in detailed balance goes around every cycle with the same probability one way and the other.
The logarithm of their ratio is the *affinity* of the cycle.
"""

import sympy as sp
from sympy import Expr

from derivations.beyond_chains import POSITIVE, kernel_of, law, r, s, t, u
from derivations.beyond_currents import ANY_PRECISIONS, asymmetry
from derivations.collective import (
    NOT_ITSELF,
    gamma_one_way,
    i,
    j,
    k,
    local_field,
    m,
    sigma,
    sigma_next,
)
from derivations.display import Named, Total
from derivations.families import Entry, Family, Moved, total
from derivations.notation import where
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

positive_flow = Family("S", symmetric=True, positive=True)  # along the cycle


def reversible_chain_has_no_cycle_affinity() -> Derivation:
    """Kolmogorov's criterion, the way it is used: detailed balance leaves no affinity.

    The affinity of a cycle is the logarithm of the probability to go around one way over that of
    the other way. If any law is in detailed balance with P, each step contributes a difference of
    ln pi, and these add up to zero. So one cycle with a nonzero affinity excludes every positive
    law, and there is no other where all states can be reached from each other. Two of the four
    states may be the same one, in which the chain then rests: cycles of three.
    """
    step = kernel_of("P", lambda start, end: positive_flow[start, end])
    there = step(r, s) * step(s, t) * step(t, u) * step(u, r)
    back = step(r, u) * step(u, t) * step(t, s) * step(s, r)
    return Derivation(
        name="reversible_chain_has_no_cycle_affinity",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(sp.log(there / back), sp.Integer(0)),
        assumes=(
            "any number M of states, four of them on the cycle",
            "P > 0 along the cycle, and some law pi > 0 is in detailed balance with it",
        ),
        lines=(
            definition(step(r, s), "a reversible kernel: symmetric flows S_rs = S_sr > 0"),
            Step(
                sp.log(step(r, s) / step(s, r)),
                sp.log(law[s]) - sp.log(law[r]),
                "a step's ratio is the ratio of the two probabilities (C.29)",
                slip=Slip("(C.29) upside down", sp.log(law[r]) - sp.log(law[s])),
            ),
            Step(
                sp.log(step(r, s) / step(s, r)) + sp.log(step(s, t) / step(t, s)),
                sp.log(law[t]) - sp.log(law[r]),
                "the next step goes on from there, and ln pi_s drops out",
                slip=Slip("ln pi_s stays", sp.log(law[t]) - sp.log(law[s]) - sp.log(law[r])),
            ),
        ),
        slip=Slip(
            "the way back is forgotten",
            sp.log(there),
        ),
    )


def asymmetric_precisions_break_detailed_balance() -> Derivation:
    """Unequal precisions of one pair exclude detailed balance, one at a time and all at once.

    Flip k, then m, then both back in the same order, one agent at a time: this cycle of four has
    the affinity 4 s_k s_m (gamma_mk - gamma_km). All at once, the cycle of three from s to s with k
    flipped, to s with m flipped, and back to s, has the same one. Kolmogorov's criterion does the
    rest. For symmetric precisions detailed balance holds, so it does if and only if they are.
    """
    asymmetric = 4 * sigma[k] * sigma[m] * (gamma_one_way[m, k] - gamma_one_way[k, m])

    def flipped(expr: Expr, *agents: Entry) -> Expr:
        for spin in agents:
            expr = Moved(expr, spin, -spin)
        return expr

    spin_k, spin_m = sigma[k], sigma[m]
    of_k = local_field(k, sigma, gamma_one_way)
    of_m = local_field(m, sigma, gamma_one_way)
    cycle_of_four = Named(
        "a₄",
        -2 * spin_k * of_k
        - 2 * spin_m * flipped(of_m, spin_k)
        + 2 * spin_k * flipped(of_k, spin_k, spin_m)
        + 2 * spin_m * flipped(of_m, spin_m),
    )
    start, k_flipped, m_flipped = sigma[i], flipped(sigma[i], spin_k), flipped(sigma[i], spin_m)

    def driven(name: str, before: Expr, after: Expr) -> Named:
        return Named(name, 2 * total(after * asymmetry(i, j) * before.xreplace({i: j}), i, j))

    out = driven("D(σ,σᵏ)", start, k_flipped)
    over = driven("D(σᵏ,σᵐ)", k_flipped, m_flipped)
    home = driven("D(σᵐ,σ)", m_flipped, start)
    cycle_of_three = Named("a₃", out + over + home)
    asynchronous = Step(
        cycle_of_four,
        asymmetric,
        "what other agents and priors add to the fields drops out, the pair's precisions do not",
        uses=(
            "single_flip_ratio_is_exponential_in_the_flip",
            "random_scan_cycle_affinity_is_four_times_the_asymmetry",
            "reversible_chain_has_no_cycle_affinity",
        ),
        slip=Slip("the affinity of half the cycle", asymmetric / 2),
    )
    synchronous = Step(
        cycle_of_three,
        asymmetric,
        "the same: in the other terms of the three drives A_ij and A_ji cancel",
        uses=(
            "synchronous_drive_is_linear_in_the_asymmetry",
            "reversible_chain_has_no_cycle_affinity",
        ),
        slip=Slip("the way back to s is left out", asymmetric - home),
    )
    return Derivation(
        name="asymmetric_precisions_break_detailed_balance",
        equations=("sec. 5",),
        form="printed",
        statement=Sentence(
            "one at a time a cycle of four has the affinity {}; all at once a cycle of three has "
            "{}; detailed balance would make both zero",
            (asynchronous.stated, synchronous.stated),
        ),
        assumes=(
            ANY_PRECISIONS,
            NOT_ITSELF,
            "gamma_km ≠ gamma_mk for some agents k and m",
            POSITIVE,
        ),
        lines=(
            definition(of_k, "what agent k hears"),
            definition(of_m, "what agent m hears"),
            definition(
                cycle_of_four,
                "k, m, k, m flip one after the other: each flip times the field that it meets",
            ),
            asynchronous,
            definition(asymmetry(i, j), "half of what gamma_ij exceeds gamma_ji by"),
            definition(out, "the drive from s to s with k flipped"),
            definition(over, "from there to s with m flipped"),
            definition(home, "and from there back to s"),
            definition(cycle_of_three, "changes of a function of the state cancel on a cycle"),
            synchronous,
        ),
    )


def two_agents_produce_entropy_by_their_asymmetry() -> Derivation:
    """Two agents without priors, exactly: their asymmetry times what it does to their actions.

    The mean of s_1 s_2 is t_1 = tanh gamma_12 after agent 1 has acted and t_2 after agent 2 has, so
    that under random scan the law is (1 + m s_1 s_2)/4 with m = (t_1 + t_2)/2. All at once it is
    uniform. The hyperbolic tangent grows, so both entropy productions are positive but for equal
    precisions.
    """
    first, second = sigma[1], sigma[2]
    first_next, second_next = sigma_next[1], sigma_next[2]
    g_12, g_21 = gamma_one_way[1, 2], gamma_one_way[2, 1]
    t_1, t_2 = sp.tanh(g_12), sp.tanh(g_21)
    pair = Named("π(σ)", (1 + (t_1 + t_2) / 2 * first * second) / 4)
    uneven = Named("A₁₂", (g_12 - g_21) / 2)
    act_1 = Named("P(σ₁|σ₂)", sp.exp(g_12 * first * second) / (2 * sp.cosh(g_12)))
    act_2 = Named("P(σ₂|σ₁)", sp.exp(g_21 * first * second) / (2 * sp.cosh(g_21)))

    def at_once(old_1: Expr, old_2: Expr, new_1: Expr, new_2: Expr) -> Expr:
        law_1 = sp.exp(g_12 * new_1 * old_2) / (2 * sp.cosh(g_12))
        return law_1 * sp.exp(g_21 * new_2 * old_1) / (2 * sp.cosh(g_21))

    there = Named("P(σ′|σ)", at_once(first, second, first_next, second_next))
    back = Named("P(σ|σ′)", at_once(first_next, second_next, first, second))

    def produced_by(act: Expr, spin: Expr) -> Expr:
        out = pair * where(act, (spin, -spin))
        return out * sp.log(out / (where(pair, (spin, -spin)) * act)) / 2

    def driven_by(act: Expr, spin: Expr, asymmetry_seen: Expr) -> Expr:
        return pair * where(act, (spin, -spin)) * (-2 * spin) * asymmetry_seen / 2

    gap = sp.Symbol("delta", positive=True)
    closed_form = (g_12 - g_21) * (t_1 - t_2)
    stationary = (
        act_1 * (pair + where(pair, (first, -first))) / 2
        + act_2 * (pair + where(pair, (second, -second))) / 2
    )
    produced = Total(produced_by(act_1, first) + produced_by(act_2, second), first, second)
    drive_of_1 = driven_by(act_1, first, uneven * second)
    drive_of_2 = driven_by(act_2, second, -uneven * first)
    drive = 2 * uneven * (first_next * second - second_next * first)
    produced_at_once = Total(
        there * sp.log(there / back) / 4, first, second, first_next, second_next
    )
    one_by_one = Step(
        produced,
        closed_form / 4,
        "each flip of agent 1 brings s_1 s_2 to the mean t_1, each of agent 2 to t_2: per update",
        slip=Slip("agent 1 acts in every update", closed_form / 2),
    )
    all_at_once = Step(
        produced_at_once,
        closed_form,
        "and per tick, where the means of s'_1 s_2 and s'_2 s_1 are t_1 and t_2",
        slip=Slip("one of the two agents only", closed_form / 2),
    )
    return Derivation(
        name="two_agents_produce_entropy_by_their_asymmetry",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "entropy production is {} per update, one at a time, and {} per tick, all at once",
            (one_by_one.stated, all_at_once.stated),
        ),
        assumes=("two agents without priors, any γ₁₂ and γ₂₁",),
        lines=(
            definition(pair, "their law under random scan"),
            definition(act_1, "the law of the action of agent 1"),
            definition(act_2, "and of agent 2"),
            definition(uneven, "their asymmetry; A₂₁ = -A₁₂"),
            Step(
                stationary,
                pair,
                "the law is stationary: either agent acts with probability 1/2",
                slip=Slip("agent 1 has just acted", act_1 / 2),
            ),
            Step(
                produced,
                Total(drive_of_1 + drive_of_2, first, second),
                "what the flips of both agents produce is their mean drive",
                uses=("entropy_production_is_linear_in_the_asymmetry",),
                slip=Slip("A₂₁ taken for A₁₂", Total(drive_of_1 - drive_of_2, first, second)),
            ),
            one_by_one,
            definition(there, "both act at once"),
            Step(
                Total(there / 4, first, second),
                sp.Rational(1, 4),
                "under which the uniform law is stationary",
                slip=Slip(
                    "the law of random scan",
                    where(pair, (first, first_next), (second, second_next)),
                ),
            ),
            Step(
                produced_at_once,
                Total(there * drive / 4, first, second, first_next, second_next),
                "again the mean drive, 2 s'As",
                uses=("entropy_production_is_linear_in_the_asymmetry",),
                slip=Slip("the 2 dropped", closed_form / 2),
            ),
            all_at_once,
            Step(
                sp.Integer(0),
                where(closed_form, (g_12, g_21 + gap)),
                "with γ₁₂ = γ₂₁ + δ it is positive, and likewise with the agents interchanged",
                relation="<",
                slip=Slip(
                    "one of the two factors forgotten",
                    where(closed_form / (g_12 - g_21), (g_21, g_12 + gap)),
                ),
            ),
        ),
    )


DERIVATIONS = (
    reversible_chain_has_no_cycle_affinity,
    asymmetric_precisions_break_detailed_balance,
    two_agents_produce_entropy_by_their_asymmetry,
)
