"""Glauber's heat bath on spins, from couplings and fields (section 3, eq. 8).

``P(s_i = +1) = 1 / (1 + exp(-beta Delta_i E))`` with ``Delta_i E = 2 (sum_j J_ij s_j + h_i)``.
Shapes: ``couplings`` ``(n, n)``, ``fields`` ``(n,)``, as in ``laws.ising``.
Written apart from the agents, who must arrive at the same probabilities by inference.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import Array
from jax.tree_util import Partial
from jax.typing import ArrayLike


def heat_bath(
    couplings: ArrayLike, fields: ArrayLike, beta: float = 1.0
) -> Callable[[Array, Array], Array]:
    """The rule (8) as the kernel takes it: ``(spins, sites) -> P(site next is +1)``."""
    return Partial(_heat_bath_up_prob, jnp.asarray(couplings), jnp.asarray(fields), beta)


def metropolis(
    couplings: ArrayLike, fields: ArrayLike, beta: float = 1.0
) -> Callable[[Array, Array], Array]:
    """Metropolis' rule: flip with probability ``min(1, exp(-beta (E_new - E_old)))``.

    Another rule with the same stationary law under asynchronous updates. No agent of the paper
    acts so: the probability depends on the spin's own value. Kept as the nearest impostor.
    """
    return Partial(_metropolis_up_prob, jnp.asarray(couplings), jnp.asarray(fields), beta)


def _energy_gap(couplings: Array, fields: Array, spins: Array, sites: Array) -> Array:
    return 2 * (couplings[sites] @ spins.astype(couplings.dtype) + fields[sites])


def _heat_bath_up_prob(
    couplings: Array, fields: Array, beta: float, spins: Array, sites: Array
) -> Array:
    return jax.nn.sigmoid(beta * _energy_gap(couplings, fields, spins, sites))


def _metropolis_up_prob(
    couplings: Array, fields: Array, beta: float, spins: Array, sites: Array
) -> Array:
    flip_prob = jnp.minimum(
        1, jnp.exp(-beta * spins[sites] * _energy_gap(couplings, fields, spins, sites))
    )
    return jnp.where(spins[sites] == 1, 1 - flip_prob, flip_prob)
