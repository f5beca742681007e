"""The error texts of pp_spin.checks: what passes, what is refused, and what the user is told."""

from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from pp_spin import checks

FAMILIES = tuple(nx.florentine_families_graph())


@pytest.mark.parametrize(
    "array",
    [
        [[0, 1], [2, 0]],
        np.array([[0, 1], [2, 0]], dtype=np.float32),
        np.array([[0, Fraction(1)], [Fraction(2), 0]], dtype=object),
        scipy.sparse.csr_array([[0, 1], [2, 0]]),
    ],
    ids=["list", "float32", "fractions", "sparse"],
)
def test_finite_copies_numbers_of_any_type_to_locked_float64(array):
    values = checks.finite("weights", array)
    np.testing.assert_array_equal(values, [[0.0, 1.0], [2.0, 0.0]])
    assert values.dtype == np.float64
    with pytest.raises(ValueError, match="read-only"):
        values[0, 0] = 1


def test_a_later_change_of_the_source_does_not_reach_the_copy():
    source = np.zeros((2, 2))
    values = checks.symmetric("J", source, "the Ising law")
    source[0, 1] = 7
    assert not values.any()
    assert source.flags.writeable


@pytest.mark.parametrize(
    ("array", "message"),
    [
        ([[0, np.nan], [0, 0]], r"got w\[0,1\]=nan; every entry must be a finite number; replace"),
        ([1.0, -np.inf], r"got w\[1\]=-inf; every entry must be a finite number"),
        (float("nan"), r"got w=nan; every entry must be a finite number"),
        ([0, 10**400], r"got w with an integer beyond float64; .*give an array of numbers"),
        (["0.5"], r"got w of type <U3 \(it begins with '0.5'\); every entry must be a real number"),
        ([None, 1.0], r"got w\[0\]=None; every entry must be a real number"),
        (np.array([1.0, "2"], dtype=object), r"got w\[1\]='2'; every entry must be a real number"),
        ([1 + 0j], r"got w of type complex128 .*every entry must be a real number"),
        ([[1], [1, 2]], r"got w with rows of unequal length; every entry must be a real number"),
        (np.ma.masked_invalid([1.0, np.nan]), r"got w with masked entries; .*absent tie is 0"),
    ],
)
def test_what_is_not_a_finite_number_is_refused(array, message):
    with pytest.raises(ValueError, match=message):
        checks.finite("w", array)


@pytest.mark.parametrize("array", [np.zeros((2, 3)), np.zeros(3), np.zeros((0, 0)), 1.0])
def test_a_table_of_another_shape_than_square_is_refused(array):
    with pytest.raises(
        ValueError, match=r"got w of shape \(.*; who sees whom is a square table .*"
    ):
        checks.square("w", array)


@pytest.mark.parametrize("biases", [[1.0, 2.0], [[1.0, 2.0, 3.0]], 1.0])
def test_a_vector_of_another_length_is_refused(biases):
    message = r"got biases of shape .*; each agent has one \(n = 3\); give a vector of 3 numbers"
    with pytest.raises(ValueError, match=message):
        checks.matching_length("biases", biases, 3, "each agent has one")


def test_a_vector_of_the_length_passes():
    np.testing.assert_array_equal(checks.matching_length("biases", [1, 2], 2, "why"), [1.0, 2.0])


def test_a_self_coupling_is_refused_with_the_name_of_its_agent():
    matrix = np.diag([0.0, 0.5])
    with pytest.raises(
        ValueError, match=r"got w\[1,1\]=0.5 \(node 'b'\); an agent does not observe"
    ):
        checks.no_self_coupling("w", matrix, nodes=("a", "b"))
    with pytest.raises(ValueError, match=r"got w\[1,1\]=0.5; .* set the diagonal to 0"):
        checks.no_self_coupling("w", matrix)


def test_asymmetry_is_refused_with_the_pair_that_differs_most():
    matrix = [[0, 0.3, 0], [0.1, 0, 0.2], [0, 0.19, 0]]
    message = (
        r"got J\[0,1\]=0.3, J\[1,0\]=0.1; the Ising law needs symmetric J; "
        r"for asymmetric agents use stationary_law"
    )
    with pytest.raises(ValueError, match=message):
        checks.symmetric("J", matrix, "the Ising law")


def test_rounding_is_not_asymmetry_and_is_averaged_away():
    values = checks.symmetric("J", [[0, 0.3], [0.3 * (1 + 1e-14), 0]], "the Ising law")
    assert values[0, 1] == values[1, 0] == pytest.approx(0.3, rel=1e-13)


def test_a_difference_above_rounding_is_asymmetry():
    with pytest.raises(ValueError, match="needs symmetric J"):
        checks.symmetric("J", [[0, 0.3], [0.3 * (1 + 1e-11), 0]], "the Ising law")


def test_the_largest_floats_of_opposite_sign_are_asymmetric():
    with pytest.raises(ValueError, match="needs symmetric J"):
        checks.symmetric("J", [[0, 1e308], [-1e308, 0]], "the Ising law")


@pytest.mark.parametrize("spins", [[1, -1], [[1.0], [-1.0]], np.int8(1)])
def test_spins_become_locked_int8_of_their_shape(spins):
    values = checks.are_spins("spins", spins)
    np.testing.assert_array_equal(values, spins)
    assert values.dtype == np.int8
    assert not values.flags.writeable


@pytest.mark.parametrize(
    ("spins", "message"),
    [
        ([[1, -1], [0, 1]], r"got spins\[1,0\]=0.0; a spin holds -1 or \+1; from 0/1 units take"),
        ([1.5, 1], r"got spins\[0\]=1.5; a spin holds -1 or \+1"),
        ([1, 257], r"got spins\[1\]=257.0; a spin holds -1 or \+1"),  # 257 is 1 as int8
        ([np.nan], r"got spins\[0\]=nan; a spin holds -1 or \+1"),
        ([True, True], r"got spins as booleans; a spin holds -1 or \+1; from 0/1 units take"),
        (["1"], r"got spins of type <U1 .*; every entry must be a real number"),
    ],
)
def test_what_is_not_a_spin_is_refused(spins, message):
    with pytest.raises(ValueError, match=message):
        checks.are_spins("spins", spins)


def test_nobody_is_clamped_by_none():
    assert checks.clamped_spins(None, FAMILIES) == {}


def test_clamped_names_become_indices_in_index_order():
    given: dict[str, Any] = {"Strozzi": np.int8(-1), "Acciaiuoli": 1.0}
    clamped = checks.clamped_spins(given, FAMILIES)
    assert list(clamped.items()) == [(0, 1), (FAMILIES.index("Strozzi"), -1)]
    assert all(type(spin) is int for spin in clamped.values())


def test_unnamed_agents_are_clamped_by_index():
    assert checks.clamped_spins({2: 1, np.int64(0): -1}, range(3)) == {0: -1, 2: 1}


def test_lattice_agents_are_clamped_by_coordinates():
    assert checks.clamped_spins({(0, 1): 1}, ((0, 0), (0, 1))) == {1: 1}


def test_an_agent_that_does_not_exist_is_refused_and_the_nearest_named_first():
    message = (
        r"got clamped\['Medicci'\], but no agent has that name; "
        r"clamp one of the 15 agents: 'Medici', 'Acciaiuoli', .*…"
    )
    with pytest.raises(ValueError, match=message):
        checks.clamped_spins({"Medicci": 1}, FAMILIES)
    with pytest.raises(ValueError, match=r"got clamped\[3\], .* of the 3 agents: 0, 1, 2$"):
        checks.clamped_spins({3: 1}, range(3))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (2, "2"), (np.int64(0), "0"), (np.nan, "nan"), (True, "True"), ("1", "'1'"),
     (None, "None"), (np.array([1]), "array")],
)  # fmt: skip
def test_a_clamped_value_that_is_no_spin_is_refused(value, shown):
    message = (
        rf"got clamped\['Medici'\] = {shown}.*; a clamped agent holds -1 or \+1; "
        "leave it out to free it"
    )
    with pytest.raises(ValueError, match=message):
        checks.clamped_spins({"Medici": value}, FAMILIES)


def test_a_list_of_clamped_agents_is_refused():
    pairs: Any = [("Medici", 1)]
    with pytest.raises(TypeError, match=r"got clamped of type list; .* give a mapping such as"):
        checks.clamped_spins(pairs, FAMILIES)


def test_ties_are_what_square_gives_for_dense_and_sparse():
    table = np.array([[0, 1.5, 0], [-2, 3, 0], [0, 0, 0]])
    for source in (table, scipy.sparse.csc_array(table), table.tolist()):
        ties = checks.ties("w", source)
        np.testing.assert_array_equal(checks.dense("w", ties), checks.square("w", table))
        assert ties.nnz == 4 - 1
        assert not checks.dense("w", ties).flags.writeable


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[0, 0], [np.inf, np.nan]], r"got w\[1,0\]=inf; every entry must be a finite number; rep"),
        ([[0, 1j], [0, 0]], r"got w of type complex128 .*every entry must be a real number"),
        (np.zeros((2, 3)), r"got w of shape \(2, 3\); who sees whom is a square table"),
    ],
)
def test_a_sparse_table_is_refused_in_the_words_for_its_dense_one(table, message):
    for source in (table, scipy.sparse.csr_array(np.array(table))):
        with pytest.raises(ValueError, match=message):
            checks.ties("w", source)


def test_infinities_that_meet_in_one_place_are_no_number():
    source = scipy.sparse.coo_array(([np.inf, -np.inf], ([0, 0], [1, 1])), shape=(2, 2))
    with pytest.raises(ValueError, match=r"got w\[0,1\]=nan; every entry must be a finite number"):
        checks.ties("w", source)


def test_a_large_sparse_table_is_not_made_dense_unasked():
    message = r"got 20000 agents; a dense table of w is limited to 16384; use ties, the sparse one"
    with pytest.raises(ValueError, match=message):
        checks.square("w", scipy.sparse.csr_array((20_000, 20_000)))


def test_a_misspelt_name_among_many_is_refused_at_once():
    with pytest.raises(ValueError, match=r"got clamped\['x'\], .* of the 1000000 agents: 0, 1, 2,"):
        checks.clamped_spins({"x": 1}, range(10**6))
