"""The law of synchronous updates, after Little and Peretto (app. C.1, eqs. C.30-C.34).

``p(s) ∝ exp(h^T s + sum_i log 2cosh(h_i + sum_j J_ij s_j))`` for symmetric J: the marginal of two
consecutive configurations, ``p(s, t) ∝ exp(h^T s + t^T J s + h^T t)``.
Shapes: ``spins`` is ``(..., n_spins)`` in {-1, +1}; energies are ``(...)``. There is no separate
temperature: a beta is not a common factor of this energy; put it into J and h.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from jax.typing import ArrayLike

from pp_spin import checks, spin
from pp_spin.laws.clamping import absorb_clamped
from pp_spin.laws.values import unit_values


@dataclass(frozen=True, eq=False)
class Little:
    """The stationary law of agents that all act at once, eq. (C.33).

    ``couplings`` J is ``(n, n)``, symmetric with a zero diagonal; ``fields`` h is ``(n,)``. Raises
    ValueError for anything else: asymmetric synchronous collectives have no such closed form.
    """

    couplings: np.ndarray
    fields: np.ndarray

    def __post_init__(self) -> None:
        couplings = checks.no_self_coupling("couplings", checks.square("couplings", self.couplings))
        couplings = checks.symmetric("couplings", couplings, "the Little law")
        fields = checks.matching_length("fields", self.fields, len(couplings), "one field per spin")
        object.__setattr__(self, "couplings", couplings)
        object.__setattr__(self, "fields", fields)

    @property
    def n_spins(self) -> int:
        """How many spins the law is over."""
        return len(self.fields)

    def energy(self, spins: ArrayLike) -> Array:
        """``E_sync(s)`` of eq. (C.34), ``(...)``."""
        return _energy(self.couplings, self.fields, unit_values("spins", spins, self.n_spins))

    def log_prob(self, spins: ArrayLike) -> Array:
        """``-E_sync(s)``: the log-probability up to ``log Z``, ``(...)``."""
        return -self.energy(spins)

    def given(self, clamped: Mapping[int, int]) -> "Little":
        """The law of synchronous agents some of whom are held, index -> ±1.

        Held agents do not move, so they act as a field on the rest. This is *not* the conditional
        of the unclamped law: there, the held spins' own next values are summed over. Raises
        ValueError for a spin that does not exist, another value, or no spin left free.
        """
        held = checks.clamped_spins(clamped, range(self.n_spins))
        rest = absorb_clamped(self.couplings, self.fields, held)
        return Little(rest.couplings, rest.fields)

    def model(self, spins: ArrayLike | None = None) -> None:
        """Two consecutive configurations as a NumPyro program; ``spins`` ``(n_spins,)`` observes.

        Sites ``spin_0_up`` … are the present, ``next_0_up`` … the next tick, one factor per field
        and directed bond. Enumerating the next tick gives ``log_prob``; all of it gives ``log Z``.
        """
        observed = (
            [None] * self.n_spins
            if spins is None
            else list(unit_values("spins", spins, self.n_spins))
        )
        present = [spin.sample_spin(f"spin_{i}", 0.0, s) for i, s in enumerate(observed)]
        following = [spin.sample_spin(f"next_{i}", 0.0) for i in range(self.n_spins)]
        for i, (now, then) in enumerate(zip(present, following, strict=True)):
            # log 4 takes back the two flat sites' probability 1/4.
            numpyro.factor(f"field_{i}", self.fields[i] * (now + then) + np.log(4.0))
        for i, j in np.argwhere(self.couplings):
            numpyro.factor(f"bond_{i}_{j}", self.couplings[i, j] * following[i] * present[j])


@jax.jit
def _energy(couplings: Array, fields: Array, spins: Array) -> Array:
    local_field = spins @ couplings + jnp.broadcast_to(fields, spins.shape)
    next_spins_summed_out = spin.log_two_cosh(local_field).sum(-1)
    return -(spins @ fields) - next_spins_summed_out
