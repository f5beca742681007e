"""Appendix B: what the agent foresees and believes (B.8 to B.19)."""

import jax
import numpy as np

from derivations import app_b_inference, app_b_model
from pp_spin.agents.perception import free_energy
from pp_spin.claims import cases, programs
from pp_spin.claims.cases import Focal
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.evidence.evidence import Verdict

GRID = np.linspace(0.0, 1.0, 101)
"""Values of phi_z."""

AGENTS = cases.FOCAL_AGENTS

_on_a_grid = programs.compiled(
    jax.vmap(jax.vmap(free_energy, in_axes=(None, None, 0)), in_axes=(None, 0, 0))
)


def free_energies(case: Focal, phi: np.ndarray) -> programs.Table:
    """F(phi) of (B.17) of the running agent, contexts by ``phi`` (one row each, or shared)."""
    contexts = programs.contexts(case.running)
    rows = np.broadcast_to(phi, (len(contexts), phi.shape[-1]))
    return np.asarray(_on_a_grid(case.running, contexts, rows))


CLAIMS = (
    Claim(
        id="one_outcome_factor_gives_a_normalised_joint",
        equations=("B.8",),
        title="The predictive model, with one factor on O, is a normalised joint.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_model.one_outcome_factor_gives_a_normalised_joint,
        checks=(
            agree(
                "NumPyro's predictive program summed over everything",
                lambda case: np.exp(programs.predictive_log_mass(case)).sum(),
                lambda case: 1.0,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="goal_prior_tends_to_certainty",
        equations=("B.10", "B.11"),
        title="At infinite preference precision the agent wants O = +1 and nothing else.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_model.goal_prior_tends_to_certainty,
    ),
    Claim(
        id="forward_model_tends_to_the_matching_tables",
        equations=("B.12", "B.13"),
        title="At infinite forward precision O = +1 says that the action matches z.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_model.forward_model_tends_to_the_matching_tables,
    ),
    Claim(
        id="printed_factor_graph_is_normalised",
        equations=("B.14",),
        title="(B.14) is a probability density.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_model.printed_factor_graph_is_normalised,
        checks=(
            agree(
                "mass of NumPyro's factor graph, summed over everything",
                lambda case: np.exp(programs.goal_log_mass(case)).sum(),
                lambda case: 1.0,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="factor_graph_has_mass_one_half_for_a_flat_action_prior",
        equations=("B.14",),
        title="With a flat prior on the action (B.14) is a factor graph of mass 1/2.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_factor_graph_is_normalised",),
        derivation=app_b_model.factor_graph_has_mass_one_half_for_a_flat_action_prior,
        checks=(
            agree(
                "mass of NumPyro's factor graph, summed over everything",
                lambda case: np.exp(programs.goal_log_mass(case)).sum(),
                lambda case: 0.5,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="exact_joint_posterior_does_not_factorise",
        equations=("B.15", "B.16"),
        title="The exact posterior of (z, u) given the goal is not Q(z) Q(u).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_inference.exact_joint_posterior_does_not_factorise,
    ),
    Claim(
        id="mean_field_action_is_a_sigmoid_of_the_mean_belief",
        equations=(
            "B.15",
            "B.16",
        ),
        title="(B.16) at its word: given O = +1 the best Q(u) has log-odds 2 xi (2 phi_z - 1).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_inference.mean_field_action_is_a_sigmoid_of_the_mean_belief,
    ),
    Claim(
        id="mean_field_action_becomes_the_most_probable_state",
        equations=("B.16",),
        title="At infinite forward precision the mean-field agent takes the more probable state.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_inference.mean_field_action_becomes_the_most_probable_state,
    ),
    Claim(
        id="free_energy_is_minimised_by_the_posterior",
        equations=("B.17", "B.18", "B.19"),
        title="The variational free energy is least at the posterior, where it is -ln P(sigma).",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_inference.free_energy_is_minimised_by_the_posterior,
        checks=(
            agree(
                "free energy at the declared posterior against NumPyro's -ln evidence",
                lambda case: free_energies(case, logistic_posterior(case)[:, None])[:, 0],
                lambda case: -programs.log_evidences(case.running),
                AGENTS,
            ),
            at_least(
                "least excess of the free energy over -ln evidence on a grid of phi",
                lambda case: (
                    free_energies(case, GRID).min(1) + programs.log_evidences(case.running)
                ).min(),
                -1e-12,
                AGENTS,
            ),
        ),
    ),
)
