"""The tiny engine: up to 16 agents in many chains, a chain's spins the bits of one word.

Who it is for: small graphs, complete ones too, any precisions, biases and clamped agents, under
every schedule and action rule: where laws are compared with enumeration, by 10^4 to 10^6 chains.

How it is fast, *by odds*. (1) A sweep is one elementwise kernel over chains, unrolled over agents:
spins live in registers, one stream gives all its words. (2) No exponential and no logarithm: the
odds against +1 are ``exp(-2 x) = exp(-2 zeta - 2 sum_j gamma_j) * prod_j (1 or exp(4 gamma_j))``
(eqs. 5, 11), a factor for each neighbour that is down, and an action compares them with a uniform
number. (3) The newest spins enter the product last: an agent hardly waits for the one before it.
(4) Down is the mask, since a select whose first choice is in memory is one instruction.

*By table* (``lookup``), for what odds cannot do: random scan, rules that are no straight line in
the belief, and odds beyond single precision.

Shapes: the state is uint32 ``(n_chains,)``, bit i set where agent i is up: the row of
``configurations`` that holds the spins.

Randomness: a chain has its own place in the streams. By odds a uniform number has 24 digits, which
moves a chance by at most 2**-24, and a product of n factors is right to 2n + 1 roundings: chances
to (2n + 1)/4 * 2**-24, for 15 neighbours 5e-7. Who is certain is never wrong, either way.
"""

from dataclasses import dataclass
from functools import partial, reduce
from operator import mul

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.agents.action import ActionRule
from pp_spin.configurations import index_of
from pp_spin.engine.actions import rate_of, up_prob
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine
from pp_spin.engine.lookup import ByTable, by_table, tabulated
from pp_spin.engine.streams import ACTION, WHO_ACTS, next_word, words_at
from pp_spin.schedule import RandomScan

NAME = "tiny"

MOST_AGENTS = 16
"""Agents, clamped ones included: a visit has four binary digits for who, a table 4 MB."""

CHUNK = 2**15
"""Chains worked on at once by a worker: their states and words stay in its cache."""

LARGEST_FIELD = 40.0
"""Largest ``|zeta| + 2 sum |gamma|`` by odds: no partial product leaves single precision."""

# In units of 2**-24, below the least uniform number: who is certain of down never acts up.
_NEVER = 0.25
# Of a probability, above the rounding of a rule that is a line in the belief.
_STRAIGHT = 1e-12


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["all_up", "factors", "sure", "rate"],
    meta_fields=["order", "heard", "n_agents", "together"],
)
@dataclass(frozen=True, eq=False)
class ByOdds:
    """Agents who act one after another, or all together, on odds that are products."""

    all_up: Array
    """float32 ``(n_visits,)``: the odds against +1 of an agent who hears everybody up"""
    factors: Array
    """float32 ``(n_ties,)``: what they are multiplied with for each neighbour that is down"""
    sure: Array
    """float32 ``(2,)``: P(+1) of who is sure of down, and of up, in units of 2**-24"""
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    order: tuple[int, ...]
    heard: tuple[tuple[int, ...], ...]
    """whom the agent of each visit hears, those who acted last at the end"""
    n_agents: int
    together: bool


Program = ByOdds | ByTable


def unsuited(dynamics: Dynamics, n_chains: int) -> str | None:
    """Why this engine cannot run a collective; None where it can."""
    n_agents = dynamics.collective.n_agents
    if n_agents > MOST_AGENTS:
        return f"there are {n_agents} agents, more than {MOST_AGENTS}"
    if not len(dynamics.collective.free):
        return "every agent is clamped"
    return None


def chunk(dynamics: Dynamics, n_chains: int, workers: int) -> int:
    """Chains shared out evenly, or as many as the cache holds."""
    return min(-(-n_chains // workers), CHUNK)


def build(dynamics: Dynamics, n_chains: int) -> Program:
    """The program, by odds where they serve; it is the same for any number of chains."""
    collective, schedule, ticks = dynamics
    sizes = abs(collective.ties).sum(axis=1)
    largest = (np.abs(collective.prior_precision) + 2 * sizes)[collective.free].max()
    sure = _line_in_belief(collective.action_rule)
    rate = None if ticks is None else rate_of(ticks)
    if isinstance(schedule, RandomScan) or sure is None or largest > LARGEST_FIELD:
        return tabulated(dynamics, rate)
    assert ticks is not None
    order = tuple(np.concatenate(ticks.agents).tolist())
    heard, all_up, factors = [], [], []
    for visit, agent in enumerate(order):
        gamma = collective.sensory_precision[agent]
        # As visits were before: the coming ones' agents are the old spins, the last the newest.
        since = order[visit:] + order[:visit]
        others = [j for j in (*collective.clamped, *since) if gamma[j] != 0]
        heard.append(tuple(others))
        all_up.append(-2 * (collective.prior_precision[agent] + gamma.sum()))
        factors.extend(4 * gamma[others])
    return ByOdds(
        jnp.asarray(np.exp(all_up), dtype=jnp.float32),
        jnp.asarray(np.exp(factors), dtype=jnp.float32),
        jnp.asarray(np.ldexp(sure, 24) - [_NEVER, 0], dtype=jnp.float32),
        rate,
        order,
        tuple(heard),
        collective.n_agents,
        ticks.together,
    )


def encode(program: Program, spins: NDArray[np.int8]) -> Array:
    """The state of spins ``(n_chains, n_agents)``."""
    return jnp.asarray(index_of(spins).astype(np.uint32))


def spins_of(program: Program, state: Array) -> Array:
    """Spins ``(n_chains, n_agents)`` of a state."""
    up = state[:, None] >> jnp.arange(program.n_agents, dtype=jnp.uint32)[None] & 1
    return 2 * up.astype(jnp.int8) - 1


def sweep(program: Program, key: Array, first_chain: Array, number: Array, state: Array) -> Array:
    """One sweep of every chain."""
    if isinstance(program, ByOdds):
        return _by_odds(program, key, first_chain, number, state)
    return by_table(program, key, first_chain, number, state)


def _by_odds(program: ByOdds, key: Array, first_chain: Array, number: Array, state: Array) -> Array:
    chain = jax.lax.iota(jnp.uint32, len(state)) + first_chain
    actions = words_at(key, 0, chain, number, ACTION)
    acting = words_at(key, 0, chain, number, WHO_ACTS)
    sure_of_down, sure_of_up = program.sure
    down = [state & (1 << agent) == 0 for agent in range(program.n_agents)]
    now, tie = list(down), 0
    for visit, (agent, heard) in enumerate(zip(program.order, program.heard, strict=True)):
        seen = down if program.together else now
        ties = program.factors[tie : tie + len(heard)]
        tie += len(heard)
        factors = [jnp.where(seen[j], ties[k], 1) for k, j in enumerate(heard)]
        against = _product([program.all_up[visit], *factors])
        word, actions = next_word(actions)
        uniform = (word >> 8).astype(jnp.int32).astype(jnp.float32)
        # uniform >= (sure_of_up + sure_of_down * against) / (1 + against), and soon known.
        acts_down = (uniform - sure_of_up) + (uniform - sure_of_down) * against >= 0
        if program.rate is not None:
            word, acting = next_word(acting)
            acts_down = jnp.where(word < program.rate[0], acts_down, down[agent])
        now[agent] = acts_down
    free = sum(1 << agent for agent in program.order)
    after = state & (2**program.n_agents - 1 - free)
    for agent in program.order:
        after = after | jnp.where(now[agent], 0, jnp.uint32(1 << agent))
    return after


def _product(factors: list[Array]) -> Array:
    """The product, in pairs but for the last two, which are known last."""
    while len(factors) > 3:
        *early, last, newest = factors
        pairs = [reduce(mul, early[k : k + 2]) for k in range(0, len(early), 2)]
        factors = [*pairs, last, newest]
    return reduce(mul, factors)


def _line_in_belief(rule: ActionRule) -> NDArray[np.float64] | None:
    """P(+1) of who is sure of down, and of up, if it is a straight line between (eqs. 5, B.14)."""
    half_log_odds = np.linspace(-4, 4, 33)
    down, up = sure = up_prob(rule, np.array([-np.inf, np.inf]))
    line = down + (up - down) / (1 + np.exp(-2 * half_log_odds))
    straight = np.abs(up_prob(rule, half_log_odds) - line).max() < _STRAIGHT
    return sure if straight else None


ENGINE = Engine(NAME, unsuited, chunk, build, encode, sweep, spins_of)
