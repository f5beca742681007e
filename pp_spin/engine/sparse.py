"""The sparse engine: real precisions and biases, each agent's own, on a graph of any shape.

Who it is for: spin glasses, and any collective in which nobody hears nearly everybody: precisions
and biases of all sizes, asymmetric ties, clamped agents, any action rule; chromatic, sequential,
synchronous and partially synchronous sweeps; from one chain and from a few agents to a million.

How it is fast. (1) Spins are words of 32 chains, as in ``packed``, agents are numbered tick by tick
and the streams have no state. (2) Who hears at most `MOST_TABLED` others has a table of what to do
for each of the 16 things to hear, made once; 32 chains look it up in one pass of logic
(``bitwise``). (3) Who hears more sums its field ``x = zeta + sum gamma s`` (eqs. 5, 11) in single
precision, neighbour by neighbour: each adds or takes gamma in a (32, lanes) array that stays in the
cache. The words heard next are looked up one step ahead, so that they are in memory and are not
looked up for each chain anew. (4) Ticks are cut into blocks of equal size, sorted by how many are
heard, and a loop runs the blocks. Whatever the number of ticks, colours and neighbours, there is
one kernel to compile for each kind of agent: looked up, summed, and summed over so many that they
have blocks of their own.

Shapes: ``n_words`` words for each of the slots, flat ``(n_slots * n_words,)`` uint32; slots are the
blocks of each kind, then the clamped agents and a ghost, which is down. Blocks are filled up with
slots that nobody hears, agents' ties with ties of precision 0 to the ghost. A *lane* is a word of
an agent; a *row* is one neighbour of each lane of a block.

Randomness: site is the agent's number, block its word of chains. Fewer than `FEW` chains are all
summed, so they draw otherwise than more do.

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
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.agents.action import ActionRule
from pp_spin.collective import Collective
from pp_spin.engine.actions import up_prob
from pp_spin.engine.bitwise import drawn
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine
from pp_spin.engine.streams import ACTION, WHO_ACTS, Stream, next_word, words_at
from pp_spin.engine.words import WORD, packed, unpacked

NAME = "sparse"

MOST_TABLED = 4
"""Neighbours up to which a table is quicker than a sum: it doubles with each."""

MOST_BLOCKED = 64
"""Neighbours above which agents have blocks of their own, smaller ones where they are few."""

FEW = 8
"""Chains below which a table, whose 32 lanes cost the same however many are in use, is slower."""

LANES = 2**10
"""Lanes of a block of 32 chains at most: its fields stay in the cache."""

VECTORS = 2**6
"""Lanes that a kernel takes in one turn of its loop."""

BLOCK_LANES = 2**7
"""What it costs to begin a block, in lanes."""

CHUNK_WORDS = 2**16
"""Words of spins worked on at once by a worker."""

MOST_PADDING, LARGE = 8, 2**22
"""By how much blocks may outgrow the ties, where they are large (in rows times lanes)."""


class Table(NamedTuple):
    """What to do for each of the ``2**most`` things to hear; bit k is the k-th neighbour's spin."""

    error: Array
    """``(n_blocks * 2**most * lanes,)`` uint32: chance of the less likely action, over 2**32"""
    likelier: Array
    """``(n_blocks * lanes,)`` uint32: bit c is set where +1 is the likelier answer to c"""


class Field(NamedTuple):
    """What to sum."""

    gamma: Array
    """``((n_rows + 1) * lanes,)`` float32"""
    zeta: Array
    """``(n_blocks * lanes,)`` float32"""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["agent", "seen", "row", "tick", "beliefs"],
    meta_fields=["lanes", "most", "place"],
)
@dataclass(frozen=True, eq=False)
class Blocks:
    """The blocks of one kind, tick by tick."""

    agent: Array
    """``(n_blocks * lanes,)`` uint32: the number of each lane's agent"""
    seen: Array
    """``((n_rows + 1) * lanes,)`` int32: the word that each lane hears in each row"""
    row: Array
    """``(n_blocks + 1,)`` int32: the first row of each block"""
    tick: Array
    """``(n_ticks + 1,)`` int32: the first block of each tick"""
    beliefs: Table | Field
    lanes: int
    most: int
    """rows of a block at most; all have so many where there is a table"""
    place: int
    """the first block's first word"""


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
        return "agents are drawn one by one, by each chain for itself"
    degrees = np.diff(collective.ties.indptr)
    if degrees.max() > 64 and degrees.mean() > collective.n_agents / 4:
        return f"it is dense: agents hear {degrees.mean():.0f} of {collective.n_agents} others"
    n_chains = chunk(dynamics, n_chains, 1)
    padded = 0
    for members in _members(dynamics, n_chains):
        heard = np.where(members.blocks < 0, 0, degrees[members.blocks])
        padded += int(heard.max(axis=1).sum()) * members.blocks.shape[1]
    if padded > max(MOST_PADDING * collective.ties.nnz, LARGE):
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
    n_words = -(-n_chains // WORD)
    members = _members(dynamics, n_chains)
    slots = np.concatenate([*(m.blocks.ravel() for m in members), list(collective.clamped)])
    slot_of = np.empty(collective.n_agents, dtype=np.int32)
    slot_of[slots[slots >= 0].astype(np.intp)] = np.flatnonzero(slots >= 0)
    place, kinds = 0, []
    for kind in members:
        kinds.append(_blocks(collective, kind, slot_of, len(slots), n_words, place))
        place += kind.blocks.size * n_words
    return Sparse(
        tuple(kinds),
        jnp.asarray(slot_of),
        jax.tree.map(lambda number: jnp.asarray(number, jnp.float32), collective.action_rule),
        None if ticks.rate == 1 else jnp.asarray([round(ticks.rate * 2**32)], dtype=jnp.uint32),
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
    if program.rate is None:
        return up
    now = jax.lax.dynamic_slice(words, (kind.place + b * kind.lanes,), (kind.lanes,))
    everybody = [~jnp.zeros_like(up)]
    acts = drawn(words_at(key, agent, word, number, WHO_ACTS), everybody, program.rate)
    return now ^ (acts & (up ^ now))


def _looked_up(
    true: Array, kind: Blocks, table: Table, b: Array, words: Array, stream: Stream
) -> Array:
    def looked_up() -> tuple[Array, ...]:
        return tuple(_heard(kind, words, b * kind.most + k) for k in range(kind.most))

    heard = [~jnp.zeros_like(stream.a)]
    nothing = tuple(jnp.zeros_like(stream.a) for _ in range(kind.most))
    for spins in jax.lax.cond(true, looked_up, lambda: nothing):
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
    # A conditional is kept apart from the kernel that decides, which would repeat it for each bit.
    nothing = jnp.zeros(x.shape, jnp.int32)
    return jax.lax.cond(program.true, responded, lambda _: nothing, x)


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


# ---- how agents are arranged


class Members(NamedTuple):
    """Agents of one kind in their blocks."""

    blocks: NDArray[np.intp]
    """``(n_blocks, agents of a block)``, -1 where there is none"""
    tick: NDArray[np.int32]
    """``(n_ticks + 1,)``: the first block of each tick"""
    tabled: bool


def _members(dynamics: Dynamics, n_chains: int) -> list[Members]:
    """The free agents, by kind, tick, and how many they hear."""
    assert dynamics.ticks is not None
    degrees = np.diff(dynamics.collective.ties.indptr)
    bounds = [MOST_TABLED if n_chains >= FEW else -1, MOST_BLOCKED]
    kinds = np.searchsorted(bounds, degrees)
    members = []
    for kind in range(3):
        ticks = [tick[kinds[tick] == kind] for tick in dynamics.ticks.agents]
        sizes = np.array([len(tick) for tick in ticks])
        if not sizes.any():
            continue
        width = _width(sizes, n_chains)
        n_blocks = -(-sizes // width)
        # One block more than there are: of a single one XLA takes the whole for no slice at all, and
        # melts the kernels of its loop together.
        blocks = np.full((n_blocks.sum() + 1, width), -1, dtype=np.intp)
        first = np.append(0, np.cumsum(n_blocks)).astype(np.int32)
        for tick, start in zip(ticks, first[:-1] * width, strict=True):
            blocks.flat[start : start + len(tick)] = tick[np.argsort(degrees[tick], kind="stable")]
        members.append(Members(blocks, first, tabled=kind == 0))
    return members


def _width(sizes: NDArray[np.intp], n_chains: int) -> int:
    """Agents of a block: as few lanes and blocks as possible for ticks of these sizes."""
    n_words = -(-n_chains // WORD)
    fewer = WORD // min(n_chains, WORD)
    # What is left over when a kernel's vectors are done takes it as long as they do.
    lanes = [8, 16, 32, *range(VECTORS, LANES * fewer + 1, VECTORS)]
    widths = {-(-count // n_words) for count in lanes}

    def cost(width: int) -> int:
        return int((-(-sizes // width)).sum()) * (width * n_words + BLOCK_LANES * fewer)

    return min(sorted(widths), key=cost)


def _blocks(
    collective: Collective,
    members: Members,
    slot_of: NDArray[np.int32],
    ghost: int,
    n_words: int,
    place: int,
) -> Blocks:
    n_blocks, width = members.blocks.shape
    ghosts = members.blocks < 0
    agents = np.where(ghosts, 0, members.blocks)
    degrees = np.where(ghosts, 0, np.diff(collective.ties.indptr)[agents])
    most = int(degrees.max())
    heights = np.full(n_blocks, most) if members.tabled else degrees.max(axis=1)
    row = np.append(0, np.cumsum(heights))
    # One row more, so that looking ahead ends within it.
    seen = np.full((row[-1] + 1, width), ghost, dtype=np.int32)
    gamma = np.zeros((row[-1] + 1, width), dtype=np.float64 if members.tabled else np.float32)
    block, column = np.nonzero(~ghosts)
    ties = collective.ties[members.blocks[~ghosts]]
    counts = np.diff(ties.indptr)
    nth = np.arange(ties.nnz) - np.repeat(ties.indptr[:-1], counts)
    at = np.repeat(row[block], counts) + nth, np.repeat(column, counts)
    seen[at], gamma[at] = slot_of[ties.indices], ties.data
    zeta = np.where(ghosts, 0, collective.prior_precision[agents])
    beliefs: Table | Field
    if members.tabled:
        rows = gamma[:-1].reshape(n_blocks, most, width)
        beliefs = _table(collective.action_rule, rows, zeta, n_words)
    else:
        beliefs = Field(_lanes(gamma, n_words), _lanes(zeta.astype(np.float32), n_words))
    words = seen[..., None] * n_words + np.arange(n_words, dtype=np.int32)
    return Blocks(
        _lanes(agents.astype(np.uint32), n_words),
        jnp.asarray(words.ravel()),
        jnp.asarray(row, dtype=jnp.int32),
        jnp.asarray(members.tick),
        beliefs,
        width * n_words,
        most,
        place,
    )


def _table(
    rule: ActionRule, gamma: NDArray[np.float64], zeta: NDArray[np.float64], n_words: int
) -> Table:
    """The table of agents with precisions ``(n_blocks, most, width)``, in double precision."""
    n_blocks, most, width = gamma.shape
    answers = np.arange(2**most)
    error = np.empty((n_blocks, len(answers), width), dtype=np.uint32)
    likelier = np.zeros((n_blocks, width), dtype=np.uint32)
    for answer in answers:
        spins = 2.0 * (answer >> np.arange(most) & 1) - 1
        up = up_prob(rule, zeta + spins @ gamma)
        error[:, answer] = np.rint(np.minimum(up, 1 - up) * 2.0**32)
        likelier |= np.where(up > 0.5, np.uint32(1 << answer), np.uint32(0))
    return Table(_lanes(error, n_words), _lanes(likelier, n_words))


def _lanes(numbers: NDArray, n_words: int) -> Array:
    return jnp.asarray(np.repeat(numbers.ravel(), n_words))


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
