"""Random scan where nobody hears many: what an agent does is looked up (app. C, eqs. C.35-C.41).

Who it is for: random scan on sparse graphs, at most `MOST_NEIGHBOURS` each; real precisions,
asymmetric, with biases, clamped agents, any action rule; from one chain to millions. `scan` does
what this engine does not.

How it is fast. (1) An agent of k neighbours knows ``2**k`` configurations: its chance of acting +1
in each (eqs. 5 and 11) is a table, and agents of the same precisions share theirs. A tick is then
all integers: the neighbours' spins, side by side, are the place in the table. (2) A tick is loads,
a comparison and a store in a loop that touches few bytes a turn, which XLA compiles as one function
without dispatch; some ticks a turn. (3) What chance decides is drawn beforehand (`random_scan`).

Shapes: slots are the free agents and the clamped ones, then one that is always down, heard by those
who hear fewer than the others, and one for ticks that nobody makes. The state is flat
``(n_chains * n_slots,)`` uint8, 1 for up.

Randomness: `random_scan`; chances have 31 binary digits, and 0 and 1 are certain.
"""

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.lax import fori_loop
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.collective import Collective
from pp_spin.engine import random_scan
from pp_spin.engine.actions import up_prob
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine
from pp_spin.engine.random_scan import at, put

NAME = "scan_few"

MOST_NEIGHBOURS = 6
"""Neighbours of an agent."""

MOST_CHANCES, FEW_CHANCES = 16, 2**16
"""Chances for each agent, and in all whatever the agents: beyond, a tick waits for memory."""

CHUNK_SPINS = 2**18
"""Spins that a thread works on at once: they stay in its cache."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["rows", "chances", "slot_of"],
    meta_fields=["n_chains", "n_free", "most"],
)
@dataclass(frozen=True, eq=False)
class Few:
    """A collective, ready for one agent at a time in ``n_chains`` chains."""

    rows: Array
    """``(n_slots * (most + 1),)``, the shortest unsigned integers: the slots that each hears, and
    which table is its own"""
    chances: Array
    """uint32 ``(n_tables * 2**most,)``: of acting +1, in units of ``2**-31``"""
    slot_of: Array
    """int32 ``(n_agents,)``"""
    n_chains: int
    n_free: int
    most: int
    """neighbours of the agent who has most"""


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    reason = random_scan.unsuited(dynamics, n_chains)
    if reason is not None:
        return reason
    most = _most(dynamics.collective.ties)
    if most > MOST_NEIGHBOURS:
        return f"an agent hears {most} others, more than {MOST_NEIGHBOURS}"
    n_chances = len(_heard(dynamics.collective).kinds) << most
    if n_chances > max(FEW_CHANCES, MOST_CHANCES * dynamics.collective.n_agents):
        return f"agents are too unlike to share tables: {n_chances} chances"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Chains for one thread at once: an even share, in parts that stay in its cache."""
    return random_scan.even_share(dynamics.collective.n_agents, n_chains, workers, CHUNK_SPINS)


def build(dynamics: Dynamics, n_chains: int) -> Few:
    """The program for ``n_chains`` chains."""
    collective = dynamics.collective
    slots, kinds, kind, heard = _heard(collective)
    n_agents, most = len(slots), heard.shape[1]
    spins = 2 * (np.arange(2**most)[:, None] >> np.arange(most) & 1) - 1
    half_log_odds = kinds[:, :1] + kinds[:, 1:] @ spins.T
    chances = np.rint(up_prob(collective.action_rule, half_log_odds) * 2.0**31)
    nobody = np.full((2, most), n_agents)
    rows = np.column_stack([np.vstack([heard, nobody]), np.append(kind, [0, 0])])
    return Few(
        jnp.asarray(rows.astype(np.min_scalar_type(n_agents + 1)).ravel()),
        jnp.asarray(chances.astype(np.uint32).ravel()),
        jnp.asarray(np.argsort(slots).astype(np.int32)),
        n_chains,
        len(collective.free),
        most,
    )


def encode(program: Few, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``."""
    up = np.zeros((len(spins), _n_slots(program)), dtype=np.uint8)
    up[:, np.asarray(program.slot_of)] = spins > 0
    return jnp.asarray(up.ravel())


def sweep(program: Few, key: Array, first_chain: Array, number: Array, state: Array) -> Array:
    """One sweep of every chain: as many ticks as there are free agents."""
    sizes = program.n_chains, program.n_free
    return random_scan.sweep(partial(_ticks, program), sizes, key, first_chain, number, state)


def spins_of(program: Few, state: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` int8."""
    up = state.reshape(program.n_chains, -1).astype(jnp.int8)
    return (2 * up - 1)[:, program.slot_of]


def _ticks(program: Few, n_ticks: Array, who: Array, word: Array, state: Array) -> Array:
    """The first ``n_ticks`` of a round's ticks, chain by chain."""
    n_slots, n_streams = _n_slots(program), len(who) // program.n_chains
    number = jax.lax.iota(jnp.uint32, len(who)) % n_streams
    who = jnp.where(number < n_ticks, who, n_slots - 1)
    word = word >> 1

    def tick(lane: Array, place: Array, state: Array) -> Array:
        agent = at(who, lane)
        row = agent * (program.most + 1)
        chance = at(program.rows, row + program.most).astype(jnp.uint32) << program.most
        for neighbour in range(program.most):
            heard = at(program.rows, row + neighbour).astype(jnp.uint32)
            spin = at(state, place + heard)
            chance = chance + (spin.astype(jnp.uint32) << neighbour)
        up = at(word, lane) < at(program.chances, chance)
        return put(state, up.astype(jnp.uint8)[None], place + agent)

    def one_chain(chain: Array, state: Array) -> Array:
        def step(turn: Array, state: Array) -> Array:
            for lane in range(step_size):
                state = tick(chain * n_streams + turn * step_size + lane, chain * n_slots, state)
            return state

        return fori_loop(jnp.uint32(0), jnp.uint32(n_streams // step_size), step, state)

    # A turn of the loop has to touch less than a kilobyte: see `random_scan`.
    step_size = 1 if n_streams == 1 else 4 if program.most <= 3 else 2
    return fori_loop(jnp.uint32(0), jnp.uint32(program.n_chains), one_chain, state)


class _Heard(NamedTuple):
    """Whom agents hear and how, by slot."""

    slots: NDArray[np.intp]
    kinds: NDArray[np.float64]
    """``(n_kinds, 1 + most)``: zeta and gamma of agents of each kind"""
    kind: NDArray[np.intp]
    heard: NDArray[np.intp]
    """``(n_agents, most)`` slots, in order of their precisions, so that kinds are few"""


def _heard(collective: Collective) -> _Heard:
    slots = random_scan.slots_of(collective)
    ties, zeta = collective.ties[slots][:, slots], collective.prior_precision[slots]
    shape = n_agents, _ = len(slots), _most(ties)
    agent = np.repeat(np.arange(n_agents), np.diff(ties.indptr))
    order = np.lexsort((ties.data, agent))
    place = np.arange(len(agent)) - ties.indptr[agent]
    heard, gamma = np.full(shape, n_agents), np.zeros(shape)
    heard[agent, place] = ties.indices[order]
    gamma[agent, place] = ties.data[order]
    kinds, kind = np.unique(np.column_stack([zeta, gamma]), axis=0, return_inverse=True)
    return _Heard(slots, kinds, kind, heard)


def _n_slots(program: Few) -> int:
    return len(program.slot_of) + 2


def _most(ties: csr_array) -> int:
    return int(np.diff(ties.indptr).max())


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
