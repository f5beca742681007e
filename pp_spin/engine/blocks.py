"""Agents in blocks of equal size: how the sparse engine arranges a collective of any shape.

A sweep is ticks, and a tick's agents hear as many others as they please; what a processor likes is
one kernel over many lanes. So each tick is cut into blocks of one *width*, sorted by how many are
heard, and a loop runs the blocks. Whatever the number of ticks, colours and neighbours, there is
one kernel to compile for each of three kinds of agent: those whose answers are looked up, those who
sum what they hear, and those who sum so many that they have blocks of their own.

Shapes: a *lane* is a word of an agent, 32 of its chains; a *row* is one neighbour of each lane of a
block. Slots are the blocks of each kind, then the clamped agents and a ghost, which is down. Blocks
are filled up with slots that nobody hears, agents' ties with ties of precision 0 to the ghost.

Resolution: chances in a `Table` are computed in double precision and kept to 2**-33; precisions and
biases of a `Field` are rounded to single precision.
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
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.words import WORD

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


def arranged(dynamics: Dynamics, n_chains: int) -> tuple[tuple[Blocks, ...], NDArray[np.int32]]:
    """The blocks of each kind that there is, and the slot of each agent."""
    collective, n_words = dynamics.collective, -(-n_chains // WORD)
    members = _members(dynamics, n_chains)
    slots = np.concatenate([*(m.blocks.ravel() for m in members), list(collective.clamped)])
    slot_of = np.empty(collective.n_agents, dtype=np.int32)
    slot_of[slots[slots >= 0].astype(np.intp)] = np.flatnonzero(slots >= 0)
    kinds, place = [], 0
    for kind in members:
        kinds.append(_blocks(collective, kind, slot_of, len(slots), n_words, place))
        place += kind.blocks.size * n_words
    return tuple(kinds), slot_of


def padded(dynamics: Dynamics, n_chains: int) -> int:
    """Ties that the blocks have room for: those of every agent as if it heard its block's most."""
    degrees = np.diff(dynamics.collective.ties.indptr)
    size = 0
    for members in _members(dynamics, n_chains):
        heard = np.where(members.blocks < 0, 0, degrees[members.blocks])
        size += int(heard.max(axis=1).sum()) * members.blocks.shape[1]
    return size


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
        # One block more than there are: of a single one XLA takes the whole for no slice at all,
        # and melts the kernels of its loop together.
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
