"""The report's pictures in the order of the page; each is drawn where the run has its data."""

from collections.abc import Callable, Iterator
from typing import Any

from pp_spin.report.document import Document
from pp_spin.report.pictures import (
    clamped_network,
    e_processes,
    fig_1a,
    fig_1b,
    fig_1c,
    fragility,
    lattice_energy,
    lattices,
    matrix,
    observed_law,
    power,
    speed,
    stationary_laws,
    statistical_evidence,
    verdicts,
)
from pp_spin.report.pictures.picture import Picture

PICTURES: dict[str, Callable[[Any], Picture | None]] = {
    "verdicts": verdicts.picture,
    "fig_1a": fig_1a.picture,
    "fig_1b": fig_1b.picture,
    "fig_1c": fig_1c.picture,
    "stationary_laws": stationary_laws.picture,
    "observed_law": observed_law.picture,
    "lattice_energy": lattice_energy.picture,
    "lattices": lattices.picture,
    "clamped_network": clamped_network.picture,
    "fragility": fragility.picture,
    "statistical_evidence": statistical_evidence.picture,
    "e_processes": e_processes.picture,
    "power": power.picture,
    "matrix": matrix.picture,
    "speed": speed.picture,
}
"""By the name of the run's exhibit that each shows; None where there is nothing to draw."""

OF_THE_RUN = ("verdicts", "statistical_evidence")
"""Those that show the whole run rather than an exhibit."""


def pictures_of(document: Document) -> Iterator[tuple[str, Picture]]:
    """The pictures of a run, with the name of each."""
    exhibits = {**document.get("figures", {}), "speed": document.get("speed")}
    for name, picture in PICTURES.items():
        data = document if name in OF_THE_RUN else exhibits.get(name)
        drawn = picture(data) if data else None
        if drawn is not None:
            yield name, drawn
