"""Clamped spins act on the free ones as a field (section 4: conditioning on the visible units).

``E(x) = -1/2 x^T J x - h^T x`` with x = (free, clamped) is, up to a constant, an energy of the
free spins alone with ``h_free + J_free,clamped x_clamped``. This holds for any values of the
clamped spins, ±1 or 0/1. The printed "absorbed in the visible biases" is exact only as they tend
to ±infinity.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class FreeSystem(NamedTuple):
    """What is left of couplings and fields once some spins are held."""

    couplings: NDArray[np.float64]
    """``(n_free, n_free)``"""
    fields: NDArray[np.float64]
    """``(n_free,)``, shifted by the clamped spins"""
    free: NDArray[np.intp]
    """``(n_free,)`` the indices that stay free, ascending"""


def absorb_clamped(
    couplings: NDArray[np.float64], fields: NDArray[np.float64], clamped: Mapping[int, int]
) -> FreeSystem:
    """The free spins' couplings and shifted fields; ``(n, n)``, ``(n,)`` and index -> value.

    Raises ValueError where no spin is left free.
    """
    n_spins = len(fields)
    if len(clamped) == n_spins:
        raise ValueError(
            f"got {n_spins} spins, all of them clamped; there is no law of the others; leave at "
            "least one spin out of `clamped`"
        )
    free = np.array([i for i in range(n_spins) if i not in clamped], dtype=np.intp)
    held = np.array(sorted(clamped), dtype=np.intp)
    values = np.array([clamped[int(i)] for i in held], dtype=np.float64)
    return FreeSystem(
        couplings[np.ix_(free, free)], fields[free] + couplings[np.ix_(free, held)] @ values, free
    )
