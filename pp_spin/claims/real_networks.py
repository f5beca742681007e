"""Real networks, whose law no enumeration reaches: exact draws, some sweeps, the moments.

The law comes from variable elimination. Chains start from its own independent draws, so that their
law after any number of sweeps is known exactly, whatever they forget; and they run by the engine
that a user of `sample` would get. Marginals and the agreement of every tie must still be exact.
"""

import numpy as np

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.sampling import engine_draws, moments_evidence
from pp_spin.engine import driver
from pp_spin.evidence import moments
from pp_spin.evidence.evidence import Evidence, Rung
from pp_spin.reference import elimination
from pp_spin.schedule import Schedule

SWEEPS = 20
"""From the law's own draws to those that are tested."""


def keeps_the_law_of_elimination(schedule: Schedule, over: tuple[System, ...]) -> Check:
    """Exact draws of the Ising law are still draws of it after `SWEEPS` sweeps."""
    return Check(
        Rung.STATISTICAL,
        f"{schedule}: marginals and agreements, {SWEEPS} sweeps from exact draws",
        over,
        lambda case, means: _moments_test(case, schedule, means),
        armed_by=("half_logit",),
    )


def _moments_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    declared = case.declared
    exact_law = elimination.eliminate(
        declared.ties, declared.prior_precision, clamped=declared.clamped
    )
    start = elimination.exact_draws(exact_law, means.n_chains, means.seed)
    spins = engine_draws(case, schedule, start, driver.Counts(SWEEPS - 1, 1), means.seed)[:, 0]
    free = declared.free
    place = np.full(declared.n_agents, -1)
    place[free] = np.arange(len(free))
    ties = np.argwhere(np.triu(declared.sensory_precision))
    ties = ties[(place[ties] >= 0).all(axis=1)]
    exact = np.concatenate(
        [
            elimination.marginal_up(exact_law)[free],
            (1 + elimination.spin_products(exact_law, ties)) / 2,
        ]
    )
    pairs = place[ties]
    observed = moments.frequencies(spins[:, free], pairs)
    return moments_evidence(
        f"{schedule}: marginals and agreements, {SWEEPS} sweeps from exact draws",
        case,
        means,
        pairs,
        observed,
        exact,
    )
