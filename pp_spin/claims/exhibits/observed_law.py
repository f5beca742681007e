"""Observed against exact probabilities: who acts one at a time, who all at once, and a wrong law.

One draw per chain of a spin glass of six agents, from all-up, after as many sweeps as bring its
exact law within ``sampling.CONVERGED`` of the stationary one. Draws of all at once are held against
the Little law and, as a comparison that must fail, against the Ising law.

The band of a configuration of probability p are the counts k of n draws with neither tail
``P(K <= k)`` nor ``P(K >= k)`` at most ``alpha / (2 n_cells)``: k is inside just where p is in
Clopper and Pearson's interval of k, as in ``evidence.moments``. Under the law itself any of the
configurations leaves its band with probability alpha at most, at any n.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from pp_spin.claims import cases, sampling
from pp_spin.claims.claim import Means
from pp_spin.configurations import index_of
from pp_spin.engine.driver import Counts
from pp_spin.evidence import multinomial
from pp_spin.reference.laws import Law, ising_law, little_law
from pp_spin.schedule import Schedule, random_scan, synchronous

CASE = cases.GLASS


def exhibit(means: Means) -> dict[str, Any]:
    """Three comparisons: draws with their own laws, and the synchronous ones with the other's."""
    declared = CASE.declared
    ising = ising_law(declared.sensory_precision, declared.prior_precision)
    little = little_law(declared.sensory_precision, declared.prior_precision)
    seeds = np.random.SeedSequence(means.seed).generate_state(2, np.uint64)
    one_at_a_time = counts(random_scan, means._replace(seed=int(seeds[0])))
    all_at_once = counts(synchronous, means._replace(seed=int(seeds[1])))
    return {
        "system": CASE.name,
        "n": means.n_chains,
        "alpha": means.alpha,
        "comparisons": [
            {"draws": draws, "law": name, **against(found, law, means.alpha)}
            for draws, name, found, law in (
                ("random_scan", "Ising", one_at_a_time, ising),
                ("synchronous", "Little", all_at_once, little),
                ("synchronous", "Ising", all_at_once, ising),
            )
        ],
    }


def counts(schedule: Schedule, means: Means) -> NDArray[np.int64]:
    """How many of the chains end in each configuration, ``(n_cells,)``."""
    trial = sampling.converged(CASE, schedule, means)
    last = Counts(trial.n_sweeps - 1, 1)
    spins = sampling.engine_draws(CASE, schedule, trial.start, last, means.seed)[:, 0]
    return multinomial.counts_of(index_of(spins), len(trial.law))


def against(found: NDArray[np.int64], law: Law, alpha: float) -> dict[str, Any]:
    """Frequency over probability and its band, by rising probability; all ``(n_cells,)``."""
    n, tail = int(found.sum()), alpha / (2 * len(law))
    order = np.argsort(law, kind="stable")
    exact, counted = law[order], found[order]
    low, high = binom.ppf(tail, n, exact), binom.isf(tail, n, exact)
    scale = n * exact
    return {
        "exact": _rounded(exact),
        "ratio": _rounded(counted / scale),
        "low": _rounded(low / scale),
        "high": _rounded(high / scale),
        "n_outside": int(((counted < low) | (counted > high)).sum()),
    }


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.12g}") for value in values]
