"""Gibbs sampling of any NumPyro program of spins, from its log density alone (section 3, eq. 8).

A third voice beside the agents and Glauber's rule: it knows no coupling and no precision. Each spin
in turn is drawn from ``P(+1 | rest) = sigmoid(log p(+1, rest) - log p(-1, rest))``,
both densities being NumPyro's own.

Shapes: ``mcmc.get_samples()["spins"]`` is ``(num_samples, n_spins)``, the program's latent spins in
the order of its sites, a site of several spins read row by row. One MCMC iteration is one sweep.
Conventions: a spin is a site in {0, 1} (as `spin.sample_spin` makes them; 0/1 units too), +1 where
the site is 1. Observed sites, by the program's arguments or by ``numpyro.handlers.condition``, are
part of the density and no spins.
Costs: a sweep evaluates the density 2 n_spins times. In single precision the difference of two
densities is rounded to some 1e-7 of their size; for a comparison use JAX's x64.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpyro import handlers
from numpyro.distributions import constraints
from numpyro.infer.mcmc import MCMCKernel
from numpyro.infer.util import log_density
from numpyro.util import is_prng_key

from pp_spin import checks

Model = Callable[..., Any]
Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


class GibbsState(NamedTuple):
    """NumPyro's view of a chain."""

    sites: dict[str, Array]
    """``"spins"``: ``(n_spins,)`` int8; by name, as NumPyro keeps its samples"""
    n_sweeps: Array
    """``()`` int32"""
    rng_key: Array
    """the chain's key; sweep t draws from ``fold_in(rng_key, t)``"""


class GibbsKernel(MCMCKernel):
    """Single-site Gibbs on a program whose latent sites are spins: ``MCMC(GibbsKernel(model))``.

    ``init_params`` of ``MCMC.run`` are the starting spins ``(n_spins,)`` (one row per chain for
    several chains); without them every spin starts from a fair coin. ``MCMC.run`` raises ValueError
    where the program has no latent spin or another latent site, where ``init_params`` have another
    shape or are not spins, and for a start of density 0. From any other start a chain never
    reaches density 0; that it reaches every configuration of positive density is up to the program.
    """

    sample_field = "sites"

    def __init__(self, model: Model) -> None:
        self.model = model

    def init(
        self,
        rng_key: Array,
        num_warmup: int,
        init_params: Array | None,
        model_args: Arguments,
        model_kwargs: Keywords,
    ) -> GibbsState:
        """The state before the first sweep; several keys start a batch of chains."""
        log_prob, n_spins = spin_log_density(self.model, model_args, model_kwargs)
        chains = () if is_prng_key(rng_key) else (len(rng_key),)
        if init_params is not None:
            _refuse_other_than_spins(init_params, (*chains, n_spins))
        start = self._init_chain if not chains else jax.vmap(self._init_chain, in_axes=(0, None))
        state = start(rng_key, n_spins)
        if init_params is not None:
            spins = jnp.asarray(init_params, dtype=jnp.int8)
            state = GibbsState({"spins": spins}, state.n_sweeps, state.rng_key)
        _refuse_impossible(log_prob, state.sites["spins"].reshape(-1, n_spins))
        return state

    def sample(
        self, state: GibbsState, model_args: Arguments, model_kwargs: Keywords
    ) -> GibbsState:
        """One sweep of one chain, or of each chain of a batch."""
        log_prob, _ = spin_log_density(self.model, model_args, model_kwargs)

        def sweep(state: GibbsState) -> GibbsState:
            sweep_key = jax.random.fold_in(state.rng_key, state.n_sweeps)
            spins = gibbs_sweep(sweep_key, state.sites["spins"], log_prob)
            return GibbsState({"spins": spins}, state.n_sweeps + 1, state.rng_key)

        return sweep(state) if is_prng_key(state.rng_key) else jax.vmap(sweep)(state)

    def _init_chain(self, rng_key: Array, n_spins: int) -> GibbsState:
        start_key, chain_key = jax.random.split(rng_key)
        spins = jax.random.rademacher(start_key, (n_spins,), dtype=jnp.int8)
        return GibbsState({"spins": spins}, jnp.int32(0), chain_key)


def gibbs_sweep(rng_key: Array, spins: Array, log_prob: Callable[[Array], Array]) -> Array:
    """Each of ``spins`` ``(n_spins,)`` in turn, drawn from its conditional under ``log_prob``."""
    uniforms = jax.random.uniform(rng_key, (len(spins),))

    def draw(i: Array, spins: Array) -> Array:
        either = jnp.stack([spins.at[i].set(-1), spins.at[i].set(1)])
        down, up = jax.vmap(log_prob)(either)
        return either[(uniforms[i] < jax.nn.sigmoid(up - down)).astype(int)]

    return jax.lax.fori_loop(0, len(spins), draw, spins)


def spin_log_density(
    model: Model, model_args: Arguments, model_kwargs: Keywords
) -> tuple[Callable[[Array], Array], int]:
    """``spins -> log p`` of a program given its arguments, and how many latent spins it has.

    Raises ValueError for a program without a latent spin, and for any other latent site.
    """
    sites = _latent_spins(model, model_args, model_kwargs)
    n_spins = sum(site.size for site in sites.values())

    def log_prob(spins: Array) -> Array:
        ups = jnp.split((spins + 1) // 2, np.cumsum([site.size for site in sites.values()])[:-1])
        values = {
            name: up.reshape(site.shape).astype(site.dtype)
            for up, (name, site) in zip(ups, sites.items(), strict=True)
        }
        return log_density(model, model_args, model_kwargs, values)[0]

    return log_prob, n_spins


def _latent_spins(
    model: Model, model_args: Arguments, model_kwargs: Keywords
) -> dict[str, jax.ShapeDtypeStruct]:
    traced = handlers.trace(handlers.seed(model, jax.random.key(0)))
    # Only the sites' kinds and shapes are wanted, so nothing is computed.
    jax.eval_shape(lambda: (traced(*model_args, **model_kwargs), None)[1])
    latent = {
        name: site
        for name, site in traced.trace.items()
        if site["type"] == "sample" and not site["is_observed"]
    }
    if not latent:
        raise ValueError(
            "got a program without a latent spin; there is nothing to draw; leave at least one "
            "site in {0, 1} unobserved"
        )
    for name, site in latent.items():
        support = site["fn"].support
        if getattr(support, "base_constraint", support) is not constraints.boolean:
            raise ValueError(
                f"got the latent site {name!r} of a {type(site['fn']).__name__}; each latent site "
                "here is a spin, up or down; make it a Bernoulli site (spin.sample_spin), or "
                "observe it (numpyro.handlers.condition)"
            )
    return {
        name: jax.ShapeDtypeStruct(jnp.shape(site["value"]), jnp.result_type(site["value"]))
        for name, site in latent.items()
    }


def _refuse_other_than_spins(init_params: Array, shape: tuple[int, ...]) -> None:
    if jnp.shape(init_params) != shape:
        raise ValueError(
            f"got init_params of shape {jnp.shape(init_params)}; they are the starting spins, one "
            f"per latent spin and one row per chain; give {shape}"
        )
    if not isinstance(init_params, jax.core.Tracer):  # chains in parallel are traced: no values yet
        checks.are_spins("init_params", init_params)


def _refuse_impossible(log_prob: Callable[[Array], Array], starts: Array) -> None:
    """``starts`` is ``(n_chains, n_spins)``; from a possible start every later one is possible."""
    log_probs = jax.jit(jax.vmap(log_prob))(starts)
    if isinstance(log_probs, jax.core.Tracer):  # chains in parallel are traced: no values yet
        return
    impossible = np.flatnonzero(~np.isfinite(log_probs))
    if len(impossible):
        chain = int(impossible[0])
        raise ValueError(
            f"got a start of log density {float(log_probs[chain])} in chain {chain}; no chain "
            "starts where the program cannot be; give init_params, starting spins that it allows"
        )
