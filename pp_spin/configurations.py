"""All configurations of n spins, in the one order that every array over them uses (section 3).

Row k: spin i is +1 where bit i of k is set, so row 0 is all-down and row 2**n - 1 is all-up.
"""

import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pp_spin.checks import are_spins

ENUMERATION_LIMIT = 20
"""Most spins whose 2**n configurations are listed (20 MiB of int8 at the limit)."""

_INDEX_BITS = 62  # bits of a non-negative int64 that no shift or sum can overflow


def configurations(n: int) -> NDArray[np.int8]:
    """The configurations of ``n`` spins, int8 (2**n, n) in {-1, +1}; no spins have one.

    Raises ValueError for n below 0 or above `ENUMERATION_LIMIT`.
    """
    n = operator.index(n)
    if n < 0:
        raise ValueError(f"got n = {n} spins; a number of spins is not negative; give n >= 0")
    if n > ENUMERATION_LIMIT:
        raise ValueError(
            f"got n = {n} spins; their 2**{n} configurations are beyond the enumeration limit of "
            f"{ENUMERATION_LIMIT} spins; sample instead, or clamp agents until at most "
            f"{ENUMERATION_LIMIT} are free"
        )
    bits = np.arange(2**n)[:, np.newaxis] >> np.arange(n) & 1
    return (2 * bits - 1).astype(np.int8)


def index_of(spins: ArrayLike) -> NDArray[np.int64]:
    """The row of `configurations` that holds ``spins`` (…, n): int64 (…,).

    Raises ValueError for entries other than -1 and +1, and beyond 62 spins.
    """
    values = are_spins("spins", spins)
    if values.ndim == 0 or values.shape[-1] > _INDEX_BITS:
        raise ValueError(
            f"got spins of shape {values.shape}; the last axis is the spins of a configuration, "
            f"and its index holds at most {_INDEX_BITS}; give (…, n) with n <= {_INDEX_BITS}"
        )
    place_values = np.left_shift(1, np.arange(values.shape[-1], dtype=np.int64))
    return np.asarray((values > 0) @ place_values, dtype=np.int64)
