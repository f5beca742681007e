"""The proof book: every statement of the paper that can be proved, and its proof (all sections).

A derivation is a function without arguments, named by its conclusion, that builds a
:class:`~derivations.step.Derivation`; nothing is built at import, and :func:`decide` turns it into
a verdict. This package never imports the code whose claims it proves.
"""

from collections.abc import Callable
from itertools import chain

from derivations import (
    app_a_inference,
    app_a_likelihood,
    app_b_action,
    app_b_free_energy,
    app_b_inference,
    app_b_matching,
    app_b_minimax,
    app_b_model,
    app_b_planning,
    app_b_printed,
    app_c_asynchronous,
    app_c_cross_terms,
    app_c_flips,
    app_c_synchronous,
    beyond_chains,
    beyond_currents,
    beyond_cycles,
    beyond_entropy,
    beyond_expected_free_energy,
    beyond_free_energy_currents,
    beyond_schedules,
    beyond_sublattices,
    beyond_sweeps,
    beyond_synchronous_agents,
    beyond_walsh,
    sec2_action,
    sec2_posterior,
    sec3_agents,
    sec3_glauber,
    sec4_boltzmann,
    sec4_clamping,
    sec4_dictionaries,
    sec4_printed,
    sec5_fragility,
    sec5_parallel,
)
from derivations.deciding.decide import Decision, decide, decide_step
from derivations.step import Derivation, Slip, Step

SECTIONS = (
    sec2_posterior,
    sec2_action,
    sec3_glauber,
    sec3_agents,
    sec4_boltzmann,
    sec4_printed,
    sec4_dictionaries,
    sec4_clamping,
    sec5_fragility,
    sec5_parallel,
    app_a_likelihood,
    app_a_inference,
    app_b_model,
    app_b_inference,
    app_b_free_energy,
    app_b_action,
    app_b_printed,
    app_b_matching,
    app_b_minimax,
    app_b_planning,
    app_c_synchronous,
    app_c_cross_terms,
    app_c_flips,
    app_c_asynchronous,
    beyond_sublattices,
    beyond_chains,
    beyond_schedules,
    beyond_sweeps,
    beyond_currents,
    beyond_entropy,
    beyond_cycles,
    beyond_walsh,
    beyond_synchronous_agents,
    beyond_expected_free_energy,
    beyond_free_energy_currents,
)

__all__ = ["Decision", "Derivation", "Slip", "Step", "all_derivations", "decide", "decide_step"]


def all_derivations() -> dict[str, Callable[[], Derivation]]:
    """Every derivation by its name, in the order of the paper."""
    return {f.__name__: f for f in chain.from_iterable(s.DERIVATIONS for s in SECTIONS)}
