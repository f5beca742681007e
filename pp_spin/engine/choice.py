"""Which engine runs a collective: the first that suits it, or the one that is asked for."""

from pp_spin.engine import packed, plain
from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.engine import Engine

ENGINES = {engine.name: engine for engine in (packed.ENGINE, plain.ENGINE)}
"""Every engine by name, in the order in which they are tried: the quickest first."""


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
    for name, engine in ENGINES.items():
        reason = engine.unsuited(dynamics, n_chains)
        if reason is None:
            return engine
        reasons[name] = reason
    raise ValueError(
        f"got {dynamics.collective.n_agents} agents under the schedule {dynamics.schedule}, whom "
        "no engine runs: " + "; ".join(f"{name}: {reason}" for name, reason in reasons.items())
    )
