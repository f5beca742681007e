"""Ranks of hidden truths are even for the collective that should infer them, and for no other."""

from dataclasses import replace

import numpy as np
import pytest

from pp_spin.claims import calibration, cases
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import faulty
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Verdict
from tests import oracle

CASE = cases.RANDOM_MACHINES
CHECK = calibration.posterior_is_calibrated((CASE,))
MEANS = Means(seed=5, alpha=ALPHA, n_chains=8192)
FAULTS = {fault.id: fault for fault in CATALOGUE}
TWO = cases.machines(2, 3, 2, seed=7)


def test_the_collectives_ranks_are_even():
    evidence = CHECK.examine(CASE, MEANS)
    assert evidence.verdict is Verdict.SUPPORTED
    assert evidence.n == 8192 // (8 * calibration.DRAWS) * 8
    assert evidence.alpha == ALPHA


@pytest.mark.parametrize(
    "fault_id", [*CHECK.armed_by, "double_logit", "flipped_sign", "prior_ignored"]
)
def test_those_of_a_faulty_one_are_not(fault_id):
    evidence = CHECK.examine(faulty(FAULTS[fault_id], CASE), MEANS)
    assert evidence.verdict is Verdict.REFUTED
    assert "CDF of ranks is off by" in str(evidence.witness)


def test_chains_that_remember_where_they_began_are_seen(monkeypatch):
    # Of strongly tied units, which begin all up and forget it slowly.
    declared = CASE.declared
    strong = declared.replaced(sensory_precision=2.5 * abs(declared.sensory_precision))
    case = replace(CASE, declared=strong, running=strong)
    monkeypatch.setattr(calibration, "sweeps_to", lambda case, variation: 1)
    assert CHECK.examine(case, MEANS).verdict is Verdict.REFUTED


def test_machines_are_those_of_the_table():
    agents = TWO.declared
    first, second = calibration.machines_of(TWO)
    assert (first.units.tolist(), second.units.tolist()) == ([0, 1, 2, 3, 4], [5, 6, 7, 8, 9])
    assert first.visible.tolist() == [3, 4]
    for machine in (first, second):
        gamma = agents.sensory_precision[np.ix_(machine.units, machine.units)]
        zeta = agents.prior_precision[machine.units]
        np.testing.assert_allclose(machine.law, oracle.ising_law(gamma, zeta), rtol=1e-12)
        states = oracle.states(5)
        energies = [-oracle.pairs_and_fields(gamma, zeta, row) for row in states]
        np.testing.assert_allclose(np.ptp(machine.energy - energies), 0, atol=1e-12)


@pytest.mark.parametrize("shown", [(1, 1), (1, -1), (-1, 1), (-1, -1)])
def test_so_many_sweeps_forget_the_start_whatever_is_visible(shown):
    agents, target = TWO.declared, 1e-9
    n_sweeps = calibration.sweeps_to(TWO, target)
    for machine in calibration.machines_of(TWO):
        gamma = agents.sensory_precision[np.ix_(machine.units, machine.units)]
        zeta = agents.prior_precision[machine.units]
        fields = zeta[:3] + gamma[:3, 3:] @ shown
        up = oracle.up_probabilities(gamma[:3, :3], fields, "probability_matching")
        sweep = oracle.sequential(up)
        law = oracle.ising_law(gamma[:3, :3], fields)
        after = np.linalg.matrix_power(sweep, n_sweeps)
        assert np.abs(after - law).sum(axis=1).max() / 2 <= target
        assert np.abs(sweep - law).sum(axis=1).max() / 2 > 1e-3
