"""The focal agent infers one hidden spin from its neighbours (sections 2.1-2.2, app. A).

Shapes: one agent with ``n_neighbours`` neighbours and no batch axis; ``jax.vmap`` makes many.
Conventions: precisions are signed half log-odds (nats), not inverse variances.
References: eqs. (1)-(3), (10), (11), (A.1)-(A.7), (B.15)-(B.19).
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from jax.scipy.special import entr
from jax.typing import ArrayLike

from pp_spin import spin


class Agent(NamedTuple):
    """Beliefs about how z makes spins; signed, dimensionless. Eqs. (1)-(3): all gamma_j equal."""

    sensory_precision: Array | np.ndarray
    """gamma_j, ``(n_neighbours,)``"""
    prior_precision: Array | np.ndarray
    """zeta, ``()``"""


def uniform_agent(
    n_neighbours: int, sensory_precision: ArrayLike, prior_precision: ArrayLike
) -> Agent:
    """The agent of eqs. (1)-(3): one gamma for all of its ``n_neighbours`` neighbours."""
    return Agent(jnp.full(n_neighbours, sensory_precision), jnp.asarray(prior_precision))


def generative_model(agent: Agent, neighbour_spins: ArrayLike | None = None) -> Array:
    """``P(sigma, z)`` with the likelihood of eq. (10); without spins, it samples them.

    Returns the hidden spin, so that a larger model can go on with it.
    """
    hidden_spin = spin.sample_spin("hidden_spin", agent.prior_precision)
    if len(agent.sensory_precision) == 0:
        return hidden_spin  # alone, it has its prior; NumPyro has no empty plate
    with numpyro.plate("neighbours", len(agent.sensory_precision)):
        spin.sample_spin("neighbour_spins", agent.sensory_precision * hidden_spin, neighbour_spins)
    return hidden_spin


def log_joint(agent: Agent, neighbour_spins: ArrayLike, hidden_spin: ArrayLike) -> Array:
    """``log P(sigma, z)``, eqs. (A.4) and the prior; ``(n_neighbours,)`` and ``()`` to ``()``."""
    log_likelihood = spin.log_prob(agent.sensory_precision * hidden_spin, neighbour_spins)
    return log_likelihood.sum() + spin.log_prob(agent.prior_precision, hidden_spin)


def posterior_eta(agent: Agent, neighbour_spins: ArrayLike) -> Array:
    """Half log-odds of ``P(z = +1 | sigma)``, eqs. (1), (11): its ``up_prob`` is phi_z of eq. (3).

    Raises ValueError where the spins are not one per precision.
    """
    neighbour_spins = jnp.asarray(neighbour_spins)
    if neighbour_spins.shape != agent.sensory_precision.shape:
        raise ValueError(
            f"got neighbour_spins of shape {neighbour_spins.shape} but sensory_precision of "
            f"shape {agent.sensory_precision.shape}; give one gamma_j per neighbour, same order"
        )
    gamma = jnp.asarray(agent.sensory_precision)
    return jnp.asarray(agent.prior_precision) + gamma @ neighbour_spins.astype(gamma.dtype)


def free_energy(agent: Agent, neighbour_spins: ArrayLike, up_prob: ArrayLike) -> Array:
    """Variational free energy ``E_Q[ln Q(z) - ln P(sigma, z)]`` of eq. (B.17), nats, ``()``.

    ``up_prob`` is phi of ``Q(z = +1)``. The minimum over phi stands at the exact posterior
    (B.19), and its value there is ``-ln P(sigma)``.
    """
    phi = jnp.asarray(up_prob)
    entropy = entr(phi) + entr(1 - phi)
    expected_log_joint = phi * log_joint(agent, neighbour_spins, 1) + (1 - phi) * log_joint(
        agent, neighbour_spins, -1
    )
    return -entropy - expected_log_joint
