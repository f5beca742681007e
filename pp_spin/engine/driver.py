"""Long runs of any engine: chunks of chains shared out over threads and devices, call by call.

A run is rounds; in a round every chunk makes one compiled call of some sweeps and draws. What a
call makes of its draws is folded inside the compiled loop by an `Observer`: kept (`draws`), or
counted (``evidence.streaming``), so that no draw has to reach memory. Between rounds a run reports,
and can be stopped: a round is finished by every chunk or by none.

How long a call is adapts to the machine, a fraction of a second; draws depend on none of this,
since an engine's streams know chains and sweeps by number (see ``engine``).

Devices: chunks go round over the devices that JAX has, each with its own copy of the program. On
one processor, threads do as well as devices and compile once.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.engine.engine import Plan, Program, State

ROUND_SECONDS = 0.25
"""About how long a round takes: short enough to report and to stop, long enough to be all work."""

CALL_DRAWS, CALL_BYTES = 2**10, 2**25
"""Draws that a round keeps, and their bytes over all chunks, at most. How many are wanted is no
part of it, so that a longer run compiles nothing anew."""

OnProgress = Callable[[int, int], None]
"""Called with (sweeps done, sweeps in all) after each round, warm-up included."""


class Observer(NamedTuple):
    """A fold over the draws of a call."""

    empty: Any
    """what it starts from in every call: a pytree of arrays, of one chunk"""
    seen: Callable[[Any, Any, Array, Array, Array], Any]
    """``(data, so far, number of the draw in its call, number of the first chain, spins (chunk,
    n_agents))`` -> with it"""
    most: int
    """draws that a call may make of it"""
    data: Any = None
    """what ``seen`` is given: a pytree of arrays"""


class Counts(NamedTuple):
    """How much of a run is wanted."""

    num_warmup: int
    num_samples: int
    thinning: int = 1
    sweeps_before: int = 0
    """sweeps that ``start`` is already away from the first of the run, when it is gone on with"""

    @property
    def n_sweeps(self) -> int:
        """Sweeps in all."""
        return self.num_warmup + self.num_samples * self.thinning


class Round(NamedTuple):
    """What a round came to."""

    n_sweeps: int
    """sweeps that every chain has made until now"""
    first: int
    """number of its first draw"""
    n_draws: int
    """0 in the warm-up, when ``folded`` means nothing"""
    seconds: float
    """what the round took"""
    folded: list[Any]
    """what the observer made of them, one for each chunk"""
    states: list[State]


def chunks_of(n_chains: int, chunk: int) -> list[NDArray[np.intp]]:
    """The chains of each chunk; the last one may have fewer."""
    return [np.arange(first, min(first + chunk, n_chains)) for first in range(0, n_chains, chunk)]


def workers(threads: int | None = None) -> int:
    """How many chunks are worked on at once: ``threads``, or as many as there are processors."""
    return threads or max(os.cpu_count() or 1, jax.local_device_count())


def draws(
    rng_key: Array,
    start: NDArray[np.int8],
    plan: Plan,
    counts: Counts,
    *,
    threads: int | None = None,
    on_progress: OnProgress | None = None,
) -> NDArray[np.int8]:
    """Draws ``(n_chains, n_draws, n_agents)`` from spins ``start`` ``(n_chains, n_agents)``.

    A run that is interrupted gives the draws that every chain has made, fewer than wanted; before
    the first one it raises KeyboardInterrupt.
    """
    n_chains, n_agents = start.shape
    found = np.empty((n_chains, counts.num_samples, n_agents), dtype=np.int8)
    done = 0
    try:
        for went in rounds(rng_key, start, plan, counts, keeping(plan, start.shape), threads):
            after = went.first + went.n_draws
            for chains, buffer in zip(chunks_of(n_chains, plan.chunk), went.folded, strict=True):
                made = np.asarray(buffer)[: went.n_draws, : len(chains)]
                found[chains, went.first : after] = np.swapaxes(made, 0, 1)
            done = after
            if on_progress is not None:
                on_progress(went.n_sweeps, counts.n_sweeps)
    except KeyboardInterrupt:
        if not done:
            raise
    return found[:, :done]


def keeping(plan: Plan, shape: tuple[int, ...]) -> Observer:
    """The observer that keeps the draws of a call, ``(most, chunk, n_agents)`` int8.

    ``shape`` is ``(n_chains, n_agents)`` of all chunks. Every call writes all that may be kept, so
    that this must stay small beside the sweeps of a round.
    """
    n_chains, n_agents = shape
    n_kept = len(chunks_of(n_chains, plan.chunk)) * plan.chunk * n_agents
    most = max(1, min(CALL_DRAWS, CALL_BYTES // n_kept))
    return Observer(jnp.zeros((most, plan.chunk, n_agents), jnp.int8), _kept, most)


def rounds(
    rng_key: Array,
    start: NDArray[np.int8],
    plan: Plan,
    counts: Counts,
    observer: Observer,
    threads: int | None = None,
) -> Iterator[Round]:
    """The rounds of a run: its warm-up, then its draws."""
    engine, program, chunk = plan
    chunks = chunks_of(len(start), chunk)
    devices = jax.local_devices()[: len(chunks)]
    places = [devices[index % len(devices)] for index in range(len(chunks))]
    # The last chunk is filled up with copies of its own chains: one shape, one compilation.
    states = [
        jax.device_put(engine.encode(program, start[np.resize(chains, chunk)]), place)
        for chains, place in zip(chunks, places, strict=True)
    ]
    programs = {
        place: jax.device_put((program, observer.data, observer.empty), place) for place in devices
    }
    key = engine.key_of(rng_key, engine.name)

    def call(number: int, lead: int, n_draws: int, index: int) -> tuple[Any, State]:
        folded = _folded(
            engine.sweep,
            engine.spins_of,
            observer.seen,
            *programs[places[index]],
            key,
            np.uint32(index * chunk),
            np.uint32(number),
            states[index],
            np.int32(lead),
            np.int32(min(counts.thinning, 2**31 - 1)),  # no call makes so many sweeps
            np.int32(n_draws),
        )
        return jax.block_until_ready(folded)

    done, swept, most = 0, 0, 1
    with ThreadPoolExecutor(workers(threads)) as pool:
        while done < counts.num_samples:
            # A round is warm-up, or draws, of which the first may have some of it left to go.
            lead, n_draws = counts.num_warmup + counts.thinning * (done + 1) - swept, 0
            if lead > most:
                lead = most
            else:
                more = max(0, most - lead) // counts.thinning
                n_draws = min(1 + more, observer.most, counts.num_samples - done)
            began = time.perf_counter()
            number = counts.sweeps_before + swept
            ended = list(pool.map(partial(call, number, lead, n_draws), range(len(chunks))))
            seconds = time.perf_counter() - began
            most = _adapted(most, seconds)
            swept += lead + max(0, n_draws - 1) * counts.thinning
            states = [state for _, state in ended]
            yield Round(swept, done, n_draws, seconds, [folded for folded, _ in ended], states)
            done += n_draws


def spins_of(plan: Plan, went: Round) -> NDArray[np.int8]:
    """The spins ``(n_chains, n_agents)`` after a round, those that fill up the last chunk too."""
    spins = [plan.engine.spins_of(plan.program, state) for state in went.states]
    return np.concatenate([np.asarray(chunk) for chunk in spins])


def _adapted(most: int, seconds: float) -> int:
    """Sweeps of the next round, from those of the last one and what it took."""
    if seconds > 2 * ROUND_SECONDS:
        return max(1, most // 2)
    return most if seconds > ROUND_SECONDS / 2 else 4 * most


def _kept(_: None, buffer: Array, index: Array, first_chain: Array, spins: Array) -> Array:
    return jax.lax.dynamic_update_index_in_dim(buffer, spins, index, 0)


# Wider vectors than XLA takes of its own accord: a third faster where the processor has them.
@partial(
    jax.jit,
    static_argnums=(0, 1, 2),
    compiler_options={"xla_cpu_prefer_vector_width": 512},
)
def _folded(
    sweep: Callable[..., State],
    spins_of: Callable[..., Array],
    seen: Callable[..., Any],
    program: Program,
    data: Any,
    empty: Any,
    key: Array,
    first_chain: Array,
    number: Array,
    state: State,
    lead: Array,
    thinning: Array,
    n_draws: Array,
) -> tuple[Any, State]:
    """Sweeps and draws of a chunk: ``lead`` sweeps to the first draw, ``thinning`` to each other.

    A call of no draws sweeps ``lead`` times, and its fold means nothing. There is one loop of
    sweeps, so one to compile.
    """

    def one(index: Array, carry: tuple[Array, State]) -> tuple[Array, State]:
        number, state = carry
        return number + 1, sweep(program, key, first_chain, number, state)

    def draw(index: Array, carry: tuple[Any, Array, State]) -> tuple[Any, Array, State]:
        folded, number, state = carry
        n_sweeps = jnp.where(index == 0, lead, thinning)
        number, state = jax.lax.fori_loop(0, n_sweeps, one, (number, state))
        folded = seen(data, folded, index, first_chain, spins_of(program, state))
        return folded, number, state

    folded, _, state = jax.lax.fori_loop(0, jnp.maximum(n_draws, 1), draw, (empty, number, state))
    return folded, state
