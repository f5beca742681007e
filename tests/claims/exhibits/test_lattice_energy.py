"""Sampled energies are Kaufman's, within intervals that notice agents of another precision."""

import json

import numpy as np
import pytest

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import lattice_energy
from pp_spin.claims.exhibits.lattice_energy import energies, half_width
from pp_spin.reference import kaufman


@pytest.fixture(scope="module")
def shown():
    return lattice_energy.exhibit(Means(0, 5e-9, 1))


def test_every_residual_is_within_its_interval(shown):
    for point in shown["points"]:
        exact = kaufman.energy(lattice_energy.SHAPE, point["beta"])
        assert point["finite"] == pytest.approx(exact, abs=1e-11)
        for found in point["of"].values():
            assert found["residual"] * found["half_width"] == pytest.approx(
                found["mean"] - exact, abs=1e-10
            )
            assert abs(found["residual"]) < 1


def test_near_the_critical_temperature_the_infinite_lattice_is_another(shown):
    farthest = max(shown["points"], key=lambda point: abs(point["infinite"] - point["finite"]))
    assert farthest["beta"] == 0.44
    assert all(abs(found["of_infinite"]) > 1 for found in farthest["of"].values())


def test_agents_of_a_precision_that_is_five_percent_off_are_noticed():
    for found in energies(1.05 * 0.3, seed=3):
        assert abs(found.mean() - kaufman.energy(lattice_energy.SHAPE, 0.3)) > half_width(found)


def test_a_half_width_is_students():
    values = np.array([1.0, 2.0, 3.0, 6.0])
    # Student's distribution of 3 degrees of freedom, by its closed distribution function.
    reach = half_width(values) / (values.std(ddof=1) / 2)
    x = reach / np.sqrt(3)
    tail = 0.5 - (x / (1 + x**2) + np.arctan(x)) / np.pi
    n_intervals = 2 * len(lattice_energy.BETAS)
    assert tail == pytest.approx(lattice_energy.LEVEL / (2 * n_intervals), rel=1e-6)


def test_numbers_are_plain(shown):
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
