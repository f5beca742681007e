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
from pp_spin.engine import packed, plain, run
from pp_spin.engine.ticks import Ticks, ticks_of
from pp_spin.schedule import Schedule, parse_schedule, random_scan
from pp_spin.seed import key_of
from pp_spin.who_acts import who_acts

ENGINES = (packed.NAME, plain.NAME)

FEWEST_PACKED = 8
"""Chains from which on a word of 32 of them is worth while, however many of its bits are idle."""

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
    engine: str | None = None,
    on_progress: ProgressFn | None = None,
) -> xr.DataTree:
    """Run a collective and return its draws, one every ``thinning`` sweeps after ``num_warmup``.

    ``seed`` is an integer or a JAX key; ``start`` is ``(n_agents,)`` or ``(num_chains, n_agents)``
    spins (None: fair coins). Same seed, same draws. The tree holds ``posterior["spins"]`` (chain,
    draw, agent), ``sample_stats["energy"]`` and ``["magnetisation"]``, ``constant_data`` (the
    precisions; above `checks.DENSE_LIMIT` agents tie by tie, as ``seer``, ``seen`` and
    ``tie_precision``) and, for clamped agents, ``observed_data["clamped_spins"]``. The energy is
    ``-1/2 s^T gamma s - zeta^T s``, eq. (C.41); asymmetric collectives have no such law, and it is
    then only an observable.

    ``engine`` is chosen by what the collective is: "packed" (32 chains in a word; see
    `engine.packed` for whom), else "plain" (any collective of a dense table's size); a name forces
    it. ``attrs["engine"]`` says which ran. Engines draw from different streams, by the same law.

    Raises ValueError for counts below their least value, spins that are not ±1, an unknown schedule
    or engine, or an engine that cannot run this collective, saying why.
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
    draws, chosen = raw_draws(
        collective,
        schedule,
        _starting_spins(collective, num_chains, start_key, start),
        run_key,
        engine,
        on_progress,
        num_warmup=num_warmup,
        num_samples=num_samples,
        thinning=thinning,
    )
    attrs = {
        "inference_library": "pp_spin",
        "schedule": str(schedule),
        "action_rule": str(collective.action_rule),
        "engine": chosen,
        "num_warmup": num_warmup,
        "thinning": thinning,
    } | ({} if isinstance(seed, jax.Array) else {"seed": operator.index(seed)})
    return labelled(collective, draws, attrs)


def raw_draws(
    collective: Collective,
    schedule: Schedule,
    start: NDArray[np.int8],
    rng_key: jax.Array,
    engine: str | None = None,
    on_progress: ProgressFn | None = None,
    **counts: int,
) -> tuple[NDArray[np.int8], str]:
    """Draws ``(n_chains, num_samples, n_agents)`` from ``start``, and the engine that ran.

    ``counts`` are ``num_warmup``, ``num_samples`` and ``thinning``. Raises ValueError as `sample`.
    """
    ticks = ticks_of(collective.ties, collective.free, schedule)
    chosen = _engine_for(collective, ticks, len(start), engine)
    if chosen == packed.NAME and ticks is not None:
        return run.run(rng_key, start, collective, ticks, on_progress=on_progress, **counts), chosen
    acting = who_acts(schedule, collective.ties, collective.free)
    conditional = collective.up_prob_fn()
    return plain.run(rng_key, start, acting, conditional, on_progress=on_progress, **counts), chosen


def _engine_for(
    collective: Collective, ticks: Ticks | None, num_chains: int, wanted: str | None
) -> str:
    if wanted not in (None, *ENGINES):
        raise ValueError(
            f"got engine = {wanted!r}; there is no such engine; take one of {', '.join(ENGINES)}, "
            "or None for the one that suits"
        )
    reason = packed.unsuited(collective, ticks)
    if wanted == packed.NAME and reason is not None:
        raise ValueError(
            f"got engine = {wanted!r} for a collective that it cannot run: {reason}; leave engine "
            "out for the one that suits"
        )
    if wanted is not None:
        return wanted
    large = collective.n_agents > checks.DENSE_LIMIT  # beyond the plain engine's dense table
    return packed.NAME if reason is None and (large or num_chains >= FEWEST_PACKED) else plain.NAME


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
        "constant_data": {"prior_precision": collective.prior_precision},
    }
    dims = {"spins": ["agent"], "prior_precision": ["agent"]}
    coords: dict[str, Any] = {"agent": names}
    if collective.n_agents <= checks.DENSE_LIMIT:
        data["constant_data"]["sensory_precision"] = collective.sensory_precision
        dims["sensory_precision"] = ["agent", "seen_agent"]
        coords["seen_agent"] = names
    else:
        ties = collective.ties.tocoo()
        data["constant_data"] |= {"seer": ties.row, "seen": ties.col, "tie_precision": ties.data}
        dims |= {name: ["tie"] for name in ("seer", "seen", "tie_precision")}
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
        pair_energy = -((collective.ties @ spins.T).T * spins).sum(-1) / 2
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
