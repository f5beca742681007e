"""Beyond appendix C: which agents may act together, and what two sublattices sample."""

import numpy as np

from derivations import beyond_sublattices, sec5_parallel
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import ALL_AT_ONCE, EQUILIBRIUM
from pp_spin.claims.cases import System
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.sampling import one_draw_per_chain
from pp_spin.claims.sec3 import SAMPLED, ising
from pp_spin.colouring import colouring
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.network import path
from pp_spin.reference.laws import Law, spin_products
from pp_spin.schedule import partially_synchronous, synchronous

BIPARTITE = "the graph is bipartite"
FREE_PAIR = cases.system("pair without prior", cases.weighted(path(2), 0.7))
HALF = partially_synchronous(0.5)


def sublattice_product(case: System) -> Law:
    """The product of the Ising law's two sublattice marginals, as a law of all spins."""
    law, side = ising(case), colouring(case.declared.sensory_precision)
    spins = np.arange(case.declared.n_agents)
    states = np.arange(len(law))
    product = np.ones(len(law))
    for colour in (0, 1):
        members = sum(1 << int(spin) for spin in spins[side == colour])
        marginal = np.bincount(states & members, weights=law, minlength=len(law))
        product *= marginal[states & members]
    return product


def ties(case: System) -> np.ndarray:
    """The agents at both ends of every tie, ``(n_ties, 2)``."""
    return np.argwhere(np.triu(case.declared.sensory_precision))


def neighbour_correlations(law: Law, case: System) -> np.ndarray:
    """``E[s_i s_j]`` along the ties."""
    return spin_products(law, ties(case))


def products_of_ising_means(case: System) -> np.ndarray:
    """``E[s_i] E[s_j]`` along the ties, under the Ising law."""
    means = ising(case) @ configurations(case.declared.n_agents)
    return np.asarray(means[ties(case)].prod(1))


CLAIMS = (
    Claim(
        id="neighbours_acting_together_lose_the_ising_law",
        equations=("sec. 5",),
        title="Agents that act at once miss detailed balance with the Ising law by a known factor; "
        "two neighbours lose it: a tick takes their correlation from tanh γ to its cube.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_parallel.neighbours_acting_together_lose_the_ising_law,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE, "γ₁₂ ≠ 0"),
        checks=(
            agree(
                "correlation one tick after the Ising law against tanh³ γ",
                lambda case: neighbour_correlations(
                    ising(case) @ programs.running_kernel(case, synchronous), case
                ),
                lambda case: np.tanh(case.declared.sensory_precision[0, 1]) ** 3,
                (FREE_PAIR,),
            ),
        ),
    ),
    Claim(
        id="synchronous_law_factorises_on_a_bipartite_graph",
        equations=("C.33",),
        title="On a bipartite graph the synchronous law is the product of the Ising law's two "
        "sublattice marginals.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_sublattices.synchronous_law_factorises_on_a_bipartite_graph,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE, BIPARTITE),
        checks=(
            agree(
                "stationary law under synchronous updates against the product of marginals",
                lambda case: programs.running_law(case, synchronous),
                sublattice_product,
                cases.BIPARTITE_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="synchronous_neighbours_are_independent_on_a_pair",
        equations=("C.33",),
        title="Neighbours that act together are independent, each with its Ising mean: in a pair, "
        "and on any bipartite graph.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_sublattices.synchronous_neighbours_are_independent,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE, BIPARTITE),
        checks=(
            agree(
                "correlations of neighbours against the products of their Ising means",
                lambda case: neighbour_correlations(programs.running_law(case, synchronous), case),
                products_of_ising_means,
                (cases.PAIR, *cases.BIPARTITE_SYSTEMS),
            ),
        ),
    ),
    Claim(
        id="partially_synchronous_sampler_has_its_exact_law",
        equations=("sec. 5",),
        title="When each agent acts with probability 1/2 per tick, draws follow the exact law of "
        "that kernel.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        depends_on=("partial_synchrony_has_neither_law",),
        statement=r"\pi P_r = \pi, \quad P_r = \prod_i \big(r P_i + (1 - r) 1\big)",
        checks=one_draw_per_chain(HALF, (*SAMPLED, *cases.ASYMMETRIC_SYSTEMS)),
    ),
)
