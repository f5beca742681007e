"""Appendix A: the likelihood and Bayes' rule of one agent, step by step."""

import numpy as np
from scipy.special import expit

from derivations import app_a_inference, app_a_likelihood
from pp_spin.claims import cases, programs
from pp_spin.claims.cases import Focal
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.evidence.evidence import Verdict


def likelihood_of_program(case: Focal) -> programs.Table:
    """``log P(sigma | z)`` from NumPyro's joint and its sum over the neighbours, z last."""
    joint = programs.log_joint(case.running)
    return joint - np.logaddexp.reduce(joint, axis=0)


def exponential_form(case: Focal) -> programs.Table:
    """(A.4): ``z sum_j gamma_j s_j - sum_j log 2cosh(gamma_j z)``, z last."""
    gamma = np.asarray(case.declared.sensory_precision)
    weighted_sum = programs.contexts(case.declared) @ gamma
    normaliser = np.logaddexp(gamma, -gamma).sum()
    return np.outer(weighted_sum, programs.BOTH) - normaliser


CLAIMS = (
    Claim(
        id="likelihood_matrix_has_logistic_entries",
        equations=("A.2",),
        title="The likelihood of one neighbour is a table of logistic functions of 2 gamma.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_likelihood.likelihood_matrix_has_logistic_entries,
        checks=(
            agree(
                "the NumPyro likelihood against the table, rows sigma and columns z = -1, +1",
                lambda case: np.exp(likelihood_of_program(case)),
                lambda case: expit(
                    2 * case.declared.sensory_precision * np.outer(programs.BOTH, programs.BOTH)
                ),
                (cases.ONE_NEIGHBOUR,),
            ),
        ),
    ),
    Claim(
        id="likelihood_matrix_tends_to_the_identity",
        equations=("A.2",),
        title="A neighbour of infinite precision shows the hidden spin itself.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_likelihood.likelihood_matrix_tends_to_the_identity,
    ),
    Claim(
        id="likelihood_is_exponential_in_the_spin_sum",
        equations=("A.3",),
        title="With one precision for all, the likelihood is exponential in the spins' sum.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_likelihood.likelihood_is_exponential_in_the_spin_sum,
        checks=(
            agree(
                "log-likelihood of the NumPyro program against (A.3)",
                likelihood_of_program,
                exponential_form,
                (cases.LATTICE_AGENT,),
            ),
        ),
    ),
    Claim(
        id="heterogeneous_likelihood_is_exponential_in_the_weighted_sum",
        equations=("A.4", "10"),
        title="With a precision per neighbour, the spins enter with their weights.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_likelihood.heterogeneous_likelihood_is_exponential_in_the_weighted_sum,
        checks=(
            agree(
                "log-likelihood of the NumPyro program against (A.4)",
                likelihood_of_program,
                exponential_form,
                (cases.UNEVEN_AGENT,),
            ),
        ),
    ),
    Claim(
        id="bayes_rule_gives_the_logistic_posterior",
        equations=("A.5", "A.6", "A.7"),
        title="Joint over evidence, with the hyperbolic cosine written out, is (1) and (2).",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_a_inference.bayes_rule_gives_the_logistic_posterior,
        checks=(
            agree(
                "NumPyro's joint over NumPyro's evidence against the logistic function",
                lambda case: programs.posterior_up(case.running),
                logistic_posterior,
                cases.FOCAL_AGENTS,
            ),
        ),
    ),
)
