"""A collective as a NumPyro kernel: ``MCMC(CollectiveKernel(collective), …)`` runs it, HMC-free.

Shapes: ``mcmc.get_samples()["spins"]`` is ``(num_samples, n_agents)``; a state's spins are
``(n_agents,)``, with a leading axis of chains under ``chain_method="vectorized"``. One MCMC
iteration is one sweep. NumPyro derives each chain's key, so the draws differ from those of
``sample`` with the same seed; their law is the same.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from numpyro.infer.mcmc import MCMCKernel
from numpyro.util import is_prng_key

from pp_spin import checks, kernel
from pp_spin.collective import Collective
from pp_spin.schedule import Schedule, parse_schedule, random_scan
from pp_spin.who_acts import who_acts


class CollectiveState(NamedTuple):
    """NumPyro's view of a chain: the kernel's state and its key."""

    sites: dict[str, Array]
    """``"spins"``: ``(n_agents,)`` int8; by name, as NumPyro keeps its samples"""
    n_sweeps: Array
    """``()`` int32"""
    rng_key: Array
    """the chain's key; sweep t draws from ``fold_in(rng_key, t)``"""


class CollectiveKernel(MCMCKernel):
    """Runs a collective under a schedule as one of NumPyro's Markov kernels.

    ``init_params`` of ``MCMC.run`` are the starting spins (one row per chain for several chains);
    without them each free agent starts from a fair coin.
    """

    sample_field = "sites"
    model = None  # there is no NumPyro model to trace: the agents are the program

    def __init__(self, collective: Collective, schedule: str | Schedule = random_scan) -> None:
        self.collective = collective
        self.schedule = parse_schedule(schedule)
        self._up_prob_fn = collective.up_prob_fn()
        self._who_acts = who_acts(self.schedule, collective.sensory_precision, collective.free)

    def init(
        self,
        rng_key: Array,
        num_warmup: int,
        init_params: Array | None,
        model_args: tuple[Any, ...],
        model_kwargs: dict[str, Any],
    ) -> CollectiveState:
        """The state before the first sweep; several keys start a batch of chains.

        Raises ValueError for ``init_params`` of another shape, or that are not spins.
        """
        one_chain = is_prng_key(rng_key)
        if init_params is not None:
            chains = () if one_chain else (len(rng_key),)
            _refuse_other_than_spins(init_params, (*chains, self.collective.n_agents))
        if one_chain:
            return self._init_chain(rng_key, init_params)
        in_axes = (0, None if init_params is None else 0)
        return jax.vmap(self._init_chain, in_axes=in_axes)(rng_key, init_params)

    def sample(
        self, state: CollectiveState, model_args: tuple[Any, ...], model_kwargs: dict[str, Any]
    ) -> CollectiveState:
        """One sweep of one chain, or of each chain of a batch."""
        if is_prng_key(state.rng_key):
            return self._sweep(state)
        return jax.vmap(self._sweep)(state)

    def _init_chain(self, rng_key: Array, spins: Array | None) -> CollectiveState:
        start_key, chain_key = jax.random.split(rng_key)
        if spins is None:
            spins = jax.random.rademacher(start_key, (self.collective.n_agents,))
        for agent, held in self.collective.clamped.items():
            spins = jnp.asarray(spins).at[agent].set(held)
        return _state(kernel.init(spins), chain_key)

    def _sweep(self, state: CollectiveState) -> CollectiveState:
        sweep_key = jax.random.fold_in(state.rng_key, state.n_sweeps)
        before = kernel.SpinState(state.sites["spins"], state.n_sweeps)
        after, _ = kernel.step(sweep_key, before, self._who_acts, self._up_prob_fn)
        return _state(after, state.rng_key)


def _state(spin_state: kernel.SpinState, rng_key: Array) -> CollectiveState:
    return CollectiveState({"spins": spin_state.spins}, spin_state.n_sweeps, rng_key)


def _refuse_other_than_spins(init_params: Array, shape: tuple[int, ...]) -> None:
    if jnp.shape(init_params) != shape:
        raise ValueError(
            f"got init_params of shape {jnp.shape(init_params)}; they are the starting spins, one "
            f"per agent and one row per chain; give {shape}"
        )
    if not isinstance(init_params, jax.core.Tracer):  # chains in parallel are traced: no values yet
        checks.are_spins("init_params", init_params)
