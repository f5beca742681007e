"""Plots of a run's chains, drawn by ArviZ: ranks, autocorrelation and trace of each observable.

A diagnostic, never a verdict. The same draws give the same drawing. Ties, of which discrete
energies are full, are ranked at random. ArviZ's bands are left out: that of the ranks is for
independent draws, which these are not, and its autocorrelation's is for as many draws as lags.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import arviz_plots
import matplotlib as mpl
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pp_spin.evidence.convergence import LABEL, state_of
from pp_spin.report.drawing import STYLE

FORMATS = (".png", ".svg", ".pdf")
MOST_CHAINS = 8

_arviz: Any = arviz_plots  # it is typed, but does not say what it exports
_NO_DATE: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}
_LONGEST_LAG = 100
_ONE_SIMULATION = {"ecdf_pit": {"n_simulations": 1}}
_NO_BAND = {"credible_interval": False}


def chain_plots(series: Mapping[str, NDArray[np.float64]], suffix: str) -> bytes:
    """A drawing, of the format ``suffix`` of `FORMATS`, of series ``(n_chains, n_draws)`` by name.

    A row for each series, a line for each of its first `MOST_CHAINS` chains: the Δ-ECDF of ranks
    (what lies on 0 where chains agree), the autocorrelation, the trace.
    """
    most = max(map(len, series.values()))
    cut = f", the first {MOST_CHAINS} of {most}" if most > MOST_CHAINS else ""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(11, 0.8 + 2.4 * len(series)), layout="constrained")
        figure.suptitle(f"Chains{cut}: {LABEL}")
        rows = figure.subplots(len(series), 3, squeeze=False)
        for axes, (name, values) in zip(rows, series.items(), strict=True):
            _row(axes, name, values[:MOST_CHAINS])
        drawn = io.BytesIO()
        figure.savefig(drawn, format=suffix[1:], dpi=150, metadata=_NO_DATE[suffix])
    return drawn.getvalue()


def check_format(file: Path) -> None:
    """Raise ValueError where the name of a file says no format that can be drawn."""
    if file.suffix not in FORMATS:
        raise ValueError(
            f"got {file.name!r}, which says no format of a drawing; the end of its name chooses "
            f"one; name a file that ends in {', '.join(FORMATS)}"
        )


def _row(axes: NDArray[Any], name: str, values: NDArray[np.float64]) -> None:
    ranked, correlated, traced = axes
    state, _ = state_of(values)
    if state == "varies":
        lags = min(_LONGEST_LAG, values.shape[1] - 1)
        # The band's simulation runs even where the band is not drawn.
        bare = {"visuals": _NO_BAND | {"remove_axis": False}, "stats": _ONE_SIMULATION}
        _draw(_arviz.plot_rank, ranked, name, _untied(values), **bare)
        with np.errstate(divide="ignore", invalid="ignore"):  # a chain that never varies has none
            _draw(
                *(_arviz.plot_autocorr, correlated, name, values),
                visuals=_NO_BAND,
                max_lag=lags,
            )
        ranked.set_ylabel("Δ-ECDF of ranks")
        correlated.set_ylabel("autocorrelation")
    else:
        for empty in (ranked, correlated):
            empty.set_axis_off()
            empty.text(0.5, 0.5, f"{name}: {state}", ha="center", va="center")
    _draw(_arviz.plot_trace, traced, name, values)


def _draw(
    plot: Callable[..., Any], axes: Axes, name: str, values: NDArray[np.float64], **options: Any
) -> None:
    data = xr.Dataset({name: (("chain", "draw"), values)}).assign_coords(
        chain=np.arange(values.shape[0]), draw=np.arange(values.shape[1])
    )
    place = np.array(axes, dtype=object)
    # ArviZ's own grid of figures fails with the xarray of today; a place on ours does not.
    places = _arviz.PlotCollection(
        data,
        xr.DataTree.from_dict({"plot": xr.Dataset({name: ((), place)})}),
        backend="matplotlib",
        aes={"color": ["chain"], "overlay": ["chain"]},
    )
    tree = xr.DataTree.from_dict({"posterior": data})
    plot(tree, plot_collection=places, **options)


def _untied(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks of all values together, equal ones in random order (of a constant seed)."""
    order = np.lexsort((np.random.default_rng(0).random(values.size), values.ravel()))
    ranks = np.empty(values.size)
    ranks[order] = np.arange(values.size)
    return ranks.reshape(values.shape)
