"""What `streaming` folds a draw into: counts, moments and histograms, inside the compiled loop.

Shapes: a draw is spins ``(chunk, n)`` int8; a chunk's sums are a `Sums` of JAX arrays, those of a
run one of NumPy arrays.

Precision: counts are whole numbers. The energy of a draw is summed over ties in blocks, with what
single precision loses kept apart, in units of the largest that there can be, so that no precision
overflows. Over draws energies are summed about the chain's first in the call, and added up in
double precision from call to call.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.sparse import csr_array, triu

from pp_spin.collective import Collective

MOST_COUNTED = 16
"""Agents up to which every configuration has a counter."""

BINS = 200
"""Bins of a histogram."""

DENSE = 1 / 8
"""Share of all pairs from which on, if tied, all pairs are counted, by a matrix product."""

BLOCK = 2**9
"""Ties whose energies are summed at once in single precision, before the sum of all is mended."""

_ON_AN_EDGE = 1e-3  # of a bin: a value on the edge of two belongs to the upper one, rounded or not

Numbers = Any
"""A JAX array within a call, a NumPy one outside."""


class Ties(NamedTuple):
    """What a draw's energy and agreements are computed from."""

    first: Array
    """``(n_ties,)`` int32, of each pair that is tied at least one way; filled up to whole blocks"""
    second: Array
    coupling: Array
    """``(n_ties,)`` float32: the mean of the precisions either way, over the energy's bound"""
    table: Array | None
    """``(n, n)`` float32, the couplings of all pairs, where many are tied; else None"""
    bias: Array
    """``(n,)`` float32, over the energy's bound"""
    lowest: Array
    """``()`` float32: the first bin's lower edge, over the energy's bound"""
    highest: Array
    n_chains: Array
    """``()`` uint32: chains with a higher number fill up a chunk and are not counted"""


class Sums(NamedTuple):
    """Of draws and, but for those of each chain, of chains."""

    up: Numbers
    """``(n,)`` draws in which each agent was up"""
    agree: Numbers
    """``(n_ties,)`` draws in which tied agents agreed; of all pairs, ``(n, n)``, where there is a
    table: the sum of their products"""
    energy: Numbers
    """``(3, n_chains)``: the call's first energy per agent, the sum of what others differ from it
    by, and of the square of that; of a run, the sums of the energy and of its square"""
    magnetisation: Numbers
    """``(4, n_chains)``: of the mean spin, its size, its square and fourth power"""
    energy_bins: Numbers
    """``(BINS,)``"""
    magnetisation_bins: Numbers
    """``(BINS,)``"""
    configurations: Numbers
    """``(2**n,)``, bit i of the index for agent i up; ``(0,)`` for many agents"""


def pairs_of(ties: csr_array) -> Any:
    """The pairs that are tied at least one way, once each, with the mean of both precisions."""
    pattern = triu(abs(ties) + abs(ties).T, k=1).tocoo()
    if not pattern.nnz:
        return pattern
    mean = csr_array((ties + ties.T) / 2)
    pattern.data = np.asarray(mean[pattern.row, pattern.col]).ravel()
    return pattern


def bound_of(collective: Collective, pairs: Any) -> float:
    """The largest energy per agent that there can be; 1 where every energy is 0."""
    most = np.abs(pairs.data).sum() + np.abs(collective.prior_precision).sum()
    return float(most / collective.n_agents) or 1.0


def ties_of(collective: Collective, pairs: Any, bound: float, ends: NDArray, n_chains: int) -> Ties:
    """What energies are computed from, in units of ``bound``, as are the ``ends`` of its bins."""
    n, n_ties = collective.n_agents, len(pairs.data)
    table = None
    if n_ties > DENSE * n * (n - 1) / 2 and n > MOST_COUNTED:
        dense = pairs.toarray() / bound
        table = jnp.asarray(dense + dense.T, jnp.float32)
    # Filled up by the first agent's tie with itself, of precision 0.
    filled = (0, max(1, -(-n_ties // BLOCK)) * BLOCK - n_ties)
    return Ties(
        jnp.asarray(np.pad(pairs.row, filled), jnp.int32),
        jnp.asarray(np.pad(pairs.col, filled), jnp.int32),
        jnp.asarray(np.pad(pairs.data / bound, filled), jnp.float32),
        table,
        jnp.asarray(collective.prior_precision / bound, jnp.float32),
        jnp.float32(ends[0]),
        jnp.float32(ends[1]),
        jnp.uint32(n_chains),
    )


def empty_sums(ties: Ties, chunk: int, n: int) -> Sums:
    """The sums of no draw."""
    n_configurations = 2**n if n <= MOST_COUNTED else 0
    agreeing = len(ties.first) if ties.table is None else (n, n)
    return Sums(
        jnp.zeros(n, jnp.int32),
        jnp.zeros(agreeing, jnp.int32),
        jnp.zeros((3, chunk), jnp.float32),
        jnp.zeros((4, chunk), jnp.float32),
        jnp.zeros(BINS, jnp.int32),
        jnp.zeros(BINS, jnp.int32),
        jnp.zeros(n_configurations, jnp.int32),
    )


def with_draw(ties: Ties, sums: Sums, index: Array, first_chain: Array, spins: Array) -> Sums:
    """The sums with a draw ``(chunk, n)`` in them."""
    chunk, n = spins.shape
    counted = first_chain + jnp.arange(chunk, dtype=jnp.uint32) < ties.n_chains
    by_agent = jnp.where(counted[None], spins.T, 0)
    real = by_agent.astype(jnp.float32)
    n_up = (by_agent == 1).sum(0, dtype=jnp.int32)
    if ties.table is None:
        pair_energy, agree = _over_ties(ties, by_agent, sums.agree)
    else:
        pair_energy = -(real * _product(ties.table, real)).sum(0) / 2
        agree = sums.agree + _product(real, real.T).astype(jnp.int32)
    energy = (pair_energy - _product(ties.bias, real)) / n
    mean = (2 * n_up - n).astype(jnp.float32) / n
    place = (energy - ties.lowest) / (ties.highest - ties.lowest) * BINS
    reference = jnp.where(index == 0, energy, sums.energy[0])
    away = energy - reference
    configurations = sums.configurations
    if len(configurations):
        bit = jnp.uint32(1) << jnp.arange(n, dtype=jnp.uint32)
        number = jnp.where(by_agent == 1, bit[:, None], 0).sum(0, dtype=jnp.uint32)
        configurations = configurations.at[number].add(counted.astype(jnp.int32))
    return Sums(
        sums.up + (by_agent == 1).sum(1, dtype=jnp.int32),
        agree,
        jnp.stack([reference, sums.energy[1] + away, sums.energy[2] + away**2]),
        sums.magnetisation + jnp.stack([mean, jnp.abs(mean), mean**2, mean**4]),
        _binned(sums.energy_bins, jnp.floor(place + _ON_AN_EDGE), counted),
        _binned(sums.magnetisation_bins, n_up * BINS // n, counted),
        configurations,
    )


def _over_ties(ties: Ties, by_agent: Array, agree: Array) -> tuple[Array, Array]:
    """Pair energies ``(chunk,)``, and the counts of agreement with those of this draw.

    Block by block; what a sum loses in single precision is kept and added later (Kahan).
    """

    def block(number: Array, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        energy, lost, agree = carry

        def of(table: Array) -> Array:
            return jax.lax.dynamic_slice_in_dim(table, number * BLOCK, BLOCK)

        product = by_agent[of(ties.first)] * by_agent[of(ties.second)]
        part = -(product.astype(jnp.float32) * of(ties.coupling)[:, None]).sum(0) - lost
        after = energy + part
        counts = of(agree) + (product == 1).sum(1, dtype=jnp.int32)
        agree = jax.lax.dynamic_update_slice_in_dim(agree, counts, number * BLOCK, 0)
        return after, (after - energy) - part, agree

    nothing = jnp.zeros(by_agent.shape[1], jnp.float32)
    n_blocks = len(ties.first) // BLOCK
    energy, _, agree = jax.lax.fori_loop(0, n_blocks, block, (nothing, nothing, agree))
    return energy, agree


def _product(left: Array, right: Array) -> Array:
    # In whole single precision, which accelerators would round.
    return jnp.matmul(left, right, precision=jax.lax.Precision.HIGHEST)


def _binned(bins: Array, place: Array, counted: Array) -> Array:
    index = jnp.clip(place, 0, BINS - 1).astype(jnp.int32)
    return bins.at[index].add(counted.astype(jnp.int32))


def _exact(folded: Numbers) -> NDArray:
    numbers = np.asarray(folded)
    return numbers.astype(np.int64 if numbers.dtype == np.int32 else np.float64)


def of_a_call(folded: list[Sums], n_draws: int) -> Sums:
    """The sums of all chunks, in double precision, those of each chain side by side."""
    chunks = [Sums(*map(_exact, sums)) for sums in folded]
    energies = np.concatenate([sums.energy for sums in chunks], axis=1)
    reference, away, squared = energies
    energy = n_draws * reference + away
    energy_squared = squared + 2 * reference * away + n_draws * reference**2
    together = Sums(*(np.sum(parts, axis=0) for parts in zip(*chunks, strict=True)))
    return together._replace(
        energy=np.stack([energy, energy_squared]),
        magnetisation=np.concatenate([sums.magnetisation for sums in chunks], axis=1),
    )
