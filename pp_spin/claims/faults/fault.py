"""A seeded fault: a named way of being wrong, and which instruments must and must not see it.

A fault is a function from a healthy case to a faulty one, or None where the case cannot have it
(there is no periodic edge to forget on a tree). It changes what *runs*, through the same arguments
that a user has; nothing is patched. Numbers to 30 are those of the catalogue in the project's
design; an equivalent changes nothing that could be seen, and keeps the list honest by surviving.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pp_spin.agents.perception import Agent
from pp_spin.claims.cases import Focal, System
from pp_spin.collective import Collective, UpProbFn
from pp_spin.schedule import Schedule

Case = Focal | System
Apply = Callable[[Case], Case | None]


@dataclass(frozen=True)
class Fault:
    """``apply`` seeds it into a case, or returns None."""

    id: str
    number: int
    title: str
    apply: Apply
    seen_by: tuple[str, ...] = ()
    """the instruments that must catch it; none: an equivalent"""
    unseen_by: tuple[str, ...] = ()
    """those for which nothing is wrong, whose alarm would be false"""


@lru_cache(maxsize=4096)
def faulty(fault: Fault, case: Case) -> Case | None:
    """The case with the fault seeded, the same object at every call, or None."""
    return fault.apply(case)


def precisions(
    gamma: Callable[[np.ndarray], np.ndarray] = lambda gamma: gamma,
    zeta: Callable[[np.ndarray], np.ndarray] = lambda zeta: zeta,
) -> Apply:
    """What runs has other precisions; None where that changes nothing."""

    def apply(case: Case) -> Case | None:
        old_gamma = np.asarray(case.running.sensory_precision)
        old_zeta = np.asarray(case.running.prior_precision)
        new_gamma, new_zeta = gamma(old_gamma), zeta(old_zeta)
        if np.array_equal(old_gamma, new_gamma) and np.array_equal(old_zeta, new_zeta):
            return None
        if isinstance(case, Focal):
            return replace(case, running=Agent(new_gamma, new_zeta))
        changed = case.running.replaced(sensory_precision=new_gamma, prior_precision=new_zeta)
        return replace(case, running=changed)

    return apply


def collective(change: Callable[[System], Case | None]) -> Apply:
    """A fault that only a collective can have."""
    return lambda case: change(case) if isinstance(case, System) else None


def asked_by(conditional: Callable[[Collective], UpProbFn]) -> Apply:
    """The kernel asks somebody else for the probability of an action."""
    return collective(lambda case: replace(case, conditional=conditional))


def scheduled(substitutes: dict[Schedule, Schedule]) -> Apply:
    """Another schedule runs than is declared."""
    return collective(lambda case: replace(case, substitutes=substitutes))
