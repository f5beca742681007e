"""A fragility as a curve: how far from the Ising law a departure leads, as it grows (section 5).

Everything is plain data: `Curve.plain` is what JSON can hold. ``exact`` is float64, by enumeration
of a small system; ``sampled`` are means over independent chains of a large one, each with an
interval that holds at any number of chains (`bounded_mean`).
"""

from typing import Any, NamedTuple

from pp_spin.fragility.bounded_mean import Estimate


class Axis(NamedTuple):
    """What is varied, and where the curve is known."""

    name: str
    values: tuple[float, ...]


class Curve(NamedTuple):
    """A few quantities along one axis; every series is as long as the axis."""

    name: str
    """what breaks the equivalence"""
    axis: Axis
    small: str
    """the system of the exact values, in words"""
    exact: dict[str, tuple[float, ...]]
    """quantity -> its values along the axis"""
    large: str
    """the system of the estimates, in words"""
    sampled: dict[str, tuple[Estimate, ...]]
    """quantity -> its estimates along the axis"""
    limits: dict[str, Estimate]
    """estimates of the same large system where the departure is absent, or complete"""

    def plain(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers alone."""
        return {
            **self._asdict(),
            "axis": {"name": self.axis.name, "values": list(self.axis.values)},
            "exact": {name: list(values) for name, values in self.exact.items()},
            "sampled": {
                name: [estimate._asdict() for estimate in estimates]
                for name, estimates in self.sampled.items()
            },
            "limits": {name: estimate._asdict() for name, estimate in self.limits.items()},
        }
