"""The Ising law that is nearest to any law: as Boltzmann learning would find it (section 4).

Of all couplings J and fields h those with the least ``KL(law || Ising(J, h))``, that is with the
highest expected log-likelihood: a concave problem, solved where the Ising law's means ``E[s_i]``
and ``E[s_i s_j]`` are the law's own. It is nearest in relative entropy; in total variation another
one may be somewhat nearer, so a total variation to it is an upper bound for the nearest.
Shapes: a law is ``(2**n,)``. J couples any two spins, so it has n (n - 1) / 2 numbers.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, root
from scipy.special import logsumexp, rel_entr

from pp_spin.configurations import configurations
from pp_spin.reference.laws import Law

MISMATCH = 1e-10
"""Largest difference of a mean at which the two laws count as matched."""


class NearestIsing(NamedTuple):
    """An Ising law, and how far it is from the law that it stands for."""

    couplings: NDArray[np.float64]
    """J, ``(n, n)``"""
    fields: NDArray[np.float64]
    """h, ``(n,)``"""
    law: Law
    """``(2**n,)``"""
    relative_entropy: float
    """``KL(law || Ising)``, nats"""


def nearest_ising(law: Law) -> NearestIsing:
    """Fit couplings and fields to a law with a positive probability for every configuration.

    Raises ValueError for a law with zeros, and where no finite couplings come near enough.
    """
    if not (law > 0).all():
        raise ValueError(
            f"got a law with {int((law <= 0).sum())} impossible configurations of {len(law)}; an "
            "Ising law gives each a positive probability, and none is nearest; take agents of "
            "finite precision, none of them clamped"
        )
    n_spins = len(law).bit_length() - 1
    spins = configurations(n_spins).astype(np.float64)
    first, second = np.triu_indices(n_spins, k=1)
    features = np.hstack([spins[:, first] * spins[:, second], spins])
    wanted = law @ features

    def fitted(parameters: NDArray[np.float64]) -> Law:
        log_weights = features @ parameters
        return np.exp(log_weights - logsumexp(log_weights))

    def mismatch(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        return fitted(parameters) @ features - wanted

    def covariance(parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        model = fitted(parameters)
        mean = model @ features
        return (features * model[:, None]).T @ features - np.outer(mean, mean)

    near = minimize(
        lambda parameters: logsumexp(features @ parameters) - wanted @ parameters,
        np.zeros(len(wanted)),
        jac=mismatch,
        hess=covariance,
        method="trust-exact",
        options={"gtol": 1e-6},
    )
    # The likelihood is flat to rounding where its slope is 1e-8; the means themselves are not.
    found = root(mismatch, near.x, jac=covariance, options={"xtol": 1e-14}).x
    worst = float(np.abs(mismatch(found)).max())
    if not worst <= MISMATCH:
        raise ValueError(
            f"got a law whose means the fit misses by {worst:.2g}, more than {MISMATCH:g}; it is "
            "too near to one with impossible configurations; take smaller precisions"
        )
    couplings = np.zeros((n_spins, n_spins))
    couplings[first, second] = couplings[second, first] = found[: len(first)]
    nearest = fitted(found)
    return NearestIsing(
        couplings, found[len(first) :], nearest, float(rel_entr(law, nearest).sum())
    )
