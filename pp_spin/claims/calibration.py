"""Clamped collectives as posteriors: simulation-based calibration (section 4, eqs. 12 and C.40).

Every component of a case's network is a Boltzmann machine of its own, W = gamma and theta = zeta,
whose clamped agents are its visible units. Its law, by enumeration, gives an instance: visible and
hidden units together. With the visible ones held the collective then draws the hidden ones, in
several chains; the energy of the instance's own must rank among theirs as any other.

Chains start from all-up. What sequential sweeps leave of a start, at most, says how many of them
make the total over all draws at most half of the level; ranks are tested at the other half, so that
the level is exact.
References: Talts et al. 2018; Modrák et al. 2023 for the energy; Levin & Peres 2017, section 4.4.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Check, Means
from pp_spin.claims.sampling import final_spins, judged
from pp_spin.collective import Collective
from pp_spin.configurations import configurations, index_of
from pp_spin.evidence import rank_calibration
from pp_spin.evidence.evidence import Evidence, Rung
from pp_spin.reference.actions import action_table, without_clamped
from pp_spin.reference.laws import Law, boltzmann_law
from pp_spin.reference.transitions import dense, sweep_operators
from pp_spin.schedule import sequential

DRAWS = 7
"""Chains of an instance, among whom its own energy has one of eight ranks."""

BLOCK = 8
"""Sweeps whose contraction is looked at together: one by one they would promise less."""

METHOD = f"{sequential}: ranks of exact energies among those of {DRAWS} chains each"


class Machine(NamedTuple):
    """A component of the network."""

    units: NDArray[np.intp]
    """its agents, ascending, ``(n,)``"""
    visible: NDArray[np.intp]
    """places of the clamped ones among them"""
    law: Law
    """of all its units, ``(2**n,)``"""
    energy: NDArray[np.float64]
    """(12) less a constant, ``(2**n,)``"""


def posterior_is_calibrated(over: tuple[System, ...]) -> Check:
    """What is hidden is ranked evenly among the collective's draws of it."""
    faults = ("half_logit", "clamped_agents_act")
    return Check(Rung.STATISTICAL, METHOD, over, _ranks_test, armed_by=faults)


def ranks_of(case: System, means: Means) -> NDArray[np.int64]:
    """The rank in {0, ..., DRAWS} of each instance's energy, ``(n_instances,)``.

    ``means.n_chains`` chains of single machines in all, `DRAWS` of them for each instance.
    """
    machines = machines_of(case)
    n_each = max(1, means.n_chains // (DRAWS * len(machines)))
    rng = np.random.default_rng(means.seed)
    spins = np.ones((n_each, case.declared.n_agents), dtype=np.int8)
    truth = np.empty((len(machines), n_each))
    for machine, energies in zip(machines, truth, strict=True):
        drawn = rng.choice(len(machine.law), size=n_each, p=machine.law)
        every = configurations(len(machine.units))[drawn]
        spins[:, machine.units[machine.visible]] = every[:, machine.visible]
        energies[:] = machine.energy[drawn]
    n_sweeps = sweeps_to(case, means.alpha / 2 / (n_each * DRAWS * len(machines)))
    start = np.repeat(spins, DRAWS, axis=0)
    final = final_spins(case, sequential, start, n_sweeps, means.seed)
    # What an instance shows is what it shows, whatever became of the units that should hold it.
    clamped = sorted(case.declared.clamped)
    final[:, clamped] = start[:, clamped]
    found = [
        rank_calibration.ranks(
            energies, machine.energy[index_of(final[:, machine.units])].reshape(n_each, DRAWS), rng
        )
        for machine, energies in zip(machines, truth, strict=True)
    ]
    return np.concatenate(found)


@lru_cache(maxsize=8)
def machines_of(case: System) -> tuple[Machine, ...]:
    """The components of a case's network."""
    agents = case.declared
    n_machines, place = csgraph.connected_components(agents.ties, directed=False)
    return tuple(_machine(agents, np.flatnonzero(place == k)) for k in range(n_machines))


def sweeps_to(case: System, total_variation: float) -> int:
    """Sweeps after which no machine of the declared agents is farther from its posterior.

    Whatever may be visible and wherever it starts: what a block of sweeps leaves of the difference
    of two starts, at most, the next one leaves of that.
    """
    return BLOCK * int(np.ceil(np.log(total_variation) / np.log(contraction(case))))


@lru_cache(maxsize=8)
def contraction(case: System) -> float:
    """How far apart (total variation) any two starts are after a `BLOCK` of sweeps, at most."""
    return max(_contraction(case.declared, machine) for machine in machines_of(case))


def _machine(agents: Collective, units: NDArray[np.intp]) -> Machine:
    weights, biases = agents.sensory_precision[np.ix_(units, units)], agents.prior_precision[units]
    law = boltzmann_law(weights, biases)
    visible = np.flatnonzero(np.isin(units, list(agents.clamped)))
    return Machine(units, visible, law, -np.log(law))


def _contraction(agents: Collective, machine: Machine) -> float:
    gamma = agents.sensory_precision[np.ix_(machine.units, machine.units)]
    zeta, worst = agents.prior_precision[machine.units], 0.0
    for shown in configurations(len(machine.visible)):
        clamped = dict(zip(machine.visible.tolist(), shown.tolist(), strict=True))
        hidden, _ = without_clamped(Collective(gamma, zeta, clamped, agents.action_rule))
        sweep = dense(sweep_operators(action_table(hidden), hidden, sequential))
        laws = np.linalg.matrix_power(sweep, BLOCK)
        apart = np.abs(laws[:, None] - laws[None]).sum(axis=2).max() / 2
        worst = max(worst, float(apart))
    return worst


def _ranks_test(case: System, means: Means) -> Evidence:
    ranks = ranks_of(case, means)
    test = rank_calibration.calibrated(ranks, DRAWS, means.alpha / 2)
    shares = np.bincount(ranks, minlength=DRAWS + 1) / len(ranks)
    worst = int(np.abs(shares - 1 / (DRAWS + 1)).argmax())
    witness = (
        f"rank {worst}: a share of {shares[worst]:.4f} of the instances, to be 1/{DRAWS + 1}; the "
        f"CDF of ranks is off by {test.discrepancy:.4f}"
    )
    return judged(
        METHOD,
        case,
        alpha=means.alpha,
        n=len(ranks),
        found=test.discrepancy,
        interval=test.interval,
        detectable=rank_calibration.detectable(len(ranks), means.alpha / 2),
        surprise=witness if test.rejected else None,
    )
