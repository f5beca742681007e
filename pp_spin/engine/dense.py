"""The dense engine: everybody may hear everybody, and what they hear is a matrix product.

Who it is for: any precisions, biases, clamped agents and action rule, up to `checks.DENSE_LIMIT`
agents, under every schedule but random scan. An agent's half log-odds are ``x = zeta + sum_j
gamma_j s_j`` (eqs. 5, 11): n multiplications for an update, which is all that may cost anything.

How it is fast. Most of what a block of agents hears does not change while they act one by one.
(1) One product gives a block what it hears from everybody else and from its own *later* members,
who are as they were; a small product gives each unit of the block what it hears from earlier units;
within a unit each new spin is added at once. So every tie is read once, and nobody's change has to
be found. (2) A unit acts in one elementwise kernel over chains, random words and all. Its actions
leave as the bits of one word, since several outputs would repeat the work. (3) No odds are
computed: fields are compared with logistic noise, a logarithm that no earlier action holds up.
(4) The tables of blocks are arrays of their own, chosen by a switch: a slice of one array would be
copied, which costs a fifth where chains are few. (5) Agents who act all at once are one product,
its actions one kernel. (6) What clamped agents say is part of the biases.

Shapes: a state is spins ``(n_slots, n_chains)`` float32 in {-1, +1}. Slots are the free agents in
the order in which they act, ``unit`` to a unit and ``width`` to a block; ghosts, whom nobody hears,
fill the last block.

Randomness: site is the unit, block the chain; a stream gives each agent of the unit a word, which
``noise`` reads. Fields are float32 sums of float32 precisions: x is off by about ``sqrt(n) 2**-25``
of the sum, 1e-6 for spins of 1024 others, and p by at most half of that. In which order a product
sums depends on its shape, so chunks depend on the number of chains alone. A tie of
``maximum_a_posteriori`` is one of these sums.

References: Goto & van de Geijn 2008 (products by blocks).
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from numpy.typing import NDArray

from pp_spin.agents.action import ActionRule
from pp_spin.checks import DENSE_LIMIT
from pp_spin.engine.actions import rate_of
from pp_spin.engine.dynamics import Dynamics, without_ticks
from pp_spin.engine.engine import Engine
from pp_spin.engine.memory import in_memory
from pp_spin.engine.noise import acts_up, noise_of
from pp_spin.engine.streams import ACTION, WHO_ACTS, Stream, next_word, words_at

NAME = "dense"

UNIT = 16
"""Agents who act in one kernel, at most 32: more take longer to compile."""

UNITS, MOST_BLOCKS = 4, 64
"""Units of a block: more make its product quicker and the small ones dearer; and yet more where
there were more blocks than this, each of which is a branch to compile."""

FEWEST_CHAINS, QUICK_CHAINS, MOST_CHAINS = 8, 64, 512
"""Chains of a chunk: at least a vector; a product of these is quick; more make none quicker."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["before", "in_turn", "bias", "rule", "rate", "slot_of", "held", "true"],
    meta_fields=["n_chains"],
)
@dataclass(frozen=True, eq=False)
class Dense:
    """A collective and schedule, ready to run ``n_chains``."""

    before: tuple[Array, ...]
    """``(width, n_slots)`` of each block: precisions that meet the spins from before it acts"""
    in_turn: tuple[Array, Array] | None
    """those of earlier units of the block, ``(n_units, unit, width)``, and of earlier agents of the
    unit, ``(n_units, unit, unit)``; None where all act at once, in one block"""
    bias: Array
    """``(n_units, unit)``: prior precisions, with what the clamped agents say"""
    rule: ActionRule
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    slot_of: Array
    """``(n_agents,)``: the slot of each agent, the clamped ones after all others"""
    held: Array
    """``(n_clamped,)`` int8: their spins"""
    true: Array
    """True, but not for the compiler"""
    n_chains: int


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    n_agents = dynamics.collective.n_agents
    if dynamics.ticks is None:
        return without_ticks(dynamics)
    if n_agents > DENSE_LIMIT:
        return f"a table of {n_agents} x {n_agents} precisions is too large"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """As many chains for each of eight workers, or of two where that were too few to be quick.

    How many workers there are does not count: the order of a product's sums depends on its shape.
    """
    of_eight, of_two = -(-n_chains // 8), -(-n_chains // 2)
    share = max(of_eight, min(of_two, QUICK_CHAINS), min(n_chains, FEWEST_CHAINS))
    return min(share, MOST_CHAINS)


def build(dynamics: Dynamics, n_chains: int) -> Dense:
    """The program for ``n_chains`` chains."""
    collective, _, ticks = dynamics
    assert ticks is not None
    order = np.concatenate(ticks.agents)
    held = np.array(list(collective.clamped.values()), dtype=np.int8)
    clamped = np.array(list(collective.clamped), dtype=np.intp)
    n_free, unit = len(order), min(UNIT, len(order))
    n_blocks = 1 if ticks.together else min(MOST_BLOCKS, -(-n_free // (UNITS * unit)))
    width = -(-n_free // (n_blocks * unit)) * unit
    n_slots = n_blocks * width
    rows = collective.ties[order]
    bias = np.zeros(n_slots, dtype=np.float32)
    bias[:n_free] = collective.prior_precision[order] + rows[:, clamped] @ held
    gamma = np.zeros((n_slots, n_slots), dtype=np.float32)
    gamma[:n_free, :n_free] = rows[:, order].astype(np.float32).toarray()
    in_turn = None if ticks.together else _taken_out(gamma, width, unit)
    slot_of = np.empty(collective.n_agents, dtype=np.int32)
    slot_of[order] = np.arange(n_free)
    slot_of[clamped] = n_slots + np.arange(len(clamped))
    return Dense(
        tuple(jnp.asarray(block) for block in gamma.reshape(n_blocks, width, n_slots)),
        in_turn,
        jnp.asarray(bias.reshape(-1, unit)),
        jax.tree.map(jnp.float32, collective.action_rule),
        rate_of(ticks),
        jnp.asarray(slot_of),
        jnp.asarray(held),
        jnp.asarray(True),
        n_chains,
    )


def encode(program: Dense, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``; ghosts are up."""
    n_slots, slot_of = program.before[0].shape[1], np.asarray(program.slot_of)
    free = np.flatnonzero(slot_of < n_slots)
    state = np.ones((n_slots, len(spins)), dtype=np.float32)
    state[slot_of[free]] = spins[:, free].T
    return jnp.asarray(state)


def spins_of(program: Dense, state: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` of a state."""
    held = jnp.broadcast_to(program.held[:, None], (len(program.held), program.n_chains))
    return jnp.concatenate([state.astype(jnp.int8), held])[program.slot_of].T


def sweep(program: Dense, key: Array, first_chain: Array, number: Array, state: Array) -> Array:
    """One sweep of every chain."""
    chains = first_chain + lax.iota(jnp.uint32, program.n_chains)
    acted = _all_at_once if program.in_turn is None else _one_by_one
    return acted(program, key, chains, number, state)


def _one_by_one(program: Dense, key: Array, chains: Array, number: Array, state: Array) -> Array:
    assert program.in_turn is not None
    earlier, within = program.in_turn
    _, unit, width = earlier.shape
    products = [partial(_product, table) for table in program.before]

    def block_acts(block: Array, state: Array) -> Array:
        from_others = lax.switch(block, products, state)

        def unit_acts(index: Array, state: Array) -> Array:
            site = block * (width // unit) + index
            from_block = _product(
                earlier[site], lax.dynamic_slice_in_dim(state, block * width, width)
            )
            others_here = lax.dynamic_slice_in_dim(from_others, index * unit, unit)
            words = partial(words_at, key, site, chains, number, ACTION)

            def actions(zeta: Array, others: Array, earlier: Array, gamma: Array) -> Array:
                x = [zeta[i] + others[i] + earlier[i] for i in range(unit)]
                return _acted(program.rule, x, gamma, words())

            heard = (program.bias[site], others_here, from_block, within[site])
            spins = _spins(in_memory(program.true, actions, *heard), unit)
            return lax.dynamic_update_slice_in_dim(state, spins, site * unit, 0)

        return lax.fori_loop(0, width // unit, unit_acts, state)

    return lax.fori_loop(0, len(products), block_acts, state)


def _all_at_once(program: Dense, key: Array, chains: Array, number: Array, state: Array) -> Array:
    n_units, unit = program.bias.shape
    site = lax.iota(jnp.uint32, n_units)[:, None]
    places = partial(words_at, key, site, chains[None], number)

    def actions(heard: Array) -> Array:
        x = [program.bias[:, i, None] + heard[:, i] for i in range(unit)]
        return _acted(program.rule, x, None, places(ACTION))

    def acting(rate: Array) -> Array:
        words = places(WHO_ACTS)
        acts = jnp.zeros_like(words.a)
        for agent in range(unit):
            word, words = next_word(words)
            acts = acts | jnp.where(word < rate[0], jnp.uint32(1 << agent), jnp.uint32(0))
        return acts

    heard = _product(program.before[0], state).reshape(n_units, unit, -1)
    after = _spins(in_memory(program.true, actions, heard), unit).reshape(state.shape)
    if program.rate is None:
        return after
    acts = _spins(in_memory(program.true, acting, program.rate), unit).reshape(state.shape)
    return jnp.where(acts > 0, after, state)


def _product(gamma: Array, spins: Array) -> Array:
    """What is heard of spins; in whole single precision, which accelerators would round."""
    return jnp.matmul(gamma, spins, precision=lax.Precision.HIGHEST)


def _acted(rule: ActionRule, fields: list[Array], gamma: Array | None, words: Stream) -> Array:
    """What the agents of a unit do, as the bits of a word for each chain.

    With precisions ``gamma`` ``(unit, unit)`` they act in turn, each heard by those after it.
    """
    spins: list[Array] = []
    actions = jnp.zeros_like(words.a)
    for agent, x in enumerate(fields):
        if gamma is not None:
            for other, spin in enumerate(spins):
                x = x + gamma[agent, other] * spin
        word, words = next_word(words)
        up = acts_up(rule, x, noise_of(rule, word))
        spins.append(jnp.where(up, jnp.float32(1), jnp.float32(-1)))
        actions = actions | jnp.where(up, jnp.uint32(1 << agent), jnp.uint32(0))
    return actions


def _spins(actions: Array, unit: int) -> Array:
    """Spins ``(..., unit, n_chains)`` float32 of the bits of words ``(..., n_chains)``."""
    words = jnp.expand_dims(actions, -2)
    bits = words >> lax.broadcasted_iota(jnp.uint32, (*words.shape[:-2], unit, 1), words.ndim - 2)
    return jnp.where(bits & 1 == 1, jnp.float32(1), jnp.float32(-1))


def _taken_out(gamma: NDArray[np.float32], width: int, unit: int) -> tuple[Array, Array]:
    """The precisions that act in turn, which are set to 0 in the table of all."""
    block, site = np.arange(len(gamma) // width), np.arange(len(gamma) // unit)
    tables = gamma.reshape(len(block), width, len(block), width)
    in_turn = np.tril(tables[block, :, block], -1)
    tables[block, :, block] -= in_turn
    earlier = in_turn.reshape(len(site), unit, -1, unit)
    own = site, slice(None), site % (width // unit)
    within = earlier[own]
    earlier[own] = 0
    return jnp.asarray(earlier.reshape(len(site), unit, width)), jnp.asarray(within)


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
