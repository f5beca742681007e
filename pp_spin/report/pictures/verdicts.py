"""The claims at a glance: by section of the paper, and by what came out of each."""

from collections.abc import Sequence

from pp_spin.report.document import Document
from pp_spin.report.drawing import FAINT, INK, LINES, PAPER, canvas, svg_of
from pp_spin.report.pictures.picture import Picture
from pp_spin.report.wording import by_section, headline, plain, plural, section_name, standing

OUTCOMES = (
    ("proved", LINES[0], None, PAPER),
    ("supported by checks", LINES[2], "///", PAPER),
    ("approximate, as expected", LINES[4], "--", PAPER),
    ("refuted, as expected", FAINT, None, PAPER),
    ("inconclusive", PAPER, None, INK),
    ("contradiction", LINES[1], "xx", PAPER),
)
"""From the surest down: in words, colour, hatch, and the colour of the number in it."""


def picture(document: Document) -> Picture:
    """A bar for each section."""
    return Picture(
        f"The claims by section of the paper: {headline(document)}",
        drawing(document["claims"]),
        description(document["claims"]),
        "Proved: every step of a derivation was decided for any number of agents, or the scope "
        "that it says, and no check disagrees. Supported by checks: exact enumeration, or draws at "
        "a stated level, without a derivation. Refuted, as expected: what the paper prints fails, "
        "as the suite says it must; corrections are claims of their own.",
    )


def outcome(claim: Document) -> str:
    """In the words of `OUTCOMES`."""
    if standing(claim) != "as expected":
        return standing(claim)
    if claim["verdict"] == "inconclusive":
        return "inconclusive"
    if claim["verdict"] != "supported":
        return f"{claim['verdict']}, as expected"
    decided = any(piece["rung"] == "symbolic" for piece in claim["evidence"])
    return "proved" if decided else "supported by checks"


def drawing(claims: Sequence[Document]) -> str:
    """Stacked bars with their numbers, as SVG."""
    sections = [(_short(name), _counts(members)) for name, members in by_section(claims)]
    with canvas(8.4, 1.1 + 0.32 * len(sections)) as figure:
        axes = figure.subplots()
        for words, colour, hatch, ink in OUTCOMES:
            starts = [_before(counts, words) for _, counts in sections]
            widths = [counts[words] for _, counts in sections]
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
                label=words,
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
            ncols=len(OUTCOMES),
            columnspacing=1.2,
            handlelength=1.6,
        )
        return svg_of(figure, "verdicts-")


def description(claims: Sequence[Document]) -> str:
    """Every section with its numbers."""
    told = []
    for name, members in by_section(claims):
        counts = {words: number for words, number in _counts(members).items() if number}
        parts = ", ".join(f"{number} {words}" for words, number in counts.items())
        told.append(f"{section_name(name)}, {plural(len(members), 'claim')}: {parts}")
    return f"Claims by section and outcome. {'. '.join(told)}."


def _counts(claims: Sequence[Document]) -> dict[str, int]:
    found = [outcome(claim) for claim in claims]
    return {words: found.count(words) for words, *_ in OUTCOMES}


def _before(counts: dict[str, int], words: str) -> int:
    order = [each for each, *_ in OUTCOMES]
    return sum(counts[each] for each in order[: order.index(words)])


def _short(section: str) -> str:
    name = plain(section_name(section))
    return name if len(name) <= 56 else f"{name[:55]}…"
