"""What a collective's entropy production is the mean of: the asymmetry of its precisions (sec. 5).

M configurations r, s, … of N agents each, of which sigma_ri is the spin of agent i; of all of them
there are M = 2^N. F_rs is what flows from r to s in a tick of all agents, and G_rk what flows from
r to the configuration in which agent k alone has flipped.
"""

import sympy as sp
from sympy import Expr

from derivations.beyond_chains import law, r, s
from derivations.beyond_currents import ANY_PRECISIONS, asymmetry, mean_precision
from derivations.collective import NOT_ITSELF, gamma_one_way, i, j, k, sigma, zeta
from derivations.display import Named
from derivations.families import Family, Index, pairs, product, total
from derivations.step import Derivation, Sentence, Slip, Step, definition

flow, flip_flow = Family("F"), Family("G")
flipped_law = Family("rho", positive=True)  # of the configuration in which k has flipped


def _heard(state: Index, agent: Index) -> Expr:
    """What an agent hears in a configuration."""
    return zeta[agent] + total(gamma_one_way[agent, j] * sigma[state, j], j)


def entropy_production_is_linear_in_the_asymmetry() -> Derivation:
    """Entropy production is E[2 s'As] per tick and E[2 s'_k sum_j A_kj s_j; k flips] per update.

    Of the logarithm of what flows there over what flows back, one part is the drive, linear in A =
    (gamma - gamma^T)/2, and the rest is the change of a function phi of the configuration. In a
    stationary state the mean of that change is zero: what arrives at r is what leaves it.
    """

    def kernel(start: Index, end: Index) -> Named:
        field = _heard(start, i)
        acts = product(sp.exp(sigma[end, i] * field) / (2 * sp.cosh(field)), i)
        return Named(f"P({end}|{start})", acts)

    def potential(state: Index) -> Named:
        cosines = total(sp.log(2 * sp.cosh(_heard(state, i))), i)
        priors = total(zeta[i] * sigma[state, i], i)
        return Named(f"φ({state})", priors + cosines - sp.log(law[state]))

    def ising(spins: tuple[Expr, Expr], chance: Expr) -> Expr:
        at_i, at_j = spins
        tied = pairs(mean_precision(i, j) * at_i * at_j, i, j)
        return total(zeta[i] * at_i, i) + tied - sp.log(chance)

    def with_k_flipped(agent: Index) -> Expr:
        return sigma[r, agent] * (1 - 2 * sp.KroneckerDelta(agent, k))

    drive = 2 * total(sigma[s, i] * asymmetry(i, j) * sigma[r, j], i, j)
    ratio = law[r] * kernel(r, s) / (law[s] * kernel(s, r))
    mean_drive = total(flow[r, s] * drive, r, s)
    arriving = Named("in(r)", total(flow[s, r], s))
    leaving = Named("out(r)", total(flow[r, s], s))

    field = Named("xₖ(r)", _heard(r, k))
    stay, flip = (
        Named(name, sp.exp(sign * sigma[r, k] * field) / (2 * sp.cosh(field)))
        for name, sign in (("Pₖ(σ)", 1), ("Pₖ(-σ)", -1))
    )
    before = Named("ψ(r)", ising((sigma[r, i], sigma[r, j]), law[r]))
    after = Named("ψₖ(r)", ising((with_k_flipped(i), with_k_flipped(j)), flipped_law[r, k]))
    flip_drive = -2 * sigma[r, k] * total(asymmetry(k, j) * sigma[r, j], j)
    flip_ratio = law[r] * flip / (flipped_law[r, k] * stay)
    all_at_once = Step(
        total(flow[r, s] * sp.log(ratio), r, s),
        mean_drive + total(potential(r) * (arriving - leaving), r),
        "entropy production per tick: the mean drive, and what has no mean in a stationary state",
        uses=("entropy_production_is_the_mean_drive", "state_functions_do_not_change_on_average"),
        slip=Slip("the 2 dropped", mean_drive / 2 + total(potential(r) * (arriving - leaving), r)),
    )
    one_by_one = Step(
        total(flip_flow[r, k] * sp.log(flip_ratio), r, k),
        total(flip_flow[r, k] * flip_drive, r, k) + total(flip_flow[r, k] * (after - before), r, k),
        "entropy production per update: the mean drive of the flips, and the mean change of ψ, "
        "which is zero in a stationary state",
        uses=("entropy_production_is_the_mean_drive", "state_functions_do_not_change_on_average"),
        slip=Slip(
            "the asymmetry of k and j upside down",
            total(flip_flow[r, k] * (after - before - flip_drive), r, k),
        ),
    )
    return Derivation(
        name="entropy_production_is_linear_in_the_asymmetry",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "entropy production is {} per tick, all at once, and {} per update, one at a time; in "
            "a stationary state, where in(r) = out(r) and ψ does not change on average, only the "
            "two mean drives are left",
            (all_at_once.stated, one_by_one.stated),
        ),
        assumes=(
            ANY_PRECISIONS,
            NOT_ITSELF,
            "any number M of configurations r of these agents, each with a law pi_r > 0",
            "F_rs = pi_r P(s|r) is what flows from r to s if all act at once",
            "G_rk is what flows from r to r with k flipped if k acts; rho_rk is the law there",
            "one at a time, k is drawn with the same probability on both ways",
        ),
        lines=(
            definition(kernel(r, s), "(C.30): all act at once, on what they hear in r"),
            definition(asymmetry(i, j), "half of what gamma_ij exceeds gamma_ji by"),
            definition(potential(r), "a function of the configuration"),
            Step(
                sp.log(ratio),
                drive + potential(s) - potential(r),
                "what flows from r to s over what flows back: the drive 2 s'As and a change of φ",
                uses=("synchronous_drive_is_linear_in_the_asymmetry",),
                slip=Slip("the change upside down", drive + potential(r) - potential(s)),
            ),
            definition(arriving, "what arrives at r: pi_r in a stationary state"),
            definition(leaving, "what leaves r: pi_r, since the rows of P sum to one"),
            all_at_once,
            definition(field, "what agent k hears in r, and also after its own flip"),
            definition(flip, "the probability that it flips"),
            definition(stay, "and that it flips back, from there"),
            definition(mean_precision(i, j), "the mean of a pair's two precisions"),
            definition(before, "a function of the configuration"),
            definition(after, "the same where agent k has flipped"),
            Step(
                sp.log(flip_ratio),
                flip_drive + after - before,
                "a flip over the flip back: 2 s'_k sum_j A_kj s_j with s'_k = -s_k, and the change "
                "of ψ",
                uses=("asynchronous_drive_is_linear_in_the_asymmetry",),
                slip=Slip("the new spin taken for the old one", after - before - flip_drive),
            ),
            one_by_one,
        ),
    )


DERIVATIONS = (entropy_production_is_linear_in_the_asymmetry,)
