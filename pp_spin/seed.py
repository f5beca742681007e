"""Seeds: a whole number, or a JAX key of the user's own, never anything global."""

import operator
from typing import SupportsIndex

import jax
import jax.numpy as jnp
from jax import Array

SEED_BITS = 64


def key_of(seed: SupportsIndex | Array) -> Array:
    """A JAX key: all 64 bits of a whole number, in any precision; a key is passed on.

    Small seeds give the key of ``jax.random.key(seed)``. Raises ValueError for a number outside
    [0, 2**64) and TypeError for anything else.
    """
    if (isinstance(seed, jax.Array) and seed.ndim > 0) or _is_typed_key(seed):
        return jnp.asarray(seed)
    try:
        number = operator.index(seed)
    except TypeError as error:
        raise TypeError(
            f"got seed = {seed!r}; a seed is a whole number or a JAX key; give for example seed=0"
        ) from error
    if not 0 <= number < 2**SEED_BITS:
        raise ValueError(
            f"got seed = {number}; a key holds {SEED_BITS} bits; give a number in "
            f"[0, 2**{SEED_BITS})"
        )
    return jax.random.wrap_key_data(jnp.array(divmod(number, 2**32), dtype=jnp.uint32))


def _is_typed_key(seed: object) -> bool:
    return isinstance(seed, jax.Array) and jnp.issubdtype(seed.dtype, jax.dtypes.prng_key)
