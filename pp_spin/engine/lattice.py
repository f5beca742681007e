"""The lattice engine: 32 spins in a word, a periodic square lattice of one precision.

Who it is for: the torus of `network.lattice`, both sides even, every tie of one precision (of
either sign), every bias 0 or of one size, under chromatic, synchronous or partially synchronous
sweeps; any action rule, clamped agents, and any number of chains from one on.

How it is fast. (1) A word's 32 spins cost one pass of logic (``bitwise``). (2) Spins of few chains
fill a word by columns: a word holds ``chains`` chains of each of ``32 / chains`` slabs that the
lattice is cut into, so that one chain of a large lattice costs no more than 32. (3) Nothing is
looked up: a neighbour is the same word of another row, or the next word of this one, and at the
row's end the first word, rotated from each slab to the next. (4) These shifted copies are made
in memory (``memory``), even those of the same number: the kernel that draws is one dimension of
plain logic, and the first colour's draws are not made once more for the second. (5) XLA shares out
a large kernel over processors, so that one chain of a large lattice has them all.

Shapes: a state is the words of either colour of the checkerboard, two flat uint32 arrays ``(height
* width / 2 / n_slabs * n_blocks,)``: rows, words of a row, and blocks of chains side by side.
Agent ``(row, column)`` is of colour ``(row + column) % 2``, the ``column // 2``-th of its row; with
n words in a row, the j-th is in word ``j % n`` and slab ``j // n``. Bit b of a word is chain
``b % chains`` of slab ``b // chains``.

Randomness: site is the word's number, both colours counted; block is that of its chains. How many
chains share a word depends on the sides and on the number of chains (below 32 only): so do draws.
Probabilities are right to 2**-33, and the joint law of two spins of one word to 2**-24
(``bitwise``): the same agent of two chains, or in two slabs.

References: Jacobs & Rebbi 1981, Zorn, Herrmann & Rebbi 1981 (multi-spin coding).
"""

from dataclasses import dataclass
from functools import partial
from math import gcd

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.engine.actions import Chances, acted, chances, if_they_act, rate_of
from pp_spin.engine.dynamics import Dynamics, without_ticks
from pp_spin.engine.engine import Engine
from pp_spin.engine.memory import in_memory
from pp_spin.engine.streams import ACTION, WHO_ACTS, rotated, words_at
from pp_spin.engine.words import FULL, WORD

NAME = "lattice"

CHUNK_WORDS = 2**16
"""Words of spins worked on at once by a thread, unless one word of chains has more."""

State = tuple[Array, Array]


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["table", "opposed", "mirrored", "held", "rate", "true"],
    meta_fields=["height", "width", "chains", "n_blocks", "together"],
)
@dataclass(frozen=True, eq=False)
class Lattice:
    """A collective and schedule, ready to run ``n_blocks`` words of ``chains`` chains each.

    Masks are uint32, for either colour: one word for all, or one for each.
    """

    table: Chances
    opposed: State
    """bits set where an agent takes its neighbours' complements: gamma or else zeta is negative"""
    mirrored: State
    """bits set for agents of negative bias"""
    held: State | None
    """bits set for agents who are clamped; None: nobody is"""
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    true: Array
    """True, but not for the compiler"""
    height: int
    width: int
    chains: int
    n_blocks: int
    together: bool


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can, with any number of chains."""
    collective, ticks = dynamics.collective, dynamics.ticks
    biases = np.abs(collective.prior_precision[collective.free])
    sides = sides_of(collective.ties)
    if ticks is None:
        return without_ticks(dynamics)
    if sides is None:
        return "it is no periodic square lattice with two even sides"
    if (collective.ties.data != collective.ties.data[0]).any():
        return "precisions differ"
    if len(np.unique(biases)) > 1:
        return "biases differ in size"
    colours = np.indices(sides).sum(axis=0).ravel() % 2
    acting = [np.unique(colours[agents]).tolist() for agents in ticks.agents]
    if not ticks.together and acting != [[0], [1]]:
        return "its ticks are not the two colours of a checkerboard"
    return None


def sides_of(ties: csr_array) -> tuple[int, int] | None:
    """Height and width of the periodic lattice, both even, whose ties these are; None if of none.

    Agents are numbered row by row; each hears its four neighbours.
    """
    n_agents = ties.shape[0]
    if not np.array_equal(ties.indptr, 4 * np.arange(n_agents + 1)):
        return None
    heard = np.sort(ties.indices.reshape(n_agents, 4), axis=1)
    width = int(heard[0, 2])
    height = n_agents // width
    if height * width != n_agents or height % 2 or width % 2 or min(height, width) < 4:
        return None
    agents = np.arange(n_agents).reshape(height, width)
    around = [np.roll(agents, step, axis) for axis in (0, 1) for step in (1, -1)]
    expected = np.sort(np.stack(around, axis=2).reshape(n_agents, 4), axis=1)
    return (height, width) if np.array_equal(heard, expected) else None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Chains that one worker works on at once.

    Those of a word are a power of two: no fewer than fill a row's words, no more than there are.
    """
    sides = sides_of(dynamics.collective.ties)
    assert sides is not None
    fill = WORD // gcd(sides[1] // 2, WORD)
    chains = max(fill, min(WORD, 2 ** (n_chains - 1).bit_length()))
    if chains < WORD:
        return chains
    n_blocks = -(-n_chains // WORD)
    return WORD * max(1, min(-(-n_blocks // workers), CHUNK_WORDS // (sides[0] * sides[1])))


def build(dynamics: Dynamics, n_chains: int) -> Lattice:
    """The program for a chunk of ``n_chains``."""
    collective, ticks = dynamics.collective, dynamics.ticks
    sides = sides_of(collective.ties)
    assert ticks is not None
    assert sides is not None
    chains = min(n_chains, WORD)
    gamma, zeta = float(collective.ties.data[0]), collective.prior_precision
    size = float(np.abs(zeta[collective.free[0]]))
    held = ~np.isin(np.arange(collective.n_agents), collective.free)

    def mask(agents: NDArray[np.bool_]) -> State:
        if agents.all() or not agents.any():
            word = jnp.asarray(FULL if agents[0] else 0, dtype=jnp.uint32)
            return word, word
        spins = np.where(agents, 1, -1).astype(np.int8)
        return _words(np.broadcast_to(spins, (n_chains, len(spins))), *sides)

    return Lattice(
        chances(collective.action_rule, 4, abs(gamma), size),
        mask((zeta < 0) != (gamma < 0)),
        mask(zeta < 0),
        mask(held) if held.any() else None,
        rate_of(ticks),
        jnp.asarray(True),
        *sides,
        chains,
        n_chains // chains,
        ticks.together,
    )


def encode(program: Lattice, spins: NDArray[np.int8]) -> State:
    """The state of spins ``(n_chains, n_agents)``."""
    return _words(spins, program.height, program.width)


def sweep(program: Lattice, key: Array, first_chain: Array, number: Array, state: State) -> State:
    """One sweep of every chain."""
    first_block = first_chain // program.chains
    even, odd = state
    after = _actions(program, 0, key, first_block, number, even, odd)
    seen = even if program.together else after
    return after, _actions(program, 1, key, first_block, number, odd, seen)


def spins_of(program: Lattice, state: State) -> Array:
    """Spins ``(n_chains, n_agents)`` int8 of a state."""
    p, n_slabs = program, WORD // program.chains

    def side_by_side(even: Array, odd: Array) -> Array:
        colours = jnp.stack([even, odd]).reshape(2, p.height // 2, 2, -1, p.n_blocks)
        rows = jnp.stack([colours[:, :, 0], colours[::-1, :, 1]])
        return rows.transpose(4, 2, 0, 3, 1).reshape(p.n_blocks, 1, p.height, 1, -1)

    words = in_memory(program.true, side_by_side, *state)
    bit = jnp.arange(WORD, dtype=jnp.uint32).reshape(n_slabs, p.chains).T
    up = words >> bit[None, :, None, :, None] & 1
    return (2 * up.astype(jnp.int8) - 1).reshape(p.n_blocks * p.chains, -1)


def _actions(
    program: Lattice,
    colour: int,
    key: Array,
    first_block: Array,
    number: Array,
    now: Array,
    others: Array,
) -> Array:
    """The words of one colour after its agents have acted on the others (eqs. 5, 11)."""
    lane = jax.lax.iota(jnp.uint32, len(now))
    site = lane // program.n_blocks + colour * (len(now) // program.n_blocks)
    block = lane % program.n_blocks + first_block
    opposed = program.opposed[colour]
    agreeing = [words ^ opposed for words in _neighbours(program, colour, others)]
    up = acted(agreeing, program.table, words_at(key, site, block, number, ACTION))
    up = up ^ program.mirrored[colour]
    acting = words_at(key, site, block, number, WHO_ACTS)
    up = if_they_act(up, now, program.rate, acting)
    if program.held is not None:
        up = up ^ (program.held[colour] & (up ^ now))
    return up


def _neighbours(program: Lattice, colour: int, others: Array) -> list[Array]:
    """The words above, below, and on either side of those of ``colour``, each flat."""
    chains, n_blocks = program.chains, program.n_blocks

    def shifted(others: Array) -> list[Array]:
        rows = others.reshape(program.height, -1)
        above, below = jnp.roll(rows, 1, axis=0), jnp.roll(rows, -1, axis=0)
        # One side neighbour is the word of the same number; the other one is a word further, to
        # the left where this colour begins the row, to the right elsewhere.
        pairs = rows.reshape(program.height // 2, 2, -1)
        left, right = pairs[:, colour], pairs[:, 1 - colour]
        last, first = left[:, -n_blocks:], right[:, :n_blocks]
        left = jnp.concatenate([rotated(last, chains), left[:, :-n_blocks]], axis=1)
        right = jnp.concatenate([right[:, n_blocks:], rotated(first, WORD - chains)], axis=1)
        beside = jnp.stack([left, right] if colour == 0 else [right, left], axis=1)
        return [above.ravel(), below.ravel(), others, beside.ravel()]

    return in_memory(program.true, shifted, others)


def _words(spins: NDArray[np.int8], height: int, width: int) -> State:
    """The words of either colour of spins ``(n_chains, n_agents)``."""
    n_chains = len(spins)
    chains = min(n_chains, WORD)
    n_slabs = WORD // chains
    shape = (n_chains // chains, chains, height // 2, 2, n_slabs, width // 2 // n_slabs, 2)
    up = (spins == 1).reshape(shape).transpose(3, 6, 2, 5, 0, 4, 1)
    bits = np.packbits(up.reshape(*up.shape[:5], WORD), axis=-1, bitorder="little")
    words = bits.view("<u4")[..., 0].astype(np.uint32)
    even, odd = (
        np.stack([words[0, colour], words[1, 1 - colour]], axis=1).ravel() for colour in (0, 1)
    )
    return jnp.asarray(even), jnp.asarray(odd)


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
