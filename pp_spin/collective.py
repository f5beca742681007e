"""A collective: every agent's spin is an observation of those who see it (section 2.4).

Shapes: ``sensory_precision`` is ``(n_agents, n_agents)``, row i the beliefs of agent i about the
others (0: i does not see j), so asymmetric precisions are simply an asymmetric matrix; ``ties`` is
the same table, sparse, for collectives of any size.
Conventions: one agent is written in ``agents/``; here ``jax.vmap`` makes many. This module knows
neither couplings nor energies: that the collective samples a spin glass is tested, not built in.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import jax
import jax.numpy as jnp
import networkx as nx
import numpy as np
from jax import Array
from jax.tree_util import Partial
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from pp_spin import checks
from pp_spin.agents.action import ActionRule, probability_matching
from pp_spin.agents.perception import Agent, posterior_eta
from pp_spin.network import Network, as_network

UpProbFn = Callable[[Array, Array], Array]
"""``(spins (n_agents,), agents (width,)) -> P(each of those agents next acts +1) (width,)``."""


LARGEST_FIELD = float(np.finfo(np.float32).max) / 4
"""Largest sum of an agent's absolute precisions, so that no log-odds overflows."""


@dataclass(frozen=True, eq=False, repr=False)
class Collective:
    """Agents that infer from each other's spins and act on what they infer.

    ``sensory_precision`` gamma: dense ``(n, n)``, scipy sparse, networkx graph or ``Network``; edge
    i -> j is "i sees j"; kept as ``ties``, a read-only float64 csr_array. ``prior_precision`` zeta:
    ``(n,)``, one number for all, or None: the network's biases (0 for arrays). ``clamped``: node ->
    ±1, agents that are held and never act. ``action_rule``: how a belief becomes an action.
    ``nodes``: the agents' names, ``range(n)`` for arrays. Raises ValueError for a wrong shape, a
    non-finite precision, a self-observation or a clamped agent that does not exist.
    """

    ties: csr_array
    prior_precision: NDArray[np.float64]
    clamped: Mapping[int, int]
    action_rule: ActionRule = probability_matching
    nodes: tuple[Hashable, ...] = ()

    def __init__(
        self,
        sensory_precision: Any,
        prior_precision: ArrayLike | None = None,
        clamped: Mapping[Any, int] | None = None,
        action_rule: ActionRule = probability_matching,
        nodes: tuple[Hashable, ...] | None = None,
    ) -> None:
        if not isinstance(sensory_precision, nx.Graph | Network):
            sensory_precision = checks.ties("sensory_precision", sensory_precision)
            checks.no_loop("sensory_precision", sensory_precision)
        network = as_network(sensory_precision, nodes=nodes)
        if prior_precision is None:
            prior_precision = network.biases
        zeta = np.asarray(prior_precision)
        zeta = checks.matching_length(
            "prior_precision",
            np.full(len(network.nodes), zeta) if zeta.ndim == 0 else zeta,
            len(network.nodes),
            "one prior precision per agent",
        )
        _refuse_what_single_precision_cannot_hold(network.ties, zeta)
        if not isinstance(action_rule, ActionRule):
            raise TypeError(
                f"got action_rule = {action_rule!r}; agents act by an ActionRule; take one from "
                "pp_spin.agents.action, or parse_action_rule('planning_as_inference(3, 3)')"
            )
        held = checks.clamped_spins(clamped, network.nodes)
        object.__setattr__(self, "ties", network.ties)
        object.__setattr__(self, "prior_precision", zeta)
        object.__setattr__(self, "clamped", MappingProxyType(held))
        object.__setattr__(self, "action_rule", action_rule)
        object.__setattr__(self, "nodes", network.nodes)

    @classmethod
    def from_networkx(
        cls,
        graph: nx.Graph,
        *,
        weight: str = "weight",
        bias: str = "bias",
        clamped: Mapping[Any, int] | None = None,
        action_rule: ActionRule = probability_matching,
    ) -> "Collective":
        """Agents at the nodes of ``graph``; precisions and priors from the named attributes."""
        return cls.from_network(
            as_network(graph, weight=weight, bias=bias), clamped=clamped, action_rule=action_rule
        )

    @classmethod
    def from_network(
        cls,
        network: Network,
        *,
        clamped: Mapping[Any, int] | None = None,
        action_rule: ActionRule = probability_matching,
    ) -> "Collective":
        """Agents at the nodes of a network: weights are precisions, biases are priors."""
        return cls(network.ties, network.biases, clamped, action_rule, network.nodes)

    def replaced(self, **changes: Any) -> "Collective":
        """A copy with some constructor arguments changed (``clamped`` by node name)."""
        arguments: dict[str, Any] = {
            "sensory_precision": self.ties,
            "prior_precision": self.prior_precision,
            "clamped": {self.nodes[i]: spin for i, spin in self.clamped.items()},
            "action_rule": self.action_rule,
            "nodes": self.nodes,
        }
        return Collective(**(arguments | changes))

    def __repr__(self) -> str:
        """What it is, at a glance; its arrays are attributes."""
        held = f", {len(self.clamped)} clamped" if self.clamped else ""
        return f"Collective({self.n_agents} agents, {self.ties.nnz} ties{held}, {self.action_rule})"

    @property
    def n_agents(self) -> int:
        """How many agents there are, the clamped ones among them."""
        return len(self.nodes)

    @cached_property
    def sensory_precision(self) -> NDArray[np.float64]:
        """The ties as a dense read-only table ``(n_agents, n_agents)``.

        Raises ValueError above `checks.DENSE_LIMIT` agents, whose ``ties`` are to be used.
        """
        return checks.dense("sensory_precision", self.ties)

    @cached_property
    def free(self) -> NDArray[np.intp]:
        """The agents that act, ascending, ``(n_free,)``."""
        acts = np.ones(self.n_agents, dtype=bool)
        acts[list(self.clamped)] = False
        return np.flatnonzero(acts)

    def agents(self) -> Agent:
        """All agents at once, a leading axis of ``n_agents``; unseen ones have precision 0."""
        return Agent(jnp.asarray(self.sensory_precision), jnp.asarray(self.prior_precision))

    def up_prob_fn(self) -> UpProbFn:
        """What the kernel asks the agents: the law of each one's next action, given all spins."""
        return Partial(action_up_prob, self.agents(), self.action_rule)

    def hold(self, spins: ArrayLike) -> NDArray[np.int8]:
        """``spins`` ``(..., n_agents)`` with the clamped agents set to what they are held at."""
        held = np.array(spins, dtype=np.int8)
        held[..., list(self.clamped)] = list(self.clamped.values())
        return held


def _refuse_what_single_precision_cannot_hold(ties: csr_array, zeta: NDArray[np.float64]) -> None:
    largest_field = abs(ties).sum(axis=1) + np.abs(zeta)
    agent = int(largest_field.argmax())
    if largest_field[agent] > LARGEST_FIELD:
        raise ValueError(
            f"got agent {agent} with precisions that sum to {largest_field[agent]:.3g}; the "
            f"sampler computes in single precision, which overflows beyond {LARGEST_FIELD:.3g}; "
            "scale them down (beyond about 20 an agent is certain anyway)"
        )


def action_up_prob(agents: Agent, action_rule: ActionRule, spins: Array, acting: Array) -> Array:
    """``P(action = +1)`` of those ``acting`` ``(width,)`` among agents who see ``spins`` ``(n,)``.

    Each infers from its own row of precisions and acts on its own posterior: one agent, vmapped.
    """
    beliefs = Agent(agents.sensory_precision[acting], agents.prior_precision[acting])
    return action_rule(jax.vmap(posterior_eta, in_axes=(0, None))(beliefs, spins))
