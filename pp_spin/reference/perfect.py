"""Perfect draws of a ferromagnet: exact and independent, by coupling from the past (eq. 6).

All heat baths that were fed the same noise since the distant past end, at time 0, in one
configuration, and that has exactly the Ising law. Where no coupling is negative the update is
monotone in the neighbours, so it is enough to follow two: from all up and from all down. They start
1, 2, 4, … sweeps before time 0, *always with the same noise at the same time* (fresh noise for the
past would favour the configurations that are reached early), until they agree.

Shapes: results are ``(n_draws, n)``; inside, chains are columns, upper ones first.
Conventions: a site goes up where ``2 beta (h + J s)`` exceeds logistic noise, of which each (draw,
sweep, site) has one number, regenerated from the seed instead of kept. One sweep updates the colour
classes of the free spins in turn. Probabilities are exact to the 53 bits of a uniform number.
References: Propp & Wilson 1996, "Exact sampling with coupled Markov chains and applications to
statistical mechanics".
"""

import operator
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.special import logit

from pp_spin import checks
from pp_spin.colouring import colouring

MAX_SWEEPS = 2**14
"""How far back a draw may start."""

_BLOCK_NOISE = 2**18  # noise per sweep that is held at once: 2 MiB


class PerfectDraws(NamedTuple):
    """Independent draws of exactly the Ising law."""

    spins: NDArray[np.int8]
    """``(n_draws, n)``"""
    sweeps: NDArray[np.int64]
    """``(n_draws,)`` how many sweeps before time 0 each had to start, a power of two"""


class _Bath(NamedTuple):
    """The free spins' heat bath, one row block per colour class."""

    classes: list[NDArray[np.intp]]
    couplings: list[csr_array]
    """``2 beta J``, ``(n_class, n_free)`` each"""
    fields: list[NDArray[np.float64]]
    """``2 beta h``, the clamped spins' pull included, ``(n_class, 1)`` each"""


def perfect_draws(
    couplings: Any,
    fields: ArrayLike,
    n_draws: int,
    seed: int,
    beta: float = 1.0,
    clamped: Mapping[int, int] | None = None,
    max_sweeps: int = MAX_SWEEPS,
) -> PerfectDraws:
    """Independent draws of ``p(s) ∝ exp(beta sum_<ij> J_ij s_i s_j + beta sum_i h_i s_i)``.

    ``couplings`` J is ``(n, n)``, dense or sparse, symmetric, nowhere negative between free spins;
    ``fields`` h is ``(n,)`` of any sign; ``clamped`` maps indices to the ±1 that is held, and the
    draws have the conditional law. The first draws do not depend on how many are asked for.

    Raises ValueError for any other couplings, and where a draw would have to start more than
    ``max_sweeps`` sweeps back. No other seed may be tried then: of the draws of many seeds, those
    that came early do not have the law.
    """
    n_draws, seed = _count("n_draws", n_draws, at_least=1), _count("seed", seed, at_least=0)
    max_sweeps = _count("max_sweeps", max_sweeps, at_least=1)
    ties = _symmetric(checks.ties("couplings", couplings))
    n_spins = ties.shape[0]
    beta = _inverse_temperature(beta)
    pull = checks.matching_length("fields", fields, n_spins, "one field per spin")
    held = checks.clamped_spins(clamped, range(n_spins))
    free = np.setdiff1d(np.arange(n_spins), list(held))
    start = np.zeros(n_spins)
    start[list(held)] = list(held.values())
    spins = np.tile(start.astype(np.int8), (n_draws, 1))
    sweeps = np.zeros(n_draws, dtype=np.int64)
    if len(free):
        bath = _bath(ties[free][:, free], (pull + ties @ start)[free], free, beta)
        n_rows = max(1, _BLOCK_NOISE // len(free))
        for block, first in enumerate(range(0, n_draws, n_rows)):
            rows = np.arange(first, min(first + n_rows, n_draws))
            draws = _block_of_draws(bath, len(rows), seed, block, max_sweeps)
            spins[np.ix_(rows, free)], sweeps[rows] = draws
    return PerfectDraws(spins, sweeps)


def _block_of_draws(
    bath: _Bath, n_draws: int, seed: int, block: int, max_sweeps: int
) -> PerfectDraws:
    n_free = sum(map(len, bath.classes))
    spins = np.zeros((n_draws, n_free), dtype=np.int8)
    sweeps = np.zeros(n_draws, dtype=np.int64)
    waiting, back = np.arange(n_draws), 1
    while len(waiting):
        if back > max_sweeps:
            raise ValueError(
                f"got {len(waiting)} of {n_draws} draws that do not forget their start in "
                f"{back // 2} sweeps (max_sweeps = {max_sweeps}); strong couplings order the spins "
                "and their heat bath is too slow; take weaker couplings or a smaller beta, or sum "
                "the law by variable elimination (laws.partition); another seed is no way out, for "
                "it would favour draws that come early"
            )
        upper = np.ones((n_free, len(waiting)))
        both = np.hstack([upper, -upper])
        for sweep in range(back, 0, -1):
            noise = _noise(seed, block, sweep, (waiting[-1] + 1, n_free))[waiting].T
            _sweep(bath, both, noise)
        upper, lower = np.hsplit(both, 2)
        met = _agree(upper, lower)
        spins[waiting[met]], sweeps[waiting[met]] = upper[:, met].T, back
        waiting, back = waiting[~met], 2 * back
    return PerfectDraws(spins, sweeps)


def _agree(upper: NDArray[np.float64], lower: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which draws no longer depend on where they started, ``(n_draws,)``."""
    return (upper == lower).all(axis=0)


def _noise(seed: int, block: int, sweep: int, shape: tuple[int, int]) -> NDArray[np.float64]:
    """Logistic numbers of the sweep that begins ``sweep`` sweeps before time 0, always the same.

    More rows leave the first ones as they were.
    """
    words = np.random.SeedSequence(seed, spawn_key=(block, sweep))
    with np.errstate(divide="ignore"):  # logit(0) = -inf: up, whatever the neighbours
        return logit(np.random.default_rng(words).random(shape))


def _sweep(bath: _Bath, both: NDArray[np.float64], noise: NDArray[np.float64]) -> None:
    """One update of every spin of the upper and the lower chains ``(n, 2 n_draws)``, in place.

    A sparse product adds each row's terms in one order, and rounding is monotone: the upper chains
    stay above the lower ones to the last bit.
    """
    shared = np.hstack([noise, noise])
    for sites, couplings, fields in zip(*bath, strict=True):
        both[sites] = np.where(couplings @ both + fields > shared[sites], 1.0, -1.0)


def _bath(
    couplings: csr_array, fields: NDArray[np.float64], free: NDArray[np.intp], beta: float
) -> _Bath:
    """The heat bath of the ``free`` spins, from their couplings and fields at this temperature."""
    weakest = couplings.tocoo()
    if weakest.data.min(initial=0.0) < 0:
        place = weakest.data.argmin()
        i, j = free[weakest.row[place]], free[weakest.col[place]]
        raise ValueError(
            f"got couplings[{i},{j}]={weakest.data[place]}; the heat bath is monotone, and two "
            "chains bound all others, only where no coupling between free spins is negative; flip "
            "signs by a gauge transformation (s_i -> t_i s_i, J_ij -> t_i J_ij t_j, h_i -> t_i "
            "h_i) where that removes them all, or sum the law by variable elimination "
            "(laws.partition)"
        )
    colours = colouring(couplings)
    classes = [np.flatnonzero(colours == colour) for colour in range(colours.max() + 1)]
    return _Bath(
        classes,
        [2 * beta * couplings[sites] for sites in classes],
        [2 * beta * fields[sites, np.newaxis] for sites in classes],
    )


def _symmetric(ties: csr_array) -> csr_array:
    """`checks.symmetric` and `checks.no_loop` for a table that may be too large to write out."""
    checks.no_loop("couplings", ties)
    gap = abs(ties - ties.T).tocoo()
    if gap.data.max(initial=0.0) > checks.SYMMETRY_TOLERANCE * abs(ties.data).max(initial=0.0):
        i, j = gap.row[gap.data.argmax()], gap.col[gap.data.argmax()]
        raise ValueError(
            f"got couplings[{i},{j}]={ties[i, j]}, couplings[{j},{i}]={ties[j, i]}; the Ising law "
            "needs symmetric couplings; for asymmetric agents use "
            "stationary_law(collective, schedule), which is exact for any precisions"
        )
    return csr_array((ties + ties.T) / 2)


def _inverse_temperature(beta: float) -> float:
    beta = float(beta)
    if not (np.isfinite(beta) and beta >= 0):
        raise ValueError(
            f"got beta = {beta}; an inverse temperature is finite and not negative; an "
            "antiferromagnet has negative couplings, and no monotone heat bath"
        )
    return beta


def _count(name: str, value: int, at_least: int) -> int:
    number = operator.index(value)  # a float or a string is a TypeError that says so
    if number < at_least:
        raise ValueError(f"got {name} = {number}; give a whole number, {at_least} or more")
    return number
