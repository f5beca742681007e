"""Statistical checks: many independent chains, one draw each, against an exact law.

Independent draws need no correction for autocorrelation. Both kinds of start are exact at any
length: from the law itself, which must be preserved; and from all-up, where the law after so many
sweeps is computed, or the number of sweeps is certified by the exact kernel.
"""

from collections.abc import Callable
from functools import lru_cache

import jax
import numpy as np
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.configurations import configurations, index_of
from pp_spin.engine import plain
from pp_spin.evidence import moments, multinomial
from pp_spin.evidence.evidence import Evidence, Rung, Verdict
from pp_spin.laws.clamping import absorb_clamped
from pp_spin.reference.actions import action_table, without_clamped
from pp_spin.reference.laws import Law, ising_law, total_variation
from pp_spin.reference.stationary import stationary_law
from pp_spin.reference.transitions import moved, sweep_operators
from pp_spin.schedule import RandomScan, Schedule
from pp_spin.seed import key_of
from pp_spin.who_acts import who_acts

PRESERVED_SWEEPS = 5
"""Sweeps after which a law must still be what it was."""

CONVERGED = 1e-8
"""Total variation to the stationary law, from all-up, at which a chain counts as converged."""

MAX_SWEEPS = 4096

ExactLaw = Callable[[System, Schedule], Law]


def one_draw_per_chain(schedule: Schedule, over: tuple[System, ...]) -> tuple[Check, ...]:
    """The sampler has the schedule's exact stationary law: it is preserved, and reached."""
    return (
        Check(
            Rung.STATISTICAL,
            f"{schedule}: one draw per chain after {PRESERVED_SWEEPS} sweeps from the exact law",
            over,
            lambda case, means: _law_test(case, schedule, means, from_law=True),
        ),
        Check(
            Rung.STATISTICAL,
            f"{schedule}: one draw per chain, converged from all-up",
            over,
            lambda case, means: _law_test(case, schedule, means, from_law=False),
        ),
    )


def moments_of_posterior(schedule: Schedule, over: tuple[System, ...]) -> Check:
    """Marginals and tie agreements of the free agents against the exact conditional Ising law."""
    return Check(
        Rung.STATISTICAL,
        f"{schedule}: marginals and agreements, one draw per chain, converged from all-up",
        over,
        lambda case, means: _moments_test(case, schedule, means),
    )


def final_spins(
    case: System, schedule: Schedule, start: NDArray[np.int8], n_sweeps: int, seed: int
) -> NDArray[np.int8]:
    """One draw per chain of the running sampler, ``(n_chains, n)``, in single precision."""
    running = case.running
    with jax.enable_x64(False):
        resolved = who_acts(case.runs(schedule), running.sensory_precision, running.free)
        conditional = case.conditional(running)
        draws = plain.run(
            key_of(seed), start, resolved, conditional, num_warmup=n_sweeps - 1, num_samples=1
        )
    return draws[:, 0]


def _law_test(case: System, schedule: Schedule, means: Means, *, from_law: bool) -> Evidence:
    free, law = case.declared.free, _stationary(case, schedule)
    if from_law:
        start, n_sweeps, origin = _exact_draws(case, law, means), PRESERVED_SWEEPS, "the exact law"
    else:
        start, n_sweeps = _all_up(case, means), _sweeps_to_converge(case, schedule, _stationary)
        origin = "all-up"
    drawn = final_spins(case, schedule, start, n_sweeps, means.seed)
    counts = multinomial.counts_of(index_of(drawn[:, free]), len(law))
    test = multinomial.compare_with_law(counts, law, means.alpha)
    n_cells = int(np.count_nonzero(law))
    return _evidence(
        f"{schedule}: one draw per chain, {n_sweeps} sweeps from {origin}; relative entropy",
        case,
        means,
        found=test.total_variation,
        interval=test.interval,
        detectable=multinomial.detectable(means.n_chains, n_cells, means.alpha),
        surprise=_most_frequent_surprise(counts, law) if test.rejected else None,
    )


def _moments_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    free, law = case.declared.free, _posterior(case, schedule)
    n_sweeps = _sweeps_to_converge(case, schedule, _posterior)
    drawn = final_spins(case, schedule, _all_up(case, means), n_sweeps, means.seed)
    pairs = np.argwhere(np.triu(case.declared.sensory_precision[np.ix_(free, free)]))
    exact = moments.probabilities(law, configurations(len(free)), pairs)
    observed = moments.frequencies(drawn[:, free], pairs)
    test = moments.compare_with_probabilities(observed, exact, means.n_chains, means.alpha)
    return _evidence(
        f"{schedule}: marginals and agreements, one draw per chain, {n_sweeps} sweeps from all-up",
        case,
        means,
        found=test.discrepancy,
        interval=test.interval,
        detectable=moments.detectable(means.n_chains, len(exact), means.alpha),
        surprise=_event(case, pairs, test.worst, observed, exact) if test.rejected else None,
    )


def _evidence(
    method: str,
    case: System,
    means: Means,
    *,
    found: float,
    interval: tuple[float, float],
    detectable: float,
    surprise: str | None,
) -> Evidence:
    """Refuted by a surprise; supported where nothing beyond the detectable effect is left over."""
    if surprise is not None:
        outcome = Verdict.REFUTED
    else:
        outcome = Verdict.SUPPORTED if interval[1] <= detectable else Verdict.INCONCLUSIVE
    return Evidence(
        Rung.STATISTICAL,
        method,
        case.name,
        outcome,
        statistic=found,
        interval=interval,
        tolerance=detectable,
        n=means.n_chains,
        alpha=means.alpha,
        detectable=detectable,
        witness=surprise,
    )


@lru_cache(maxsize=64)
def _stationary(case: System, schedule: Schedule) -> Law:
    """The schedule's law of the free agents, solved for, ``(2**n_free,)``."""
    agents, _ = without_clamped(case.declared)
    return stationary_law(agents, schedule)


@lru_cache(maxsize=64)
def _posterior(case: System, schedule: Schedule) -> Law:
    """The Ising law of the free agents given the clamped ones, enumerated, ``(2**n_free,)``."""
    declared = case.declared
    rest = absorb_clamped(declared.sensory_precision, declared.prior_precision, declared.clamped)
    return ising_law(rest.couplings, rest.fields)


@lru_cache(maxsize=64)
def _sweeps_to_converge(case: System, schedule: Schedule, exact_law: ExactLaw) -> int:
    """How many sweeps the exact kernel needs from all-up to the law, to within ``CONVERGED``."""
    agents, free = without_clamped(case.declared)
    operators = sweep_operators(action_table(agents), agents, schedule)
    # Random scan's exact step is one update; the sampler's is a sweep of n_free of them.
    per_sweep = len(free) if isinstance(schedule, RandomScan) else 1
    target, law = exact_law(case, schedule), np.zeros(2 ** len(free))
    law[-1] = 1.0
    for n_sweeps in range(1, MAX_SWEEPS + 1):
        law = moved(law, operators, per_sweep)
        if total_variation(law, target) <= CONVERGED:
            return n_sweeps
    raise ValueError(
        f"got {case.name} under {schedule}, {total_variation(law, target):.2g} from its law after "
        f"{MAX_SWEEPS} sweeps from all-up; a convergence check needs {CONVERGED:g}; take weaker "
        "precisions or check preservation only"
    )


def _all_up(case: System, means: Means) -> NDArray[np.int8]:
    return case.declared.hold(np.ones((means.n_chains, case.declared.n_agents)))


def _exact_draws(case: System, law: Law, means: Means) -> NDArray[np.int8]:
    """Independent draws of a law of the free agents; NumPy's generator, not the sampler's."""
    rows = np.random.default_rng(means.seed).choice(len(law), size=means.n_chains, p=law)
    start = _all_up(case, means)
    start[:, case.declared.free] = 2 * ((rows[:, None] >> np.arange(_n_spins(law))) & 1) - 1
    return start


def _n_spins(law: Law) -> int:
    return len(law).bit_length() - 1


def _most_frequent_surprise(counts: NDArray[np.int64], law: Law) -> str:
    frequency = counts / counts.sum()
    worst = int(np.abs(frequency - law).argmax())
    return f"configuration {worst}: frequency {frequency[worst]:.5f} against {law[worst]:.5f}"


def _event(
    case: System,
    pairs: NDArray[np.intp],
    worst: int,
    observed: NDArray[np.float64],
    exact: NDArray[np.float64],
) -> str:
    nodes = [case.declared.nodes[i] for i in case.declared.free]
    if worst < len(nodes):
        event = f"{nodes[worst]} is up"
    else:
        i, j = pairs[worst - len(nodes)]
        event = f"{nodes[i]} and {nodes[j]} agree"
    return f"{event}: frequency {observed[worst]:.5f} against {exact[worst]:.5f}"
