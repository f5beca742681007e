"""The moving lattices: packed frames are the spins, and who acts when can be read off them."""

import itertools

import numpy as np
import pytest

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import lattices
from pp_spin.collective import Collective
from pp_spin.network import lattice
from pp_spin.schedule import random_scan, synchronous

MEANS = Means(11, 5e-9, 1)


def unpacked(frame):
    return np.array([[2 * int(bit) - 1 for bit in f"{int(row, 16):032b}"] for row in frame])


@pytest.fixture(scope="module")
def films():
    return {entry["schedule"]: entry for entry in lattices.exhibit(MEANS)["schedules"]}


def agreement(spins):
    return np.mean([spins == np.roll(spins, 1, axis) for axis in (0, 1)])


def test_all_schedules_start_alike(films):
    assert len(films) == 4
    assert len({tuple(film["frames"][0]) for film in films.values()}) == 1


def test_numbers_are_those_of_the_frames(films):
    for film in films.values():
        spins = [unpacked(frame) for frame in film["frames"]]
        assert len(spins) == 25
        np.testing.assert_allclose(film["agreement"], [agreement(s) for s in spins], atol=1e-11)
        changed = [(a != b).mean() for a, b in itertools.pairwise(spins)]
        np.testing.assert_allclose(film["changed"], changed, atol=1e-11)


def test_ising_schedules_order_and_the_synchronous_one_flickers(films):
    """Far from chance: fair coins agree in half of 2048 ties with a deviation of 0.011."""
    assert films["random_scan"]["agreement"][-1] > 0.75
    assert films["chromatic"]["agreement"][-1] > 0.75
    assert films["synchronous"]["agreement"][-1] < 0.75
    assert films["synchronous"]["changed"][-1] > 0.25
    assert films["chromatic"]["changed"][-1] < 0.2


def test_a_synchronous_film_that_ran_one_at_a_time_shows():
    agents = Collective(lattice((32, 32)).scaled(lattices.PRECISION))
    case = System(
        "32x32 torus", agents, agents, substitutes={synchronous: random_scan},
        periodic_sides=(32, 32),
    )  # fmt: skip
    faulty = lattices.shown(case, MEANS)["schedules"][-1]
    assert faulty["schedule"] == "synchronous"
    assert faulty["changed"][-1] < 0.25
