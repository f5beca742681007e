"""Statistical checks of what agents do, action by action: no law of the collective is needed.

Given the past an action is a coin of known probability, so nothing here depends on how long a
chain remembers. What all agents do at once is read off the draws of the engine that `sample` would
take; what one of them does at a time, which draws do not tell, is recorded tick by tick from the
kernel. Both are held against what the *declared* agents would do in what they saw.
"""

from collections.abc import Callable, Iterator
from functools import partial

import jax
import numpy as np
from numpy.typing import NDArray

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.programs import running_law
from pp_spin.claims.sampling import engine_draws, judged
from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.engine import driver
from pp_spin.evidence import e_process, growth, pit, reversal
from pp_spin.evidence.alternatives import Actions, standard
from pp_spin.evidence.budget import MISS
from pp_spin.evidence.coupling import coupling_error
from pp_spin.evidence.evidence import Evidence, Rung
from pp_spin.evidence.recording import Randomness, recorded
from pp_spin.evidence.trajectory import Trajectory, actions_of, unrolled
from pp_spin.schedule import RandomScan, Schedule, Synchronous
from pp_spin.seed import key_of
from pp_spin.who_acts import who_acts

UPDATES_PER_CHAIN = 4
"""Updates of a test of actions for each chain that a run allows: they are cheaper than chains."""

N_CHAINS = 64
"""Over which the updates of a trajectory are spread: one sees no keys that chains share."""

REVERSED_SWEEPS, CHAINS_PER_REVERSAL = 10, 10
"""Length of a trajectory whose direction is asked for, and chains that a run allows for each."""


RIVALS = standard(former_spin=True)
"""What the e-process bets on."""


def action_by_action(schedule: Schedule, over: tuple[System, ...]) -> tuple[Check, ...]:
    """Every action has its agent's probability, and depends on nothing but what it saw."""
    return (
        Check(
            Rung.STATISTICAL,
            f"{schedule}: e-process of every action",
            over,
            lambda case, means: e_process_test(case, schedule, means),
            armed_by=("half_logit",),
        ),
        Check(
            Rung.STATISTICAL,
            f"{schedule}: every action as an independent uniform number",
            over,
            lambda case, means: independence_test(case, schedule, means),
            armed_by=("flipped_sign",),
        ),
    )


def looks_the_same_backwards(schedule: Schedule, over: tuple[System, ...]) -> Check:
    """Stationary chains show no direction of time."""
    return Check(
        Rung.STATISTICAL,
        f"{schedule}: sign test of time reversal",
        over,
        lambda case, means: reversal_test(case, schedule, means),
        armed_by=("one_way_ties",),
    )


def trajectory(
    case: System, schedule: Schedule, start: NDArray[np.int8], n_ticks: int, seed: int
) -> Trajectory:
    """So many ticks of the running collective from ``start`` ``(n_chains, n)``."""
    running = case.running
    with jax.enable_x64(False):
        return recorded(
            who_acts(case.runs(schedule), running.sensory_precision, running.free),
            case.conditional(running),
            start,
            n_ticks,
            key_of(seed),
            case.randomness,
        )


def actions(case: System, schedule: Schedule, means: Means) -> tuple[Trajectory, Actions]:
    """``UPDATES_PER_CHAIN * means.n_chains`` updates from all-up, of declared probabilities."""
    per_tick = 1 if isinstance(schedule, RandomScan) else len(case.declared.free)
    n_ticks = UPDATES_PER_CHAIN * means.n_chains // (N_CHAINS * per_tick)
    start = case.declared.hold(np.ones((N_CHAINS, case.declared.n_agents)))
    if _by_an_engine(case, schedule):
        counts = driver.Counts(0, n_ticks)
        draws = engine_draws(case, schedule, start, counts, means.seed)
        found = unrolled(case.declared, schedule, np.concatenate([start[:, None], draws], axis=1))
    else:
        found = trajectory(case, schedule, start, n_ticks, means.seed)
    return found, actions_of(case.declared, found)


def _by_an_engine(case: System, schedule: Schedule) -> bool:
    """Whether an engine runs the case, and its draws say who acted: all at once."""
    as_it_is = case.conditional is Collective.up_prob_fn and case.randomness == Randomness()
    return as_it_is and isinstance(schedule, Synchronous)


def e_process_of(case: System, schedule: Schedule, means: Means) -> e_process.EProcess:
    """The kernel e-process of the running collective against what is declared."""
    _, done = actions(case, schedule, means)
    return _against_rivals(case, done, means)


def _against_rivals(case: System, done: Actions, means: Means) -> e_process.EProcess:
    n_agents = case.declared.n_agents
    return e_process.compare_with_action_law(done, RIVALS, means.alpha, n_agents)


def e_process_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    """The kernel e-process; the discrepancy is the relative error of all precisions."""
    _, done = actions(case, schedule, means)
    test = _against_rivals(case, done, means)
    seen = growth.detectable(len(done.up), means.alpha, MISS, len(RIVALS))
    detectable = growth.coupling_error(seen, done.half_log_odds)
    error = interval = witness = None
    if not test.impossible:
        error, interval = coupling_error(done, test.log_e, means.alpha)
    if test.rejected:
        witness = test.impossible or (
            f"log E passes {-np.log(means.alpha):.1f} at update {test.crossed} and ends at "
            f"{test.log_e:.1f}; the best bet is {test.best}"
        )
    return judged(
        f"{schedule}: e-process of every action; relative error of the precisions",
        case,
        alpha=means.alpha,
        n=len(done.up),
        found=error,
        interval=interval,
        detectable=detectable,
        surprise=witness,
        # The interval is as wide on either side of an estimate that is off by as much itself.
        tolerance=2 * detectable,
        log_e=None if test.impossible else test.log_e,
        impossible=bool(test.impossible),
    )


def independence_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    """Actions as uniform numbers: alone, after each other, side by side, and with who acts."""
    found, done = actions(case, schedule, means)
    rng = np.random.default_rng(means.seed)
    parts = list(_parts(case, schedule, found, done, rng))
    tests = [(name, n, pit_test(means.alpha / len(parts))) for name, n, pit_test in parts]
    name, n, worst = min(tests, key=lambda each: each[2].p_value)
    detectable = max(
        pit.detectable(count, means.alpha / len(parts), MISS, pit.SIDE**2) for _, count, _ in tests
    )
    witness = f"{name}: total variation {worst.discrepancy:.4f} from uniform in {n} of them"
    return judged(
        f"{schedule}: every action as a uniform number; total variation in cells of pairs",
        case,
        alpha=means.alpha,
        n=len(done.up),
        found=worst.discrepancy,
        interval=(worst.interval[0], max(test.interval[1] for _, _, test in tests)),
        detectable=detectable,
        surprise=witness if worst.rejected else None,
    )


def reversal_test(case: System, schedule: Schedule, means: Means) -> Evidence:
    """Signs of the net currents between spins, in chains that start from the kernel's own law."""
    n_chains = max(1, means.n_chains // CHAINS_PER_REVERSAL)
    free = case.declared.free
    n_ticks = REVERSED_SWEEPS * (len(free) if isinstance(schedule, RandomScan) else 1)
    with jax.enable_x64(True):
        law = running_law(case, schedule)
    rows = np.random.default_rng(means.seed).choice(2**case.running.n_agents, size=n_chains, p=law)
    start = configurations(case.running.n_agents)[rows]
    spins = trajectory(case, schedule, start, n_ticks, means.seed).spins[:, :, free]
    # An order of updates leaves no trace from tick to tick, only from sweep to sweep.
    sweep = n_ticks // REVERSED_SWEEPS
    steps = {"tick": 1} | ({"sweep": sweep} if sweep > 1 else {})
    alpha = means.alpha / len(steps)
    tests = {name: _signs(spins[:, ::step], alpha) for name, step in steps.items()}
    name, worst = min(tests.items(), key=lambda each: each[1].p_value)
    detectable = max(
        reversal.detectable(max(1, test.n_signed), alpha, MISS) for test in tests.values()
    )
    witness = (
        f"from {name} to {name} time has a direction in {worst.n_signed} trajectories: "
        f"z = {worst.z:+.1f}"
    )
    return judged(
        f"{schedule}: sign test of time reversal; excess of one sign",
        case,
        alpha=means.alpha,
        n=worst.n_signed,
        found=worst.discrepancy,
        interval=(worst.interval[0], max(test.interval[1] for test in tests.values())),
        detectable=detectable,
        surprise=witness if worst.rejected else None,
    )


def _signs(spins: NDArray[np.int8], alpha: float) -> reversal.SignTest:
    """The net current from earlier to later spins in each chain of ``(n_chains, n_times, n)``."""
    order = np.arange(spins.shape[2])
    weights = np.sign(order[None, :] - order[:, None])
    some = np.array_split(spins, -(-len(spins) // N_CHAINS))
    statistics = [reversal.antisymmetric_statistic(chains, weights) for chains in some]
    return reversal.sign_test(np.concatenate(statistics), alpha)


PARTS_OF_RANDOM_SCAN = 5
"""In how many ways the independence of its actions is asked for."""

Part = tuple[str, int, Callable[[float], pit.TransformTest]]
"""What is asked, of how many uniform numbers or pairs, and the test at a level."""


def _parts(
    case: System,
    schedule: Schedule,
    found: Trajectory,
    done: Actions,
    rng: np.random.Generator,
) -> Iterator[Part]:
    """Every way in which the uniform numbers of actions are held against independent ones."""
    n_chains, _, width = found.agents.shape
    u = pit.transform(done.up_prob, done.up, rng).reshape(n_chains, -1)
    yield "actions", u.size, partial(pit.uniformity, u.ravel())
    pairs = {
        "an action and the next": pit.lagged(u.T, 1),
        "two chains at once": (u[0::2].ravel(), u[1::2].ravel()),
    }
    if width > 1:
        pairs["an action and that of a tick later"] = pit.lagged(u.T, width)
    if isinstance(schedule, RandomScan):
        free = case.declared.free
        chosen = np.searchsorted(free, found.agents[:, :, 0])
        site = pit.of_choice(chosen, len(free), rng)
        pairs |= {
            "who acts and how": (site.ravel(), u.ravel()),
            "who acts and who is next": pit.lagged(site.T, 1),
        }
    for name, (one, other) in pairs.items():
        yield name, len(one), partial(pit.dependence, one, other)
