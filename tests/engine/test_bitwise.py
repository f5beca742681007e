"""Bit planes: counting, packing, and chances that are right in every digit."""

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import binomtest

from pp_spin.agents.action import maximum_a_posteriori, probability_matching
from pp_spin.engine import actions, bitwise, words
from pp_spin.engine.streams import ACTION, run_key, words_at
from pp_spin.evidence.budget import ALPHA


def lanes(plane):
    """The bits of a plane, ``(n_lanes,)`` of 0 and 1."""
    return np.unpackbits(np.asarray(plane).view(np.uint8)).astype(int)


@pytest.mark.parametrize("n_planes", [1, 2, 3, 4, 6, 7, 15])
def test_counted_is_the_sum_of_the_planes(n_planes, rng):
    planes = [jnp.asarray(p) for p in rng.integers(0, 2**32, (n_planes, 4), dtype=np.uint32)]
    digits = bitwise.counted(planes)
    expected = sum(lanes(plane) for plane in planes)
    assert len(digits) == n_planes.bit_length()
    found = sum(lanes(digit) << place for place, digit in enumerate(digits))
    np.testing.assert_array_equal(found, expected)
    for number in range(n_planes + 1):
        np.testing.assert_array_equal(
            lanes(bitwise.equal_to(number, digits)), (expected == number).astype(int)
        )


@pytest.mark.parametrize("n_chains", [1, 31, 32, 33, 100])
def test_packing_and_unpacking_are_inverse(n_chains, rng):
    spins = rng.choice(np.array([-1, 1], dtype=np.int8), (n_chains, 5))
    found = words.unpacked(jnp.asarray(words.packed(spins)))
    np.testing.assert_array_equal(found[:n_chains], spins)


def frequencies(key, chance):
    """How often a lane is set in 2**20 words of 32 lanes."""
    n_words = 2**20
    stream = words_at(run_key(key, "test"), np.arange(n_words), 0, 0, ACTION)
    everybody = jnp.full(n_words, words.FULL)
    found = bitwise.drawn(stream, [everybody], jnp.asarray([chance], dtype=jnp.uint32))
    return int(lanes(found).sum()), 32 * n_words


@pytest.mark.parametrize("chance", [0, 1 << 31, 0x12345678, 0x00080000, 0x00100000, 0x000FFFFF])
def test_lanes_are_set_with_their_chance(chance, key):
    n_set, n = frequencies(key, chance)
    if chance == 0:
        assert n_set == 0
    else:
        assert binomtest(n_set, n, chance / 2**32).pvalue > ALPHA


def test_thresholds_of_eight_digits_are_caught(key):
    chance = 0x12B45678
    rounded = (chance >> 24) << 24
    n_set, n = frequencies(key, rounded)
    assert binomtest(n_set, n, chance / 2**32).pvalue < ALPHA


def test_a_certain_action_never_errs():
    table = actions.chances(maximum_a_posteriori, 3, 0.5, 0.2)
    assert np.asarray(table.error).max() == 0
    matched = actions.chances(probability_matching, 4, 0.5, 0.0)
    assert len(matched.error) == 2  # by size: 2 gamma and 4 gamma; at 0 it is a fair coin
    expected = 2**32 / (1 + np.exp(2 * 0.5 * np.array([2, 4])))
    np.testing.assert_allclose(np.asarray(matched.error), expected, atol=0.51)
