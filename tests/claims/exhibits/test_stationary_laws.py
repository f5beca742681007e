"""Both panels against brute force, and a fault in the agents that must be seen in them."""

import numpy as np
import pytest

from pp_spin.claims import cases
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import stationary_laws
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import faulty
from tests import oracle


@pytest.fixture(scope="module")
def figure():
    return stationary_laws.exhibit(Means(0, 5e-9, 1))


def test_closed_forms_are_those_of_the_oracle(figure):
    agents = cases.GLASS.declared
    numbers = agents.sensory_precision, agents.prior_precision
    np.testing.assert_allclose(figure["laws"]["Ising"], oracle.ising_law(*numbers), atol=1e-11)
    np.testing.assert_allclose(figure["laws"]["Little"], oracle.little_law(*numbers), atol=1e-11)


def test_kernels_laws_are_those_of_the_oracle(figure):
    agents = cases.GLASS.declared
    up = oracle.up_probabilities(agents.sensory_precision, agents.prior_precision)
    for entry in figure["schedules"]:
        law = oracle.stationary_law(getattr(oracle, entry["schedule"])(up))
        np.testing.assert_allclose(entry["law"], law, atol=1e-11)


def test_each_schedule_has_its_own_law_and_not_the_other(figure):
    for entry, other in zip(figure["schedules"], ("Little", "Ising"), strict=True):
        assert entry["total_variation"][entry["own"]] < 1e-12
        assert entry["total_variation"][other] > 0.5


def test_agents_that_halve_their_log_odds_show():
    half_logit = next(fault for fault in CATALOGUE if fault.id == "half_logit")
    case = faulty(half_logit, cases.GLASS)
    assert isinstance(case, cases.System)
    shown = stationary_laws.shown(case)
    for entry in shown["schedules"]:
        assert entry["total_variation"][entry["own"]] > 0.05
