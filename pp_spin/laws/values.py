"""What a law may be asked about: configurations of its own units, never others unnoticed."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike


def unit_values(name: str, values: ArrayLike, allowed: tuple[int, int] = (-1, 1)) -> Array:
    """``values`` as an array, every entry one of ``allowed``; ValueError for any other.

    Inside a JAX transformation values are not known, and are taken as they come.
    """
    if isinstance(values, jax.core.Tracer):
        return values
    found = np.asarray(values)
    bad = np.argwhere(~np.isin(found, allowed))
    if len(bad):
        place = ",".join(map(str, bad[0]))
        raise ValueError(
            f"got {name}[{place}]={found[tuple(bad[0])]}; this law's units hold {allowed[0]} or "
            f"{allowed[1]}; convert them (spin = 2 bit - 1), or name the units of the law"
        )
    return jnp.asarray(found)
