"""The sparse engine: real precisions and biases, each agent's own, on a graph of any shape.

Who it is for: spin glasses, and any collective in which nobody hears nearly everybody: precisions
and biases of all sizes, asymmetric ties, clamped agents, any action rule; chromatic, sequential,
synchronous and partially synchronous sweeps; from one chain and from a few agents to a million.

How it is fast. (1) Spins are words of 32 chains, as in ``packed``, agents are numbered tick by tick
and the streams have no state. (2) Who hears few others has a table of what to do for each of the 16
things to hear, made once; 32 chains look it up in one pass of logic (``bitwise``). (3) Who hears
more sums its field ``x = zeta + sum gamma s`` (eqs. 5, 11) in single precision, neighbour by
neighbour: each adds or takes gamma in a (32, lanes) array that stays in the cache. The words heard
next are looked up one step ahead, so that they are in memory and are not looked up for each chain
anew. (4) Agents are arranged in blocks of one size (``blocks``), which a loop runs: there is one
kernel to compile for each kind of agent.

Shapes: ``n_words`` words for each of the slots, flat ``(n_slots * n_words,)`` uint32. Slots, lanes
and rows are those of ``blocks``.

Randomness: site is the agent's number, block its word of chains. Fewer than `blocks.FEW` chains are
all summed, so they draw otherwise than more do.

Resolution. A table's probabilities are right to 2**-33, lanes of one word are independent to 2**-24
(``bitwise``). A summed agent's uniform number has 32 digits: 16 its own, 16 shared by the word, so
that two lanes depend on each other only where both tie, to 2**-32 in total variation. Its
probability is computed in single precision, to 2**-22. So is its field: with d neighbours it is off
by at most ``(d + 2) 2**-24 (|zeta| + sum |gamma|)``, which moves probability matching by half as
much: at worst 2e-6 for 6 neighbours of unit size, 2e-5 for 20.

References: Jacobs & Rebbi 1981 (multi-spin coding).
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.agents.action import ActionRule
from pp_spin.engine.actions import if_they_act, rate_of
from pp_spin.engine.bitwise import drawn
from pp_spin.engine.blocks import LANES, Blocks, Field, Table, arranged, padded
from pp_spin.engine.dynamics import Dynamics, without_ticks
from pp_spin.engine.engine import Engine
from pp_spin.engine.memory import in_memory
from pp_spin.engine.streams import ACTION, WHO_ACTS, Stream, next_word, words_at
from pp_spin.engine.words import WORD, packed, unpacked

NAME = "sparse"

CHUNK_WORDS = 2**16
"""Words of spins worked on at once by a worker."""

MOST_PADDING, LARGE = 8, 2**22
"""By how much blocks may outgrow the ties, where they are large (in rows times lanes)."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["kinds", "slot_of", "rule", "rate", "true"],
    meta_fields=["n_chains", "together"],
)
@dataclass(frozen=True, eq=False)
class Sparse:
    """A collective and schedule, ready to run ``n_chains``."""

    kinds: tuple[Blocks, ...]
    slot_of: Array
    """``(n_agents,)``: the slot of each agent"""
    rule: ActionRule
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    true: Array
    """True, but not for the compiler"""
    n_chains: int
    together: bool

    @property
    def n_words(self) -> int:
        """Words of an agent."""
        return -(-self.n_chains // WORD)


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    collective, ticks = dynamics.collective, dynamics.ticks
    if ticks is None:
        return without_ticks(dynamics)
    degrees = np.diff(collective.ties.indptr)
    if degrees.max() > 64 and degrees.mean() > collective.n_agents / 4:
        return f"it is dense: agents hear {degrees.mean():.0f} of {collective.n_agents} others"
    room = padded(dynamics, chunk(dynamics, n_chains, 1))
    if room > max(MOST_PADDING * collective.ties.nnz, LARGE):
        return f"numbers of neighbours are too uneven, up to {degrees.max()}"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Whole words of chains, shared out evenly or as many as the cache holds; or all of a few."""
    if n_chains < WORD:
        return n_chains
    fits = min(LANES, CHUNK_WORDS // dynamics.collective.n_agents)
    return WORD * max(1, min(-(-n_chains // (WORD * workers)), fits))


def build(dynamics: Dynamics, n_chains: int) -> Sparse:
    """The program for ``n_chains``, or for the words that they fill."""
    collective, _, ticks = dynamics
    assert ticks is not None
    kinds, slot_of = arranged(dynamics, n_chains)
    return Sparse(
        kinds,
        jnp.asarray(slot_of),
        jax.tree.map(jnp.float32, collective.action_rule),
        rate_of(ticks),
        jnp.asarray(True),
        n_chains,
        ticks.together,
    )


def encode(program: Sparse, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``."""
    slot_of = np.asarray(program.slot_of)
    n_slots = sum(len(kind.agent) for kind in program.kinds) // program.n_words
    n_slots = max(n_slots, int(slot_of.max()) + 1)
    words = np.zeros((n_slots + 1, program.n_words), dtype=np.uint32)
    words[slot_of] = packed(spins)
    return jnp.asarray(words.ravel())


def spins_of(program: Sparse, words: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` of a state."""
    spins = unpacked(words.reshape(-1, program.n_words)[program.slot_of])
    return spins[: program.n_chains]


def sweep(program: Sparse, key: Array, first_chain: Array, number: Array, words: Array) -> Array:
    """One sweep of every chain."""
    first_word = first_chain // WORD

    def tick(index: Array, now: Array) -> Array:
        for kind in program.kinds:

            def block(b: Array, now: Array, kind: Blocks = kind) -> Array:
                seen = words if program.together else now
                actions = _actions(program, kind, b, key, first_word, number, seen)
                return jax.lax.dynamic_update_slice(now, actions, (kind.place + b * kind.lanes,))

            now = jax.lax.fori_loop(kind.tick[index], kind.tick[index + 1], block, now)
        return now

    return jax.lax.fori_loop(0, len(program.kinds[0].tick) - 1, tick, words)


def _actions(
    program: Sparse,
    kind: Blocks,
    b: Array,
    key: Array,
    first_word: Array,
    number: Array,
    words: Array,
) -> Array:
    """The words of a block after its agents have acted on ``words``."""
    agent = _line(kind, kind.agent, b)
    word = jax.lax.iota(jnp.uint32, kind.lanes) % program.n_words + first_word
    stream = words_at(key, agent, word, number, ACTION)
    if isinstance(kind.beliefs, Table):
        up = _looked_up(program.true, kind, kind.beliefs, b, words, stream)
    else:
        up = _decided(_thresholds(program, kind, kind.beliefs, b, words), stream)
    now = jax.lax.dynamic_slice(words, (kind.place + b * kind.lanes,), (kind.lanes,))
    return if_they_act(up, now, program.rate, words_at(key, agent, word, number, WHO_ACTS))


def _looked_up(
    true: Array, kind: Blocks, table: Table, b: Array, words: Array, stream: Stream
) -> Array:
    def looked_up(words: Array) -> list[Array]:
        return [_heard(kind, words, b * kind.most + k) for k in range(kind.most)]

    heard = [~jnp.zeros_like(stream.a)]
    for spins in in_memory(true, looked_up, words):
        heard = [plane & ~spins for plane in heard] + [plane & spins for plane in heard]
    size = len(heard) * kind.lanes
    errors = jax.lax.dynamic_slice(table.error, (b * size,), (size,)).reshape(len(heard), -1)
    up, likelier = jnp.zeros_like(stream.a), _line(kind, table.likelier, b)
    for c, plane in enumerate(heard):
        up = up | (plane & -(likelier >> c & 1))
    return up ^ drawn(stream, heard, errors)


def _thresholds(program: Sparse, kind: Blocks, field: Field, b: Array, words: Array) -> Array:
    """Below which a uniform int32 is an action +1, by chain and lane: ``(2 P(+1) - 1) 2**31``."""
    bit = jnp.arange(min(program.n_chains, WORD), dtype=jnp.uint32)[:, None]

    def add(row: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        x, spins = carry
        gamma = _line(kind, field.gamma, row)[None]
        # The chain's bit becomes the sign of a number.
        down = jax.lax.bitcast_convert_type(spins[None] << (WORD - 1 - bit), jnp.int32) >= 0
        return x + jnp.where(down, -gamma, gamma), _heard(kind, words, row + 1)

    def responded(x: Array) -> Array:
        threshold = (2 * program.rule(x) - 1) * jnp.float32(2**31)
        certain = threshold >= 2.0**31
        return jnp.where(certain, np.int32(2**31 - 1), threshold.astype(jnp.int32))

    zeta = _line(kind, field.zeta, b)[None]
    x = jnp.broadcast_to(zeta, (len(bit), kind.lanes))
    first = kind.row[b]
    x, _ = jax.lax.fori_loop(first, kind.row[b + 1], add, (x, _heard(kind, words, first)))
    # The kernel that decides would repeat it for each bit.
    return in_memory(program.true, responded, x)


def _decided(thresholds: Array, stream: Stream) -> Array:
    """Words whose bit b is set where a uniform int32 is below ``thresholds[b]``."""
    half, low = WORD // 2, jnp.uint32(0xFFFF)
    shared, stream = next_word(stream)
    # Never the largest int32, which is the threshold of a certain action.
    shared = jnp.minimum(shared >> half, low - 1)
    up = jnp.zeros_like(shared)
    for pair in range(min(half, len(thresholds))):
        word, stream = next_word(stream)
        for bit, own in ((pair, word << half), (pair + half, word & ~low)):
            if bit < len(thresholds):
                uniform = jax.lax.bitcast_convert_type(own | shared, jnp.int32)
                up = up | jnp.where(uniform < thresholds[bit], np.uint32(1 << bit), np.uint32(0))
    return up


def _heard(kind: Blocks, words: Array, row: Array) -> Array:
    return words.at[_line(kind, kind.seen, row)].get(mode="promise_in_bounds")


def _line(kind: Blocks, flat: Array, index: Array) -> Array:
    return jax.lax.dynamic_slice(flat, (index * kind.lanes,), (kind.lanes,))


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
