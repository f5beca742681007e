"""What an engine is to those who run it: seven functions and a name.

Each module of this folder that is an engine ends with its ``ENGINE``. A program is what a
collective and schedule have been made into, a state the spins of a chunk of chains in whatever form
suits the engine; both are pytrees, and everything that changes with the temperature is an array of
the program, so that another temperature compiles nothing anew.

Chains have numbers, and so have sweeps, counted from the first of a run. ``sweep`` is a pure
function of the key, these numbers and the state: draws depend on neither the chunks that chains are
worked in nor the calls that sweeps are made in. (But for the rounding of matrix products: `dense`
has chunks that do not depend on the number of workers.)
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from jax import Array
from numpy.typing import NDArray

from pp_spin.engine.dynamics import Dynamics
from pp_spin.engine.streams import run_key

Program = Any
State = Any


class Engine(NamedTuple):
    """A way of running collectives."""

    name: str
    unsuited: Callable[[Dynamics, int], str | None]
    """``(dynamics, n_chains)`` -> why it cannot run this many chains of it; None where it can"""
    chunk: Callable[[Dynamics, int, int], int]
    """``(dynamics, n_chains, workers)`` -> chains that one worker works on at once"""
    build: Callable[[Dynamics, int], Program]
    """``(dynamics, chunk)`` -> the program of so many chains"""
    encode: Callable[[Program, NDArray[np.int8]], State]
    """spins ``(chunk, n_agents)`` in {-1, +1} -> state"""
    sweep: Callable[[Program, Array, Array, Array, State], State]
    """``(program, key, first_chain, number, state)`` -> the state a sweep later, traced; ``number``
    uint32 is the sweep's, ``first_chain`` uint32 that of the chunk's first chain"""
    spins_of: Callable[[Program, State], Array]
    """state -> spins ``(chunk, n_agents)`` int8, traced"""
    key_of: Callable[[Array, str], Array] = run_key
    """the caller's JAX key and the engine's name -> the key of ``sweep``"""


class Plan(NamedTuple):
    """An engine with its program, ready to run chunks of so many chains."""

    engine: Engine
    program: Program
    chunk: int


def planned(dynamics: Dynamics, n_chains: int, engine: Engine, workers: int) -> Plan:
    """How an engine will run so many chains, a chunk to a worker at a time."""
    chunk = engine.chunk(dynamics, n_chains, workers)
    return Plan(engine, engine.build(dynamics, chunk), chunk)
