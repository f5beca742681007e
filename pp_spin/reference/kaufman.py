"""The square Ising model, exactly: finite torus (Kaufman) and infinite lattice (section 3, eq. 6).

Shapes: a torus is ``(n, m)``, its sides in spins; every result is one float64.
Conventions: J = 1, each neighbouring pair once, no field; ``p(s) ∝ exp(-beta E(s))``.
Rounding, for sides up to 1024 and beta in [0.05, 2], against 60 digits: ``log_partition`` to 1e-15
of itself, ``energy`` to 1e-14 and ``heat_capacity`` to 1e-12, both absolute.
References: Onsager 1944; Kaufman 1949; Yang 1952; Ferdinand & Fisher 1969 (the sign of gamma_0).
"""

from collections.abc import Sequence
from numbers import Integral

import numpy as np
from numpy.typing import NDArray
from scipy.special import ellipkm1

CRITICAL_BETA = float(np.log1p(np.sqrt(2)) / 2)
"""Where ``sinh(2 beta) = 1`` and the infinite lattice begins to order."""

LARGEST_BETA = 100.0
"""Not far beyond it ``sinh(2 beta)^3`` leaves float64; all is ground state long before."""

# Kaufman's four products over fermion modes: weight, first l, and +1 for cosh or -1 for sinh.
# Odd l are antiperiodic, even l periodic, the zero mode l = 0 among them.
_SECTORS = ((1, 1, 1), (1, 1, -1), (1, 0, 1), (1, 0, -1))

_Jet = NDArray[np.float64]  # (3, ...): a function of beta and its first two derivatives


def log_partition(shape: Sequence[int], beta: float) -> float:
    """``ln Z`` of the whole torus.

    ``Z = 1/2 (2 sinh 2 beta)^(nm/2) [prod 2cosh(m g_odd/2) + prod 2sinh(m g_odd/2) + prod
    2cosh(m g_even/2) + prod 2sinh(m g_even/2)]``, n modes in each product, ``cosh g_l = cosh 2beta
    coth 2beta - cos(pi l/n)``, ``g_0 = 2 beta + ln tanh beta``. Raises ValueError unless there are
    two sides of 3 or more and beta is positive and at most ``LARGEST_BETA``.
    """
    return float(_log_partition_jet(_sides(shape), _inverse_temperature(beta))[0])


def energy(shape: Sequence[int], beta: float) -> float:
    """``-d ln Z / d beta / (n m)``, mean energy per site: -2 in a ground state.

    Raises ValueError as `log_partition`.
    """
    sides = _sides(shape)
    return float(-_log_partition_jet(sides, _inverse_temperature(beta))[1] / (sides[0] * sides[1]))


def heat_capacity(shape: Sequence[int], beta: float) -> float:
    """``beta^2 d^2 ln Z / d beta^2 / (n m)``, per site: beta^2 times the energy's variance / (n m).

    Raises ValueError as `log_partition`.
    """
    (n, m), beta = _sides(shape), _inverse_temperature(beta)
    return float(beta**2 * _log_partition_jet((n, m), beta)[2] / (n * m))


def onsager_energy(beta: float) -> float:
    """Mean energy per site of the infinite lattice. Raises ValueError as `log_partition`.

    ``-coth(2 beta) [1 + 2/pi k K(1 - k^2)]``, ``k = 2 tanh(2 beta)^2 - 1``; K of a squared modulus.
    """
    s = np.sinh(2 * _inverse_temperature(beta))
    k = (s - 1) * (s + 1) / (s * s + 1)
    elliptic = k * ellipkm1(k * k) if k else 0.0  # K grows as ln(1/k) only: the product goes to 0
    return float(-np.sqrt(1 + s**-2) * (1 + 2 / np.pi * elliptic))


def yang_magnetisation(beta: float) -> float:
    """``(1 - sinh(2 beta)^-4)^(1/8)``, the infinite lattice's; 0 up to ``CRITICAL_BETA``.

    Its sign is spontaneous. Raises ValueError as `log_partition`.
    """
    s = np.sinh(2 * _inverse_temperature(beta))
    if beta <= CRITICAL_BETA:  # asked of beta: the eighth root of a rounding of s is 0.01
        return 0.0
    return float(((s - 1) * (s + 1) / s**2 * (1 + s**-2)) ** 0.125)


def _log_partition_jet(
    shape: tuple[int, int], beta: float, sectors: Sequence[tuple[int, int, int]] = _SECTORS
) -> _Jet:
    n, m = shape
    s, slope = np.sinh(2 * beta), 2 * np.cosh(2 * beta)
    prefactor = n * m / 2 * np.array([np.log(2 * s), slope / s, -4 / s**2])
    parts = [_sector(m / 2 * _gammas(n, first, beta), sign) for _, first, sign in sectors]
    # Relative to one: what they share is large, and its rounding would hide the differences.
    shared = parts[0][1]
    total = np.zeros(3)
    for (weight, _, _), (value, rest) in zip(sectors, parts, strict=True):
        scale, d, dd = (rest - shared).sum(axis=1)
        v, dv, ddv = weight * np.exp(scale) * value
        total += v, dv + v * d, ddv + 2 * dv * d + v * (d * d + dd)
    z, dz, ddz = total
    return prefactor + shared.sum(axis=1) + [np.log(z / 2), dz / z, ddz / z - (dz / z) ** 2]


def _sector(angles: _Jet, sign: int) -> tuple[_Jet, _Jet]:
    """A product of ``2cosh y_l`` or ``2sinh y_l``: its first factor over ``exp|y_0|``, and logs.

    The zero mode's sinh passes through zero and has no logarithm: of the first factor only |y_0| is
    among the logs, ``(3, n)``. In the other modes y is positive.
    """
    y, dy, ddy = angles
    size = np.abs(y)
    even, odd = 1 + np.exp(-2 * size), np.sign(y) * -np.expm1(-2 * size)
    f, df = (even, odd) if sign == 1 else (odd, even)  # over exp|y|, which cosh and sinh share
    first = np.array([f, dy * df, ddy * df + dy**2 * f])[:, 0]
    f, df, dy, ddy = f[1:], df[1:], dy[1:], ddy[1:]
    bend = sign * 4 * np.exp(-2 * size[1:]) / f**2  # 1 / cosh^2, -1 / sinh^2
    logs = np.zeros((3, len(y)))
    logs[0] = size
    logs[:, 1:] += np.log(f), dy * df / f, ddy * df / f + dy**2 * bend
    return first, logs


def _gammas(n: int, first: int, beta: float) -> _Jet:
    """``gamma_l`` for ``l = first, first + 2, ...``, as (3, n)."""
    s, ds = np.sinh(2 * beta), 2 * np.cosh(2 * beta)
    # This is sinh(gamma/2)^2: near beta_c nothing cancels in it, as it would in cosh(gamma) - 1.
    x = (s - 1) ** 2 / (2 * s) + np.sin(np.pi * np.arange(first, 2 * n, 2) / (2 * n)) ** 2
    dx, ddx = ds * (1 - s**-2) / 2, 2 * s + 2 / s + 4 / s**3
    zero_mode = np.empty((3, 1 - first))
    if first == 0:
        # Not the positive root: gamma_0 is analytic through beta_c and negative below it.
        zero_mode[:, 0] = 2 * np.arcsinh((s - 1) / np.sqrt(2 * s)), 2 + 2 / s, -2 * ds / s**2
        x = x[1:]
    cosh, sinh = 1 + 2 * x, 2 * np.sqrt(x * (1 + x))
    slope = 2 * dx / sinh
    others = [2 * np.arcsinh(np.sqrt(x)), slope, (2 * ddx - cosh * slope**2) / sinh]
    return np.hstack([zero_mode, others])


def _sides(shape: Sequence[int]) -> tuple[int, int]:
    sides = tuple(shape)
    if len(sides) != 2 or not all(isinstance(n, Integral) and n >= 3 for n in sides):
        raise ValueError(
            f"got shape = {sides}; a torus has two sides, and on one shorter than 3 two neighbours "
            "of a spin would coincide; give (n, m), both whole numbers of 3 or more"
        )
    return int(sides[0]), int(sides[1])


def _inverse_temperature(beta: float) -> float:
    beta = float(beta)
    if not 0 < beta <= LARGEST_BETA:  # NaN compares as false
        raise ValueError(
            f"got beta = {beta}; it must be positive, and finite: {LARGEST_BETA:g} at most; "
            "at 0 take ln Z = n m ln 2, and beyond the limit the ground states' ln 2 + 2 n m beta"
        )
    return beta
