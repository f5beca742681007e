"""Appendix C's proofs and the programs speak of the same kernels and laws, entry by entry.

The objects that the derivations decide, at the numbers of the case table, against the kernel that
runs (by the probabilities that a sweep reports), the exact reference, and the laws as programs.
Each has a wrong twin, where there is one the derivation's own slip, that must be something else.
"""

import numpy as np
import pytest
import sympy as sp

from derivations import app_c_flips, app_c_synchronous, sec5_parallel
from derivations.app_c_asynchronous import asynchronous_law_is_ising
from derivations.app_c_flips import NEW, OLD, action_law
from derivations.collective import N, gamma_one_way, k
from derivations.families import Moved
from pp_spin.collective import Collective
from pp_spin.laws.ising import Ising
from pp_spin.laws.little import Little
from pp_spin.network import path
from pp_spin.reference.laws import ising_law, little_law
from pp_spin.reference.stationary import law_of
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import partially_synchronous, random_scan, synchronous
from tests import cases, oracle
from tests.lambdified import both_sides, differ, lambdified, same, slipped
from tests.test_kernel import tick_kernel

TIED = [c for c in cases.COLLECTIVES if c.n_agents <= 4 and c.sensory_precision.any()]
FREE = [c for c in TIED if not c.clamped] + [Collective(*glass) for glass in cases.SPIN_GLASSES]
SYMMETRIC = [c for c in FREE if np.array_equal(c.sensory_precision, c.sensory_precision.T)]

every_collective = pytest.mark.parametrize("collective", FREE, ids=cases.describe)
every_symmetric_collective = pytest.mark.parametrize("collective", SYMMETRIC, ids=cases.describe)


def evaluator(expr, collective, indices):
    at = lambdified(expr, {N: collective.n_agents, **indices})
    gamma, zeta = collective.sensory_precision, collective.prior_precision
    return lambda **spins: at({"gamma": gamma, "zeta": zeta, **spins})


def over_pairs(expr, collective, indices=None):
    """``expr`` for every configuration before (rows) and after the update, ``(2**n, 2**n)``."""
    at, every = evaluator(expr, collective, indices or {}), oracle.states(collective.n_agents)
    return np.array([[at(sigma=now, sigmaprime=then) for then in every] for now in every])


def over_configurations(expr, collective):
    """``expr`` for every configuration, ``(2**n,)``."""
    at, every = evaluator(expr, collective, {}), oracle.states(collective.n_agents)
    return np.array([at(sigma=now) for now in every])


def update_of(agent, law_of_new, collective):
    """The kernel of one agent's update: its law wherever all the others keep their spins."""
    law = over_pairs(law_of_new, collective, {k: agent + 1})
    others = np.delete(oracle.states(collective.n_agents), agent, axis=1)
    return np.where((others[:, None] == others).all(-1), law, 0)


def normalised(weights):
    return weights / weights.sum()


@every_collective
def test_all_act_by_the_kernel_that_was_derived(collective):
    derivation = app_c_synchronous.synchronous_kernel_is_exponential()
    reference = transition_matrix(collective, synchronous)
    running = tick_kernel(collective, range(collective.n_agents))
    for side in both_sides(derivation):
        derived = over_pairs(side, collective)
        same(reference, derived)
        same(running, derived)
    differ(running, over_pairs(slipped(derivation), collective))


@every_collective
def test_one_acts_by_the_law_that_was_derived(collective):
    law, agents = action_law(gamma_one_way), range(collective.n_agents)
    derived = [update_of(agent, Moved(law, OLD, NEW), collective) for agent in agents]
    turned = [update_of(agent, Moved(law, OLD, -NEW), collective) for agent in agents]
    for agent in agents:
        running = tick_kernel(collective, [agent])
        same(running, derived[agent])
        differ(running, turned[agent])
    reference = transition_matrix(collective, random_scan)
    same(reference, sum(derived) / len(agents))
    differ(reference, sum(turned) / len(agents))


@every_symmetric_collective
def test_those_who_act_together_sample_the_law_that_was_derived(collective):
    gamma, zeta = collective.sensory_precision, collective.prior_precision
    energies = over_configurations(-sp.log(app_c_synchronous.WEIGHT), collective)
    program = Little(gamma, zeta).energy(oracle.states(collective.n_agents))
    law, kernel = normalised(np.exp(-energies)), transition_matrix(collective, synchronous)
    same(program, energies)
    same(little_law(gamma, zeta), law)
    same(law @ kernel, law)
    flow = over_pairs(app_c_synchronous.TWO_TICKS, collective)
    same(law[:, None] * kernel, normalised(flow))
    ising = over_configurations(-sp.log(app_c_flips.WEIGHT), collective)
    differ(program, ising)
    differ(law[:, None] * transition_matrix(collective, random_scan), normalised(flow))


@every_symmetric_collective
def test_those_who_take_turns_sample_the_law_that_was_derived(collective):
    gamma, zeta = collective.sensory_precision, collective.prior_precision
    energy = asynchronous_law_is_ising().steps[0]
    energies, ordered_pairs = (
        over_configurations(side, collective) for side in (energy.right, slipped(energy))
    )
    program = Ising(gamma, zeta).energy(oracle.states(collective.n_agents))
    law, kernel = normalised(np.exp(-energies)), transition_matrix(collective, random_scan)
    same(program, energies)
    same(ising_law(gamma, zeta), law)
    same(law @ kernel, law)
    differ(program, ordered_pairs)
    differ(law @ transition_matrix(collective, synchronous), law)


@every_symmetric_collective
def test_flips_in_turn_multiply_to_the_ratio_that_was_derived(collective):
    derivation = app_c_flips.flips_telescope_to_the_edges()
    law = ising_law(collective.sensory_precision, collective.prior_precision)
    same(over_pairs(app_c_flips.FLIPS, collective), law[:, None] / law, rtol=1e-12)
    differ(over_pairs(slipped(derivation), collective), law[:, None] / law)


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.9])
@pytest.mark.parametrize("precision", [0.3, 1.2])
def test_a_pair_that_acts_now_and_then_has_the_correlation_that_was_derived(rate, precision):
    derivation = sec5_parallel.partial_synchrony_has_neither_law()
    at = lambdified(derivation.definitions["cᵣ"], {})
    pair = Collective(precision * path(2).weights, 0.0)
    law = law_of(transition_matrix(pair, partially_synchronous(rate)), {})
    found = law @ oracle.states(2).prod(1)
    same(found, at({"gamma": precision, "r": rate}))
    assert abs(found - np.tanh(precision)) > 0.01
    assert abs(found) > 0.01
