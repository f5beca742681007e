"""The power page's data: designs of the run and of every size, with the n that an error needs."""

import itertools
import math

import numpy as np
import pytest

from pp_spin.claims import cases, designs
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import power
from pp_spin.evidence import moments, multinomial
from pp_spin.evidence.budget import ALPHA
from tests import oracle


@pytest.fixture(scope="module")
def data():
    return power.exhibit(Means(0, ALPHA, 1_000_000))


def law(error):
    """The Ising law of precisions that are off by ``error``, by brute force."""
    agents = cases.TORUS.declared
    couplings, fields = (np.asarray(a) for a in (agents.sensory_precision, agents.prior_precision))
    return oracle.ising_law((1 + error) * couplings, (1 + error) * fields)


def by_name(data):
    return {each["test"]: each for each in data["tests"]}


def test_this_runs_designs_are_those_that_the_faults_command_shows(data):
    for each, shown in zip(data["tests"], designs.designs(Means(0, ALPHA, 1_000_000)), strict=True):
        assert (each["test"], each["n"], each["unit"]) == (shown.test, shown.n, shown.unit)
        assert each["effect"] == pytest.approx(shown.effect, rel=1e-7)
        assert (each["coupling"] or 0) == pytest.approx(shown.coupling or 0, rel=1e-7)


@pytest.mark.parametrize("place", [2, 6, -1])
def test_an_error_that_is_just_seen_has_the_effect_by_brute_force(data, place):
    test = by_name(data)["one draw per chain, multinomial"]["curve"]
    moved = np.abs(law(test["coupling"][place]) - law(0.0)).sum() / 2
    assert moved == pytest.approx(test["effect"][place], rel=1e-5)
    # A design that forgot a factor of two in the error would be noticed.
    assert np.abs(law(2 * test["coupling"][place]) - law(0.0)).sum() / 2 > 1.5 * moved


def test_the_needed_n_is_the_smallest_that_suffices(data):
    multi = by_name(data)["one draw per chain, multinomial"]
    for target, n in zip(data["targets"], multi["needed"], strict=True):
        effect = np.abs(law(target) - law(0.0)).sum() / 2
        assert multinomial.detectable(n, 512, ALPHA) <= effect * (1 + 1e-9)
        assert multinomial.detectable(n - 1, 512, ALPHA) > effect * (1 - 1e-9)
    several = by_name(data)["one draw per chain, marginals and agreements"]
    assert several["needed"][1] < multi["needed"][1]
    assert moments.detectable(several["needed"][1], 27, ALPHA) > 0


def test_a_test_that_asks_for_something_else_needs_no_number_for_an_error(data):
    for name in ("time reversal", "actions as independent numbers, in pairs"):
        each = by_name(data)[name]
        assert each["coupling"] is None
        assert each["needed"] == [None] * len(data["targets"])
        effects = each["curve"]["effect"]
        assert all(late < early for early, late in itertools.pairwise(effects))


def test_every_curve_falls_as_the_root_of_n(data):
    for each in data["tests"]:
        curve = each["curve"]
        values = curve["effect"] if each["coupling"] is None else curve["coupling"]
        at = curve["n"].index(10**6), curve["n"].index(10**8)
        assert values[at[0]] / values[at[1]] == pytest.approx(math.sqrt(100), rel=0.05)


def test_what_cannot_be_seen_at_all_is_none():
    few = by_name(power.exhibit(Means(0, ALPHA, 100)))
    assert few["time reversal"]["effect"] is None  # ten trajectories reject nothing
    assert few["one draw per chain, multinomial"]["coupling"] is None
