"""The proofs about sweeps and currents speak of the kernels that run and of their references.

The objects that the derivations decide, at the numbers of the case table, against exact kernels and
the entropy that these produce. Each has a wrong twin that must be something else.
"""

import numpy as np
import pytest

from derivations import beyond_currents, beyond_cycles, beyond_schedules, beyond_sweeps
from derivations.collective import N, k
from pp_spin.collective import Collective
from pp_spin.reference.laws import ising_law
from pp_spin.reference.stationary import entropy_production, law_of
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import Sequential, random_scan, sequential, synchronous
from tests import cases, oracle
from tests.lambdified import both_sides, differ, lambdified, same, slipped
from tests.test_kernel import tick_kernel

FREE = [c for c in cases.COLLECTIVES if c.n_agents <= 4 and not c.clamped]
TIED = [c for c in FREE if c.sensory_precision.any()]
SYMMETRIC = [c for c in TIED if np.array_equal(c.sensory_precision, c.sensory_precision.T)]
SYMMETRIC += [Collective(*glass) for glass in cases.SPIN_GLASSES]
ASYMMETRIC = [c for c in TIED if np.abs(c.sensory_precision - c.sensory_precision.T).max() > 0.01]

every_symmetric_collective = pytest.mark.parametrize("collective", SYMMETRIC, ids=cases.describe)
every_asymmetric_collective = pytest.mark.parametrize("collective", ASYMMETRIC, ids=cases.describe)


def over_pairs(expr, collective, indices=None):
    """``expr`` for every configuration before (rows) and after the step, ``(2**n, 2**n)``."""
    at, every = (
        lambdified(expr, {N: collective.n_agents, **(indices or {})}),
        oracle.states(collective.n_agents),
    )
    numbers = {"gamma": collective.sensory_precision, "zeta": collective.prior_precision}
    return np.array(
        [[at({**numbers, "sigma": now, "sigmaprime": then}) for then in every] for now in every]
    )


def produced(collective, schedule):
    """Law, kernel and entropy production of the exact reference."""
    kernel = transition_matrix(collective, schedule)
    law = law_of(kernel, {})
    return law, kernel, entropy_production(law, kernel)


@every_symmetric_collective
def test_a_sweep_is_the_kernel_that_was_derived(collective):
    order = tuple(range(collective.n_agents))
    there = over_pairs(beyond_schedules.sweep(), collective)
    back = over_pairs(beyond_schedules.reversed_sweep(), collective)
    running = np.linalg.multi_dot(
        [np.eye(len(there)), *(tick_kernel(collective, [i]) for i in order)]
    )
    same(transition_matrix(collective, sequential), there)
    same(running, there)
    same(transition_matrix(collective, Sequential(order[::-1])), back)
    differ(running, back)


@every_symmetric_collective
def test_a_sweep_and_its_reverse_are_adjoint_as_derived(collective):
    derivation = beyond_schedules.reversed_sweep_is_the_adjoint_of_the_sweep()
    law = ising_law(collective.sensory_precision, collective.prior_precision)
    flux = law[:, None] * transition_matrix(collective, sequential)
    for side in both_sides(derivation):
        derived = over_pairs(side, collective)
        same(flux, derived / derived.sum())
    wrong = over_pairs(slipped(derivation), collective)
    differ(flux, wrong / wrong.sum())


@every_symmetric_collective
def test_a_random_order_balances_the_flux_that_was_derived(collective):
    derivation = beyond_schedules.random_order_sweep_is_reversible()
    order = tuple(range(collective.n_agents))
    both = [transition_matrix(collective, Sequential(o)) for o in (order, order[::-1])]
    law = ising_law(collective.sensory_precision, collective.prior_precision)
    flux = law[:, None] * (both[0] + both[1]) / 2
    for side in both_sides(derivation):
        derived = over_pairs(side, collective)
        same(flux, derived / derived.sum())
    differ(law[:, None] * both[0], flux, by=1e-3)


@every_asymmetric_collective
def test_all_at_once_entropy_production_is_the_mean_of_the_derived_drive(collective):
    law, kernel, entropy = produced(collective, synchronous)
    same(kernel, over_pairs(beyond_currents.synchronous_kernel(), collective))
    drive = over_pairs(beyond_currents.drive(), collective)
    assert entropy > 1e-6
    same((law[:, None] * kernel * drive).sum(), entropy)
    turned = over_pairs(beyond_currents.drive(), Collective(collective.sensory_precision.T, 0.0))
    differ((law[:, None] * kernel * turned).sum(), entropy)


@every_asymmetric_collective
def test_one_at_a_time_entropy_production_is_the_mean_of_the_derived_drive(collective):
    law, kernel, entropy = produced(collective, random_scan)
    spins = oracle.states(collective.n_agents)
    means = []
    for drive in (beyond_currents.flip_drive(), 2 * beyond_currents.flip_drive()):
        mean = 0.0
        for agent in range(collective.n_agents):
            flips = (spins[:, None] != spins).sum(-1) == 1
            flips &= spins[:, None, agent] != spins[:, agent]
            drives = over_pairs(drive, collective, {k: agent + 1})
            mean += (law[:, None] * kernel * np.where(flips, drives, 0)).sum()
        means.append(mean)
    assert entropy > 1e-6
    same(means[0], entropy)
    differ(means[1], entropy)


@every_symmetric_collective
def test_with_equal_precisions_nothing_is_driven(collective):
    same(over_pairs(beyond_currents.drive(), collective), 0)
    for agent in range(collective.n_agents):
        same(over_pairs(beyond_currents.flip_drive(), collective, {k: agent + 1}), 0)
    for schedule in (random_scan, synchronous):
        assert produced(collective, schedule)[2] == pytest.approx(0, abs=1e-12)
    assert produced(collective, sequential)[2] > 1e-6


@pytest.mark.parametrize("precisions", [(0.9, 0.7), (0.3, -1.1), (-0.2, 0.0)])
def test_an_uneven_pair_produces_the_entropy_that_was_derived(precisions):
    derivation = beyond_cycles.two_agents_produce_entropy_by_their_asymmetry()
    first, second = precisions
    pair = Collective([[0, first], [second, 0]], 0.0)
    for relation, schedule in zip(
        derivation.statement.relations, (random_scan, synchronous), strict=True
    ):
        law, _, entropy = produced(pair, schedule)
        numbers = {"gamma_12": first, "gamma_21": second}
        same([lambdified(side, {})(numbers) for side in relation.args], entropy)
    same(law, 1 / 4)
    differ(produced(pair, random_scan)[0], law)


@pytest.mark.parametrize("precision", [0.2, 0.7, -1.3])
def test_a_sweep_of_a_pair_produces_the_entropy_that_was_derived(precision):
    derivation = beyond_sweeps.two_agents_produce_entropy_in_each_sweep()
    pair = Collective([[0, precision], [precision, 0]], 0.0)
    entropy = produced(pair, sequential)[2]
    for side in both_sides(derivation):
        same(lambdified(side, {})({"gamma": precision}), entropy)
    differ(lambdified(slipped(derivation), {})({"gamma": precision}), entropy)
