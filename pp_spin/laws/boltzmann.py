"""Boltzmann machines with visible and hidden units (section 4, eqs. 12, 13).

``E_B(x) = -1/2 x^T W x - theta^T x`` and ``p(x) ∝ exp(-E_B(x))``, in one of two unit conventions:
x in {-1, +1} (``"pm1"``) or in {0, 1} (``"01"``). With visible and hidden units the cross blocks
of W appear in both orders, so the visible-hidden term is ``-v^T W_vh h`` with coefficient 1.

Departures from the paper: (12) prints 1/2 before the cross term. (13) is right for 0/1 units and
lacks a factor 2 for ±1 units. ``W = 2 gamma`` needs the weight ``exp(-E_B/2)``; the dictionaries
that hold with ``exp(-E_B)`` are ``W = gamma`` (±1) and ``W = 4 gamma`` (0/1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax import Array
from jax.typing import ArrayLike

from pp_spin import checks, spin
from pp_spin.laws.clamping import absorb_clamped
from pp_spin.laws.quadratic import quadratic_energy
from pp_spin.laws.values import unit_values

Units = Literal["pm1", "01"]


class Precisions(NamedTuple):
    """The agents that make up a machine."""

    sensory_precision: np.ndarray
    """gamma, ``(n, n)``"""
    prior_precision: np.ndarray
    """zeta, ``(n,)``"""


@dataclass(frozen=True, eq=False)
class Boltzmann:
    """``p(x) ∝ exp(1/2 x^T W x + theta^T x)`` over units in {-1, +1} or {0, 1}.

    ``weights`` W is ``(n, n)``, symmetric with a zero diagonal; ``biases`` theta is ``(n,)``;
    ``units`` is ``"pm1"`` or ``"01"``. Raises ValueError for anything else.
    """

    weights: np.ndarray
    biases: np.ndarray
    units: Units = "pm1"

    def __post_init__(self) -> None:
        if self.units not in get_args(Units):
            raise ValueError(
                f"got units = {self.units!r}; a weight means different things for ±1 and 0/1 "
                "units; say units='pm1' or units='01'"
            )
        weights = checks.no_self_coupling("weights", checks.square("weights", self.weights))
        weights = checks.symmetric("weights", weights, "the Boltzmann law")
        biases = checks.matching_length("biases", self.biases, len(weights), "one bias per unit")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    @property
    def n_spins(self) -> int:
        """How many units the machine has (one name for all laws)."""
        return len(self.biases)

    @property
    def allowed(self) -> tuple[int, int]:
        """The two values of a unit."""
        return (-1, 1) if self.units == "pm1" else (0, 1)

    def unit_values(self, spins: ArrayLike) -> Array:
        """Spins in {-1, +1} as this machine's unit values; any shape."""
        spins = jnp.asarray(spins)
        return spins if self.units == "pm1" else (spins + 1) // 2

    def energy(self, values: ArrayLike) -> Array:
        """``E_B(x)`` of eq. (12) corrected; unit values ``(..., n_spins)`` to ``(...)``."""
        return quadratic_energy(
            self.weights, self.biases, unit_values("values", values, self.n_spins, self.allowed)
        )

    def log_prob(self, values: ArrayLike) -> Array:
        """``-E_B(x)``: the log-probability up to ``log Z``; ``(..., n_spins)`` to ``(...)``."""
        return -self.energy(values)

    def unit_logit(self, values: ArrayLike) -> Array:
        """``logit P(x_i = +1 | the others)``: (13) with its unit convention, ``(..., n_spins)``."""
        values = unit_values("values", values, self.n_spins, self.allowed)
        net_input = values @ jnp.asarray(self.weights) + jnp.broadcast_to(self.biases, values.shape)
        return net_input if self.units == "01" else 2 * net_input

    def given(self, clamped: Mapping[int, int]) -> "Boltzmann":
        """The exact conditional over the other units, index -> unit value held (order kept).

        The clamped units become a shift of the hidden biases: ``theta_h + W_hv d``.
        """
        self._check_held("clamped", clamped)
        rest = absorb_clamped(self.weights, self.biases, clamped)
        return Boltzmann(rest.couplings, rest.fields, self.units)

    def with_units(self, units: Units) -> "Boltzmann":
        """The same law of the same spins written for other units."""
        return from_precisions(*self.precisions(), units=units)

    def precisions(self) -> Precisions:
        """The agents' (gamma, zeta) whose collective samples this machine (the dictionaries)."""
        if self.units == "pm1":
            return Precisions(self.weights, self.biases)
        return Precisions(self.weights / 4, self.biases / 2 + self.weights.sum(1) / 4)

    def model(self, values: Mapping[int, int] | None = None) -> None:
        """The machine as a NumPyro program of sites ``unit_0_up`` …; its total mass is Z.

        ``values`` holds the units that are observed (visible), index -> unit value. One factor per
        bias and per weight.
        """
        self._check_held("values", values or {})
        to_spin = (lambda x: x) if self.units == "pm1" else (lambda x: 2 * x - 1)
        observed = {i: to_spin(x) for i, x in (values or {}).items()}
        units = [
            self.unit_values(spin.sample_spin(f"unit_{i}", 0.0, observed.get(i)))
            for i in range(self.n_spins)
        ]
        for i, value in enumerate(units):
            # log 2 takes back the flat site's probability 1/2.
            numpyro.factor(f"bias_{i}", self.biases[i] * value + np.log(2.0))
        for i, j in np.argwhere(np.triu(self.weights)):
            numpyro.factor(f"weight_{i}_{j}", self.weights[i, j] * units[i] * units[j])

    def _check_held(self, name: str, held: Mapping[int, Any]) -> None:
        for unit, value in held.items():
            known = isinstance(value, jax.core.Tracer) or value in self.allowed
            if unit not in range(self.n_spins) or not known:
                raise ValueError(
                    f"got {name}[{unit!r}] = {value!r} for a machine of {self.n_spins} units with "
                    f"units={self.units!r}; name a unit 0..{self.n_spins - 1} and one of "
                    f"{self.allowed}"
                )


def from_precisions(
    sensory_precision: ArrayLike, prior_precision: ArrayLike, units: Units = "pm1"
) -> Boltzmann:
    """The machine that agents with symmetric gamma ``(n, n)`` and zeta ``(n,)`` sample from.

    ±1 units: ``W = gamma, theta = zeta``. 0/1 units: ``W = 4 gamma``,
    ``theta_i = 2 zeta_i - 2 sum_j gamma_ij``.
    """
    gamma, zeta = np.asarray(sensory_precision), np.asarray(prior_precision)
    if units == "pm1":
        return Boltzmann(gamma, zeta, units)
    return Boltzmann(4 * gamma, 2 * zeta - 2 * gamma.sum(1), units)
