"""What a law may be asked about: configurations of its own units, never others unnoticed."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike


def unit_values(
    name: str, values: ArrayLike, n_units: int, allowed: tuple[int, int] = (-1, 1)
) -> Array:
    """``values`` ``(..., n_units)`` as an array, every entry one of ``allowed``.

    Raises ValueError for another length or entry. Inside a JAX transformation only the shape is
    known: entries are then taken as they come.
    """
    shape = np.shape(values)
    if not shape or shape[-1] != n_units:
        raise ValueError(
            f"got {name} of shape {shape}; the law is over {n_units} units, the last axis of a "
            f"configuration; give (..., {n_units})"
        )
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
