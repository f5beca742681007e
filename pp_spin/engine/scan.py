"""The scan engine: one agent at a time, drawn by each chain for itself (app. C, eqs. C.35-C.41).

Who it is for: random scan, on any collective: sparse or dense, real precisions, asymmetric, with
biases, clamped agents, any action rule; from one chain to millions.

How it is fast. (1) Nothing is summed at a tick: every agent's field ``zeta + sum gamma s`` (eqs. 5
and 11) is kept, and an action that changes a spin, one in a few, tells those who see it. (2) Fields
are whole numbers, in units of ``2**-28`` of the agent's largest: adding and taking away is exact,
so they never drift, and the lowest bit has room for the spin, whose change is thus one more number
to add. (3) What chance decides is drawn beforehand (`random_scan`, `noise`), so that a tick
compares and calls no exponential. (4) Where nearly everybody sees everybody, agents are told in
tiles of `TILE`: the largest whose loop XLA still compiles as one function.

Shapes: slots are the free agents and then the clamped ones; a chain has ``stride`` words, its
slots filled up to whole tiles, and the state is flat ``(n_chains * stride,)`` int32: twice the
field plus 1 where the spin is up.

Randomness: `random_scan`, its word read by `noise`. Rounding a field of k ties to whole units moves
it by at most ``(k + 1) 2**-29`` of the agent's largest.

References: Gillespie 1977 keeps rates up to date like this.
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import fori_loop
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, eye_array

from pp_spin.agents.action import ActionRule
from pp_spin.engine import random_scan
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine
from pp_spin.engine.noise import acts_up, noise_of
from pp_spin.engine.random_scan import at, cut, even_share, put, slots_of, unsuited

NAME = "scan"

TILE = 32
"""Agents told at once where nearly everybody sees everybody."""

CHUNK_WORDS = 2**18
"""Words of state that a thread works on at once."""

_LARGEST = 2.0**28
_SMALLEST = 1e-30


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["rule", "unit", "down", "first", "told", "change", "slot_of"],
    meta_fields=["n_chains", "n_free", "stride"],
)
@dataclass(frozen=True, eq=False)
class Scan:
    """A collective, ready for one agent at a time in ``n_chains`` chains."""

    rule: ActionRule
    unit: Array
    """float32 ``(n_agents,)`` by slot: half log-odds of one unit of the field"""
    down: Array
    """int32 ``(stride,)``: words where everybody is down"""
    first: Array
    """uint32 ``(n_agents + 1,)``: agent i's change is told entries first[i] to first[i + 1]"""
    told: Array
    """uint32 ``(n_entries,)``: the first slot of each entry"""
    change: Array
    """int32 ``(n_entries * width,)``: what its change to +1 adds to each word"""
    slot_of: Array
    """int32 ``(n_agents,)``"""
    n_chains: int
    n_free: int
    stride: int


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Chains for one thread at once: an even share, in parts that stay in its cache."""
    return even_share(dynamics.collective.n_agents, n_chains, workers, CHUNK_WORDS)


def build(dynamics: Dynamics, n_chains: int) -> Scan:
    """The program for ``n_chains`` chains."""
    collective = dynamics.collective
    n_agents, n_free = collective.n_agents, len(collective.free)
    slots = slots_of(collective)
    ties, zeta = collective.ties[slots][:, slots], collective.prior_precision[slots]
    largest = np.maximum(np.abs(ties).sum(axis=1) + np.abs(zeta), _SMALLEST)
    scale = _LARGEST / largest
    first, told, change = _entries(ties, scale)
    width = change.shape[1]
    stride = -(-n_agents // width) * width
    down = np.zeros(stride, dtype=np.int32)
    heard = (diags_array(scale) @ ties).rint().sum(axis=1)
    down[:n_agents] = 2 * (np.rint(zeta * scale) - heard)
    return Scan(
        jax.tree.map(jnp.float32, collective.action_rule),
        jnp.asarray((1 / scale).astype(np.float32)),
        jnp.asarray(down),
        jnp.asarray(first.astype(np.uint32)),
        jnp.asarray(told.astype(np.uint32)),
        jnp.asarray(change.ravel()),
        jnp.asarray(np.argsort(slots).astype(np.int32)),
        n_chains,
        n_free,
        stride,
    )


def encode(program: Scan, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``."""
    n_chains, n_agents = spins.shape
    width = len(program.change) // len(program.told)
    heard = np.asarray(program.told, dtype=np.int64)[:, None] + np.arange(width)
    bounds = np.asarray(program.first, dtype=np.int64) * width
    table = (np.asarray(program.change, dtype=np.float64), heard.ravel(), bounds)
    up = np.empty((n_chains, n_agents))
    up[:, np.asarray(program.slot_of)] = spins > 0
    # Words are what they would be if everybody were down, and then told of those who are up.
    told = csr_array(table, shape=(n_agents, program.stride))
    words = np.asarray(program.down) + (told.T @ up.T).T
    return jnp.asarray(words.astype(np.int32).ravel())


def sweep(program: Scan, key: Array, first_chain: Array, number: Array, state: Array) -> Array:
    """One sweep of every chain: as many ticks as there are free agents."""
    sizes = program.n_chains, program.n_free

    def ticks(n_ticks: Array, who: Array, word: Array, state: Array) -> Array:
        return _ticks(program, n_ticks, who, noise_of(program.rule, word), state)

    return random_scan.sweep(ticks, sizes, key, first_chain, number, state)


def spins_of(program: Scan, state: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` int8."""
    up = (state.reshape(program.n_chains, program.stride) & 1).astype(jnp.int8)
    return (2 * up - 1)[:, program.slot_of]


def _ticks(program: Scan, n_ticks: Array, who: Array, noise: Array, state: Array) -> Array:
    """The first ``n_ticks`` of a round's ticks, chain by chain."""
    n_streams = len(who) // program.n_chains

    def one_chain(chain: Array, state: Array) -> Array:
        place = chain * program.stride

        def tick(number: Array, state: Array) -> Array:
            lane = chain * n_streams + number
            agent = at(who, lane)
            word = at(state, place + agent)
            half_log_odds = (word >> 1).astype(jnp.float32) * at(program.unit, agent)
            up = acts_up(program.rule, half_log_odds, at(noise, lane)).astype(jnp.int32)
            told_from = at(program.first, agent)
            told_to = jnp.where(up == word & 1, told_from, at(program.first, agent + 1))
            return fori_loop(told_from, told_to, partial(_tell, program, place, 2 * up - 1), state)

        return fori_loop(jnp.uint32(0), n_ticks, tick, state)

    return fori_loop(jnp.uint32(0), jnp.uint32(program.n_chains), one_chain, state)


def _tell(program: Scan, place: Array, spin: Array, entry: Array, state: Array) -> Array:
    """The words of one entry's agents, after an agent of whom it is has changed to ``spin``."""
    width = len(program.change) // len(program.told)
    slot = place + at(program.told, entry)
    change = cut(program.change, entry * width, width)
    return put(state, cut(state, slot, width) + spin * change, slot)


def _entries(
    ties: csr_array, scale: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int32]]:
    """Whom an agent's change is told, agent by agent: bounds, first slots, what words gain.

    From one spin to the other is 2 and a word holds twice the field, so that a word gains four
    times the tie; the agent's own gains 1.
    """
    n_agents = ties.shape[0]
    told = (4 * (diags_array(scale) @ ties).rint().T + eye_array(n_agents)).tocsr()
    agent = np.repeat(np.arange(n_agents), np.diff(told.indptr))
    n_tiles = -(-n_agents // TILE)
    tiles, entry = np.unique(agent * n_tiles + told.indices // TILE, return_inverse=True)
    if len(tiles) * TILE > 4 * told.nnz:
        return told.indptr, told.indices, told.data.astype(np.int32)[:, None]
    change = np.zeros((len(tiles), TILE), dtype=np.int32)
    change[entry, told.indices % TILE] = told.data
    first = np.searchsorted(tiles // n_tiles, np.arange(n_agents + 1))
    return first, tiles % n_tiles * TILE, change


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
