"""Lattices under four schedules, moving: a strip of frames behind a window, without script.

The page's style moves the strip; where motion is unwanted, and on paper, it rests at the last
frame, with stills of earlier ones below.
"""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from pp_spin.report.document import Document
from pp_spin.report.drawing import DASHES, FAINT, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import number, plain

NAMESPACE = "http://www.w3.org/2000/svg"

COLUMN, CELL, STILL_CELL = 216, 6, 1.4
"""Width of a schedule's column, and of a spin in the moving frame and in a still."""


def picture(data: Document) -> Picture:
    """The moving lattices, and how two numbers of each go with the sweeps."""
    rows, columns = data["sides"]
    return Picture(
        "One at a time a lattice orders; all at once it flickers",
        drawing(data),
        description(data),
        f"A {rows}x{columns} periodic lattice of precision {number(data['precision'])}, no prior, "
        "from one start, a chain of each schedule; blue is up. All at once, each sublattice hears "
        "only the other's past: the two order by themselves, and where they settle on opposite "
        "sides a checkerboard turns over at every tick. A half-synchronous lattice orders, by a "
        "law of its own. One chain each, drawn to be seen: what is held to a level, exactly and "
        "on smaller systems, are the claims named here. Motion stops under the pointer.",
        (
            "synchronous_law_factorises_on_a_bipartite_graph",
            "parallel_updates_sample_another_law",
            "partial_synchrony_has_neither_law",
            "independent_agents_may_act_together",
        ),
    )


def drawing(data: Document) -> str:
    """Frames above, curves below: two ``<svg>`` elements."""
    return _film(data) + _curves(data)


def description(data: Document) -> str:
    """What it shows, in words and with its numbers."""
    told = "; ".join(
        f"{entry['schedule']}: {number(float(entry['agreement'][-1]))} of tied pairs agree, "
        f"{number(float(entry['changed'][-1]))} of the spins changed in the last sweep"
        for entry in data["schedules"]
    )
    rows, columns = data["sides"]
    n_sweeps = len(data["schedules"][0]["frames"]) - 1
    return (
        f"A lattice of {rows}x{columns} agents, precision {number(data['precision'])}, over "
        f"{n_sweeps} sweeps of each schedule from one start. After the last: {told}."
    )


def _film(data: Document) -> str:
    rows, columns = data["sides"]
    width, height = COLUMN * len(data["schedules"]), 30 + CELL * (rows + 4) + STILL_CELL * rows + 24
    parts = [
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {width} {height:g}" fill="currentColor">',
        f'<clipPath id="lattices-window"><rect width="{columns}" height="{rows + 4}"/></clipPath>',
    ]
    for place, entry in enumerate(data["schedules"]):
        left = COLUMN * place + (COLUMN - CELL * columns) / 2
        parts.append(f'<g transform="translate({left:g} 0)">')
        parts.append(f'<text y="20" font-size="14.5">{escape(plain(entry["schedule"]))}</text>')
        parts.extend(_moving(f"lattices-{place}", entry["frames"], rows, columns))
        parts.extend(_stills(f"lattices-{place}", len(entry["frames"]), rows, columns))
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def _moving(name: str, frames: Sequence[Sequence[str]], rows: int, columns: int) -> Iterator[str]:
    """The window and the strip behind it, at rest before its last frame."""
    n, paper = len(frames), f"var(--card, {PAPER})"
    yield f'<g transform="translate(0 30) scale({CELL})">'
    yield (
        f'<rect width="{columns}" height="{rows}" fill="{paper}" stroke="{FAINT}" '
        'stroke-width=".3"/><g clip-path="url(#lattices-window)">'
    )
    yield (
        f'<g class="frames" style="animation-timing-function:steps({n})" '
        f'transform="translate({-columns * (n - 1)})">'
        f'<rect width="{columns * n}" height="{rows}" fill="none"/>'
    )
    for sweep, frame in enumerate(frames):
        yield f'<g transform="translate({columns * sweep})">'
        yield (
            f'<path id="{name}-{sweep}" d="{_ups(frame, columns)}" fill="none" '
            f'stroke="var(--line-1, {LINES[0]})" shape-rendering="crispEdges"/>'
            f'<text y="{rows + 2.7}" font-size="2.2">sweep {sweep}</text></g>'
        )
    yield "</g></g></g>"


def _stills(name: str, n_frames: int, rows: int, columns: int) -> Iterator[str]:
    """Four frames again, small: the first ones, and the last two beside each other."""
    shown = sorted({0, min(4, n_frames - 1), max(0, n_frames - 2), n_frames - 1})
    top, step = 30 + CELL * (rows + 4), (CELL * columns) / 4
    for place, sweep in enumerate(shown):
        yield f'<g transform="translate({step * place:g} {top}) scale({STILL_CELL})">'
        yield (
            f'<rect width="{columns}" height="{rows}" fill="none" stroke="{FAINT}" '
            f'stroke-width=".7"/><use href="#{name}-{sweep}"/></g>'
        )
        below = top + STILL_CELL * rows + 15
        yield f'<text x="{step * place:g}" y="{below:g}" font-size="12">{sweep}</text>'


def _ups(frame: Sequence[str], columns: int) -> Markup:
    """The runs of ups in each row as strokes along its middle; a row is hexadecimal digits."""
    strokes = []
    for row, digits in enumerate(frame):
        bits = f"{int(digits, 16):0{4 * len(digits)}b}"[:columns]
        end = None
        for run, first in _runs(bits):
            start = f"M{first} {row}.5" if end is None else f"m{first - end} 0"
            strokes.append(f"{start}h{run}")
            end = first + run
    return Markup("".join(strokes))


def _runs(bits: str) -> Iterator[tuple[int, int]]:
    """Length and first place of each run of ones."""
    place = 0
    for part in bits.replace("01", "0 1").replace("10", "1 0").split():
        if part[0] == "1":
            yield len(part), place
        place += len(part)


def _curves(data: Document) -> str:
    with canvas(8.4, 2.9) as figure:
        left, right = figure.subplots(1, 2)
        for index, entry in enumerate(data["schedules"]):
            look = {"color": LINES[index % len(LINES)], "linestyle": DASHES[index % len(DASHES)]}
            agreement, changed = entry["agreement"], entry["changed"]
            left.plot(range(len(agreement)), agreement, label=str(entry["schedule"]), **look)
            right.plot(range(1, len(changed) + 1), changed, **look)
        left.set_title("Tied pairs that agree", fontsize=10)
        right.set_title("Spins that changed since the sweep before", fontsize=10)
        for axes in (left, right):
            axes.set_xlabel("sweep")
            axes.set_ylabel("share")
            axes.set_ylim(0, 1.02)
            axes.axhline(0.5, color=FAINT, linewidth=0.7, zorder=0)
        figure.legend(loc="outside lower center", ncols=4, frameon=False, handlelength=2.6)
        return svg_of(figure, "lattices-curves-")
