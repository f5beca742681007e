"""The one kernel of every dynamics here: a sweep of spins drawn from their conditionals.

Who acts is the schedule's matter, and with what probability is the conditional's: the agents'
action posteriors (section 2.4) and Glauber's heat bath (eq. 8) run through the same ``step``.

Shapes: one chain, spins ``(n_spins,)`` int8; ``jax.vmap`` makes many chains. Pure: everything the
next step needs is in the state, everything an observer may want is in the info.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


class SpinState(NamedTuple):
    """A configuration and how far it has come."""

    spins: Array
    """``(n_spins,)`` int8 in {-1, +1}"""
    n_sweeps: Array
    """``()`` int32, sweeps done since ``init``"""


class FlipInfo(NamedTuple):
    """What happened in a sweep, tick by tick."""

    agents: Array
    """``(n_ticks, width)`` who acted; the index ``n_spins`` is nobody"""
    up_prob: Array
    """``(n_ticks, width)`` the probability with which each of them was to act +1; where nobody
    acted it means nothing"""


def init(spins: ArrayLike) -> SpinState:
    """The state before the first sweep, from spins ``(n_spins,)`` in {-1, +1}."""
    return SpinState(spins=jnp.asarray(spins, dtype=jnp.int8), n_sweeps=jnp.int32(0))


def uniform(rng_key: Array, shape: tuple[int, ...]) -> Array:
    """Draws from [0, 1) of 23 binary digits: a probability is realised to within 1.2e-7.

    Of single precision whatever JAX's default, so that a seed's draws do not depend on it.
    """
    return jax.random.uniform(rng_key, shape, dtype=jnp.float32)


def step(
    rng_key: Array,
    state: SpinState,
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    uniform: Callable[[Array, tuple[int, ...]], Array] = uniform,
) -> tuple[SpinState, FlipInfo]:
    """One sweep: at each tick those who act draw their spin, all from the same configuration.

    ``who_acts(rng_key)`` gives agents ``(n_ticks, width)``, ``up_prob_fn(spins, agents)`` the
    probability of +1 for each, and ``uniform(rng_key, shape)`` the draws that it is compared with.
    """
    schedule_key, action_key = jax.random.split(rng_key)
    agents = who_acts(schedule_key)

    def tick(spins: Array, acting: tuple[Array, Array]) -> tuple[Array, Array]:
        agents_now, uniforms = acting
        up_prob = up_prob_fn(spins, agents_now)
        actions = jnp.where(uniforms < up_prob, 1, -1).astype(spins.dtype)
        return spins.at[agents_now].set(actions, mode="drop"), up_prob

    spins, up_prob = jax.lax.scan(tick, state.spins, (agents, uniform(action_key, agents.shape)))
    return SpinState(spins=spins, n_sweeps=state.n_sweeps + 1), FlipInfo(agents, up_prob)
