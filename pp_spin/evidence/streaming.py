"""Sums over draws that are never kept: for systems too large, or runs too long, to store.

``summarise`` runs as ``sample`` does, draw for draw, and folds each draw into sums inside the
compiled loop: how often each agent is up, how often tied agents agree, moments and histograms of
the energy and the magnetisation, and, for up to `MOST_COUNTED` agents, how often each configuration
was seen. Memory depends on the agents, the ties and the chains, not on the length of the run.

What is summed, and how precisely, is `sums`.
"""

from typing import Any, SupportsIndex

import numpy as np
import xarray as xr
from jax import Array
from numpy.typing import ArrayLike, NDArray

from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.engine.driver import Counts, Observer, OnProgress
from pp_spin.evidence.diagnostics import labels_of, warned_if_interrupted
from pp_spin.evidence.start import started
from pp_spin.evidence.sums import (
    BINS,
    Sums,
    bound_of,
    empty_sums,
    of_a_call,
    pairs_of,
    ties_of,
    with_draw,
)
from pp_spin.schedule import Schedule, random_scan

CALL_DRAWS = 2**8
"""Draws of a call at most: single precision rounds their sums by 2e-6 at worst."""


def summarise(
    collective: Collective,
    schedule: str | Schedule = random_scan,
    *,
    num_warmup: int = 100,
    num_samples: int = 1000,
    num_chains: int = 4,
    thinning: int = 1,
    seed: SupportsIndex | Array = 0,
    start: ArrayLike | None = None,
    engine: str | None = None,
    energy_range: tuple[float, float] | None = None,
    on_progress: OnProgress | None = None,
) -> xr.Dataset:
    """Run a collective and return sums over its draws, which are those that `sample` would keep.

    Arguments as for `sample`; ``energy_range`` of the histogram is per agent (None: all there can
    be). The dataset holds ``mean_spin`` (agent); ``agreement`` (tie), the mean product of tied
    agents, who are ``first`` and ``second``; of each chain the mean energy per agent and its
    variance, ``energy`` and ``energy_variance``, and ``magnetisation``, ``absolute_``,
    ``squared_`` and ``fourth_magnetisation``; ``energy_histogram`` and
    ``magnetisation_histogram``, counts by bin; and ``configurations``, counts by the number whose
    bit i is set where agent i is up, for up to `MOST_COUNTED` agents. Energies beyond the range
    count in the outer bins.

    A run that is interrupted warns and returns what it has, with ``attrs["interrupted"]``. Raises
    ValueError as `sample`, and for an ``energy_range`` that is none.
    """
    counts = Counts(num_warmup, num_samples, thinning)
    run = started(collective, schedule, counts, num_chains, seed, start, engine)
    pairs = pairs_of(collective.ties)
    bound = bound_of(collective, pairs)
    lowest, highest = energy_range or (-bound, bound)
    ends = np.array([lowest, highest]) / bound
    if not np.isfinite(ends).all() or not ends.astype(np.float32)[0] < ends.astype(np.float32)[1]:
        raise ValueError(
            f"got energy_range = ({lowest}, {highest}); bins go up from one finite number to "
            "another that single precision tells from it; give the lower one first"
        )
    data = ties_of(collective, pairs, bound, ends, num_chains)
    empty = empty_sums(data, run.plan.chunk, collective.n_agents)
    # Counts of a call are int32.
    most = max(1, min(CALL_DRAWS, (2**31 - 1) // run.plan.chunk))
    total, done = None, 0
    try:
        for went in driver.rounds(
            run.key, run.spins, run.plan, counts, Observer(empty, with_draw, most, data)
        ):
            if went.n_draws:
                found = of_a_call(went.folded, went.n_draws)
                before = found if total is None else Sums(*map(np.add, total, found))
                total, done = before, went.first + went.n_draws
            if on_progress is not None:
                on_progress(went.n_sweeps, counts.n_sweeps)
    except KeyboardInterrupt:
        if total is None:
            raise
    assert total is not None  # there is at least one draw
    attrs = run.attrs | {"num_samples": done} | warned_if_interrupted(done, num_samples)
    in_bounds = total.energy * np.array([[bound], [bound**2]])
    edges = np.linspace(lowest, highest, BINS + 1)
    sums = total._replace(energy=in_bounds)
    return _labelled(collective, pairs, sums, edges, done, num_chains, attrs)


def _labelled(
    collective: Collective,
    pairs: Any,
    sums: Sums,
    edges: NDArray,
    n_draws: int,
    n_chains: int,
    attrs: dict[str, Any],
) -> xr.Dataset:
    n, names = n_draws * n_chains, np.array(labels_of(collective.nodes))
    if sums.agree.ndim == 1:
        agreement = 2 * sums.agree[: pairs.nnz] / n - 1
    else:
        agreement = sums.agree[pairs.row, pairs.col] / n
    energy, squared = sums.energy[:, :n_chains] / n_draws
    moments = sums.magnetisation[:, :n_chains] / n_draws
    variables = {
        "mean_spin": ("agent", 2 * sums.up / n - 1),
        "agreement": ("tie", agreement),
        "first": ("tie", names[pairs.row]),
        "second": ("tie", names[pairs.col]),
        "energy": ("chain", energy),
        "energy_variance": ("chain", np.maximum(squared - energy**2, 0)),
        "magnetisation": ("chain", moments[0]),
        "absolute_magnetisation": ("chain", moments[1]),
        "squared_magnetisation": ("chain", moments[2]),
        "fourth_magnetisation": ("chain", moments[3]),
        "energy_histogram": ("energy_bin", sums.energy_bins),
        "magnetisation_histogram": ("magnetisation_bin", sums.magnetisation_bins),
    }
    if len(sums.configurations):
        variables["configurations"] = ("configuration", sums.configurations)
    coords = {
        "agent": names,
        "energy_bin": (edges[:-1] + edges[1:]) / 2,
        "magnetisation_bin": (np.arange(BINS) + 0.5) * 2 / BINS - 1,
    }
    return xr.Dataset(variables, coords, attrs)
