"""Partial synchrony: Ising at one end, Little at the other, and the sampler in between."""

import itertools

import pytest

from pp_spin.collective import Collective
from pp_spin.fragility.chains import Run
from pp_spin.fragility.observables import tie_correlation
from pp_spin.fragility.synchrony import curve, exact_point
from pp_spin.network import lattice
from pp_spin.schedule import partially_synchronous
from tests import oracle
from tests.cases import oracle_matrix, spin_glass

ISING, LITTLE = "total variation to the Ising law", "total variation to the Little law"
TORUS = Collective(lattice((3, 3)).scaled(0.3), 0.1)
GLASS = Collective(*spin_glass(5, 6))
RATES = (0.5, 1.0)


@pytest.mark.parametrize("agents", [TORUS, GLASS], ids=["torus", "glass"])
def test_all_at_once_is_littles_law(agents):
    found = exact_point(agents, 1.0)
    assert found[LITTLE] < 1e-12
    assert found[ISING] > 0.05
    assert abs(found["entropy production, nats per tick"]) < 1e-12


@pytest.mark.parametrize("agents", [TORUS, GLASS], ids=["torus", "glass"])
def test_ever_fewer_at_once_tend_to_the_ising_law(agents):
    # one power of the rate: ticks of two agents are that much rarer than ticks of one
    distances = [exact_point(agents, rate)[ISING] for rate in (0.02, 0.01, 0.005)]
    assert distances[2] < 0.005
    for larger, smaller in itertools.pairwise(distances):
        assert larger / smaller == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_the_distances_are_those_of_an_enumeration_apart(rate):
    matrix = oracle_matrix(oracle, GLASS, partially_synchronous(rate))
    law = oracle.stationary_law(matrix)
    gamma, zeta = GLASS.sensory_precision, GLASS.prior_precision
    found = exact_point(GLASS, rate)
    for name, other in ((ISING, oracle.ising_law), (LITTLE, oracle.little_law)):
        assert found[name] == pytest.approx(abs(law - other(gamma, zeta)).sum() / 2, abs=1e-12)
    expected = oracle.entropy_production(matrix, law)
    assert found["entropy production, nats per tick"] == pytest.approx(expected, abs=1e-12)


def test_the_estimates_hold_the_exact_values_and_not_the_other_laws():
    found = curve(TORUS, TORUS, Run(n_chains=4096, n_draws=2), RATES, ("small", "large"))
    correlation = tie_correlation(TORUS.ties)
    gamma, zeta = TORUS.sensory_precision, TORUS.prior_precision
    ising, little = (
        float(law(gamma, zeta) @ correlation.of(oracle.states(9)))
        for law in (oracle.ising_law, oracle.little_law)
    )
    for rate, estimate in zip(RATES, found.sampled[correlation.name], strict=True):
        law = oracle.stationary_law(oracle_matrix(oracle, TORUS, partially_synchronous(rate)))
        assert estimate.holds(float(law @ correlation.of(oracle.states(9))))
        assert not estimate.holds(ising)
        assert estimate.holds(little) == (rate == 1)
    assert found.limits["correlation of neighbours, one at a time"].holds(ising)
    assert found.limits["correlation of neighbours, all at once"].holds(little)
    assert not found.limits["correlation of neighbours, all at once"].holds(ising)
