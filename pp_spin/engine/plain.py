"""The plain engine: the kernel, vmapped over chains. Right before fast, and for everything.

Who it is for: a second voice beside the other engines, whom `choice` prefers, and checks that bring
their own conditional or schedule (`planned`). Agents keep their dense tables, so
`checks.DENSE_LIMIT` is the end.

Shapes: the state is spins ``(n_chains, n_agents)`` int8.
Randomness: sweep t of chain c draws from ``fold_in(fold_in(key, c), t)`` of the caller's own key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin import checks, kernel
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine, Plan
from pp_spin.who_acts import who_acts

NAME = "plain"

CHUNK_CHAINS = 8192
"""Chains worked on at once: enough to fill vectors, few enough to stay in cache."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["who_acts", "up_prob_fn"],
    meta_fields=[],
)
@dataclass(frozen=True)
class Plain:
    """What the kernel asks at each tick: who acts, and with which probability of +1."""

    who_acts: Callable[[Array], Array]
    up_prob_fn: Callable[[Array, Array], Array]


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    n_agents = dynamics.collective.n_agents
    if n_agents > checks.DENSE_LIMIT:
        return f"it keeps a dense table, of at most {checks.DENSE_LIMIT} agents, not {n_agents}"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """All chains, or as many as stay in cache."""
    return min(CHUNK_CHAINS, n_chains)


def build(dynamics: Dynamics, n_chains: int) -> Plain:
    """The program, whatever the number of chains. Raises ValueError where nobody is free to act."""
    collective, schedule, _ = dynamics
    acting = who_acts(schedule, collective.ties, collective.free)
    return Plain(acting, collective.up_prob_fn())


def encode(program: Plain, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``: themselves."""
    return jnp.asarray(spins, dtype=jnp.int8)


def sweep(program: Plain, key: Array, first_chain: Array, number: Array, spins: Array) -> Array:
    """One sweep of every chain."""

    def one_chain(chain: Array, spins: Array) -> Array:
        sweep_key = jax.random.fold_in(jax.random.fold_in(key, chain), number)
        state = kernel.SpinState(spins, number)
        return kernel.step(sweep_key, state, program.who_acts, program.up_prob_fn)[0].spins

    return jax.vmap(one_chain)(first_chain + jnp.arange(len(spins), dtype=jnp.uint32), spins)


def spins_of(program: Plain, spins: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` of a state: itself."""
    return spins


def key_of(rng_key: Array, engine: str) -> Array:
    """The caller's key as it is: the kernel is given JAX keys."""
    return rng_key


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of, key_of)


def planned(
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    n_chains: int,
) -> Plan:
    """How so many chains of the given schedule and conditional are run."""
    return Plan(ENGINE, Plain(who_acts, up_prob_fn), min(CHUNK_CHAINS, n_chains))
