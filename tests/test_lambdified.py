"""A side of a proof becomes the function of numbers that it looks like (tests/lambdified.py)."""

import numpy as np
import pytest
import sympy as sp

from derivations.collective import N, gamma, gamma_one_way, i, j, local_field, prior_sum, sigma
from derivations.families import configurations, pairs
from tests.lambdified import lambdified

GAMMA = np.array([[0, 0.5, -0.2], [0.5, 0, 0.3], [-0.2, 0.3, 0]])
ZETA = np.array([0.1, 0.2, 0.4])
SPINS = np.array([1, -1, 1], dtype=np.int8)
NUMBERS = {"gamma": GAMMA, "zeta": ZETA, "sigma": SPINS}
WEIGHT = sp.exp(pairs(gamma[i, j] * sigma[i] * sigma[j], i, j) + prior_sum())


def test_families_are_read_from_arrays():
    # Each pair once: -0.5 - 0.2 - 0.3, and the priors 0.1 - 0.2 + 0.4.
    assert lambdified(WEIGHT, {N: 3})(NUMBERS) == pytest.approx(np.exp(-0.7), abs=1e-15)


def test_a_free_index_is_the_agent_of_that_number():
    field = lambdified(local_field(i, precision=gamma_one_way), {N: 3, i: 2})
    heard = np.array([[0, 9, 9], [0.5, 0, 0.25], [9, 9, 0]])
    assert field(NUMBERS | {"gamma": heard}) == pytest.approx(0.2 + 0.5 + 0.25, abs=1e-15)


def test_spins_that_are_summed_over_are_not_asked_for():
    total = lambdified(configurations(WEIGHT, (sigma, N)), {N: 3})
    weight = lambdified(WEIGHT, {N: 3})
    every = [NUMBERS | {"sigma": [a, b, c]} for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    numbers = {"gamma": GAMMA, "zeta": ZETA}
    assert total(numbers) == pytest.approx(sum(map(weight, every)), rel=1e-14)


def test_ten_agents_are_told_apart_and_more_are_refused():
    rng = np.random.default_rng(0)
    upper = np.triu(rng.normal(size=(10, 10)), 1)
    numbers = {"gamma": upper + upper.T, "zeta": np.zeros(10), "sigma": np.ones(10)}
    log_weight = lambdified(sp.log(WEIGHT), {N: 10})
    assert log_weight(numbers) == pytest.approx(upper.sum(), rel=1e-13)
    with pytest.raises(ValueError, match="got a size of 11"):
        lambdified(WEIGHT, {N: 11})


def test_arrays_that_are_not_what_the_family_says_are_refused():
    weight = lambdified(WEIGHT, {N: 3})
    with pytest.raises(AssertionError):
        weight(NUMBERS | {"gamma": np.triu(GAMMA)})
    with pytest.raises(AssertionError, match="nonzero diagonal"):
        weight(NUMBERS | {"gamma": GAMMA + np.eye(3)})
