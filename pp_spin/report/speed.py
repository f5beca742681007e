"""Benchmarks beside each other: this sampler, its peers, the processor's limit; and how it grows.

Peers come as JSON lines, ``{"peer": …, "job": …, "flips_per_ns": …}``, such as any timing script
can write; lines without a figure (a job that was skipped) are passed over. A peer called
``c_limit`` is the limit, not a rival. A job with real precisions (``_real``) is compared with the
same job of other samplers, who take no advantage of equal ones.
"""

import json
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from rich.table import Table

from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, INK, LINES, canvas, svg_of

LIMIT = "c_limit"

_LIMIT_JOBS = (
    (r"lattice_(\d+)x\1_c(\d+)", r"lat_\1_c\2"),
    (r"sk_sync_n(\d+)_c(\d+)", r"sk_n\1_c\2_sync"),
    (r"sk_flip_n(\d+)_c(\d+)", r"sk_n\1_c\2"),
)


_FIGURES = (
    *("updates_per_ns", "lowest", "highest"),
    *("first_draw_seconds", "z", "n_agents", "n_chains"),
)


class Standing(NamedTuple):
    """A job's figures, all in updates per nanosecond."""

    ours: Document
    """as ``pp-spin bench --json`` writes it"""
    peers: dict[str, float]
    limit: float | None

    @property
    def best_peer(self) -> str | None:
        """The quickest peer, if there is one."""
        return max(self.peers, key=lambda peer: self.peers[peer], default=None)

    @property
    def ratio(self) -> float | None:
        """How many times as quick as the best peer."""
        best = self.best_peer
        return None if best is None else self.ours["updates_per_ns"] / self.peers[best]


def standings(results: Sequence[Document], lines: str) -> list[Standing]:
    """Each result beside the peers' figures for its job, the quickest of each peer's.

    Raises ValueError, naming the line, where one is not such a record.
    """
    peers: dict[tuple[str, str], float] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            peer, job = str(record["peer"]), _our_name(str(record["job"]))
            speed = float(record.get("flips_per_ns") or 0.0)
        except (ValueError, TypeError, KeyError, AttributeError) as mistake:
            raise ValueError(
                f"got line {number} of the peers' figures, {line[:60]!r}, which is no record of a "
                'timing; each line is {"peer": name, "job": name, "flips_per_ns": number}'
            ) from mistake
        peers[peer, job] = max(speed, peers.get((peer, job), 0.0))
    return [_standing(result, peers) for result in results]


def earlier_results(text: str) -> list[Document]:
    """The results that ``pp-spin bench --json`` has written.

    Raises ValueError where the text is no list of them.
    """
    try:
        results = json.loads(text)
        for result in results:
            if not all(math.isfinite(result[figure]) for figure in _FIGURES):
                raise ValueError("a figure is not finite")
            _our_name(result["job"])
    except (ValueError, TypeError, KeyError) as mistake:
        raise ValueError(
            f"got earlier results, {text[:60]!r}, which are no list of timings ({mistake!r}); give "
            "a file that `pp-spin bench --json` has written"
        ) from mistake
    return list(results)


def _standing(result: Document, peers: dict[tuple[str, str], float]) -> Standing:
    job = result["job"]
    if all(of != job for _, of in peers):
        job = job.replace("_real", "")
    there = {peer: speed for (peer, of), speed in peers.items() if of == job and speed > 0}
    return Standing(result, {p: s for p, s in there.items() if p != LIMIT}, there.get(LIMIT))


def _our_name(job: str) -> str:
    for theirs, ours in _LIMIT_JOBS:
        if re.fullmatch(theirs, job):
            return re.sub(theirs, ours, job)
    return job


def table(rows: Sequence[Standing], *, with_peers: bool) -> Table:
    """The rows as a table for a terminal."""
    columns = ["job", "engine", "updates/ns", "lowest - highest", "first draw", "z"]
    shown = Table(*columns, *(["best peer", "ratio"] if with_peers else []))
    for row in rows:
        ours = row.ours
        cells = [
            ours["job"],
            ours["engine"],
            f"{ours['updates_per_ns']:.3g}",
            f"{ours['lowest']:.3g} - {ours['highest']:.3g}",
            f"{ours['first_draw_seconds']:.1f} s",
            f"{ours['z']:+.1f}",
        ]
        if row.best_peer is not None and row.ratio is not None:
            cells += [f"{row.best_peer} {row.peers[row.best_peer]:.3g}", f"{row.ratio:.3g}"]
        shown.add_row(*cells)
    return shown


def bars(rows: Sequence[Standing]) -> str:
    """A bar for each job and each who ran it, as SVG: updates per nanosecond, logarithmic."""
    names = sorted({peer for row in rows for peer in row.peers})
    with canvas(8.4, 1.2 + 0.5 * len(rows)) as figure:
        axes = figure.subplots()
        height = 0.8 / (len(names) + 1)
        for place, row in enumerate(rows):
            speeds = {"pp_spin": row.ours["updates_per_ns"]} | row.peers
            for index, name in enumerate(["pp_spin", *names]):
                if name in speeds:
                    at = place - 0.4 + height * (index + 0.5)
                    axes.barh(at, speeds[name], height, color=_colour(index))
            low, high = row.ours["lowest"], row.ours["highest"]
            axes.plot([low, high], [place - 0.4 + height / 2] * 2, color=INK, linewidth=1)
            if row.limit is not None:
                axes.plot([row.limit] * 2, [place - 0.42, place + 0.42], color=INK, linestyle=":")
        for index, name in enumerate(["pp_spin", *names]):
            axes.barh(0, 0, color=_colour(index), label=name)
        if any(row.limit is not None for row in rows):
            axes.plot([], [], color=INK, linestyle=":", label="limit in C")
        axes.set_yticks(range(len(rows)), [row.ours["job"] for row in rows])
        axes.invert_yaxis()
        axes.set_xscale("log")
        axes.set_xlabel("updates per nanosecond (median; line: range)")
        axes.legend(frameon=False, fontsize=8, loc="best")
        return svg_of(figure, "speed-")


def growth(results: Sequence[Document]) -> str:
    """Time of an update against agents, and against chains, as SVG; flat is linear growth."""
    with canvas(8.4, 3.5) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        _curve(left, results, "n_agents", "n_chains", "agents", "chains")
        _curve(right, results, "n_chains", "n_agents", "chains", "agents")
        left.set_ylabel("nanoseconds per update")
        return svg_of(figure, "growth-")


def _curve(
    axes: Axes, results: Sequence[Document], along: str, fixed: str, what: str, other: str
) -> None:
    """A line for each kind of graph and each number of the ``fixed`` that has several points."""
    lines: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for result in results:
        kind = re.sub(r"_(n?\d+|c\d+)", "", result["job"])
        point = result[along], 1 / result["updates_per_ns"]
        lines.setdefault((kind, result[fixed]), []).append(point)
    curves = {key: sorted(points) for key, points in lines.items() if len(points) > 2}
    for index, ((kind, number), points) in enumerate(sorted(curves.items())):
        x, y = zip(*points, strict=True)
        axes.plot(
            x,
            y,
            color=_colour(index),
            linestyle=DASHES[index % len(DASHES)],
            marker="o",
            label=f"{kind}, {number} {other}",
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(what)
    if curves:
        axes.legend(frameon=False, fontsize=8)


def _colour(index: int) -> str:
    return (*LINES, FAINT)[index % (len(LINES) + 1)]
