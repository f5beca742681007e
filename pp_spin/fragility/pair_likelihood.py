"""A likelihood that does not factorise over neighbours (section 5).

``P(sigma|z) ∝ exp(z [gamma sum_j sigma_j + kappa (sigma_1 sigma_2 + sigma_3 sigma_4)])``: opposite
neighbours on the helix tend to agree under z = +1 and to differ under z = -1, each z with its own
normaliser. The posterior's half log-odds get a term that no single neighbour gives, so an update
answers to products of spins; kappa = 0 is the paper's agent.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp

from pp_spin.configurations import configurations
from pp_spin.fragility.focal_models import N_HEARD, Family

PAIRS = ((0, 1), (2, 3))
"""Opposite neighbours, by place among those heard."""


def up_in_contexts(
    sensory_precision: float, prior_precision: float, pair_term: float
) -> NDArray[np.float64]:
    """``P(z = +1 | sigma)`` by Bayes' rule in every context, ``(2**N_HEARD,)``."""
    spins = configurations(N_HEARD).astype(np.float64)
    pairs = sum(spins[:, i] * spins[:, j] for i, j in PAIRS)
    told = sensory_precision * spins.sum(1) + pair_term * pairs
    log_up = prior_precision + told - logsumexp(told)
    log_down = -prior_precision - told - logsumexp(-told)
    return expit(log_up - log_down)


def coupled_neighbours(sensory_precision: float, prior_precision: float) -> Family:
    """The models over kappa."""
    return Family(
        "a likelihood with a pair term",
        "pair term kappa",
        lambda value: up_in_contexts(sensory_precision, prior_precision, value),
        sensory_precision,
        prior_precision,
    )
