"""The laws by enumeration of all configurations (eqs. 6, 12, C.33, C.40), float64.

Shapes: a law is ``(2**n,)``, probabilities in the order of ``configurations``; with clamped spins
(index -> value) it is zero wherever a clamped spin differs. Couplings that are not symmetric, or
that couple a spin to itself, raise ValueError: no such law is theirs.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logsumexp

from pp_spin import checks
from pp_spin.configurations import configurations

Law = NDArray[np.float64]
"""``(2**n,)`` probabilities over the configurations."""


def ising_law(
    couplings: ArrayLike,
    fields: ArrayLike,
    beta: float = 1.0,
    clamped: Mapping[int, int] | None = None,
) -> Law:
    """``p(s) ∝ exp(beta sum_<ij> J_ij s_i s_j + beta sum_i h_i s_i)``, each pair once.

    Clamped, it is the exact conditional law of the other spins.
    """
    spins = configurations(len(np.asarray(fields))).astype(np.float64)
    pairs = np.triu(_symmetric("couplings", couplings, "the Ising law"))
    log_weights = beta * (((spins @ pairs) * spins).sum(1) + spins @ np.asarray(fields))
    return _normalised(log_weights, clamped)


def little_law(
    couplings: ArrayLike, fields: ArrayLike, clamped: Mapping[int, int] | None = None
) -> Law:
    """``p(s) ∝ prod_i exp(h_i s_i) 2cosh(h_i + sum_j J_ij s_j)``, eq. (C.33).

    Clamped spins never act: the product is over the free ones.
    """
    fields, couplings = np.asarray(fields), _symmetric("couplings", couplings, "the Little law")
    free = [i for i in range(len(fields)) if i not in (clamped or {})]
    spins = configurations(len(fields)).astype(np.float64)
    local_fields = fields + spins @ couplings
    log_two_cosh = np.logaddexp(local_fields, -local_fields)
    # Free spins meet the clamped ones twice: now and at the next tick.
    held_fields = fields.copy()
    for i, value in (clamped or {}).items():
        held_fields = held_fields + value * couplings[:, i]
    log_weights = (spins * held_fields)[:, free].sum(1) + log_two_cosh[:, free].sum(1)
    return _normalised(log_weights, clamped)


def boltzmann_law(weights: ArrayLike, biases: ArrayLike, units: str = "pm1") -> Law:
    """``p(x) ∝ exp(1/2 x^T W x + theta^T x)`` for ±1 (``"pm1"``) or 0/1 (``"01"``) units."""
    if units not in ("pm1", "01"):
        raise ValueError(
            f"got units = {units!r}; a weight means different things for ±1 and 0/1 units; say "
            "units='pm1' or units='01'"
        )
    values = configurations(len(np.asarray(biases))).astype(np.float64)
    if units == "01":
        values = (values + 1) / 2
    pairs = np.triu(_symmetric("weights", weights, "the Boltzmann law"))
    log_weights = ((values @ pairs) * values).sum(1)
    return _normalised(log_weights + values @ np.asarray(biases), None)


def marginal_up(law: Law) -> NDArray[np.float64]:
    """``P(s_i = +1)`` of every spin, ``(n,)``."""
    n_spins = len(law).bit_length() - 1
    return law @ (configurations(n_spins) == 1)


def conditional_up(law: Law) -> NDArray[np.float64]:
    """``P(s_i = +1 | the other spins)`` at every configuration, ``(2**n, n)``; the law positive."""
    states = np.arange(len(law))[:, None]
    bits = 1 << np.arange(len(law).bit_length() - 1)
    up, down = law[states | bits], law[states & ~bits]
    return up / (up + down)


def spin_products(law: Law, pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """``E[s_i s_j]`` of each of ``pairs`` ``(n_pairs, 2)``."""
    spins = configurations(len(law).bit_length() - 1)
    return law @ (spins[:, pairs[:, 0]] * spins[:, pairs[:, 1]])


def total_variation(law: Law, other: Law) -> float:
    """``1/2 sum |p - q|``, in [0, 1]."""
    return float(np.abs(law - other).sum() / 2)


def _normalised(log_weights: NDArray[np.float64], clamped: Mapping[int, int] | None) -> Law:
    if clamped:
        spins = configurations(len(log_weights).bit_length() - 1)
        for i, value in checks.clamped_spins(clamped, range(spins.shape[1])).items():
            log_weights = np.where(spins[:, i] == value, log_weights, -np.inf)
    return np.exp(log_weights - logsumexp(log_weights))


def _symmetric(name: str, matrix: ArrayLike, law: str) -> NDArray[np.float64]:
    return checks.symmetric(name, checks.no_self_coupling(name, matrix), law)
