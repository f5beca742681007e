"""Proper colourings: what agents act together, in few colours, for small and large networks."""

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin import colouring as colouring_module
from pp_spin import network
from pp_spin.colouring import colouring
from pp_spin.network import as_network


def improper(ties, colours):
    """How many ties, in either direction, have one colour at both ends."""
    seers, seen = scipy.sparse.coo_array(ties).coords
    return int((colours[seers] == colours[seen]).sum())


def assert_proper(ties, colours):
    """No tie has one colour at both ends; colours are 0, 1, … by first appearance."""
    assert improper(ties, colours) == 0
    assert colours.shape == (ties.shape[0],)
    tied = np.flatnonzero(abs(ties).sum(axis=0) + abs(ties).sum(axis=1))
    if len(tied):
        _, first = np.unique(colours[tied], return_index=True)
        assert (np.diff(first) > 0).all()
    assert colours.min() == 0
    assert set(colours.tolist()) == set(range(colours.max() + 1))
    assert not colours.flags.writeable


@pytest.mark.parametrize(
    ("built", "n_colours"),
    [
        (network.ring(6), 2),
        (network.ring(7), 3),
        (network.lattice((4, 4)), 2),
        (network.lattice((3, 3)), 3),
        (network.lattice((3, 4)), 3),
        (network.lattice((3, 3), periodic=False), 2),
        (network.lattice((5, 5)), 3),
        (network.lattice((4, 4, 4)), 2),
        (network.lattice((3, 3, 3)), 3),
        (network.path(5), 2),
        (network.star(5), 2),
        (network.complete(5), 5),
        (network.path(1), 1),
        (network.erdos_renyi(4, 0, seed=0), 1),
        (as_network(nx.florentine_families_graph()), 3),
        (as_network(nx.karate_club_graph()), 5),
    ],
)
def test_known_networks_get_their_fewest_colours(built, n_colours):
    colours = colouring(built.weights)
    assert_proper(built.weights, colours)
    assert colours.max() + 1 == n_colours


@pytest.mark.parametrize("seed", range(20))
def test_random_networks_are_coloured_properly(seed):
    for weights in (
        network.erdos_renyi(25, 0.02 * (seed + 1), seed).weights,
        network.random_regular(3, 20, seed).weights,
    ):
        assert_proper(weights, colouring(weights))


@pytest.mark.parametrize("seed", range(10))
def test_random_bipartite_networks_get_two_colours(seed):
    graph = nx.bipartite.random_graph(8, 9, 0.3, seed=seed)
    weights = as_network(graph).weights
    colours = colouring(weights)
    assert_proper(weights, colours)
    assert colours.max() + 1 == 2


def test_agents_on_one_way_ties_get_two_colours():
    weights = np.array([[0, 0, -0.5], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(colouring(weights), [0, 0, 1])
    np.testing.assert_array_equal(colouring(weights.T), [0, 0, 1])


def test_isolated_agents_share_the_first_colour():
    graph = nx.path_graph(3)
    graph.add_nodes_from([3, 4])
    np.testing.assert_array_equal(colouring(as_network(graph).weights), [0, 1, 0, 0, 0])


def test_a_self_coupled_agent_has_no_colour():
    for table in (np.eye(2), scipy.sparse.eye_array(2)):
        with pytest.raises(ValueError, match=r"got weights\[0,0\]=1.0; an agent does not observe"):
            colouring(table)


@pytest.mark.parametrize("seed", range(10))
def test_a_sparse_table_gets_the_colours_of_its_dense_one(seed):
    for built in (network.erdos_renyi(25, 0.05 * (seed + 1), seed), network.ring(5 + seed)):
        np.testing.assert_array_equal(colouring(built.ties), colouring(built.weights))


@pytest.mark.parametrize("seed", range(10))
def test_two_colours_are_those_of_a_walk_from_each_components_first_agent(seed, rng):
    forest = nx.relabel_nodes(
        nx.disjoint_union(*(nx.random_labeled_tree(9, seed=seed + k) for k in (0, 100))),
        dict(enumerate(rng.permutation(18).tolist())),
    )
    expected = np.zeros(18, dtype=int)
    for component in nx.connected_components(forest):
        steps = nx.single_source_shortest_path_length(forest, min(component))
        for agent, n_steps in steps.items():
            expected[agent] = n_steps % 2
    np.testing.assert_array_equal(colouring(as_network(forest, nodes=range(18)).ties), expected)


@pytest.fixture
def no_networkx(monkeypatch):
    """Every network counts as large."""
    monkeypatch.setattr(colouring_module, "MOST_AGENTS", 0)


@pytest.mark.usefixtures("no_networkx")
@pytest.mark.parametrize("seed", range(20))
def test_rounds_colour_properly_with_at_most_one_colour_more_than_neighbours(seed):
    for built in (
        network.erdos_renyi(25, 0.05 * (seed + 1), seed),
        network.random_regular(3, 20, seed),
        network.complete(seed + 3),
        network.lattice((3, 3 + 2 * seed)),
    ):
        colours = colouring(built.ties)
        assert_proper(built.ties, colours)
        assert colours.max() <= np.diff(built.ties.indptr).max()


@pytest.mark.usefixtures("no_networkx")
def test_rounds_give_the_smallest_colour_that_no_earlier_neighbour_has():
    # A wheel: the hub has most ties and comes first, its rim is an odd ring of three colours.
    wheel = as_network(nx.wheel_graph(6))
    colours = colouring(wheel.ties)
    assert colours[0] == 0
    assert set(colours[1:].tolist()) == {1, 2, 3}


@pytest.mark.parametrize(
    "built",
    [network.complete(201), network.random_regular(3, 1002, seed=1)],
    ids=["many ties", "many agents"],
)
def test_many_agents_or_ties_are_not_for_networkx(built, monkeypatch):
    monkeypatch.setattr(colouring_module, "_best_greedy", None)
    assert_proper(built.ties, colouring(built.ties))


MANY = 50_000
LARGE = {
    "random regular": lambda: network.random_regular(3, MANY, seed=1),
    "random": lambda: network.erdos_renyi(MANY, 4 / MANY, seed=1),
    "even lattice": lambda: network.lattice((200, 250)),
    "odd lattice": lambda: network.lattice((199, 251)),
    "odd ring": lambda: network.ring(MANY + 1),
    "star": lambda: network.star(MANY),
}
FEWEST_OR_MORE = {
    "random regular": 4,
    "even lattice": 2,
    "odd lattice": 5,
    "odd ring": 3,
    "star": 2,
}


@pytest.mark.parametrize("name", LARGE)
def test_large_networks_are_coloured_properly_and_always_alike(name):
    ties = LARGE[name]().ties
    colours = colouring(ties)
    assert_proper(ties, colours)
    assert colours.max() < FEWEST_OR_MORE.get(name, 7)
    np.testing.assert_array_equal(colours, colouring(ties.copy()))


@pytest.mark.parametrize("name", LARGE)
def test_a_wrong_colouring_of_a_large_network_is_seen(name):
    ties = LARGE[name]().ties
    colours = colouring(ties).copy()
    tied = int(np.flatnonzero(np.diff(ties.indptr))[-1])
    colours[tied] = colours[ties.indices[ties.indptr[tied]]]
    assert improper(ties, colours) > 0


def test_one_way_ties_of_a_large_network_count_both_ways():
    around = network.ring(MANY + 1).ties
    one_way = scipy.sparse.csr_array(scipy.sparse.triu(around))
    np.testing.assert_array_equal(colouring(one_way), colouring(around))
