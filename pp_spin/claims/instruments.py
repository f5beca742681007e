"""The kinds of check by name, on one small system: what the catalogue of faults is held against.

The system is the 3x3 torus of the project's design (gamma = 0.3, zeta = 0.1), where all laws and
kernels are exact; clamped agents are looked at in a machine of four hidden and three visible units.
A fault that cannot be seeded into an instrument's system is not for it.
"""

from typing import NamedTuple

import jax
import numpy as np
from scipy.stats import beta, binom

from pp_spin.claims import cases, programs, trajectories
from pp_spin.claims.cases import System
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.directed import precisions_by_draws
from pp_spin.claims.sampling import (
    exact_draws,
    one_draw_per_chain,
    running_draws,
    stationary,
)
from pp_spin.claims.sec2 import declared_actions, running_actions
from pp_spin.claims.trajectories import action_by_action, looks_the_same_backwards
from pp_spin.configurations import configurations
from pp_spin.engine.driver import Counts
from pp_spin.evidence.evidence import Evidence, Rung, Verdict
from pp_spin.laws.ising import Ising
from pp_spin.reference.actions import action_table
from pp_spin.reference.laws import Law
from pp_spin.reference.transitions import dense, sweep_operators
from pp_spin.schedule import Schedule, random_scan, sequential, synchronous


class Instrument(NamedTuple):
    """A check on the system that it is read on."""

    id: str
    title: str
    check: Check

    @property
    def case(self) -> System:
        """The system."""
        return self.check.over[0]

    def read(self, case: System, means: Means) -> Evidence:
        """What it says of a case, healthy or not."""
        with jax.enable_x64(self.check.rung is Rung.EXHAUSTIVE):
            return self.check.examine(case, means)


REPLICATES, CHAINS_OF_A_REPLICATE, SWEEPS_OF_A_REPLICATE = 400, 64, 40
"""Runs of a correct sampler whose false alarms are counted, and their size."""

NOMINAL = 0.01
"""The level at which they are judged."""


def _declared_sweep(case: System, schedule: Schedule) -> programs.Table:
    return dense(sweep_operators(action_table(case.declared), case.declared, schedule))


def _law_by_the_program(case: System) -> Law:
    """The Ising law from the energies of the NumPyro program, where no clamped spin differs."""
    agents = case.declared
    spins = configurations(agents.n_agents)
    program = Ising(agents.sensory_precision, agents.prior_precision)
    weights = np.exp(np.asarray(program.log_prob(spins), dtype=np.float64))
    weights[(spins != agents.hold(spins)).any(axis=1)] = 0.0
    return weights / weights.sum()


def _declared_law(case: System) -> Law:
    return case.law(case.declared)


def _clamped_that_moved(case: System) -> float:
    """How often a clamped agent is seen with another spin than its own."""
    declared = case.declared
    start = declared.hold(np.ones((trajectories.N_CHAINS, declared.n_agents)))
    spins = trajectories.trajectory(case, random_scan, start, 100, seed=1).spins
    return float((spins != declared.hold(spins)).mean())


def _false_alarms(case: System, means: Means) -> Evidence:
    """How often the case's procedure rejects what a correct sampler drew."""
    n_chains = REPLICATES * CHAINS_OF_A_REPLICATE
    law = stationary(case, random_scan)
    if case.procedure.from_the_law:
        start = exact_draws(case, law, n_chains, means.seed)
    else:
        start = case.declared.hold(np.ones((n_chains, case.declared.n_agents)))
    counts = Counts(0, SWEEPS_OF_A_REPLICATE)
    draws = running_draws(case, random_scan, start, counts, means.seed)
    runs = draws.reshape(REPLICATES, CHAINS_OF_A_REPLICATE, *draws.shape[1:])
    n_rejected = sum(case.procedure.rejects(run, law, NOMINAL) for run in runs)
    most = int(binom.isf(means.alpha, REPLICATES, NOMINAL))
    high = float(beta.isf(means.alpha, n_rejected + 1, max(1, REPLICATES - n_rejected)))
    return Evidence(
        Rung.STATISTICAL,
        f"false alarms at level {NOMINAL}",
        case.name,
        Verdict.REFUTED if n_rejected > most else Verdict.SUPPORTED,
        statistic=n_rejected / REPLICATES,
        interval=(0.0, high),
        tolerance=most / REPLICATES,
        n=REPLICATES,
        alpha=means.alpha,
        witness=f"{n_rejected} of {REPLICATES} correct runs are rejected; {most} may be"
        if n_rejected > most
        else None,
    )


TORUS, MACHINE = (cases.TORUS,), (cases.MACHINE,)

_one_sweep, _preserved, _converged = one_draw_per_chain(random_scan, TORUS)
_e_process, _independence = action_by_action(random_scan, TORUS)
_together = action_by_action(synchronous, TORUS)[1]

INSTRUMENTS = (
    Instrument(
        "action_law",
        "every probability of acting up against its formula",
        agree("action law", running_actions, declared_actions, TORUS),
    ),
    Instrument(
        "stationary_law",
        "the law that the running kernel keeps against the Ising law",
        agree(
            "stationary law",
            lambda case: programs.running_law(case, random_scan),
            _declared_law,
            TORUS,
        ),
    ),
    Instrument(
        "sweep_kernel",
        "the kernel of a sequential sweep against its factors",
        agree(
            "sweep kernel",
            lambda case: programs.running_kernel(case, sequential),
            lambda case: _declared_sweep(case, sequential),
            TORUS,
        ),
    ),
    Instrument(
        "two_routes",
        "the reference's law against the program's energies",
        agree("two routes", _declared_law, _law_by_the_program, TORUS),
    ),
    Instrument(
        "two_routes_clamped",
        "the same with clamped units",
        agree("two routes", _declared_law, _law_by_the_program, MACHINE),
    ),
    Instrument(
        "clamped",
        "clamped agents keep their spin",
        agree("clamped agents", _clamped_that_moved, lambda case: 0.0, MACHINE),
    ),
    Instrument("e_process", "the e-process of every action, random scan", _e_process),
    Instrument("independence", "every action an independent number, random scan", _independence),
    Instrument("together", "every action an independent number, all at once", _together),
    Instrument("one_sweep", "the law after a random scan from all-up", _one_sweep),
    Instrument("preserved", "the law after random scans from itself", _preserved),
    Instrument("converged", "the law when it has forgotten all-up", _converged),
    Instrument(
        "temperature",
        "the same draws against other temperatures",
        precisions_by_draws(random_scan, TORUS),
    ),
    Instrument(
        "synchronous_law",
        "the law after a tick of all agents from all-up",
        one_draw_per_chain(synchronous, TORUS)[0],
    ),
    Instrument(
        "reversal",
        "time reversal of stationary random scans",
        looks_the_same_backwards(random_scan, TORUS),
    ),
    Instrument(
        "false_alarms",
        "how often a procedure rejects a correct sampler",
        Check(Rung.STATISTICAL, "false alarms", TORUS, _false_alarms),
    ),
)
