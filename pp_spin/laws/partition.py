"""The normaliser Z of a law, so that ``log_prob - log Z`` is a probability (eqs. 6, C.33, C.40).

NumPyro's own enumeration first: it eliminates variables along the law's graph, so a ring or a tree
is cheap. Where its dimensions run out, NumPy sums all ``2**n`` configurations.
"""

from typing import Protocol

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from scipy.special import logsumexp

from pp_spin.configurations import configurations
from pp_spin.enumeration import SITE_LIMIT, log_evidence, n_latent_sites
from pp_spin.laws.boltzmann import Boltzmann


class Law(Protocol):
    """What a normaliser needs of a law: a NumPyro program and a log-probability up to Z."""

    @property
    def n_spins(self) -> int:
        """How many spins the law is over."""

    def model(self) -> None:
        """The law as a NumPyro program whose total mass is Z."""

    def log_prob(self, spins: ArrayLike) -> Array:
        """The log-probability up to ``log Z``; ``(..., n)`` to ``(...)``."""


def log_partition(law: Law) -> float:
    """``log Z`` in float64. Raises ValueError beyond both enumerations, with the way out."""
    with jax.enable_x64(True):
        if n_latent_sites(law.model) <= SITE_LIMIT:
            # Compiled as one program: step by step, every new shape would be compiled for itself.
            return float(jax.jit(lambda: log_evidence(law.model))())
        values = configurations(law.n_spins).astype(np.float64)
        if isinstance(law, Boltzmann):
            values = np.asarray(law.unit_values(values))
        return float(logsumexp(law.log_prob(values)))
