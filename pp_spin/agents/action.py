"""How an agent acts on its belief: the named action rules (section 2.3, app. B.20-B.28).

A rule takes the posterior's half log-odds x (``perception.posterior_eta``, phi_z = up_prob(x)) to
the probability that the agent sets its spin to +1. Rules are data: their parameters are traced, so
a new parameter value compiles nothing anew.

Departures from the paper: (B.26) misses the other action's -phi_z; ``expected_free_energy`` is the
corrected sigmoid(b (2 phi_z - 1)). It is not phi_z for any b (B.27 is an approximation); the exact
route to eq. (5) is ``planning_as_inference``, which tends to ``probability_matching``.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from pp_spin import spin


@dataclass(frozen=True)
class ActionRule:
    """A named map from the posterior's half log-odds to ``P(action = +1)``.

    ``respond(posterior_eta, **parameters)`` is elementwise and must be a module-level function:
    jit knows a rule by it. ``name`` and ``parameters`` are what the exact references read.
    """

    name: str
    respond: Callable[..., Array]
    parameters: dict[str, float]

    def __call__(self, posterior_eta: ArrayLike) -> Array:
        """``P(action = +1)`` for half log-odds of any shape."""
        return self.respond(jnp.asarray(posterior_eta), **self.parameters)

    def __str__(self) -> str:
        """The rule as :func:`parse_action_rule` reads it."""
        values = ", ".join(str(value).removesuffix(".0") for value in self.parameters.values())
        return f"{self.name}({values})" if values else self.name


jax.tree_util.register_dataclass(
    ActionRule, data_fields=["parameters"], meta_fields=["name", "respond"]
)


def _matched(posterior_eta: Array) -> Array:
    return spin.up_prob(posterior_eta)


def _planned(posterior_eta: Array, preference_precision: float, forward_precision: float) -> Array:
    reliability = jnp.tanh(preference_precision) * jnp.tanh(forward_precision)
    return (1 + reliability * jnp.tanh(posterior_eta)) / 2


def _free_energy_softmax(
    posterior_eta: Array,
    preference_precision: float,
    forward_precision: float,
    action_precision: float,
) -> Array:
    # G(-1) - G(+1) of (B.25), regularised: finite for all finite precisions.
    gap = 2 * preference_precision * jnp.tanh(forward_precision) * jnp.tanh(posterior_eta)
    return jax.nn.sigmoid(action_precision * gap)


def _most_probable(posterior_eta: Array) -> Array:
    return jnp.heaviside(posterior_eta, 0.5)


probability_matching = ActionRule("probability_matching", _matched, {})
"""phi_u = phi_z: the action is a draw from the agent's posterior (eqs. 5, B.28)."""

maximum_a_posteriori = ActionRule("maximum_a_posteriori", _most_probable, {})
"""The more probable hidden spin, a fair coin on a tie: (B.26) at infinite precision.

A tie is a posterior of exactly one half *as computed*: precisions whose sum is zero only up to
rounding (0.1 + 0.2 - 0.3) are no tie."""


def planning_as_inference(preference_precision: float, forward_precision: float) -> ActionRule:
    """The law of u in the factor graph (B.14) with a flat prior, O summed out.

    ``phi_u = 1/2 + tanh(omega) tanh(xi) (phi_z - 1/2)``: as both precisions grow it becomes
    ``probability_matching``. Precisions are in [0, inf].
    """
    return ActionRule(
        "planning_as_inference",
        _planned,
        {
            "preference_precision": _precision("preference_precision", preference_precision),
            "forward_precision": _precision("forward_precision", forward_precision),
        },
    )


def expected_free_energy(
    preference_precision: float, forward_precision: float, action_precision: float
) -> ActionRule:
    """Softmax of ``-beta G(u)`` (B.9, B.22-B.26 corrected): ``sigmoid(b (2 phi_z - 1))``.

    ``b = 2 beta omega tanh(xi)``, beta the ``action_precision``. omega and beta are finite: at
    infinity the rule is ``maximum_a_posteriori``.
    """
    finite = {"preference_precision": preference_precision, "action_precision": action_precision}
    for name, value in finite.items():
        if math.isinf(_precision(name, value)):
            raise ValueError(
                f"got {name} = {value}; expected free energy is infinite there for both actions; "
                "give a finite precision, or use maximum_a_posteriori, which is the limit"
            )
    return ActionRule(
        "expected_free_energy",
        _free_energy_softmax,
        {
            "preference_precision": float(preference_precision),
            "forward_precision": _precision("forward_precision", forward_precision),
            "action_precision": float(action_precision),
        },
    )


def _precision(name: str, value: float) -> float:
    value = float(value)
    if math.isnan(value) or value < 0:
        raise ValueError(
            f"got {name} = {value}; it weighs how much the agent trusts or prefers, so it cannot "
            "be negative or NaN; give a number in [0, inf]"
        )
    return value


_RULES: dict[str, tuple[int, Callable[..., ActionRule]]] = {
    "probability_matching": (0, lambda: probability_matching),
    "planning_as_inference": (2, planning_as_inference),
    "expected_free_energy": (3, expected_free_energy),
    "maximum_a_posteriori": (0, lambda: maximum_a_posteriori),
}


def parse_action_rule(text: str) -> ActionRule:
    """A rule by name, as on the command line: ``planning_as_inference(3, 3)``.

    Raises ValueError, listing the rules, for an unknown name or a wrong number of parameters.
    """
    match = re.fullmatch(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*", text)
    name, arguments = match.groups() if match else (text, None)
    values = [part.strip() for part in arguments.split(",")] if arguments else []
    n_parameters, build = _RULES.get(name, (-1, None))
    if build is None or len(values) != n_parameters:
        raise ValueError(
            f"got action rule {text!r}; the rules are probability_matching, "
            "planning_as_inference(omega, xi), expected_free_energy(omega, xi, beta) and "
            "maximum_a_posteriori; name one of them with that many numbers"
        )
    try:
        return build(*map(float, values))
    except ValueError as error:
        if "could not convert" not in str(error):
            raise
        raise ValueError(
            f"got action rule {text!r}, whose parameters are not all numbers; write for example "
            "planning_as_inference(3, 3)"
        ) from error
