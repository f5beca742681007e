"""Fig. 1B is the program's own structure: another program has another graph."""

import numpy as np
import pytest

from pp_spin import spin
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import fig_1b


@pytest.fixture(scope="module")
def spins():
    return {each["name"]: each for each in fig_1b.exhibit(Means(0, 5e-9, 1))["spins"]}


def test_arrows_are_those_of_the_generative_model_and_the_control(spins):
    parents = {name: each["parents"] for name, each in spins.items()}
    assert parents == {
        "hidden_spin": [],
        "neighbour_spins": ["hidden_spin"],
        "action": [],
        "optimality": ["hidden_spin", "action"],
    }


def test_only_the_neighbours_are_observed(spins):
    assert [name for name, each in spins.items() if each["observed"]] == ["neighbour_spins"]
    assert spins["neighbour_spins"]["plate"] == "neighbours"


def test_precisions_are_the_agents(spins):
    assert spins["hidden_spin"]["precision"] == [0.2]
    assert spins["neighbour_spins"]["precision"] == [0.5] * 4
    assert spins["action"]["precision"] == [0.0]
    assert spins["optimality"]["precision"] == [1.3]


def deaf_model(neighbour_spins):
    spin.sample_spin("hidden_spin", 0.2)
    spin.sample_spin("neighbour_spins", 0.5, neighbour_spins)


def skewed_model(neighbour_spins):
    hidden = spin.sample_spin("hidden_spin", 0.2)
    spin.sample_spin("neighbour_spins", 0.5 * hidden + 0.1, neighbour_spins)


def test_a_model_whose_neighbours_do_not_depend_on_the_hidden_spin_shows():
    shown = fig_1b.shown(deaf_model, np.int8(1))["spins"]
    assert [each["parents"] for each in shown] == [[], []]


def test_log_odds_that_one_number_cannot_tell_are_refused():
    with pytest.raises(ValueError, match="no multiple of the product of its parents"):
        fig_1b.shown(skewed_model, np.int8(1))
