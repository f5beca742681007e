"""Networks from arrays and graphs, their builders, and proper colourings."""

import itertools
from typing import Any

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin import network
from pp_spin.network import as_network

ASYMMETRIC = np.array([[0, 1.5, 0], [-2, 0, 0], [0.5, 0, 0]])


def sparse(table):
    return scipy.sparse.csr_array(np.array(table))


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
    by_hand = network.Network(
        ties=scipy.sparse.csr_array(np.eye(2)), biases=np.zeros(2), nodes=("a", "b")
    )
    with pytest.raises(ValueError, match=r"got weights\[0,0\]=1.0 \(node 'a'\)"):
        as_network(by_hand)


def test_ties_are_sorted_without_zeros_and_read_only():
    places = [0, 0, 0, 1], [2, 1, 2, 0]  # unsorted, one place twice, one zero
    source = scipy.sparse.coo_array(([2.0, 1.0, 3.0, 0.0], places), shape=(3, 3))
    ties = as_network(source).ties
    np.testing.assert_array_equal(ties.indptr, [0, 2, 2, 2])
    np.testing.assert_array_equal(ties.indices, [1, 2])
    np.testing.assert_array_equal(ties.data, [1, 5])
    assert ties.indices.dtype == np.int32
    for part in (ties.data, ties.indices, ties.indptr):
        assert not part.flags.writeable


def test_a_later_change_of_a_sparse_source_does_not_reach_the_network():
    source = sparse(ASYMMETRIC)
    result = as_network(source)
    source.data[:] = 7
    source.indices[:] = 0
    np.testing.assert_array_equal(result.weights, ASYMMETRIC)


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
@pytest.mark.parametrize("dtype", [np.float32, np.int8, np.uint64, bool])
def test_sparse_tables_of_any_format_and_type_are_their_dense_ones(form, dtype):
    table = np.array([[0, 1, 0], [2, 0, 0], [0, 3, 0]]).astype(dtype)
    result = as_network(scipy.sparse.coo_array(table).asformat(form))
    np.testing.assert_array_equal(result.weights, as_network(table).weights)
    np.testing.assert_array_equal(result.weights, table)


def test_random_networks_are_the_same_dense_sparse_and_as_graphs(rng):
    for n in (1, 2, 7, 30):
        table = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.3)
        np.fill_diagonal(table, 0)
        graph = nx.from_numpy_array(table, create_using=nx.DiGraph)
        for source in (table, sparse(table), graph, as_network(table)):
            np.testing.assert_array_equal(as_network(source).weights, table)
            np.testing.assert_array_equal(as_network(source).ties.toarray(), table)


def test_a_scaled_network_has_its_ties_multiplied():
    given = as_network(directed_graph())
    scaled = given.scaled(0.5)
    np.testing.assert_array_equal(scaled.weights, 0.5 * ASYMMETRIC)
    np.testing.assert_array_equal(scaled.biases, given.biases)
    assert scaled.nodes == given.nodes
    assert given.scaled(0).ties.nnz == 0
    with pytest.raises(ValueError, match=r"got weights\[0,1\]=inf; every entry must be a finite"):
        given.scaled(1.7e308)


MANY = 100_000


@pytest.mark.parametrize(
    ("build", "n_ties"),
    [
        (lambda: network.ring(MANY), MANY),
        (lambda: network.path(MANY), MANY - 1),
        (lambda: network.star(MANY), MANY - 1),
        (lambda: network.lattice((250, 400)), 2 * MANY),
        (lambda: network.lattice((50, 40, 50)), 3 * MANY),
        (lambda: network.random_regular(3, MANY, seed=1), 3 * MANY // 2),
        (lambda: as_network(nx.path_graph(MANY)), MANY - 1),
        (lambda: as_network(network.ring(MANY)), MANY),
    ],
    ids=["ring", "path", "star", "square", "cube", "random_regular", "graph", "network"],
)
def test_a_large_network_is_its_ties_and_has_no_dense_table(build, n_ties):
    result = build()
    assert len(result.nodes) == MANY
    assert result.ties.nnz == 2 * n_ties
    assert (result.ties != result.ties.T).nnz == 0
    message = r"got 100000 agents; a dense table of weights is limited to 16384; use ties"
    with pytest.raises(ValueError, match=message):
        _ = result.weights


def test_a_name_that_repeats_late_in_a_large_network_is_found():
    with pytest.raises(ValueError, match=r"got node 99998 twice; .* make names unique"):
        as_network(scipy.sparse.csr_array((MANY, MANY)), nodes=[*range(MANY - 1), MANY - 2])


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
        (sparse([[0, 1], [np.nan, 0]]), {}, r"got weights\[1,0\]=nan; every entry must be a fin"),
        (sparse([[0, 1], [1, 2]]), {}, r"got weights\[1,1\]=2.0 \(node 1\); an agent does not"),
        (sparse([[0, 1j], [0, 0]]), {}, r"got weights of type complex128 .*must be a real number"),
        (scipy.sparse.coo_array(np.zeros(3)), {}, r"got weights of shape \(3,\); who sees whom"),
        (scipy.sparse.csr_array((0, 0)), {}, r"got weights of shape \(0, 0\); who sees whom"),
        (sparse(np.zeros((2, 2))), {"nodes": "abc"}, r"got 3 nodes for weights of shape \(2, 2\)"),
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
        (lambda: network.ring(2), "got ring size 2; that is below 3; give 3 or more"),
        (lambda: network.path(0), "got path size 0; that is below 1"),
        (lambda: network.complete(10**6), "got 1000000 agents; a complete .* limited to 16384; ta"),
        (lambda: network.random_regular(3, 5, 0), "got degree 3 for 5 agents; .*is even"),
        (lambda: network.random_regular(4, 4, 0), "got degree 4 for 4 agents; .*degree < n"),
        (lambda: network.erdos_renyi(4, 1.5, 0), "got edge_probability 1.5; .* from 0 to 1"),
        (lambda: network.erdos_renyi(4, np.nan, 0), "got edge_probability nan"),
        (lambda: network.erdos_renyi(4, 0.5, -1), "got seed -1; that is below 0; give 0 or more"),
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
