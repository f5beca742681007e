"""The nearest Ising law: found where it is known, matched in its means, and better than others."""

import numpy as np
import pytest
from scipy.special import rel_entr

from pp_spin.fragility.nearest_ising import nearest_ising
from tests import oracle
from tests.cases import spin_glass


@pytest.mark.parametrize("n_spins", [2, 5, 8])
def test_an_ising_law_is_its_own_nearest(n_spins):
    couplings, fields = spin_glass(3, n_spins)
    found = nearest_ising(oracle.ising_law(couplings, fields))
    assert found.couplings == pytest.approx(couplings, abs=1e-7)
    assert found.fields == pytest.approx(fields, abs=1e-7)
    assert found.relative_entropy == pytest.approx(0, abs=1e-12)


def test_a_product_of_three_spins_has_nothing_that_an_ising_law_could_match():
    # no mean of one or two spins differs from 0: the nearest is uniform, at a known distance
    kappa = 0.7
    law = np.exp(kappa * oracle.states(3).prod(1))
    found = nearest_ising(law / law.sum())
    assert found.law == pytest.approx(np.full(8, 1 / 8), abs=1e-12)
    assert found.relative_entropy == pytest.approx(kappa * np.tanh(kappa) - np.log(np.cosh(kappa)))


def test_no_other_couplings_are_nearer(rng):
    law = rng.dirichlet(np.ones(16))
    found = nearest_ising(law)
    for step in (1e-3, 1e-1):
        for _ in range(20):
            change = np.triu(rng.normal(size=(4, 4)), 1) * step
            other = oracle.ising_law(
                found.couplings + change + change.T, found.fields + rng.normal(size=4) * step
            )
            assert rel_entr(law, other).sum() > found.relative_entropy


def test_its_means_are_those_of_the_law(rng):
    law, states = rng.dirichlet(np.ones(32)), oracle.states(5).astype(float)
    nearest = nearest_ising(law).law
    assert nearest @ states == pytest.approx(law @ states, abs=1e-10)
    products = np.einsum("k,ki,kj->ij", nearest - law, states, states)
    assert np.abs(products).max() < 1e-10


def test_a_law_with_zeros_is_refused():
    with pytest.raises(ValueError, match=r"got a law with 1 impossible configurations of 4"):
        nearest_ising(np.array([0.5, 0.25, 0.25, 0.0]))


def test_a_fit_that_misses_is_refused(monkeypatch):
    monkeypatch.setattr("pp_spin.fragility.nearest_ising.MISMATCH", -1.0)
    with pytest.raises(ValueError, match=r"means the fit misses by .*smaller precisions"):
        nearest_ising(np.full(4, 0.25))
