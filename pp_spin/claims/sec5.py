"""Section 5: what breaks the equivalence, and by how much."""

from dataclasses import replace
from functools import lru_cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from numpyro import handlers
from scipy.special import softmax

from derivations import app_c_schedules, sec5_fragility
from pp_spin import spin
from pp_spin.agents.action import expected_free_energy
from pp_spin.agents.perception import Agent
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import (
    ALL_AT_ONCE,
    EQUILIBRIUM,
    FINITE_PRECISIONS,
    MATCHING,
    ONE_AT_A_TIME,
    ONE_PRECISION,
)
from pp_spin.claims.cases import Focal, System
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.claims.sec3 import ising
from pp_spin.configurations import configurations
from pp_spin.enumeration import log_evidence
from pp_spin.evidence.evidence import Verdict
from pp_spin.reference.laws import Law, ising_law, little_law, total_variation
from pp_spin.reference.stationary import entropy_production
from pp_spin.schedule import Schedule, chromatic, partially_synchronous, random_scan, synchronous

B_RULE = expected_free_energy(1.0, 20.0, 1.412)
"""b = 2 beta omega tanh(xi) = 2.824, the best imitation of probability matching."""

PAIR_TERM = 0.3
"""kappa, how strongly two neighbours' spins depend on each other given z."""


def entropy(case: System, schedule: Schedule) -> float:
    """Entropy production of the running kernel, nats per step."""
    return entropy_production(
        programs.running_law(case, schedule), programs.running_kernel(case, schedule)
    )


def asynchronous_current(case: System) -> float:
    """``E[1{i flips} 2 s'_i sum_j A_ij s_j]`` per update, A the antisymmetric part of gamma."""
    law = programs.running_law(case, random_scan)
    spins = configurations(case.declared.n_agents).astype(np.float64)
    up = programs.acting_up(case)
    flips = np.where(spins > 0, 1 - up, up)
    drive = -2 * spins * (spins @ _antisymmetric(case).T)
    return float(law @ (flips * drive).mean(1))


def synchronous_current(case: System) -> float:
    """``E[2 s'^T A s]`` per tick."""
    law = programs.running_law(case, synchronous)
    spins = configurations(case.declared.n_agents).astype(np.float64)
    flux = law[:, None] * programs.running_kernel(case, synchronous)
    return float(2 * np.einsum("ki,lj,lk,ij->", spins, spins, flux, _antisymmetric(case)))


def _antisymmetric(case: System) -> np.ndarray:
    gamma = case.declared.sensory_precision
    return (gamma - gamma.T) / 2


def little(case: System) -> Law:
    """The exact law (C.33) with J = gamma and h = zeta."""
    agents = case.declared
    return little_law(agents.sensory_precision, agents.prior_precision, agents.clamped)


def distance_to_both_laws(case: System) -> float:
    """Total variation of a half-synchronous collective to the nearer of Ising and Little."""
    law = programs.running_law(case, partially_synchronous(0.5))
    return min(total_variation(law, ising(case)), total_variation(law, little(case)))


@lru_cache(maxsize=64)
def with_b_rule(case: System) -> System:
    """The same agents acting by the softmax of expected free energy, b = 2.824."""
    return replace(
        case,
        name=f"{case.name}, acting by expected free energy",
        declared=case.declared.replaced(action_rule=B_RULE),
        running=case.running.replaced(action_rule=B_RULE),
    )


def effective_ising(case: System) -> Law:
    """The Ising law with ``J = (b/4) tanh 2 gamma`` on the ties of a cycle without prior."""
    gamma = case.declared.sensory_precision
    b = 2 * B_RULE.parameters["action_precision"] * np.tanh(B_RULE.parameters["forward_precision"])
    return ising_law(b / 4 * np.tanh(2 * gamma), np.zeros(len(gamma)))


def coupled_neighbours_model(agent: Agent, neighbour_spins: Array, turned: bool) -> None:
    """A likelihood that does not factorise over the first two neighbours.

    ``P(s|z) ∝ exp(z sum gamma_j s_j + kappa z s_0 s_1)`` if the pair term is ``turned`` by the
    hidden spin, and without the z in it otherwise.
    """
    hidden = spin.sample_spin("hidden_spin", agent.prior_precision)
    kappa = PAIR_TERM * (hidden if turned else 1)
    gamma, spins = jnp.asarray(agent.sensory_precision), neighbour_spins
    first_two = jnp.asarray(configurations(2))
    weights = hidden * (first_two @ gamma[:2]) + kappa * first_two[:, 0] * first_two[:, 1]
    likelihood = hidden * (gamma @ spins) + kappa * spins[0] * spins[1]
    numpyro.factor("neighbours", likelihood - jax.nn.logsumexp(weights))


def coupled_posterior(case: Focal, turned: bool) -> programs.Table:
    """``P(z = +1 | sigma)`` of the coupled model in every context, enumerated by NumPyro."""
    log_joint = _coupled_log_joint(case.running, programs.contexts(case.running), turned)
    return np.asarray(softmax(np.asarray(log_joint), axis=-1)[:, 1])


def spread_at_equal_sum(case: Focal, turned: bool) -> float:
    """The largest difference of the posterior between contexts with the same sum of spins."""
    posterior = coupled_posterior(case, turned)
    sums = programs.contexts(case.running).sum(1)
    return max(float(np.ptp(posterior[sums == total])) for total in np.unique(sums))


@partial(programs.compiled, static_argnames="turned")
def _coupled_log_joint(agent: Agent, neighbour_spins: Array, turned: bool) -> Array:
    def log_joint(spins: Array, hidden_up: Array) -> Array:
        model = handlers.condition(coupled_neighbours_model, {"hidden_spin_up": hidden_up})
        return log_evidence(model, agent, spins, turned)

    both = jax.vmap(log_joint, in_axes=(None, 0))
    return jax.vmap(both, in_axes=(0, None))(neighbour_spins, jnp.array([0, 1]))


CLAIMS = (
    Claim(
        id="random_scan_cycle_affinity_is_four_times_the_asymmetry",
        equations=("sec. 5",),
        title="Unequal precisions of a pair drive a current, whatever network it is part of.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.random_scan_cycle_affinity_is_four_times_the_asymmetry,
    ),
    Claim(
        id="asymmetric_precisions_break_detailed_balance",
        equations=("sec. 5",),
        title="With asymmetric precisions the collective is out of equilibrium, both ways.",
        form="printed",
        expected=Verdict.SUPPORTED,
        assumes=(MATCHING, "γ_ij ≠ γ_ji for some pair"),
        depends_on=("random_scan_cycle_affinity_is_four_times_the_asymmetry",),
        statement=r"\gamma_{ij} \neq \gamma_{ji} \Rightarrow "
        r"\sum p(\tilde\sigma) P(\tilde\sigma'|\tilde\sigma) \ln \frac{p(\tilde\sigma) "
        r"P(\tilde\sigma'|\tilde\sigma)}{p(\tilde\sigma') P(\tilde\sigma|\tilde\sigma')} > 0",
        checks=(
            at_least(
                "entropy production per update, one at a time, nats",
                lambda case: entropy(case, random_scan),
                1e-3,
                cases.ASYMMETRIC_SYSTEMS,
            ),
            at_least(
                "entropy production per tick, all at once, nats",
                lambda case: entropy(case, synchronous),
                1e-3,
                cases.ASYMMETRIC_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="entropy_production_is_linear_in_the_asymmetry",
        equations=("sec. 5",),
        title="Entropy production is the mean of an observable linear in gamma - gamma^T.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        assumes=(MATCHING,),
        statement=r"\Sigma_\text{async} = \big\langle 1_{i\,\text{flips}}\, 2 \sigma_i' "
        r"\sum_j A_{ij} \sigma_j \big\rangle, \quad \Sigma_\text{sync} = \langle 2 "
        r"\tilde\sigma'^\top A \tilde\sigma \rangle, \quad A = (\gamma - \gamma^\top)/2",
        checks=(
            agree(
                "entropy production against the current, one at a time",
                lambda case: entropy(case, random_scan),
                asynchronous_current,
                cases.ASYMMETRIC_SYSTEMS,
            ),
            agree(
                "entropy production against the current, all at once",
                lambda case: entropy(case, synchronous),
                synchronous_current,
                cases.ASYMMETRIC_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="parallel_updates_sample_another_law",
        equations=("sec. 5", "C.34"),
        title="When all act at once the stationary law is not the Ising law.",
        form="printed",
        expected=Verdict.SUPPORTED,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE, "some γ_ij ≠ 0"),
        depends_on=("synchronous_collective_samples_the_little_law",),
        statement=r"p_\text{sync}(\tilde\sigma) \neq Z^{-1} e^{-E_\text{async}(\tilde\sigma)}",
        checks=(
            at_least(
                "total variation between the synchronous collective's law and the Ising law",
                lambda case: total_variation(programs.running_law(case, synchronous), ising(case)),
                0.05,
                (cases.GLASS, cases.PAIR, cases.TORUS),
            ),
        ),
    ),
    Claim(
        id="independent_agents_may_act_together",
        equations=("sec. 5", "C.40"),
        title="Agents that do not see each other may act at once: the Ising law is kept.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=app_c_schedules.independent_agents_may_act_together,
        depends_on=("chromatic_collective_samples_the_ising_law",),
        checks=(
            agree(
                "stationary law of colour-by-colour updates against the Ising law",
                lambda case: programs.running_law(case, chromatic),
                ising,
                cases.BIPARTITE_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="partial_synchrony_has_neither_law",
        equations=("sec. 5",),
        title="When each agent acts with probability 1/2 per tick the law is neither of the two.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        assumes=EQUILIBRIUM,
        statement=r"p_{r = 1/2} \neq p_\text{async}, \quad p_{r = 1/2} \neq p_\text{sync}",
        checks=(
            at_least(
                "total variation to the nearer of the Ising and the Little law",
                distance_to_both_laws,
                0.02,
                (cases.GLASS, cases.TORUS),
            ),
        ),
    ),
    Claim(
        id="pair_term_in_the_likelihood_breaks_the_spin_sum",
        equations=("sec. 5",),
        title="A likelihood with a pair term that the hidden spin turns makes the posterior depend "
        "on more than the sum.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.pair_term_in_the_likelihood_breaks_the_spin_sum,
        checks=(
            at_least(
                "difference of NumPyro's posterior between contexts with one sum",
                lambda case: spread_at_equal_sum(case, turned=True),
                0.05,
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
    Claim(
        id="pair_term_without_the_hidden_spin_keeps_the_posterior",
        equations=("sec. 5",),
        title="A likelihood need not factorise: a pair term that z does not turn changes nothing.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        statement=r"P(\tilde\sigma|z) \propto e^{z \gamma \sum_j \sigma_j + \kappa \sigma_1 "
        r"\sigma_2} \Rightarrow P(z|\tilde\sigma) = \text{eq. (2)}",
        checks=(
            agree(
                "NumPyro's posterior against the logistic function",
                lambda case: coupled_posterior(case, turned=False),
                logistic_posterior,
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
    Claim(
        id="efe_collective_is_ising_on_a_cycle",
        equations=("sec. 5", "B.26"),
        title="On a cycle without prior, agents that act by expected free energy are exactly "
        "Ising, with J = (b/4) tanh 2 gamma.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.efe_collective_is_ising_on_a_cycle,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME),
        checks=(
            agree(
                "stationary law of the agents against that Ising law",
                lambda case: programs.running_law(with_b_rule(case), random_scan),
                effective_ising,
                cases.FREE_RINGS,
            ),
        ),
    ),
    Claim(
        id="efe_collective_is_irreversible_on_a_tree",
        equations=("sec. 5", "B.26"),
        title="On a path or a star of three agents or more they have no Gibbs law: the steady "
        "state is irreversible.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.efe_collective_is_irreversible_on_a_path,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION, "no prior: ζ = 0"),
        checks=(
            at_least(
                "entropy production per update, nats",
                lambda case: entropy(with_b_rule(case), random_scan),
                1e-5,
                cases.TREES,
            ),
        ),
    ),
    Claim(
        id="efe_collective_is_reversible_on_a_complete_graph",
        equations=("sec. 5", "B.26"),
        title="On a complete graph with one gamma and one zeta for all they have a Gibbs law, but "
        "not the Ising law of (C.40).",
        form="beyond",
        expected=Verdict.SUPPORTED,
        assumes=(FINITE_PRECISIONS, ONE_AT_A_TIME, ONE_PRECISION),
        statement=r"\Sigma = 0, \qquad p \neq Z^{-1} e^{-E_\text{async}}",
        checks=(
            agree(
                "entropy production per update, nats",
                lambda case: entropy(with_b_rule(case), random_scan),
                lambda case: 0.0,
                (cases.COMPLETE_SYSTEM,),
            ),
            at_least(
                "total variation to the Ising law with J = gamma",
                lambda case: total_variation(
                    programs.running_law(with_b_rule(case), random_scan), ising(case)
                ),
                0.05,
                (cases.COMPLETE_SYSTEM,),
            ),
        ),
    ),
)
