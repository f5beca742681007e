"""Faults of the statistics themselves: what counts false alarms must catch them (28-30)."""

from dataclasses import replace

from pp_spin.claims import procedures
from pp_spin.claims.faults.fault import Apply, Fault, collective
from pp_spin.claims.procedures import Procedure

AGENTS = ("action_law", "stationary_law", "e_process")
"""Who looks at agents, with whom nothing is wrong."""


def _judged_by(procedure: Procedure) -> Apply:
    return collective(lambda case: replace(case, procedure=procedure))


FAULTS_OF_PROCEDURES = (
    Fault(
        "burn_in_kept",
        28,
        "draws are counted before chains have forgotten where they began",
        _judged_by(Procedure(procedures.first_draws, from_the_law=False)),
        ("false_alarms",),
        AGENTS,
    ),
    Fault(
        "draws_of_a_trace_taken_for_independent",
        29,
        "a chi-square test on the draws of one trace",
        _judged_by(Procedure(procedures.one_long_trace)),
        ("false_alarms",),
        AGENTS,
    ),
    Fault(
        "level_not_divided",
        30,
        "each of nine tests is given the whole level",
        _judged_by(Procedure(procedures.every_marginal_at_full_level)),
        ("false_alarms",),
        AGENTS,
    ),
    Fault(
        "dependent_evidence_multiplied",
        44,
        "e-values of the same draws are multiplied",
        _judged_by(Procedure(procedures.multiplied_ratios)),
        ("false_alarms",),
        AGENTS,
    ),
)
