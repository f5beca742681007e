"""Boltzmann machines: two unit conventions, one law of the spins, and the agents that make it."""

from typing import Any

import jax
import numpy as np
import pytest

from pp_spin.enumeration import log_evidence
from pp_spin.laws.boltzmann import Boltzmann, from_precisions
from pp_spin.laws.partition import log_partition
from tests import cases, oracle
from tests.programs import log_densities

W, THETA = cases.SPIN_GLASSES[1]
OFF = {"pm1": -1, "01": 0}

both_units = pytest.mark.parametrize("units", OFF)
every_glass = pytest.mark.parametrize(("weights", "biases"), cases.SPIN_GLASSES, ids=np.shape)


def unit_values(n, units):
    return np.where(oracle.states(n) == 1, 1, OFF[units])


def log_weights(weights, biases, units):
    """Minus the energy (12), with coefficient 1 on each pair."""
    rows = unit_values(len(biases), units)
    return np.array([oracle.pairs_and_fields(weights, biases, row) for row in rows])


def program(machine):
    names = [f"unit_{i}" for i in range(machine.n_spins)]
    return log_densities(machine.model, names, oracle.states(machine.n_spins))


def law_of(machine):
    values = machine.unit_values(oracle.states(machine.n_spins))
    return np.exp(machine.log_prob(values) - log_partition(machine))


@both_units
@pytest.mark.parametrize(("weights", "biases"), cases.PROGRAMS, ids=np.shape)
def test_program_and_log_prob_are_the_closed_form(weights, biases, units):
    machine, expected = Boltzmann(weights, biases, units), log_weights(weights, biases, units)
    np.testing.assert_allclose(program(machine), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        machine.log_prob(unit_values(len(biases), units)), expected, rtol=0, atol=1e-12
    )


@pytest.mark.parametrize(
    "twin",
    [Boltzmann(W, THETA, "pm1"), Boltzmann(W / 2, THETA, "01"), Boltzmann(W, -THETA, "01")],
    ids=["other units", "half of each pair", "sign of the biases"],
)
def test_a_broken_twin_has_another_density(twin):
    assert np.abs(program(twin) - log_weights(W, THETA, "01")).max() > 0.1


@both_units
@every_glass
def test_normalised_it_is_the_enumerated_law(weights, biases, units):
    expected = oracle.boltzmann_law(weights, biases, units)
    np.testing.assert_allclose(law_of(Boltzmann(weights, biases, units)), expected, atol=1e-12)


@both_units
def test_unit_logit_is_the_conditional_log_odds(units):
    log_prob = log_weights(W, THETA, units)
    states = np.arange(16)
    for i in range(4):
        expected = log_prob[states | 1 << i] - log_prob[states & ~(1 << i)]
        found = Boltzmann(W, THETA, units).unit_logit(unit_values(4, units))[:, i]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@both_units
@pytest.mark.parametrize("other", OFF)
def test_the_law_of_the_spins_does_not_depend_on_the_units(units, other):
    machine = Boltzmann(W, THETA, units)
    np.testing.assert_allclose(law_of(machine.with_units(other)), law_of(machine), atol=1e-12)
    there_and_back = machine.with_units(other).with_units(units)
    np.testing.assert_allclose(there_and_back.weights, W, rtol=0, atol=1e-14)
    np.testing.assert_allclose(there_and_back.biases, THETA, rtol=0, atol=1e-14)


@both_units
def test_agents_and_their_machine_are_one_law(units):
    machine = from_precisions(W, THETA, units)
    np.testing.assert_allclose(law_of(machine), oracle.ising_law(W, THETA), rtol=0, atol=1e-12)
    gamma, zeta = machine.precisions()
    np.testing.assert_allclose(gamma, W, rtol=0, atol=1e-14)
    np.testing.assert_allclose(zeta, THETA, rtol=0, atol=1e-14)


def test_weights_of_twice_the_precisions_are_another_law():
    printed = Boltzmann(2 * W, THETA)
    assert np.abs(law_of(printed) - oracle.ising_law(W, THETA)).max() > 0.01


@both_units
@pytest.mark.parametrize("clamped", [{}, {0: 1}, {3: -1, 1: 1}, {2: -1}])
def test_given_is_the_conditional_law(units, clamped):
    values = {i: 1 if spin == 1 else OFF[units] for i, spin in clamped.items()}
    conditional = oracle.boltzmann_law(W, THETA, units, clamped)[oracle.in_slice(4, clamped)]
    found = law_of(Boltzmann(W, THETA, units).given(values))
    np.testing.assert_allclose(found, conditional, rtol=0, atol=1e-12)


def test_visible_units_enter_the_program_as_observations():
    machine = Boltzmann(W, THETA, "01")
    evidence = float(jax.jit(lambda: log_evidence(machine.model, {1: 1, 3: 0}))())
    seen = oracle.in_slice(4, {1: 1, 3: -1})
    expected = np.logaddexp.reduce(log_weights(W, THETA, "01")[seen])
    assert evidence == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0, 0.3], [0.1, 0]], [0, 0]),
         r"got weights\[0,1\]=0.3, .*; the Boltzmann law needs symmetric weights; for asymmetric"),
        ((np.zeros((2, 2)), [0, np.nan]), r"got biases\[1\]=nan; every entry must be a finite"),
        ((np.eye(2), [0, 0]), r"got weights\[0,0\]=1.0; .* set the diagonal to 0"),
        ((np.zeros((2, 2)), [0]), r"got biases of shape \(1,\); one bias per unit \(n = 2\)"),
        ((np.zeros((2, 2)), [0, 0], "spin"), r"got units = 'spin'; .*; say units='pm1' or units="),
    ],
)  # fmt: skip
def test_what_has_no_boltzmann_law_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Boltzmann(*arguments)


@pytest.mark.parametrize(
    ("units", "clamped", "message"),
    [
        (
            "01",
            {0: -1},
            r"got clamped\[0\] = -1 .*units='01'; name a unit 0..1 .* \(0, 1\)",
        ),
        ("pm1", {0: 0}, r"got clamped\[0\] = 0 .*units='pm1'; name .* one of \(-1, 1\)"),
        ("pm1", {2: 1}, r"got clamped\[2\] = 1 for a machine of 2 units"),
        ("pm1", {0: 1, 1: 1}, r"got 2 spins, all of them clamped; .*; leave at least one"),
    ],
)
def test_clamping_what_cannot_be_held_is_refused(units: Any, clamped, message):
    with pytest.raises(ValueError, match=message):
        Boltzmann(np.zeros((2, 2)), np.zeros(2), units).given(clamped)
