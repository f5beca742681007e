"""Chains packed into words: bit b of word g is chain 32 g + b.

Shapes: spins are ``(n_chains, n_agents)`` int8 in {-1, +1}; words are ``(n_agents, n_words)``
uint32, a set bit for +1. Chains that fill up the last word are down.
"""

import sys

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

WORD = 32
"""Chains in a word."""

FULL = np.uint32(0xFFFFFFFF)


def packed(spins: NDArray[np.int8]) -> NDArray[np.uint32]:
    """Words ``(n_agents, n_words)`` of spins ``(n_chains, n_agents)``."""
    n_chains, n_agents = spins.shape
    up = np.zeros((n_agents, -(-n_chains // WORD) * WORD), dtype=np.uint8)
    up[:, :n_chains] = spins.T == 1
    return _native(np.packbits(up, axis=1, bitorder="little").view("<u4"))


def unpacked(words: Array) -> Array:
    """Spins ``(n_words * 32, n_agents)`` int8 of words ``(n_agents, n_words)``, traced."""
    bits = jnp.arange(WORD, dtype=jnp.uint32)[None, :, None]
    up = (words.T[:, None, :] >> bits & 1).astype(jnp.int8)
    return (2 * up - 1).reshape(-1, words.shape[0])


def _native(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return words if sys.byteorder == "little" else words.astype(np.uint32)
