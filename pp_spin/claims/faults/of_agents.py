"""Faults of the agents: what they believe, and how they act on it (1-10, and more)."""

from collections.abc import Callable
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.tree_util import Partial

from pp_spin.agents.action import ActionRule, expected_free_energy, maximum_a_posteriori
from pp_spin.agents.perception import Agent
from pp_spin.claims.app_b_action import printed_action_rule
from pp_spin.claims.app_b_matching import MINIMAX_B
from pp_spin.claims.faults.fault import Apply, Fault, asked_by, collective, precisions
from pp_spin.collective import Collective, UpProbFn, action_up_prob
from pp_spin.glauber import metropolis
from pp_spin.spin import up_prob

LAW = ("action_law", "stationary_law", "e_process")
"""Who must see that agents act otherwise than they should."""

TIMELESS = ("reversal",)
"""For whom nothing is wrong where the faulty collective is reversible too."""


def _acting_by(rule: ActionRule) -> Apply:
    return collective(lambda case: replace(case, running=case.running.replaced(action_rule=rule)))


def _own_spin_counted(agents: Collective) -> UpProbFn:
    # A collective refuses a precision for oneself, so the fault is where no check can see it.
    gamma = agents.sensory_precision
    own = np.diag(np.abs(gamma).max(axis=1))
    counting = Agent(jnp.asarray(gamma + own), jnp.asarray(agents.prior_precision))
    return Partial(action_up_prob, counting, agents.action_rule)


def _metropolis_for_heat_bath(agents: Collective) -> UpProbFn:
    return metropolis(agents.sensory_precision, agents.prior_precision)


def _with_lapses(posterior_eta: Array, lapse: float) -> Array:
    return (1 - lapse) * up_prob(posterior_eta) + lapse / 2


def _most_probable_with_lapses(posterior_eta: Array, lapse: float) -> Array:
    return (1 - lapse) * maximum_a_posteriori(posterior_eta) + lapse / 2


def _of_eight_digits(posterior_eta: Array) -> Array:
    digits, exponent = jnp.frexp(posterior_eta)
    return up_prob(jnp.ldexp(jnp.round(digits * 2**8) / 2**8, exponent))


def _changed(change: Callable[[Array, Array, Array], Array]) -> Apply:
    """``change(phi, acting, spins)`` is what the kernel is told in place of phi."""

    def conditional(agents: Collective) -> UpProbFn:
        return Partial(_altered, Partial(change), agents.up_prob_fn())

    return asked_by(conditional)


def _altered(change: Callable[..., Array], asked: UpProbFn, spins: Array, acting: Array) -> Array:
    return change(asked(spins, acting), acting, spins)


def _first_lapses(phi: Array, acting: Array, spins: Array) -> Array:
    return jnp.where(acting == 0, 0.8 * phi + 0.1, phi)


def _first_never_acts(phi: Array, acting: Array, spins: Array) -> Array:
    return jnp.where(acting == 0, spins[acting] == 1, phi)


def _sticky(phi: Array, acting: Array, spins: Array) -> Array:
    return 0.8 * phi + 0.2 * (spins[acting] == 1)


def _first_reversed(zeta: np.ndarray) -> np.ndarray:
    return zeta if zeta.ndim == 0 else zeta * np.where(np.arange(len(zeta)) == 0, -1, 1)


FAULTS_OF_AGENTS = (
    Fault(
        "half_logit",
        1,
        "the factor 2 is dropped from the logit",
        precisions(lambda gamma: gamma / 2, lambda zeta: zeta / 2),
        (*LAW, "converged"),
        TIMELESS,
    ),
    Fault(
        "double_logit",
        2,
        "the factor 2 of the logit is counted twice",
        precisions(lambda gamma: 2 * gamma, lambda zeta: 2 * zeta),
        (*LAW, "converged"),
        TIMELESS,
    ),
    Fault(
        "prior_ignored",
        3,
        "the prior precision is ignored",
        precisions(zeta=lambda zeta: 0 * zeta),
        (*LAW, "converged"),
        TIMELESS,
    ),
    Fault(
        "flipped_sign",
        4,
        "the sensory precision has the wrong sign",
        precisions(lambda gamma: -gamma),
        (*LAW, "independence", "one_sweep"),
        TIMELESS,
    ),
    Fault(
        "own_spin_counted",
        5,
        "an agent's own spin is counted as a neighbour",
        asked_by(_own_spin_counted),
        (*LAW, "one_sweep"),
    ),
    Fault(
        "imitated_posterior",
        6,
        "agents act by the softmax of expected free energy, b = 2.824",
        _acting_by(expected_free_energy(1.0, np.inf, MINIMAX_B / 2)),
        LAW,
    ),
    Fault(
        "printed_action_law",
        7,
        "agents act by (B.26) as printed, scale 4",
        _acting_by(printed_action_rule(4.0)),
        (*LAW, "one_sweep"),
    ),
    Fault(
        "most_probable_with_lapses",
        8,
        "agents do what is more probable, but for one action in a thousand",
        _acting_by(ActionRule("maximum_with_lapses", _most_probable_with_lapses, {"lapse": 1e-3})),
        (*LAW, "one_sweep"),
    ),
    Fault(
        "one_percent_lapses",
        9,
        "1 % of the actions are coin flips",
        _acting_by(ActionRule("lapsing", _with_lapses, {"lapse": 0.01})),
        ("action_law", "stationary_law"),
        ("reversal", "independence"),
    ),
    Fault(
        "logit_of_eight_digits",
        10,
        "half log-odds are kept to eight binary digits",
        _acting_by(ActionRule("coarse", _of_eight_digits, {})),
        ("action_law", "stationary_law"),
        ("reversal", "independence", "e_process"),
    ),
    Fault(
        "metropolis_for_heat_bath",
        22,
        "Metropolis' rule in place of the heat bath",
        asked_by(_metropolis_for_heat_bath),
        ("action_law", "e_process"),
        ("stationary_law", "preserved", "reversal"),
    ),
    Fault(
        "sticky_agents",
        32,
        "one action in five repeats the last one",
        _changed(_sticky),
        ("action_law", "e_process"),
        ("stationary_law", "preserved", "reversal"),
    ),
    Fault(
        "first_agent_never_acts",
        33,
        "the first agent keeps the spin that it has",
        _changed(_first_never_acts),
        ("action_law", "e_process", "one_sweep"),
    ),
    Fault(
        "first_agent_lapses",
        34,
        "one action in five of the first agent is a coin flip",
        _changed(_first_lapses),
        ("action_law", "stationary_law", "e_process"),
    ),
    Fault(
        "first_prior_reversed",
        35,
        "the first agent's prior precision has the wrong sign",
        precisions(zeta=_first_reversed),
        ("action_law", "stationary_law", "e_process"),
        TIMELESS,
    ),
)
