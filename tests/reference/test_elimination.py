"""Elimination against enumeration, Kaufman's torus, trees' closed form and its own derivatives."""

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.special import logsumexp

from pp_spin.configurations import index_of
from pp_spin.evidence import moments, multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.reference import elimination_passes, kaufman, laws
from pp_spin.reference.elimination import (
    eliminate,
    exact_draws,
    marginal_up,
    mean_energy,
    spin_products,
)
from pp_spin.reference.elimination_order import WIDTH_LIMIT, elimination_order
from tests import oracle

NETWORKS = {
    "karate club": (nx.karate_club_graph(), 0.05, 5),
    "Les Misérables": (nx.les_miserables_graph(), 0.03, 9),
    "southern women": (nx.davis_southern_women_graph(), 0.2, 8),
}


def part_of(name, seed, n=14):
    """An induced subgraph of ``n`` random nodes; most fall into several components."""
    graph = NETWORKS[name][0]
    nodes = np.random.default_rng(seed).permutation(len(graph))[:n]
    return graph.subgraph([list(graph)[i] for i in nodes])


GRAPHS = {
    "no ties": nx.empty_graph(3),
    "one spin": nx.empty_graph(1),
    "all tied": nx.complete_graph(8),
    "ring": nx.cycle_graph(9),
    "tree": nx.random_labeled_tree(12, seed=1),
    "forest": nx.disjoint_union(nx.random_labeled_tree(5, seed=2), nx.path_graph(4)),
    **{f"random {m} ties": nx.gnm_random_graph(10, m, seed=m) for m in (9, 15, 25, 38)},
    "centre of the karate club": nx.karate_club_graph().subgraph(range(14)),
    **{f"part {k} of {name}": part_of(name, k) for name in list(NETWORKS)[:2] for k in (1, 2)},
}

every_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS.keys())
every_network = pytest.mark.parametrize(
    ("graph", "strength", "width"), NETWORKS.values(), ids=NETWORKS.keys()
)


def glass_on(graph, seed=3):
    """Couplings of both signs on the ties of a graph, and fields."""
    rng = np.random.default_rng([seed, len(graph)])
    upper = np.triu(rng.normal(size=(len(graph), len(graph))), 1)
    tied = nx.to_numpy_array(graph, weight=None) != 0
    return np.where(tied, upper + upper.T, 0.0), rng.normal(size=len(graph)) / 2


def network(graph, strength):
    """Couplings proportional to the ties' weights, and small fields of both signs."""
    fields = np.random.default_rng(len(graph)).normal(size=len(graph)) / 4
    return strength * nx.to_numpy_array(graph), fields


def ties_of(couplings):
    return np.argwhere(np.triu(couplings))


def found(couplings, fields, beta=1.0, clamped=None):
    """``ln Z``, mean energy, every P(up) and every tie's E[s s'], in one vector."""
    one = eliminate(couplings, fields, beta, clamped)
    products = spin_products(one, ties_of(couplings))
    return np.hstack([one.log_partition, mean_energy(one), marginal_up(one), products])


def enumerated(couplings, fields, beta=1.0, clamped=None):
    """The same by the sum over all configurations that hold what is clamped."""
    spins = oracle.states(len(fields))[oracle.in_slice(len(fields), clamped)].astype(float)
    energies = -((spins @ couplings) * spins).sum(1) / 2 - spins @ fields
    log_z = logsumexp(-beta * energies)
    law = np.exp(-beta * energies - log_z)
    i, j = ties_of(couplings).T
    products = law @ (spins[:, i] * spins[:, j])
    return np.hstack([log_z, law @ energies, law @ (spins == 1), products])


# ---- against sums and closed forms


@every_graph
@pytest.mark.parametrize("beta", [0.0, 0.7, -0.4, 4.0])
def test_moments_are_the_sums_over_configurations(graph, beta):
    couplings, fields = glass_on(graph)
    expected = enumerated(couplings, fields, beta)
    np.testing.assert_allclose(found(couplings, fields, beta), expected, rtol=1e-11, atol=1e-11)
    assert abs(enumerated(couplings, 1.01 * fields, beta)[0] - expected[0]) > 1e-7 or beta == 0


@every_graph
@pytest.mark.parametrize("held", ["one", "three", "all"])
def test_clamped_spins_condition_the_others(graph, held):
    couplings, fields = glass_on(graph)
    n = {"one": 1, "three": min(3, len(graph)), "all": len(graph)}[held]
    chosen = np.random.default_rng(n).permutation(len(graph))[:n].tolist()
    clamped = {i: (-1) ** k for k, i in enumerate(chosen)}
    expected = enumerated(couplings, fields, 0.8, clamped)
    np.testing.assert_allclose(
        found(couplings, fields, 0.8, clamped), expected, rtol=1e-11, atol=1e-11
    )
    turned = {i: -value for i, value in clamped.items()}
    assert np.abs(enumerated(couplings, fields, 0.8, turned) - expected).max() > 0.01


def test_the_marginals_are_those_of_the_reference_law_and_of_the_oracle():
    couplings, fields = glass_on(GRAPHS["ring"])
    one = eliminate(couplings, fields, 1.3, {2: -1})
    law = laws.ising_law(couplings, fields, 1.3, {2: -1})
    np.testing.assert_allclose(marginal_up(one), laws.marginal_up(law), rtol=0, atol=1e-13)
    expected = oracle.marginals(oracle.ising_law(couplings, fields, 1.3, {2: -1}))
    np.testing.assert_allclose(marginal_up(one), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("beta", [0.2, kaufman.CRITICAL_BETA, 0.8])
@pytest.mark.parametrize("shape", [(3, 3), (4, 5), (6, 6), (3, 12), (7, 7)])
def test_tori_are_kaufmans(shape, beta):
    couplings = nx.to_numpy_array(nx.grid_2d_graph(*shape, periodic=True))
    torus = eliminate(couplings, np.zeros(len(couplings)), beta)
    assert torus.log_partition == pytest.approx(kaufman.log_partition(shape, beta), rel=1e-13)
    energy = mean_energy(torus) / len(couplings)
    assert energy == pytest.approx(kaufman.energy(shape, beta), abs=1e-12)
    np.testing.assert_allclose(marginal_up(torus), 0.5, rtol=0, atol=1e-13)
    assert abs(energy - kaufman.energy(shape, 1.001 * beta)) > 1e-5


@pytest.mark.parametrize("n", [2, 300])
def test_trees_without_fields_are_products_over_ties(n):
    couplings, fields = glass_on(nx.random_labeled_tree(n, seed=n))
    ties = ties_of(couplings)
    of_ties = couplings[ties[:, 0], ties[:, 1]]
    tree = eliminate(couplings, 0 * fields, 0.6)
    log_z = n * np.log(2) + np.log(np.cosh(0.6 * of_ties)).sum()
    assert tree.log_partition == pytest.approx(log_z, rel=1e-13)
    expected = np.tanh(0.6 * of_ties)
    np.testing.assert_allclose(spin_products(tree, ties), expected, rtol=0, atol=1e-13)
    with_fields = spin_products(eliminate(couplings, fields + 1, 0.6), ties)
    assert np.abs(with_fields - expected).max() > 0.01


def test_strong_couplings_do_not_overflow():
    couplings, fields = glass_on(GRAPHS["all tied"])
    cold = eliminate(1e4 * couplings, 1e4 * fields)
    law = laws.ising_law(1e4 * couplings, 1e4 * fields)
    np.testing.assert_allclose(marginal_up(cold), laws.marginal_up(law), rtol=0, atol=1e-10)
    assert mean_energy(cold) == pytest.approx(-cold.log_partition, rel=1e-12)


# ---- on real networks: moments are the derivatives of ln Z


def differences(couplings, fields, clamped=None, step=3e-5):
    """``d ln Z`` by every field and then by every tie: central differences, one at a time."""

    def log_z(i, j, change):
        shifted, pulls = couplings.copy(), fields.copy()
        if i == j:
            pulls[i] += change
        else:
            shifted[i, j] += change
            shifted[j, i] += change
        return eliminate(shifted, pulls, 1.0, clamped).log_partition

    places = [*((i, i) for i in range(len(fields))), *ties_of(couplings)]
    return np.array([(log_z(i, j, step) - log_z(i, j, -step)) / (2 * step) for i, j in places])


def moments_of(one):
    return np.hstack([2 * marginal_up(one) - 1, spin_products(one, ties_of(one.couplings))])


@every_network
def test_moments_on_networks_are_derivatives(graph, strength, width):
    couplings, fields = network(graph, strength)
    one = eliminate(couplings, fields)
    assert one.order.width <= width
    slopes = differences(couplings, fields)
    np.testing.assert_allclose(moments_of(one), slopes, rtol=0, atol=1e-8)
    means = 2 * marginal_up(one) - 1
    independent = means[ties_of(couplings)].prod(1)
    assert np.abs(independent - slopes[len(fields) :]).max() > 0.05


@every_network
def test_the_energy_on_networks_is_a_derivative(graph, strength, width):
    couplings, fields = network(graph, strength)
    step = 1e-5
    for held in (None, {0: 1, 5: -1}):
        log_z = [
            eliminate(couplings, fields, beta, held).log_partition for beta in (1 - step, 1 + step)
        ]
        slope = (log_z[1] - log_z[0]) / (2 * step)
        assert mean_energy(eliminate(couplings, fields, 1.0, held)) == pytest.approx(
            -slope, abs=1e-6
        )
        assert abs(mean_energy(eliminate(couplings, fields, 1.01, held)) + slope) > 1e-3


def test_moments_of_the_clamped_karate_club_are_derivatives():
    couplings, fields = network(*NETWORKS["karate club"][:2])
    clamped = {0: 1, 33: -1}
    slopes = differences(couplings, fields, clamped)
    found_moments = moments_of(eliminate(couplings, fields, 1.0, clamped))
    np.testing.assert_allclose(found_moments, slopes, rtol=0, atol=1e-8)
    assert np.abs(moments_of(eliminate(couplings, fields)) - slopes).max() > 0.1


def test_a_backward_pass_that_is_not_the_adjoint_is_seen(monkeypatch):
    couplings, fields = network(*NETWORKS["karate club"][:2])
    slopes = differences(couplings, fields)
    flat = [
        np.full((2,) * len(mine), 0.5 ** len(mine))
        for mine in eliminate(couplings, fields).order.shared
    ]
    monkeypatch.setattr("pp_spin.reference.elimination.backward", lambda *_: tuple(flat))
    assert np.abs(moments_of(eliminate(couplings, fields)) - slopes).max() > 0.01


# ---- draws


@pytest.mark.parametrize("clamped", [None, {1: 1, 4: -1}], ids=["free", "clamped"])
def test_draws_follow_the_law_and_not_one_of_other_couplings(clamped):
    couplings, fields = glass_on(nx.gnm_random_graph(6, 9, seed=4))
    law = laws.ising_law(couplings, fields, 0.7, clamped)
    twin = laws.ising_law(1.05 * couplings, fields, 0.7, clamped)
    cells = int(np.count_nonzero(law))
    n_draws = multinomial.draws_needed(laws.total_variation(law, twin), cells, ALPHA)
    draws = exact_draws(eliminate(couplings, fields, 0.7, clamped), n_draws, seed=1)
    assert draws.shape == (n_draws, 6)
    assert draws.dtype == np.int8
    counts = multinomial.counts_of(index_of(draws), len(law))
    assert not multinomial.compare_with_law(counts, law, ALPHA).rejected
    assert multinomial.compare_with_law(counts, twin, ALPHA).rejected


@every_network
def test_draws_on_networks_have_the_exact_moments(graph, strength, width):
    couplings, fields = network(graph, strength)
    ties = ties_of(couplings)

    def exact(couplings):
        one = eliminate(couplings, fields)
        return np.hstack([marginal_up(one), (1 + spin_products(one, ties)) / 2])

    expected, twin = exact(couplings), exact(1.05 * couplings)
    gap = np.abs(expected - twin).max()
    n_draws = int(np.ceil((moments.detectable(1, len(expected), ALPHA) / gap) ** 2))
    observed = moments.frequencies(exact_draws(eliminate(couplings, fields), n_draws, 2), ties)
    assert not moments.compare_with_probabilities(observed, expected, n_draws, ALPHA).rejected
    assert moments.compare_with_probabilities(observed, twin, n_draws, ALPHA).rejected


def test_a_seed_is_a_set_of_draws():
    one = eliminate(*glass_on(GRAPHS["ring"]))
    assert (exact_draws(one, 100, 5) == exact_draws(one, 100, 5)).all()
    assert (exact_draws(one, 100, 5) != exact_draws(one, 100, 6)).any()


# ---- the order


@every_graph
def test_every_tie_meets_and_the_last_to_be_met_meets_the_others(graph):
    order, shared = elimination_order(nx.convert_node_labels_to_integers(graph))
    assert sorted(order) == list(range(len(graph)))
    place = {spin: k for k, spin in enumerate(order)}
    for i, j in nx.convert_node_labels_to_integers(graph).edges:
        early, late = sorted((place[i], place[j]))
        assert early in shared[late]
    for k, mine in enumerate(shared):
        assert list(mine) == sorted(set(mine))
        assert all(j < k for j in mine)
        assert set(mine[:-1]) <= set(shared[mine[-1]] if mine else ())


@pytest.mark.parametrize(
    ("graph", "width"),
    [
        (nx.null_graph(), 0),
        (nx.empty_graph(4), 0),
        (nx.random_labeled_tree(200, seed=5), 1),
        (nx.cycle_graph(50), 2),
        (nx.complete_graph(WIDTH_LIMIT + 1), WIDTH_LIMIT),
        *((nx.convert_node_labels_to_integers(g), width) for g, _, width in NETWORKS.values()),
    ],
)
def test_the_width_is_the_least_there_is_or_that_is_known(graph, width):
    assert elimination_order(graph).width == width


# ---- what is refused, and the way out


def test_too_wide_a_network_is_refused_at_once_where_every_order_is_wider():
    n = WIDTH_LIMIT + 2
    everyone = np.ones((n, n)) - np.eye(n)
    text = r"got 22 free spins .* width at least 21; the limit is 20, .* 2\*\*4 MiB; clamp the spi"
    with pytest.raises(ValueError, match=text):
        eliminate(everyone, np.zeros(n))


def test_too_wide_a_network_is_refused_and_clamping_is_the_way_out():
    couplings, fields = nx.to_numpy_array(nx.grid_2d_graph(10, 10, periodic=True)), np.zeros(100)
    text = r"got 100 free spins whose order .* has width \d+; the limit is 20, .* clamp the spins"
    with pytest.raises(ValueError, match=text):
        eliminate(couplings, fields)
    # A row held up and one held down cut the torus into two strips of four rows between walls.
    held = {**dict.fromkeys(range(10), 1), **dict.fromkeys(range(50, 60), -1)}
    cut = eliminate(couplings, fields, 0.3, held)
    up = marginal_up(cut).reshape(10, 10)
    np.testing.assert_allclose(up[1:5], up[:5:-1], rtol=0, atol=1e-13)  # mirrored
    assert (up[1] > up[2]).all()
    assert cut.order.width <= WIDTH_LIMIT


def test_a_pair_that_never_meets_is_refused_and_the_way_out_is_exact():
    couplings, fields = glass_on(nx.path_graph(6))
    one = eliminate(couplings, fields)
    text = (
        r"got the pair \(0, 5\), which are not tied; .* eliminate with {0: 1} and {0: -1} clamped"
    )
    with pytest.raises(ValueError, match=text):
        spin_products(one, [(0, 5)])
    up = marginal_up(one)[0]
    means = [2 * marginal_up(eliminate(couplings, fields, 1, {0: s}))[5] - 1 for s in (1, -1)]
    expected = laws.spin_products(laws.ising_law(couplings, fields), np.array([[0, 5]]))[0]
    assert up * means[0] - (1 - up) * means[1] == pytest.approx(expected, abs=1e-13)
    np.testing.assert_array_equal(spin_products(one, [(3, 3)]), [1])


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((np.triu(np.ones((3, 3)), 1), np.zeros(3)), r"the Ising law needs symmetric couplings"),
        ((np.eye(3), np.zeros(3)), r"got couplings\[0,0\]=1.0; .* set the diagonal to 0"),
        ((np.zeros((3, 3)), np.zeros(2)), r"fields of shape \(2,\); every spin has one field"),
        ((np.zeros((3, 3)), np.zeros(3), np.nan), r"got beta=nan; every entry must be a finite"),
        ((np.zeros((3, 3)), np.zeros(3), 1, {0: 0}), r"clamped\[0\] = 0; .* holds -1 or \+1"),
        ((np.zeros((3, 3)), np.zeros(3), 1, {3: 1}), r"clamped\[3\], but no agent has that name"),
    ],
)
def test_what_has_no_ising_law_is_refused(arguments, text):
    with pytest.raises(ValueError, match=text):
        eliminate(*arguments)


def test_sparse_couplings_are_the_dense_ones():
    couplings, fields = glass_on(GRAPHS["random 15 ties"])
    sparse = eliminate(coo_array(couplings), fields)
    assert sparse.log_partition == eliminate(couplings, fields).log_partition


def test_the_passes_on_two_spins_are_written_out():
    ties, pulls = np.array([[0, 0.3], [0.3, 0]]), np.array([0.2, -0.1])
    log_odds, log_z = elimination_passes.forward(ties, pulls, ((), (0,)))
    np.testing.assert_allclose(log_odds[1], [2 * (-0.1 - 0.3), 2 * (-0.1 + 0.3)], atol=1e-15)
    weights = [np.exp(0.3 * s * t + 0.2 * s - 0.1 * t) for s in (-1, 1) for t in (-1, 1)]
    assert log_z == pytest.approx(np.log(sum(weights)), abs=1e-15)
    law = elimination_passes.backward(log_odds, ((), (0,)))[1]
    np.testing.assert_allclose(law, [sum(weights[:2]), sum(weights[2:])] / sum(weights), atol=1e-15)
