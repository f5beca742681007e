"""Beyond the paper: agents of any kind, and when their collective is in equilibrium."""

from functools import partial

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.tree_util import Partial

from derivations import beyond_synchronous_agents, beyond_walsh
from pp_spin.agents.action import ActionRule
from pp_spin.agents.perception import Agent
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import ALL_AT_ONCE, ONE_AT_A_TIME
from pp_spin.claims.cases import System, glass
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec5 import entropy, log_odds
from pp_spin.collective import Collective, UpProbFn, action_up_prob
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.reference.laws import Law
from pp_spin.schedule import random_scan, synchronous
from pp_spin.spin import up_prob

Tensor = np.ndarray
"""``(n, n, n)``: what agent i hears in the product of the spins of j and k."""


def shared_tensor(n_agents: int, scale: float, seed: int) -> Tensor:
    """One number for every three agents, whatever their order; zero where two are the same."""
    draws = np.random.default_rng(seed).normal(scale=scale, size=(n_agents,) * 3)
    i, j, k = np.indices(draws.shape)
    strictly = np.where((i < j) & (j < k), draws, 0)
    orders = ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
    return np.asarray(sum(strictly.transpose(order) for order in orders))


def _hearing_products(
    agents: Agent, rule: ActionRule, tensor: Array, spins: Array, acting: Array
) -> Array:
    """Each agent's log-odds and, on top, twice what it hears in products of two spins."""
    matched = action_up_prob(agents, rule, spins, acting)
    products = jnp.einsum("ijk,j,k->i", tensor[acting], spins, spins) / 2
    return up_prob((jnp.log(matched) - jnp.log1p(-matched)) / 2 + products)


def hearing_products(collective: Collective, tensor: Tensor) -> UpProbFn:
    """The conditional of agents that hear products of two spins besides the spins."""
    return Partial(
        _hearing_products, collective.agents(), collective.action_rule, jnp.asarray(tensor)
    )


def many_body_system(name: str, n_agents: int, tensor: Tensor) -> System:
    """A glass of such agents."""
    case = cases.system(name, glass(n_agents, 0.5, seed=4), [0.2, -0.3, 0.1, 0.4, 0.0][:n_agents])
    return System(
        name, case.declared, case.running, conditional=partial(hearing_products, tensor=tensor)
    )


SHARED = shared_tensor(5, 0.4, seed=5)
OWN = np.where(np.arange(5)[:, None, None] == 0, 2, 1) * SHARED
THREE = shared_tensor(3, 0.7, seed=6)
MANY_BODY = many_body_system("glass of 5 with shared three-body terms", 5, SHARED)
UNSHARED = many_body_system("glass of 5, one agent with three-body terms of its own", 5, OWN)
THREE_AGENTS = many_body_system("three agents with a three-body term", 3, THREE)


def products_of_spins(n_agents: int) -> programs.Table:
    """The product of the spins in every set (column) in every configuration (row), ±1.

    Set a holds agent i if bit i of a is 1.
    """
    spins = configurations(n_agents).astype(float)
    member = configurations(n_agents) > 0
    return np.where(member[None, :, :], spins[:, None, :], 1.0).prod(2)


def walsh_coefficients(values: np.ndarray) -> np.ndarray:
    """The Walsh coefficients of functions of the spins, ``(2**n, …)``, by set."""
    chi = products_of_spins(len(values).bit_length() - 1)
    return np.asarray(np.tensordot(chi, values, axes=(0, 0)) / len(values))


def running_coefficients(case: System) -> np.ndarray:
    """Those of the running agents' half logits, ``(2**n, n)``: set, then agent."""
    return walsh_coefficients(log_odds(case) / 2)


def declared_coefficients(case: System) -> np.ndarray:
    """A prior for the empty set, a precision for a set of one, nothing for any other."""
    agents = case.declared
    coefficients = np.zeros((2**agents.n_agents, agents.n_agents))
    coefficients[0] = agents.prior_precision
    coefficients[1 << np.arange(agents.n_agents)] = agents.sensory_precision.T
    return coefficients


def many_body_law(tensor: Tensor, case: System) -> Law:
    """``exp(sum zeta_i s_i + sum_(i<j) gamma_ij s_i s_j + sum_(i<j<k) T_ijk s_i s_j s_k) / Z``."""
    s = configurations(case.declared.n_agents).astype(float)
    pairs = np.einsum("ij,ai,aj->a", case.declared.sensory_precision, s, s) / 2
    threes = np.einsum("ijk,ai,aj,ak->a", tensor, s, s, s) / 6
    weight = np.exp(s @ case.declared.prior_precision + pairs + threes)
    return np.asarray(weight / weight.sum())


_claim = partial(Claim, equations=("sec. 5",), form="beyond", expected=Verdict.SUPPORTED)

CLAIMS = (
    _claim(
        id="walsh_coefficients_are_unique",
        title="Every function of spins is one sum of products of spins, and only one.",
        derivation=beyond_walsh.walsh_coefficients_are_unique,
        checks=(
            agree(
                "coefficients of the running half logits against priors and precisions",
                running_coefficients,
                declared_coefficients,
                (cases.GLASS, *cases.ASYMMETRIC_SYSTEMS),
            ),
        ),
    ),
    _claim(
        id="reversible_agents_have_symmetric_walsh_coefficients",
        title="Agents of any kind that act one at a time are in equilibrium only if every set of "
        "agents has one Walsh coefficient, whichever of them acts.",
        derivation=beyond_walsh.reversible_agents_have_symmetric_walsh_coefficients,
        assumes=(ONE_AT_A_TIME,),
        depends_on=("walsh_coefficients_are_unique",),
        checks=(
            at_least(
                "entropy production per update where one agent has coefficients of its own, nats",
                lambda case: entropy(case, random_scan),
                1e-3,
                (UNSHARED, *cases.ASYMMETRIC_SYSTEMS),
            ),
        ),
    ),
    _claim(
        id="symmetric_walsh_coefficients_give_an_energy",
        title="If every set of agents has one Walsh coefficient they are the heat bath of an "
        "energy, with terms of any number of bodies.",
        derivation=beyond_walsh.symmetric_walsh_coefficients_give_an_energy,
        assumes=(ONE_AT_A_TIME,),
        depends_on=("walsh_coefficients_are_unique",),
        checks=(
            agree(
                "stationary law of agents that hear products against the many-body law",
                lambda case: programs.running_law(case, random_scan),
                partial(many_body_law, SHARED),
                (MANY_BODY,),
            ),
        ),
    ),
    _claim(
        id="three_agents_have_a_three_body_energy",
        title="Three agents with a pair term in their likelihood can have an energy with a "
        "three-body term, and so no spin glass.",
        derivation=beyond_walsh.three_agents_have_a_three_body_energy,
        assumes=(ONE_AT_A_TIME,),
        depends_on=(
            "symmetric_walsh_coefficients_give_an_energy",
            "pair_term_in_the_likelihood_breaks_the_spin_sum",
        ),
        checks=(
            agree(
                "three-body coefficient of the log of the stationary law against kappa",
                lambda case: walsh_coefficients(np.log(programs.running_law(case, random_scan)))[
                    -1
                ],
                lambda case: THREE[0, 1, 2],
                (THREE_AGENTS,),
            ),
        ),
    ),
    _claim(
        id="reversible_synchronous_agents_are_affine_and_symmetric",
        title="Agents of any kind that all act at once are in equilibrium only if their logits "
        "are affine in the spins, with symmetric precisions.",
        equations=("sec. 5", "C.29"),
        derivation=beyond_synchronous_agents.reversible_synchronous_agents_are_affine_and_symmetric,
        assumes=(ALL_AT_ONCE,),
        depends_on=("synchronous_law_satisfies_detailed_balance",),
        checks=(
            at_least(
                "entropy production per tick, though one at a time they are in equilibrium, nats",
                lambda case: entropy(case, synchronous),
                1e-3,
                (MANY_BODY,),
            ),
        ),
    ),
)
