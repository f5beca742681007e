"""A hidden spin per neighbour, more and more on its own (section 5).

``P(c) ∝ exp(zeta c)``, ``P(z_j|c) = (1 + t c z_j)/2``, ``P(sigma_j|z_j) ∝ exp(gamma sigma_j z_j)``:
a common cause c, and for each neighbour a hidden spin that follows it with strength t. The agent
acts on its belief about one z_j, drawn at random. At independence 1 - t = 0 all z_j are one, which
is the paper's agent; at 1 each is told of by its neighbour alone, and c, with its prior, by nobody:
the action is then affine in the sum of the spins.
"""

import itertools

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pp_spin.configurations import configurations
from pp_spin.fragility.focal_models import N_HEARD, Family


def up_in_contexts(
    sensory_precision: float, prior_precision: float, independence: float, n_heard: int = N_HEARD
) -> NDArray[np.float64]:
    """``mean_j P(z_j = +1 | sigma)`` in every context, ``(2**n_heard,)``, all spins summed over.

    Raises ValueError for an independence outside [0, 1].
    """
    if not 0 <= independence <= 1:
        raise ValueError(
            f"got independence = {independence}; it is 1 - t, where t is how surely a hidden spin "
            "follows the common cause; give a number in [0, 1]"
        )
    spins, follows = configurations(n_heard), 1 - independence
    weight_up, weight = np.zeros(len(spins)), np.zeros(len(spins))
    for cause, hidden in itertools.product((-1, 1), configurations(n_heard)):
        joint = expit(2 * prior_precision * cause) * np.prod((1 + follows * cause * hidden) / 2)
        joint = joint * expit(2 * sensory_precision * spins * hidden).prod(1)
        weight_up += joint * (hidden > 0).mean()
        weight += joint
    return weight_up / weight


def separate_latents(sensory_precision: float, prior_precision: float) -> Family:
    """The models over independence in [0, 1]."""
    return Family(
        "a hidden spin per neighbour",
        "independence of the hidden spins",
        lambda value: up_in_contexts(sensory_precision, prior_precision, value),
        sensory_precision,
        prior_precision,
    )
