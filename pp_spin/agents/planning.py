"""The agent foresees whether an action will match the hidden spin (section 2.3, app. B.8-B.25).

The optimality variable O says whether the action u agrees with the hidden spin z: the forward
model believes so with precision xi, and the agent prefers O = +1 with precision omega.

Shapes: one agent, scalars; arrays over the two actions are ordered u = -1, +1.
Departures from the paper: (B.8) is the normalised predictive model; (B.14) multiplies a second
factor on O and is therefore an unnormalised factor graph (its mass is 1/2), read here as planning
as inference. (B.25) is kept at finite omega and xi, where it has a value.
"""

import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from jax.typing import ArrayLike

from pp_spin import spin
from pp_spin.agents import perception
from pp_spin.agents.perception import Agent

ACTIONS = np.array([-1, 1], dtype=np.int8)
"""The two actions, in the order of every array over actions."""


def predictive_model(
    agent: Agent,
    neighbour_spins: ArrayLike | None,
    forward_precision: ArrayLike,
    action: ArrayLike | None = None,
    optimality: ArrayLike | None = None,
) -> Array:
    """``P(sigma, z) P(u) P(O | z, u; xi)`` with a flat prior on the control u (B.8, B.12).

    Spins that are given are observed. Returns the spin O, so that a larger model can go on with it.
    """
    hidden_spin = perception.generative_model(agent, neighbour_spins)
    control = spin.sample_spin("action", 0.0, action)
    return spin.sample_spin("optimality", forward_precision * hidden_spin * control, optimality)


def goal_directed_model(
    agent: Agent,
    neighbour_spins: ArrayLike | None,
    preference_precision: ArrayLike,
    forward_precision: ArrayLike,
    action: ArrayLike | None = None,
) -> None:
    """The factor graph (B.14): the predictive model times the preference ``P~(O; omega)`` (B.10).

    With ``action`` observed, the evidence of u = -1 and +1 gives the law of u by Bayes' rule.
    """
    optimality = predictive_model(agent, neighbour_spins, forward_precision, action)
    numpyro.factor("preference", spin.log_prob(preference_precision, optimality))


def predicted_optimality(posterior_eta: ArrayLike, forward_precision: ArrayLike) -> Array:
    """``Q(O = +1 | u)`` for u = -1, +1, eqs. (B.23), (B.24) at finite xi, ``(2,)``."""
    agreement = jnp.tanh(forward_precision) * jnp.tanh(posterior_eta)  # E[O | u = +1]
    return jnp.asarray(1 + ACTIONS * agreement) / 2


def expected_free_energies(
    posterior_eta: ArrayLike, preference_precision: ArrayLike, forward_precision: ArrayLike
) -> Array:
    """``G(u) = -E_Q(O|u)[ln P~(O)]`` for u = -1, +1, eq. (B.22), nats, ``(2,)``."""
    up = predicted_optimality(posterior_eta, forward_precision)
    log_preference = spin.log_prob(preference_precision, ACTIONS)
    return -(up * log_preference[1] + (1 - up) * log_preference[0])
