"""The laws by enumeration against brute force, clamped and not, and what is read off them."""

import numpy as np
import pytest

from pp_spin.reference import laws
from pp_spin.reference.laws import boltzmann_law, ising_law, little_law
from tests import cases, oracle

J, H = cases.SPIN_GLASSES[1]
CLAMPED = [None, {0: 1}, {3: -1, 1: 1}]
GLASSES = [*cases.SPIN_GLASSES, cases.spin_glass(2, 7)]

every_glass = pytest.mark.parametrize(("couplings", "fields"), GLASSES, ids=np.shape)


@every_glass
@pytest.mark.parametrize("beta", [0.0, 0.6, 3.0])
def test_ising_law_is_the_oracles(couplings, fields, beta):
    expected = oracle.ising_law(couplings, fields, beta)
    np.testing.assert_allclose(ising_law(couplings, fields, beta), expected, rtol=0, atol=1e-12)


@every_glass
def test_little_law_is_the_oracles_and_not_the_ising_law(couplings, fields):
    found = little_law(couplings, fields)
    np.testing.assert_allclose(found, oracle.little_law(couplings, fields), rtol=0, atol=1e-12)
    assert np.abs(found - oracle.ising_law(couplings, fields)).max() > 0.01


@every_glass
@pytest.mark.parametrize(("units", "others"), [("pm1", "01"), ("01", "pm1")])
def test_boltzmann_law_is_the_oracles_in_its_units(couplings, fields, units, others):
    found = boltzmann_law(couplings, fields, units)
    expected = oracle.boltzmann_law(couplings, fields, units)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert np.abs(found - oracle.boltzmann_law(couplings, fields, others)).max() > 0.01


@pytest.mark.parametrize("clamped", CLAMPED)
def test_clamped_laws_are_the_oracles(clamped):
    for law, expected in ((ising_law, oracle.ising_law), (little_law, oracle.little_law)):
        found = law(J, H, clamped=clamped)
        np.testing.assert_allclose(found, expected(J, H, clamped=clamped), rtol=0, atol=1e-12)
        assert (found[~oracle.in_slice(4, clamped)] == 0).all()


def test_strong_couplings_do_not_overflow():
    law = ising_law(1e4 * J, H)
    ground = oracle.states(4)[law.argmax()]
    assert law[[law.argmax(), oracle.index_of(-ground)]].sum() == pytest.approx(1, abs=1e-12)
    assert law.max() == pytest.approx(oracle.spin_probability(1, H @ ground), abs=1e-10)


def test_what_is_read_off_a_law_is_a_sum_over_it():
    law, every = oracle.ising_law(J, H), oracle.states(4)
    np.testing.assert_allclose(laws.marginal_up(law), oracle.marginals(law), rtol=0, atol=1e-14)
    pairs = np.array([[0, 1], [2, 3]])
    expected = [law @ (every[:, i] * every[:, j]) for i, j in pairs]
    np.testing.assert_allclose(laws.spin_products(law, pairs), expected, rtol=0, atol=1e-14)
    heat_bath = oracle.up_probabilities(J, H)
    np.testing.assert_allclose(laws.conditional_up(law), heat_bath, rtol=0, atol=1e-12)
    assert np.abs(laws.conditional_up(oracle.little_law(J, H)) - heat_bath).max() > 0.01


def test_total_variation_is_the_largest_gap_of_an_event():
    assert laws.total_variation(np.array([1.0, 0, 0, 0]), np.array([0, 0.5, 0, 0.5])) == 1.0
    assert laws.total_variation(np.array([0.5, 0.5]), np.array([0.75, 0.25])) == 0.25


@pytest.mark.parametrize("law", [ising_law, little_law, boltzmann_law])
def test_agents_without_such_a_law_are_refused(law):
    with pytest.raises(ValueError, match=r"needs symmetric .*; for asymmetric agents use station"):
        law(np.triu(J), H)
    with pytest.raises(ValueError, match=r"got .*\[0,0\]=1.0; .* set the diagonal to 0"):
        law(np.eye(4), H)


@pytest.mark.parametrize("law", [ising_law, little_law])
def test_clamping_what_cannot_be_held_is_refused(law):
    with pytest.raises(ValueError, match=r"got clamped\[0\] = 0; a clamped agent holds -1 or \+1"):
        law(J, H, clamped={0: 0})
    with pytest.raises(ValueError, match=r"got clamped\[-1\], but no agent has that name"):
        law(J, H, clamped={-1: 1})


def test_beyond_the_enumeration_limit_the_way_out_is_named():
    with pytest.raises(ValueError, match=r"got n = 21 spins; .* limit of 20 spins; sample instead"):
        ising_law(np.zeros((21, 21)), np.zeros(21))
