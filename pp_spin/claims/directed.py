"""Draws against named rivals: precisions that are all too large or too small (section 3, eq. 8).

A law to a power is the law of so many times the precisions: another temperature. One draw of each
chain, from all-up until the exact kernel has converged, is held against such rivals by likelihood
ratios, which asks for far fewer draws than looking for every fault at once: of the 4x4 lattice
3,900 where couplings are 5 % off, and for `sampling`'s test of its 65,536 cells 38 million.
"""

from functools import partial

import numpy as np

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.sampling import all_up, final_spins, judged, law_at_convergence, posterior
from pp_spin.configurations import index_of
from pp_spin.evidence import likelihood_ratio, multinomial
from pp_spin.evidence.budget import MISS
from pp_spin.evidence.coupling import coupling_error_of_law
from pp_spin.evidence.evidence import Evidence, Rung
from pp_spin.reference.laws import Law
from pp_spin.schedule import Schedule

ERRORS = tuple(sign * size for size in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5) for sign in (-1, 1))
"""Relative errors of all precisions that are bet on."""


def precisions_by_draws(
    schedule: Schedule, over: tuple[System, ...], most: int | None = None
) -> Check:
    """Converged draws, ``most`` of them at most, have the law of the declared precisions."""
    method = f"{schedule}: one draw per chain, converged from all-up, against other temperatures"
    return Check(
        Rung.STATISTICAL,
        method,
        over,
        partial(_test, method=method, schedule=schedule, most=most),
        armed_by=("coupling_off_by_five_percent",),
    )


def rivals_of(law: Law) -> np.ndarray:
    """The laws of precisions that are off by `ERRORS`, ``(n_rivals, n_cells)``."""
    powers = np.power(law, 1 + np.array(ERRORS)[:, None])
    return powers / powers.sum(axis=1, keepdims=True)


def detectable(law: Law, n_draws: int, alpha: float) -> float:
    """The relative error of all precisions that is found with probability ``1 - MISS`` or so.

    Small errors have the relative entropy ``I error^2 / 2``, I the variance of the law's logarithm;
    inf where it has none, as the laws of agents who know nothing, or are certain.
    """
    weights = law[law > 0]
    logs = np.log(weights)
    information = weights @ (logs - weights @ logs) ** 2
    seen = likelihood_ratio.detectable(n_draws, alpha, MISS, len(ERRORS))
    return float(np.sqrt(2 * seen / information)) if information > 0 else np.inf


def _test(
    case: System, means: Means, method: str, schedule: Schedule, most: int | None
) -> Evidence:
    n_draws = min(most or means.n_chains, means.n_chains)
    n_sweeps, law = law_at_convergence(case, schedule, posterior)
    drawn = final_spins(case, schedule, all_up(case, n_draws), n_sweeps, means.seed)
    counts = multinomial.counts_of(index_of(drawn[:, case.declared.free]), len(law))
    test = likelihood_ratio.compare_with_rivals(counts, law, rivals_of(law), means.alpha)
    error = interval = log_e = None
    if np.isfinite(test.log_e):
        log_e = test.log_e
        error, interval = coupling_error_of_law(counts, law, log_e, means.alpha)
    seen = detectable(law, n_draws, means.alpha)
    best = f"the best bet is precisions times {1 + ERRORS[test.best]:g}"
    return judged(
        method,
        case,
        alpha=means.alpha,
        n=n_draws,
        found=error,
        interval=interval,
        detectable=seen,
        surprise=f"log E = {test.log_e:.1f}; {best}" if test.rejected else None,
        # The interval is as wide on either side of an estimate that is off by as much itself.
        tolerance=2 * seen,
        log_e=log_e,
    )
