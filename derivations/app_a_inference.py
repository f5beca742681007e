"""The perception model in exponential form, and Bayes' rule line by line (appendix A)."""

import sympy as sp

from derivations.display import Named, Total
from derivations.notation import (
    dot,
    gamma,
    logistic,
    sigma,
    spin_law,
    spins,
    vector,
    where,
    z,
    zeta,
)
from derivations.step import Derivation, Step, definition, equation


def likelihood_is_normalised() -> Derivation:
    """(A.1): given z, a neighbour's spin has probabilities that add up to one.

    The paper calls it an exponential distribution; it is a Bernoulli law of a ±1 variable in
    exponential-family form.
    """
    spin = sigma(1)
    law = Named("P(σ₁|z)", spin_law(gamma * z, spin))
    return Derivation(
        name="likelihood_is_normalised",
        equations=("sec. 2.1", "A.1"),
        form="printed",
        statement=equation(Total(law, spin), 1),
        assumes=(),
        steps=(
            definition(law, "a law of one spin with the local field gamma z"),
            Step(
                law,
                sp.exp(gamma * spin * z) / (2 * sp.cosh(gamma * z)),
                "cosh is even, so that it does not matter which of the signs stands in it",
            ),
            Step(where(law, (spin, 1)), logistic(2 * gamma * z), "its log-odds are 2 gamma z"),
            Step(
                Total(spin * law, spin),
                z * sp.tanh(gamma),
                "on average the neighbour agrees with z by tanh gamma",
            ),
        ),
    )


def prior_is_normalised() -> Derivation:
    """Section 2.1: the prior of z is the law of one spin with local field zeta."""
    law = Named("P(z)", spin_law(zeta, z))
    return Derivation(
        name="prior_is_normalised",
        equations=("sec. 2.1",),
        form="printed",
        statement=equation(law, sp.exp(zeta * z - sp.log(2 * sp.cosh(zeta)))),
        assumes=(),
        steps=(
            definition(law, "a law of one spin with the local field zeta"),
            Step(Total(law, z), sp.Integer(1), "e^x + e^(-x) = 2 cosh x"),
            Step(where(law, (z, 1)), logistic(2 * zeta), "2 zeta is the prior's log-odds of +1"),
        ),
    )


def likelihood_matrix_has_logistic_entries() -> Derivation:
    """(A.2): the likelihood as a table, rows sigma = -1, +1, columns z = -1, +1."""
    spin = sigma(1)
    law = Named("P(σ₁|z)", spin_law(gamma * z, spin))
    agree, differ = 1 / (1 + sp.exp(-2 * gamma)), 1 / (1 + sp.exp(2 * gamma))
    rows = [[agree, differ], [differ, agree]]
    return Derivation(
        name="likelihood_matrix_has_logistic_entries",
        equations=("A.2",),
        form="printed",
        statement=equation(law, logistic(2 * gamma * spin * z)),
        assumes=(),
        steps=(
            definition(law, "(A.1)"),
            *(
                Step(where(law, (spin, a), (z, b)), rows[i][j], f"row {a:+d}, column {b:+d}")
                for i, a in enumerate((-1, 1))
                for j, b in enumerate((-1, 1))
            ),
        ),
    )


def likelihood_matrix_tends_to_the_identity() -> Derivation:
    """Below (A.2): a neighbour of infinite precision shows z itself."""
    spin = sigma(1)
    law = Named("P(σ₁|z)", spin_law(gamma * z, spin))
    return Derivation(
        name="likelihood_matrix_tends_to_the_identity",
        equations=("A.2",),
        form="printed",
        statement=equation(sp.Limit(law, gamma, sp.oo), (1 + spin * z) / 2),
        assumes=("gamma grows without bound",),
        steps=(
            definition(law, "(A.1)"),
            Step(
                sp.Limit(law, gamma, -sp.oo),
                (1 - spin * z) / 2,
                "for gamma to minus infinity the table becomes the anti-identity",
                uses=("likelihood_matrix_has_logistic_entries",),
            ),
        ),
    )


def likelihood_is_exponential_in_the_spin_sum() -> Derivation:
    """(A.3): one precision for all neighbours, so only the sum of the spins is left beside z."""
    observed = spins(3)
    likelihood = Named("P(σ|z)", sp.Mul(*(spin_law(gamma * z, s) for s in observed)))
    exponent = z * gamma * sp.Add(*observed) - 3 * sp.log(2 * sp.cosh(gamma * z))
    return Derivation(
        name="likelihood_is_exponential_in_the_spin_sum",
        equations=("A.3",),
        form="printed",
        statement=equation(likelihood, sp.exp(exponent)),
        assumes=("K = 3 neighbours, independent given z",),
        steps=(
            definition(likelihood, "one law (A.1) per neighbour"),
            Step(sp.log(likelihood), exponent, "the logarithm of a product is a sum"),
            Step(Total(likelihood, *observed), sp.Integer(1), "the product is normalised"),
        ),
    )


def heterogeneous_likelihood_is_exponential_in_the_weighted_sum() -> Derivation:
    """(A.4): one precision per neighbour, so the spins enter with their weights."""
    observed, gammas = spins(3), vector("gamma", 3)
    factors = [spin_law(g * z, s) for g, s in zip(gammas, observed, strict=True)]
    likelihood = Named("P(σ|z)", sp.Mul(*factors))
    normaliser = sp.Add(*(sp.log(2 * sp.cosh(g * z)) for g in gammas))
    exponent = z * dot(gammas, observed) - normaliser
    return Derivation(
        name="heterogeneous_likelihood_is_exponential_in_the_weighted_sum",
        equations=("10", "A.4"),
        form="printed",
        statement=equation(likelihood, sp.exp(exponent)),
        assumes=("K = 3 neighbours, independent given z",),
        steps=(
            definition(likelihood, "one law (A.1) per neighbour"),
            Step(sp.log(likelihood), exponent, "the logarithm of a product is a sum"),
            Step(Total(likelihood, *observed), sp.Integer(1), "the product is normalised"),
        ),
    )


def bayes_rule_gives_the_logistic_posterior() -> Derivation:
    """(A.5) to (A.7): joint over evidence, then the hyperbolic cosine written out."""
    observed = spins(3)
    field = zeta + gamma * sp.Add(*observed)
    joint = Named("P(σ,z)", spin_law(zeta, z) * sp.Mul(*(spin_law(gamma * z, s) for s in observed)))
    normalisers = 2 * sp.cosh(zeta) * (2 * sp.cosh(gamma)) ** 3
    evidence = Named("P(σ)", 2 * sp.cosh(field) / normalisers)
    up = sp.exp(field) / (sp.exp(field) + sp.exp(-field))
    return Derivation(
        name="bayes_rule_gives_the_logistic_posterior",
        equations=("A.5", "A.6", "A.7"),
        form="printed",
        statement=equation(where(joint / Total(joint, z), (z, 1)), logistic(2 * field)),
        assumes=("K = 3 neighbours with one sensory precision",),
        steps=(
            definition(joint, "(A.5): prior times likelihood"),
            Step(
                joint,
                sp.exp(z * field) / normalisers,
                "the joint collects all the terms in z",
                uses=("likelihood_is_exponential_in_the_spin_sum", "prior_is_normalised"),
            ),
            definition(evidence, "the normaliser of the posterior"),
            Step(Total(joint, z), evidence, "it is the sum of the joint over z = -1, +1"),
            Step(joint / evidence, spin_law(field, z), "(A.6): the quotient"),
            Step(where(joint / evidence, (z, 1)), up, "(A.7), cosh x = (e^x + e^(-x))/2"),
            Step(up, logistic(2 * field), "(A.7), divided by the numerator"),
        ),
    )


DERIVATIONS = (
    likelihood_is_normalised,
    prior_is_normalised,
    likelihood_matrix_has_logistic_entries,
    likelihood_matrix_tends_to_the_identity,
    likelihood_is_exponential_in_the_spin_sum,
    heterogeneous_likelihood_is_exponential_in_the_weighted_sum,
    bayes_rule_gives_the_logistic_posterior,
)
