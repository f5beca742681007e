"""The plain engine: the kernel, vmapped over chains and scanned over draws. Right before fast.

Shapes: start ``(n_chains, n_agents)``, draws ``(n_chains, num_samples, n_agents)`` int8.
Randomness: sweep t of chain c draws from ``fold_in(fold_in(key, c), t)``, so the draws depend on
neither the number of chains nor the chunks they are worked in.
"""

from collections.abc import Callable, Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin import kernel

NAME = "plain"

CHUNK_CHAINS = 8192
"""Chains worked on at once: enough to fill vectors, few enough to stay in cache."""

CALL_SWEEPS = 2**20
"""Sweeps of single chains in one compiled call: between calls a run reports, and can be stopped."""


def run(
    rng_key: Array,
    start: NDArray[np.int8],
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    *,
    num_warmup: int,
    num_samples: int,
    thinning: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int8]:
    """Draws ``(n_chains, num_samples, n_agents)``: warm-up sweeps, then one draw per ``thinning``.

    ``on_progress(draws done, draws in all)``, over all chains, is called after every compiled call.
    """
    n_chains, n_agents = start.shape
    draws = np.empty((n_chains, num_samples, n_agents), dtype=np.int8)
    # The warm-up is a longer way to the first draw, so the sweep is compiled only once.
    sweeps_to_draw = np.full(num_samples, thinning, dtype=np.int32)
    sweeps_to_draw[0] += num_warmup
    n_done = 0
    for chains in _slices(n_chains, CHUNK_CHAINS):
        # The last chunk is filled up with copies of its own chains: one shape, one compilation.
        padded = np.resize(chains, min(CHUNK_CHAINS, n_chains))
        states = jax.vmap(kernel.init)(jnp.asarray(start[padded]))
        block = max(1, min(num_samples, CALL_SWEEPS // (thinning * len(padded))))
        for wanted in _slices(num_samples, block):
            # No sweep leads to the draws that fill up the last block.
            sweeps = np.zeros(block, dtype=np.int32)
            sweeps[: len(wanted)] = sweeps_to_draw[wanted]
            states, drawn = _run_block(
                rng_key, jnp.asarray(padded), states, who_acts, up_prob_fn, jnp.asarray(sweeps)
            )
            draws[np.ix_(chains, wanted)] = np.asarray(drawn)[: len(chains), : len(wanted)]
            n_done += len(chains) * len(wanted)
            if on_progress is not None:
                on_progress(n_done, n_chains * num_samples)
    return draws


def _slices(n: int, size: int) -> Iterator[NDArray[np.intp]]:
    for first in range(0, n, size):
        yield np.arange(first, min(first + size, n))


# The full optimisation of XLA takes half as long again to compile and gains nothing here.
@partial(jax.jit, compiler_options={"xla_backend_optimization_level": 1})
def _run_block(
    rng_key: Array,
    chains: Array,
    states: kernel.SpinState,
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    sweeps_to_draw: Array,
) -> tuple[kernel.SpinState, Array]:
    def one_chain(chain: Array, state: kernel.SpinState) -> tuple[kernel.SpinState, Array]:
        chain_key = jax.random.fold_in(rng_key, chain)

        def sweep(_: int, state: kernel.SpinState) -> kernel.SpinState:
            sweep_key = jax.random.fold_in(chain_key, state.n_sweeps)
            return kernel.step(sweep_key, state, who_acts, up_prob_fn)[0]

        def draw(state: kernel.SpinState, n_sweeps: Array) -> tuple[kernel.SpinState, Array]:
            state = jax.lax.fori_loop(0, n_sweeps, sweep, state)
            return state, state.spins

        return jax.lax.scan(draw, state, sweeps_to_draw)

    return jax.vmap(one_chain)(chains, states)
