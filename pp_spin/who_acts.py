"""A schedule as the kernel runs it: a random function that says who acts at each tick (app. C).

``who_acts(schedule, seen, free)`` is resolved once for a collective and then called with a key; it
gives agents ``(n_ticks, width)``: row t acts at tick t, all of the row from the same configuration.
The index ``n_agents`` means nobody (``kernel.step`` drops it).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.tree_util import Partial
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.colouring import colouring
from pp_spin.schedule import (
    Chromatic,
    PartiallySynchronous,
    RandomScan,
    Schedule,
    Sequential,
    Synchronous,
)

WhoActs = Callable[[Array], Array]
"""``rng_key -> agents (n_ticks, width)``; a pytree, so that jit traces its arrays."""


def who_acts(
    schedule: Schedule, seen: NDArray[np.float64] | csr_array, free: NDArray[np.intp]
) -> WhoActs:
    """Resolve a schedule for precisions ``seen`` ``(n, n)`` and free agents ``(n_free,)``.

    ``seen`` may be dense or a csr_array, and ``free`` is ascending.

    Raises ValueError where there is no free agent, or where a sequential order misses or repeats
    one.
    """
    n_agents = seen.shape[0]
    if len(free) == 0:
        raise ValueError(
            f"got {n_agents} agents, all of them clamped; nobody is left to act; leave at least "
            "one agent out of `clamped`"
        )
    match schedule:
        case RandomScan():
            return Partial(_drawn_one_by_one, jnp.asarray(free))
        case Sequential():
            visits = schedule.visits(n_agents, free)
            return Partial(_always, jnp.asarray(np.array(visits))[:, None])
        case Chromatic():
            return Partial(_always, jnp.asarray(_colour_by_colour(seen, free)))
        case Synchronous():
            return Partial(_always, jnp.asarray(free)[None, :])
        case PartiallySynchronous():
            return Partial(_each_with_a_coin, jnp.asarray(free), schedule.rate, n_agents)


def _colour_by_colour(
    seen: NDArray[np.float64] | csr_array, free: NDArray[np.intp]
) -> NDArray[np.intp]:
    colours = colouring(seen[free][:, free])
    classes = [free[colours == colour] for colour in np.unique(colours)]
    nobody = seen.shape[0]
    ticks = np.full((len(classes), max(map(len, classes))), nobody, dtype=np.intp)
    for tick, agents in zip(ticks, classes, strict=True):
        tick[: len(agents)] = agents
    return ticks


def _always(agents: Array, rng_key: Array) -> Array:
    return agents


def _drawn_one_by_one(free: Array, rng_key: Array) -> Array:
    # 32 bits modulo n_free favour no agent by more than n_free / 2**32, and cost a single hash.
    return free[jax.random.bits(rng_key, (len(free), 1), dtype=jnp.uint32) % len(free)]


def _each_with_a_coin(free: Array, rate: float, nobody: int, rng_key: Array) -> Array:
    acts = jax.random.uniform(rng_key, free.shape, dtype=jnp.float32) < rate
    return jnp.where(acts, free, nobody)[None, :]
