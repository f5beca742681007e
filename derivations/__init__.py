"""The proof book: every statement of the paper that can be proved, and its proof (all sections).

A derivation is a function without arguments, named by its conclusion, that builds a
:class:`~derivations.step.Derivation`; nothing is built at import. :func:`~derivations.step.decide`
turns it into a verdict. This package never imports the code whose claims it proves.
"""

from collections.abc import Callable
from itertools import chain

from derivations import (
    app_a_inference,
    app_b_action,
    app_c_schedules,
    sec2_posterior,
    sec3_glauber,
    sec4_boltzmann,
    sec5_fragility,
)
from derivations.step import Decision, Derivation, Step, decide, decide_step

SECTIONS = (
    sec2_posterior,
    sec3_glauber,
    sec4_boltzmann,
    sec5_fragility,
    app_a_inference,
    app_b_action,
    app_c_schedules,
)

__all__ = ["Decision", "Derivation", "Step", "all_derivations", "decide", "decide_step"]


def all_derivations() -> dict[str, Callable[[], Derivation]]:
    """Every derivation by its name, in the order of the paper."""
    return {f.__name__: f for f in chain.from_iterable(s.DERIVATIONS for s in SECTIONS)}
