"""The packed engine: 32 chains in a word, agents of one absolute precision on a sparse graph.

Who it is for: every tie has the same ``|gamma|``, every bias is 0 or of one size, nobody hears more
than `MOST_NEIGHBOURS`, and a sweep has few ticks. Lattices and random graphs with ferromagnetic or
±J ties under chromatic, synchronous, partially synchronous and short sequential sweeps; any action
rule; clamped agents; asymmetric ties (each agent reads its own row of signs).

How it is fast. (1) A word's 32 chains cost one pass of logic (``bitwise``). (2) The streams have no
state to carry, so a tick is one elementwise kernel from words to words. (3) Agents are numbered
tick by tick: what a tick writes is one contiguous slice. (4) Arrays are one-dimensional, the words
of an agent side by side, since XLA vectorises only the last axis and it is short. (5) Chains are
shared out over threads; their streams know them by number.

Shapes: ``n_words`` words for each of the slots, flat ``(n_slots * n_words,)`` uint32; slots are the
free agents in order of their ticks, the clamped ones, and two ghosts, one down and one up. An agent
with fewer neighbours than others of its group hears as many ghosts of either kind, which cancel.

References: Jacobs & Rebbi 1981, Zorn, Herrmann & Rebbi 1981 (multi-spin coding).
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.collective import Collective
from pp_spin.engine.actions import Chances, acted, chances, if_they_act, rate_of
from pp_spin.engine.dynamics import Dynamics, without_ticks
from pp_spin.engine.engine import Engine
from pp_spin.engine.streams import ACTION, WHO_ACTS, words_at
from pp_spin.engine.words import FULL, WORD, packed, unpacked

NAME = "packed"

MOST_NEIGHBOURS = 15
"""Neighbours that four binary digits count."""

MOST_TICKS = 32
"""Ticks of a sweep: each is compiled apart."""

CHUNK_WORDS = 2**16
"""Words of spins worked on at once by a worker: they stay in its cache."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["seen", "mirrored", "table", "rate"],
    meta_fields=["first"],
)
@dataclass(frozen=True)
class Group:
    """Agents of one tick who hear equally many, with or without a bias."""

    seen: Array
    """``(n_neighbours, n_agents * n_words)`` int32: the word of each neighbour, its complement
    (``~``) where the tie is negative"""
    mirrored: Array
    """``(n_agents * n_words,)`` uint32: all bits set for agents of negative bias"""
    table: Chances
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    first: int
    """slot of the first agent"""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["groups", "slot_of"],
    meta_fields=["n_words", "together"],
)
@dataclass(frozen=True, eq=False)
class Packed:
    """A collective and schedule, ready to run ``n_words * 32`` chains."""

    groups: tuple[Group, ...]
    slot_of: Array
    """``(n_agents,)``: the slot of each agent"""
    n_words: int
    together: bool


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    collective, _, ticks = dynamics
    sizes = np.abs(collective.ties.data)
    biases = np.abs(collective.prior_precision[collective.free])
    if ticks is None:
        return without_ticks(dynamics)
    if len(ticks.agents) > MOST_TICKS:
        return f"a sweep takes {len(ticks.agents)} ticks, more than {MOST_TICKS}"
    if len(sizes) and sizes.min() != sizes.max():
        return "precisions differ in size"
    if len(np.unique(biases[biases > 0])) > 1:
        return "biases differ in size"
    most = int(np.diff(collective.ties.indptr).max())
    if most > MOST_NEIGHBOURS:
        return f"an agent hears {most} others, more than {MOST_NEIGHBOURS}"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Whole words of chains, shared out evenly or as many as the cache holds."""
    n_words = -(-n_chains // WORD)
    fits = CHUNK_WORDS // dynamics.collective.n_agents
    return WORD * max(1, min(-(-n_words // workers), fits))


def build(dynamics: Dynamics, n_chains: int) -> Packed:
    """The program for whole words of chains."""
    collective, _, ticks = dynamics
    assert ticks is not None
    assert n_chains % WORD == 0
    n_words = n_chains // WORD
    order = [group for tick in ticks.agents for group in _alike(collective, tick)]
    slots = np.concatenate([*order, np.array(list(collective.clamped), dtype=np.intp)])
    slot_of = np.argsort(slots)
    gamma = float(np.abs(collective.ties.data[:1]).sum())
    rate = rate_of(ticks)
    groups, first = [], 0
    for agents in order:
        zeta = collective.prior_precision[agents]
        seen = _seen(collective.ties, agents, slot_of, zeta < 0)
        groups.append(
            Group(
                jnp.asarray(_per_word(seen, n_words)),
                jnp.asarray(np.repeat(np.where(zeta < 0, FULL, np.uint32(0)), n_words)),
                chances(collective.action_rule, len(seen), gamma, float(np.abs(zeta[0]))),
                rate,
                first,
            )
        )
        first += len(agents)
    return Packed(tuple(groups), jnp.asarray(slot_of), n_words, ticks.together)


def encode(program: Packed, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)`` and the two ghosts."""
    slots = np.argsort(np.asarray(program.slot_of))
    words = np.zeros((len(slots) + 2, program.n_words), dtype=np.uint32)
    words[:-2] = packed(spins[:, slots])
    words[-1] = FULL
    return jnp.asarray(words.ravel())


def spins_of(program: Packed, words: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` of a state."""
    return unpacked(words.reshape(-1, program.n_words)[program.slot_of])


def sweep(program: Packed, key: Array, first_chain: Array, number: Array, words: Array) -> Array:
    """One sweep of every chain."""
    first_word, after = first_chain // WORD, words
    for group in program.groups:
        actions = _actions(group, program.n_words, key, first_word, number, words)
        place = (group.first * program.n_words,)
        after = jax.lax.dynamic_update_slice(after, actions, place)
        if not program.together:
            words = after
    return after


def _actions(
    group: Group, n_words: int, key: Array, first_word: Array, number: Array, words: Array
) -> Array:
    n_lanes = len(group.mirrored)
    lane = jax.lax.iota(jnp.uint32, n_lanes)
    site, block = lane // n_words + group.first, lane % n_words + first_word
    agreeing = []
    for seen in group.seen:
        opposed = seen >> 31
        spins = words.at[seen ^ opposed].get(mode="promise_in_bounds")
        agreeing.append(spins ^ opposed.astype(jnp.uint32))
    up = acted(agreeing, group.table, words_at(key, site, block, number, ACTION)) ^ group.mirrored
    now = jax.lax.dynamic_slice(words, (group.first * n_words,), (n_lanes,))
    return if_they_act(up, now, group.rate, words_at(key, site, block, number, WHO_ACTS))


def _alike(collective: Collective, tick: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    """A tick's agents by the parity of how many they hear, and by whether they have a bias."""
    parity = np.diff(collective.ties.indptr)[tick] % 2
    kind = 2 * parity + (collective.prior_precision[tick] != 0)
    return [tick[kind == value] for value in np.unique(kind)]


def _seen(
    ties: csr_array,
    agents: NDArray[np.intp],
    slot_of: NDArray[np.intp],
    mirrored: NDArray[np.bool_],
) -> NDArray[np.int32]:
    """The slots that each agent hears, ``(n_neighbours, n_agents)``, complements where opposed."""
    rows = ties[agents]
    degrees = np.diff(rows.indptr)
    n_agents, down = len(agents), ties.shape[0]
    most = int(degrees.max())
    row = np.repeat(np.arange(n_agents), degrees)
    column = np.arange(len(row)) - np.repeat(rows.indptr[:-1], degrees)
    # Ghosts in pairs: every other place that nobody fills is down (down) or up (down + 1).
    seen = np.empty((most, n_agents), dtype=np.int32)
    seen[:] = down + (np.arange(most)[:, None] - degrees) % 2
    opposed = (rows.data < 0) != mirrored[row]
    slots = slot_of[rows.indices]
    seen[column, row] = np.where(opposed, ~slots, slots)
    return seen


def _per_word(seen: NDArray[np.int32], n_words: int) -> NDArray[np.int32]:
    """The same for words: flat, the words of an agent side by side."""
    slot = np.where(seen < 0, ~seen, seen)[..., None]
    words = slot * n_words + np.arange(n_words, dtype=np.int32)
    both = np.where(seen[..., None] < 0, ~words, words)
    return both.reshape(len(seen), seen.shape[1] * n_words)


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
