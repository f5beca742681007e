"""Statistical checks: many independent chains, one draw each, against an exact law.

Independent draws need no correction for autocorrelation. Three ways in, each exact: from the
stationary law itself, which must be preserved; one sweep from all-up, which is the kernel and its
schedule with nothing averaged out; and from all-up until the exact kernel has converged. In the
last two the draws are held against the law *after so many sweeps*, so none has to have forgotten
its start. (The sampler's single-precision uniforms move a probability by up to 1.2e-7, a thousand
times less than what is detectable.)
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import jax
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.collective import Collective
from pp_spin.configurations import configurations, index_of
from pp_spin.engine import driver, plain
from pp_spin.engine.choice import engine_for
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import planned
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


class Trial(NamedTuple):
    """Chains to be run, and the law that their last configurations must have."""

    origin: str
    start: NDArray[np.int8]
    """``(n_chains, n)``"""
    n_sweeps: int
    law: Law
    """of the free agents, ``(2**n_free,)``"""


def one_draw_per_chain(schedule: Schedule, over: tuple[System, ...]) -> tuple[Check, ...]:
    """The sampler realises the schedule's exact kernel, preserves its law, and reaches it."""

    def check(what: str, trial: Callable[[System, Schedule, Means], Trial]) -> Check:
        return Check(
            Rung.STATISTICAL,
            f"{schedule}: one draw per chain, {what}",
            over,
            lambda case, means: _law_test(case, schedule, means, trial(case, schedule, means)),
            armed_by=("half_logit",),
        )

    return (
        check("one sweep from all-up", _one_sweep),
        check(f"{PRESERVED_SWEEPS} sweeps from the exact law", _preserved),
        check("converged from all-up", converged),
    )


def moments_of_posterior(schedule: Schedule, over: tuple[System, ...]) -> Check:
    """Marginals and tie agreements of the free agents against the exact conditional Ising law."""
    return Check(
        Rung.STATISTICAL,
        f"{schedule}: marginals and agreements, one draw per chain, converged from all-up",
        over,
        lambda case, means: _moments_test(case, schedule, means),
        armed_by=("half_logit",),
    )


def final_spins(
    case: System, schedule: Schedule, start: NDArray[np.int8], n_sweeps: int, seed: int
) -> NDArray[np.int8]:
    """One draw per chain of the running sampler, ``(n_chains, n)``, after so many sweeps."""
    return running_draws(case, schedule, start, driver.Counts(n_sweeps - 1, 1), seed)[:, 0]


def running_draws(
    case: System, schedule: Schedule, start: NDArray[np.int8], counts: driver.Counts, seed: int
) -> NDArray[np.int8]:
    """Draws ``(n_chains, n_draws, n)`` of the running sampler, in single precision."""
    running = case.running
    with jax.enable_x64(False):
        resolved = who_acts(case.runs(schedule), running.sensory_precision, running.free)
        plan = plain.planned(resolved, case.conditional(running), len(start))
        return driver.draws(key_of(seed), start, plan, counts)


def engine_draws(
    case: System, schedule: Schedule, start: NDArray[np.int8], counts: driver.Counts, seed: int
) -> NDArray[np.int8]:
    """The same by the engine that `sample` would take; by the kernel where it asks others.

    Engines ask the agents themselves: a case with another conditional is not for them.
    """
    if case.conditional is not Collective.up_prob_fn:
        return running_draws(case, schedule, start, counts, seed)
    running = dynamics(case.running, case.runs(schedule))
    with jax.enable_x64(False):
        plan = planned(running, len(start), engine_for(running, len(start)), driver.workers())
        return driver.draws(key_of(seed), start, plan, counts)


def _one_sweep(case: System, schedule: Schedule, means: Means) -> Trial:
    operators, per_sweep = _exact_sweep(case, schedule)
    law = moved(_all_up_law(case), operators, per_sweep)
    return Trial("all-up", all_up(case, means.n_chains), 1, law)


def _preserved(case: System, schedule: Schedule, means: Means) -> Trial:
    law = stationary(case, schedule)
    return Trial(
        "the exact law", exact_draws(case, law, means.n_chains, means.seed), PRESERVED_SWEEPS, law
    )


def converged(case: System, schedule: Schedule, means: Means) -> Trial:
    """As many sweeps from all-up as bring the declared law to within ``CONVERGED`` of its limit."""
    n_sweeps, law = law_at_convergence(case, schedule, stationary)
    return Trial("all-up", all_up(case, means.n_chains), n_sweeps, law)


def _law_test(case: System, schedule: Schedule, means: Means, trial: Trial) -> Evidence:
    drawn = final_spins(case, schedule, trial.start, trial.n_sweeps, means.seed)
    counts = multinomial.counts_of(index_of(drawn[:, case.declared.free]), len(trial.law))
    test = multinomial.compare_with_law(counts, trial.law, means.alpha)
    n_cells = int(np.count_nonzero(trial.law))
    return judged(
        f"{schedule}: one draw per chain, sweep {trial.n_sweeps} from {trial.origin}; "
        "relative entropy",
        case,
        alpha=means.alpha,
        n=means.n_chains,
        found=test.total_variation,
        interval=test.interval,
        detectable=multinomial.detectable(means.n_chains, n_cells, means.alpha),
        surprise=_most_frequent_surprise(counts, trial.law) if test.rejected else None,
    )


def _moments_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    free = case.declared.free
    n_sweeps, law = law_at_convergence(case, schedule, posterior)
    drawn = final_spins(case, schedule, all_up(case, means.n_chains), n_sweeps, means.seed)
    pairs = np.argwhere(np.triu(case.declared.sensory_precision[np.ix_(free, free)]))
    exact = moments.probabilities(law, configurations(len(free)), pairs)
    observed = moments.frequencies(drawn[:, free], pairs)
    method = (
        f"{schedule}: marginals and agreements, one draw per chain, sweep {n_sweeps} from all-up"
    )
    return moments_evidence(method, case, means, pairs, observed, exact)


def moments_evidence(
    method: str,
    case: System,
    means: Means,
    pairs: NDArray[np.intp],
    observed: NDArray[np.float64],
    exact: NDArray[np.float64],
) -> Evidence:
    """Frequencies ``(n_events,)`` of one draw per chain against exact probabilities.

    Events are "is up" for each free agent, then "agree" for ``pairs`` ``(n_pairs, 2)`` of them.
    """
    test = moments.compare_with_probabilities(observed, exact, means.n_chains, means.alpha)
    return judged(
        method,
        case,
        alpha=means.alpha,
        n=means.n_chains,
        found=test.discrepancy,
        interval=test.interval,
        detectable=moments.detectable(means.n_chains, len(exact), means.alpha),
        surprise=_event(case, pairs, test.worst, observed, exact) if test.rejected else None,
    )


def judged(
    method: str,
    case: System,
    *,
    alpha: float,
    n: int,
    found: float | None,
    interval: tuple[float, float] | None,
    detectable: float,
    surprise: str | None,
    tolerance: float | None = None,
    log_e: float | None = None,
    impossible: bool = False,
) -> Evidence:
    """Refuted by a surprise; supported where at most ``tolerance`` can be left over.

    The tolerance is the detectable effect, unless it is given.
    """
    most = detectable if tolerance is None else tolerance
    if surprise is not None:
        outcome = Verdict.REFUTED
    else:
        within = interval is not None and max(map(abs, interval)) <= most < np.inf
        outcome = Verdict.SUPPORTED if within else Verdict.INCONCLUSIVE
    return Evidence(
        Rung.STATISTICAL,
        method,
        case.name,
        outcome,
        statistic=found,
        interval=interval,
        tolerance=most if most < np.inf else None,
        n=n,
        alpha=alpha,
        detectable=detectable if detectable < np.inf else None,
        witness=surprise,
        log_e=log_e,
        impossible=impossible,
    )


@lru_cache(maxsize=64)
def stationary(case: System, schedule: Schedule) -> Law:
    """The schedule's law of the free agents, solved for, ``(2**n_free,)``."""
    agents, _ = without_clamped(case.declared)
    return stationary_law(agents, schedule)


@lru_cache(maxsize=64)
def posterior(case: System, schedule: Schedule) -> Law:
    """The Ising law of the free agents given the clamped ones, enumerated, ``(2**n_free,)``."""
    declared = case.declared
    rest = absorb_clamped(declared.sensory_precision, declared.prior_precision, declared.clamped)
    return ising_law(rest.couplings, rest.fields)


@lru_cache(maxsize=64)
def _exact_sweep(case: System, schedule: Schedule) -> tuple[list[sp.csr_array], int]:
    """The declared agents' exact kernel, and how many of its steps make one of the sampler's."""
    agents, free = without_clamped(case.declared)
    operators = sweep_operators(action_table(agents), agents, schedule)
    # Random scan's exact step is one update; the sampler's is a sweep of n_free of them.
    return operators, len(free) if isinstance(schedule, RandomScan) else 1


@lru_cache(maxsize=64)
def law_at_convergence(case: System, schedule: Schedule, exact_law: ExactLaw) -> tuple[int, Law]:
    """The first sweep from all-up whose law is within ``CONVERGED`` of the exact one, and it."""
    operators, per_sweep = _exact_sweep(case, schedule)
    target, law = exact_law(case, schedule), _all_up_law(case)
    for n_sweeps in range(1, MAX_SWEEPS + 1):
        law = moved(law, operators, per_sweep)
        if total_variation(law, target) <= CONVERGED:
            return n_sweeps, law
    raise ValueError(
        f"got {case.name} under {schedule}, {total_variation(law, target):.2g} from its law after "
        f"{MAX_SWEEPS} sweeps from all-up; a convergence check needs {CONVERGED:g}; take weaker "
        "precisions or check preservation only"
    )


def _all_up_law(case: System) -> Law:
    law = np.zeros(2 ** len(case.declared.free))
    law[-1] = 1.0
    return law


def all_up(case: System, n_chains: int) -> NDArray[np.int8]:
    """Where chains start that are to forget it, ``(n_chains, n)``."""
    return case.declared.hold(np.ones((n_chains, case.declared.n_agents)))


def exact_draws(case: System, law: Law, n_draws: int, seed: int) -> NDArray[np.int8]:
    """Independent draws ``(n_draws, n)`` of a law of the free agents; by NumPy's own generator."""
    rows = np.random.default_rng(seed).choice(len(law), size=n_draws, p=law)
    start = case.declared.hold(np.ones((n_draws, case.declared.n_agents)))
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
