"""Appendix C: the law of a collective under parallel and sequential updates."""

import numpy as np

from derivations import app_c_asynchronous, app_c_cross_terms, app_c_flips, app_c_synchronous
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import (
    ALL_AT_ONCE,
    EQUILIBRIUM,
    NO_SELF_OBSERVATION,
    ONE_AT_A_TIME,
    SYMMETRIC,
)
from pp_spin.claims.cases import System
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.sampling import one_draw_per_chain
from pp_spin.claims.sec3 import OPEN_SYSTEMS, SAMPLED
from pp_spin.claims.sec5 import little
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.laws.ising import Ising
from pp_spin.laws.little import Little
from pp_spin.reference.laws import Law, ising_law
from pp_spin.reference.stationary import detailed_balance_residual
from pp_spin.schedule import random_scan, synchronous


def product_of_action_laws(case: System) -> programs.Table:
    """(C.30) written out: ``exp(sum s'_i x_i - sum log 2cosh x_i)``, row = now, column = next."""
    agents = case.declared
    spins = configurations(agents.n_agents).astype(np.float64)
    fields = agents.prior_precision + spins @ agents.sensory_precision.T
    return np.exp(fields @ spins.T - np.logaddexp(fields, -fields).sum(1, keepdims=True))


def single_flip_ratios(case: System) -> programs.Table:
    """(C.38): ``ln p(s)/p(s')`` for a flip of agent i, in every configuration, ``(2**n, n)``."""
    agents = case.declared
    spins = configurations(agents.n_agents).astype(np.float64)
    fields = agents.prior_precision + spins @ agents.sensory_precision.T
    return 2 * spins * fields


def log_ratios_of_running_law(case: System) -> programs.Table:
    """The same from the stationary law of the running kernel."""
    log_law = np.log(programs.running_law(case, random_scan))
    states = np.arange(len(log_law))[:, None]
    return log_law[:, None] - log_law[states ^ (1 << np.arange(case.running.n_agents))]


def all_pairs_law(case: System) -> Law:
    """(C.39) as printed: one precision between *all* pairs i < j, not only along the ties."""
    gamma = case.declared.sensory_precision
    everybody = gamma.max() * (1 - np.eye(len(gamma)))
    return ising_law(everybody, case.declared.prior_precision)


CLAIMS = (
    Claim(
        id="synchronous_kernel_is_exponential",
        equations=("C.30", "C.31"),
        title="When all act at once the kernel is the product of the agents' action laws.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_c_synchronous.synchronous_kernel_is_exponential,
        assumes=(NO_SELF_OBSERVATION, ALL_AT_ONCE),
        checks=(
            agree(
                "the kernel under synchronous updates against the exponential form",
                lambda case: programs.running_kernel(case, synchronous),
                product_of_action_laws,
                (*OPEN_SYSTEMS, *cases.ASYMMETRIC_SYSTEMS),
            ),
        ),
    ),
    Claim(
        id="synchronous_law_satisfies_detailed_balance",
        equations=("C.29", "C.32", "C.33", "C.34"),
        title="With symmetric precisions the synchronous kernel is in detailed balance with "
        "(C.33).",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_c_synchronous.synchronous_law_satisfies_detailed_balance,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE),
        checks=(
            agree(
                "largest flux of the law (C.33) that is not returned",
                lambda case: detailed_balance_residual(
                    little(case), programs.running_kernel(case, synchronous)
                ),
                lambda case: 0.0,
                cases.SYMMETRIC_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="synchronous_collective_samples_the_little_law",
        equations=("C.33", "C.34"),
        title="When all act at once the collective's stationary law is (C.33).",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_c_synchronous.synchronous_law_is_stationary,
        assumes=(*EQUILIBRIUM, ALL_AT_ONCE),
        depends_on=("synchronous_law_satisfies_detailed_balance",),
        checks=(
            agree(
                "stationary law of the kernel against (C.33)",
                lambda case: programs.running_law(case, synchronous),
                little,
                cases.SYMMETRIC_SYSTEMS,
            ),
            agree(
                "energy (C.34) of the NumPyro law against the running law, up to a constant",
                lambda case: _centred(-np.log(programs.running_law(case, synchronous))),
                lambda case: _centred(
                    np.asarray(
                        Little(
                            case.declared.sensory_precision, case.declared.prior_precision
                        ).energy(configurations(case.declared.n_agents).astype(np.float64))
                    )
                ),
                OPEN_SYSTEMS,
            ),
            *one_draw_per_chain(synchronous, SAMPLED),
        ),
    ),
    Claim(
        id="printed_cross_terms_cancel_over_unordered_pairs",
        equations=("C.32",),
        title="The middle lines of (C.32) as printed: a sum over pairs makes the terms cancel.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_c_cross_terms.printed_cross_terms_cancel_over_unordered_pairs,
    ),
    Claim(
        id="cross_terms_cancel_over_ordered_pairs",
        equations=("C.32",),
        title="Over ordered pairs the cross terms of (C.32) cancel.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_cross_terms_cancel_over_unordered_pairs",),
        derivation=app_c_cross_terms.cross_terms_cancel_over_ordered_pairs,
        assumes=(SYMMETRIC,),
    ),
    Claim(
        id="single_flip_ratio_is_exponential_in_the_flip",
        equations=("C.35", "C.36", "C.37", "C.38"),
        title="One agent's flip changes the log-probability by twice its spin times its field.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_c_flips.single_flip_ratio_is_exponential_in_the_flip,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        checks=(
            agree(
                "log-ratios of the stationary law across every flip against (C.38)",
                log_ratios_of_running_law,
                single_flip_ratios,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="printed_flips_telescope_to_all_pairs",
        equations=("C.39",),
        title="(C.39) as printed: the law has a pair term for all i < j.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=app_c_flips.printed_flips_telescope_to_all_pairs,
        checks=(
            agree(
                "stationary law against the law with all pairs coupled",
                lambda case: programs.running_law(case, random_scan),
                all_pairs_law,
                (cases.RING,),
            ),
        ),
    ),
    Claim(
        id="flips_telescope_to_the_edges",
        equations=("C.39",),
        title="Flip by flip, the ratio of two probabilities is a sum over the ties only.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_flips_telescope_to_all_pairs",),
        derivation=app_c_flips.flips_telescope_to_the_edges,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
    ),
    Claim(
        id="asynchronous_law_is_ising",
        equations=("C.36", "C.40", "C.41"),
        title="One agent at a time the collective's stationary law is the Ising law (C.40).",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=app_c_asynchronous.asynchronous_law_is_ising,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        checks=(
            agree(
                "energy (C.41) of the NumPyro law against the running law, up to a constant",
                lambda case: _centred(-np.log(programs.running_law(case, random_scan))),
                lambda case: _centred(
                    np.asarray(
                        Ising(
                            case.declared.sensory_precision, case.declared.prior_precision
                        ).energy(configurations(case.declared.n_agents).astype(np.float64))
                    )
                ),
                OPEN_SYSTEMS,
            ),
        ),
    ),
)


def _centred(energies: np.ndarray) -> np.ndarray:
    return energies - energies.mean()
