"""Long runs of the packed engine: chains shared out over threads, draws kept as words.

Randomness: a word of chains draws from streams of its own number and the sweep's, so draws depend
on neither the threads nor the chunks that the chains are worked in.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.collective import Collective
from pp_spin.engine import packed
from pp_spin.engine.streams import run_key
from pp_spin.engine.ticks import Ticks
from pp_spin.engine.words import WORD

CHUNK_WORDS = 2**16
"""Words of spins worked on at once by a thread: they stay in its cache."""

CALL_UPDATES = 2**28
"""Updates in one compiled call: between calls a run reports, and can be stopped."""


def run(
    rng_key: Array,
    start: NDArray[np.int8],
    collective: Collective,
    ticks: Ticks,
    *,
    num_warmup: int,
    num_samples: int,
    thinning: int = 1,
    threads: int | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> NDArray[np.int8]:
    """Draws ``(n_chains, num_samples, n_agents)`` from spins ``start`` ``(n_chains, n_agents)``.

    ``on_progress(draws done, draws in all)``, over all chains, is called as the draws come in.
    """
    n_chains, n_agents = start.shape
    threads = threads or os.cpu_count() or 1
    n_words = -(-n_chains // WORD)
    chunk = max(1, min(-(-n_words // threads), CHUNK_WORDS // n_agents))
    program = packed.build(collective, ticks, chunk)
    slots = packed.slots_of(collective, ticks)
    key = run_key(rng_key, packed.NAME)
    chunks = [
        np.arange(first * WORD, min((first + chunk) * WORD, n_chains))
        for first in range(0, n_words, chunk)
    ]
    states = [packed.encode(program, slots, start[chains]) for chains in chunks]
    sweeps_to_draw = np.full(num_samples, thinning, dtype=np.int32)
    sweeps_to_draw[0] += num_warmup
    per_call = CALL_UPDATES // (n_agents * chunk * WORD)
    block = int(min(num_samples, max(1, per_call // thinning)))
    draws = np.empty((n_chains, num_samples, n_agents), dtype=np.int8)
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        for first in range(0, num_samples, block):
            wanted = sweeps_to_draw[first : first + block]
            # No sweep leads to the draws that fill up the last block.
            sweeps = jnp.asarray(np.resize(np.append(wanted, np.zeros(block)), block), jnp.int32)
            number = jnp.uint32(sweeps_to_draw[:first].sum())

            def advanced(
                index: int, sweeps: Array = sweeps, number: Array = number
            ) -> tuple[Array, NDArray[np.uint32]]:
                place = jnp.uint32(index * chunk)
                state, drawn = _advance(program, key, place, number, states[index], sweeps)
                return state, np.asarray(drawn)

            for index, (state, drawn) in enumerate(pool.map(advanced, range(len(chunks)))):
                chains = chunks[index]
                states[index] = state
                spins = packed.decode(program, slots, drawn[: len(wanted)], len(chains))
                draws[chains, first : first + len(wanted)] = spins
                done += len(chains) * len(wanted)
                if on_progress is not None:
                    on_progress(done, n_chains * num_samples)
    return draws


@partial(jax.jit, compiler_options={"xla_cpu_prefer_vector_width": 512})
def _advance(
    program: packed.Packed,
    key: Array,
    first_word: Array,
    number: Array,
    state: Array,
    sweeps_to_draw: Array,
) -> tuple[Array, Array]:
    def draw(carry: tuple[Array, Array], n_sweeps: Array) -> tuple[tuple[Array, Array], Array]:
        state, number = carry

        def one(index: Array, state: Array) -> Array:
            now = number + index.astype(jnp.uint32)
            return packed.sweep(program, key, first_word, now, state)

        state = jax.lax.fori_loop(0, n_sweeps, one, state)
        return (state, number + n_sweeps.astype(jnp.uint32)), state

    (state, _), drawn = jax.lax.scan(draw, (state, number), sweeps_to_draw)
    return state, drawn
