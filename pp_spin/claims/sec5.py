"""Section 5: what breaks the equivalence, and by how much."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from numpyro import handlers
from scipy.special import logit, softmax

from derivations import (
    beyond_cycles,
    beyond_entropy,
    beyond_sublattices,
    sec5_fragility,
    sec5_parallel,
)
from pp_spin import spin
from pp_spin.agents.perception import Agent
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import (
    ALL_AT_ONCE,
    EQUILIBRIUM,
    MATCHING,
    NO_SELF_OBSERVATION,
    ONE_AT_A_TIME,
)
from pp_spin.claims.cases import Focal, System
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.claims.sec3 import ising
from pp_spin.configurations import configurations
from pp_spin.enumeration import log_evidence
from pp_spin.evidence.evidence import Verdict
from pp_spin.reference.laws import Law, little_law, total_variation
from pp_spin.reference.stationary import entropy_production
from pp_spin.schedule import Schedule, chromatic, partially_synchronous, random_scan, synchronous

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


def log_odds(case: System) -> programs.Table:
    """Of acting up, for every running agent in every configuration; ±1000 for certainty."""
    return np.clip(logit(programs.acting_up(case)), -1e3, 1e3)


def square_affinities(case: System) -> programs.Table:
    """``ln forward/backward`` of the flips i, k, i, k with the others at rest, ``(2**n, n, n)``.

    Row = configuration, whatever the spins of i and k are in it.
    """
    logits = log_odds(case)
    states, bits = np.arange(len(logits))[:, None], 1 << np.arange(logits.shape[1])
    hears = logits[states | bits] - logits[states & ~bits]  # state, who is flipped, who hears
    return np.asarray(hears - hears.transpose(0, 2, 1))


def asymmetry(case: System) -> programs.Table:
    """``4 (gamma_ki - gamma_ik)``, ``(1, n, n)``."""
    gamma = case.declared.sensory_precision
    return np.asarray(4 * (gamma.T - gamma)[None])


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


def separate_latents_model(agent: Agent, neighbour_spins: Array) -> None:
    """A hidden spin of its own, with the same prior, for each neighbour."""
    for j in range(len(agent.sensory_precision)):
        hidden = spin.sample_spin(f"hidden_{j}", agent.prior_precision)
        spin.sample_spin(f"neighbour_{j}", agent.sensory_precision[j] * hidden, neighbour_spins[j])


def mean_belief_in_the_latents(case: Focal) -> programs.Table:
    """The mean over j of ``P(z_j = +1 | sigma)`` in every context, enumerated by NumPyro."""
    return np.asarray(_mean_belief(case.running, programs.contexts(case.running)))


@programs.compiled
def _mean_belief(agent: Agent, neighbour_spins: Array) -> Array:
    names = [f"hidden_{j}_up" for j in range(len(agent.sensory_precision))]

    def beliefs(spins: Array) -> Array:
        evidence = log_evidence(separate_latents_model, agent, spins)
        with_up = (handlers.condition(separate_latents_model, {name: 1}) for name in names)
        joint = jnp.stack([log_evidence(model, agent, spins) for model in with_up])
        return jnp.exp(joint - evidence).mean()

    return jax.vmap(beliefs)(neighbour_spins)


def affine_in_the_spin_sum(case: Focal) -> programs.Table:
    """``1/2 + [(T+ + T-) + (T+ - T-) S/K]/4``, T± = tanh(zeta ± gamma), for one gamma."""
    agent = case.declared
    gamma, zeta = agent.sensory_precision[0], agent.prior_precision
    high, low = np.tanh(zeta + gamma), np.tanh(zeta - gamma)
    return 0.5 + (high + low + (high - low) * programs.contexts(agent).mean(1)) / 4


def bend_of_the_log_odds(case: Focal, up_prob: programs.Table) -> float:
    """How far the log-odds are from equal steps between successive sums of the spins."""
    sums = programs.contexts(case.running).sum(1)
    steps = np.diff([logit(up_prob[sums == total].mean()) for total in np.unique(sums)], n=2)
    return float(np.abs(steps).max())


CLAIMS = (
    Claim(
        id="random_scan_cycle_affinity_is_four_times_the_asymmetry",
        equations=("sec. 5",),
        title="Unequal precisions of a pair drive a current, whatever network it is part of.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.random_scan_cycle_affinity_is_four_times_the_asymmetry,
        assumes=(MATCHING, ONE_AT_A_TIME),
        checks=(
            agree(
                "affinities of all squares of flips of the running agents against that",
                square_affinities,
                asymmetry,
                cases.ASYMMETRIC_SYSTEMS,
            ),
            agree(
                "the same where precisions are symmetric",
                square_affinities,
                lambda case: 0.0,
                (cases.GLASS, cases.PAIR),
            ),
        ),
    ),
    Claim(
        id="asymmetric_precisions_break_detailed_balance",
        equations=("sec. 5",),
        title="With asymmetric precisions the collective is out of equilibrium, both ways.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=beyond_cycles.asymmetric_precisions_break_detailed_balance,
        assumes=(MATCHING, "γ_ij ≠ γ_ji for some pair"),
        depends_on=(
            "random_scan_cycle_affinity_is_four_times_the_asymmetry",
            "reversible_chain_has_no_cycle_affinity",
        ),
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
        title="Entropy production is E[2 s'As] per tick and E[2 s'_k sum_j A_kj s_j; k flips] per "
        "update, linear in A = (gamma - gamma^T)/2.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_entropy.entropy_production_is_linear_in_the_asymmetry,
        assumes=(MATCHING, NO_SELF_OBSERVATION),
        depends_on=(
            "entropy_production_is_the_mean_drive",
            "synchronous_drive_is_linear_in_the_asymmetry",
            "asynchronous_drive_is_linear_in_the_asymmetry",
            "state_functions_do_not_change_on_average",
        ),
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
        derivation=sec5_parallel.parallel_updates_sample_another_law,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE, "some γ_ij ≠ 0"),
        depends_on=("synchronous_collective_samples_the_little_law",),
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
        derivation=beyond_sublattices.independent_agents_may_act_together,
        depends_on=(
            "chromatic_collective_samples_the_ising_law",
            "product_of_kernels_keeps_what_each_keeps",
        ),
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
        title="When each agent acts with some probability per tick the law is neither of the two.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_parallel.partial_synchrony_has_neither_law,
        assumes=EQUILIBRIUM,
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
        id="separate_latents_make_the_action_affine_in_the_spin_sum",
        equations=("sec. 5",),
        title="With a latent variable per neighbour, and an action on one of them, the probability "
        "to act is affine in the sum of the spins, and not logistic.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec5_fragility.separate_latents_make_the_action_affine_in_the_spin_sum,
        checks=(
            agree(
                "mean of NumPyro's beliefs in the latents against the affine function",
                mean_belief_in_the_latents,
                affine_in_the_spin_sum,
                (cases.LATTICE_AGENT, cases.ONE_NEIGHBOUR),
            ),
            at_least(
                "second difference of its log-odds from sum to sum",
                lambda case: bend_of_the_log_odds(case, mean_belief_in_the_latents(case)),
                0.01,
                (cases.LATTICE_AGENT,),
            ),
            agree(
                "the same of the one belief that the paper's agent has",
                lambda case: bend_of_the_log_odds(case, programs.posterior_up(case.running)),
                lambda case: 0.0,
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
)
