"""The torus after Kaufman against enumeration and transfer matrices; the infinite lattice."""

import functools

import numpy as np
import pytest

from pp_spin.reference import kaufman
from pp_spin.reference.kaufman import (
    CRITICAL_BETA,
    energy,
    heat_capacity,
    log_partition,
    onsager_energy,
    yang_magnetisation,
)
from tests import oracle

BETAS = [0.05, 0.2, 0.4, 0.44, CRITICAL_BETA, 0.441, 0.5, 0.8]
ENUMERATED = [(3, 3), (3, 4), (4, 3), (4, 4)]
TRANSFERRED = [(5, 5), (6, 6), (8, 8), (5, 8), (8, 5), (3, 32), (6, 64)]

# Mistakes in Kaufman's sum of four products, (weight, first l, sign) each.
ODD_COSH, ODD_SINH, EVEN_COSH, EVEN_SINH = kaufman._SECTORS
TWINS = {
    "no antiperiodic modes": (EVEN_COSH, EVEN_SINH),
    "no periodic modes": (ODD_COSH, ODD_SINH),
    "only the largest sum": (ODD_COSH,),
    "no zero mode's sinh": (ODD_COSH, ODD_SINH, EVEN_COSH),
    "gamma_0 of the other sign": (ODD_COSH, ODD_SINH, EVEN_COSH, (-1, 0, -1)),
    "odd sinh of the other sign": (ODD_COSH, (-1, 1, -1), EVEN_COSH, EVEN_SINH),
}

every_beta = pytest.mark.parametrize("beta", BETAS)
every_twin = pytest.mark.parametrize("sectors", TWINS.values(), ids=TWINS.keys())


@functools.cache
def torus_bonds(shape):
    """The sum of s_i s_j over neighbours, each pair once, in every configuration."""
    n, m = shape
    spins = oracle.states(n * m).reshape(-1, n, m).astype(float)
    return sum((spins * np.roll(spins, 1, axis)).sum((1, 2)) for axis in (1, 2))


def enumerated(shape, beta):
    """The ``ln Z``, and energy and heat capacity per site by the sum over all configurations."""
    n_sites, bonds = shape[0] * shape[1], torus_bonds(shape)
    weights = np.exp(beta * (bonds - bonds.max()))
    mean = weights @ bonds / weights.sum()
    variance = weights @ (bonds - mean) ** 2 / weights.sum()
    log_z = beta * bonds.max() + np.log(weights.sum())
    return np.array([log_z, -mean / n_sites, beta**2 * variance / n_sites])


def transferred(shape, beta):
    """The same from powers of the row-to-row matrix and their derivatives in beta."""
    n, m = shape
    rows = oracle.states(n).astype(float)
    within = (rows * np.roll(rows, 1, axis=1)).sum(1)
    bonds = within[:, None] / 2 + rows @ rows.T + within / 2 - 2 * n
    row = np.exp(beta * bonds)
    row, power = (row, row * bonds, row * bonds**2), (np.eye(2**n), 0 * row, 0 * row)
    for _ in range(m):
        (a, da, dda), (b, db, ddb) = power, row
        power = a @ b, da @ b + a @ db, dda @ b + 2 * da @ db + a @ ddb
    z, dz, ddz = (np.trace(matrix) for matrix in power)
    log_z, slope, bend = 2 * n * m * beta + np.log(z), dz / z + 2 * n * m, ddz / z - (dz / z) ** 2
    return np.array([log_z, -slope / (n * m), beta**2 * bend / (n * m)])


def found(shape, beta):
    return np.array([f(shape, beta) for f in (log_partition, energy, heat_capacity)])


def of_sectors(sectors, shape, beta):
    log_z, slope, bend = kaufman._log_partition_jet(shape, beta, sectors)
    n_sites = shape[0] * shape[1]
    return np.array([log_z, -slope / n_sites, beta**2 * bend / n_sites])


@every_beta
@pytest.mark.parametrize("shape", ENUMERATED)
def test_small_tori_are_the_sum_over_configurations(shape, beta):
    np.testing.assert_allclose(found(shape, beta), enumerated(shape, beta), rtol=1e-12, atol=0)


@every_beta
@pytest.mark.parametrize("shape", TRANSFERRED)
def test_larger_tori_are_the_trace_of_transfer_matrices(shape, beta):
    np.testing.assert_allclose(found(shape, beta), transferred(shape, beta), rtol=1e-12, atol=0)


@every_twin
@pytest.mark.parametrize("shape", [(4, 4), (3, 4)])
@pytest.mark.parametrize("beta", [0.4, 0.5])
def test_a_mistaken_sum_over_sectors_is_seen(sectors, shape, beta):
    gap = np.abs(of_sectors(sectors, shape, beta) / enumerated(shape, beta) - 1)
    assert (gap > 1e-4).all()


@every_twin
def test_a_mistaken_sum_over_sectors_is_seen_by_transfer_matrices(sectors):
    for beta in (0.4, 0.5):
        assert (np.abs(of_sectors(sectors, (8, 8), beta) / transferred((8, 8), beta) - 1) > 1e-4)[0]


@pytest.mark.parametrize("shape", [(3, 1024), (5, 7), (64, 48), (1000, 1024)])
@pytest.mark.parametrize("beta", [0.05, 0.4, CRITICAL_BETA, 0.45, 2.0])
def test_either_side_may_carry_the_modes(shape, beta):
    turned = found(shape[::-1], beta)
    np.testing.assert_allclose(found(shape, beta), turned, rtol=1e-12, atol=1e-12)


def central_differences(log_z, beta):
    """First and second, the error of fourth order."""
    h = 1e-3
    values = np.array([log_z(beta + k * h) for k in (-2, -1, 0, 1, 2)])
    return values @ [1, -8, 0, 8, -1] / (12 * h), values @ [-1, 16, -30, 16, -1] / (12 * h * h)


@pytest.mark.parametrize("shape", [(3, 5), (16, 16), (32, 20)])
@pytest.mark.parametrize("beta", [0.1, 0.43, CRITICAL_BETA, 0.45, 0.7])
def test_energy_and_heat_capacity_are_the_derivatives(shape, beta):
    n_sites = shape[0] * shape[1]
    slope, bend = central_differences(lambda b: log_partition(shape, b) / n_sites, beta)
    assert energy(shape, beta) == pytest.approx(-slope, abs=1e-7)
    assert heat_capacity(shape, beta) == pytest.approx(beta**2 * bend, abs=1e-5)
    # per bond instead of per site, and without the square of beta, they would not be
    assert abs(energy(shape, beta) / 2 + slope) > 0.05
    assert abs(heat_capacity(shape, beta) - beta * bend) > 0.005


@pytest.mark.parametrize(
    ("side", "beta", "expected"),
    [
        (64, 0.44, -1.41612),
        (128, 0.44, -1.41000),
        (256, 0.44, -1.40629),
        (64, CRITICAL_BETA, -1.42394),
    ],
)
def test_energies_of_square_tori(side, beta, expected):
    assert energy((side, side), beta) == pytest.approx(expected, abs=5e-6)
    for sectors in ((EVEN_COSH, EVEN_SINH), (ODD_COSH, ODD_SINH)):
        twin = of_sectors(sectors, (side, side), beta)[1]
        assert abs(twin - expected) > 1e-4


@pytest.mark.parametrize(
    ("beta", "expected"),
    [(0.3, -0.70450), (0.44, -1.40223), (0.5, -1.74556), (CRITICAL_BETA, -np.sqrt(2))],
)
def test_energies_of_the_infinite_lattice(beta, expected):
    assert onsager_energy(beta) == pytest.approx(expected, abs=5e-6)


@pytest.mark.parametrize("beta", [0.05, 0.3, 0.36, 0.55, 0.7, 2.0])
def test_large_tori_are_infinite_away_from_the_critical_point(beta):
    assert energy((512, 512), beta) == pytest.approx(onsager_energy(beta), abs=1e-12)
    slope, _ = central_differences(onsager_energy, beta)
    assert heat_capacity((512, 512), beta) == pytest.approx(-(beta**2) * slope, abs=1e-6)
    with_k_of_the_other_sign = -2 / np.tanh(2 * beta) - onsager_energy(beta)
    assert abs(energy((512, 512), beta) - with_k_of_the_other_sign) > 0.1


@pytest.mark.parametrize("beta", [0.3, 0.36, 0.55])
def test_small_tori_are_not_infinite(beta):
    assert abs(energy((8, 8), beta) - onsager_energy(beta)) > 1e-5


def test_finite_tori_miss_the_infinite_energy_by_one_over_the_side_at_the_critical_point():
    # Ferdinand & Fisher 1969: the heat capacity grows as the logarithm of the side meanwhile.
    gaps = [side * (energy((side, side), CRITICAL_BETA) + np.sqrt(2)) for side in (256, 512, 1024)]
    np.testing.assert_allclose(gaps, gaps[-1], rtol=1e-4)
    growth = np.diff([heat_capacity((side, side), CRITICAL_BETA) for side in (256, 512, 1024)])
    expected = 8 / np.pi * CRITICAL_BETA**2 * np.log(2)
    np.testing.assert_allclose(growth, expected, rtol=2e-3)


def test_the_infinite_lattice_at_both_ends():
    assert onsager_energy(1e-3) == pytest.approx(-2e-3, abs=1e-8)
    assert onsager_energy(kaufman.LARGEST_BETA) == -2


def test_the_infinite_energy_is_continuous_where_its_slope_is_not():
    for gap in (1e-9, 1e-12, 1e-15):
        for beta in (CRITICAL_BETA - gap, CRITICAL_BETA + gap):
            assert onsager_energy(beta) == pytest.approx(-np.sqrt(2), abs=1e2 * gap + 1e-15)


def test_the_magnetisation_is_yangs():
    assert yang_magnetisation(0.5) == pytest.approx(0.91132, abs=5e-6)
    assert yang_magnetisation(kaufman.LARGEST_BETA) == 1
    assert [yang_magnetisation(beta) for beta in (0.1, CRITICAL_BETA)] == [0, 0]
    # The exponent, 1/8: a gap 256 times as large doubles the magnetisation.
    small, large = (yang_magnetisation(CRITICAL_BETA + gap) for gap in (1e-9, 2.56e-7))
    assert large / small == pytest.approx(2, rel=1e-5)


@pytest.mark.parametrize("shape", [(3, 3), (3, 1024), (1024, 3), (1024, 1024)])
def test_neither_cold_nor_hot_tori_overflow(shape):
    n_sites = shape[0] * shape[1]
    for beta in (3.0, 20.0, kaufman.LARGEST_BETA):
        one_turned = n_sites * np.exp(-8 * beta)  # next to a ground state: four bonds broken
        cold = np.log(2) + 2 * beta * n_sites + one_turned
        assert log_partition(shape, beta) == pytest.approx(cold, rel=1e-9, abs=1e-9)
        assert energy(shape, beta) == pytest.approx(-2 + 8 * np.exp(-8 * beta), abs=1e-8)
        assert heat_capacity(shape, beta) == pytest.approx(0, abs=1e-7)
    hot = n_sites * (np.log(2) + 2 * np.log(np.cosh(1e-3)))
    assert log_partition(shape, 1e-3) == pytest.approx(hot, rel=1e-8)
    assert energy(shape, 1e-3) == pytest.approx(-2e-3, abs=1e-5)


@pytest.mark.parametrize("quantity", [log_partition, energy, heat_capacity])
@pytest.mark.parametrize(
    "shape", [(2, 5), (5, 2), (1, 1), (0, 4), (-3, 4), (4,), (4, 4, 4), (4.5, 4)]
)
def test_a_torus_whose_neighbours_coincide_is_refused(quantity, shape):
    with pytest.raises(ValueError, match=r"got shape = \(.*; a torus .* coincide; give \(n, m\)"):
        quantity(shape, 0.4)


@pytest.mark.parametrize("beta", [0.0, -0.4, np.nan, np.inf, -np.inf, 101.0])
def test_a_beta_that_is_not_positive_and_finite_is_refused(beta):
    text = r"got beta = .*; it must be positive, and finite: 100 at most; at 0 take ln Z = "
    for of_torus in (log_partition, energy, heat_capacity):
        with pytest.raises(ValueError, match=text):
            of_torus((4, 4), beta)
    for of_infinite_lattice in (onsager_energy, yang_magnetisation):
        with pytest.raises(ValueError, match=text):
            of_infinite_lattice(beta)
