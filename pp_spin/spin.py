"""Spins: random variables on {-1, +1} with one natural parameter (section 2.1).

``P(s) = exp(eta s) / (2 cosh eta)``, the form of eq. (A.1) and of the prior. ``eta`` is *half* the
log-odds of +1: the source of every factor 2 in this package, and the only place that spells it.

NumPyro's enumeration hands a model the indices 0, 1 whatever the support (0.22), so a distribution
on {-1, +1} would be summed over the wrong values, silently. A spin is therefore a Bernoulli site,
which enumerates rightly, and beside it the deterministic ±1 value that the model goes on with.
"""

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import Array
from jax.typing import ArrayLike


def up_prob(eta: ArrayLike) -> Array:
    """``P(s = +1)`` for half log-odds ``eta`` (any shape)."""
    return jax.nn.sigmoid(2 * jnp.asarray(eta))


def log_two_cosh(eta: ArrayLike) -> Array:
    """``log(2 cosh eta)``, the log normaliser of a spin (any shape); it never overflows."""
    return jnp.logaddexp(eta, -jnp.asarray(eta))


def log_prob(eta: ArrayLike, spins: ArrayLike) -> Array:
    """``log P(s) = eta s - log(2 cosh eta)``; ``eta`` and ``spins`` broadcast."""
    return jnp.asarray(eta) * jnp.asarray(spins) - log_two_cosh(eta)


def sample_spin(name: str, eta: ArrayLike, spins: ArrayLike | None = None) -> Array:
    """A spin site called ``name``; given ``spins`` in {-1, +1}, it observes them.

    The random site is ``{name}_up`` in {0, 1}; ``{name}`` is the deterministic spin ``2 up - 1``.
    """
    observed = None if spins is None else (jnp.asarray(spins) + 1) // 2
    up = numpyro.sample(f"{name}_up", dist.Bernoulli(logits=2 * jnp.asarray(eta)), obs=observed)
    return numpyro.deterministic(name, 2 * up - 1)
