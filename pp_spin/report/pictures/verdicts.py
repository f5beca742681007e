"""The claims at a glance: by section of the paper, and by what came out of each."""

from collections.abc import Sequence

from pp_spin.report.document import Document
from pp_spin.report.drawing import INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.status import STATUSES, tally
from pp_spin.report.wording import by_section, headline, plain, plural, section_name

STYLES = {
    "proved": (LINES[2], None, PAPER),
    "supported": (LINES[0], "///", PAPER),
    "approximate": (LINES[4], "--", PAPER),
    "refuted": (LINES[1], None, PAPER),
    "inconclusive": (PAPER, None, INK),
    "contradiction": (INK, None, PAPER),
    "ancestor open": (LINES[3], "xx", PAPER),
}
"""Of each status: colour, hatch, and the colour of the number in it."""


def picture(document: Document) -> Picture | None:
    """A bar for each section; None for a run without claims."""
    if not document["claims"]:
        return None
    return Picture(
        f"The claims by section of the paper: {headline(document)}",
        drawing(document["claims"]),
        description(document["claims"]),
        "Proved: every step of a derivation was decided for any number of agents, or the scope "
        "that it says, and no check disagrees. Supported: exact enumeration, or draws at a stated "
        "level, without a derivation. Refuted: what the paper prints fails, as the suite says it "
        "must; corrections are claims of their own.",
    )


def drawing(claims: Sequence[Document]) -> str:
    """Stacked bars with their numbers, as SVG."""
    sections = [(_short(name), _counts(members)) for name, members in by_section(claims)]
    with canvas(8.4, 1.1 + 0.32 * len(sections)) as figure:
        axes = figure.subplots()
        for status, (colour, hatch, ink) in STYLES.items():
            starts = [_before(counts, status) for _, counts in sections]
            widths = [counts[status] for _, counts in sections]
            if not any(widths):
                continue
            places = range(len(sections))
            axes.barh(
                places,
                widths,
                0.74,
                starts,
                color=colour,
                hatch=hatch,
                label=STATUSES[status].word,
                edgecolor=INK if colour == PAPER else PAPER,
                linewidth=0.6,
            )
            for place, start, width in zip(places, starts, widths, strict=True):
                if width:
                    box = {"facecolor": colour, "edgecolor": "none", "pad": 1} if hatch else None
                    axes.text(
                        start + width / 2,
                        place,
                        str(width),
                        color=ink,
                        ha="center",
                        va="center",
                        fontsize=8,
                        bbox=box,
                    )
        axes.set_yticks(range(len(sections)), [name for name, _ in sections], fontsize=8.5)
        axes.tick_params(axis="both", length=0)
        axes.spines[["left", "bottom"]].set_visible(False)
        axes.set_xticks([])
        axes.set_ylim(len(sections) - 0.5, -0.5)
        figure.legend(
            frameon=False,
            fontsize=7.5,
            loc="outside upper center",
            ncols=len(STYLES),
            columnspacing=1.2,
            handlelength=1.6,
        )
        return svg_of(figure, "verdicts-")


def description(claims: Sequence[Document]) -> str:
    """Every section with its numbers."""
    told = []
    for name, members in by_section(claims):
        parts = ", ".join(f"{number} {shown.word}" for shown, number in tally(members))
        told.append(f"{section_name(name)}, {plural(len(members), 'claim')}: {parts}")
    return f"Claims by section and outcome. {'. '.join(told)}."


def _counts(claims: Sequence[Document]) -> dict[str, int]:
    found = [claim["status"] for claim in claims]
    return {status: found.count(status) for status in STYLES}


def _before(counts: dict[str, int], status: str) -> int:
    order = list(STYLES)
    return sum(counts[each] for each in order[: order.index(status)])


def _short(section: str) -> str:
    name = plain(section_name(section))
    return name if len(name) <= 56 else f"{name[:55]}…"
