"""Random ties: the law that they are drawn from, and pairs that are pairs."""

import itertools

import numpy as np
import pytest
from scipy.stats import chisquare

from pp_spin.evidence.budget import ALPHA
from pp_spin.random_ties import independent_pairs, regular_pairs

N_DRAWS = 3_000


def graphs(draw, rng):
    """How often each graph on four agents is drawn, by its six pairs read as bits, (64,)."""
    bit = {pair: 1 << k for k, pair in enumerate(itertools.combinations(range(4), 2))}
    drawn = (draw(rng) for _ in range(N_DRAWS))
    numbers = [sum(bit[min(pair), max(pair)] for pair in pairs.tolist()) for pairs in drawn]
    return np.bincount(numbers, minlength=64)


def test_every_pair_is_tied_independently(rng):
    counts = graphs(lambda rng: independent_pairs(4, 0.3, rng), rng)
    n_ties = np.array([number.bit_count() for number in range(64)])

    def pvalue(probability):
        law = probability**n_ties * (1 - probability) ** (6 - n_ties)
        return chisquare(counts, N_DRAWS * law).pvalue

    assert pvalue(0.3) > ALPHA
    assert pvalue(0.36) < ALPHA


def test_regular_graphs_on_four_agents_are_drawn_evenly(rng):
    counts = graphs(lambda rng: regular_pairs(2, 4, rng), rng)
    assert np.count_nonzero(counts) == 3  # the three squares, and nothing else
    squares = counts[counts > 0]
    assert chisquare(squares).pvalue > ALPHA
    assert chisquare(squares, N_DRAWS * np.array([0.5, 0.25, 0.25])).pvalue < ALPHA


@pytest.mark.parametrize(("degree", "n"), [(0, 5), (1, 2), (3, 4), (3, 50), (7, 10), (25, 30)])
def test_every_agent_has_its_degree_and_no_pair_repeats(degree, n, rng):
    for _ in range(20):
        pairs = regular_pairs(degree, n, rng)
        np.testing.assert_array_equal(np.bincount(pairs.ravel(), minlength=n), [degree] * n)
        assert (pairs[:, 0] < pairs[:, 1]).all()
        assert len(np.unique(pairs, axis=0)) == len(pairs)


@pytest.mark.parametrize("probability", [0, 1e-300, 1e-9, 0.001, 0.5, 1 - 1e-9, 1])
@pytest.mark.parametrize("n", [1, 2, 3, 400])
def test_independent_pairs_are_pairs_and_none_repeats(n, probability, rng):
    pairs = independent_pairs(n, probability, rng)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    assert ((pairs >= 0) & (pairs < n)).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    every = n * (n - 1) // 2
    assert abs(len(pairs) - every * probability) <= 6 * np.sqrt(every * probability) + 1e-3


def test_the_first_and_the_last_pair_are_drawn_as_often_as_others(rng):
    first_or_last = [
        [[0, 1] in pairs, [28, 29] in pairs]
        for pairs in (independent_pairs(30, 0.5, rng).tolist() for _ in range(N_DRAWS))
    ]
    assert (abs(np.mean(first_or_last, axis=0) - 0.5) < 6 * 0.5 / np.sqrt(N_DRAWS)).all()
