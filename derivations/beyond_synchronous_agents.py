"""Which agents, of any kind, have a law in equilibrium if all act at once (beyond the paper).

As in beyond_walsh.py, agent i acts up with log-odds 2 x_i, and x_i is any function of the others'
spins. Under synchronous updates there is less room than one at a time: only affine x_i will do, the
agents of (C.33). Primes mark the spins after the update.
"""

import sympy as sp

from derivations.beyond_chains import POSITIVE
from derivations.beyond_walsh import HALF_LOGITS
from derivations.collective import i, k, m, sigma, sigma_next
from derivations.display import Named, Total
from derivations.families import Family, Moved, product, total
from derivations.notation import SpinSymbol
from derivations.step import Derivation, Slip, Step, definition, equation


def reversible_synchronous_agents_are_affine_and_symmetric() -> Derivation:
    """Theorem: all at once, only agents with x_i = zeta_i + sum_k gamma_ik s_k are reversible.

    Detailed balance for s -> s' equates sum_l (s'_l x_l(s) - s_l x_l(s')) with h(s') - h(s). The
    mixed difference in s_i and s'_k leaves what s_i does to x_k in s, and what s'_k does to x_i in
    s'. The first does not know s', the second not s, so both are one and the same number.
    """
    at_before, at_after = Family("x"), Family("xprime")
    weight, weight_after = sp.symbols("w wprime", positive=True)
    h = Named("h(σ)", sp.log(weight) - total(sp.log(2 * sp.cosh(at_before[m])), m))
    h_after = Named("h(σ′)", sp.log(weight_after) - total(sp.log(2 * sp.cosh(at_after[m])), m))
    there = product(sp.exp(sigma_next[m] * at_before[m]) / (2 * sp.cosh(at_before[m])), m)
    back = product(sp.exp(sigma[m] * at_after[m]) / (2 * sp.cosh(at_after[m])), m)

    rest, part = Family("alpha"), Family("beta", hollow=True)
    rest_after, part_after = Family("alphaprime"), Family("betaprime", hollow=True)
    field = Named("xₘ(σ)", rest[m, i] + part[m, i] * sigma[i])
    field_after = Named("xₘ(σ′)", rest_after[m, k] + part_after[m, k] * sigma_next[k])
    cross = Named("c(σ,σ′)", total(sigma_next[m] * field - sigma[m] * field_after, m))
    old, new_ = SpinSymbol("s"), SpinSymbol("t")
    g, e, g_after, e_after = sp.symbols("g e g' e'", real=True)
    constant, slope, coupling = sp.symbols("b_0 b_1 q", real=True)
    other = SpinSymbol("sigma_l")
    remainder = Named("ζₖ", rest[k, i] + part[k, i] * sigma[i] - total(part[k, m] * sigma[m], m))
    return Derivation(
        name="reversible_synchronous_agents_are_affine_and_symmetric",
        equations=("sec. 5", "C.29"),
        form="beyond",
        statement=equation(
            Total(old * new_ * Moved(Moved(cross, sigma[i], old), sigma_next[k], new_), old, new_),
            4 * (part[k, i] - part_after[i, k]),
        ),
        assumes=(
            HALF_LOGITS,
            "any number of agents, all act at once",
            POSITIVE,
            "beta_mi is half of what a flip of s_i changes in x_m(s); no agent hears itself",
        ),
        lines=(
            definition(h, "w is the law"),
            definition(h_after, "and the same after the update"),
            Step(
                sp.log(weight * there) - sp.log(weight_after * back),
                total(sigma_next[m] * at_before[m] - sigma[m] * at_after[m], m) + h - h_after,
                "detailed balance says that this is zero for all s and s'",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip(
                    "the way back taken with the fields of the way there",
                    total((sigma_next[m] - sigma[m]) * at_before[m], m) + h - h_after,
                ),
            ),
            definition(field, "every x_m at s as a function of s_i: alpha and beta know the rest"),
            definition(field_after, "every x_m at s' as a function of s'_k"),
            definition(cross, "the sum, as a function of s_i and s'_k"),
            Step(
                Total(old * new_ * ((g + e * old) - (g_after + e_after * new_)), old, new_),
                sp.Integer(0),
                "h(s) is a function g + e s_i without s'_k, h(s') one of s'_k without s_i: "
                "their mixed difference is zero, so that of the sum has to be; beta_ki = beta'_ik",
                slip=Slip("a sign forgotten in the sum over s and t", 4 * e),
            ),
            Step(
                Total(other * (constant + slope * other - coupling), other),
                2 * slope,
                "beta_ki as a function of one more spin s_l of s equals beta'_ik, which does not "
                "know s: both sides are zero, and beta_ki is the same number everywhere",
                slip=Slip("the constant instead of the slope", 2 * constant),
            ),
            definition(
                remainder, "what is left of x_k after an affine function, with gamma = beta"
            ),
            Step(
                Moved(remainder, sigma[i], 1),
                Moved(remainder, sigma[i], -1),
                "no flip changes it: it is a constant, and x_k is affine; with beta_ki = beta_ik "
                "this is the collective of (C.33), which is reversible",
                uses=("synchronous_law_satisfies_detailed_balance",),
                slip=Slip(
                    "the affine function not taken away",
                    Moved(remainder, sigma[i], -1) + 2 * part[k, i],
                ),
            ),
        ),
        slip=Slip("both differences taken in s", 4 * (part[k, i] - part[i, k])),
    )


DERIVATIONS = (reversible_synchronous_agents_are_affine_and_symmetric,)
