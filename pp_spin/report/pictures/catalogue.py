"""The report's pictures in the order of the page; each is drawn where the run has its data."""

from collections.abc import Callable, Iterator

from pp_spin.report.document import Document
from pp_spin.report.pictures import fig_1c
from pp_spin.report.pictures.picture import Picture

PICTURES: dict[str, Callable[[Document], Picture]] = {
    "fig_1c": fig_1c.picture,
}
"""By the name of the run's exhibit that each shows."""


def pictures_of(document: Document) -> Iterator[tuple[str, Picture]]:
    """The pictures of a run's exhibits, with the name of each."""
    exhibits = document.get("figures", {})
    for name, picture in PICTURES.items():
        if name in exhibits:
            yield name, picture(exhibits[name])
