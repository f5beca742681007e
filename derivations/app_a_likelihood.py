"""The likelihood of K neighbours, any number, in exponential form (appendix A, A.1 to A.4).

The model is section 2's; ``s`` is what one of the neighbours shows.
"""

import sympy as sp
from sympy import Expr

from derivations.collective import K, neighbour, sigma
from derivations.display import Named, Total
from derivations.families import Family, configurations, product, total
from derivations.notation import SpinSymbol, gamma, logistic, spin_law, where, z
from derivations.sec2_posterior import ALIKE, DELTA, LIKELIHOOD, neighbour_law
from derivations.step import Derivation, Slip, Step, definition, equation

UNLIKE = "any number K of neighbours, independent given z, each with a precision gamma_j of its own"

precision = Family("gamma")  # gamma_j, one for each neighbour
s = SpinSymbol("s")  # the spin of one neighbour
LAW = Named("P(s|z)", neighbour_law(gamma, s))


def likelihood_is_normalised() -> Derivation:
    """(A.1) and section 2.1: given z, the probabilities of what K neighbours show add up to one.

    For one neighbour it is e^x + e^(-x) = 2 cosh x; each further one is a factor of the likelihood
    that sums to one by itself, so that the sum for K + 1 neighbours is the sum for K. The paper
    calls (A.1) an exponential distribution; it is a Bernoulli law of a ±1 variable in
    exponential-family form.
    """
    everything = configurations(LIKELIHOOD, (sigma, K))
    return Derivation(
        name="likelihood_is_normalised",
        equations=("sec. 2.1", "A.1"),
        form="printed",
        statement=equation(everything, 1),
        assumes=(ALIKE,),
        lines=(
            definition(LAW, "(A.1), for one neighbour"),
            Step(
                LAW,
                spin_law(gamma * z, s),
                "a law of one spin with the local field gamma z: cosh is even, so that it does "
                "not matter whether s stands in it",
                slip=Slip("z forgotten: the neighbours do not show it", spin_law(gamma, s)),
            ),
            Step(
                where(LAW, (s, 1)),
                logistic(2 * gamma * z),
                "its log-odds are 2 gamma z",
                slip=Slip("the field taken for the log-odds", logistic(gamma * z)),
            ),
            Step(
                Total(s * LAW, s),
                z * sp.tanh(gamma),
                "on average the neighbour agrees with z by tanh gamma",
                slip=Slip("the average of s, not of its agreement with z", sp.tanh(gamma)),
            ),
            Step(
                Total(LAW, s),
                sp.Integer(1),
                "K = 1: the sum is (e^(gamma z) + e^(-gamma z))/(2 cosh gamma z)",
                slip=Slip("cosh without its factor 2 as the normaliser", sp.Integer(2)),
            ),
            definition(LIKELIHOOD, "one law (A.1) per neighbour"),
            Step(
                Total(configurations(LIKELIHOOD * LAW, (sigma, K)), s),
                everything,
                "from K to K + 1: the new neighbour's law is a factor, and sums to one",
                slip=Slip("the new neighbour's spin not summed over", everything * LAW),
            ),
        ),
        slip=Slip("the normalisers forgotten", (2 * sp.cosh(gamma * z)) ** K),
    )


def likelihood_matrix_has_logistic_entries() -> Derivation:
    """(A.2): the likelihood of one neighbour as a table, rows s = -1, +1, columns z = -1, +1.

    An entry is (A.1) divided by its numerator; only the product s z matters.
    """
    agree, differ = logistic(2 * gamma), logistic(-2 * gamma)
    table = [[agree, differ], [differ, agree]]
    return Derivation(
        name="likelihood_matrix_has_logistic_entries",
        equations=("A.2",),
        form="printed",
        statement=equation(LAW, logistic(2 * gamma * s * z)),
        assumes=(),
        lines=(
            definition(LAW, "(A.1)"),
            *(
                Step(
                    where(LAW, (s, shown), (z, hidden)),
                    table[row][column],
                    f"row {shown:+d}, column {hidden:+d}",
                    slip=Slip("the columns exchanged", table[row][1 - column]),
                )
                for row, shown in enumerate((-1, 1))
                for column, hidden in enumerate((-1, 1))
            ),
            Step(
                where(LAW, (z, -1)) + where(LAW, (z, 1)),
                sp.Integer(1),
                "the table is symmetric, so that its rows add up to one as its columns do",
                slip=Slip("twice the first column", 2 * where(LAW, (z, -1))),
            ),
        ),
        slip=Slip("half of the log-odds", logistic(gamma * s * z)),
    )


def likelihood_matrix_tends_to_the_identity() -> Derivation:
    """Below (A.2): a neighbour of infinite precision shows z itself, or for minus infinity -z.

    The entries are logistic functions of 2 gamma s z, which tend to 1 where s = z and to 0 where
    they differ.
    """
    return Derivation(
        name="likelihood_matrix_tends_to_the_identity",
        equations=("A.2",),
        form="printed",
        statement=equation(sp.Limit(LAW, gamma, sp.oo), (1 + s * z) / 2),
        assumes=("gamma grows without bound",),
        lines=(
            definition(LAW, "(A.1)"),
            Step(
                sp.Limit(logistic(2 * gamma), gamma, sp.oo),
                sp.Integer(1),
                "where spin and hidden state agree: e^(-2 gamma) vanishes",
                uses=("likelihood_matrix_has_logistic_entries",),
                slip=Slip("the limit for gamma to 0", sp.Rational(1, 2)),
            ),
            Step(
                sp.Limit(logistic(-2 * gamma), gamma, sp.oo),
                sp.Integer(0),
                "where they differ: e^(2 gamma) grows without bound",
                uses=("likelihood_matrix_has_logistic_entries",),
                slip=Slip("the limit for gamma to 0", sp.Rational(1, 2)),
            ),
            Step(
                sp.Limit(LAW, gamma, -sp.oo),
                (1 - s * z) / 2,
                "for gamma to minus infinity the table becomes the anti-identity",
                slip=Slip("the identity again, as if only gamma's size mattered", (1 + s * z) / 2),
            ),
            Step(
                where(LAW, (gamma, 0)),
                sp.Rational(1, 2),
                "in between, at gamma = 0, a neighbour shows nothing",
                slip=Slip("a neighbour that shows +1 come what may", (1 + s) / 2),
            ),
        ),
        slip=Slip("the anti-identity", (1 - s * z) / 2),
    )


def likelihood_is_exponential_in_the_spin_sum() -> Derivation:
    """(A.3): one precision for all neighbours, so only the sum of the spins is left beside z.

    The logarithm of the product is a sum over the neighbours, in which gamma z is a common factor
    and all normalisers are the same.
    """
    normalisers = total(sp.log(2 * sp.cosh(gamma * z)), neighbour)
    exponent = z * gamma * DELTA - K * sp.log(2 * sp.cosh(gamma * z))
    return Derivation(
        name="likelihood_is_exponential_in_the_spin_sum",
        equations=("A.3",),
        form="printed",
        statement=equation(LIKELIHOOD, sp.exp(exponent)),
        assumes=(ALIKE,),
        lines=(
            definition(LIKELIHOOD, "one law (A.1) per neighbour"),
            Step(
                sp.log(LIKELIHOOD),
                total(gamma * sigma[neighbour] * z, neighbour) - normalisers,
                "the logarithm of a product is a sum",
                slip=Slip(
                    "the normalisers added",
                    total(gamma * sigma[neighbour] * z, neighbour) + normalisers,
                ),
            ),
            Step(
                normalisers,
                K * sp.log(2 * sp.cosh(gamma)),
                "K equal terms, the same for both values of z since cosh is even",
                slip=Slip("one log-cosh for all neighbours", sp.log(2 * sp.cosh(gamma))),
            ),
        ),
        slip=Slip(
            "K inside the logarithm", sp.exp(z * gamma * DELTA) / (2 * K * sp.cosh(gamma * z))
        ),
    )


def heterogeneous_likelihood_is_exponential_in_the_weighted_sum() -> Derivation:
    """(A.4): one precision per neighbour, so the spins enter with their weights.

    As (A.3), but neither the precisions nor the normalisers can be taken out of their sums. The
    likelihood is normalised whatever the precisions are, zero and negative ones included.
    """
    weighted = total(precision[neighbour] * sigma[neighbour], neighbour)
    likelihood = Named(
        "P(σ|z)", product(neighbour_law(precision[neighbour], sigma[neighbour]), neighbour)
    )

    def normalisers(inside: Expr) -> Expr:
        return total(sp.log(2 * sp.cosh(inside)), neighbour)

    return Derivation(
        name="heterogeneous_likelihood_is_exponential_in_the_weighted_sum",
        equations=("10", "A.4"),
        form="printed",
        statement=equation(
            likelihood, sp.exp(z * weighted - normalisers(precision[neighbour] * z))
        ),
        assumes=(UNLIKE,),
        lines=(
            definition(likelihood, "(10): one law (A.1) per neighbour, with its own precision"),
            Step(
                sp.log(likelihood),
                z * weighted - normalisers(precision[neighbour] * z),
                "the logarithm of a product is a sum, and z is a common factor",
                slip=Slip(
                    "the spins summed without their weights",
                    z * DELTA - normalisers(precision[neighbour] * z),
                ),
            ),
            Step(
                normalisers(precision[neighbour] * z),
                normalisers(precision[neighbour]),
                "the normaliser does not depend on z, since cosh is even",
                slip=Slip(
                    "the normaliser of the mean precision",
                    K * sp.log(2 * sp.cosh(total(precision[neighbour], neighbour) / K)),
                ),
            ),
            Step(
                configurations(likelihood, (sigma, K)),
                sp.Integer(1),
                "a sum over all spins of a product of one-spin laws is a product of ones",
                slip=Slip("the configurations counted", 2**K),
            ),
        ),
        slip=Slip(
            "one normaliser for the weighted sum",
            sp.exp(z * weighted) / (2 * sp.cosh(total(precision[neighbour], neighbour))),
        ),
    )


DERIVATIONS = (
    likelihood_is_normalised,
    likelihood_matrix_has_logistic_entries,
    likelihood_matrix_tends_to_the_identity,
    likelihood_is_exponential_in_the_spin_sum,
    heterogeneous_likelihood_is_exponential_in_the_weighted_sum,
)
