"""A law answers for configurations of its own units only."""

import jax
import numpy as np
import pytest

from pp_spin.laws.boltzmann import Boltzmann
from pp_spin.laws.ising import Ising
from pp_spin.laws.little import Little

W = np.array([[0.0, 0.5, 0.0], [0.5, 0.0, -0.3], [0.0, -0.3, 0.0]])
SPIN_LAWS = [Ising(W, np.zeros(3)), Little(W, np.zeros(3)), Boltzmann(W, np.zeros(3))]


@pytest.mark.parametrize("law", SPIN_LAWS, ids=lambda law: type(law).__name__)
@pytest.mark.parametrize("values", [[0, 1, 1], [2, 1, 1], [np.nan, 1, 1]])
def test_what_is_no_spin_has_no_energy(law, values):
    for ask in (law.energy, law.log_prob):
        with pytest.raises(ValueError, match=r"\[0\]=.*units hold -1 or 1; convert them"):
            ask(values)


@pytest.mark.parametrize("values", [[-1, 1, 1], [0, 2, 1]])
def test_binary_units_are_zero_or_one(values):
    with pytest.raises(ValueError, match=r"units hold 0 or 1; convert them"):
        Boltzmann(W, np.zeros(3), "01").energy(values)


@pytest.mark.parametrize("law", SPIN_LAWS[:2], ids=lambda law: type(law).__name__)
def test_a_program_observes_spins_only(law):
    with pytest.raises(ValueError, match=r"spins\[0\]=0; this law's units hold -1 or 1"):
        law.model([0, 1, 1])


@pytest.mark.parametrize("law", SPIN_LAWS, ids=lambda law: type(law).__name__)
def test_lists_arrays_and_traced_values_are_one(law):
    values = [1, -1, 1]
    expected = law.energy(np.array(values))
    assert law.energy(values) == pytest.approx(expected)
    assert jax.jit(law.energy)(np.array(values)) == pytest.approx(expected)
    assert law.energy([values, values]).shape == (2,)


@pytest.mark.parametrize("law", SPIN_LAWS, ids=lambda law: type(law).__name__)
def test_a_configuration_of_another_length_is_refused(law):
    with pytest.raises(
        ValueError, match=r"of shape \(2,\); the law is over 3 .*give \(\.\.\., 3\)"
    ):
        law.energy([1, 1])
