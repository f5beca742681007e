"""Draws as ArviZ sees them: ``sample`` runs a collective and returns a labelled ``DataTree``.

Below this module, draws are arrays ``(n_chains, n_draws, n_agents)``. What ArviZ computes from a
tree (`convergence`) is diagnosis, never a verdict.
"""

import warnings
from collections.abc import Hashable
from pathlib import Path
from typing import Any, SupportsIndex

import arviz_base
import jax
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from pp_spin import checks
from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.engine.driver import Counts, OnProgress
from pp_spin.evidence.order import order_of
from pp_spin.evidence.start import Start, started
from pp_spin.schedule import Schedule, random_scan


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
    resume: xr.DataTree | None = None,
    on_progress: OnProgress | None = None,
) -> xr.DataTree:
    """Run a collective and return its draws, one every ``thinning`` sweeps after ``num_warmup``.

    ``seed`` is an integer or a JAX key; ``start`` is ``(n_agents,)`` or ``(num_chains, n_agents)``
    spins (None: fair coins). Same seed, same draws. The tree holds ``posterior["spins"]`` (chain,
    draw, agent), ``sample_stats["energy"]`` and ``["magnetisation"]``, ``constant_data`` (the
    precisions; above `checks.DENSE_LIMIT` agents tie by tie, as ``seer``, ``seen`` and
    ``tie_precision``; of a chromatic run ``tick``, when in a sweep each agent acts, as `order` has
    it) and, for clamped agents, ``observed_data["clamped_spins"]``. The energy is
    ``-1/2 s^T gamma s - zeta^T s``, eq. (C.41); asymmetric collectives have no such law, and it is
    then only an observable.

    ``engine`` is chosen by what the collective is (`engine.choice`); a name forces it.
    ``attrs["engine"]`` says which ran. Engines draw from different streams, by the same law.

    A run that is interrupted (Ctrl-C) warns and returns the draws that it has, with
    ``attrs["interrupted"]``. ``resume`` takes such a tree, or any that is to be longer, with the
    arguments that it was made with, and goes on to ``num_samples`` draws in all: the very draws
    that one run would have made.

    Raises ValueError as `start.started`, and for a tree to resume that other arguments have made.
    """
    counts = Counts(num_warmup, num_samples, thinning)
    if resume is not None:
        if start is not None:
            raise ValueError(
                "got start and resume; a run goes on from where it ended; leave out start"
            )
        engine = engine or resume.attrs.get("engine")
    run = started(collective, schedule, counts, num_chains, seed, start, engine)
    made = run.spins[:, None][:, :0] if resume is None else _made(resume, run, collective)
    if resume is not None:
        before = num_warmup + made.shape[1] * thinning
        counts = Counts(0, num_samples - made.shape[1], thinning, sweeps_before=before)
        run = run._replace(spins=made[:, -1], counts=counts)
    drawn = driver.draws(run.key, run.spins, run.plan, run.counts, on_progress=on_progress)
    draws = np.concatenate([made, drawn], axis=1) if made.size else drawn
    attrs = run.attrs | warned_if_interrupted(draws.shape[1], num_samples)
    return labelled(collective, draws, attrs, order_of(collective, run.schedule))


def warned_if_interrupted(n_draws: int, num_samples: int) -> dict[str, int]:
    """What is to be kept with fewer draws than were wanted, of whom the caller is warned."""
    if n_draws == num_samples:
        return {}
    warnings.warn(
        f"interrupted after {n_draws} of {num_samples} draws, which are kept",
        RuntimeWarning,
        stacklevel=3,
    )
    return {"interrupted": 1}


def read_draws(file: Path) -> xr.DataTree:
    """The tree of `sample` in a NetCDF file, in memory.

    Raises FileNotFoundError where there is no such file, ValueError where it holds no such tree.
    """
    if not file.is_file():
        raise FileNotFoundError(f"got {file}; there is no such file; give one of draws")
    try:
        with xr.open_datatree(file, engine="h5netcdf") as stored:
            tree = stored.load()
        tree.attrs["engine"], tree["posterior"]["spins"]
    except (OSError, KeyError, ValueError) as mistake:
        raise ValueError(
            f"got {file}, which holds no draws ({mistake}); give a file that sample has made"
        ) from mistake
    return tree


def _made(tree: xr.DataTree, run: Start, collective: Collective) -> NDArray[np.int8]:
    """The draws ``(num_chains, n, n_agents)`` of a tree that this run would have made too."""
    made = tree["posterior"]["spins"].to_numpy()
    others = [
        f"{name} {tree.attrs.get(name)}, not {run.attrs.get(name)}"
        for name in sorted({*run.attrs, "seed", "key"})
        if tree.attrs.get(name) != run.attrs.get(name)
        # Runs of before it was written down do not say.
        and (name in tree.attrs or name != "inference_library_version")
    ]
    if len(made) != len(run.spins):
        others.append(f"{len(made)} chains, not {len(run.spins)}")
    expected = labelled(collective, made[:1, :1], order=order_of(collective, run.schedule))
    for group in ("constant_data", "observed_data"):
        ours, theirs = (
            t[group].to_dataset() if group in t else xr.Dataset() for t in (expected, tree)
        )
        if not ours.equals(theirs):
            others.append(f"other {group.replace('_', ' ')}")
    if others:
        raise ValueError(
            f"got a run to resume of {'; '.join(others)}; draws go on only as they began; give the "
            "arguments that it was made with"
        )
    if made.shape[1] >= run.counts.num_samples:
        raise ValueError(
            f"got a run to resume of {made.shape[1]} draws and num_samples = "
            f"{run.counts.num_samples}, the draws in all; there is nothing left to do; ask for more"
        )
    return made


def labelled(
    collective: Collective,
    draws: NDArray[np.int8],
    attrs: dict[str, Any] | None = None,
    order: NDArray[np.int64] | None = None,
) -> xr.DataTree:
    """The ``DataTree`` of draws ``(n_chains, n_draws, n_agents)`` of a collective.

    ``order`` ``(n_agents,)`` is kept as ``constant_data["tick"]``, as `order.order_of` makes it.
    """
    names = labels_of(collective.nodes)
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
    if order is not None:
        data["constant_data"]["tick"] = order
        dims["tick"] = ["agent"]
    if collective.clamped:
        data["observed_data"] = {"clamped_spins": np.array(list(collective.clamped.values()))}
        dims["clamped_spins"] = ["clamped_agent"]
        coords["clamped_agent"] = [names[agent] for agent in collective.clamped]
    # ArviZ takes many chains of few draws for an axis mix-up; here they are the rule.
    tree = arviz_base.from_dict(data, coords=coords, dims=dims, check_conventions=False)
    tree.attrs.update(attrs or {})
    return tree


def _energy(collective: Collective, draws: NDArray[np.int8]) -> NDArray[np.float64]:
    # Draw by draw: the product with the precisions is float64 and eight times as large as a draw.
    energies = np.empty(draws.shape[:2])
    for draw in range(draws.shape[1]):
        spins = draws[:, draw].astype(np.float64)
        pair_energy = -((collective.ties @ spins.T).T * spins).sum(-1) / 2
        energies[:, draw] = pair_energy - spins @ collective.prior_precision
    return energies


def labels_of(nodes: tuple[Hashable, ...]) -> list[Hashable]:
    """The names of agents as coordinates: numbers or text, no two alike."""
    labels = [_label(node) for node in nodes]
    # (1, 2) and "1,2" are two nodes: where labels clash, each is written as Python would.
    return labels if len(set(labels)) == len(nodes) else [repr(node) for node in nodes]


def _label(node: Hashable) -> Hashable:
    # Coordinates on disk are numbers or text: a lattice's node (1, 2) is the label "1,2".
    if isinstance(node, tuple):
        return ",".join(map(str, node))
    return node if isinstance(node, int | np.integer | str) else str(node)
