"""The matrix of faults and instruments as a table, with surprises first, and how many updates.

A cell is a reading: caught or missed where the instrument must see the fault, silent or a false
alarm where it must not, empty where the fault is not for it. Marks differ in shape, and are spoken.
"""

from collections.abc import Sequence

from markupsafe import Markup
from matplotlib.axes import Axes

from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, LINES, PAPER, canvas, logarithmic, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import breakable, number, plain, plural

CAUGHT, MISSED, ALARM, SILENT = (
    ("✓", "caught", "killed"),
    ("✗", "missed", "is-wrong"),
    ("!", "false alarm", "is-wrong"),
    ("○", "silent", "survived"),
)

FIGURES = (
    ("total_variation", "TV"),
    ("relative_entropy", "KL, nats"),
    ("predicted", "updates, predicted"),
    ("observed", "updates, seen"),
    ("draws", "draws needed"),
)


def picture(data: Document) -> Picture:
    """The table of all readings, below the crossings of the e-process against theory."""
    readings = [reading for row in data["rows"] for reading in row["readings"]]
    wrong = sum(not reading["as_it_must_be"] for reading in readings)
    outcome = f"{wrong} not as they must be" if wrong else "all as they must be"
    return Picture(
        f"Mistakes that were put in, and who noticed: {plural(len(data['rows']), 'fault')}, "
        f"{plural(len(readings), 'reading')}, {outcome}",
        drawing(data),
        description(data),
        "Each fault was seeded into the system that an instrument is read on. ✓ caught, as it must "
        "be; ○ silent, as it must be, since nothing is wrong for it; ✗ missed; ! a false alarm; "
        "empty: the fault is not for it. In the drawing faults go by their number in the table. "
        "TV is between the faulty stationary law and the Ising law, KL that of a faulty action, "
        "both exact, on the 3x3 torus; updates predicted are when the best bet of the e-process "
        "should cross by its exact rate of growth, updates seen when "
        f"it did within {data['n_updates']:,}; draws needed are those with which the multinomial "
        "test finds it with probability 0.999. Faults without these numbers "
        "leave the law alone, or have none. Statistical instruments have "
        f"{data['n_chains']:,} chains and level {number(data['alpha'])}.",
        (),
        table(data),
    )


def drawing(data: Document) -> str:
    """Left updates seen against those predicted, right those predicted against KL."""
    predicted = [row for row in data["rows"] if row["predicted"]]
    seen = [row for row in predicted if row["observed"]]
    with canvas(8.4, 4.0) as figure:
        left, right = figure.subplots(1, 2)
        if seen:
            _seen(left, seen)
        if predicted:
            _predicted(right, predicted, data["n_updates"])
        left.set_title("When faults are found, against theory", fontsize=10, loc="left")
        left.set_xlabel("updates predicted from the exact law")
        left.set_ylabel("update at which the e-process crossed")
        right.set_title("How long the smallest would take", fontsize=10, loc="left")
        right.set_xlabel("KL of a faulty action, nats")
        right.set_ylabel("updates predicted")
        return svg_of(figure, "matrix-")


def _seen(axes: Axes, rows: Sequence[Document]) -> None:
    ends = [end(row[name] for row in rows for name in ("predicted", "observed")) for end in _ENDS]
    low, high = ends[0] / 2, ends[1] * 2
    axes.plot([low, high], [low, high], color=FAINT, linewidth=1, label="as predicted")
    for times, label in ((0.5, "half or twice as many"), (2.0, None)):
        bounds = [low * times, high * times]
        axes.plot([low, high], bounds, color=FAINT, linewidth=1, linestyle=":", label=label)
    for row in rows:
        above = row["observed"] > row["predicted"]
        _point(axes, row, row["predicted"], row["observed"], LINES[0], 4 if above else -10)
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.set(xlim=(low, high), ylim=(low, high))
    axes.legend(frameon=False, loc="upper left", fontsize=8)


def _predicted(axes: Axes, rows: Sequence[Document], n_updates: int) -> None:
    for crossed, face, label in ((True, LINES[0], "crossed"), (False, PAPER, "did not cross")):
        points = [row for row in rows if (row["observed"] is not None) is crossed]
        axes.plot(
            [row["relative_entropy"] for row in points],
            [row["predicted"] for row in points],
            "o",
            markersize=5,
            markerfacecolor=face,
            markeredgecolor=LINES[0],
            label=f"{label} within {n_updates:,}",
        )
    for row in rows:
        if row["observed"] is None:
            _point(axes, row, row["relative_entropy"], row["predicted"], None, 5)
    axes.axhline(n_updates, color=FAINT, linewidth=1, linestyle=":", zorder=0)
    logarithmic(axes, "x")
    logarithmic(axes, "y")
    axes.legend(frameon=False, loc="lower left", fontsize=8)


_ENDS = (min, max)


def _point(
    axes: Axes, row: Document, x: float, y: float, colour: str | None, offset: float
) -> None:
    """A dot, unless it has no colour, with the number of its fault."""
    if colour:
        axes.plot(x, y, "o", color=colour, markersize=4)
    number_of = str(row["number"])
    axes.annotate(
        number_of, (x, y), (0, offset), textcoords="offset points", ha="center", fontsize=7
    )


def description(data: Document) -> str:
    """What the drawing shows; the table is text already."""
    predicted = [row for row in data["rows"] if row["predicted"]]
    seen = [row["observed"] for row in predicted if row["observed"]]
    told = (
        f"Updates until the e-process crosses, against relative entropy per action: "
        f"{plural(len(predicted), 'fault')} with a prediction, {len(seen)} crossed within "
        f"{data['n_updates']:,} updates"
    )
    return f"{told}, after {min(seen):,} to {max(seen):,}." if seen else f"{told}."


def table(data: Document) -> str:
    """A row for each fault: surprises first, then those that must be seen, then equivalents."""
    instruments = [each["id"] for each in data["instruments"]]
    rows = data["rows"]
    groups = (
        ("Not as they must be", [row for row in rows if not row["as_it_must_be"]]),
        (
            "Seen by all who must, and by nobody else",
            [row for row in rows if row["as_it_must_be"] and not row["equivalent"]],
        ),
        (
            "Equivalents: nothing to see, and nobody sees it",
            [row for row in rows if row["as_it_must_be"] and row["equivalent"]],
        ),
    )
    head = Markup("").join(
        [
            Markup('<th scope="col">fault</th>'),
            *(
                Markup('<th scope="col" title="{}"><span>{}</span></th>').format(
                    plain(each["title"]), plain(each["id"].replace("_", " "))
                )
                for each in data["instruments"]
            ),
            *(Markup('<th scope="col"><span>{}</span></th>').format(name) for _, name in FIGURES),
        ]
    )
    width = 1 + len(instruments) + len(FIGURES)
    bodies = Markup("\n").join(
        _group(title, members, instruments, width) for title, members in groups if members
    )
    return str(
        Markup('<table class="matrix"><thead><tr>{}</tr></thead>\n{}\n{}</table>').format(
            head, bodies, _totals(rows, instruments)
        )
    )


def _group(title: str, rows: Sequence[Document], instruments: Sequence[str], width: int) -> Markup:
    lines = Markup("\n").join(_row(row, instruments) for row in rows)
    return Markup(
        '<tbody><tr><th class="group" colspan="{}" scope="rowgroup">{}</th></tr>\n{}</tbody>'
    ).format(width, title, lines)


def _row(row: Document, instruments: Sequence[str]) -> Markup:
    of = {reading["instrument"]: reading for reading in row["readings"]}
    return Markup(
        '<tr><th scope="row">{}. {} <span class="id soft">{}</span></th>{}{}</tr>'
    ).format(
        row["number"],
        plain(row["title"]),
        breakable(row["id"]),
        Markup("").join(_cell(of.get(instrument)) for instrument in instruments),
        Markup("").join(
            Markup('<td class="figures">{}</td>').format(number(row[name])) for name, _ in FIGURES
        ),
    )


def _cell(reading: Document | None) -> Markup:
    if reading is None:
        return Markup("<td></td>")
    refuted = reading["verdict"] == "refuted"
    if reading["must"]:
        mark, word, tone = CAUGHT if refuted else MISSED
    else:
        mark, word, tone = ALARM if refuted else SILENT
    return Markup(
        '<td class="{}"{}><span aria-hidden="true">{}</span><span class="spoken">{}</span></td>'
    ).format(tone, _witness(reading), mark, word)


def _witness(reading: Document) -> Markup:
    if reading["as_it_must_be"] or not reading["witness"]:
        return Markup("")
    return Markup(' title="{}"').format(plain(reading["witness"]))


def _totals(rows: Sequence[Document], instruments: Sequence[str]) -> Markup:
    """How many each instrument caught, of those that it must."""
    cells = []
    for instrument in instruments:
        of = [each for row in rows for each in row["readings"] if each["instrument"] == instrument]
        must = [each for each in of if each["must"]]
        caught = sum(each["verdict"] == "refuted" for each in must)
        cells.append(Markup("<td>{}/{}</td>").format(caught, len(must)))
    return Markup(
        '<tfoot><tr><th scope="row">caught, of those it must</th>{}<td colspan="{}"></td></tr>'
        "</tfoot>"
    ).format(Markup("").join(cells), len(FIGURES))
