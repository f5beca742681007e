"""The fragilities as data: the curves of the run's seed and level, exact where they are exact."""

import pytest

from pp_spin import fragility as measured
from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import fragility
from pp_spin.evidence.budget import ALPHA
from pp_spin.fragility import asymmetry
from pp_spin.fragility.chains import Run
from tests import oracle

EPSILONS = (0.0, 0.5)


@pytest.fixture
def asked(monkeypatch):
    """What curves are asked for; one curve of one small torus, twice, stands for all."""
    given = dict[str, float]()

    def curves(n_chains, seed, alpha):
        given.update(n_chains=n_chains, seed=seed, alpha=alpha)
        small, run = measured.torus(3), Run(64, seed=seed, alpha=alpha)
        return [asymmetry.curve(small, small, run, EPSILONS, ("3x3 torus", "3x3 torus"))]

    monkeypatch.setattr(measured, "curves", curves)
    return given


def test_the_run_gives_seed_and_level_and_at_most_so_many_chains(asked):
    data = fragility.exhibit(Means(7, ALPHA, 1_000_000))
    assert asked == {"n_chains": fragility.MOST_CHAINS, "seed": 7, "alpha": ALPHA}
    assert data["alpha"] == ALPHA
    fragility.exhibit(Means(2**64 - 1, ALPHA, 100))
    assert asked["n_chains"] == 100


def produced(epsilon):
    """Entropy production per update by brute force, of asymmetric agents on the 3x3 torus."""
    agents = asymmetry.asymmetric(measured.torus(3), epsilon)
    up = oracle.up_probabilities(agents.sensory_precision, agents.prior_precision)
    matrix = oracle.random_scan(up)
    return oracle.entropy_production(matrix, oracle.stationary_law(matrix))


def test_exact_values_are_those_of_brute_force(asked):
    (curve,) = fragility.exhibit(Means(7, ALPHA, 64))["curves"]
    found = curve["exact"]["entropy production, nats per update"]
    assert found == pytest.approx([0.0, produced(0.5)], abs=1e-9)
    assert produced(0.25) < 0.5 * found[1]  # half the asymmetry would be noticed
    (estimate,) = curve["sampled"]["entropy production, nats per update"][1:]
    assert estimate["low"] <= produced(0.5) <= estimate["high"]


def test_numbers_have_twelve_digits(asked):
    (curve,) = fragility.exhibit(Means(7, ALPHA, 64))["curves"]
    for values in curve["exact"].values():
        assert all(value == float(f"{value:.12g}") for value in values)
    assert curve["sampled"]["correlation of neighbours"][0]["n_chains"] == 64
