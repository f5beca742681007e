"""A side of a derivation as a function of numbers: how the programs are held against the proofs.

Numbers come by name: an array for each family (``sigma``, ``gamma``, ``zeta``), a number for each
plain symbol. A family's first member, sigma_1, is the array's entry 0; a hollow family's array has
a zero diagonal, a symmetric one's is symmetric. The function is NumPy's, in double precision.
"""

import itertools
from collections.abc import Callable, Mapping

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from derivations.display import reveal
from derivations.families import Entry, Family, Index, Size
from derivations.instances import instance
from derivations.step import Derivation, Step

LARGEST = 10  # beyond it, gamma_111 could be gamma_1,11 or gamma_11,1


def lambdified(
    expr: sp.Expr, sizes: Mapping[Size | Index, int]
) -> Callable[[Mapping[str, ArrayLike]], float]:
    """``expr`` at these sizes (and numbers for its free indices, from 1), as a function of numbers.

    Names that do not occur in ``expr`` are left aside, so that both sides take the same numbers.
    """
    written_out = instance(expr, sizes)
    symbols = sorted(written_out.free_symbols, key=str)
    function = sp.lambdify(symbols, written_out, modules="numpy")
    places = _places(expr, max(sizes.values(), default=0))
    families = {places[s][0] for s in symbols if s in places}

    def evaluated(numbers: Mapping[str, ArrayLike]) -> float:
        arrays = {family.name: _checked(family, numbers[family.name]) for family in families}
        values = [
            arrays[places[s][0].name][places[s][1]] if s in places else numbers[s.name]
            for s in symbols
        ]
        return float(function(*np.array(values, dtype=float)))

    return evaluated


def concluded(derivation: Derivation) -> Step:
    """The statement of a derivation that states a relation."""
    step = derivation.conclusion
    assert step is not None
    return step


def both_sides(derivation: Derivation) -> tuple[sp.Expr, sp.Expr]:
    """The two sides of its statement."""
    return concluded(derivation).left, concluded(derivation).right


def slipped(told: Step | Derivation) -> sp.Expr:
    """The right side with the mistake in it: what a program must not agree with."""
    assert told.slip is not None
    return told.slip.right


def same(found: ArrayLike, expected: ArrayLike, rtol: float = 0.0) -> None:
    """The program gives what was derived, to rounding."""
    np.testing.assert_allclose(np.asarray(found), np.asarray(expected), rtol=rtol, atol=1e-12)


def differ(found: ArrayLike, expected: ArrayLike, by: float = 0.01) -> None:
    """The program does not give the mistake: they differ by a part of the largest value."""
    expected = np.asarray(expected)
    assert np.abs(np.asarray(found) - expected).max() > by * np.abs(expected).max()


def _places(expr: sp.Expr, largest: int) -> dict[sp.Symbol, tuple[Family, tuple[int, ...]]]:
    """Where in which family's array the number of a plain symbol such as sigma_1 stands."""
    places: dict[sp.Symbol, tuple[Family, tuple[int, ...]]] = {}
    for entry in reveal(expr).atoms(Entry):
        if len(entry.indices) > 1 and largest > LARGEST:
            raise ValueError(f"got a size of {largest}; two indices are told apart up to {LARGEST}")
        for numbers in itertools.product(range(1, largest + 1), repeat=len(entry.indices)):
            place = tuple(number - 1 for number in numbers)
            places.setdefault(entry.family[numbers], (entry.family, place))
    return places


def _checked(family: Family, values: ArrayLike) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if family.symmetric:
        np.testing.assert_array_equal(array, array.T)
    if family.hollow:
        assert not array.diagonal().any(), f"{family.name} has a nonzero diagonal"
    return array
