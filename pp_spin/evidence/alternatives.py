"""Named ways in which actions may be wrong: the bets of the kernel e-process.

Shapes: everything of `Actions` is ``(n_updates,)``, in time order. Whole trajectories may follow
one another, and the agents of one tick stand in any order: each acts by itself, given the past.
Conventions: x is half the log-odds of an agent's belief; its ``link`` turns x into the probability
of acting +1, so that ``expit(2 x)`` is eq. (3) with eq. (5). An agent that acts with probability
``rate`` and else keeps its spin is up next with
``rate * link(x) + (1 - rate) * [was up]``.

An alternative may look at nothing but the contexts, never at the action it bets on (``up`` is there
for the e-process, not for it), and it is fixed before the data. One that equals the law under test
neither gains nor loses.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Link = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From half log-odds to the probability with which an acting agent acts +1, elementwise."""

OFF = (0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.25)
SCALES = (-1.0, 0.5, 0.8, 2.0, *(1 + off for off in OFF), *(1 - off for off in OFF[:-1]))
"""Factors so close that an error between two of them, up to 25 %, costs a fifth of its growth."""
SHIFTS = (-0.3, -0.1, -0.03, -0.01, -0.003, 0.003, 0.01, 0.03, 0.1, 0.3)
LAPSES = (1e-4, 1e-3, 1e-2, 1e-1)
REPEATS = (1e-3, 1e-2, 1e-1, 0.3)
TANH_SLOPES = (2.824, 4.0)
"""Minimax b of eq. (B.27), and ``beta L = 4`` as printed in eq. (B.26)."""


class Actions(NamedTuple):
    """What was done, and what the law under test says of it."""

    half_log_odds: NDArray[np.float64]
    """x, of the belief of the agent whose update it is"""
    up_prob: NDArray[np.float64]
    """phi, the probability under test that its spin is +1 after the update, given the past"""
    up: NDArray[np.bool_]
    """whether it was"""
    agent: NDArray[np.intp]
    """whose update it is"""
    was_up: NDArray[np.bool_] | None = None
    """whether its spin was +1 before; needed by Metropolis and by a ``rate`` below 1"""


def joined(parts: Sequence[Actions]) -> Actions:
    """Actions one after another.

    Raises ValueError without any, and where some have ``was_up`` and some have not.
    """
    if not parts:
        raise ValueError(
            "got no pieces; whether they have was_up is not to be told; give one or more, each of "
            "as few updates as you like"
        )
    if len({part.was_up is None for part in parts}) > 1:
        raise ValueError(
            f"got {len(parts)} pieces of which some have was_up and some have not; they are one "
            "trajectory; give it for all of them or for none"
        )
    former = [part.was_up for part in parts if part.was_up is not None]
    return Actions(
        np.concatenate([part.half_log_odds for part in parts]),
        np.concatenate([part.up_prob for part in parts]),
        np.concatenate([part.up for part in parts]),
        np.concatenate([part.agent for part in parts]),
        np.concatenate(former) if former else None,
    )


class Alternative(NamedTuple):
    """A rival of the law under test."""

    name: str
    up_prob: Callable[[Actions], NDArray[np.float64]]
    """q ``(n_updates,)``, a pure function of the contexts"""


class PerAgent(NamedTuple):
    """Each agent follows the law under test or, by itself, one of the members.

    Its product is ``prod_a [(1 - f) + f mean_m E_am]`` over agents a, with ``E_am`` the product of
    member m over the updates of a, and ``f = 1 / (1 + n_agents)``. Sound agents together cost less
    than 1 nat, and each faulty one ``ln((1 + n_agents) n_members)``: one fault among a million
    agents is found, and so are a million different ones. (The mean over agents of each one's own
    product finds the one only; a product of even mixtures pays for every sound agent.)
    """

    name: str
    members: tuple[Alternative, ...]


def heat_bath(half_log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability matching, ``1 / (1 + exp(-2 x))``, eqs. (3) and (5)."""
    return expit(2 * half_log_odds)


def tanh_softmax(slope: float) -> Link:
    """``1 / (1 + exp(-b tanh x))``, the form of expected free energy's softmax, eq. (B.26)."""
    return lambda x: expit(slope * np.tanh(x))


def linked(name: str, link: Link, rate: float = 1.0) -> Alternative:
    """Actions by another ``link``."""
    return Alternative(name, lambda actions: _moved(link(actions.half_log_odds), actions, rate))


def scaled(factor: float, link: Link = heat_bath, rate: float = 1.0) -> Alternative:
    """Couplings and priors that are ``factor`` times what they should be: ``link(factor x)``."""
    return linked(f"scale {factor:g}", lambda x: link(factor * x), rate)


def shifted(amount: float, link: Link = heat_bath, rate: float = 1.0) -> Alternative:
    """Priors that are off by ``amount``: ``link(x + amount)``."""
    return linked(f"shift {amount:+g}", lambda x: link(x + amount), rate)


def lapsing(share: float, link: Link = heat_bath, rate: float = 1.0) -> Alternative:
    """A ``share`` of the actions is a fair coin: ``(1 - share) link(x) + share / 2``."""
    return linked(f"lapse {share:g}", lambda x: (1 - share) * link(x) + share / 2, rate)


def repeating(share: float, link: Link = heat_bath, rate: float = 1.0) -> Alternative:
    """A ``share`` of the actions repeats the former spin: ``(1 - share) link(x) + share [was up]``.

    Its ``up_prob`` raises ValueError for actions without ``was_up``.
    """

    def up_prob(actions: Actions) -> NDArray[np.float64]:
        was_up = _former(f"repeat {share:g}", actions)
        acts_up = (1 - share) * link(actions.half_log_odds) + share * was_up
        return _moved(acts_up, actions, rate)

    return Alternative(f"repeat {share:g}", up_prob)


def metropolis(rate: float = 1.0) -> Alternative:
    """A flip from s is accepted with ``min(1, exp(-2 s x))``."""

    def up_prob(actions: Actions) -> NDArray[np.float64]:
        was_up, x = _former("metropolis", actions), actions.half_log_odds
        flips = np.exp(np.minimum(0.0, np.where(was_up, -2 * x, 2 * x)))
        return _moved(np.where(was_up, 1 - flips, flips), actions, rate)

    return Alternative("metropolis", up_prob)


def standard(
    link: Link = heat_bath, rate: float = 1.0, *, former_spin: bool = False
) -> tuple[Alternative | PerAgent, ...]:
    """Rivals of actions by ``link``: scale, shift, lapse, tanh and Metropolis, each agent's own.

    Metropolis and repeats are among them with ``former_spin``, for actions with ``was_up``. Raises
    ValueError unless ``0 < rate <= 1``.
    """
    if not 0 < rate <= 1:
        raise ValueError(
            f"got rate = {rate}; agents act with a probability above 0 and at most 1; give 1 where "
            "all that are updated act"
        )
    scales = tuple(scaled(factor, link, rate) for factor in SCALES)
    shifts = tuple(shifted(amount, link, rate) for amount in SHIFTS)
    repeats = tuple(repeating(share, link, rate) for share in REPEATS)
    return (
        *scales,
        *shifts,
        *(lapsing(share, link, rate) for share in LAPSES),
        *(linked(f"tanh {slope:g}", tanh_softmax(slope), rate) for slope in TANH_SLOPES),
        *((metropolis(rate), *repeats) if former_spin else ()),
        PerAgent("scale of each agent", scales),
        PerAgent("shift of each agent", shifts),
    )


def _moved(acts_up: NDArray[np.float64], actions: Actions, rate: float) -> NDArray[np.float64]:
    """P(+1 after the update) where agents act with probability ``rate``, else keep their spin."""
    if rate == 1:
        return acts_up
    return rate * acts_up + (1 - rate) * _former(f"rate {rate:g}", actions)


def _former(needed_by: str, actions: Actions) -> NDArray[np.bool_]:
    """Whether the spin was +1 before; ValueError where that is not given."""
    if actions.was_up is None:
        raise ValueError(
            f"got actions without was_up; {needed_by} is a law of the former spin too; give was_up "
            "(n_updates,) or leave this alternative out"
        )
    return actions.was_up
