"""Appendix B: whether the action is a sample of the belief, and how to make it one (B.27, B.28)."""

import numpy as np
from scipy.special import expit, softmax

from derivations import app_b_matching, app_b_minimax, app_b_planning
from pp_spin.agents.action import (
    ActionRule,
    expected_free_energy,
    maximum_a_posteriori,
    planning_as_inference,
)
from pp_spin.claims import cases, programs
from pp_spin.claims.cases import Focal
from pp_spin.claims.checking import agree, agree_within
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.evidence.evidence import Verdict

MINIMAX_B = 2.8238
"""The b whose sigmoid(b (2 phi - 1)) stays closest to phi on [0, 1]."""

MINIMAX_ERROR = 0.0561
"""How close: the tolerance of (B.27)."""

GRID = np.linspace(0.0, 1.0, 100_001)
"""Values of phi_z. Between its points the error changes by less than (b/2 + 1) times the step."""

AGENTS = cases.FOCAL_AGENTS


def imitation_error(b: float) -> float:
    """``sup_phi |sigmoid(b (2 phi - 1)) - phi|`` on [0, 1], bounded from above over the grid."""
    between_points = (b / 2 + 1) * (GRID[1] - GRID[0])
    return float(np.abs(expit(b * (2 * GRID - 1)) - GRID).max() + between_points)


def action_of_factor_graph(case: Focal) -> programs.Table:
    """``P(u = +1)`` in (B.14) with a flat prior on u, enumerated by NumPyro, in every context."""
    return softmax(programs.goal_log_mass(case), axis=1)[:, 1]


def planned(case: Focal) -> ActionRule:
    """Planning as inference with the case's precisions."""
    return planning_as_inference(case.preference_precision, case.forward_precision)


CLAIMS = (
    Claim(
        id="scaled_sigmoid_equals_the_posterior",
        equations=("B.27",),
        title="There is a b with which (B.27) is an equality.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_matching.scaled_sigmoid_equals_the_posterior,
    ),
    Claim(
        id="best_scale_leaves_an_error_of_five_percent",
        equations=("B.27", "5"),
        title="The best b imitates probability matching to within 0.0561, and no closer.",
        form="corrected",
        expected=Verdict.APPROXIMATE,
        corrects=("scaled_sigmoid_equals_the_posterior",),
        derivation=app_b_minimax.best_scale_leaves_an_error_of_five_percent,
        checks=(
            agree_within(
                f"greatest error over phi_z in [0, 1] at b = {MINIMAX_B}",
                lambda case: imitation_error(MINIMAX_B),
                lambda case: 0.0,
                (cases.LATTICE_AGENT,),
                MINIMAX_ERROR,
            ),
            agree_within(
                f"the softmax agent's actions against its posterior at b = {MINIMAX_B}",
                lambda case: programs.act(expected_free_energy(1.0, np.inf, MINIMAX_B / 2), case),
                logistic_posterior,
                AGENTS,
                MINIMAX_ERROR,
            ),
        ),
    ),
    Claim(
        id="scales_of_one_two_and_four_err_more",
        equations=("B.27",),
        title="At b = 1, 2 and 4 the error of (B.27) is 0.269, 0.119 and 0.133.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_minimax.scales_of_one_two_and_four_err_more,
    ),
    Claim(
        id="log_odds_of_actions_stay_bounded",
        equations=("B.27",),
        title="No b matches certain beliefs: the action's log-odds stay below b, z's do not.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_matching.log_odds_of_actions_stay_bounded,
    ),
    Claim(
        id="infinite_precision_makes_the_action_a_sample",
        equations=("B.27",),
        title='"Only possible due to infinite precisions": there (B.26) gives phi_u = phi_z.',
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_matching.infinite_precision_makes_the_action_a_sample,
        checks=(
            agree(
                "the softmax rule at b = 2e6 against the posterior",
                lambda case: programs.act(expected_free_energy(1e3, np.inf, 1e3), case),
                logistic_posterior,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="infinite_precision_makes_the_action_certain",
        equations=("B.26", "B.27"),
        title='"Only possible due to infinite precisions" is reversed: there the agent takes the '
        "more probable action for certain.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("infinite_precision_makes_the_action_a_sample",),
        derivation=app_b_matching.infinite_precision_makes_the_action_certain,
        checks=(
            agree(
                "the softmax rule at b = 2e6 against the most probable action",
                lambda case: programs.act(expected_free_energy(1e3, np.inf, 1e3), case),
                lambda case: np.heaviside(logistic_posterior(case) - 0.5, 0.5),
                AGENTS,
            ),
            agree(
                "the rule called maximum_a_posteriori against the same",
                lambda case: programs.act(maximum_a_posteriori, case),
                lambda case: np.heaviside(logistic_posterior(case) - 0.5, 0.5),
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="softmax_agent_samples_the_posterior",
        equations=(
            "B.27",
            "B.28",
            "5",
        ),
        title="By way of (B.26) the action is a sample from the posterior, for some b.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_b_matching.softmax_agent_samples_the_posterior,
        checks=(
            agree(
                f"the softmax agent's actions against its posterior at b = {MINIMAX_B}",
                lambda case: programs.act(expected_free_energy(1.0, np.inf, MINIMAX_B / 2), case),
                logistic_posterior,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="planning_as_inference_shrinks_the_belief",
        equations=("B.14",),
        title="Conditioned on the goal, (B.14) gives 1/2 + tanh(omega) tanh(xi) (phi_z - 1/2).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=app_b_planning.planning_as_inference_shrinks_the_belief,
        checks=(
            agree(
                "the action's law enumerated by NumPyro against the rule, finite precisions",
                action_of_factor_graph,
                lambda case: programs.act(planned(case), case),
                AGENTS,
            ),
            agree(
                "the rule against 1/2 + tanh(omega) tanh(xi) (phi_z - 1/2)",
                lambda case: programs.act(planned(case), case),
                lambda case: (
                    0.5
                    + np.tanh(case.preference_precision)
                    * np.tanh(case.forward_precision)
                    * (logistic_posterior(case) - 0.5)
                ),
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="planning_as_inference_matches_probability",
        equations=("B.14", "B.27", "B.28", "5"),
        title="Conditioned on the preferred outcome, (B.14) gives phi_u = phi_z in the limit.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("softmax_agent_samples_the_posterior",),
        derivation=app_b_planning.planning_as_inference_matches_probability,
        checks=(
            agree(
                "the rule at infinite precisions against the posterior",
                lambda case: programs.act(planning_as_inference(np.inf, np.inf), case),
                logistic_posterior,
                AGENTS,
            ),
        ),
    ),
    Claim(
        id="inclusive_divergence_matches_probability",
        equations=(
            "B.22",
            "B.27",
            "B.28",
        ),
        title="With KL[P(O) || Q(O|u)] for G(u) the softmax is the posterior, in the limit.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("softmax_agent_samples_the_posterior",),
        derivation=app_b_planning.inclusive_divergence_matches_probability,
    ),
    Claim(
        id="field_dependent_precision_matches_probability",
        equations=("B.27",),
        title="With b(x) = 2x / tanh x, a precision that knows the field, (B.27) is an equality.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("scaled_sigmoid_equals_the_posterior", "softmax_agent_samples_the_posterior"),
        derivation=app_b_planning.field_dependent_precision_matches_probability,
    ),
)
