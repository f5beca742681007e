"""What every run begins with: arguments that make sense, an engine, a key, and starting spins."""

import importlib.metadata
import operator
from typing import Any, NamedTuple, SupportsIndex

import jax
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, NDArray

from pp_spin import checks
from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.engine.choice import engine_for
from pp_spin.engine.driver import Counts
from pp_spin.engine.dynamics import dynamics
from pp_spin.engine.engine import Plan, planned
from pp_spin.schedule import Schedule, parse_schedule
from pp_spin.seed import key_of

MOST_SWEEPS = 2**32
"""Sweeps of a run: their numbers are uint32 in the streams, and none may come twice."""


class Start(NamedTuple):
    """A run that has yet to be made."""

    plan: Plan
    key: Array
    spins: NDArray[np.int8]
    """``(num_chains, n_agents)``"""
    schedule: Schedule
    counts: Counts
    attrs: dict[str, Any]
    """how it is made, to be kept with what comes of it"""


def started(
    collective: Collective,
    schedule: str | Schedule,
    counts: Counts,
    num_chains: int,
    seed: SupportsIndex | Array,
    start: ArrayLike | None,
    engine: str | None,
) -> Start:
    """A run from ``start``, ``(n_agents,)`` or ``(num_chains, n_agents)`` (None: fair coins).

    Raises ValueError for counts below their least value, spins that are not ±1, an unknown schedule
    or engine, or an engine that cannot run this collective, saying why.
    """
    schedule = parse_schedule(schedule)
    least = {"num_warmup": 0, "num_samples": 1, "thinning": 1, "num_chains": 1}
    for name, given in zip(least, (*counts[:3], num_chains), strict=True):
        if operator.index(given) < least[name]:
            raise ValueError(
                f"got {name} = {given}; it counts sweeps or chains; give {least[name]} or more"
            )
    if counts.n_sweeps > MOST_SWEEPS:
        raise ValueError(
            f"got {counts.n_sweeps} sweeps; a run tells its random words apart by sweep numbers of "
            f"{MOST_SWEEPS.bit_length() - 1} binary digits; give fewer, or make runs of other seeds"
        )
    running = dynamics(collective, schedule)
    chosen = engine_for(running, num_chains, engine)
    attrs = {
        "inference_library": "pp_spin",
        "inference_library_version": importlib.metadata.version("pp_spin"),
        "schedule": str(schedule),
        "action_rule": str(collective.action_rule),
        "engine": chosen.name,
        "num_warmup": counts.num_warmup,
        "thinning": counts.thinning,
    }
    key = key_of(seed)
    if isinstance(seed, Array):
        attrs["key"] = str(jax.random.key_data(key).tolist())
    else:
        attrs["seed"] = operator.index(seed)
    start_key, run_key = jax.random.split(key)
    spins = _starting_spins(collective, num_chains, start_key, start)
    plan = planned(running, num_chains, chosen, driver.workers())
    return Start(plan, run_key, spins, schedule, counts, attrs)


def _starting_spins(
    collective: Collective, num_chains: int, key: Array, start: ArrayLike | None
) -> NDArray[np.int8]:
    shape = (num_chains, collective.n_agents)
    if start is None:
        # Each chain has its own key, so that more chains leave the first ones as they were.
        chain_keys = jax.vmap(lambda chain: jax.random.fold_in(key, chain))(np.arange(num_chains))
        # Of single precision, so that a seed's coins do not depend on JAX's default.
        coins = jax.vmap(lambda k: jax.random.bernoulli(k, np.float32(0.5), shape[1:]))(chain_keys)
        return collective.hold(2 * np.asarray(coins, dtype=np.int8) - 1)
    spins = checks.are_spins("start", start)
    if spins.shape not in (shape, shape[1:]):
        raise ValueError(
            f"got start of shape {spins.shape}; it is one configuration for all chains or one per "
            f"chain; give {shape[1:]} or {shape}"
        )
    return collective.hold(np.broadcast_to(spins, shape))
