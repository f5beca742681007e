"""What ``pp-spin sample`` is asked for: its numbers and clamped agents, checked before the run."""

import math
from collections.abc import Sequence
from typing import Any

MAX_BYTES = 8 * 2**30
"""How many bytes of draws one run may keep."""


def check_counts(**counts: int) -> None:
    """Raise ValueError for a count, by the name of its option, that cannot be run."""
    for name, count in counts.items():
        least = 0 if name == "warmup" else 1
        if not least <= count < 2**31:
            raise ValueError(
                f"got --{name} {count}; it counts sweeps, draws or chains; "
                f"give a number from {least} to {2**31 - 1}"
            )


def check_size(chains: int, samples: int, n_agents: int) -> None:
    """Raise ValueError, before the run, for more draws than memory is given to."""
    # A byte per spin; per draw, its energy and magnetisation in double precision.
    size = chains * samples * (n_agents + 16)
    if size > MAX_BYTES:
        raise ValueError(
            f"got {chains} chains of {samples} draws of {n_agents} agents, which are "
            f"{size / 2**30:.3g} GiB; the draws are kept in memory, at most {MAX_BYTES >> 30} GiB; "
            "keep fewer with --samples, further apart with --thinning, or run fewer --chains"
        )


def check_kept(*, summary: bool, **needs_draws: object) -> None:
    """Raise ValueError where ``--summary``, which keeps no draws, meets an option that needs them.

    The options are given by name, with what they were set to.
    """
    why = {
        "resume": "sums do not say where the chains ended",
        "diagnose": "sums keep no draws to diagnose",
        "diagnose_plot": "sums keep no draws to plot",
    }
    for name, given in needs_draws.items():
        if summary and given:
            option = name.replace("_", "-")
            raise ValueError(f"got --summary and --{option}; {why[name]}; leave out one")


def finite(precision: float) -> float:
    """``precision``; ValueError where it is NaN or infinite."""
    if not math.isfinite(precision):
        raise ValueError(
            f"got --precision {precision}; a precision is a finite number; give one such as 0.3"
        )
    return precision


def clamped_spins(texts: Sequence[str], nodes: Sequence[Any]) -> dict[Any, int]:
    """``["Medici=+1"]`` as a mapping from node to spin; a name is the node that prints so.

    Raises ValueError for another value than ±1 and for one agent held at both.
    """
    by_name = {str(node): node for node in nodes}
    clamped: dict[Any, int] = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if not name or value not in ("+1", "1", "-1"):
            raise ValueError(
                f"got --clamp {text!r}; an agent is held at +1 or at -1; "
                "write the node and its spin, such as --clamp Medici=+1"
            )
        node = by_name.get(name, name)
        if clamped.setdefault(node, int(value)) != int(value):
            raise ValueError(
                f"got --clamp for {name!r} at +1 and at -1; an agent holds one spin; keep one"
            )
    return clamped
