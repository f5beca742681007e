"""What breaks the equivalence, made exact (section 5, and beyond the paper).

A chain of single-agent updates is reversible only if, around every closed path of flips, the
probabilities of going one way and of going back have the same product. The logarithm of their
ratio is the *affinity* of the cycle. The smallest cycle flips agents i, k, i, k. The other two
statements are about one agent whose model of the world is not the paper's.
"""

import sympy as sp
from sympy import Expr, Symbol

from derivations.collective import K, gamma_one_way, i, k, local_field, neighbour, sigma
from derivations.display import Named, Total
from derivations.families import Entry, Family, Index, Moved, configurations, product, total
from derivations.notation import SpinSymbol, gamma, logistic, spin_law, where, z, zeta
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

any_neighbour = Index("i", K)
hidden = Family("z", spin=True)  # z_j, where there is one hidden spin per neighbour
new = SpinSymbol("s")


def acting(field: Expr, spin: int, seen: Expr, value: int) -> Expr:
    """The probability that an agent sets its spin where it sees another spin at ``value``."""
    law = sp.exp(spin * field) / (2 * sp.cosh(field))
    return Moved(law, seen, value) if isinstance(seen, Entry) else where(law, (seen, value))


def square(first: Expr, second: Expr, spin_i: Expr, spin_k: Expr) -> tuple[Named, Named]:
    """Around -- , +-, ++, -+, -- of the agents i and k, the others fixed, and back again.

    ``first`` and ``second`` are their local fields. Which agent is chosen has the same probability
    in every update, and cancels.
    """
    forward = acting(first, 1, spin_k, -1) * acting(second, 1, spin_i, 1)
    forward *= acting(first, -1, spin_k, 1) * acting(second, -1, spin_i, -1)
    backward = acting(second, 1, spin_i, -1) * acting(first, 1, spin_k, 1)
    backward *= acting(second, -1, spin_i, 1) * acting(first, -1, spin_k, -1)
    return Named("forward", forward), Named("backward", backward)


def random_scan_cycle_affinity_is_four_times_the_asymmetry() -> Derivation:
    """Unequal precisions of a pair drive a current, in any network that the pair is part of.

    All that the other agents contribute to the local fields of the two is constant around the
    cycle. A collective under random scan is therefore reversible only if its precisions are
    symmetric, whatever its graph, a tree too; that it then is, appendix C shows.
    """
    precision = gamma_one_way
    first, second = local_field(i, precision=precision), local_field(k, precision=precision)
    forward, backward = square(first, second, sigma[i], sigma[k])
    asymmetry = precision[k, i] - precision[i, k]
    return Derivation(
        name="random_scan_cycle_affinity_is_four_times_the_asymmetry",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(sp.log(forward / backward), 4 * asymmetry),
        assumes=(
            "any number of agents, one acts at a time",
            "agents act by probability matching",
            "i and k are two of them; the others rest",
        ),
        lines=(
            definition(first, "the local field of agent i; gamma_ik and gamma_ki may differ"),
            Step(
                Moved(first, sigma[i], new),
                first,
                "no agent hears itself: its field does not change when it flips",
                slip=Slip("a neighbour flips", Moved(first, sigma[k], new)),
            ),
            Step(
                Moved(first, sigma[k], new),
                first + precision[i, k] * (new - sigma[k]),
                "of all that agent i hears only one term changes when agent k flips",
                slip=Slip("i and k exchanged", first + precision[k, i] * (new - sigma[k])),
            ),
            definition(forward, "up i, up k, down i, down k: each by the law of who acts"),
            definition(backward, "the same four flips undone, in the opposite order"),
            Step(
                sp.log(forward / backward),
                2 * (Moved(first, sigma[k], -1) - Moved(first, sigma[k], 1))
                + 2 * (Moved(second, sigma[i], 1) - Moved(second, sigma[i], -1)),
                "a flip up and the same flip down have e^(2x) as quotient; the 2 cosh x cancel",
                uses=("each_agent_acts_on_its_own_posterior",),
                slip=Slip(
                    "e^x for e^(2x)",
                    Moved(first, sigma[k], -1)
                    - Moved(first, sigma[k], 1)
                    + Moved(second, sigma[i], 1)
                    - Moved(second, sigma[i], -1),
                ),
            ),
            Step(
                Moved(first, sigma[k], 1) - Moved(first, sigma[k], -1),
                2 * precision[i, k],
                "the constant contribution of all the others cancels",
                slip=Slip("a flip changes a spin by 1", precision[i, k]),
            ),
        ),
        slip=Slip("the factor 2 of the logit dropped", 2 * asymmetry),
    )


def pair_term_in_the_likelihood_breaks_the_spin_sum() -> Derivation:
    """Two neighbours that do not factorise: P(s|z) ~ exp(z(g (s1 + s2 + others) + k s1 s2)).

    A posterior that is logistic in the sum of the spins has odds with odds(++) odds(--) equal to
    odds(+-) odds(-+), whatever the others do. Here that quotient is e^(8k), so the posterior is
    of the paper's form only for k = 0.
    """
    first, second = SpinSymbol("s_1"), SpinSymbol("s_2")
    kappa = Symbol("kappa", real=True)  # weight of the pair term
    spin_sum = first + second + total(sigma[neighbour], neighbour)
    unnormalised = sp.exp(z * (gamma * spin_sum + kappa * first * second))
    normaliser = Named("n(z)", configurations(Total(unnormalised, first, second), (sigma, K)))
    joint = Named("P(s₁,s₂,σ,z)", unnormalised / normaliser * spin_law(zeta, z))
    odds = Named("odds", where(joint, (z, 1)) / where(joint, (z, -1)))

    def quotient(o: Expr) -> Expr:
        def odds_at(a: int, b: int) -> Expr:
            return where(o, (first, a), (second, b))

        return odds_at(1, 1) * odds_at(-1, -1) / (odds_at(1, -1) * odds_at(-1, 1))

    return Derivation(
        name="pair_term_in_the_likelihood_breaks_the_spin_sum",
        equations=("sec. 5",),
        form="beyond",
        statement=equation(quotient(odds), sp.exp(8 * kappa)),
        assumes=(
            "two neighbours whose spins also depend on each other, by kappa z",
            "any number K of other neighbours, at least one",
        ),
        lines=(
            definition(normaliser, "what makes the likelihood a law; K neighbours beside the two"),
            definition(joint, "prior times likelihood"),
            definition(odds, "the posterior's odds of z = +1"),
            Step(
                odds,
                sp.exp(2 * (zeta + gamma * spin_sum + kappa * first * second))
                * where(normaliser, (z, -1))
                / where(normaliser, (z, 1)),
                "the likelihood's normaliser depends on z but not on the spins",
                slip=Slip(
                    "the normaliser taken to cancel, as it does for kappa = 0",
                    sp.exp(2 * (zeta + gamma * spin_sum + kappa * first * second)),
                ),
            ),
            Step(
                quotient(sp.exp(2 * (zeta + gamma * spin_sum))),
                sp.Integer(1),
                "for the paper's posterior the quotient is one",
                uses=("posterior_is_logistic",),
                slip=Slip("gamma does not cancel", sp.exp(8 * gamma)),
            ),
        ),
        slip=Slip("the pair term counted in three of the four odds", sp.exp(6 * kappa)),
    )


def separate_latents_make_the_action_affine_in_the_spin_sum() -> Derivation:
    """A latent of its own for each neighbour, and an action on one of them drawn at random.

    The posterior factorises: each latent hears its own neighbour only. A function of one spin is
    affine in it, so the mean over the latents is affine in the sum of the spins. It is logistic in
    the sum only if three successive sums have an action probability of 1/2 in their middle: never
    for K > 2 and gamma not 0, since the probability differs from sum to sum; for K = 2 if zeta = 0;
    for K = 1 always, as there the one belief is the paper's posterior.
    """
    observed, latent = sigma[neighbour], hidden[neighbour]
    heard = zeta + gamma * observed
    prior_law = sp.exp(zeta * latent) / (2 * sp.cosh(zeta))
    likelihood = sp.exp(gamma * observed * latent) / (2 * sp.cosh(gamma))
    joint = Named("P(σ,z)", product(prior_law * likelihood, neighbour))
    evidence = Named("P(σ)", configurations(joint, (hidden, K)))
    level = Named("A", sp.tanh(zeta + gamma) + sp.tanh(zeta - gamma))
    slope = Named("D", sp.tanh(zeta + gamma) - sp.tanh(zeta - gamma))
    half, quarter = sp.Rational(1, 2), sp.Rational(1, 4)
    belief = half + quarter * (level + slope * observed)
    mean = total(belief, neighbour) / K
    affine = half + quarter * (level + slope * total(observed, neighbour) / K)
    p, step = sp.symbols("p d", real=True)
    first, second = SpinSymbol("sigma_1"), SpinSymbol("sigma_2")
    flipped = sigma[any_neighbour]
    averages = Step(
        mean,
        affine,
        "a latent drawn at random: the mean of the K beliefs is affine in the sum of the spins",
        slip=Slip("the sum where the mean is meant", affine + (K - 1) * half),
    )
    unevenness = Step(
        (p + step) * (p - step) * (1 - p) ** 2 - p**2 * (1 - p - step) * (1 - p + step),
        step**2 * (2 * p - 1),
        "logistic in the sum: odds(S + 2) odds(S - 2) = odds(S)^2, so this has to be zero",
        slip=Slip("the term in p^2 of both products kept", step**2 * (2 * p - 1) * p),
    )
    return Derivation(
        name="separate_latents_make_the_action_affine_in_the_spin_sum",
        equations=("sec. 5",),
        form="beyond",
        statement=Sentence(
            "the mean belief is affine in the sum, {}, and logistic in it only if both sides of {} "
            "are zero for any three successive values p - d, p, p + d",
            (averages.stated, unevenness.stated),
        ),
        assumes=(
            "any number K of neighbours with one gamma",
            "a hidden spin z_j with prior zeta for each",
            "the agent acts on the belief about one z_j, drawn at random",
        ),
        lines=(
            definition(joint, "a prior and one neighbour for each latent; cosh is even"),
            definition(evidence, "the sum over all the latents"),
            Step(
                joint / evidence,
                product(sp.exp(latent * heard) / (2 * sp.cosh(heard)), neighbour),
                "the posterior is a product: z_j hears neighbour j and nobody else",
                uses=("likelihood_is_normalised", "prior_is_normalised"),
                slip=Slip(
                    "the evidence of the likelihood alone, without the prior",
                    product(
                        sp.exp(latent * gamma * observed) / (2 * sp.cosh(gamma * observed)),
                        neighbour,
                    ),
                ),
            ),
            definition(level, "the belief's mean over the two values of a spin, up to constants"),
            definition(slope, "how far it is between them"),
            Step(
                logistic(2 * heard),
                belief,
                "the belief that z_j = +1: a function of one spin is affine in it",
                slip=Slip("tanh x = 2 phi - 1 with its 2 forgotten", half + 2 * (belief - half)),
            ),
            averages,
            Step(
                Moved(affine, flipped, 1) - Moved(affine, flipped, -1),
                slope / (2 * K),
                "the step d from one value of the sum to the next",
                slip=Slip("a flip changes the sum by 1", slope / (4 * K)),
            ),
            Step(
                slope,
                2 * sp.sinh(2 * gamma) / (sp.cosh(2 * zeta) + sp.cosh(2 * gamma)),
                "which is zero only if gamma is",
                slip=Slip(
                    "cosh for sinh",
                    2 * sp.cosh(2 * gamma) / (sp.cosh(2 * zeta) + sp.cosh(2 * gamma)),
                ),
            ),
            unevenness,
            Step(
                level,
                2 * sp.sinh(2 * zeta) / (sp.cosh(2 * zeta) + sp.cosh(2 * gamma)),
                "for K = 2 the one middle is p = 1/2 + A/4, and A is zero only if zeta is",
                slip=Slip(
                    "A and D exchanged",
                    2 * sp.sinh(2 * gamma) / (sp.cosh(2 * zeta) + sp.cosh(2 * gamma)),
                ),
            ),
            Step(
                half + quarter * sp.tanh(gamma) * (first + second),
                logistic(gamma * (first + second)),
                "K = 2 and zeta = 0: logistic all the same, with half the precision",
                slip=Slip("with the precision itself", logistic(2 * gamma * (first + second))),
            ),
        ),
    )


DERIVATIONS = (
    random_scan_cycle_affinity_is_four_times_the_asymmetry,
    pair_term_in_the_likelihood_breaks_the_spin_sum,
    separate_latents_make_the_action_affine_in_the_spin_sum,
)
