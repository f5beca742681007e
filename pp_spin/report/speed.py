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
from pp_spin.report.drawing import DASHES, FAINT, INK, LINES, canvas, logarithmic, svg_of
from pp_spin.report.wording import plain

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
    peers = _figures(lines)
    return [_standing(result, peers) for result in results]


def _figures(lines: str) -> dict[tuple[str, str], float]:
    peers: dict[tuple[str, str], float] = {}
    for number, line in enumerate(lines.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            peer, job = str(record["peer"]), _our_name(str(record["job"]))
            speed = float(record.get("flips_per_ns") or 0.0)
            if not math.isfinite(speed):
                raise ValueError("the figure is not finite")
        except (ValueError, TypeError, KeyError, AttributeError) as mistake:
            raise ValueError(
                f"got line {number} of the peers' figures, {line[:60]!r}, which is no record of a "
                'timing; each line is {"peer": name, "job": name, "flips_per_ns": number}'
            ) from mistake
        peers[peer, job] = max(speed, peers.get((peer, job), 0.0))
    return peers


def peer_records(lines: str) -> list[Document]:
    """The peers' figures as plain data, the quickest of each. Raises ValueError as `standings`."""
    return [
        {"peer": peer, "job": job, "flips_per_ns": speed}
        for (peer, job), speed in _figures(lines).items()
    ]


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


def dots(rows: Sequence[Standing]) -> str:
    """A line for each job with a mark for each who ran it, as SVG: updates per nanosecond.

    The axis is logarithmic, where lengths of bars would say nothing.
    """
    names = sorted({peer for row in rows for peer in row.peers})
    with canvas(8.4, 1.3 + 0.32 * len(rows)) as figure:
        axes = figure.subplots()
        for place, row in enumerate(rows):
            _job(axes, place, row, names)
        for index, name in enumerate(["pp_spin", *names]):
            axes.plot([], [], _mark(index), color=_colour(index), label=_cut(name))
        if any(row.limit is not None for row in rows):
            axes.plot([], [], "|", color=INK, markersize=11, label="limit in C")
        axes.set_yticks(range(len(rows)), [_cut(row.ours["job"]) for row in rows], fontsize=9)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        logarithmic(axes, "x")
        axes.set_xlabel("updates per nanosecond (median; line: range)")
        axes.grid(color=FAINT, alpha=0.25, linewidth=0.6)
        figure.legend(frameon=False, fontsize=8, loc="outside upper center", ncols=len(names) + 2)
        return svg_of(figure, "speed-")


def _job(axes: Axes, place: int, row: Standing, names: Sequence[str]) -> None:
    ours = row.ours["updates_per_ns"]
    for index, name in enumerate(names, start=1):
        if name in row.peers:
            axes.plot(row.peers[name], place, _mark(index), color=_colour(index))
    if row.limit is not None:
        axes.plot(row.limit, place, "|", color=INK, markersize=11)
    axes.plot([row.ours["lowest"], row.ours["highest"]], [place] * 2, color=INK, linewidth=1)
    axes.plot(ours, place, _mark(0), color=_colour(0))
    axes.annotate(
        f"{ours:.3g}", (ours, place), (0, 5), textcoords="offset points", ha="center", fontsize=7
    )


def _cut(name: str) -> str:
    """A name that leaves room for the drawing."""
    name = plain(name)
    return name if len(name) <= 40 else f"{name[:39]}…"


MARKS = ("o", "s", "^", "D", "v", "P")


def _mark(index: int) -> str:
    return MARKS[index % len(MARKS)]


def has_growth(results: Sequence[Document]) -> bool:
    """Whether some kind of graph was timed at sizes enough for a line."""
    return any(_lines(results, *along) for along in (_AGENTS, _CHAINS))


_AGENTS, _CHAINS = ("n_agents", "n_chains"), ("n_chains", "n_agents")


def _lines(
    results: Sequence[Document], along: str, fixed: str
) -> dict[tuple[str, int], list[tuple[int, float]]]:
    lines: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for result in results:
        kind = re.sub(r"_(n?\d+|c\d+)", "", result["job"])
        point = result[along], 1 / result["updates_per_ns"]
        lines.setdefault((kind, result[fixed]), []).append(point)
    return {key: sorted(points) for key, points in lines.items() if len(points) > 2}


def growth(results: Sequence[Document]) -> str:
    """Time of an update against agents, and against chains, as SVG; flat is linear growth."""
    with canvas(8.4, 3.5) as figure:
        left, right = figure.subplots(1, 2, sharey=True)
        _curve(left, results, *_AGENTS, "agents", "chains")
        _curve(right, results, *_CHAINS, "chains", "agents")
        left.set_ylabel("nanoseconds per update")
        return svg_of(figure, "growth-")


def _curve(
    axes: Axes, results: Sequence[Document], along: str, fixed: str, what: str, other: str
) -> None:
    """A line for each kind of graph and each number of the ``fixed`` that has several points."""
    curves = _lines(results, along, fixed)
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
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.set_xlabel(what)
    if curves:
        axes.legend(frameon=False, fontsize=8)


def _colour(index: int) -> str:
    return (*LINES, FAINT)[index % (len(LINES) + 1)]
