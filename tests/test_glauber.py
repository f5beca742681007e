"""Heat bath and Metropolis from couplings and fields: what the agents' conditionals are held to."""

import jax
import numpy as np
import pytest

from pp_spin.collective import Collective
from pp_spin.glauber import heat_bath, metropolis
from tests import cases, oracle

J, H = cases.SPIN_GLASSES[1]
BETA = 0.6
N = len(H)


def up_table(rule):
    return np.asarray(jax.vmap(rule, in_axes=(0, None))(oracle.states(N), np.arange(N)))


def test_heat_bath_is_the_conditional_of_the_ising_law():
    law = oracle.ising_law(J, H, BETA)
    states = np.arange(2**N)[:, None]
    up, down = law[states | 1 << np.arange(N)], law[states & ~(1 << np.arange(N))]
    np.testing.assert_allclose(up_table(heat_bath(J, H, BETA)), up / (up + down), atol=1e-12)


@pytest.mark.parametrize(
    "twin",
    [heat_bath(2 * J, H, BETA), heat_bath(J, H), heat_bath(J / 2, H / 2, BETA)],
    ids=["each pair twice", "beta dropped", "half of the gap"],
)
def test_a_broken_heat_bath_is_another_conditional(twin):
    assert np.abs(up_table(twin) - up_table(heat_bath(J, H, BETA))).max() > 0.05


def test_agents_with_beta_times_the_couplings_are_the_heat_bath():
    agents = Collective(BETA * J, BETA * H).up_prob_fn()
    np.testing.assert_allclose(up_table(agents), up_table(heat_bath(J, H, BETA)), atol=1e-12)


def test_both_rules_are_reversible_in_the_ising_law_and_are_two_rules():
    law = oracle.ising_law(J, H, BETA)
    tables = [up_table(rule(J, H, BETA)) for rule in (heat_bath, metropolis)]
    for table in tables:
        assert oracle.detailed_balance_residual(oracle.random_scan(table), law) < 1e-15
    assert np.abs(tables[0] - tables[1]).max() > 0.1
    hotter = oracle.ising_law(J, H, BETA / 2)
    assert oracle.detailed_balance_residual(oracle.random_scan(tables[1]), hotter) > 1e-3


def test_metropolis_takes_every_flip_downhill():
    table, spins = up_table(metropolis(J, H, BETA)), oracle.states(N)
    gap = 2 * np.array([[oracle.local_field(J, H, row, i) for i in range(N)] for row in spins])
    flip_prob = np.where(spins == 1, 1 - table, table)
    np.testing.assert_allclose(flip_prob, np.minimum(1, np.exp(-BETA * spins * gap)), atol=1e-12)
