"""One agent infers what its neighbours share (sections 2.1 and 2.2, equations 1 to 3, Fig. 1).

The focal agent has K neighbours, any number, with one sensory precision gamma for all of them. The
model is stated here; app_a_likelihood.py takes its likelihood apart, sec2_action.py lets it act.
"""

import sympy as sp
from sympy import Expr

from derivations.collective import K, neighbour, sigma, sigma_next
from derivations.display import Named, Total
from derivations.families import configurations, exchanged, product, total
from derivations.notation import (
    bernoulli,
    gamma,
    logistic,
    spin_law,
    spin_sum,
    spins,
    where,
    z,
    zeta,
)
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation

ALIKE = "any number K of neighbours, independent given z, all with the sensory precision gamma"
DELTA = total(sigma[neighbour], neighbour)
FIELD = zeta + gamma * DELTA
PRIOR = Named("P(z)", spin_law(zeta, z))


def neighbour_law(precision: Expr, spin: Expr) -> Expr:
    """P(σ_j|z), what one neighbour shows, as it is printed in section 2.1, (10) and (A.1)."""
    return sp.exp(precision * spin * z) / (2 * sp.cosh(precision * z))


LIKELIHOOD = Named("P(σ|z)", product(neighbour_law(gamma, sigma[neighbour]), neighbour))
JOINT = Named("P(σ,z)", LIKELIHOOD * PRIOR)
POSTERIOR = Named("P(z|σ)", JOINT / Total(JOINT, z))
MODEL = (
    definition(LIKELIHOOD, "one law (A.1) for each of the K neighbours"),
    definition(PRIOR, "the law of one spin with the local field zeta"),
    definition(JOINT, "likelihood times prior"),
)


def joint_is_normalised() -> Derivation:
    """Section 2.1: likelihood times prior is a law of the K neighbours' spins and z.

    Summed over the neighbours the joint is the prior, which sums to one.
    """
    marginal = configurations(JOINT, (sigma, K))
    return Derivation(
        name="joint_is_normalised",
        equations=("sec. 2.1",),
        form="printed",
        statement=equation(Total(marginal, z), 1),
        assumes=(ALIKE,),
        lines=(
            *MODEL,
            Step(
                marginal,
                PRIOR,
                "the prior is a common factor, and the likelihood sums to one for either z",
                uses=("likelihood_is_normalised",),
                slip=Slip("the prior left out", sp.Integer(1)),
            ),
            Step(
                Total(PRIOR, z),
                sp.Integer(1),
                "what is left is the sum of the prior",
                uses=("prior_is_normalised",),
                slip=Slip("its normaliser forgotten", 2 * sp.cosh(zeta)),
            ),
        ),
        slip=Slip("the two values of z weighted by one each", sp.Integer(2)),
    )


def posterior_is_logistic() -> Derivation:
    """Equations (1) to (3): Bayes' rule gives a law of one spin with local field zeta + gamma sum.

    The prior contributes zeta to the local field of z, each neighbour gamma times its spin; the
    normalisers of the likelihood do not depend on z, since cosh is even. The odds of z give (2) and
    (3), and (1) is the same law.
    """
    phi = Named("φ", logistic(2 * FIELD))
    odds = where(JOINT, (z, 1)) / where(JOINT, (z, -1))
    return Derivation(
        name="posterior_is_logistic",
        equations=("1", "2", "3"),
        form="printed",
        statement=equation(POSTERIOR, sp.exp(z * FIELD) / (2 * sp.cosh(FIELD))),
        assumes=(ALIKE,),
        lines=(
            *MODEL,
            definition(POSTERIOR, "Bayes' rule"),
            Step(
                odds,
                sp.exp(2 * FIELD),
                "the prior's odds are e^(2 zeta), and neighbour j multiplies them by "
                "e^(2 gamma sigma_j): the cosh in its likelihood is the same for both values of z",
                uses=("likelihood_is_normalised", "prior_is_normalised"),
                slip=Slip("the field taken for the log-odds, without its 2", sp.exp(FIELD)),
            ),
            Step(
                where(POSTERIOR, (z, 1)),
                phi.definition,
                "equation (2): odds of e^(2x) are the probability 1/(1 + e^(-2x))",
                slip=Slip("the prior left out", logistic(2 * gamma * DELTA)),
            ),
            definition(phi, "the parameter of equation (3)"),
            Step(
                POSTERIOR,
                bernoulli(phi, z),
                "equation (3): the exponents are 1 and 0, in one order or the other",
                slip=Slip("phi and 1 - phi exchanged", bernoulli(1 - phi, z)),
            ),
        ),
        slip=Slip(
            "the neighbours' mean in place of their sum", spin_law(zeta + gamma * DELTA / K, z)
        ),
    )


def only_the_sum_of_the_spins_enters() -> Derivation:
    """Equations (1) and (2): of what K neighbours show, the sum of their spins is all that matters.

    Two configurations of the same neighbours give odds of z that differ by a factor which depends
    on nothing but the difference of the two sums; where the sums are equal it is one.
    """
    odds = Named("r(σ)", where(POSTERIOR, (z, 1)) / where(POSTERIOR, (z, -1)))
    other = Named("r(σ′)", exchanged(odds, (sigma, sigma_next)))
    difference = DELTA - total(sigma_next[neighbour], neighbour)
    ratio = where(LIKELIHOOD, (z, 1)) / where(LIKELIHOOD, (z, -1))
    return Derivation(
        name="only_the_sum_of_the_spins_enters",
        equations=("1", "2"),
        form="printed",
        statement=equation(odds / other, sp.exp(2 * gamma * difference)),
        assumes=(ALIKE, "sigma' is any other configuration of the same neighbours"),
        lines=(
            *MODEL,
            definition(POSTERIOR, "Bayes' rule"),
            definition(odds, "the odds of z = +1, given what the neighbours show"),
            definition(other, "the same for another configuration, written out"),
            Step(
                ratio,
                sp.exp(2 * gamma * DELTA),
                "what the neighbours say about z is their likelihood ratio: a function of the sum",
                uses=("likelihood_is_exponential_in_the_spin_sum",),
                slip=Slip("half of the log-likelihood ratio", sp.exp(gamma * DELTA)),
            ),
            Step(
                odds,
                sp.exp(2 * zeta) * ratio,
                "posterior odds are prior odds times the likelihood ratio",
                uses=("posterior_is_logistic",),
                slip=Slip("the prior odds left out", ratio),
            ),
        ),
        slip=Slip("the prior counted again", sp.exp(2 * zeta + 2 * gamma * difference)),
    )


def fig_1c_curve_has_slope_gamma_over_two_where_it_is_one_half() -> Derivation:
    """Fig. 1C: gamma sets the slope of the posterior, zeta shifts it along the axis.

    The logistic curve 1/(1 + e^(-2x)) has the slope 2 phi (1 - phi), and x = zeta + gamma Delta
    vanishes at Delta = -zeta/gamma.
    """
    curve = Named("φ(Δ)", logistic(2 * (zeta + gamma * spin_sum)))
    half, slope = (spin_sum, -zeta / gamma), sp.Derivative(curve, spin_sum, evaluate=False)
    crossing = Step(
        where(curve, half),
        sp.Rational(1, 2),
        "there the local field is zero",
        slip=Slip("the prior taken for the probability at no field", logistic(2 * zeta)),
    )
    steepness = Step(
        where(slope, half),
        gamma / 2,
        "both factors phi and 1 - phi are 1/2 there",
        slip=Slip("the slope of the log-odds", 2 * gamma),
    )
    return Derivation(
        name="fig_1c_curve_has_slope_gamma_over_two_where_it_is_one_half",
        equations=("Fig. 1C", "2"),
        form="printed",
        statement=Sentence(
            "the curve crosses one half where zeta + gamma Delta = 0, {}, with the slope {}",
            (crossing.stated, steepness.stated),
        ),
        assumes=(
            "gamma is not zero",
            "the curve (2) is drawn for every real Delta, not only for sums of spins",
        ),
        lines=(
            definition(curve, "equation (2), Delta standing for the sum of the spins"),
            Step(
                curve,
                where(curve, (zeta, 0), (spin_sum, spin_sum + zeta / gamma)),
                "the prior moves the curve without prior to the left, by zeta/gamma",
                uses=("posterior_is_logistic",),
                slip=Slip("by zeta", where(curve, (zeta, 0), (spin_sum, spin_sum + zeta))),
            ),
            crossing,
            Step(
                slope,
                2 * gamma * curve * (1 - curve),
                "the derivative of a logistic curve of slope 2 gamma in its argument",
                slip=Slip("the 2 of the log-odds lost", gamma * curve * (1 - curve)),
            ),
            steepness,
        ),
    )


def four_neighbours_show_one_of_five_sums() -> Derivation:
    """Fig. 1: the agent of panel A meets -4, -2, 0, 2 and 4 of panel C's axis and nothing else.

    The polynomial with these five zeros vanishes at the sum of four spins, whatever they are; and
    each of the five is met.
    """
    shown = spins(4)
    met = Named("Δ", sp.Add(*shown))
    ups = [tuple((s, 1 if place < n else -1) for place, s in enumerate(shown)) for n in range(5)]
    return Derivation(
        name="four_neighbours_show_one_of_five_sums",
        equations=("Fig. 1",),
        form="beyond",
        statement=equation((met + 4) * (met + 2) * met * (met - 2) * (met - 4), 0),
        assumes=("four neighbours, as in panel A",),
        lines=(
            definition(met, "what the focal agent of panel A sees"),
            *(
                Step(
                    where(met, *up),
                    sp.Integer(2 * n - 4),
                    f"{n} of the four are up",
                    slip=Slip("only the spins that are up counted", sp.Integer(n)),
                )
                for n, up in enumerate(ups)
                if n < 4
            ),
            Step(
                where(met, *ups[4]),
                sp.Integer(4),
                "all of the four are up",
                slip=Slip("the focal agent counted too", sp.Integer(5)),
            ),
        ),
        slip=Slip(
            "odd sums, as of three or five neighbours, in place of even ones",
            (met + 3) * (met + 1) * (met - 1) * (met - 3),
        ),
    )


DERIVATIONS = (
    joint_is_normalised,
    posterior_is_logistic,
    only_the_sum_of_the_spins_enters,
    fig_1c_curve_has_slope_gamma_over_two_where_it_is_one_half,
    four_neighbours_show_one_of_five_sums,
)
