"""A sweep in a fixed order is not reversible (section 3, beyond the paper).

Any number of agents with symmetric precisions. In the proof the agents are told apart by when they
act: agents p, then B, then agents h, then A. An agent's field holds new spins, with a prime, of
those that have acted in this sweep and old ones of those that have not.
"""

import sympy as sp
from sympy import Expr

from derivations.beyond_schedules import field_in_turn, reversed_sweep, sweep, weight
from derivations.collective import (
    NOT_ITSELF,
    SYMMETRIC,
    N,
    gamma,
    i,
    sigma,
    sigma_next,
    zeta,
)
from derivations.display import Named, Total
from derivations.families import Family, Index, Size, above, below, total
from derivations.instances import instance
from derivations.notation import SpinSymbol, where
from derivations.notation import gamma as one_gamma
from derivations.step import Definition, Derivation, Slip, Step, definition, equation

FIRST, MIDDLE = Size("L"), Size("H")
p, r = Index("p", FIRST), Index("r", FIRST)  # agents before B
h, u = Index("h", MIDDLE), Index("u", MIDDLE)  # agents between B and A
first, first_next = Family("sigma", spin=True), Family("sigmaprime", spin=True)
middle, middle_next = Family("tau", spin=True), Family("tauprime", spin=True)
SPIN_A, SPIN_B = SpinSymbol("sigma_A"), SpinSymbol("sigma_B")
NEXT_A, NEXT_B = SpinSymbol("sigmaprime_A"), SpinSymbol("sigmaprime_B")
among_first = Family("gamma", symmetric=True, hollow=True)
among_middle = Family("eta", symmetric=True, hollow=True)
across = Family("kappa")  # between agents before B and agents after B
first_and_a, first_and_b, middle_and_b = Family("alpha"), Family("beta"), Family("lambda")
a_and_b, prior_a, prior_b = sp.symbols("gamma_AB zeta_A zeta_B", real=True)
prior_first, prior_middle = Family("zeta"), Family("theta")


def _sweep_by_groups(name: str, forward: bool) -> tuple[tuple[Named, ...], Named]:
    """The fields of p, B, h and A in a sweep from s to s', and the logarithm of its kernel.

    An agent that acts earlier is heard with its new spin, one that acts later with its old one. In
    the reversed sweep the agents after B act earlier than those before B.
    """
    s, t, s_a, s_b = first, middle, SPIN_A, SPIN_B
    s_new, t_new, a_new, b_new = first_next, middle_next, NEXT_A, NEXT_B
    if not forward:
        # Who has acted and who has not: the other way round.
        s, s_new, t, t_new = s_new, s, t_new, t
        s_a, a_new, s_b, b_new = a_new, s_a, b_new, s_b
    of_p = prior_first[p] + below(among_first[p, r] * s_new[r], r, p)
    of_p += above(among_first[p, r] * s[r], r, p) + first_and_b[p] * s_b
    of_p += total(across[p, h] * t[h], h) + first_and_a[p] * s_a
    of_b = prior_b + total(first_and_b[p] * s_new[p], p)
    of_b += total(middle_and_b[h] * t[h], h) + a_and_b * s_a
    of_h = prior_middle[h] + total(across[p, h] * s_new[p], p) + middle_and_b[h] * b_new
    of_h += below(among_middle[h, u] * t_new[u], u, h) + above(among_middle[h, u] * t[u], u, h)
    of_a = prior_a + total(first_and_a[p] * s_new[p], p) + a_and_b * b_new
    signs = ("ₚ", "_B", "ₕ", "_A")
    x_p, x_b, x_h, x_a = (
        Named(f"{name}{sign}", field)
        for sign, field in zip(signs, (of_p, of_b, of_h, of_a), strict=True)
    )

    def acting(spin: Expr, seen: Expr) -> Expr:
        return spin * seen - sp.log(2 * sp.cosh(seen))

    kernel = (
        total(acting(first_next[p], x_p), p)
        + acting(NEXT_B, x_b)
        + total(acting(middle_next[h], x_h), h)
        + acting(NEXT_A, x_a)
    )
    return (x_p, x_b, x_h, x_a), Named("ln Q" if forward else "ln R", kernel)


def _mixed(expr: Expr) -> Total:
    """The mixed second difference in A's new and B's old spin."""
    return Total(NEXT_A * SPIN_B * expr, NEXT_A, SPIN_B)


def fixed_order_sweep_is_irreversible() -> Derivation:
    """A sweep in a fixed order is not reversible as soon as two agents hear each other.

    A law in detailed balance with the sweep Q would be stationary, and since Q > 0 the Ising law is
    the only one. Under that law the adjoint of Q is the reversed sweep R, so that Q would be R. Let
    A be the last agent in the order that has a neighbour, and B the last of A's neighbours. Nobody
    who hears the old spin of B acts on the new spin of A when the sweep goes forward; on the way
    back A itself acts on the old spin of B. The mixed second difference in these two spins tells Q
    from R.
    """
    fields, forward = _sweep_by_groups("x", forward=True)
    fields_back, backward = _sweep_by_groups("y", forward=False)
    seen, seen_back = field_in_turn(sigma, sigma_next), field_in_turn(sigma_next, sigma)
    ratio = total(
        sigma_next[i] * (seen - seen_back)
        - sp.log(2 * sp.cosh(seen))
        + sp.log(2 * sp.cosh(seen_back)),
        i,
    )
    three = Named("ln(Q/R)", instance(ratio, {N: 3}))
    two_spins = (sigma_next[3], sigma[2])

    def all_of(named: tuple[Named, ...], reasons: tuple[str, ...]) -> tuple[Definition, ...]:
        return tuple(definition(x, why) for x, why in zip(named, reasons, strict=True))

    return Derivation(
        name="fixed_order_sweep_is_irreversible",
        equations=("sec. 3",),
        form="corrected",
        statement=equation(_mixed(forward - backward), -4 * a_and_b),
        assumes=(
            SYMMETRIC,
            NOT_ITSELF,
            "A is the last agent with a neighbour, B the last of A's neighbours: γ_AB ≠ 0",
            "any number L of agents p act before B",
            "any number H of agents h act between B and A; none of them hears A",
            "where nobody acts before B, or between B and A, one agent tied to nobody stands in",
            "α and β tie p to A and B, κ ties p to h, λ ties h to B; γ and η tie the p and the h",
            "those after A hear nobody: their factors are the same in Q and R, and left out",
        ),
        lines=(
            *all_of(
                fields,
                (
                    "the sweep: p hears new spins of agents before it, old ones of those after it",
                    "B hears new spins of all p, old ones of all h and of A",
                    "h hears the new spin of B; τ are the spins of the agents between",
                    "A acts last and hears new spins only: not the old one of B",
                ),
            ),
            definition(forward, "the logarithm of Q(σ′|σ)"),
            *all_of(
                fields_back,
                (
                    "the reversed sweep: p hears new spins of those after it, such as A and B",
                    "B hears the new spin of A",
                    "h hears the old spin of B",
                    "A acts first and hears old spins only, the one of B among them",
                ),
            ),
            definition(backward, "the logarithm of R(σ′|σ), to be compared with that of Q"),
            Step(
                _mixed(forward),
                sp.Integer(0),
                "no summand of ln Q holds both the new spin of A and the old one of B",
                slip=Slip("A hears the old spin of B", 4 * a_and_b),
            ),
            Step(
                _mixed(backward),
                4 * a_and_b,
                "in ln R one does: the new spin of A times its field, with the old spin of B in "
                "it; so Q is not R, while detailed balance would make it so: the law would have to "
                "be the one stationary law, which is Ising, and there the adjoint of Q is R",
                uses=(
                    "detailed_balance_implies_stationarity",
                    "fixed_order_sweep_keeps_the_ising_law",
                    "reversed_sweep_is_the_adjoint_of_the_sweep",
                ),
                slip=Slip("twice the difference in one spin only", 2 * a_and_b),
            ),
            definition(three, "for example three agents that all hear each other"),
            Step(
                Total(sp.Mul(*two_spins) * three, *two_spins),
                -4 * gamma[2, 3],
                "here A = 3 and B = 2",
                slip=Slip("the tie of 1 and 3", -4 * gamma[1, 3]),
            ),
        ),
        slip=Slip("each of the four terms counted once more", -8 * a_and_b),
    )


def two_agents_produce_entropy_in_each_sweep() -> Derivation:
    """How irreversible a sweep is: for two agents gamma t (1 - t^2) nats, where t = tanh gamma.

    Agent 1 hears the old spin of 2 in the sweep, and its new one in the reversed sweep; agent 2 the
    new spin of 1, and its old one. Entropy production is the mean of what tells the two apart.
    """
    silent = ((zeta[1], 0), (zeta[2], 0))

    def of_two(expr: Expr) -> Expr:
        return where(instance(expr, {N: 2}), (gamma[1, 2], one_gamma), *silent)

    spins, spins_next = (sigma[1], sigma[2]), (sigma_next[1], sigma_next[2])
    total_weight = Named("Z", Total(of_two(weight()), *spins))
    law = Named("π(σ)", of_two(weight()) / total_weight)
    law_next = Named("π(σ′)", of_two(weight(sigma_next)) / total_weight)
    kernel, back = (Named(k.name, of_two(k)) for k in (sweep(), sweep(sigma_next, sigma)))
    other = Named("R(σ′|σ)", of_two(reversed_sweep()))
    t = sp.tanh(one_gamma)
    apart = one_gamma * (sigma_next[1] * sigma[2] - sigma_next[2] * sigma[1])

    def mean(expr: Expr) -> Total:
        return Total(law * kernel * expr, *spins, *spins_next)

    return Derivation(
        name="two_agents_produce_entropy_in_each_sweep",
        equations=("sec. 3",),
        form="beyond",
        statement=equation(
            mean(sp.log(law * kernel / (law_next * back))), one_gamma * t * (1 - t**2)
        ),
        assumes=("two agents, γ₁₂ = γ₂₁ = γ, no priors", "agent 1 acts, then agent 2"),
        lines=(
            definition(law, "the Ising law of the pair"),
            definition(kernel, "the sweep: agent 1 hears the old spin of 2, agent 2 the new of 1"),
            Step(
                Total(law * kernel, *spins),
                law_next,
                "the sweep keeps that law",
                uses=("fixed_order_sweep_keeps_the_ising_law",),
                slip=Slip("the uniform law", sp.Rational(1, 4)),
            ),
            definition(other, "the reversed sweep"),
            Step(
                law * kernel / (law_next * back),
                kernel / other,
                "the flow back is that of the reversed sweep",
                uses=("reversed_sweep_is_the_adjoint_of_the_sweep",),
                slip=Slip("upside down", other / kernel),
            ),
            Step(
                sp.log(kernel / other),
                apart,
                "the new pair of spins drops out, and cosh is even",
                uses=("fixed_order_sweep_is_irreversible",),
                slip=Slip(
                    "the new pair does not drop out",
                    apart + one_gamma * sigma_next[1] * sigma_next[2],
                ),
            ),
            Step(
                mean(sigma_next[1] * sigma[2]),
                t,
                "agent 1 takes the old spin of 2 with mean tanh γ",
                slip=Slip("the field for its hyperbolic tangent", one_gamma),
            ),
            Step(
                mean(sigma_next[2] * sigma[1]),
                t**3,
                "from the old spin of 1 to the new one of 2 it takes three ties",
                slip=Slip("two ties", t**2),
            ),
        ),
        slip=Slip("agents that do not hear the old spins", one_gamma * t),
    )


DERIVATIONS = (
    fixed_order_sweep_is_irreversible,
    two_agents_produce_entropy_in_each_sweep,
)
