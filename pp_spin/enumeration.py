"""Sums over every latent spin of a NumPyro model, by NumPyro's own enumeration.

Shapes: a model of spin sites (``spin.sample_spin``) and factors, every spin a site of its own or
independent within a plate. Results are scalars, float64 when called under ``jax.enable_x64(True)``.

The contraction is funsor's variable elimination: its cost follows the model's factor graph, so a
model that states one factor per edge is summed without listing its ``2**n`` configurations.
"""

from collections.abc import Callable
from typing import Any

import jax
from jax import Array
from numpyro import handlers
from numpyro.contrib.funsor import config_enumerate, enum, log_density

Model = Callable[..., Any]

SITE_LIMIT = 25
"""Most sites that NumPyro enumerates at once: each takes an array dimension of its own (0.22)."""


def n_latent_sites(model: Model, *args: Any, **kwargs: Any) -> int:
    """How many discrete sites of ``model(*args, **kwargs)`` enumeration would have to sum over."""
    traced = handlers.trace(handlers.seed(model, jax.random.key(0)))
    # Only the sites' kinds are wanted, so nothing is computed.
    jax.eval_shape(lambda: (traced(*args, **kwargs), None)[1])
    sites = traced.trace.values()
    return sum(site["type"] == "sample" and not site["is_observed"] for site in sites)


def log_evidence(model: Model, *args: Any, max_plates: int = 0, **kwargs: Any) -> Array:
    """``log sum_latent p(latent, observed)`` of ``model(*args, **kwargs)``, shape ``()``.

    ``max_plates`` is how many plates stand inside one another in the model: enumeration takes its
    dimensions to the left of theirs. The sum is over the discrete sites that are not observed.
    Raises ValueError beyond ``SITE_LIMIT`` of them.
    """
    n_sites = n_latent_sites(model, *args, **kwargs)
    if n_sites > SITE_LIMIT:
        raise ValueError(
            f"got a model with {n_sites} latent spins; NumPyro enumerates at most {SITE_LIMIT} "
            "sites; observe some of them, or use laws.partition.log_partition for a whole law"
        )
    # The seed fixes nothing in the answer: every latent site is enumerated, not drawn.
    enumerated = enum(
        handlers.seed(config_enumerate(model), jax.random.key(0)),
        first_available_dim=-1 - max_plates,
    )
    # Each latent spin has a dimension of its own, so the model's arithmetic promotes across ranks.
    with jax.numpy_rank_promotion("allow"):
        log_prob, _ = log_density(enumerated, args, kwargs, {})
    return log_prob
