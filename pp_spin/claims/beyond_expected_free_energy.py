"""Beyond the paper: collectives that act by the softmax of expected free energy."""

from dataclasses import replace
from functools import lru_cache, partial

import networkx as nx
import numpy as np

from derivations import beyond_expected_free_energy, beyond_free_energy_currents
from pp_spin.agents.action import expected_free_energy
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION
from pp_spin.claims.cases import System, system, weighted
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec3 import ising
from pp_spin.claims.sec5 import entropy, square_affinities
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.network import as_network, complete, path
from pp_spin.reference.laws import Law, ising_law, total_variation
from pp_spin.schedule import random_scan

B_RULE = expected_free_energy(1.0, 20.0, 1.412)
"""b = 2 beta omega tanh(xi) = 2.824, the best imitation of probability matching."""

B = float(2 * B_RULE.parameters["action_precision"] * np.tanh(20.0))

PAIR_WITH_ONE_PRIOR = system("pair with one prior", weighted(path(2), 0.7), 0.2)
FOUR_OF_A_KIND = system("complete graph of 4 without prior", weighted(complete(4), 0.4))
CONNECTED_GRAPHS = tuple(
    system(f"{name}, prior {prior}", weighted(as_network(graph), 0.6), prior)
    for prior in (0.0, 0.3)
    for name, graph in (
        ("path of 4", nx.path_graph(4)),
        ("star of 4", nx.star_graph(3)),
        ("cycle of 4", nx.cycle_graph(4)),
        ("triangle with a tail", nx.lollipop_graph(3, 1)),
        ("cycle of 4 with a chord", nx.complete_multipartite_graph(1, 1, 2)),
        ("complete graph of 4", nx.complete_graph(4)),
    )
)
"""All connected graphs of four agents."""

NOT_ZERO = "γ and b are not zero"

UNIFORM_SYSTEMS = (cases.TORUS, cases.RING, *cases.TREES, cases.COMPLETE_SYSTEM)
"""One gamma and one zeta for all."""


@lru_cache(maxsize=64)
def with_b_rule(case: System) -> System:
    """The same agents acting by the softmax of expected free energy, b = 2.824."""
    return replace(
        case,
        name=f"{case.name}, acting by expected free energy",
        declared=case.declared.replaced(action_rule=B_RULE),
        running=case.running.replaced(action_rule=B_RULE),
    )


def running_law(case: System) -> Law:
    """The stationary law of the agents with that rule, one at a time."""
    return programs.running_law(with_b_rule(case), random_scan)


def entropy_with_b_rule(case: System) -> float:
    """Their entropy production per update, nats."""
    return entropy(with_b_rule(case), random_scan)


def precision_and_prior(case: System) -> tuple[float, float]:
    """The one gamma and the one zeta of the declared agents."""
    return float(case.declared.sensory_precision.max()), float(case.declared.prior_precision[0])


def effective_ising(case: System) -> Law:
    """The Ising law with ``J = (b/4) tanh 2 gamma`` on the ties of a cycle without prior."""
    gamma = case.declared.sensory_precision
    return ising_law(B / 4 * np.tanh(2 * gamma), np.zeros(len(gamma)))


def pair_ising(case: System) -> Law:
    """``J, h = (b/4) [tanh(zeta + gamma) -+ tanh(zeta - gamma)]`` for two agents."""
    gamma, zeta = precision_and_prior(case)
    high, low = np.tanh(zeta + gamma), np.tanh(zeta - gamma)
    return ising_law(B / 4 * (high - low) * (1 - np.eye(2)), np.full(2, B / 4 * (high + low)))


def law_of_the_number_up(case: System) -> Law:
    """``W(n) = exp sum_k b tanh(zeta + gamma (2 k - 1 - N))``, n the number of agents up."""
    gamma, zeta = precision_and_prior(case)
    n_agents = case.declared.n_agents
    log_odds = B * np.tanh(zeta + gamma * (2 * np.arange(1, n_agents + 1) - 1 - n_agents))
    log_weight = np.concatenate([[0.0], np.cumsum(log_odds)])
    weight = np.exp(log_weight[(configurations(n_agents) > 0).sum(1)])
    return weight / weight.sum()


def coefficient_of_all(law: Law) -> float:
    """How much of the logarithm of a law is a multiple of the product of all spins."""
    product = configurations(len(law).bit_length() - 1).prod(1)
    return float(product @ np.log(law) / len(law))


def four_body_coefficient(case: System) -> float:
    """``-b t^3 / (1 + 3 t^2)``, t = tanh gamma."""
    t = np.tanh(precision_and_prior(case)[0])
    return float(-B * t**3 / (1 + 3 * t**2))


def edge_affinities(case: System) -> programs.Table:
    """The product formula for every edge in every configuration, 0 elsewhere, ``(2**n, n, n)``."""
    gamma, zeta = precision_and_prior(case)
    ties = (case.declared.sensory_precision != 0).astype(float)
    spins = configurations(len(ties)).astype(float)
    heard = (spins @ ties.T)[:, :, None] - ties * spins[:, None, :]
    other = heard.transpose(0, 2, 1)
    denominator = np.cosh(2 * (zeta + gamma * heard)) + np.cosh(2 * gamma)
    numerator = np.sinh(gamma * (other - heard)) * np.sinh(2 * zeta + gamma * (heard + other))
    product = denominator * denominator.transpose(0, 2, 1)
    return -4 * B * np.sinh(2 * gamma) * ties * numerator / product


def is_reversible(case: System) -> bool:
    """Whether the running agents produce no entropy."""
    return entropy_with_b_rule(case) < 1e-12


def is_complete_or_a_free_cycle(case: System) -> bool:
    """What the theorem says of a connected graph."""
    degrees = (case.declared.sensory_precision != 0).sum(1)
    is_cycle = bool((degrees == 2).all()) and not case.declared.prior_precision.any()
    return is_cycle or bool((degrees == len(degrees) - 1).all())


_claim = partial(Claim, equations=("sec. 5", "B.26"), form="beyond", expected=Verdict.SUPPORTED)

CLAIMS = (
    _claim(
        id="efe_collective_is_ising_on_a_cycle",
        title="On a cycle without prior, agents that act by expected free energy are exactly "
        "Ising, with J = (b/4) tanh 2 gamma.",
        derivation=beyond_expected_free_energy.efe_collective_is_ising_on_a_cycle,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME),
        checks=(
            agree(
                "stationary law of the agents against that Ising law",
                running_law,
                effective_ising,
                cases.FREE_RINGS,
            ),
        ),
    ),
    _claim(
        id="efe_pair_is_ising",
        title="Two agents that act by expected free energy are exactly Ising, with any prior.",
        derivation=beyond_expected_free_energy.efe_pair_is_ising,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION),
        checks=(
            agree(
                "stationary law of the two against that Ising law",
                running_law,
                pair_ising,
                (PAIR_WITH_ONE_PRIOR,),
            ),
        ),
    ),
    _claim(
        id="efe_collective_is_reversible_on_a_complete_graph",
        title="On a complete graph with one gamma and one zeta for all they have a Gibbs law, but "
        "not the Ising law of (C.40).",
        derivation=beyond_expected_free_energy.efe_collective_has_an_energy_on_a_complete_graph,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION),
        checks=(
            agree(
                "stationary law against the weight of the number of agents that are up",
                running_law,
                law_of_the_number_up,
                (cases.COMPLETE_SYSTEM, FOUR_OF_A_KIND),
            ),
            agree(
                "entropy production per update, nats",
                entropy_with_b_rule,
                lambda case: 0.0,
                (cases.COMPLETE_SYSTEM,),
            ),
            at_least(
                "total variation to the Ising law with J = gamma",
                lambda case: total_variation(running_law(case), ising(case)),
                0.05,
                (cases.COMPLETE_SYSTEM,),
            ),
        ),
    ),
    _claim(
        id="efe_energy_on_a_complete_graph_is_not_quadratic",
        title="On a complete graph of four agents or more, or of three with a prior, the energy "
        "has terms of more than two agents; for four without prior, the product of all spins.",
        derivation=beyond_expected_free_energy.efe_energy_on_a_complete_graph_is_not_quadratic,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION, NOT_ZERO),
        depends_on=("efe_collective_is_reversible_on_a_complete_graph",),
        checks=(
            agree(
                "four-body coefficient of the log of the stationary law against the formula",
                lambda case: coefficient_of_all(running_law(case)),
                four_body_coefficient,
                (FOUR_OF_A_KIND,),
            ),
        ),
    ),
    _claim(
        id="efe_edge_affinity_is_a_product_of_hyperbolic_sines",
        title="On any graph, two neighbours that hear different sums of the others are driven "
        "around their square of flips, by an affinity in closed form.",
        derivation=beyond_free_energy_currents.efe_edge_affinity_is_a_product_of_hyperbolic_sines,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION),
        checks=(
            agree(
                "affinities of all squares of the running agents against the formula",
                lambda case: square_affinities(with_b_rule(case)),
                edge_affinities,
                UNIFORM_SYSTEMS,
            ),
        ),
    ),
    _claim(
        id="efe_collective_is_irreversible_on_a_tree",
        title="On a path, a star or any other tree of three agents or more they have no Gibbs "
        "law: the steady state is irreversible.",
        derivation=beyond_free_energy_currents.efe_collective_is_irreversible_on_a_tree,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION, NOT_ZERO),
        depends_on=("efe_edge_affinity_is_a_product_of_hyperbolic_sines",),
        checks=(
            at_least("entropy production per update, nats", entropy_with_b_rule, 1e-5, cases.TREES),
        ),
    ),
    _claim(
        id="efe_collective_is_irreversible_on_a_cycle_with_priors",
        title="On a cycle of four agents or more a prior takes the Gibbs law away.",
        derivation=beyond_free_energy_currents.efe_collective_is_irreversible_on_a_cycle_with_priors,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION, NOT_ZERO),
        depends_on=("efe_edge_affinity_is_a_product_of_hyperbolic_sines",),
        checks=(
            at_least(
                "entropy production per update, nats", entropy_with_b_rule, 1e-5, (cases.RING,)
            ),
        ),
    ),
    _claim(
        id="efe_collective_is_reversible_only_on_complete_graphs_and_free_cycles",
        title="Of all connected graphs, with one gamma and one zeta, only complete graphs and "
        "cycles without prior give them a Gibbs law.",
        derivation=(
            beyond_free_energy_currents.efe_collective_is_reversible_only_on_complete_graphs_and_free_cycles
        ),
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION, NOT_ZERO),
        depends_on=(
            "efe_edge_affinity_is_a_product_of_hyperbolic_sines",
            "efe_collective_is_reversible_on_a_complete_graph",
            "efe_collective_is_ising_on_a_cycle",
        ),
        checks=(
            agree(
                "whether entropy is produced, against whether the graph is one of these",
                is_reversible,
                is_complete_or_a_free_cycle,
                CONNECTED_GRAPHS,
            ),
        ),
    ),
)
