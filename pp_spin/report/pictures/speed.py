"""How fast the sampler was on one machine, beside other samplers: timings, and no verdicts."""

import json
import re
from collections.abc import Sequence

from pp_spin.report.document import Document
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.pictures.table import table
from pp_spin.report.speed import Standing, dots, growth, has_growth, standings
from pp_spin.report.wording import number

FAMILIES = {
    "lat": "lattices",
    "rr": "random regular graphs of ± ties",
    "ea": "cubic spin glasses",
    "sk": "all tied to all, Gaussian",
    "tiny": "few agents, all tied",
}
"""In the order of the picture, by how a job's name begins."""


def picture(data: Document) -> Picture:
    """A line of every job, by family and size, and how they grow where there are enough of them."""
    rows = _sorted(data)
    drawing = dots(rows) if rows else ""
    if has_growth(data["results"]):
        drawing += growth(data["results"])
    machines = dict.fromkeys(each.get("machine") or "not said" for each in data["results"])
    shown = [name for name in FAMILIES if any(_is(row, name) for row in rows)]
    named = "; ".join(f"{name}: {FAMILIES[name]}" for name in shown)
    return Picture(
        "Speed: updates of single agents per nanosecond",
        drawing,
        description(rows),
        f"Timings of one machine ({'; '.join(machines)}), not verdicts: they are outside the "
        "content hash, and no claim rests on them. Medians of several stretches of one run, a line "
        f"from the slowest to the quickest of them. Jobs are named by graph and size ({named}), c "
        "is chains, _real is without advantage of equal precisions, _sync all agents at once, "
        "_scan one at a time, drawn anew. z is of the correctness of what was timed, and should be "
        "that of a normal variable. `pp-spin bench` times it on yours.",
        (),
        _table(rows),
    )


def description(rows: Sequence[Standing]) -> str:
    """Every job with its figure and its best peer."""
    told = []
    for row in rows:
        best = f", {row.best_peer} {number(row.peers[row.best_peer])}" if row.best_peer else ""
        told.append(f"{row.ours['job']} {number(float(row.ours['updates_per_ns']))}{best}")
    return f"Updates per nanosecond of each job, logarithmic: {'; '.join(told)}."


def _sorted(data: Document) -> list[Standing]:
    lines = "\n".join(json.dumps(record) for record in data.get("peers") or ())
    return sorted(standings(data["results"], lines), key=_place)


def _place(row: Standing) -> tuple[int, list[str | int]]:
    """By family, then by name with numbers as numbers."""
    family = next((place for place, name in enumerate(FAMILIES) if _is(row, name)), len(FAMILIES))
    parts = re.split(r"(\d+)", row.ours["job"])
    return family, [int(part) if part.isdigit() else part for part in parts]


def _is(row: Standing, family: str) -> bool:
    return re.match(rf"{family}(\d|_)", row.ours["job"]) is not None


def _table(rows: Sequence[Standing]) -> str:
    with_peers = any(row.peers for row in rows)
    headings = ["job", "engine", "updates/ns", "lowest – highest", "first draw", "z"]
    return table(
        headings + (["best peer", "times as quick"] if with_peers else []),
        [[*_cells(row), *(_beside(row) if with_peers else ())] for row in rows],
    )


def _cells(row: Standing) -> list[str]:
    ours = row.ours
    return [
        ours["job"],
        ours.get("engine") or "–",
        number(float(ours["updates_per_ns"])),
        f"{number(float(ours['lowest']))} – {number(float(ours['highest']))}",
        f"{ours['first_draw_seconds']:.1f} s",
        f"{ours['z']:+.1f}",
    ]


def _beside(row: Standing) -> list[str]:
    if row.best_peer is None:
        return ["–", "–"]
    return [f"{row.best_peer} {number(row.peers[row.best_peer])}", number(row.ratio)]
