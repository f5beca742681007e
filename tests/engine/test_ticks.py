"""Ticks: nobody acts beside an agent it sees, and a fixed order stays in force."""

import numpy as np
import pytest

from pp_spin.engine.ticks import ticks_of
from pp_spin.network import complete, lattice, random_regular
from pp_spin.schedule import (
    Sequential,
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)

NETWORKS = {
    "lattice": lattice((6, 6)),
    "random regular": random_regular(3, 200, seed=1),
    "complete": complete(7),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


def tick_of(ticks, n_agents):
    place = np.full(n_agents, -1)
    for number, agents in enumerate(ticks.agents):
        assert (place[agents] == -1).all()
        place[agents] = number
    return place


@every_network
@pytest.mark.parametrize("reverse", [False, True])
def test_neighbours_act_in_the_order_of_a_sequential_sweep(name, reverse):
    ties = NETWORKS[name].ties
    n_agents = ties.shape[0]
    order = np.arange(n_agents)[:: -1 if reverse else 1]
    schedule = Sequential(tuple(order.tolist())) if reverse else sequential
    place = tick_of(ticks_of(ties, np.arange(n_agents), schedule), n_agents)
    assert (place >= 0).all()
    rank = np.argsort(order)
    pairs = ties.tocoo()
    np.testing.assert_array_equal(
        place[pairs.row] < place[pairs.col], rank[pairs.row] < rank[pairs.col]
    )


@every_network
def test_a_colour_is_a_tick_and_clamped_agents_have_none(name):
    ties = NETWORKS[name].ties
    free = np.arange(1, ties.shape[0])
    place = tick_of(ticks_of(ties, free, chromatic), ties.shape[0])
    pairs = ties.tocoo()
    tied = (pairs.row > 0) & (pairs.col > 0)
    assert (place[pairs.row[tied]] != place[pairs.col[tied]]).all()
    assert place[0] == -1


def test_all_act_at_once_where_the_schedule_says_so():
    ties, free = NETWORKS["lattice"].ties, np.arange(36)
    for schedule, rate in ((synchronous, 1.0), (partially_synchronous(0.3), 0.3)):
        ticks = ticks_of(ties, free, schedule)
        assert ticks is not None
        assert ticks.together
        assert ticks.rate == rate
        np.testing.assert_array_equal(ticks.agents, [free])
    assert ticks_of(ties, free, random_scan) is None
    assert ticks_of(ties, free[:0], chromatic) is None
