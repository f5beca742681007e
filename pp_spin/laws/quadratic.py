"""The quadratic energy that the Ising law and the Boltzmann machine share (eqs. 7, 12)."""

import jax
import jax.numpy as jnp
from jax import Array


@jax.jit
def quadratic_energy(weights: Array, biases: Array, values: Array) -> Array:
    """``-1/2 x^T W x - theta^T x``: ``(n, n)``, ``(n,)`` and values ``(..., n)`` to ``(...)``."""
    pair_energy = -(values * (values @ weights)).sum(-1) / 2
    return pair_energy - values @ jnp.asarray(biases)
