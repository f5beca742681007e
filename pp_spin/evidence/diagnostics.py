"""Draws as ArviZ sees them: ``sample`` runs a collective and returns a labelled ``DataTree``.

The only module that knows ArviZ; below it, draws are arrays ``(n_chains, n_draws, n_agents)``.
What ArviZ computes from a tree is diagnosis, never a verdict.
"""

import operator
from collections.abc import Callable, Hashable
from typing import Any, SupportsIndex

import arviz_base
import jax
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from pp_spin import checks
from pp_spin.collective import Collective
from pp_spin.engine import plain
from pp_spin.schedule import Schedule, parse_schedule, random_scan
from pp_spin.seed import key_of
from pp_spin.who_acts import who_acts

ProgressFn = Callable[[int, int], None]
"""Called with (done, in all) after each part of a long run."""


def sample(
    collective: Collective,
    schedule: str | Schedule = random_scan,
    *,
    num_warmup: int = 100,
    num_samples: int = 1000,
    num_chains: int = 4,
    thinning: int = 1,
    seed: SupportsIndex | jax.Array = 0,
    start: ArrayLike | None = None,
    on_progress: ProgressFn | None = None,
) -> xr.DataTree:
    """Run a collective and return its draws, one every ``thinning`` sweeps after ``num_warmup``.

    ``seed`` is an integer or a JAX key; ``start`` is ``(n_agents,)`` or ``(num_chains, n_agents)``
    spins (None: fair coins). Same seed, same draws. The tree holds ``posterior["spins"]`` (chain,
    draw, agent), ``sample_stats["energy"]`` and ``["magnetisation"]``, ``constant_data`` (the
    precisions) and, for clamped agents, ``observed_data["clamped_spins"]``. The energy is
    ``-1/2 s^T gamma s - zeta^T s``, eq. (C.41); asymmetric collectives have no such law, and it is
    then only an observable.

    Raises ValueError for counts below their least value, spins that are not ±1, or an unknown
    schedule.
    """
    schedule = parse_schedule(schedule)
    counts = {
        "num_warmup": (num_warmup, 0),
        "num_samples": (num_samples, 1),
        "num_chains": (num_chains, 1),
        "thinning": (thinning, 1),
    }
    for name, (value, least) in counts.items():
        if operator.index(value) < least:
            raise ValueError(
                f"got {name} = {value}; it counts sweeps or chains; give {least} or more"
            )
    start_key, run_key = jax.random.split(key_of(seed))
    draws = plain.run(
        run_key,
        _starting_spins(collective, num_chains, start_key, start),
        who_acts(schedule, collective.sensory_precision, collective.free),
        collective.up_prob_fn(),
        num_warmup=num_warmup,
        num_samples=num_samples,
        thinning=thinning,
        on_progress=on_progress,
    )
    attrs = {
        "inference_library": "pp_spin",
        "schedule": str(schedule),
        "action_rule": str(collective.action_rule),
        "num_warmup": num_warmup,
        "thinning": thinning,
    } | ({} if isinstance(seed, jax.Array) else {"seed": operator.index(seed)})
    return labelled(collective, draws, attrs)


def labelled(
    collective: Collective, draws: NDArray[np.int8], attrs: dict[str, Any] | None = None
) -> xr.DataTree:
    """The ``DataTree`` of draws ``(n_chains, n_draws, n_agents)`` of a collective."""
    names = _labels(collective.nodes)
    data: dict[str, dict[str, Any]] = {
        "posterior": {"spins": draws},
        "sample_stats": {
            "energy": _energy(collective, draws),
            "magnetisation": draws.mean(-1, dtype=np.float64),
        },
        "constant_data": {
            "sensory_precision": collective.sensory_precision,
            "prior_precision": collective.prior_precision,
        },
    }
    dims = {
        "spins": ["agent"],
        "sensory_precision": ["agent", "seen_agent"],
        "prior_precision": ["agent"],
    }
    coords: dict[str, Any] = {"agent": names, "seen_agent": names}
    if collective.clamped:
        data["observed_data"] = {"clamped_spins": np.array(list(collective.clamped.values()))}
        dims["clamped_spins"] = ["clamped_agent"]
        coords["clamped_agent"] = [names[agent] for agent in collective.clamped]
    # ArviZ takes many chains of few draws for an axis mix-up; here they are the rule.
    tree = arviz_base.from_dict(data, coords=coords, dims=dims, check_conventions=False)
    tree.attrs.update(attrs or {})
    return tree


def _starting_spins(
    collective: Collective, num_chains: int, key: jax.Array, start: ArrayLike | None
) -> NDArray[np.int8]:
    shape = (num_chains, collective.n_agents)
    if start is None:
        # Each chain has its own key, so that more chains leave the first ones as they were.
        chain_keys = jax.vmap(lambda chain: jax.random.fold_in(key, chain))(np.arange(num_chains))
        coins = jax.vmap(lambda k: jax.random.rademacher(k, shape[1:], dtype=np.int8))(chain_keys)
        return collective.hold(coins)
    spins = checks.are_spins("start", start)
    if spins.shape not in (shape, shape[1:]):
        raise ValueError(
            f"got start of shape {spins.shape}; it is one configuration for all chains or one per "
            f"chain; give {shape[1:]} or {shape}"
        )
    return collective.hold(np.broadcast_to(spins, shape))


def _energy(collective: Collective, draws: NDArray[np.int8]) -> NDArray[np.float64]:
    # Draw by draw: the product with the precisions is float64 and eight times as large as a draw.
    energies = np.empty(draws.shape[:2])
    for draw in range(draws.shape[1]):
        spins = draws[:, draw].astype(np.float64)
        pair_energy = -((spins @ collective.sensory_precision.T) * spins).sum(-1) / 2
        energies[:, draw] = pair_energy - spins @ collective.prior_precision
    return energies


def _labels(nodes: tuple[Hashable, ...]) -> list[Hashable]:
    labels = [_label(node) for node in nodes]
    # (1, 2) and "1,2" are two nodes: where labels clash, each is written as Python would.
    return labels if len(set(labels)) == len(nodes) else [repr(node) for node in nodes]


def _label(node: Hashable) -> Hashable:
    # Coordinates on disk are numbers or text: a lattice's node (1, 2) is the label "1,2".
    if isinstance(node, tuple):
        return ",".join(map(str, node))
    return node if isinstance(node, int | np.integer | str) else str(node)
