"""E-processes of actions: healthy agents stay below the threshold, faulty ones climb through it.

Every path is the kernel e-process that the claims use (`trajectories.RIVALS`) on a trajectory of
its own, read off at updates evenly spaced in their logarithm. A faulty path ends soon after it has
crossed: the level allows any stopping rule. Predictions are those of `matrix`, from exact laws.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from pp_spin.claims import cases, matrix, trajectories
from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import faulty
from pp_spin.claims.trajectories import RIVALS
from pp_spin.evidence import e_process
from pp_spin.evidence.alternatives import Actions
from pp_spin.schedule import Schedule, random_scan, synchronous

CASE = cases.TORUS
SCHEDULES: tuple[Schedule, ...] = (random_scan, synchronous)
"""Under which healthy agents act; faulty ones act under the first."""

RUNS = 2
"""Healthy trajectories of each schedule."""

N_CHAINS = 8192
"""In every profile: a path on a logarithmic axis gains little from more."""

FAULTS = (
    "flipped_sign",
    "half_logit",
    "tie_of_the_wrong_sign",
    "missing_tie",
    "coupling_off_by_one_percent",
)
"""From those that a few dozen updates give away to one that needs millions."""

N_POINTS = 40
BEYOND = 1.5
"""Thresholds after which a faulty path ends."""

Path = dict[str, Any]


def exhibit(means: Means) -> dict[str, Any]:
    """Paths of log E (nats), each with its largest value and where it crossed."""
    seeds = (
        means._replace(seed=int(state), n_chains=N_CHAINS)
        for state in np.random.SeedSequence(means.seed).generate_state(64, np.uint64)
    )
    return {
        "system": CASE.name,
        "alpha": means.alpha,
        "threshold": round(-float(np.log(means.alpha)), 12),
        "n_bets": len(RIVALS),
        "healthy": [
            {
                "schedule": str(schedule),
                "runs": [path_of(CASE, schedule, next(seeds)) for _ in range(RUNS)],
            }
            for schedule in SCHEDULES
        ],
        "faults": [
            {"id": name, "title": title, "predicted": matrix.predicted_crossing(case, means.alpha)}
            | path_of(case, SCHEDULES[0], next(seeds))
            for name, title, case in _faulty_cases()
        ],
    }


def path_of(case: System, schedule: Schedule, means: Means) -> Path:
    """The e-process of one trajectory, until the actions end or it is far above the threshold."""
    _, done = trajectories.actions(case, schedule, means)
    state = e_process.start(RIVALS, means.alpha, case.declared.n_agents)
    enough, n_updates = -BEYOND * np.log(means.alpha), len(done.up)
    updates, logs = [0], [0.0]
    for last in np.unique(np.geomspace(1, n_updates, N_POINTS).round().astype(int)):
        state = e_process.fed(state, _between(done, updates[-1], int(last)))
        found = e_process.verdict(state)
        if found.impossible:
            break  # log E is infinite: there is nothing more to draw
        updates.append(int(last))
        logs.append(round(found.log_e, 12))
        if found.log_e > enough:
            break
    largest = None if state.impossible else round(state.largest, 12)
    return {
        "updates": updates[1:],
        "log_e": logs[1:],
        "largest": largest,
        "crossed": state.crossed,
        "n_updates": n_updates,
    }


def _between(done: Actions, first: int, last: int) -> Actions:
    x, up_prob, up, agent, was_up = done
    part = slice(first, last)
    former = None if was_up is None else was_up[part]
    return Actions(x[part], up_prob[part], up[part], agent[part], former)


def _faulty_cases() -> Iterator[tuple[str, str, System]]:
    of_name = {fault.id: fault for fault in CATALOGUE}
    for name in FAULTS:
        case = faulty(of_name[name], CASE)
        assert isinstance(case, System)
        yield name, of_name[name].title, case
