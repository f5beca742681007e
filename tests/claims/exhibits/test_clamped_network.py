"""The club's picture: exact marginals by another contraction, bands that a fault leaves."""

import numpy as np
import pytest

from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import clamped_network
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import faulty

MEANS = Means(7, 5e-9, 100_000)


@pytest.fixture(scope="module")
def figure():
    return clamped_network.exhibit(MEANS)


def missed(figure):
    return [
        member["name"]
        for member in figure["members"]
        if not member["band"][0] <= member["exact"] <= member["band"][1]
    ]


def marginal(member):
    """``P(up)`` given the leaders, by contracting one table per tie: NumPy's own order and sums."""
    weights = np.triu(clamped_network.club().declared.sensory_precision)
    spins = np.array([-1.0, 1.0])
    operands: list = [np.array([0.0, 1.0]), [0], np.array([1.0, 0.0]), [33]]
    for i, j in np.argwhere(weights):
        operands += [np.exp(weights[i, j] * np.outer(spins, spins)), [int(i), int(j)]]
    down, up = np.einsum(*operands, [member], optimize="greedy")
    return up / (up + down)


@pytest.mark.parametrize("member", [8, 31])
def test_exact_marginals_are_those_of_a_contraction_of_all_ties(figure, member):
    assert figure["members"][member]["exact"] == pytest.approx(marginal(member), abs=1e-10)


def test_two_leaders_are_held(figure):
    held = {m["name"]: m["clamped"] for m in figure["members"] if m["clamped"] is not None}
    assert held == {"0": 1, "33": -1}
    assert figure["members"][0]["sampled"] == 1.0
    assert figure["members"][33]["sampled"] == 0.0


def test_healthy_agents_stay_in_their_bands(figure):
    assert missed(figure) == []


def test_agents_that_halve_their_log_odds_leave_them():
    half_logit = next(fault for fault in CATALOGUE if fault.id == "half_logit")
    case = faulty(half_logit, clamped_network.club())
    assert isinstance(case, System)
    assert len(missed(clamped_network.shown(case, MEANS))) > 10


def test_bands_share_the_level(figure):
    member = figure["members"][8]
    half_width = (member["band"][1] - member["band"][0]) / 2
    p, n = member["sampled"], figure["n_chains"]
    # Normal quantile of 0.001 / 32 on two sides.
    assert half_width == pytest.approx(4.165 * np.sqrt(p * (1 - p) / n), rel=0.01)
