"""Keeping what is computed once: an answer to a compiler that would compute it again."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax import Array

T = TypeVar("T")


def in_memory(true: Array, function: Callable[..., T], *arguments: Any) -> T:
    """The arrays that ``function`` returns, in memory before anything that reads them begins.

    XLA:CPU melts what a kernel reads into the kernel, computes it anew for each use and each
    output, and may find no vectors for what comes of it; ``lax.optimization_barrier`` keeps it from
    nothing. But it does not look into a conditional. ``true`` is a traced bool that always holds,
    but not for the compiler.
    """
    shapes = jax.eval_shape(function, *arguments)
    nothing = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes)
    return jax.lax.cond(true, function, lambda *_: nothing, *arguments)
