"""Section 2 and Fig. 1: one agent perceives, acts, and is observed in turn."""

import numpy as np
from scipy.special import expit, logit

from derivations import app_a_inference, app_a_likelihood, sec2_action, sec2_posterior
from pp_spin.agents.action import probability_matching
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import MATCHING
from pp_spin.claims.cases import Focal, System
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.trajectories import action_by_action
from pp_spin.evidence.evidence import Verdict
from pp_spin.reference.actions import action_probabilities
from pp_spin.schedule import random_scan, synchronous

FIG_1C_AXIS = np.arange(-10, 11)
"""The sums of neighbouring spins that panel C's axis spans."""

ALL_SYSTEMS = (
    *cases.SYMMETRIC_SYSTEMS,
    *cases.ASYMMETRIC_SYSTEMS,
    *cases.EXACT_LAW_SYSTEMS,
    cases.KARATE_CLUB,
)

ACTING = (cases.TORUS, cases.MACHINE)


def logistic_posterior(case: Focal) -> programs.Table:
    """Eqs. (2), (11) written out for the declared agent, ``(2**n_neighbours,)``."""
    agent = case.declared
    weighted_sum = programs.contexts(agent) @ np.asarray(agent.sensory_precision)
    return expit(2 * (agent.prior_precision + weighted_sum))


def running_actions(case: System) -> programs.Table:
    """What the kernel asks of the free agents in every possible configuration."""
    return programs.acting_up_where_possible(case)[:, case.declared.free]


def declared_actions(case: System) -> programs.Table:
    """The closed formula for the same agents and configurations."""
    spins = programs.possible_configurations(case)
    return action_probabilities(case.declared, spins)[:, case.declared.free]


def is_met_by_the_focal_agent(case: System) -> programs.Table:
    """1 for each sum of Fig. 1C's axis that some configuration shows the first agent, else 0."""
    seen = case.running.sensory_precision[0] != 0
    met = programs.possible_configurations(case)[:, seen].sum(1)
    return np.isin(FIG_1C_AXIS, met).astype(np.float64)


CLAIMS = (
    Claim(
        id="likelihood_is_normalised",
        equations=("sec. 2.1", "A.1"),
        title="Given the hidden spin, the probabilities of what the neighbours show sum to one.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_likelihood.likelihood_is_normalised,
        checks=(
            agree(
                "NumPyro's joint over the prior, summed over the neighbours, for z = -1 and +1",
                lambda case: (
                    np.exp(programs.log_joint(case.running)).sum(0)
                    / expit(2 * case.declared.prior_precision * programs.BOTH)
                ),
                lambda case: np.ones(2),
                cases.FOCAL_AGENTS,
            ),
        ),
    ),
    Claim(
        id="prior_is_normalised",
        equations=("sec. 2.1",),
        title="The prior is the law of one spin with local field zeta.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_inference.prior_is_normalised,
        checks=(
            agree(
                "NumPyro's joint density summed over the neighbours",
                lambda case: np.exp(programs.log_joint(case.running)).sum(0),
                lambda case: expit(2 * case.declared.prior_precision * programs.BOTH),
                cases.FOCAL_AGENTS,
            ),
        ),
    ),
    Claim(
        id="joint_is_normalised",
        equations=("sec. 2.1",),
        title="Likelihood times prior is a law of what the neighbours show and the hidden spin.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_posterior.joint_is_normalised,
        checks=(
            agree(
                "NumPyro's joint density, summed over the neighbours and the hidden spin",
                lambda case: np.exp(programs.log_joint(case.running)).sum(),
                lambda case: np.ones(()),
                cases.FOCAL_AGENTS,
            ),
        ),
    ),
    Claim(
        id="posterior_is_logistic",
        equations=("1", "2", "3"),
        title="The posterior of the hidden spin is logistic in the sum of the neighbours' spins.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_posterior.posterior_is_logistic,
        checks=(
            agree(
                "posterior enumerated by NumPyro against the logistic function",
                lambda case: programs.posterior_up(case.running),
                logistic_posterior,
                (cases.LATTICE_AGENT,),
            ),
            agree(
                "the agent's closed form against the logistic function",
                lambda case: expit(2 * programs.posterior_eta(case.running)),
                logistic_posterior,
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
    Claim(
        id="only_the_sum_of_the_spins_enters",
        equations=("1", "2"),
        title="However many neighbours there are, only the sum of their spins enters.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_posterior.only_the_sum_of_the_spins_enters,
        checks=(
            agree(
                "differences of NumPyro's posterior half log-odds, gamma times those of the sums",
                lambda case: _differences(logit(programs.posterior_up(case.running)) / 2),
                lambda case: case.declared.sensory_precision[0] * _differences(_sums(case)),
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
    Claim(
        id="printed_action_law_has_parameter_phi_u",
        equations=("4", "B.21"),
        title="The action law as printed, with phi_z on its right side, is a law with parameter "
        "phi_u.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec2_action.printed_action_law_has_parameter_phi_u,
    ),
    Claim(
        id="action_law_is_bernoulli",
        equations=("4", "B.21"),
        title="With phi_u on the right side the action law is a law for every phi_u.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_action_law_has_parameter_phi_u",),
        derivation=sec2_action.action_law_is_bernoulli,
    ),
    Claim(
        id="matched_action_law_is_the_posterior",
        equations=("5",),
        title="An agent that matches probabilities acts by a draw from its posterior.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_action.matched_action_law_is_the_posterior,
        assumes=(MATCHING,),
        checks=(
            agree(
                "the action rule against the posterior enumerated by NumPyro",
                lambda case: programs.act(probability_matching, case),
                lambda case: programs.posterior_up(case.declared),
                cases.FOCAL_AGENTS,
            ),
        ),
    ),
    Claim(
        id="each_agent_acts_on_its_own_posterior",
        equations=("sec. 2.4", "9"),
        title="In every configuration the kernel gives each agent its own posterior, no more.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_action.each_agent_acts_on_its_own_posterior,
        assumes=(MATCHING,),
        depends_on=("matched_action_law_is_the_posterior",),
        checks=(
            agree(
                "the kernel's probabilities against the closed formula, in every configuration",
                running_actions,
                declared_actions,
                ALL_SYSTEMS,
            ),
            *action_by_action(random_scan, ACTING),
            *action_by_action(synchronous, ACTING),
        ),
    ),
    Claim(
        id="fig_1c_shows_the_model",
        equations=("Fig. 1C", "2"),
        title="The curves of Fig. 1C are the model's own: gamma sets the slope, zeta the shift.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec2_posterior.fig_1c_curve_has_slope_gamma_over_two_where_it_is_one_half,
        depends_on=("posterior_is_logistic",),
        checks=(
            agree(
                "the half point -zeta/gamma read off the agent's half log-odds",
                lambda case: _half_point(programs.posterior_eta(case.running), case),
                lambda case: -case.declared.prior_precision / case.declared.sensory_precision[0],
                (cases.TEN_NEIGHBOURS,),
            ),
            agree(
                "the slope gamma/2 at the half point, from log-odds per unit of the sum over 4",
                lambda case: 2 * _slope(programs.posterior_eta(case.running), case) / 4,
                lambda case: case.declared.sensory_precision[0] / 2,
                (cases.TEN_NEIGHBOURS,),
            ),
        ),
    ),
    Claim(
        id="agent_of_fig_1a_reaches_five_sums_of_the_axis_of_fig_1c",
        equations=("Fig. 1",),
        title="Of panel C's axis, -10 to 10, the agent of panel A meets -4, -2, 0, 2 and 4 only.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=sec2_posterior.four_neighbours_show_one_of_five_sums,
        checks=(
            agree(
                "the sums that the focal agent of the 4x4 lattice meets",
                is_met_by_the_focal_agent,
                lambda case: np.isin(FIG_1C_AXIS, [-4, -2, 0, 2, 4]),
                (cases.FIG_1A_LATTICE,),
            ),
        ),
    ),
)


def _sums(case: Focal) -> programs.Table:
    """The sum of the neighbouring spins in every context."""
    return programs.contexts(case.running).sum(1).astype(np.float64)


def _differences(values: programs.Table) -> programs.Table:
    """Between every two contexts."""
    return np.subtract.outer(values, values)


def _slope(eta: programs.Table, case: Focal) -> float:
    """Half log-odds per unit of the sum, between all-down and all-up."""
    sums = _sums(case)
    return float((eta[-1] - eta[0]) / (sums[-1] - sums[0]))


def _half_point(eta: programs.Table, case: Focal) -> float:
    """The sum at which the half log-odds, linear in it, are zero."""
    return float(_sums(case)[0] - eta[0] / _slope(eta, case))
