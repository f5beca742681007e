"""The catalogue of seeded faults: what the checks must be able to catch.

A fault is a function from a healthy case to a faulty one, or None where the case cannot have it
(there is no periodic edge to forget on a tree). It changes what *runs*, through the same arguments
that a user has; nothing is patched. Numbers to 30 are those of the catalogue in the project's
design.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.tree_util import Partial

from pp_spin.agents.action import ActionRule, expected_free_energy
from pp_spin.agents.perception import Agent
from pp_spin.claims.app_b_action import printed_action_rule
from pp_spin.claims.app_b_matching import MINIMAX_B
from pp_spin.claims.cases import Focal, System
from pp_spin.collective import Collective, UpProbFn, action_up_prob
from pp_spin.glauber import metropolis
from pp_spin.network import lattice
from pp_spin.schedule import (
    Schedule,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from pp_spin.spin import up_prob

Case = Focal | System
Apply = Callable[[Case], Case | None]


@dataclass(frozen=True)
class Fault:
    """A named way of being wrong; ``apply`` seeds it into a case, or returns None."""

    id: str
    number: int
    title: str
    apply: Apply


def _precisions(
    gamma: Callable[[np.ndarray], np.ndarray] = lambda gamma: gamma,
    zeta: Callable[[np.ndarray], np.ndarray] = lambda zeta: zeta,
) -> Apply:
    """What runs has other precisions; None where that changes nothing."""

    def apply(case: Case) -> Case | None:
        old_gamma = np.asarray(case.running.sensory_precision)
        old_zeta = np.asarray(case.running.prior_precision)
        new_gamma, new_zeta = gamma(old_gamma), zeta(old_zeta)
        if np.array_equal(old_gamma, new_gamma) and np.array_equal(old_zeta, new_zeta):
            return None
        if isinstance(case, Focal):
            return replace(case, running=Agent(new_gamma, new_zeta))
        changed = case.running.replaced(sensory_precision=new_gamma, prior_precision=new_zeta)
        return replace(case, running=changed)

    return apply


def _collective(change: Callable[[System], Case | None]) -> Apply:
    """A fault that only a collective can have."""
    return lambda case: change(case) if isinstance(case, System) else None


def _acting_by(rule: ActionRule) -> Apply:
    return _collective(lambda case: replace(case, running=case.running.replaced(action_rule=rule)))


def _asked_by(conditional: Callable[[Collective], UpProbFn]) -> Apply:
    return _collective(lambda case: replace(case, conditional=conditional))


def _scheduled(substitutes: dict[Schedule, Schedule]) -> Apply:
    return _collective(lambda case: replace(case, substitutes=substitutes))


def _own_spin_counted(collective: Collective) -> UpProbFn:
    # A collective refuses a precision for oneself, so the fault is where no check can see it.
    gamma = collective.sensory_precision
    own = np.diag(np.abs(gamma).max(axis=1))
    counting = Agent(jnp.asarray(gamma + own), jnp.asarray(collective.prior_precision))
    return Partial(action_up_prob, counting, collective.action_rule)


def _metropolis_for_heat_bath(collective: Collective) -> UpProbFn:
    return metropolis(collective.sensory_precision, collective.prior_precision)


def _with_lapses(posterior_eta: Array, lapse: float) -> Array:
    return (1 - lapse) * up_prob(posterior_eta) + lapse / 2


def _last_neighbour_off_by_one(case: System) -> System | None:
    """Every agent reads its last neighbour's spin one place too far, wrapping at the end."""
    gamma = np.array(case.running.sensory_precision)
    n_agents = len(gamma)
    for agent in range(n_agents):
        seen = np.flatnonzero(gamma[agent])
        if len(seen) == 0:
            continue
        wrong = (seen[-1] + 1) % n_agents
        wrong = (wrong + 1) % n_agents if wrong == agent else wrong
        gamma[agent, wrong] += gamma[agent, seen[-1]]
        gamma[agent, seen[-1]] = 0.0
    if np.array_equal(gamma, case.running.sensory_precision):
        return None
    return replace(case, running=case.running.replaced(sensory_precision=gamma))


def _open_edges(case: System) -> System | None:
    if not case.periodic_sides:
        return None
    ties = lattice(case.periodic_sides, periodic=False).weights
    gamma = case.running.sensory_precision * ties
    return replace(case, running=case.running.replaced(sensory_precision=gamma))


def _clamped_agents_released(case: System) -> System | None:
    if not case.running.clamped:
        return None
    return replace(case, running=case.running.replaced(clamped=None))


def _skewed(gamma: np.ndarray) -> np.ndarray:
    """2 % of the couplings' size, with one sign above the diagonal and the other below."""
    return gamma * (1 + 0.01 * np.sign(np.arange(gamma.shape[-1]) - np.arange(len(gamma))[:, None]))


FAULTS = (
    Fault(
        "half_logit",
        1,
        "the factor 2 is dropped from the logit",
        _precisions(lambda gamma: gamma / 2, lambda zeta: zeta / 2),
    ),
    Fault(
        "double_logit",
        2,
        "the factor 2 of the logit is counted twice",
        _precisions(lambda gamma: 2 * gamma, lambda zeta: 2 * zeta),
    ),
    Fault(
        "prior_ignored",
        3,
        "the prior precision is ignored",
        _precisions(zeta=lambda zeta: 0 * zeta),
    ),
    Fault(
        "flipped_sign",
        4,
        "the sensory precision has the wrong sign",
        _precisions(lambda gamma: -gamma),
    ),
    Fault(
        "own_spin_counted",
        5,
        "an agent's own spin is counted as a neighbour",
        _asked_by(_own_spin_counted),
    ),
    Fault(
        "imitated_posterior",
        6,
        "agents act by the softmax of expected free energy, b = 2.824",
        _acting_by(expected_free_energy(1.0, np.inf, MINIMAX_B / 2)),
    ),
    Fault(
        "printed_action_law",
        7,
        "agents act by (B.26) as printed, scale 4",
        _acting_by(printed_action_rule(4.0)),
    ),
    Fault(
        "one_percent_lapses",
        9,
        "1 % of the actions are coin flips",
        _acting_by(ActionRule("with_lapses", _with_lapses, {"lapse": 0.01})),
    ),
    Fault(
        "neighbour_off_by_one",
        11,
        "every agent's last neighbour is read one place too far",
        _collective(_last_neighbour_off_by_one),
    ),
    Fault(
        "open_edges", 12, "the periodic edges of the lattice are missing", _collective(_open_edges)
    ),
    Fault(
        "one_way_ties",
        13,
        "each tie is stored in one direction only",
        _collective(_precisions(lambda gamma: np.triu(gamma))),
    ),
    Fault(
        "skewed_precisions",
        14,
        "the precisions are antisymmetric by 2 %",
        _collective(_precisions(_skewed)),
    ),
    Fault(
        "coupling_off_by_one_percent",
        15,
        "the sensory precision is 1 % too large",
        _precisions(lambda gamma: 1.01 * gamma),
    ),
    Fault(
        "prior_off_by_one_percent",
        16,
        "the prior precision is 1 % too large",
        _precisions(zeta=lambda zeta: 1.01 * zeta),
    ),
    Fault(
        "synchronous_for_asynchronous",
        19,
        "all agents act at once where one at a time is declared",
        _scheduled({random_scan: synchronous, sequential: synchronous, chromatic: synchronous}),
    ),
    Fault(
        "sweep_for_random_scan",
        21,
        "a sweep in fixed order where a random agent is declared",
        _scheduled({random_scan: sequential}),
    ),
    Fault(
        "metropolis_for_heat_bath",
        22,
        "Metropolis' rule in place of the heat bath",
        _asked_by(_metropolis_for_heat_bath),
    ),
    Fault(
        "clamped_agents_act",
        23,
        "clamped agents act like the others",
        _collective(_clamped_agents_released),
    ),
    Fault(
        "half_of_them_act",
        24,
        "each agent acts with probability 1/2 where all at once is declared",
        _scheduled({synchronous: partially_synchronous(0.5)}),
    ),
    Fault(
        "one_at_a_time_for_parallel",
        31,
        "one random agent acts where all or some at once is declared",
        _scheduled({synchronous: random_scan, partially_synchronous(0.5): random_scan}),
    ),
)


@lru_cache(maxsize=2048)
def faulty(fault: Fault, case: Case) -> Case | None:
    """The case with the fault seeded, the same object at every call, or None."""
    return fault.apply(case)
