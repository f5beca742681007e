"""What the programs under test say: NumPyro's enumeration, and the kernel's own probabilities.

Shapes: tables run over contexts (an agent's neighbours) or configurations (a collective's spins),
in the order of ``configurations``. Everything here is computed by JAX, in the precision in force;
exhaustive checks run in float64.
"""

from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from numpyro import handlers

from pp_spin.agents import perception, planning
from pp_spin.agents.action import ActionRule
from pp_spin.agents.perception import Agent
from pp_spin.claims.cases import Focal, System
from pp_spin.collective import UpProbFn
from pp_spin.configurations import configurations
from pp_spin.enumeration import log_evidence
from pp_spin.reference.laws import Law
from pp_spin.reference.stationary import law_of
from pp_spin.reference.transitions import dense, sweep_operators
from pp_spin.schedule import Schedule

Table = NDArray[np.float64]

compiled = partial(jax.jit, compiler_options={"xla_backend_optimization_level": 1})
"""Each table is computed once: what matters is the time to compile it."""

BOTH = np.array([-1, 1], dtype=np.int8)
"""The two values of a spin, in the order of every axis over one."""


def contexts(agent: Agent) -> NDArray[np.int8]:
    """All that an agent may see, ``(2**n_neighbours, n_neighbours)``."""
    return configurations(len(agent.sensory_precision))


def log_joint(agent: Agent) -> Table:
    """``log P(sigma, z)`` of the generative model by NumPyro, ``(2**n_neighbours, 2)``, z last."""
    return np.asarray(_log_joint(agent, contexts(agent)))


@compiled
def _log_joint(agent: Agent, neighbour_spins: Array) -> Array:
    def given(spins: Array, hidden_up: Array) -> Array:
        observed = handlers.condition(perception.generative_model, {"hidden_spin_up": hidden_up})
        return log_evidence(observed, agent, spins, max_plates=1)

    over_hidden = jax.vmap(given, in_axes=(None, 0))
    return jax.vmap(over_hidden, in_axes=(0, None))(neighbour_spins, jnp.array([0, 1]))


def log_evidences(agent: Agent) -> Table:
    """``log P(sigma)``, the hidden spin enumerated by NumPyro, ``(2**n_neighbours,)``."""
    return np.asarray(_log_evidences(agent, contexts(agent)))


@compiled
def _log_evidences(agent: Agent, neighbour_spins: Array) -> Array:
    def evidence(spins: Array) -> Array:
        return log_evidence(perception.generative_model, agent, spins, max_plates=1)

    return jax.vmap(evidence)(neighbour_spins)


def posterior_up(agent: Agent) -> Table:
    """``P(z = +1 | sigma)`` by enumeration: the joint over the evidence, ``(2**n_neighbours,)``."""
    return np.exp(log_joint(agent)[:, 1] - log_evidences(agent))


def prediction(case: Focal) -> Table:
    """``P(O = +1 | u, sigma)`` by enumeration of (B.8), ``(2**n_neighbours, 2)``, u last."""
    mass = np.exp(predictive_log_mass(case))
    return mass[:, :, 1] / mass.sum(-1)


def predictive_log_mass(case: Focal) -> Table:
    """``log P(sigma, u, O)`` of (B.8), ``(2**n_neighbours, 2, 2)``: u, then O."""
    spins = contexts(case.running)
    return np.asarray(_predictive(case.running, case.forward_precision, spins))


@compiled
def _predictive(agent: Agent, forward_precision: float, neighbour_spins: Array) -> Array:
    def mass(spins: Array, action: Array, optimality: Array) -> Array:
        return log_evidence(
            planning.predictive_model,
            agent,
            spins,
            forward_precision,
            action,
            optimality,
            max_plates=1,
        )

    over_optimality = jax.vmap(mass, in_axes=(None, None, 0))
    both = jnp.asarray(BOTH)
    over_action = jax.vmap(over_optimality, in_axes=(None, 0, None))
    return jax.vmap(over_action, in_axes=(0, None, None))(neighbour_spins, both, both)


def goal_log_mass(case: Focal) -> Table:
    """``log`` of (B.14) summed over z and O, ``(2**n_neighbours, 2)``, u last."""
    return np.asarray(
        _goal_directed(
            case.running,
            case.preference_precision,
            case.forward_precision,
            contexts(case.running),
        )
    )


@compiled
def _goal_directed(
    agent: Agent, preference_precision: float, forward_precision: float, neighbour_spins: Array
) -> Array:
    def mass(spins: Array, action: Array) -> Array:
        return log_evidence(
            planning.goal_directed_model,
            agent,
            spins,
            preference_precision,
            forward_precision,
            action,
            max_plates=1,
        )

    over_action = jax.vmap(mass, in_axes=(None, 0))
    return jax.vmap(over_action, in_axes=(0, None))(neighbour_spins, jnp.asarray(BOTH))


def posterior_eta(agent: Agent) -> Table:
    """The agent's closed form, half log-odds of z in every context, ``(2**n_neighbours,)``."""
    return np.asarray(_posterior_eta(agent, contexts(agent)))


_posterior_eta = compiled(jax.vmap(perception.posterior_eta, in_axes=(None, 0)))


def act(rule: ActionRule, case: Focal) -> Table:
    """The rule's probability of acting +1 in every context of the running agent."""
    return np.asarray(_act(rule, posterior_eta(case.running)))


@compiled
def _act(rule: ActionRule, posterior_eta: Array) -> Array:
    return rule(posterior_eta)


def possible_configurations(case: System) -> NDArray[np.int8]:
    """Every configuration that agrees with the *declared* clamped agents, ``(2**n_free, n)``."""
    free = case.declared.free
    spins = np.zeros((2 ** len(free), case.declared.n_agents), dtype=np.int8)
    spins[:, free] = configurations(len(free))
    return case.declared.hold(spins)


@compiled
def _tabulate(up_prob_fn: UpProbFn, spins: Array) -> Array:
    everyone = jnp.arange(spins.shape[-1])
    return jax.vmap(up_prob_fn, in_axes=(0, None))(spins, everyone)


def asked(up_prob_fn: UpProbFn, spins: NDArray[np.int8]) -> Table:
    """A conditional's probability of +1 for every site in each of ``spins`` ``(n_rows, n)``."""
    return np.asarray(_tabulate(up_prob_fn, spins), dtype=np.float64)


@lru_cache(maxsize=512)
def acting_up(case: System) -> Table:
    """What the running kernel asks of every agent in every configuration, ``(2**n, n)``."""
    return asked(case.conditional(case.running), configurations(case.running.n_agents))


@lru_cache(maxsize=512)
def acting_up_where_possible(case: System) -> Table:
    """The same in the configurations that agree with the declared clamped agents alone."""
    return asked(case.conditional(case.running), possible_configurations(case))


@lru_cache(maxsize=256)
def running_kernel(case: System, schedule: Schedule) -> Table:
    """The running collective's exact kernel under the schedule that runs, ``(2**n, 2**n)``.

    Composed from the probabilities that the kernel itself computes, so a fault in them shows.
    """
    return dense(sweep_operators(acting_up(case), case.running, case.runs(schedule)))


@lru_cache(maxsize=256)
def running_law(case: System, schedule: Schedule) -> Law:
    """The stationary law of the running kernel, over all ``2**n`` configurations."""
    return law_of(running_kernel(case, schedule), case.running.clamped)
