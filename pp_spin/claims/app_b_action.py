"""Appendix B: from expected free energy to an action (B.9, B.20 to B.26)."""

import jax
import numpy as np
from jax import Array
from scipy.special import expit

from derivations import app_b_action, app_b_free_energy, app_b_model, app_b_printed
from pp_spin.agents.action import ActionRule, expected_free_energy
from pp_spin.agents.planning import expected_free_energies
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import FINITE_PRECISIONS
from pp_spin.claims.cases import Focal
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.evidence.evidence import Verdict
from pp_spin.spin import up_prob

AGENTS = cases.FOCAL_AGENTS


def _printed_action(posterior_eta: Array, scale: float) -> Array:
    return jax.nn.sigmoid(-scale * (1 - up_prob(posterior_eta)))


def printed_action_rule(scale: float) -> ActionRule:
    """(B.26), first line as printed: ``1 / (1 + exp(scale (1 - phi_z)))``, scale its beta inf.

    For the claims and faults only: nobody should act by it.
    """
    return ActionRule("printed_expected_free_energy", _printed_action, {"scale": scale})


def softmax_rule(case: Focal) -> ActionRule:
    """Softmax of expected free energy with the case's precisions."""
    return expected_free_energy(
        case.preference_precision, case.forward_precision, case.action_precision
    )


def scaled_belief(case: Focal) -> programs.Table:
    """``sigmoid(b (2 phi_z - 1))`` with ``b = 2 beta omega tanh xi``, for the declared agent."""
    return expit(_scale(case) * (2 * logistic_posterior(case) - 1))


def _scale(case: Focal) -> float:
    return 2 * case.action_precision * case.preference_precision * np.tanh(case.forward_precision)


def gap_of_free_energies(case: Focal) -> programs.Table:
    """``G(-1) - G(+1)`` of the planning program in every context."""
    of_actions = np.asarray(
        _in_every_context(
            programs.posterior_eta(case.running),
            case.preference_precision,
            case.forward_precision,
        )
    )
    return of_actions[:, 0] - of_actions[:, 1]


_in_every_context = programs.compiled(jax.vmap(expected_free_energies, in_axes=(0, None, None)))


def noisy_belief(case: Focal) -> programs.Table:
    """(B.23): phi_z flipped with the probability of error of the forward model, u last."""
    phi = logistic_posterior(case)[:, None]
    reliable = expit(2 * case.forward_precision)
    matches = np.where(programs.BOTH > 0, phi, 1 - phi)
    return reliable * matches + (1 - reliable) * (1 - matches)


CLAIMS = (
    Claim(
        id="one_printed_softmax_serves_prior_and_action",
        equations=("B.9", "B.26"),
        title="(B.9), printed without a precision, is the softmax that (B.26) acts by.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_model.one_printed_softmax_serves_prior_and_action,
        checks=(
            agree(
                "the action rule against the softmax of -G, without its precision",
                lambda case: programs.act(softmax_rule(case), case),
                lambda case: expit(gap_of_free_energies(case)),
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="softmax_prior_is_logistic_in_the_gap",
        equations=("B.9",),
        title="A softmax of two free energies is logistic in their difference.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("one_printed_softmax_serves_prior_and_action",),
        derivation=app_b_model.softmax_prior_is_logistic_in_the_gap,
        checks=(
            agree(
                "the action rule against the softmax of -beta G",
                lambda case: programs.act(softmax_rule(case), case),
                lambda case: expit(case.action_precision * gap_of_free_energies(case)),
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="action_free_energy_is_minimised_by_its_prior",
        equations=("B.9", "B.20"),
        title="Read as KL[Q(u) || P(u)], (B.20) is least at the softmax of -beta G.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("literal_action_free_energy_counts_utility_once",),
        derivation=app_b_action.action_free_energy_is_minimised_by_its_prior,
    ),
    Claim(
        id="literal_action_free_energy_counts_utility_once",
        equations=("B.14", "B.20"),
        title="With (B.14) in it as printed, (B.20) is least at softmax(-beta G).",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_action.literal_action_free_energy_counts_utility_once,
    ),
    Claim(
        id="literal_action_free_energy_counts_utility_twice",
        equations=("B.14", "B.20"),
        title="With (B.14) in it, (B.20) is least at softmax(-(beta + 1) G).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("literal_action_free_energy_counts_utility_once",),
        derivation=app_b_action.literal_action_free_energy_counts_utility_twice,
    ),
    Claim(
        id="epistemic_terms_do_not_choose",
        equations=("B.22",),
        title="Keeping the utility only loses nothing: the other terms are equal for both actions.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_free_energy.epistemic_terms_do_not_choose,
    ),
    Claim(
        id="predicted_outcome_is_a_noisy_copy_of_the_belief",
        equations=("B.23",),
        title="Q(O|u) is the belief flipped with the forward model's probability of error.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_free_energy.predicted_outcome_is_a_noisy_copy_of_the_belief,
        checks=(
            agree(
                "Q(O = +1 | u) enumerated by NumPyro against the closed form",
                programs.prediction,
                noisy_belief,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="predicted_outcome_tends_to_the_belief",
        equations=("B.24",),
        title="At infinite forward precision the table of Q(O|u) holds phi_z and 1 - phi_z.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_free_energy.predicted_outcome_tends_to_the_belief,
    ),
    Claim(
        id="expected_free_energies_both_diverge",
        equations=("B.25",),
        title="At infinite precisions both expected free energies are infinite, and their "
        "difference is infinite or 0.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_b_free_energy.expected_free_energies_both_diverge,
    ),
    Claim(
        id="expected_free_energy_gap_is_finite",
        equations=("B.22", "B.25"),
        title="At finite precisions G(-1) - G(+1) = 2 omega tanh(xi) (2 phi_z - 1).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_free_energy.expected_free_energy_gap_is_finite,
        assumes=(FINITE_PRECISIONS,),
        checks=(
            agree(
                "difference of the program's expected free energies against the formula",
                gap_of_free_energies,
                lambda case: (
                    2
                    * case.preference_precision
                    * np.tanh(case.forward_precision)
                    * (2 * logistic_posterior(case) - 1)
                ),
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="printed_action_posterior_uses_one_free_energy",
        equations=("B.26",),
        title="(B.26), first line as printed, is the softmax of the expected free energies.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_printed.printed_action_posterior_uses_one_free_energy,
        checks=(
            agree(
                "the printed rule against the softmax of -beta G with one scale",
                lambda case: programs.act(printed_action_rule(_scale(case)), case),
                scaled_belief,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="printed_action_posterior_has_a_constant_factor",
        equations=("B.26",),
        title="(B.26), second line as printed, has the form 1/(1 + C exp(-phi_z)).",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_printed.printed_action_posterior_has_a_constant_factor,
    ),
    Claim(
        id="best_constant_of_the_printed_form",
        equations=("B.26",),
        title="The printed 1/(1 + C exp(-phi_z)) is nearest at C = e^(1/2), and off by 0.3775.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_action_posterior_has_a_constant_factor",),
        derivation=app_b_printed.best_constant_of_the_printed_form,
    ),
    Claim(
        id="softmax_agent_acts_by_a_scaled_belief",
        equations=("B.26",),
        title="(B.26) corrected: phi_u = sigmoid(b (2 phi_z - 1)), b = 2 beta omega tanh xi.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=(
            "printed_action_posterior_uses_one_free_energy",
            "printed_action_posterior_has_a_constant_factor",
        ),
        derivation=app_b_action.softmax_agent_acts_by_a_scaled_belief,
        assumes=(FINITE_PRECISIONS,),
        checks=(
            agree(
                "the action rule against the scaled belief",
                lambda case: programs.act(softmax_rule(case), case),
                scaled_belief,
                AGENTS,
            ),
        ),
    ),
)
