"""What a collective samples when all agents act at once (appendix C, C.29 to C.34).

Any number of agents, any symmetric precisions, a prior each; the printed case of one gamma on the
edges of a graph and one zeta is contained. Primes mark the spins after the update. Little's law is
what physics calls the law (C.33).
"""

import sympy as sp
from sympy import Expr

from derivations.collective import (
    ALL_AT_ONCE,
    NOT_ITSELF,
    SYMMETRIC,
    N,
    gamma,
    gamma_one_way,
    i,
    j,
    local_field,
    prior_sum,
    sigma,
    sigma_next,
)
from derivations.display import Named
from derivations.families import Family, configurations, exchanged, product, total
from derivations.notation import spin_law
from derivations.step import Derivation, Slip, Step, definition, equation

INDEXED = "σ in the first sum of (C.34) is σ_i"


def log_cosh_sum(state: Family = sigma, precision: Family = gamma) -> Expr:
    """sum_i log(2 cosh x_i)."""
    return total(sp.log(2 * sp.cosh(local_field(i, state, precision))), i)


def cross_sum(left: Family, right: Family) -> Expr:
    """sum_i sum_j left_i gamma_ij right_j: every tie twice, once from each side."""
    return total(left[i] * gamma[i, j] * right[j], i, j)


def synchronous_kernel(
    before: Family = sigma, after: Family = sigma_next, precision: Family = gamma
) -> Named:
    """(C.30): P(after | before), a product over the agents."""
    field = local_field(i, before, precision)
    law = product(sp.exp(after[i] * field) / (2 * sp.cosh(field)), i)
    return Named("P(σ′|σ)" if before == sigma else "P(σ|σ′)", law)


def synchronous_weight(state: Family = sigma) -> Named:
    """(C.33) without its normaliser Z."""
    weight = sp.exp(prior_sum(state)) * product(2 * sp.cosh(local_field(i, state)), i)
    return Named("w(σ)" if state == sigma else "w(σ′)", weight)


def two_tick_weight() -> Named:
    """exp(sum zeta (s + s') + s' Gamma s), the weight of two consecutive configurations."""
    exponent = prior_sum(sigma) + prior_sum(sigma_next) + cross_sum(sigma_next, sigma)
    return Named("F(σ,σ′)", sp.exp(exponent))


KERNEL, REVERSE = synchronous_kernel(), synchronous_kernel(sigma_next, sigma)
WEIGHT, WEIGHT_AFTER = synchronous_weight(), synchronous_weight(sigma_next)
TWO_TICKS = two_tick_weight()
TWO_TICKS_BACK = Named("F(σ′,σ)", exchanged(TWO_TICKS, (sigma, sigma_next)))


def synchronous_kernel_is_exponential() -> Derivation:
    """(C.30), (C.31): the product of the agents' action laws as one exponential.

    The agents are independent given what they saw, so logarithms of their laws add up. Precisions
    need not be symmetric here.
    """
    field, field_after = (local_field(i, state, gamma_one_way) for state in (sigma, sigma_next))
    kernel = synchronous_kernel(precision=gamma_one_way)
    reverse = synchronous_kernel(sigma_next, sigma, gamma_one_way)
    normalisers = log_cosh_sum(sigma, gamma_one_way)
    normalisers_after = log_cosh_sum(sigma_next, gamma_one_way)
    exponent = total(sigma_next[i] * field, i)
    exponent_back = total(sigma[i] * field_after, i)
    return Derivation(
        name="synchronous_kernel_is_exponential",
        equations=("C.30", "C.31"),
        form="printed",
        statement=equation(kernel, sp.exp(exponent - normalisers)),
        assumes=(
            "any number of agents, any precisions",
            NOT_ITSELF,
            ALL_AT_ONCE,
            "the product in (C.30), printed with σ₁ twice and without primes, is of all P(σ′_i|σ)",
        ),
        slip=Slip("the normalisers are left out", sp.exp(exponent)),
        lines=(
            definition(field, "the local field of agent i in the configuration that it saw"),
            Step(
                spin_law(field, sigma_next[i]),
                sp.exp(sigma_next[i] * field) / (2 * sp.cosh(field)),
                "agent i's action law; its normaliser does not depend on the action: cosh is even",
                uses=("each_agent_acts_on_its_own_posterior",),
                slip=Slip(
                    "the factor 2 of 2 cosh dropped",
                    sp.exp(sigma_next[i] * field) / sp.cosh(field),
                ),
            ),
            definition(kernel, "the agents act independently given what they saw"),
            Step(
                sp.log(kernel),
                exponent - normalisers,
                "the logarithm of a product is a sum: (C.30)",
                slip=Slip(
                    "the spins before the update in place of those after it",
                    total(sigma[i] * field, i) - normalisers,
                ),
            ),
            definition(reverse, "the way back: σ and σ′ have changed places"),
            Step(
                reverse,
                sp.exp(exponent_back - normalisers_after),
                "(C.31), in the same way",
                slip=Slip("the normalisers of the way there", sp.exp(exponent_back - normalisers)),
            ),
            Step(
                configurations(sp.exp(exponent), (sigma_next, N)),
                product(2 * sp.cosh(field), i),
                "summed over the new spins, each agent contributes e^x + e^(-x) = 2 cosh x",
                slip=Slip("cosh for 2 cosh", product(sp.cosh(field), i)),
            ),
            Step(
                configurations(kernel, (sigma_next, N)),
                sp.Integer(1),
                "so from every configuration the probabilities add up to one",
                slip=Slip("one factor 1/2 per agent", sp.Integer(2) ** -N),
            ),
        ),
    )


def synchronous_law_satisfies_detailed_balance() -> Derivation:
    """(C.29), the outer lines of (C.32), (C.33) and (C.34), for any symmetric precisions.

    Weight times kernel is exp(zeta (s + s') + s' Gamma s): the normaliser of the kernel cancels the
    hyperbolic cosines of the law, and what is left does not change when s and s' change places. The
    normaliser Z of the law is on both sides and cancels.
    """
    exponent = prior_sum() + total(sigma_next[i] * local_field(i), i)
    one_way = cross_sum(sigma_next, sigma)
    return Derivation(
        name="synchronous_law_satisfies_detailed_balance",
        equations=("C.29", "C.32", "C.33", "C.34"),
        form="printed",
        statement=equation(WEIGHT * KERNEL, WEIGHT_AFTER * REVERSE),
        assumes=("any number of agents", SYMMETRIC, NOT_ITSELF, ALL_AT_ONCE, INDEXED),
        slip=Slip(
            "the Ising weight for the synchronous one",
            sp.exp(prior_sum(sigma_next) + cross_sum(sigma_next, sigma_next) / 2) * REVERSE,
        ),
        lines=(
            definition(local_field(i), "the local field of agent i; x′ᵢ is the same in σ′"),
            definition(WEIGHT, "(C.33) without its normaliser Z"),
            Step(
                -sp.log(WEIGHT),
                -prior_sum() - log_cosh_sum(),
                "(C.34): the energy of this weight",
                slip=Slip("the hyperbolic cosines left out", -prior_sum()),
            ),
            definition(KERNEL, "(C.30)"),
            Step(
                WEIGHT * KERNEL,
                sp.exp(exponent),
                "the hyperbolic cosines of weight and kernel cancel, agent by agent",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip("the cosines do not cancel", sp.exp(exponent - log_cosh_sum())),
            ),
            definition(TWO_TICKS, "a weight for two consecutive configurations"),
            Step(
                sp.exp(exponent),
                TWO_TICKS,
                "the local fields written out: priors meet σ and σ′, precisions σ′ and σ",
                slip=Slip(
                    "the priors of the spins after the update left out",
                    sp.exp(prior_sum() + one_way),
                ),
            ),
            Step(
                one_way,
                cross_sum(sigma, sigma_next),
                "σ′Γσ = σΓσ′: i and j change places, and γ_ij = γ_ji",
                slip=Slip("σΓσ instead", cross_sum(sigma, sigma)),
            ),
            definition(TWO_TICKS_BACK, "the same with σ and σ′ in each other's place"),
            Step(
                TWO_TICKS,
                TWO_TICKS_BACK,
                "therefore this weight is the same in both orders",
                slip=Slip(
                    "the sign of the ties turns with the direction",
                    sp.exp(prior_sum(sigma) + prior_sum(sigma_next) - one_way),
                ),
            ),
            definition(WEIGHT_AFTER, "the weight of the configuration after the update"),
            definition(REVERSE, "(C.31), the way back"),
            Step(
                WEIGHT_AFTER * REVERSE,
                TWO_TICKS_BACK,
                "weight times kernel of the way back, by the same cancellation",
                slip=Slip(
                    "the reverse kernel forgotten", TWO_TICKS_BACK * sp.exp(-log_cosh_sum(sigma))
                ),
            ),
            Step(
                WEIGHT / WEIGHT_AFTER,
                REVERSE / KERNEL,
                "(C.29), and the outer lines of (C.32): Z has cancelled",
                slip=Slip("the ratio upside down", KERNEL / REVERSE),
            ),
        ),
    )


def synchronous_law_is_stationary() -> Derivation:
    """(C.33) with its normaliser is the law that the synchronous collective keeps.

    Detailed balance implies it; here it is seen at once, since w(s) is what is left of the weight
    of two consecutive configurations when the second is summed over. All transitions have a
    positive probability, so that the collective has no other stationary law and tends to this one.
    """
    normaliser = sp.Symbol("Z", positive=True)
    law, law_after = Named("P(σ)", WEIGHT / normaliser), Named("P(σ′)", WEIGHT_AFTER / normaliser)
    return Derivation(
        name="synchronous_law_is_stationary",
        equations=("C.33", "C.34"),
        form="printed",
        statement=equation(configurations(law * KERNEL, (sigma, N)), law_after),
        assumes=("any number of agents", SYMMETRIC, NOT_ITSELF, ALL_AT_ONCE, INDEXED),
        slip=Slip("the configuration before the update", law),
        lines=(
            definition(WEIGHT, "(C.33) without its normaliser"),
            definition(law, "(C.33); Z is the sum of the weights over all configurations"),
            definition(KERNEL, "(C.30), all act at once"),
            Step(
                sp.Integer(0),
                KERNEL,
                "every transition has a positive probability, so there is one stationary law",
                relation="<",
                slip=Slip("the logarithm of the probability", sp.log(KERNEL)),
            ),
            definition(TWO_TICKS, "weight times kernel, the weight of two configurations in a row"),
            Step(
                law * KERNEL,
                TWO_TICKS / normaliser,
                "how often the collective is seen to go from σ to σ′",
                uses=("synchronous_law_satisfies_detailed_balance",),
                slip=Slip("the normaliser of one spin for Z", TWO_TICKS / 2),
            ),
            definition(WEIGHT_AFTER, "the weight (C.33) of the later configuration"),
            definition(law_after, "and its probability"),
            Step(
                configurations(TWO_TICKS, (sigma_next, N)),
                WEIGHT,
                "summed over the later configuration, it leaves the weight of the earlier",
                slip=Slip(
                    "the hyperbolic cosines left out of the weight", sp.exp(prior_sum(sigma))
                ),
            ),
            Step(
                configurations(TWO_TICKS, (sigma, N)),
                WEIGHT_AFTER,
                "and summed over the earlier one that of the later, since both orders are alike",
                slip=Slip("the weight of the earlier configuration again", WEIGHT),
            ),
        ),
    )


DERIVATIONS = (
    synchronous_kernel_is_exponential,
    synchronous_law_satisfies_detailed_balance,
    synchronous_law_is_stationary,
)
