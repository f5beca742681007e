"""Networks from arrays and graphs, their builders, and proper colourings."""

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin import network
from pp_spin.network import as_network, colouring

ASYMMETRIC = np.array([[0, 1.5, 0], [-2, 0, 0], [0.5, 0, 0]])


def directed_graph():
    """Nodes not in sorted order; "c" sees "a" and not the other way round."""
    graph = nx.DiGraph()
    graph.add_node("c", bias=0.1, pull=1)
    graph.add_node("a", bias=-0.2, pull=2)
    graph.add_node("b", bias=0, pull=3)
    graph.add_edge("c", "a", weight=1.5, trust=10)
    graph.add_edge("a", "c", weight=-2, trust=20)
    graph.add_edge("b", "c", weight=0.5, trust=30)
    return graph


@pytest.mark.parametrize(
    "source",
    [
        ASYMMETRIC,
        ASYMMETRIC.tolist(),
        scipy.sparse.csr_array(ASYMMETRIC),
        scipy.sparse.coo_matrix(ASYMMETRIC),
    ],
    ids=["array", "lists", "csr_array", "coo_matrix"],
)
def test_dense_and_sparse_arrays_are_one_network(source):
    result = as_network(source)
    np.testing.assert_array_equal(result.weights, ASYMMETRIC)
    np.testing.assert_array_equal(result.biases, np.zeros(3))
    assert result.nodes == (0, 1, 2)
    assert result.weights.dtype == result.biases.dtype == np.float64
    assert not result.weights.flags.writeable
    assert not result.biases.flags.writeable


def test_a_directed_edge_reads_its_source_sees_its_target():
    result = as_network(directed_graph())
    assert result.nodes == ("c", "a", "b")
    np.testing.assert_array_equal(result.weights, ASYMMETRIC)
    np.testing.assert_array_equal(result.biases, [0.1, -0.2, 0])


def test_named_attributes_are_read():
    result = as_network(directed_graph(), weight="trust", bias="pull")
    np.testing.assert_array_equal(result.weights, [[0, 10, 0], [20, 0, 0], [30, 0, 0]])
    np.testing.assert_array_equal(result.biases, [1, 2, 3])


def test_none_ignores_attributes():
    result = as_network(directed_graph(), weight=None, bias=None)
    np.testing.assert_array_equal(result.weights, ASYMMETRIC != 0)
    np.testing.assert_array_equal(result.biases, np.zeros(3))


def test_nodes_reorder_a_graph_with_its_biases():
    result = as_network(directed_graph(), nodes="abc")
    assert result.nodes == ("a", "b", "c")
    np.testing.assert_array_equal(result.weights, [[0, 0, -2], [0, 0, 0.5], [1.5, 0, 0]])
    np.testing.assert_array_equal(result.biases, [-0.2, 0, 0.1])


def test_nodes_name_the_agents_of_an_array():
    assert as_network(ASYMMETRIC, nodes="xyz").nodes == ("x", "y", "z")


def test_an_undirected_edge_is_seen_from_both_ends():
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=np.float32(0.5))
    np.testing.assert_array_equal(as_network(graph).weights, [[0, 0.5], [0.5, 0]])


def test_given_biases_replace_those_of_the_source():
    for source in (directed_graph(), ASYMMETRIC, as_network(directed_graph())):
        np.testing.assert_array_equal(as_network(source, [7, 8, 9]).biases, [7, 8, 9])


def test_a_network_passes_through_and_may_be_renamed():
    given = as_network(directed_graph())
    again = as_network(given)
    assert again.nodes == given.nodes
    np.testing.assert_array_equal(again.weights, given.weights)
    np.testing.assert_array_equal(again.biases, given.biases)
    assert as_network(given, nodes=(3, 4, 5)).nodes == (3, 4, 5)


def test_a_network_made_by_hand_is_checked():
    by_hand = network.Network(weights=np.eye(2), biases=np.zeros(2), nodes=("a", "b"))
    with pytest.raises(ValueError, match=r"got weights\[0,0\]=1.0 \(node 'a'\)"):
        as_network(by_hand)


def test_the_florentine_families_keep_their_order_and_unit_ties():
    graph = nx.florentine_families_graph()
    result = as_network(graph)
    assert result.nodes == tuple(graph)
    assert len(result.nodes) == 15
    np.testing.assert_array_equal(result.weights, nx.to_numpy_array(graph))
    assert result.weights[result.nodes.index("Medici")].sum() == 6
    assert not result.biases.any()


def test_the_karate_club_has_weighted_ties():
    graph = nx.karate_club_graph()
    result = as_network(graph)
    assert result.nodes == tuple(range(34))
    np.testing.assert_array_equal(result.weights, nx.to_numpy_array(graph, weight="weight"))
    assert result.weights.sum() == 2 * 231
    assert as_network(graph, weight=None).weights.sum() == 2 * 78


def graph_with(edge=None, node=None, kind=nx.Graph):
    """Path a - b - c with weights 1, after one edge's or node's attributes are changed."""
    graph = kind()
    nx.add_path(graph, "abc", weight=1.0)
    if edge:
        graph.add_edge(*edge[:2], **edge[2])
    if node:
        graph.add_node(node[0], **node[1])
    return graph


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (np.zeros((2, 3)), {}, r"got weights of shape \(2, 3\); who sees whom is a square table"),
        (scipy.sparse.csr_array((2, 3)), {}, r"got weights of shape \(2, 3\); who sees whom"),
        ([[0, np.nan], [0, 0]], {}, r"got weights\[0,1\]=nan; every entry must be a finite number"),
        ([["0", "1"], ["1", "0"]], {}, r"got weights of type <U1 .*; every entry must be a real"),
        ([[0, 1], [1, 2]], {}, r"got weights\[1,1\]=2.0 \(node 1\); an agent does not observe it"),
        (np.zeros((2, 2)), {"biases": [1]}, r"got biases of shape \(1,\); each agent has one bias"),
        (np.zeros((2, 2)), {"biases": [1, np.inf]}, r"got biases\[1\]=inf; every entry must be"),
        (np.zeros((2, 2)), {"nodes": "abc"}, r"got 3 nodes for weights of shape .*; give 2 nodes"),
        (np.zeros((2, 2)), {"nodes": "aa"}, r"got node 'a' twice; .*; make names unique"),
        (nx.Graph(), {}, r"got a graph without nodes; .*; add nodes"),
        (graph_with(kind=nx.MultiGraph), {}, r"got a MultiGraph; parallel ties .* give a Graph"),
        (graph_with(kind=nx.MultiDiGraph), {}, r"got a MultiDiGraph; parallel ties"),
        (graph_with(edge=("b", "b", {"weight": 2})), {}, r"got weights\[1,1\]=2.0 \(node 'b'\)"),
        (graph_with(edge=("a", "c", {})), {},
         r"got no edge attribute 'weight' on 1 of 3 edges, such as \('a', 'c'\); .* set it"),
        (graph_with(edge=("a", "b", {"weight": "strong"})), {},
         r"got edge attribute 'weight' = 'strong' on \('a', 'b'\); it must be a real number"),
        (graph_with(edge=("a", "b", {"weight": "0.5"})), {}, r"= '0.5' on .* convert it"),
        (graph_with(edge=("a", "b", {"weight": np.nan})), {},
         r"got edge attribute 'weight' = nan on \('a', 'b'\); it must be a finite number; replace"),
        (graph_with(edge=("a", "b", {"weight": 10**400})), {}, r"= inf on .* must be a finite"),
        (graph_with(), {"weight": "trust"}, r"got no edge attribute 'trust' on 2 of 2 edges"),
        (graph_with(), {"bias": "pull"}, r"got no node attribute 'pull' .*\(there are none\)"),
        (graph_with(node=("a", {"bias": 1})), {}, r"got no node attribute 'bias' on 2 of 3 nodes"),
        (graph_with(), {"biases": [1, 2]}, r"got biases of shape \(2,\); each agent has one bias"),
        (graph_with(), {"nodes": "ab"}, r"got 2 nodes for a graph of 3, and 'c' is in only one"),
        (graph_with(), {"nodes": "abd"}, r"got 3 nodes for a graph of 3, and 'd' is in only one"),
        (graph_with(), {"nodes": "abb"}, r"got node 'b' twice"),
        (scipy.sparse.csr_array((20_000, 20_000)), {}, r"got 20000 agents; .*limited to 16384"),
        (nx.empty_graph(20_000), {}, r"got 20000 agents; weights are a dense table, limited to"),
    ],
)  # fmt: skip
def test_what_is_no_network_is_refused(source, options, message):
    with pytest.raises(ValueError, match=message):
        as_network(source, **options)


@pytest.mark.parametrize(
    ("shape", "degree"), [((4, 4), 4), ((3, 5), 4), ((3, 3, 3), 6), ((3, 4, 5), 6), ((7,), 2)]
)
def test_a_periodic_lattice_gives_each_agent_two_neighbours_per_side(shape, degree):
    result = network.lattice(shape)
    np.testing.assert_array_equal(result.weights.sum(axis=1), degree)
    np.testing.assert_array_equal(result.weights, result.weights.T)
    assert set(np.unique(result.weights)) == {0.0, 1.0}
    assert not result.biases.any()


@pytest.mark.parametrize("shape", [(4, 4), (2, 3), (1, 4), (3, 3, 2), (5,), (1,)])
def test_an_open_lattice_ties_agents_at_distance_one(shape):
    result = network.lattice(shape, periodic=False)
    assert result.nodes == tuple(itertools.product(*map(range, shape)))  # row-major
    at = np.array(result.nodes)
    distance = np.abs(at[:, None] - at[None]).sum(axis=2)
    np.testing.assert_array_equal(result.weights, distance == 1)


def test_a_periodic_lattice_ties_agents_at_distance_one_around_its_sides():
    shape = np.array([3, 4, 5])
    result = network.lattice(tuple(shape))
    at = np.array(result.nodes)
    gap = np.abs(at[:, None] - at[None])
    distance = np.minimum(gap, shape - gap).sum(axis=2)
    np.testing.assert_array_equal(result.weights, distance == 1)


def test_a_lattice_may_be_periodic_in_one_side_only():
    result = network.lattice((2, 4), periodic=(False, True))  # a cylinder
    np.testing.assert_array_equal(result.weights.sum(axis=1), 3)
    assert result.weights[0, result.nodes.index((0, 3))] == 1


@pytest.mark.parametrize(
    ("build", "degrees"),
    [
        (lambda: network.ring(5), [2] * 5),
        (lambda: network.path(4), [1, 2, 2, 1]),
        (lambda: network.path(1), [0]),
        (lambda: network.star(4), [3, 1, 1, 1]),
        (lambda: network.complete(4), [3] * 4),
        (lambda: network.random_regular(3, 8, seed=0), [3] * 8),
        (lambda: network.random_regular(0, 3, seed=0), [0] * 3),
        (lambda: network.erdos_renyi(5, 0, seed=0), [0] * 5),
        (lambda: network.erdos_renyi(5, 1, seed=0), [4] * 5),
    ],
)
def test_builders_give_their_degrees_and_number_their_agents(build, degrees):
    result = build()
    np.testing.assert_array_equal(result.weights.sum(axis=1), degrees)
    np.testing.assert_array_equal(result.weights, result.weights.T)
    assert result.nodes == tuple(range(len(degrees)))


@pytest.mark.parametrize(
    "build",
    [
        lambda seed: network.random_regular(3, 20, seed),
        lambda seed: network.erdos_renyi(20, 0.3, seed),
    ],
    ids=["random_regular", "erdos_renyi"],
)  # fmt: skip
def test_a_random_network_is_its_seed(build):
    np.testing.assert_array_equal(build(1).weights, build(1).weights)
    assert (build(1).weights != build(2).weights).any()


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: network.lattice((2, 4)),
         "got a periodic lattice side of 2; .* give a side of 3 or more, or periodic=False"),
        (lambda: network.lattice((4, 1)), "got a periodic lattice side of 1; its two neighbours"),
        (lambda: network.lattice((0, 4)), "got lattice side 0; that is below 1; give 1 or more"),
        (lambda: network.lattice(()), r"got lattice of shape \(\) with 0 periodic sides"),
        (lambda: network.lattice((3, 3), (True,)), r"shape \(3, 3\) with 1 periodic sides; .*both"),
        (lambda: network.lattice((200, 200)), "got 40000 agents; .* limited to 16384 agents"),
        (lambda: network.ring(2), "got ring size 2; that is below 3; give 3 or more"),
        (lambda: network.path(0), "got path size 0; that is below 1"),
        (lambda: network.complete(10**6), "got 1000000 agents; weights are a dense table"),
        (lambda: network.random_regular(3, 5, 0), "got degree 3 for 5 agents; .*is even"),
        (lambda: network.random_regular(4, 4, 0), "got degree 4 for 4 agents; .*degree < n"),
        (lambda: network.erdos_renyi(4, 1.5, 0), "got edge_probability 1.5; .* from 0 to 1"),
        (lambda: network.erdos_renyi(4, np.nan, 0), "got edge_probability nan"),
    ],
)  # fmt: skip
def test_an_impossible_network_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("value", [0.5, None, "4"])
def test_a_size_or_seed_that_is_no_integer_is_refused(value: Any):
    for build in (
        lambda: network.ring(value),
        lambda: network.lattice((value, 4)),
        lambda: network.erdos_renyi(4, 0.5, seed=value),
        lambda: network.random_regular(2, 4, seed=value),
    ):
        with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
            build()


def assert_proper(weights, colours):
    """No tie, in either direction, has one colour at both ends; no colour is left out."""
    seers, seen = np.nonzero(weights)
    assert (colours[seers] != colours[seen]).all()
    assert colours.shape == (len(weights),)
    assert colours[0] == 0
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
    with pytest.raises(ValueError, match=r"got weights\[0,0\]=1.0; an agent does not observe"):
        colouring(np.eye(2))
