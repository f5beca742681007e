"""The report's pictures in the order of the page; each is drawn where the run has its data."""

from collections.abc import Callable, Iterator

from pp_spin.report.document import Document
from pp_spin.report.pictures import fig_1c, fragility, matrix, power, speed, verdicts
from pp_spin.report.pictures.picture import Picture

PICTURES: dict[str, Callable[[Document], Picture]] = {
    "fig_1c": fig_1c.picture,
    "fragility": fragility.picture,
    "power": power.picture,
    "matrix": matrix.picture,
}
"""By the name of the run's exhibit that each shows."""

BESIDE: dict[str, Callable[[Document], Picture]] = {
    "speed": speed.picture,
}
"""By the key of the document, of what is shown besides a run's own exhibits."""


def pictures_of(document: Document) -> Iterator[tuple[str, Picture]]:
    """The pictures of a run's exhibits, and what stands beside them, with the name of each."""
    if document["claims"]:
        yield "verdicts", verdicts.picture(document)
    exhibits = document.get("figures", {})
    for name, picture in PICTURES.items():
        if name in exhibits:
            yield name, picture(exhibits[name])
    for name, picture in BESIDE.items():
        if document.get(name):
            yield name, picture(document[name])
