"""Faults of who acts when (19-24, and more)."""

from dataclasses import replace

from pp_spin.claims.cases import System
from pp_spin.claims.faults.fault import Fault, collective, scheduled
from pp_spin.schedule import (
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)


def _clamped_agents_released(case: System) -> System | None:
    if not case.running.clamped:
        return None
    return replace(case, running=case.running.replaced(clamped=None))


FAULTS_OF_SCHEDULES = (
    Fault(
        "synchronous_for_asynchronous",
        19,
        "all agents act at once where one at a time is declared",
        scheduled({random_scan: synchronous, sequential: synchronous, chromatic: synchronous}),
        ("stationary_law", "one_sweep", "preserved"),
        ("action_law", "e_process", "together"),
    ),
    Fault(
        "stale_copy_in_a_sweep",
        20,
        "agents of a sweep see what there was before it",
        scheduled({sequential: synchronous, chromatic: synchronous}),
        ("sweep_kernel",),
        ("action_law", "e_process", "stationary_law"),
    ),
    Fault(
        "sweep_for_random_scan",
        21,
        "a sweep in fixed order where a random agent is declared",
        scheduled({random_scan: sequential}),
        ("reversal", "independence", "one_sweep"),
        ("stationary_law", "action_law", "e_process", "preserved"),
    ),
    Fault(
        "clamped_agents_act",
        23,
        "clamped agents act like the others",
        collective(_clamped_agents_released),
        ("clamped",),
    ),
    Fault(
        "half_of_them_act",
        24,
        "each agent acts with probability 1/2 where all at once is declared",
        scheduled({synchronous: partially_synchronous(0.5)}),
        ("synchronous_law",),
        ("action_law", "stationary_law", "e_process"),
    ),
    Fault(
        "one_at_a_time_for_parallel",
        31,
        "one random agent acts where all or some at once is declared",
        scheduled({synchronous: random_scan, partially_synchronous(0.5): random_scan}),
        ("synchronous_law",),
        ("action_law", "stationary_law", "e_process"),
    ),
    Fault(
        "colours_for_random_scan",
        38,
        "a chromatic sweep where a random agent is declared",
        scheduled({random_scan: chromatic}),
        ("one_sweep",),
        ("stationary_law", "action_law", "e_process", "preserved"),
    ),
)
