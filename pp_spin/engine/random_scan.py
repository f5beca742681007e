"""Random scan, whatever an agent does with its turn: who acts, in rounds of ticks (app. C).

A sweep of n free agents is n ticks of every chain, each of an agent that chance picks, in at most
`ROUNDS` rounds. What chance decides in a round is drawn for all chains in vector kernels before any
of its ticks is made, since ticks, which wait for one another, are a loop of single numbers. XLA
compiles a loop as one function, without dispatch, only where a turn touches less than a kilobyte,
and changes an array in place only where nothing reads it afterwards: `at`, `cut` and `put` are what
such loops are made of.

Randomness: the stream at the place (tick of its round, chain, sweep) gives two words a round, 64 in
all at most: who acts, within ``n / 2**32`` of even chances, and a word for the action.
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import dynamic_slice, dynamic_update_slice, fori_loop
from numpy.typing import NDArray

from pp_spin.collective import Collective
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.streams import ACTION, Stream, next_word, words_at
from pp_spin.schedule import RandomScan

ROUNDS = 32
"""Rounds of a sweep, at most: a stream gives two words in each."""

STEP = 4
"""Ticks of a round are a multiple of this, where they are many."""


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a schedule; None where it can."""
    if not isinstance(dynamics.schedule, RandomScan):
        return "who acts is set by the schedule, not drawn one by one"
    if len(dynamics.collective.free) == 0:
        return "every agent is clamped"
    return None


def even_share(n_agents: int, n_chains: int, workers: int, most: int) -> int:
    """Chains to a worker at once, ``most`` spins or one chain: all parts about as large."""
    share = -(-n_chains // workers)
    parts = -(-share * n_agents // most)
    return -(-share // min(parts, share))


def slots_of(collective: Collective) -> NDArray[np.intp]:
    """The agents in the order of their slots: the free ones, then the clamped ones."""
    return np.concatenate([collective.free, np.array(list(collective.clamped), dtype=np.intp)])


def sweep(
    ticks: Callable[[Array, Array, Array, Array], Array],
    sizes: tuple[int, int],
    key: Array,
    first_chain: Array,
    number: Array,
    state: Array,
) -> Array:
    """A sweep of ``sizes`` = (chains, free agents), round by round.

    ``ticks(n_ticks, who, word, state)`` is the state after ``n_ticks`` more ticks of every chain;
    ``who`` acts and the random ``word`` are uint32 ``(n_chains * n_streams,)``, chain by chain.
    """
    n_chains, n_free = sizes
    n_streams = streams_of(n_free)
    n_rounds = -(-n_free // n_streams)
    lane = jax.lax.iota(jnp.uint32, n_chains * n_streams)
    chain = lane // n_streams + first_chain
    stream = words_at(key, lane % n_streams, chain, number, ACTION)

    def one(turn: Array, carry: tuple[Stream, Array]) -> tuple[Stream, Array]:
        stream, state = carry
        draw, stream = next_word(stream)
        word, stream = next_word(stream)
        n_ticks = jnp.minimum(n_streams, n_free - turn * n_streams).astype(jnp.uint32)
        return stream, ticks(n_ticks, draw % n_free, word, state)

    return fori_loop(0, n_rounds, one, (stream, state))[1]


def streams_of(n_free: int) -> int:
    """Ticks of a round: one if that makes few rounds, else a multiple of `STEP`."""
    return 1 if n_free <= ROUNDS else -(-n_free // (ROUNDS * STEP)) * STEP


def at(table: Array, index: Array) -> Array:
    """The element of a flat table, ``index`` uint32 within it."""
    return cut(table, index, 1)[0]


def cut(table: Array, index: Array, width: int) -> Array:
    """``width`` elements of a flat table from ``index`` on."""
    return dynamic_slice(table, (index,), (width,), allow_negative_indices=False)


def put(table: Array, values: Array, index: Array) -> Array:
    """A flat table with ``values`` from ``index`` on."""
    return dynamic_update_slice(table, values, (index,), allow_negative_indices=False)
