"""What cancels in the ratio of two synchronous kernels (appendix C, C.32), printed and corrected.

The words, and the law itself, are those of app_c_synchronous.py.
"""

import sympy as sp

from derivations.app_c_synchronous import (
    KERNEL,
    REVERSE,
    WEIGHT,
    WEIGHT_AFTER,
    cross_sum,
    log_cosh_sum,
)
from derivations.collective import (
    ALL_AT_ONCE,
    NOT_ITSELF,
    SYMMETRIC,
    gamma,
    i,
    j,
    local_field,
    prior_sum,
    sigma,
    sigma_next,
)
from derivations.families import pairs
from derivations.step import Derivation, Slip, Step, definition, equation


def printed_cross_terms_cancel_over_unordered_pairs() -> Derivation:
    """The middle lines of (C.32) as printed, with a sum over pairs <i,j> of gamma s_i s'_j.

    Each pair is there once, so that the sum changes when s and s' change places, and the terms of
    numerator and denominator do not cancel.
    """
    return Derivation(
        name="printed_cross_terms_cancel_over_unordered_pairs",
        equations=("C.32",),
        form="printed",
        statement=equation(
            sp.exp(pairs(gamma[i, j] * sigma[i] * sigma_next[j], i, j)),
            sp.exp(pairs(gamma[i, j] * sigma_next[i] * sigma[j], i, j)),
        ),
        assumes=(
            "any number of agents",
            SYMMETRIC,
            NOT_ITSELF,
            "the sum runs over the pairs i < j, each once",
        ),
        expected="refuted",
        lines=(
            definition(KERNEL, "(C.30)"),
            Step(
                sp.log(KERNEL) + log_cosh_sum(),
                prior_sum(sigma_next)
                + pairs(gamma[i, j] * (sigma_next[i] * sigma[j] + sigma_next[j] * sigma[i]), i, j),
                "what the kernel holds has two terms for each pair, and the printed sum has one",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip(
                    "one term for each pair",
                    prior_sum(sigma_next) + pairs(gamma[i, j] * sigma_next[i] * sigma[j], i, j),
                ),
            ),
        ),
    )


def cross_terms_cancel_over_ordered_pairs() -> Derivation:
    """(C.32) corrected: over ordered pairs numerator and denominator share the cross terms.

    Both kernels are written out by (C.30) and (C.31). The terms with one spin of each configuration
    are the same number above and below the line; what is left are the weights (C.33).
    """
    ordered = pairs(gamma[i, j] * (sigma[i] * sigma_next[j] + sigma[j] * sigma_next[i]), i, j)
    above = prior_sum() + cross_sum(sigma, sigma_next) - log_cosh_sum(sigma_next)
    below = prior_sum(sigma_next) + cross_sum(sigma_next, sigma) - log_cosh_sum()
    return Derivation(
        name="cross_terms_cancel_over_ordered_pairs",
        equations=("C.32",),
        form="corrected",
        statement=equation(REVERSE / KERNEL, WEIGHT / WEIGHT_AFTER),
        assumes=("any number of agents", SYMMETRIC, NOT_ITSELF, ALL_AT_ONCE),
        slip=Slip("the ratio upside down", WEIGHT_AFTER / WEIGHT),
        lines=(
            definition(local_field(i), "the local field of agent i; x′ᵢ is the same in σ′"),
            definition(KERNEL, "(C.30)"),
            definition(REVERSE, "(C.31)"),
            Step(
                REVERSE / KERNEL,
                sp.exp(above) / sp.exp(below),
                "both exponentials with their local fields written out",
                uses=("synchronous_kernel_is_exponential",),
                slip=Slip("the logarithms change places", sp.exp(below) / sp.exp(above)),
            ),
            Step(
                cross_sum(sigma, sigma_next),
                ordered,
                "a sum over i and over j meets every pair twice: σ_i σ′_j and σ_j σ′_i",
                slip=Slip("every pair once", pairs(gamma[i, j] * sigma[i] * sigma_next[j], i, j)),
            ),
            Step(
                cross_sum(sigma_next, sigma),
                ordered,
                "the other way round the two change places, and their sum is the same",
                slip=Slip(
                    "the terms of a pair subtracted",
                    pairs(
                        gamma[i, j] * (sigma[i] * sigma_next[j] - sigma[j] * sigma_next[i]), i, j
                    ),
                ),
            ),
            definition(WEIGHT, "(C.33) without its normaliser"),
            definition(WEIGHT_AFTER, "the same for the configuration after the update"),
            Step(
                sp.exp(above) / sp.exp(below),
                sp.exp(prior_sum() + log_cosh_sum())
                / sp.exp(prior_sum(sigma_next) + log_cosh_sum(sigma_next)),
                "the cross terms cancel: the last line of (C.32)",
                slip=Slip(
                    "the logarithms keep their sign below the line",
                    sp.exp(prior_sum() - log_cosh_sum())
                    / sp.exp(prior_sum(sigma_next) - log_cosh_sum(sigma_next)),
                ),
            ),
        ),
    )


DERIVATIONS = (
    printed_cross_terms_cancel_over_unordered_pairs,
    cross_terms_cancel_over_ordered_pairs,
)
