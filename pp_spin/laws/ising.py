"""The Ising law: couplings, fields and a temperature (section 3, eqs. 6-8, C.40, C.41).

``E = -1/2 s^T J s - h^T s`` counts each pair once, J symmetric; ``p(s) ∝ exp(-beta E(s))``.
Shapes: ``spins`` is ``(..., n_spins)`` in {-1, +1}; energies are ``(...)``. Parameters are kept in
float64 and computed with in the caller's JAX precision.
Departures from the paper: (7) sums unordered pairs; (8)'s energy gap is multiplied by beta.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from jax.typing import ArrayLike

from pp_spin import checks, spin
from pp_spin.laws.clamping import absorb_clamped
from pp_spin.laws.quadratic import quadratic_energy
from pp_spin.laws.values import unit_values


@dataclass(frozen=True, eq=False)
class Ising:
    """``p(s) ∝ exp(beta (1/2 s^T J s + h^T s))``.

    ``couplings`` J is ``(n, n)``, symmetric with a zero diagonal; ``fields`` h is ``(n,)``;
    ``beta`` is the inverse temperature (dimensionless, >= 0). Raises ValueError otherwise.
    """

    couplings: np.ndarray
    fields: np.ndarray
    beta: float = 1.0

    def __post_init__(self) -> None:
        couplings = checks.no_self_coupling("couplings", checks.square("couplings", self.couplings))
        couplings = checks.symmetric("couplings", couplings, "the Ising law")
        n_spins = len(couplings)
        fields = checks.matching_length("fields", self.fields, n_spins, "one field per spin")
        beta = float(self.beta)
        if not (np.isfinite(beta) and beta >= 0):
            raise ValueError(
                f"got beta = {beta}; an inverse temperature is finite and not negative; flip "
                "the couplings' sign for an antiferromagnet, take a large beta for ground states"
            )
        object.__setattr__(self, "couplings", couplings)
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "beta", beta)

    @property
    def n_spins(self) -> int:
        """How many spins the law is over."""
        return len(self.fields)

    def local_field(self, spins: ArrayLike) -> Array:
        """``h_i + sum_j J_ij s_j``, ``(..., n_spins)``."""
        spins = unit_values("spins", spins, self.n_spins)
        return spins @ jnp.asarray(self.couplings) + jnp.broadcast_to(self.fields, spins.shape)

    def energy(self, spins: ArrayLike) -> Array:
        """``E(s)`` of eq. (7), ``(...)``."""
        return quadratic_energy(
            self.couplings, self.fields, unit_values("spins", spins, self.n_spins)
        )

    def energy_gap(self, spins: ArrayLike) -> Array:
        """``Delta_i E = E(s_i = -1) - E(s_i = +1)`` of eq. (8), ``(..., n_spins)``."""
        return 2 * self.local_field(spins)

    def log_prob(self, spins: ArrayLike) -> Array:
        """``-beta E(s)``: the log-probability up to ``log Z``, ``(...)``."""
        return -self.beta * self.energy(spins)

    def given(self, clamped: Mapping[int, int]) -> "Ising":
        """The exact conditional law of the other spins, index -> ±1 held (their order kept).

        Raises ValueError for a spin that does not exist, another value, or no spin left free.
        """
        held = checks.clamped_spins(clamped, range(self.n_spins))
        rest = absorb_clamped(self.couplings, self.fields, held)
        return Ising(rest.couplings, rest.fields, self.beta)

    def model(self, spins: ArrayLike | None = None) -> None:
        """The law as a NumPyro program of sites ``spin_0_up`` …; ``spins`` ``(n_spins,)`` observes.

        One factor per field and per bond, so that enumeration follows the graph. Its total mass is
        Z: ``enumeration.log_evidence(law.model)`` is ``log Z``.
        """
        observed = (
            [None] * self.n_spins
            if spins is None
            else list(unit_values("spins", spins, self.n_spins))
        )
        values = [spin.sample_spin(f"spin_{i}", 0.0, s) for i, s in enumerate(observed)]
        for i, value in enumerate(values):
            # log 2 takes back the flat site's probability 1/2.
            numpyro.factor(f"field_{i}", self.beta * self.fields[i] * value + np.log(2.0))
        for i, j in np.argwhere(np.triu(self.couplings)):
            bond = self.beta * self.couplings[i, j] * values[i] * values[j]
            numpyro.factor(f"bond_{i}_{j}", bond)
