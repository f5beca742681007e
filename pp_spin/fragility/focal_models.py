"""Collectives of agents with any generative model of their neighbours, on a helix (section 5).

All that a model is, to a collective, is the probability of acting +1 in each context: a table
``up`` ``(2**n_heard,)`` in the order of ``configurations(n_heard)``. Exact kernels and the sampler
both look it up, so a model is written once, as the sum over its hidden spins. Random scan.

Shapes: ``heard`` ``(n, 4)`` names the agents that each one hears. The helix is a torus whose rows
run on into each other: agent i hears i - 1, i + 1, i - L, i + L modulo n. (On the 3x3 torus an
agent's opposite neighbours hear each other, which makes some three-body terms reversible that are
not elsewhere.)
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.tree_util import Partial
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit

from pp_spin.collective import UpProbFn
from pp_spin.configurations import configurations, index_of
from pp_spin.fragility.bounded_mean import Estimate
from pp_spin.fragility.chains import Run, by_quantity, estimates_of_conditional
from pp_spin.fragility.curve import Axis, Curve
from pp_spin.fragility.nearest_ising import nearest_ising
from pp_spin.fragility.observables import magnetisation, tie_correlation
from pp_spin.reference.actions import ActionTable
from pp_spin.reference.laws import ising_law, total_variation
from pp_spin.reference.stationary import entropy_production, stationary
from pp_spin.reference.transitions import acting_together
from pp_spin.schedule import random_scan
from pp_spin.who_acts import who_acts

N_HEARD = 4


class Family(NamedTuple):
    """Generative models along one parameter, with the paper's at one end of it."""

    name: str
    parameter: str
    up: Callable[[float], NDArray[np.float64]]
    """value -> ``(2**N_HEARD,)``, the probability of +1 in each context"""
    sensory_precision: float
    prior_precision: float
    """gamma and zeta of the paper's agent, whose Ising law is departed from"""


class Helix(NamedTuple):
    """How many agents, and how many to a turn."""

    n_agents: int
    turn: int

    def __str__(self) -> str:
        """In words."""
        return f"helix of {self.n_agents} agents, {self.turn} to a turn"

    def heard(self) -> NDArray[np.intp]:
        """Whom each agent hears, ``(n_agents, N_HEARD)``.

        Raises ValueError where they are not four agents other than itself.
        """
        steps = np.array([-1, 1, -self.turn, self.turn])
        heard = (np.arange(self.n_agents)[:, None] + steps) % self.n_agents
        if len({0, *heard[0].tolist()}) <= N_HEARD:
            raise ValueError(
                f"got a {self}; agents would hear themselves, or one of the others twice; give a "
                "turn from 2 to less than half the number of agents"
            )
        return heard

    def ties(self) -> csr_array:
        """1 where an agent hears another, ``(n_agents, n_agents)``, symmetric."""
        heard = self.heard()
        seers = np.repeat(np.arange(self.n_agents), N_HEARD)
        shape = (self.n_agents, self.n_agents)
        return csr_array((np.ones(heard.size), (seers, heard.ravel())), shape=shape)


def action_table(up: NDArray[np.float64], heard: NDArray[np.intp]) -> ActionTable:
    """What every agent does in every configuration, ``(2**n, n)``."""
    return up[index_of(configurations(len(heard))[:, heard])]


def kernel(table: ActionTable) -> NDArray[np.float64]:
    """Random scan's exact kernel of one update, ``(2**n, 2**n)``."""
    agents = np.arange(table.shape[1])
    return np.mean([acting_together(table, agents[[i]]).toarray() for i in agents], axis=0)


def up_prob_fn(up: NDArray[np.float64], heard: NDArray[np.intp]) -> UpProbFn:
    """The same as the sampler asks it."""
    return Partial(_looked_up, jnp.asarray(up, jnp.float32), jnp.asarray(heard, jnp.int32))


def exact_point(family: Family, value: float, helix: Helix) -> dict[str, float]:
    """The exact quantities of a small helix at one value of the parameter."""
    up = family.up(value)
    matrix = kernel(action_table(up, helix.heard()))
    law = stationary(matrix)
    gamma, zeta = family.sensory_precision, family.prior_precision
    ising = ising_law(gamma * helix.ties().toarray(), np.full(helix.n_agents, zeta))
    matched = expit(2 * (zeta + gamma * configurations(N_HEARD).sum(1)))
    return {
        "largest change of the action law": float(np.abs(up - matched).max()),
        "total variation to the Ising law": total_variation(law, ising),
        "total variation to the nearest Ising law": total_variation(law, nearest_ising(law).law),
        "entropy production, nats per update": entropy_production(law, matrix),
    }


def sampled_point(up: NDArray[np.float64], helix: Helix, run: Run) -> dict[str, Estimate]:
    """Correlation of neighbours and magnetisation of a helix of any size, sampled."""
    acting = who_acts(random_scan, helix.ties(), np.arange(helix.n_agents))
    wanted = (tie_correlation(helix.ties()), magnetisation())
    conditional = up_prob_fn(up, helix.heard())
    return estimates_of_conditional(acting, conditional, helix.n_agents, wanted, run)


def curve(family: Family, small: Helix, large: Helix, run: Run, values: Sequence[float]) -> Curve:
    """The curve of a family on two helices."""
    exact = [exact_point(family, value, small) for value in values]
    sampled = [
        sampled_point(family.up(value), large, run.at(place)) for place, value in enumerate(values)
    ]
    return Curve(
        family.name,
        Axis(family.parameter, tuple(values)),
        str(small),
        {name: tuple(point[name] for point in exact) for name in exact[0]},
        str(large),
        by_quantity(sampled),
        {},
    )


def _looked_up(up: Array, heard: Array, spins: Array, acting: Array) -> Array:
    bits: Any = (spins[heard[acting]] > 0).astype(jnp.int32)
    places = jnp.left_shift(1, jnp.arange(heard.shape[1], dtype=jnp.int32))
    return up[bits @ places]
