"""Statistical checks: many independent chains, one draw each, against an exact law.

Independent draws need no correction for autocorrelation. Both kinds of start are exact at any
length: from the law itself, which must be preserved; and from all-up, where the law after so many
sweeps is computed, or the number of sweeps is certified by the exact kernel.
"""

from functools import lru_cache

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.programs import possible_configurations
from pp_spin.configurations import index_of
from pp_spin.engine import plain
from pp_spin.evidence import moments, multinomial
from pp_spin.evidence.evidence import Evidence, Rung, Verdict
from pp_spin.laws.clamping import absorb_clamped
from pp_spin.reference.actions import action_table
from pp_spin.reference.laws import Law, ising_law, total_variation
from pp_spin.reference.stationary import stationary_law
from pp_spin.reference.transitions import moved, sweep_operators
from pp_spin.schedule import RandomScan, Schedule
from pp_spin.who_acts import who_acts

PRESERVED_SWEEPS = 5
"""Sweeps after which a law must still be what it was."""

CONVERGED = 1e-8
"""Total variation to the stationary law, from all-up, at which a chain counts as converged."""

MAX_SWEEPS = 4096


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
    method = f"{schedule}: marginals and agreements, one draw per chain from the exact conditional"
    return Check(
        Rung.STATISTICAL,
        method,
        over,
        lambda case, means: _moments_test(case, schedule, means, method),
    )


def final_spins(
    case: System, schedule: Schedule, start: NDArray[np.int8], n_sweeps: int, seed: int
) -> NDArray[np.int8]:
    """One draw per chain of the running sampler, ``(n_chains, n)``, in single precision."""
    running = case.running
    key = jax.random.wrap_key_data(jnp.array(divmod(seed, 2**32), dtype=jnp.uint32))
    with jax.enable_x64(False):
        resolved = who_acts(case.runs(schedule), running.sensory_precision, running.free)
        conditional = case.conditional(running)
        draws = plain.run(key, start, resolved, conditional, num_warmup=n_sweeps - 1, num_samples=1)
    return draws[:, 0]


def _law_test(case: System, schedule: Schedule, means: Means, *, from_law: bool) -> Evidence:
    law, n_sweeps = _exact_law(case, schedule), PRESERVED_SWEEPS
    spins = _starts(case, law if from_law else None, means)
    if not from_law:
        n_sweeps = _sweeps_to_converge(case, schedule)
    drawn = final_spins(case, schedule, spins, n_sweeps, means.seed)
    n_cells = int(np.count_nonzero(law))
    counts = multinomial.counts_of(index_of(drawn), len(law))
    test = multinomial.compare_with_law(counts, law, means.alpha)
    tolerance = multinomial.detectable(means.n_chains, n_cells, means.alpha)
    start = "the exact law" if from_law else "all-up"
    return Evidence(
        Rung.STATISTICAL,
        f"{schedule}: one draw per chain, {n_sweeps} sweeps from {start}; relative entropy",
        case.name,
        _outcome(test.rejected, test.interval[1], tolerance),
        statistic=test.total_variation,
        interval=test.interval,
        tolerance=tolerance,
        n=means.n_chains,
        alpha=means.alpha,
        detectable=tolerance,
        witness=_most_frequent_surprise(counts, law) if test.rejected else None,
    )


def _moments_test(case: System, schedule: Schedule, means: Means, method: str) -> Evidence:
    declared = case.declared
    rest = absorb_clamped(declared.sensory_precision, declared.prior_precision, declared.clamped)
    law = ising_law(rest.couplings, rest.fields)
    configurations = possible_configurations(case)[:, declared.free]
    pairs = np.argwhere(np.triu(rest.couplings))
    exact = moments.probabilities(law, configurations, pairs)
    start = _starts(case, law, means)
    drawn = final_spins(case, schedule, start, PRESERVED_SWEEPS, means.seed)
    observed = moments.frequencies(drawn[:, declared.free], pairs)
    test = moments.compare_with_probabilities(observed, exact, means.n_chains, means.alpha)
    tolerance = moments.detectable(means.n_chains, len(exact), means.alpha)
    return Evidence(
        Rung.STATISTICAL,
        method,
        case.name,
        _outcome(test.rejected, test.interval[1], tolerance),
        statistic=test.discrepancy,
        interval=test.interval,
        tolerance=tolerance,
        n=means.n_chains,
        alpha=means.alpha,
        detectable=tolerance,
        witness=_event(case, pairs, test.worst, observed, exact) if test.rejected else None,
    )


def _outcome(rejected: bool, upper: float, tolerance: float) -> Verdict:
    if rejected:
        return Verdict.REFUTED
    return Verdict.SUPPORTED if upper <= tolerance else Verdict.INCONCLUSIVE


@lru_cache(maxsize=64)
def _exact_law(case: System, schedule: Schedule) -> Law:
    return stationary_law(case.declared, schedule)


@lru_cache(maxsize=64)
def _sweeps_to_converge(case: System, schedule: Schedule) -> int:
    declared = case.declared
    operators = sweep_operators(action_table(declared), declared, schedule)
    # Random scan's exact step is one update; the sampler's is a sweep of n_free of them.
    per_sweep = len(declared.free) if isinstance(schedule, RandomScan) else 1
    target, law = _exact_law(case, schedule), np.zeros(2**declared.n_agents)
    law[int(index_of(declared.hold(np.ones(declared.n_agents))))] = 1.0
    for n_sweeps in range(1, MAX_SWEEPS + 1):
        law = moved(law, operators, per_sweep)
        if total_variation(law, target) <= CONVERGED:
            return n_sweeps
    raise ValueError(
        f"got {case.name} under {schedule}, {total_variation(law, target):.2g} from its stationary "
        f"law after {MAX_SWEEPS} sweeps from all-up; a convergence check needs {CONVERGED:g}; take "
        "weaker precisions or check preservation only"
    )


def _starts(case: System, law: Law | None, means: Means) -> NDArray[np.int8]:
    """Exact draws of ``law`` over all or over the free configurations; without a law, all-up."""
    declared = case.declared
    if law is None:
        return declared.hold(np.ones((means.n_chains, declared.n_agents)))
    # NumPy's generator: the exact draws owe nothing to the sampler's.
    rng = np.random.default_rng(means.seed)
    rows = rng.choice(len(law), size=means.n_chains, p=law)
    bits = (rows[:, None] >> np.arange(len(law).bit_length() - 1)) & 1
    spins = (2 * bits - 1).astype(np.int8)
    if spins.shape[1] == declared.n_agents:
        return spins
    start = np.ones((means.n_chains, declared.n_agents), dtype=np.int8)
    start[:, declared.free] = spins
    return declared.hold(start)


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
