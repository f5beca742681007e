"""What a stored run says of itself: its agents, its schedule and its order, its draws."""

from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin import checks
from pp_spin.agents.action import parse_action_rule
from pp_spin.collective import Collective
from pp_spin.evidence.order import kept_order
from pp_spin.schedule import Schedule, parse_schedule


class StoredRun(NamedTuple):
    """A run of `sample`, read back."""

    collective: Collective
    """its agents, named by their labels as text"""
    schedule: Schedule
    thinning: int
    draws: NDArray[np.int8]
    """``(n_chains, n_draws, n_agents)``"""
    order: NDArray[np.int64] | None = None
    """when in a sweep each agent acts, where the run has kept it (`order`)"""

    @property
    def last(self) -> NDArray[np.int8]:
        """The last draw of each chain, ``(n_chains, n_agents)``: independent of each other."""
        return self.draws[:, -1]


def stored_run(tree: xr.DataTree) -> StoredRun:
    """The run of a tree as `diagnostics.sample` makes it.

    Raises ValueError where the tree does not say what was run, or says that its agents acted in an
    order that its network or its schedule cannot have.
    """
    try:
        constant = tree["constant_data"].to_dataset()
        schedule = parse_schedule(str(tree.attrs["schedule"]))
        rule = parse_action_rule(str(tree.attrs["action_rule"]))
        thinning = int(tree.attrs["thinning"])
        spins = tree["posterior"]["spins"]
        priors = constant["prior_precision"].to_numpy()
        precisions = _precisions(constant, len(priors))
        names = _labels(tree["posterior"]["agent"].to_numpy())
        clamped = _clamped(tree)
    except KeyError as missing:
        raise ValueError(
            f"got a run without {missing}; it is needed to know what the agents were to do; give a "
            "file that sample has made"
        ) from missing
    collective = Collective(precisions, priors, clamped, rule, names)
    draws = checks.are_spins("draws", spins.to_numpy())
    stored = constant["tick"].to_numpy() if "tick" in constant else None
    order = kept_order(collective, schedule, stored)
    return StoredRun(collective, schedule, thinning, draws, order)


def _precisions(constant: xr.Dataset, n_agents: int) -> Any:
    if "sensory_precision" in constant:
        return constant["sensory_precision"].to_numpy()
    ties = constant["tie_precision"], (constant["seer"], constant["seen"])
    return csr_array(ties, shape=(n_agents, n_agents))


def _clamped(tree: xr.DataTree) -> dict[str, int]:
    if "observed_data" not in tree:
        return {}
    held = tree["observed_data"]["clamped_spins"]
    spins = map(int, held.to_numpy())
    return dict(zip(_labels(held["clamped_agent"].to_numpy()), spins, strict=True))


def _labels(agents: NDArray) -> tuple[str, ...]:
    # Of nodes 1 and "a", the coordinate of both is text, and that of a clamped 1 alone a number.
    return tuple(map(str, agents.tolist()))
