"""Ways of judging draws, whose own false alarms are counted: the calibration of the calibrators.

A procedure says where chains start and what is made of their draws ``(n_chains, n_sweeps, n)`` and
their exact law. On draws of a correct sampler it should reject with probability alpha at most.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, chi2

from pp_spin.configurations import configurations, index_of
from pp_spin.evidence import likelihood_ratio, moments, multinomial
from pp_spin.reference.laws import Law, marginal_up

Draws = NDArray[np.int8]


class Procedure(NamedTuple):
    """How draws are made and judged."""

    rejects: Callable[[Draws, Law, float], bool]
    """(draws, law, alpha) -> whether the law is rejected"""
    from_the_law: bool = True
    """whether chains start from exact draws of the law, else all up"""


def last_draws(draws: Draws, law: Law, alpha: float) -> bool:
    """One draw per chain against the marginals of the law, which share the level."""
    return _marginals_differ(draws[:, -1], law, alpha)


def first_draws(draws: Draws, law: Law, alpha: float) -> bool:
    """The same of the first draws, as if there were nothing to forget."""
    return _marginals_differ(draws[:, 0], law, alpha)


def _marginals_differ(spins: NDArray[np.int8], law: Law, alpha: float) -> bool:
    up = (spins == 1).mean(axis=0)
    return moments.compare_with_probabilities(up, marginal_up(law), len(spins), alpha).rejected


def one_long_trace(draws: Draws, law: Law, alpha: float) -> bool:
    """A chi-square test of the magnetisation in all draws of a run, as if they were independent."""
    up = (draws == 1).sum(axis=2).ravel()
    n_up = (configurations(draws.shape[2]) == 1).sum(axis=1)
    exact = np.bincount(n_up, weights=law) * len(up)
    found = np.bincount(up, minlength=len(exact))
    statistic = ((found - exact) ** 2 / exact).sum()
    return bool(chi2.sf(statistic, len(exact) - 1) < alpha)


def every_marginal_at_full_level(draws: Draws, law: Law, alpha: float) -> bool:
    """A binomial test of each spin, each of them at alpha."""
    up = (draws[:, -1] == 1).sum(axis=0)
    tests = zip(up, marginal_up(law), strict=True)
    return any(binomtest(int(k), len(draws), p).pvalue < alpha for k, p in tests)


def multiplied_ratios(draws: Draws, law: Law, alpha: float) -> bool:
    """The e-values of nine rivals on the *same* draws, multiplied as if those were others."""
    counts = multinomial.counts_of(index_of(draws[:, -1]), len(law))
    rivals = np.array([law**power for power in np.linspace(0.85, 0.95, 9)])
    rivals /= rivals.sum(axis=1, keepdims=True)
    test = likelihood_ratio.compare_with_rivals(counts, law, rivals, alpha)
    return bool(test.logs.sum() >= -np.log(alpha))


ONE_DRAW_PER_CHAIN = Procedure(last_draws)
"""The procedure of this house."""
