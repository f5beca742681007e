"""The matrix of faults and instruments: which fault each of them catches, and with how many draws.

An instrument that must see a fault, but does not, is not armed against it; one that raises an alarm
where nothing is wrong for it would raise it for healthy agents too. Predicted sample sizes follow
from the exact law of the faulty collective; observed ones are where the e-process crossed.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from pp_spin.claims import cases, programs, trajectories
from pp_spin.claims.cases import System
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.fault import Fault, faulty
from pp_spin.claims.instruments import INSTRUMENTS, Instrument
from pp_spin.configurations import configurations
from pp_spin.evidence import growth, multinomial
from pp_spin.evidence.alternatives import Actions, Alternative, PerAgent
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Verdict
from pp_spin.reference.actions import action_table
from pp_spin.reference.laws import total_variation
from pp_spin.schedule import random_scan

N_CHAINS = 25_000
"""Of a check on independent chains; a test of actions has four updates for each."""


class Reading(NamedTuple):
    """What an instrument said of a fault."""

    instrument: str
    must: bool
    """whether it had to see the fault; if not, it must not"""
    verdict: str
    witness: str | None

    @property
    def as_it_must_be(self) -> bool:
        """Caught where it must be, and nowhere else."""
        return (self.verdict == Verdict.REFUTED) == self.must


class Row(NamedTuple):
    """A fault, what it does to the law and to the actions, and who saw it."""

    id: str
    number: int
    title: str
    total_variation: float | None
    """between the faulty stationary law and the Ising law; None where no law is touched"""
    relative_entropy: float | None
    """of faulty actions, nats per update at the faulty law"""
    predicted: int | None
    """updates at which the best of its bets should have crossed; None where none of them gains"""
    observed: int | None
    """the update at which it did"""
    draws: int | None
    """independent draws at which the multinomial test finds it with probability 0.999 or more"""
    readings: tuple[Reading, ...]

    @property
    def equivalent(self) -> bool:
        """Whether nobody has to see it."""
        return not any(reading.must for reading in self.readings)

    @property
    def as_it_must_be(self) -> bool:
        """Whether all readings are."""
        return all(reading.as_it_must_be for reading in self.readings)


def read(
    faults: Sequence[Fault],
    *,
    n_chains: int = N_CHAINS,
    seed: int = 0,
    on_progress: Callable[[int, int, str], None] | None = None,
) -> list[Row]:
    """Seed every fault into every instrument that has to do with it.

    Raises ValueError where an instrument that must, or must not, see a fault cannot have it.
    """
    report = on_progress or (lambda done, total, label: None)
    rows = []
    for done, fault in enumerate(faults):
        report(done, len(faults), fault.title)
        rows.append(row(fault, n_chains, seed))
    report(len(faults), len(faults), "done")
    return rows


def row(fault: Fault, n_chains: int = N_CHAINS, seed: int = 0) -> Row:
    """One fault's row of the matrix. Raises ValueError as `read`."""
    means = means_for(fault.id, n_chains, seed)
    readings = tuple(
        _reading(fault, instrument, must, means)
        for must, ids in ((True, fault.seen_by), (False, fault.unseen_by))
        for instrument in map(_named, ids)
    )
    case = faulty(fault, cases.TORUS)
    variation = entropy = predicted = observed = None
    if isinstance(case, System) and (moved := _moved(case)):
        variation, entropy = moved.total_variation, moved.relative_entropy
        if entropy:
            predicted = _predicted(moved, ALPHA)
            observed = trajectories.e_process_of(case, random_scan, means).crossed
    cells = 2**cases.TORUS.declared.n_agents
    draws = multinomial.draws_needed(variation, cells, ALPHA) if variation else None
    return Row(
        fault.id,
        fault.number,
        fault.title,
        variation,
        entropy,
        predicted,
        observed,
        draws,
        readings,
    )


def means_for(name: str, n_chains: int, seed: int) -> Means:
    """The means of a reading: its seed follows from the run's and its name."""
    digest = hashlib.sha256(json.dumps([seed, name]).encode()).digest()
    return Means(int.from_bytes(digest[:8]), ALPHA, n_chains)


def predicted_crossing(case: System, alpha: float) -> int | None:
    """Updates under random scan at which the e-process of a faulty case should reach ``1 / alpha``.

    From the exact law of the faulty collective and the growth of the best bet in it; None where
    there are several laws, or no bet gains.
    """
    moved = _moved(case)
    return None if moved is None else _predicted(moved, alpha)


def as_document(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as plain data."""
    return [
        each._asdict()
        | {"equivalent": each.equivalent, "as_it_must_be": each.as_it_must_be}
        | {
            "readings": [
                reading._asdict() | {"as_it_must_be": reading.as_it_must_be}
                for reading in each.readings
            ]
        }
        for each in rows
    ]


def _named(instrument_id: str) -> Instrument:
    return next(instrument for instrument in INSTRUMENTS if instrument.id == instrument_id)


def _reading(fault: Fault, instrument: Instrument, must: bool, means: Means) -> Reading:
    case = faulty(fault, instrument.case)
    if not isinstance(case, System):
        raise ValueError(
            f"got fault {fault.id!r} for {instrument.id!r}, whose {instrument.case.name} cannot "
            "have it; name an instrument that can"
        )
    evidence = instrument.read(case, means)
    return Reading(instrument.id, must, str(evidence.verdict), evidence.witness)


class Moved(NamedTuple):
    """What a fault does under random scan, exactly."""

    contexts: Actions
    """every agent in every configuration, and what is declared of it; its actions are unknown"""
    acting: NDArray[np.float64]
    """what the faulty agents do there"""
    weights: NDArray[np.float64]
    """how often each context comes about"""
    total_variation: float | None
    relative_entropy: float | None


def _moved(case: System) -> Moved | None:
    """None where the faulty collective has several laws."""
    with jax.enable_x64(True):
        acting = programs.acting_up(case)
        try:
            law = programs.running_law(case, random_scan)
        except ValueError:
            return None
    declared = case.declared
    spins = configurations(declared.n_agents)
    fields = declared.prior_precision + spins @ declared.sensory_precision.T
    everybody = np.broadcast_to(np.arange(declared.n_agents), spins.shape)
    contexts = Actions(
        fields.ravel(),
        action_table(declared).ravel(),
        np.ones(spins.size, dtype=np.bool_),
        everybody.ravel(),
        (spins == 1).ravel(),
    )
    weights = np.repeat(law, declared.n_agents) / declared.n_agents
    variation = total_variation(law, cases.ising_law_of(declared))
    entropy = growth.relative_entropy(contexts.up_prob, acting.ravel(), weights)
    return Moved(
        contexts, acting.ravel(), weights, _unless_rounding(variation), _unless_rounding(entropy)
    )


def _predicted(moved: Moved, alpha: float) -> int | None:
    """When the best of the e-process' bets should reach the threshold, at its rate of growth."""
    threshold = np.log(len(trajectories.RIVALS) / alpha)
    needed = [_updates(rival, moved, threshold) for rival in trajectories.RIVALS]
    return int(np.ceil(min(needed))) if np.isfinite(min(needed)) else None


def _updates(rival: Alternative | PerAgent, moved: Moved, threshold: float) -> float:
    if isinstance(rival, Alternative):
        gain = _gains(rival, moved).sum()
        return threshold / gain if gain > 0 else np.inf
    # Each faulty agent that is found costs its own share of the bet.
    n_agents = int(moved.contexts.agent.max()) + 1
    by_agent = [
        np.bincount(moved.contexts.agent, _gains(member, moved)) for member in rival.members
    ]
    best = np.sort(np.maximum(0.0, np.max(by_agent, axis=0)))[::-1].cumsum()
    share = np.log((1 + n_agents) * len(rival.members)) * np.arange(1, n_agents + 1)
    with np.errstate(divide="ignore"):
        return float(((threshold + share) / best).min())


def _gains(rival: Alternative, moved: Moved) -> NDArray[np.float64]:
    """What each context adds to the log product of a rival, per update of anybody, nats."""
    q, true = rival.up_prob(moved.contexts), moved.acting
    phi = moved.contexts.up_prob
    with np.errstate(divide="ignore", invalid="ignore"):
        gains = xlogy(true, q / phi) + xlogy(1 - true, (1 - q) / (1 - phi))
    return np.asarray(moved.weights * gains)


def _unless_rounding(effect: float) -> float | None:
    return effect if effect > 1e-12 else None
