"""The order of configurations: row k has spin i up where bit i of k is set."""

import itertools
from typing import Any

import numpy as np
import pytest

from pp_spin.configurations import ENUMERATION_LIMIT, configurations, index_of


def test_row_k_has_spin_i_up_where_bit_i_of_k_is_set():
    expected = [[1 if k >> i & 1 else -1 for i in range(4)] for k in range(16)]
    rows = configurations(4)
    np.testing.assert_array_equal(rows, expected)
    assert rows.dtype == np.int8


@pytest.mark.parametrize("n", range(8))
def test_every_configuration_is_listed_once(n):
    listed = {tuple(row) for row in configurations(n).tolist()}
    assert listed == set(itertools.product((-1, 1), repeat=n))
    assert configurations(n).shape == (2**n, n)


@pytest.mark.parametrize("n", [1, 2, 5, 10])
def test_index_of_inverts_configurations(n):
    index = index_of(configurations(n))
    np.testing.assert_array_equal(index, np.arange(2**n))
    assert index.dtype == np.int64


def test_index_of_keeps_leading_axes():
    rows = configurations(3)
    np.testing.assert_array_equal(index_of(rows.reshape(2, 4, 3)), np.arange(8).reshape(2, 4))
    assert index_of(rows[5]) == 5
    assert index_of(rows[5]).shape == ()


def test_index_of_reaches_62_spins_and_no_further():
    assert index_of(np.ones(62)) == 2**62 - 1
    with pytest.raises(ValueError, match=r"got spins of shape \(63,\); .* give .* n <= 62"):
        index_of(np.ones(63))
    with pytest.raises(ValueError, match=r"got spins of shape \(\); the last axis is the spins"):
        index_of(1)


def test_index_of_refuses_what_is_not_a_spin():
    with pytest.raises(ValueError, match=r"got spins\[1\]=0.0; a spin holds -1 or \+1"):
        index_of([1, 0])


def test_enumeration_reaches_its_limit_and_names_the_way_out_beyond():
    assert configurations(ENUMERATION_LIMIT).shape == (2**20, 20)
    message = (
        r"got n = 21 spins; their 2\*\*21 configurations are beyond the enumeration limit of 20 "
        "spins; sample instead, or clamp agents"
    )
    with pytest.raises(ValueError, match=message):
        configurations(ENUMERATION_LIMIT + 1)


def test_a_number_of_spins_is_a_count():
    with pytest.raises(ValueError, match=r"got n = -1 spins; .* give n >= 0"):
        configurations(-1)
    half: Any = 0.5
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        configurations(half)
