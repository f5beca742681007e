"""Which engine runs a collective: the first that suits it, or the one that is asked for.

Measured on two cores of a processor with vectors of 256 bits. Sums over a few neighbours win by
their fewness, but cost a look-up each; a row of a matrix product costs next to nothing up to some
sixty agents, and for larger collectives wins where an agent hears an eighth of the others or more.
"""

import numpy as np

from pp_spin.engine import dense, lattice, packed, plain, scan, scan_few, sparse, tiny
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine

_IN_ORDER = (tiny, lattice, packed, sparse, dense, scan_few, scan, plain)

ENGINES = {module.NAME: module.ENGINE for module in _IN_ORDER}
"""Every engine by name, in the order in which they are tried: see `_in_order`."""

FEW_AGENTS, FEW_HEARD = 64, 4
"""Agents up to which the dense engine goes before the sparse one, unless they hear so few."""

MANY_HEARD = 8
"""Where few agents hear more, it goes before the packed one too: sums of so many take that one
seconds to compile, which few agents never win back (32 agents who hear up to 14: 9 s, for 2.6)."""


def engine_for(dynamics: Dynamics, n_chains: int, wanted: str | None = None) -> Engine:
    """The engine for so many chains of a collective.

    Raises ValueError for a name of none, for an engine that cannot run them, saying why, and where
    none can.
    """
    if wanted not in (None, *ENGINES):
        raise ValueError(
            f"got engine = {wanted!r}; there is no such engine; take one of {', '.join(ENGINES)}, "
            "or None for the one that suits"
        )
    if wanted is not None:
        reason = ENGINES[wanted].unsuited(dynamics, n_chains)
        if reason is not None:
            raise ValueError(
                f"got engine = {wanted!r} for a collective that it cannot run: {reason}; leave "
                "engine out for the one that suits"
            )
        return ENGINES[wanted]
    reasons = {}
    for name, engine in _in_order(dynamics):
        reason = engine.unsuited(dynamics, n_chains)
        if reason is None:
            return engine
        reasons[name] = reason
    raise ValueError(
        f"got {dynamics.collective.n_agents} agents under the schedule {dynamics.schedule}, whom "
        "no engine runs: "
        + "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
        + "; run fewer agents, or another schedule"
    )


def _in_order(dynamics: Dynamics) -> list[tuple[str, Engine]]:
    """The engines as they are tried: `sparse`, or both, last where sums are long or agents few."""
    heard = np.diff(dynamics.collective.ties.indptr)
    n_agents = len(heard)
    few = n_agents <= FEW_AGENTS and heard.max() > FEW_HEARD
    if not few and heard.mean() <= n_agents / 8:
        return list(ENGINES.items())
    late = (packed.NAME, sparse.NAME) if few and heard.max() > MANY_HEARD else (sparse.NAME,)
    return sorted(ENGINES.items(), key=lambda item: item[0] in late)
