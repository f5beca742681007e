"""Fig. 1A is the lattice that runs: its ties by geometry, its belief by Bayes' rule."""

import numpy as np
import pytest

from pp_spin.agents.action import maximum_a_posteriori
from pp_spin.claims import cases
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import fig_1a
from tests import oracle

SEED = 3


@pytest.fixture(scope="module")
def figure():
    return fig_1a.exhibit(Means(SEED, 5e-9, 1))


def expected(figure):
    gamma = [each["precision"] for each in figure["neighbours"]]
    spins = [each["spin"] for each in figure["neighbours"]]
    return oracle.posterior_up(gamma, figure["prior"], spins)


def test_ties_are_those_of_the_periodic_square_lattice(figure):
    by_hand = set()
    for row in range(4):
        for column in range(4):
            for row_on, column_on in ((row, (column + 1) % 4), ((row + 1) % 4, column)):
                by_hand.add(tuple(sorted((4 * row + column, 4 * row_on + column_on))))
    assert {tuple(tie["pair"]) for tie in figure["ties"]} == by_hand
    assert sum(tie["around"] for tie in figure["ties"]) == 8
    assert {tie["precision"] for tie in figure["ties"]} == {0.3}


def test_focal_agent_sees_the_four_beside_it(figure):
    assert figure["agents"][figure["focal"]]["place"] == [1, 1]
    assert [each["agent"] for each in figure["neighbours"]] == [1, 4, 6, 9]
    for each in figure["neighbours"]:
        assert figure["agents"][each["agent"]]["spin"] == each["spin"]


def test_belief_and_action_are_the_posterior(figure):
    assert figure["posterior_up"] == pytest.approx(expected(figure), abs=1e-11)
    assert figure["action_up"] == pytest.approx(expected(figure), abs=1e-11)


def test_local_field_is_the_prior_and_the_weighted_sum(figure):
    heard = sum(each["precision"] * each["spin"] for each in figure["neighbours"])
    assert figure["local_field"] == pytest.approx(figure["prior"] + heard, abs=1e-11)


def test_an_agent_that_acts_otherwise_shows():
    agents = cases.FIG_1A_LATTICE.running.replaced(action_rule=maximum_a_posteriori)
    faulty = fig_1a.shown(agents, SEED)
    assert abs(faulty["action_up"] - expected(faulty)) > 0.1


def test_a_missing_tie_shows():
    precision = np.array(cases.FIG_1A_LATTICE.running.sensory_precision)
    precision[5, 6] = precision[6, 5] = 0
    agents = cases.FIG_1A_LATTICE.running.replaced(sensory_precision=precision)
    assert len(fig_1a.shown(agents, SEED)["ties"]) == 31


def test_a_seed_has_one_picture(figure):
    assert fig_1a.exhibit(Means(SEED, 5e-9, 1)) == figure
