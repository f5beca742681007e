"""What the claims are checked on: one table of agents and one of collectives.

A case is what is *declared* (what the claim is about, and the law side is computed from) and what
*runs* (the programs under test). In a healthy world they are the same; a fault changes what runs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import networkx as nx
import numpy as np

from pp_spin.agents.perception import Agent
from pp_spin.claims.procedures import ONE_DRAW_PER_CHAIN, Procedure
from pp_spin.collective import Collective, UpProbFn
from pp_spin.evidence.recording import Randomness
from pp_spin.network import Network, as_network, complete, lattice, path, ring, star
from pp_spin.reference.laws import Law, ising_law
from pp_spin.schedule import Schedule


@dataclass(frozen=True, eq=False)
class Focal:
    """One agent and its neighbours: ``declared`` is what it should believe, ``running`` does."""

    name: str
    declared: Agent
    running: Agent
    preference_precision: float = 0.8
    forward_precision: float = 1.3
    action_precision: float = 1.1


def ising_law_of(agents: Collective) -> Law:
    """The Ising law with J = gamma and h = zeta, conditional on the clamped agents."""
    return ising_law(agents.sensory_precision, agents.prior_precision, clamped=agents.clamped)


@dataclass(frozen=True, eq=False)
class System:
    """A collective: ``declared`` agents, and the ``running`` ones with all that drives them."""

    name: str
    declared: Collective
    running: Collective
    conditional: Callable[[Collective], UpProbFn] = Collective.up_prob_fn
    """how a running collective answers the kernel"""
    substitutes: Mapping[Schedule, Schedule] = field(default_factory=dict)
    """declared schedule -> the schedule that runs in its place"""
    law: Callable[[Collective], Law] = ising_law_of
    """the law that declared agents are held against"""
    procedure: Procedure = ONE_DRAW_PER_CHAIN
    """how draws are judged, where the judgement itself is on trial"""
    randomness: Randomness = field(default_factory=Randomness)
    """where the random numbers of recorded trajectories come from"""
    periodic_sides: tuple[int, ...] = ()
    """side lengths, where the network is a periodic lattice in row-major order"""

    def runs(self, schedule: Schedule) -> Schedule:
        """The schedule that runs when this one is declared."""
        return self.substitutes.get(schedule, schedule)


def focal(name: str, sensory_precision: list[float], prior_precision: float) -> Focal:
    """A healthy agent."""
    agent = Agent(np.array(sensory_precision), np.array(prior_precision))
    return Focal(name, agent, agent)


def system(
    name: str,
    network: Network,
    prior: float | list[float] = 0.0,
    clamped: Mapping[object, int] | None = None,
    periodic_sides: tuple[int, ...] = (),
) -> System:
    """A healthy collective on a network whose weights are its precisions."""
    priors = np.broadcast_to(np.asarray(prior, dtype=np.float64), len(network.nodes))
    agents = Collective(network.weights, priors, clamped, nodes=network.nodes)
    return System(name, agents, agents, periodic_sides=periodic_sides)


def weighted(network: Network, precision: float) -> Network:
    """The network with every weight multiplied by ``precision``."""
    return network.scaled(precision)


def glass(n_agents: int, scale: float, seed: int, *, symmetric: bool = True) -> Network:
    """A complete graph of Gaussian precisions of standard deviation ``scale``."""
    draws = np.random.default_rng(seed).normal(scale=scale, size=(n_agents, n_agents))
    upper = np.triu(draws, k=1)
    weights = upper + upper.T if symmetric else draws - np.diag(np.diag(draws))
    return as_network(weights)


def machines(n_machines: int, n_hidden: int, n_visible: int, seed: int) -> System:
    """Machines of random weights and biases side by side; which values are clamped is left open.

    The weights of a unit are Gaussian with a sum of squares of 0.6 or so, its bias of deviation
    0.4; clamped units are at +1 until somebody draws what they show.
    """
    n_units = n_hidden + n_visible
    weights = np.zeros((n_machines * n_units, n_machines * n_units))
    for k in range(n_machines):
        of_machine = slice(k * n_units, (k + 1) * n_units)
        scale = float(np.sqrt(0.6 / (n_units - 1)))
        weights[of_machine, of_machine] = glass(n_units, scale, seed + k).weights
    biases = np.random.default_rng(seed).normal(scale=0.4, size=len(weights))
    shown = [k for k in range(len(weights)) if k % n_units >= n_hidden]
    name = f"{n_machines} random machines of {n_hidden} hidden and {n_visible} visible units"
    return system(name, as_network(weights), biases.tolist(), clamped=dict.fromkeys(shown, 1))


# ---- agents

LATTICE_AGENT = focal("the focal agent of Fig. 1A", [0.5] * 4, 0.2)
UNEVEN_AGENT = focal("three unequal neighbours", [0.9, -0.4, 0.3], -0.25)
FOCAL_AGENTS = (LATTICE_AGENT, UNEVEN_AGENT)
ONE_NEIGHBOUR = focal("one neighbour", [0.8], 0.0)
TEN_NEIGHBOURS = focal("ten neighbours, the axis of Fig. 1C", [0.5] * 10, 0.75)

# ---- small collectives: every kernel and law is exact

PAIR = system("pair", weighted(path(2), 0.7), [0.2, -0.1])
RING = system("ring of 5", weighted(ring(5), 0.4), 0.1, periodic_sides=(5,))
GLASS = system("glass of 6", glass(6, 0.5, seed=1), [0.3, -0.2, 0.0, 0.1, 0.25, -0.4])
TORUS = system("3x3 torus", weighted(lattice((3, 3)), 0.3), 0.1, periodic_sides=(3, 3))
MACHINE = system(
    "machine of 4 hidden and 3 visible units",
    glass(7, 0.4, seed=2),
    [0.1, -0.3, 0.2, 0.0, 0.4, -0.1, 0.2],
    clamped={4: 1, 5: -1, 6: 1},
)
RANDOM_MACHINES = machines(8, 5, 3, seed=100)
SYMMETRIC_SYSTEMS = (RING, GLASS, PAIR, TORUS, MACHINE)
"""The first case of a table is the one that the quick profile runs."""

UNEVEN_PAIR = system("pair with unequal precisions", as_network([[0, 0.9], [0.7, 0]]), [0.1, 0.2])
UNEVEN_GLASS = system("asymmetric glass of 5", glass(5, 0.5, seed=3, symmetric=False), 0.1)
ASYMMETRIC_SYSTEMS = (UNEVEN_GLASS, UNEVEN_PAIR)

BIPARTITE_SYSTEMS = (
    system("ring of 6", weighted(ring(6), 0.5), [0.3, -0.1, 0.2, 0.0, -0.4, 0.1]),
    system("2x4 grid", weighted(lattice((2, 4), periodic=False), 0.4), 0.15),
)
FREE_RINGS = (
    system("ring of 5 without prior", weighted(ring(5), 0.44)),
    system("ring of 8 without prior", weighted(ring(8), 0.2)),
)
TREES = (
    system("path of 5", weighted(path(5), 0.5)),
    system("star of 4", weighted(star(4), 0.5)),
)
COMPLETE_SYSTEM = system("complete graph of 7", weighted(complete(7), 0.2), 0.1)

# ---- real input: too large for a transition matrix, not for an exact law

FIG_1A_LATTICE = system(
    "4x4 lattice of Fig. 1A", weighted(lattice((4, 4)), 0.3), 0.1, periodic_sides=(4, 4)
)

MARRIAGES = as_network(nx.florentine_families_graph())
FLORENCE = system("Florentine families", weighted(MARRIAGES, 0.3), 0.05)
FLORENCE_CLAMPED = system(
    "Florentine families, three of them clamped",
    weighted(MARRIAGES, 0.3),
    0.05,
    clamped={"Medici": 1, "Strozzi": -1, "Albizzi": -1},
)


def karate_club() -> System:
    """Zachary's club: the 18 best-connected members' sides are known, the other 16 are inferred.

    Precisions grow with how often two members met; +1 is the side of Mr. Hi.
    """
    graph = nx.karate_club_graph()
    by_degree = sorted(graph, key=lambda member: (-graph.degree[member], member))
    sides = {m: 1 if graph.nodes[m]["club"] == "Mr. Hi" else -1 for m in by_degree[:18]}
    return system("Zachary's karate club", weighted(as_network(graph), 0.1), clamped=sides)


KARATE_CLUB = karate_club()
WHOLE_KARATE_CLUB = system(
    "Zachary's karate club, nobody clamped",
    weighted(as_network(nx.karate_club_graph()), 0.06),
    0.02,
)
LES_MISERABLES = system(
    "Les Misérables, who met whom", weighted(as_network(nx.les_miserables_graph()), 0.03), -0.05
)
SOUTHERN_WOMEN = system(
    "Southern women and their meetings",
    weighted(as_network(nx.davis_southern_women_graph()), 0.15),
    0.05,
)
LATTICES = (
    system("16x16 torus", weighted(lattice((16, 16)), 0.3), periodic_sides=(16, 16)),
    system("12x20 torus", weighted(lattice((12, 20)), 0.35), periodic_sides=(12, 20)),
)
"""Periodic square lattices of one precision, whose energy Kaufman's solution knows."""

REAL_NETWORKS = (WHOLE_KARATE_CLUB, LES_MISERABLES, SOUTHERN_WOMEN, KARATE_CLUB)
"""Beyond enumeration, within the reach of elimination."""
EXACT_LAW_SYSTEMS = (FLORENCE, FLORENCE_CLAMPED, FIG_1A_LATTICE)
INFERENCE_SYSTEMS = (FLORENCE_CLAMPED, KARATE_CLUB)
