"""The Ising law: program, energy, normaliser and conditionals agree, with beta in its place."""

import numpy as np
import pytest

from pp_spin.enumeration import log_evidence
from pp_spin.laws.ising import Ising
from pp_spin.laws.partition import log_partition
from tests import cases, oracle
from tests.programs import log_densities

J, H = cases.SPIN_GLASSES[1]
FERROMAGNET = np.array([[0, 0.5], [0.5, 0]])

every_glass = pytest.mark.parametrize(("couplings", "fields"), cases.SPIN_GLASSES, ids=np.shape)


def log_weights(couplings, fields, beta=1.0):
    """Minus beta times the energy (7) of every configuration, each pair once."""
    every = oracle.states(len(fields))
    return beta * np.array([oracle.pairs_and_fields(couplings, fields, row) for row in every])


def program(law):
    names = [f"spin_{i}" for i in range(law.n_spins)]
    return log_densities(law.model, names, oracle.states(law.n_spins))


@pytest.mark.parametrize(("couplings", "fields"), cases.PROGRAMS, ids=np.shape)
@pytest.mark.parametrize("beta", [0.0, 0.6])
def test_program_and_log_prob_are_the_closed_form(couplings, fields, beta):
    law, expected = Ising(couplings, fields, beta), log_weights(couplings, fields, beta)
    np.testing.assert_allclose(program(law), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(law.log_prob(oracle.states(law.n_spins)), expected, atol=1e-12)


@pytest.mark.parametrize(
    "twin",
    [Ising(2 * J, H, 0.6), Ising(J, H), Ising(J, H / 0.6, 0.6), Ising(-J, -H, 0.6)],
    ids=["each pair twice", "beta dropped", "beta off the fields", "plus sign"],
)
def test_a_broken_twin_has_another_density(twin):
    assert np.abs(program(twin) - log_weights(J, H, 0.6)).max() > 0.1


@every_glass
def test_normalised_it_is_the_enumerated_law(couplings, fields):
    law = Ising(couplings, fields, 0.6)
    probabilities = np.exp(law.log_prob(oracle.states(law.n_spins)) - log_partition(law))
    expected = oracle.ising_law(couplings, fields, 0.6)
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-12)


def test_energy_gap_is_the_difference_that_a_flip_makes():
    law, every = Ising(J, H, 0.6), oracle.states(4)
    for i in range(4):
        down, up = every.copy(), every.copy()
        down[:, i], up[:, i] = -1, 1
        expected = law.energy(down) - law.energy(up)
        np.testing.assert_allclose(law.energy_gap(every)[:, i], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("clamped", [{}, {0: 1}, {3: -1, 1: 1}])
def test_given_is_the_conditional_law(clamped):
    rest = Ising(J, H, 0.6).given(clamped)
    found = np.exp(rest.log_prob(oracle.states(rest.n_spins)) - log_partition(rest))
    conditional = oracle.ising_law(J, H, 0.6, clamped)[oracle.in_slice(4, clamped)]
    np.testing.assert_allclose(found, conditional, rtol=0, atol=1e-12)


def test_given_the_opposite_spin_is_another_law():
    up, down = Ising(J, H).given({0: 1}), Ising(J, H).given({0: -1})
    assert np.abs(up.fields - down.fields).max() > 0.1


def test_observed_spins_leave_nothing_to_sum():
    law, spins = Ising(J, H, 0.6), np.array([1, -1, -1, 1])
    expected = log_weights(J, H, 0.6)[oracle.index_of(spins)]
    assert log_evidence(law.model, spins) == pytest.approx(expected, abs=1e-12)


def test_parameters_are_kept_apart_from_the_arrays_they_came_from():
    couplings = FERROMAGNET.copy()
    law = Ising(couplings, np.zeros(2))
    couplings[:] = 7
    np.testing.assert_array_equal(law.couplings, FERROMAGNET)
    assert not law.couplings.flags.writeable


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0, 0.3], [0.1, 0]], [0, 0]),
         r"got couplings\[0,1\]=0.3, .*; the Ising law needs symmetric couplings; for asymmetric"),
        (([[0, np.nan], [np.nan, 0]], [0, 0]), r"got couplings\[0,1\]=nan; every entry must be"),
        ((FERROMAGNET, [0, np.inf]), r"got fields\[1\]=inf; every entry must be a finite number"),
        ((np.eye(2), [0, 0]), r"got couplings\[0,0\]=1.0; .* set the diagonal to 0"),
        ((np.zeros((2, 3)), [0, 0]), r"got couplings of shape \(2, 3\); .* give an \(n, n\) array"),
        ((FERROMAGNET, [0, 0, 0]), r"got fields of shape \(3,\); one field per spin \(n = 2\)"),
        ((FERROMAGNET, [0, 0], -1), r"got beta = -1.0; an inverse temperature is .*; flip the"),
        ((FERROMAGNET, [0, 0], np.inf), r"got beta = inf; .* take a large beta for ground states"),
        ((FERROMAGNET, [0, 0], np.nan), r"got beta = nan; an inverse temperature is finite"),
    ],
)  # fmt: skip
def test_what_has_no_ising_law_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Ising(*arguments)


@pytest.mark.parametrize(
    ("clamped", "message"),
    [
        ({2: 1}, r"got clamped\[2\], but no agent has that name; clamp one of the 2 agents: 0, 1"),
        ({-1: 1}, r"got clamped\[-1\], but no agent has that name"),
        ({0: 0}, r"got clamped\[0\] = 0; a clamped agent holds -1 or \+1; leave it out"),
        ({0: 1, 1: 1}, r"got 2 spins, all of them clamped; .*; leave at least one spin out"),
    ],
)
def test_clamping_what_cannot_be_held_is_refused(clamped, message):
    with pytest.raises(ValueError, match=message):
        Ising(FERROMAGNET, np.zeros(2)).given(clamped)
