"""Trajectories recorded tick by tick from the kernel itself, for the tests of its actions.

Shapes: as `trajectory`. Randomness: the tick t of chain c draws from ``fold_in(fold_in(key, c),
t)``; `Randomness` is an argument so that a check can be shown what it must catch.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin import kernel
from pp_spin.evidence.trajectory import Trajectory


def key_of_tick(rng_key: Array, chain: Array, tick: Array) -> Array:
    """A key of its own for every tick of every chain."""
    return jax.random.fold_in(jax.random.fold_in(rng_key, chain), tick)


class Randomness(NamedTuple):
    """Where a trajectory's random numbers come from."""

    key: Callable[[Array, Array, Array], Array] = key_of_tick
    """``(rng_key, chain, tick)`` -> the tick's key"""
    uniform: Callable[[Array, tuple[int, ...]], Array] = kernel.uniform
    """what actions are compared with"""
    scan: Callable[[Array, Array], Array] | None = None
    """``(key, agents)`` -> who acts, in place of the schedule; None: the schedule says"""


def recorded(
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    start: NDArray[np.int8],
    n_ticks: int,
    rng_key: Array,
    randomness: Randomness | None = None,
) -> Trajectory:
    """``n_ticks`` of every chain from ``start`` ``(n_chains, n_agents)``, by `kernel.step`."""
    spins, agents = _recorded(
        who_acts,
        up_prob_fn,
        jnp.asarray(start, dtype=jnp.int8),
        rng_key,
        n_ticks,
        randomness or Randomness(),
    )
    states = np.concatenate([start[:, None], np.asarray(spins)], axis=1)
    return Trajectory(states, np.asarray(agents).astype(np.intp))


@partial(jax.jit, static_argnames=("n_ticks", "randomness"))
def _recorded(
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    start: Array,
    rng_key: Array,
    n_ticks: int,
    randomness: Randomness,
) -> tuple[Array, Array]:
    def one_chain(chain: Array, spins: Array) -> tuple[Array, Array]:
        def one_tick(state: kernel.SpinState, tick: Array) -> tuple[kernel.SpinState, tuple]:
            key = randomness.key(rng_key, chain, tick)

            def acting(schedule_key: Array) -> Array:
                rows = who_acts(schedule_key)
                if randomness.scan is not None:
                    return randomness.scan(key, rows)
                return rows[tick % len(rows)][None]

            state, info = kernel.step(key, state, acting, up_prob_fn, randomness.uniform)
            return state, (state.spins, info.agents[0])

        return jax.lax.scan(one_tick, kernel.init(spins), jnp.arange(n_ticks))[1]

    return jax.vmap(one_chain)(jnp.arange(len(start)), start)
