"""The table half of the tiny engine: the chance of every agent in every configuration, looked up.

For what odds cannot do (``tiny``): random scan, rules that are no straight line in the belief, and
odds beyond single precision. Chances are computed once, in double precision; a flip looks one up.
All words of a sweep are drawn first, by a loop of their own: in the loop that looks up, nothing is
vectorised.

Randomness: a chain has a place in the streams for each visit. Chances have 28 digits and are right
to 2**-29; an agent who is certain is never wrong. Random scan picks an agent by 24 digits.
"""

from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from pp_spin.configurations import configurations
from pp_spin.engine.actions import up_prob
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.streams import ACTION, WHO_ACTS, next_word, words_at

DIGITS = 28
"""Binary digits of a chance in a table; the other four of a word say whose it is."""


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["chances", "order", "rate"],
    meta_fields=["held", "n_agents", "together"],
)
@dataclass(frozen=True, eq=False)
class ByTable:
    """Agents who look up the chance of +1."""

    chances: Array
    """uint32 ``(n_agents * 2**n_agents,)``: by agent and configuration, in units of 2**-28"""
    order: Array | None
    """uint32 ``(n_visits,)``: the agent of each visit; None: every chain draws its own"""
    rate: Array | None
    """uint32 ``(1,)``: the chance that an agent acts, in units of 2**-32; None: it does"""
    held: tuple[int, ...]
    """the clamped agents, ascending"""
    n_agents: int
    together: bool


def tabulated(dynamics: Dynamics, rate: Array | None) -> ByTable:
    """The program of agents who act at ``rate``, or whom every chain draws for itself."""
    collective, _, ticks = dynamics
    fields = collective.sensory_precision @ configurations(collective.n_agents).T
    up = up_prob(collective.action_rule, fields + collective.prior_precision[:, None])
    return ByTable(
        jnp.asarray(np.rint(np.ldexp(up, DIGITS)).astype(np.uint32).ravel()),
        None if ticks is None else jnp.asarray(np.concatenate(ticks.agents), dtype=jnp.uint32),
        rate,
        tuple(sorted(collective.clamped)),
        collective.n_agents,
        ticks is not None and ticks.together,
    )


def by_table(
    program: ByTable, key: Array, first_chain: Array, number: Array, state: Array
) -> Array:
    """One sweep of every chain."""
    n_chains = len(state)
    n_visits = program.n_agents - len(program.held)
    lane = jax.lax.iota(jnp.uint32, n_visits * n_chains)
    visit, chain = lane // n_chains, lane % n_chains + first_chain
    word, stream = next_word(words_at(key, visit, chain, number, ACTION))
    actions = word >> (32 - DIGITS)
    if program.order is None:
        # A free agent, each as likely as another; clamped ones are passed over.
        agent = ((next_word(stream)[0] >> 8) * n_visits) >> 24
        for held in program.held:
            agent = agent + (agent >= held).astype(jnp.uint32)
        actions = actions | agent << DIGITS
    acting, _ = next_word(words_at(key, visit, chain, number, WHO_ACTS))

    def visited(visit: Array, now: Array) -> Array:
        at = (visit * n_chains,)
        action = jax.lax.dynamic_slice(actions, at, (n_chains,))
        agent = action >> DIGITS if program.order is None else program.order[visit]
        seen = state if program.together else now
        chance = program.chances.at[agent << program.n_agents | seen].get(mode="promise_in_bounds")
        spin = jnp.uint32(1) << agent
        after = jnp.where((action & (2**DIGITS - 1)) < chance, now | spin, now & ~spin)
        if program.rate is None:
            return after
        return jnp.where(
            jax.lax.dynamic_slice(acting, at, (n_chains,)) < program.rate[0], after, now
        )

    return jax.lax.fori_loop(0, n_visits, visited, state)
