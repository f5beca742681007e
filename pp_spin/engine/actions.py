"""What agents of one absolute precision do, as numbers: a chance for each count of agreement.

An agent hears K neighbours, n of whom agree with what it would take from their ties' signs, so its
half log-odds are ``x = gamma (2 n - K) + zeta``, with gamma >= 0 and, after a change of sign of all
its spins, zeta >= 0. Its action is the likelier one but for an error, whose chance is kept in units
of ``2**-32``: small chances are as precise as large ones, and an action that is certain stays so.

Any action rule enters here as its table of chances. A rule that treats up and down alike needs,
where zeta is 0, only the size of the field: half as many classes.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.agents.action import ActionRule
from pp_spin.engine.bitwise import counted, drawn, equal_to
from pp_spin.engine.streams import Stream
from pp_spin.engine.ticks import Ticks

_SYMMETRY = 1e-12  # of a probability, above the rounding of a rule that treats up and down alike


class Chances(NamedTuple):
    """The action table of agents with K neighbours."""

    error: Array
    """uint32 ``(n_classes,)``: the chance of the less likely action, in units of 2**-32"""
    likelier: Array
    """uint32 ``(n_classes,)``: all bits set where the likelier action is up"""


def chances(rule: ActionRule, n_neighbours: int, gamma: float, zeta: float) -> Chances:
    """The table by the number that agree, 0 to K; by size of the field if `by_size` says so."""
    n_agree = np.arange(n_neighbours + 1)
    if by_size(rule, n_neighbours, gamma, zeta):
        n_agree = n_agree[2 * n_agree > n_neighbours]
    up = up_prob(rule, gamma * (2 * n_agree - n_neighbours) + zeta)
    error = np.rint(np.minimum(up, 1 - up) * 2.0**32)
    return Chances(
        jnp.asarray(error.astype(np.uint32)),
        jnp.asarray(np.where(up > 0.5, 0xFFFFFFFF, 0).astype(np.uint32)),
    )


def by_size(rule: ActionRule, n_neighbours: int, gamma: float, zeta: float) -> bool:
    """Whether only the size of the field matters: no bias, and up and down treated alike."""
    fields = gamma * np.arange(n_neighbours % 2, n_neighbours + 1, 2)
    if n_neighbours == 0:
        return False  # there is no field to have a size
    both = np.add(up_prob(rule, fields), up_prob(rule, -fields))
    alike = np.abs(both - 1).max() < _SYMMETRY
    return zeta == 0 and bool(alike)


def up_prob(rule: ActionRule, half_log_odds: NDArray[np.floating]) -> NDArray[np.float64]:
    """The rule's probability of +1 in float64, whatever JAX's precision."""
    with jax.enable_x64(True):
        return np.clip(np.asarray(rule(half_log_odds), dtype=np.float64), 0.0, 1.0)


def rate_of(ticks: Ticks) -> Array | None:
    """The chance that an agent acts at its tick, uint32 ``(1,)`` in units of 2**-32; None: it does.

    A rate that would round to 0 or to 1 is the least, or the largest, that does not.
    """
    if ticks.rate == 1:
        return None
    chance = min(max(round(ticks.rate * 2**32), 1), 2**32 - 1)
    return jnp.asarray([chance], dtype=jnp.uint32)


def if_they_act(up: Array, now: Array, rate: Array | None, stream: Stream) -> Array:
    """The plane of what agents do who act with a chance of ``rate``; the others stay as ``now``."""
    if rate is None:
        return up
    acts = drawn(stream, [~jnp.zeros_like(up)], rate)
    return now ^ (acts & (up ^ now))


def acted(agreeing: list[Array], table: Chances, stream: Stream) -> Array:
    """The plane of agents that act +1, from K planes of which neighbours agree (eqs. 5, 11)."""
    n_neighbours, n_classes = len(agreeing), len(table.error)
    if not agreeing:
        everybody = ~jnp.zeros_like(stream.a)
        return table.likelier[0] ^ drawn(stream, [everybody], table.error)
    digits = counted(agreeing)
    planes = [equal_to(number, digits) for number in range(n_neighbours + 1)]
    if n_classes == n_neighbours + 1:
        likelier = jnp.zeros_like(stream.a)
        for plane, up in zip(planes, table.likelier, strict=True):
            likelier = likelier | (plane & up)
        return likelier ^ drawn(stream, planes, table.error)
    sizes = range(n_neighbours // 2 + 1, n_neighbours + 1)
    classes = [planes[number] | planes[n_neighbours - number] for number in sizes]
    majority = jnp.zeros_like(stream.a)
    for number in sizes:
        majority = majority | planes[number]
    # Where as many agree as disagree, the action is a fair coin.
    fair = planes[n_neighbours // 2] if n_neighbours % 2 == 0 else None
    return majority ^ drawn(stream, classes, table.error, fair)
