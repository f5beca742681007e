"""Bayes' rule line by line (appendix A, the prior and A.5 to A.7), for K neighbours, any number."""

import sympy as sp

from derivations.collective import K
from derivations.display import Named, Total
from derivations.notation import gamma, logistic, spin_law, where, z, zeta
from derivations.sec2_posterior import ALIKE, FIELD, JOINT, LIKELIHOOD, MODEL, PRIOR
from derivations.step import Derivation, Slip, Step, definition, equation


def prior_is_normalised() -> Derivation:
    """Section 2.1: the prior of z is the law of one spin with local field zeta.

    Appendix A writes it with its normaliser in the exponent.
    """
    return Derivation(
        name="prior_is_normalised",
        equations=("sec. 2.1",),
        form="printed",
        statement=equation(Total(PRIOR, z), 1),
        assumes=(),
        lines=(
            definition(PRIOR, "a law of one spin with the local field zeta"),
            Step(
                PRIOR,
                sp.exp(zeta * z - sp.log(2 * sp.cosh(zeta))),
                "appendix A's form: the normaliser is the same for both values of z",
                slip=Slip("the 2 of 2 cosh lost", sp.exp(zeta * z - sp.log(sp.cosh(zeta)))),
            ),
            Step(
                where(PRIOR, (z, 1)),
                logistic(2 * zeta),
                "2 zeta is the prior's log-odds of +1",
                slip=Slip("zeta taken for the log-odds", logistic(zeta)),
            ),
        ),
        slip=Slip("the normaliser forgotten", 2 * sp.cosh(zeta)),
    )


def bayes_rule_gives_the_logistic_posterior() -> Derivation:
    """(A.5) to (A.7): joint over evidence, then the hyperbolic cosine written out.

    The joint is e^(z x) over factors that do not depend on z, with the local field x; summed over z
    it is 2 cosh x over the same factors, which therefore drop out of the quotient.
    """
    field = Named("x", FIELD)
    normalisers = 2 * sp.cosh(zeta) * (2 * sp.cosh(gamma)) ** K
    evidence = Named("P(σ)", 2 * sp.cosh(field) / normalisers)
    up = sp.exp(field) / (sp.exp(field) + sp.exp(-field))
    return Derivation(
        name="bayes_rule_gives_the_logistic_posterior",
        equations=("A.5", "A.6", "A.7"),
        form="printed",
        statement=equation(where(JOINT, (z, 1)) / Total(JOINT, z), logistic(2 * field)),
        assumes=(ALIKE,),
        lines=(
            *MODEL,
            definition(field, "the local field of z"),
            Step(
                JOINT,
                sp.exp(z * field) / normalisers,
                "by (A.3) the joint collects all the terms in z in one exponent",
                uses=("likelihood_is_exponential_in_the_spin_sum", "prior_is_normalised"),
                slip=Slip(
                    "one normaliser for all K neighbours",
                    sp.exp(z * field) / (4 * sp.cosh(zeta) * sp.cosh(gamma)),
                ),
            ),
            definition(evidence, "the evidence, from both values of z"),
            Step(
                Total(JOINT, z),
                evidence,
                "e^x + e^(-x) = 2 cosh x",
                slip=Slip("its derivative 2 sinh x", 2 * sp.sinh(field) / normalisers),
            ),
            Step(
                JOINT / evidence,
                spin_law(field, z),
                "(A.6): the factors without z drop out of the quotient, and cosh is even",
                slip=Slip("the likelihood normalised without the prior", LIKELIHOOD / evidence),
            ),
            Step(
                where(JOINT / evidence, (z, 1)),
                up,
                "(A.7), z = +1 and cosh x = (e^x + e^(-x))/2",
                slip=Slip("cosh x = e^x + e^(-x)", up / 2),
            ),
            Step(
                up,
                logistic(2 * field),
                "(A.7), numerator and denominator divided by e^x",
                slip=Slip("e^(-x)/e^x = e^(-x)", logistic(field)),
            ),
        ),
        slip=Slip("the sign of the prior flipped", logistic(2 * (field - 2 * zeta))),
    )


DERIVATIONS = (
    prior_is_normalised,
    bayes_rule_gives_the_logistic_posterior,
)
