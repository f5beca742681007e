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

CHUNK_CHAINS = 8192
"""Chains worked on at once: enough to fill vectors, few enough to stay in cache and to report."""


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

    ``on_progress(chains done, chains in all)`` is called after every chunk of chains.
    """
    n_chains, n_agents = start.shape
    draws = np.empty((n_chains, num_samples, n_agents), dtype=np.int8)
    for chains in _chunks(n_chains):
        # The last chunk is filled up with copies of its own chains: one shape, one compilation.
        padded = np.resize(chains, min(CHUNK_CHAINS, n_chains))
        drawn = _run_chunk(
            rng_key,
            jnp.asarray(padded),
            jnp.asarray(start[padded]),
            who_acts,
            up_prob_fn,
            num_warmup,
            thinning,
            num_samples,
        )
        draws[chains] = np.asarray(drawn)[: len(chains)]
        if on_progress is not None:
            on_progress(int(chains[-1]) + 1, n_chains)
    return draws


def _chunks(n_chains: int) -> Iterator[NDArray[np.intp]]:
    for first in range(0, n_chains, CHUNK_CHAINS):
        yield np.arange(first, min(first + CHUNK_CHAINS, n_chains))


# The full optimisation of XLA takes half as long again to compile and gains nothing here.
@partial(
    jax.jit, static_argnames="num_samples", compiler_options={"xla_backend_optimization_level": 1}
)
def _run_chunk(
    rng_key: Array,
    chains: Array,
    start: Array,
    who_acts: Callable[[Array], Array],
    up_prob_fn: Callable[[Array, Array], Array],
    num_warmup: int,
    thinning: int,
    num_samples: int,
) -> Array:
    def one_chain(chain: Array, spins: Array) -> Array:
        chain_key = jax.random.fold_in(rng_key, chain)

        def sweep(_: int, state: kernel.SpinState) -> kernel.SpinState:
            sweep_key = jax.random.fold_in(chain_key, state.n_sweeps)
            return kernel.step(sweep_key, state, who_acts, up_prob_fn)[0]

        def draw(state: kernel.SpinState, n_sweeps: Array) -> tuple[kernel.SpinState, Array]:
            state = jax.lax.fori_loop(0, n_sweeps, sweep, state)
            return state, state.spins

        # The warm-up is a longer way to the first draw, so the sweep is compiled only once.
        sweeps_to_draw = jnp.full(num_samples, thinning).at[0].add(num_warmup)
        return jax.lax.scan(draw, kernel.init(spins), sweeps_to_draw)[1]

    return jax.vmap(one_chain)(chains, start)
