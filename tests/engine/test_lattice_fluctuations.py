"""Fluctuations of sampled lattices: Kaufman's heat capacity, and Yang's magnetisation from above.

One draw of each of many chains, so draws are independent; chains begin all up and forget it long
before (from 0.3 to 0.5 an energy's memory is a few sweeps; at 0.5 the sign of the magnetisation is
not forgotten, which neither energies nor absolute values show).

The heat capacity is tested at an exact level. With mu and the variance v of an energy E from
Kaufman, ``Y = (E - mu)^2`` has the mean v, and of n draws

    P(mean Y >= y) <= exp(-n sup (l y - ln E exp(l Y))),
    E exp(l Y) = E_g exp(sqrt(2 l) g (E - mu)) = E_g exp(-sqrt(2 l) g mu) Z(b - sqrt(2 l) g) / Z(b)

for a standard normal g (Chernoff; Z is known, and even in beta on a lattice of even sides), while
``P(mean Y <= v - r) <= exp(-n r^2 / (2 E Y^2))`` as for every Y >= 0, with
``E Y^2 = d^4 ln Z + 3 v^2``. No normality of energies or of their variance is assumed.

The magnetisation is a comparison with an infinite lattice: of finite ones no formula is known here,
so standard errors, six of them, judge it, and the level is approximate.
"""

from functools import cache

import jax
import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.engine import lattice as engine
from pp_spin.network import lattice
from pp_spin.reference import kaufman
from pp_spin.schedule import chromatic
from tests import oracle
from tests.engine import cells

ALPHA = 1e-6
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(40)


def drawn(beta, side, n_chains, n_sweeps):
    """One draw of each chain, (n_chains, side, side)."""
    collective = Collective(lattice((side, side)).scaled(beta))
    start = np.ones((n_chains, side**2), dtype=np.int8)
    plan = cells.plan_of(engine.ENGINE, collective, chromatic, n_chains)
    counts = driver.Counts(n_sweeps - 1, 1)
    draws = driver.draws(jax.random.key(20220706), start, plan, counts, threads=2)
    return draws[:, 0].reshape(n_chains, side, side)


# ---- heat capacity


def variance(shape, beta):
    """Of the energy of the whole lattice, J = 1."""
    return kaufman.heat_capacity(shape, beta) * shape[0] * shape[1] / beta**2


def second_moment(shape, beta):
    """``E (E - mu)^4``, the fourth cumulant by central differences of the exact variance."""
    h = 1e-3
    values = [variance(shape, beta + k * h) for k in (-2, -1, 0, 1, 2)]
    return values @ np.array([-1, 16, -30, 16, -1]) / (12 * h * h) + 3 * values[2] ** 2


def log_mean_exp(shape, beta, rate):
    """``ln E exp(rate (E - mu)^2)``."""
    mu, root = kaufman.energy(shape, beta) * shape[0] * shape[1], np.sqrt(2 * rate)
    log_z = [kaufman.log_partition(shape, abs(beta - root * g)) for g in NODES]
    logs = np.array(log_z) - kaufman.log_partition(shape, beta) - root * NODES * mu
    return float(np.log(WEIGHTS @ np.exp(logs) / WEIGHTS.sum()))


def p_value(found, n, shape, beta):
    """Of a mean square deviation from mu: twice the smaller of two bounds."""
    exact = variance(shape, beta)
    if found <= exact:
        gain = (exact - found) ** 2 / (2 * second_moment(shape, beta))
    else:
        search = minimize_scalar(
            lambda rate: log_mean_exp(shape, beta, rate / exact) - rate * found / exact,
            bounds=(0, 0.2),  # at any rate it is a bound; beyond, the quadrature gets coarse
            method="bounded",
        )
        gain = max(0.0, -float(search.fun))
    return min(1.0, 2 * np.exp(-n * gain))


def mean_square(draws, beta):
    """Of the energies' deviations from Kaufman's mean."""
    energies = np.zeros(len(draws))
    for axis in (1, 2):
        energies -= (draws * np.roll(draws, 1, axis)).sum((1, 2), dtype=np.int64)
    return float(((energies - kaufman.energy(draws.shape[1:], beta) * draws[0].size) ** 2).mean())


@pytest.mark.parametrize(
    ("beta", "n_chains", "n_sweeps", "wrong"),
    # At 0.3 the variance hardly changes with beta, and too small a one is the harder to show.
    [(0.3, 2**16, 40, [1.05]), (0.5, 2**14, 100, [0.95, 1.05])],
    ids=["disordered", "ordered"],
)
def test_heat_capacity_is_kaufmans_and_not_that_of_couplings_a_twentieth_off(
    beta, n_chains, n_sweeps, wrong
):
    for factor in (1.0, *wrong):
        draws = drawn(factor * beta, 32, n_chains, n_sweeps)
        found = p_value(mean_square(draws, factor * beta), n_chains, (32, 32), beta)
        assert (found > ALPHA) == (factor == 1)


@pytest.mark.parametrize("beta", [0.3, 0.5])
def test_the_bounds_are_of_the_energys_own_moments(beta):
    # Of a 4x4 lattice, by the sum over all configurations.
    spins = oracle.states(16).reshape(-1, 4, 4).astype(float)
    bonds = sum((spins * np.roll(spins, 1, axis)).sum((1, 2)) for axis in (1, 2))
    law = np.exp(beta * (bonds - bonds.max()))
    law /= law.sum()
    squares = (bonds - law @ bonds) ** 2
    assert variance((4, 4), beta) == pytest.approx(law @ squares)
    assert second_moment((4, 4), beta) == pytest.approx(law @ squares**2, rel=1e-4)
    for rate in (0.05, 0.2):
        expected = np.log(law @ np.exp(rate / (law @ squares) * squares))
        found = log_mean_exp((4, 4), beta, rate / variance((4, 4), beta))
        assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("sign", [-1, 1])
def test_p_values_are_those_of_as_many_draws(sign):
    # A smaller one for more draws, and for a larger deviation; about as small as a normal one's.
    exact = variance((32, 32), 0.3)
    error = np.sqrt((second_moment((32, 32), 0.3) - exact**2) / 2**17)
    squares = [exact + sign * z * error for z in (0, 3, 6, 9)]
    found = [p_value(each, 2**17, (32, 32), 0.3) for each in squares]
    assert found[0] == pytest.approx(1)
    assert (np.diff(found) < 0).all()
    assert 2e-9 < found[2] < 2e-5
    assert p_value(squares[2], 2**18, (32, 32), 0.3) == pytest.approx(found[2] ** 2 / 2, rel=0.01)


# ---- magnetisation


BETA, YANG = 0.5, kaufman.yang_magnetisation(0.5)
SIZES = {16: (2**17, 150), 32: (2**14, 100), 64: (2**12, 100)}
"""Side -> chains and sweeps."""


@cache
def magnetisations(side, beta=BETA):
    """``mean |m|`` and ``mean m^2`` less Yang's, and their standard errors, (2, 2)."""
    draws = drawn(beta, side, *SIZES[side])
    m = np.abs(draws.mean((1, 2), dtype=np.float64))
    values = np.array([m - YANG, m**2 - YANG**2])
    return np.array([values.mean(axis=1), values.std(axis=1) / np.sqrt(len(m))])


def enumerated(side):
    """The same, exactly, of a lattice of 9 or 16 spins."""
    spins = oracle.states(side**2).reshape(-1, side, side).astype(float)
    bonds = sum((spins * np.roll(spins, 1, axis)).sum((1, 2)) for axis in (1, 2))
    law, m = np.exp(BETA * (bonds - bonds.max())), np.abs(spins.mean((1, 2)))
    law /= law.sum()
    return np.array([[law @ m - YANG, law @ m**2 - YANG**2], [0, 0]])


def test_magnetisations_of_finite_lattices_come_down_to_yangs():
    found = [enumerated(3), enumerated(4), *map(magnetisations, SIZES)]
    excess, error = np.array(found).swapaxes(0, 1)
    margin = 6 * np.hypot(error[1:], error[:-1])
    assert (excess[1:] < excess[:-1] + margin).all(), "each is below the one before"
    assert (excess > -6 * error).all(), "and none is below Yang's"
    # What is seen to be above is |m| at 3 and 4, by less than its error from 16 on, and m^2 to 16.
    assert (excess[:2] > 0).all()
    assert excess[2, 1] > 6 * error[2, 1]
    assert (np.abs(excess[-1]) + 6 * error[-1] < 0.005).all()


def test_the_square_exceeds_yangs_by_about_as_much_over_the_size():
    # The susceptibility, at 4 (exactly) and at 16: an excess that fell with the side alone would
    # be four times as large at 16, scaled so.
    small, (large, error) = 4**2 * enumerated(4)[0, 1], 16**2 * magnetisations(16)[:, 1]
    assert abs(large - small) < 6 * error
    assert abs(large - 4 * small) > 6 * error


def test_couplings_that_are_off_by_three_percent_do_not_come_down_to_yangs():
    for factor in (0.97, 1.03):
        excess, error = magnetisations(64, factor * BETA)
        assert (np.abs(excess) > 6 * error).all()
