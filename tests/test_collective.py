"""A collective: what it takes in, who acts, and each agent's own posterior everywhere."""

from typing import Any

import jax
import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin.agents.action import maximum_a_posteriori, planning_as_inference
from pp_spin.collective import Collective
from pp_spin.network import as_network, lattice, ring
from tests import cases, oracle

GAMMA = np.array([[0, 0.9, 0], [-0.4, 0, 0.3], [0, 0.2, 0]])
ZETA = np.array([0.1, -0.6, 0.0])


def directed_graph():
    """The same agents as a networkx graph: the edge i -> j is "i sees j"."""
    graph = nx.DiGraph()
    for name, prior in zip("abc", ZETA, strict=True):
        graph.add_node(name, bias=prior)
    for i, j in np.argwhere(GAMMA):
        graph.add_edge("abc"[i], "abc"[j], weight=GAMMA[i, j])
    return graph


def up_table(collective):
    """P(agent i next acts +1 | configuration) by the agents, (2**n, n)."""
    n = collective.n_agents
    table = jax.vmap(collective.up_prob_fn(), in_axes=(0, None))(oracle.states(n), np.arange(n))
    return np.asarray(table)


@pytest.mark.parametrize(
    "collective",
    [
        Collective(GAMMA, ZETA),
        Collective(GAMMA.tolist(), ZETA.tolist()),
        Collective(scipy.sparse.csr_array(GAMMA), ZETA),
        Collective(as_network(GAMMA, ZETA)),
        Collective(directed_graph()),
        Collective.from_networkx(directed_graph()),
        Collective.from_network(as_network(directed_graph())),
    ],
    ids=["dense", "lists", "sparse", "Network", "graph", "from_networkx", "from_network"],
)
def test_every_input_is_the_same_agents(collective):
    np.testing.assert_array_equal(collective.sensory_precision, GAMMA)
    np.testing.assert_array_equal(collective.prior_precision, ZETA)
    expected = oracle.up_probabilities(GAMMA, ZETA)
    np.testing.assert_allclose(up_table(collective), expected, rtol=0, atol=1e-12)


def test_reversed_edges_are_other_agents():
    backwards = Collective(directed_graph().reverse())
    assert np.abs(up_table(backwards) - oracle.up_probabilities(GAMMA, ZETA)).max() > 0.1


def test_attributes_may_have_other_names():
    graph = nx.path_graph(2)
    nx.set_edge_attributes(graph, 0.7, "trust")
    nx.set_node_attributes(graph, 0.2, "opinion")
    collective = Collective.from_networkx(graph, weight="trust", bias="opinion", clamped={1: -1})
    np.testing.assert_array_equal(collective.sensory_precision, [[0, 0.7], [0.7, 0]])
    np.testing.assert_array_equal(collective.prior_precision, [0.2, 0.2])
    assert collective.clamped == {1: -1}


def test_one_prior_for_all_and_none_for_arrays():
    np.testing.assert_array_equal(Collective(GAMMA, 0.5).prior_precision, [0.5] * 3)
    np.testing.assert_array_equal(Collective(GAMMA).prior_precision, np.zeros(3))


@pytest.mark.parametrize("collective", cases.COLLECTIVES[:9], ids=cases.describe)
@pytest.mark.parametrize("rule", [*cases.RULES, maximum_a_posteriori], ids=str)
def test_each_agent_acts_on_its_own_posterior(collective, rule):
    acting = collective.replaced(action_rule=rule)
    expected = oracle.up_probabilities(
        acting.sensory_precision, acting.prior_precision, rule.name, **rule.parameters
    )
    np.testing.assert_allclose(up_table(acting), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "twin",
    [Collective(GAMMA.T, ZETA), Collective(2 * GAMMA, ZETA), Collective(GAMMA, -ZETA)],
    ids=["seen by those it sees", "precisions doubled", "priors of the other sign"],
)
def test_a_broken_twin_acts_otherwise(twin):
    assert np.abs(up_table(twin) - oracle.up_probabilities(GAMMA, ZETA)).max() > 0.1


def test_agents_are_clamped_by_name_and_known_by_index():
    collective = Collective(directed_graph(), clamped={"c": 1, "a": -1})
    assert dict(collective.clamped) == {0: -1, 2: 1}
    assert collective.free.tolist() == [1]
    assert collective.hold(np.ones((2, 3))).tolist() == [[-1, 1, 1]] * 2


def test_lattice_agents_are_clamped_by_coordinates():
    collective = Collective(lattice((3, 3)), clamped={(1, 2): 1})
    assert dict(collective.clamped) == {5: 1}


def test_a_replaced_collective_keeps_names_and_clamped_agents():
    collective = Collective(directed_graph(), clamped={"b": 1})
    rule = planning_as_inference(1, 1)
    changed = collective.replaced(action_rule=rule)
    assert changed.nodes == ("a", "b", "c")
    assert changed.clamped == {1: 1}
    assert changed.action_rule == rule
    assert collective.action_rule != rule
    assert collective.replaced(clamped={"c": -1}).clamped == {2: -1}


def test_numbers_are_kept_apart_from_the_arrays_they_came_from():
    gamma = GAMMA.copy()
    collective = Collective(gamma, ZETA)
    gamma[:] = 7
    np.testing.assert_array_equal(collective.sensory_precision, GAMMA)
    for array in (collective.sensory_precision, collective.prior_precision):
        assert not array.flags.writeable


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sensory_precision": np.zeros((2, 3))}, r"got .* of shape \(2, 3\); .* give an \(n, n\)"),
        ({"sensory_precision": [[0, np.nan], [1, 0]]}, r"got .*\[0,1\]=nan; every entry must be"),
        ({"sensory_precision": [[0, np.inf], [1, 0]]}, r"got .*\[0,1\]=inf; every entry must be"),
        ({"sensory_precision": np.eye(2)}, r"got .*\[0,0\]=1.0.* does not observe itself; set"),
        ({"sensory_precision": [["x", "y"], ["y", "x"]]}, r"got .* give an array of numbers"),
        ({"prior_precision": [1.0, 2.0]},
         r"got prior_precision of shape \(2,\); one prior precision per agent \(n = 3\); give"),
        ({"prior_precision": [0, 0, np.nan]}, r"got prior_precision\[2\]=nan; every entry must be"),
        ({"prior_precision": np.inf}, r"got prior_precision\[0\]=inf; every entry must be"),
        ({"clamped": {3: 1}}, r"got clamped\[3\], but no agent has that name; clamp one of the 3"),
        ({"clamped": {0: 0}}, r"got clamped\[0\] = 0; a clamped agent holds -1 or \+1; leave it"),
        ({"clamped": {0: 2}}, r"got clamped\[0\] = 2; a clamped agent holds -1 or \+1"),
        ({"nodes": ("a", "b")}, r"got 2 nodes for .*; each agent has one name; give 3"),
        ({"nodes": ("a", "b", "a")}, r"got node 'a' twice; .* make names unique"),
    ],
)  # fmt: skip
def test_what_is_no_collective_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Collective(**({"sensory_precision": GAMMA} | arguments))


def test_multigraphs_and_self_loops_are_refused():
    with pytest.raises(ValueError, match=r"got a MultiGraph; .* add them up first"):
        Collective(nx.MultiGraph([(0, 1), (0, 1)]))
    with pytest.raises(ValueError, match=r"got .*'a'.*; an agent does not observe itself"):
        Collective(nx.Graph([("a", "a"), ("a", "b")]))


def test_an_action_rule_is_no_name():
    name: Any = "planning_as_inference(3, 3)"
    with pytest.raises(TypeError, match=r"got action_rule = 'planning.*; .* or parse_action_rule"):
        Collective(GAMMA, action_rule=name)


def test_precisions_beyond_single_precision_are_refused():
    with pytest.raises(ValueError, match=r"sum to 1e\+39; .* overflows beyond 8\.51e\+37; scale"):
        Collective([[0, 1e39], [1, 0]])
    Collective([[0, 1e30], [1, 0]])


MANY = 100_000


def test_a_large_sparse_collective_has_ties_and_no_dense_table():
    ties = 0.3 * ring(MANY).ties
    collective = Collective(ties, 0.1, clamped=dict.fromkeys(range(0, MANY, 2), -1))
    assert (collective.ties != ties).nnz == 0
    assert collective.ties.dtype == np.float64
    assert not collective.ties.data.flags.writeable
    np.testing.assert_array_equal(collective.free, np.arange(1, MANY, 2))
    np.testing.assert_array_equal(collective.hold(np.ones((2, MANY))), [[-1, 1] * (MANY // 2)] * 2)
    assert collective.replaced(clamped=None).ties.nnz == 2 * MANY
    message = r"got 100000 agents; a dense table of sensory_precision is limited to 16384; use ties"
    with pytest.raises(ValueError, match=message):
        _ = collective.sensory_precision


def test_ties_are_the_sensory_precision():
    for collective in cases.COLLECTIVES:
        np.testing.assert_array_equal(collective.ties.toarray(), collective.sensory_precision)


def test_a_collective_without_clamped_agents_holds_nobody():
    collective = Collective(GAMMA)
    assert collective.free.tolist() == [0, 1, 2]
    assert collective.hold([1, -1, 1]).tolist() == [1, -1, 1]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            [[0, 1e39], [1, 0]],
            r"got agent 0 with precisions that sum to 1e\+39; .* scale them down",
        ),
        ([[0, np.nan], [1, 0]], r"got sensory_precision\[0,1\]=nan; every entry must be"),
        (np.eye(2), r"got sensory_precision\[0,0\]=1.0; an agent does not observe itself"),
        (np.zeros((2, 3)), r"got sensory_precision of shape \(2, 3\); who sees whom is a square"),
    ],
)
def test_a_sparse_table_is_refused_as_its_dense_one(table, message):
    for source in (table, scipy.sparse.csr_array(np.array(table))):
        with pytest.raises(ValueError, match=message):
            Collective(source)


def test_a_collective_says_what_it_is():
    collective = Collective([[0, 1, 0], [1, 0, 0], [0, 2, 0]], clamped={1: -1})
    assert repr(collective) == "Collective(3 agents, 3 ties, 1 clamped, probability_matching)"
    assert "clamped" not in repr(Collective([[0, 1], [1, 0]]))
