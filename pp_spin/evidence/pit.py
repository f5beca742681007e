"""Randomised probability integral transform of actions: uniforms, whatever the autocorrelation.

An agent that acts up with probability phi given the past has u uniform on [0, 1 - phi) where it
went down and on [1 - phi, 1) where it went up. If phi is the law of its actions then every u is
uniform given everything before it, so all u of a run are independent: no mixing is assumed.

Shapes: ``up_prob`` and ``up`` have one shape, any; ``u``, ``v`` are ``(n,)``; ``rows`` is
``(n_chains, n_times)``. An action of probability 0 has u = 1.0, outside [0, 1): a refutation.

The tests count cells of [0, 1) by `multinomial`, which holds at any n. The band of Dvoretzky,
Kiefer and Wolfowitz holds too, but in five cells 2 to 10 % fewer actions are enough on the 3 x 3
torus (alpha 5e-9, precisions 0.3 and priors 0.1), for wrong scale, shift and lapses alike: an error
of scale moves u both ways about 1/2, which halves its largest difference of CDFs.
References: Rosenblatt 1952; Brockwell 2007, "Universal residuals"; Agrawal 2020 for the level.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import MISS

CELLS = 5
"""Cells of one uniform."""

SIDE = 4
"""Cells along each of a pair's uniforms."""


class TransformTest(NamedTuple):
    """How far the law of u, in cells, is from uniform."""

    discrepancy: float
    """total variation between observed frequencies of cells and equal ones"""
    interval: tuple[float, float]
    """where the true total variation lies"""
    p_value: float
    rejected: bool
    """u is not uniform, or not independent (false alarm: alpha)"""


class DuplicateScan(NamedTuple):
    """Equal trajectories among independent chains."""

    n_equal_pairs: int
    first: tuple[int, int] | None
    """the two chains of the least likely such pair"""
    p_value: float
    """pairs of chains times the probability that a chain repeats that trajectory"""
    rejected: bool
    """two chains share their randomness (false alarm: alpha)"""


def transform(up_prob: ArrayLike, up: ArrayLike, rng: np.random.Generator) -> NDArray[np.float64]:
    """One u per action, of ``up_prob``'s shape; 1.0 where the action had probability 0.

    Raises ValueError for probabilities outside [0, 1], actions that are not booleans, or shapes
    that differ.
    """
    phi, is_up = _actions(up_prob, up)
    fraction = rng.random(phi.shape)
    u = np.where(is_up, 1 - phi + phi * fraction, (1 - phi) * fraction)
    within = np.minimum(u, np.nextafter(1.0, 0.0))  # a sum may round up to 1
    return np.where(np.where(is_up, phi, 1 - phi) == 0, 1.0, within)


def of_choice(site: ArrayLike, n_sites: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The transform of an even choice among ``n_sites``: u in [site, site + 1) / n_sites.

    Raises ValueError for a site that is not one of 0 ... n_sites - 1.
    """
    chosen = np.asarray(site)
    if chosen.dtype.kind not in "iu" or np.any((chosen < 0) | (chosen >= n_sites)):
        raise ValueError(
            f"got sites of type {chosen.dtype} from {chosen.min()} to {chosen.max()}; a choice "
            f"among {n_sites} is an integer below {n_sites} and not negative; give indices"
        )
    u = (chosen + rng.random(chosen.shape)) / n_sites
    return np.minimum(u, np.nextafter(1.0, 0.0))


def lagged(u: ArrayLike, lag: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pairs ``(u_t, u_{t + lag})`` along axis 0, no time in two pairs, flattened to ``(n,)``."""
    values = np.asarray(u, dtype=np.float64)
    if not 1 <= lag < len(values):
        raise ValueError(
            f"got lag {lag} with {len(values)} times; a pair needs two times of the run; "
            f"give a lag from 1 to {len(values) - 1}"
        )
    times = np.arange(len(values) - lag)
    first = times[times // lag % 2 == 0]
    return values[first].ravel(), values[first + lag].ravel()


def uniformity(u: ArrayLike, alpha: float, n_cells: int = CELLS) -> TransformTest:
    """Test that ``u`` ``(n,)`` are independent and uniform on [0, 1)."""
    values = _uniforms("u", u)
    return _in_cells(_cells(values, n_cells), n_cells, alpha)


def dependence(u: ArrayLike, v: ArrayLike, alpha: float, side: int = SIDE) -> TransformTest:
    """Test that the pairs ``(u_k, v_k)`` are independent and uniform on the unit square.

    No u may be in two pairs: then pairs are independent under the null. Two agents in each tick,
    two chains at each update, `lagged`, or an action and the choice of who acts (`of_choice`).
    """
    first, second = _uniforms("u", u), _uniforms("v", v)
    if first.shape != second.shape:
        raise ValueError(
            f"got u of shape {first.shape} and v of shape {second.shape}; they are the two members "
            "of each pair; give as many of one as of the other"
        )
    outside = (first == 1.0) | (second == 1.0)
    cells = _cells(first, side) * side + _cells(second, side)
    return _in_cells(np.where(outside, side**2, cells), side**2, alpha)


def duplicates(up_prob: ArrayLike, up: ArrayLike, alpha: float) -> DuplicateScan:
    """Scan the actions of independent chains, ``(n_chains, n_times)``, for equal trajectories.

    Two rows are equal where all actions and all ``up_prob`` are; equal contexts must have equal
    numbers, as from one table. Given chain i, chain j equals it with probability at most
    ``q_i = prod_t P(action_t of i)``, whatever the start of j. A pair that is equal with
    ``q_i <= alpha / n_pairs`` is rejected, which happens with probability at most alpha.
    """
    phi, is_up = _actions(up_prob, up)
    if phi.ndim != 2 or len(phi) < 2:
        raise ValueError(
            f"got actions of shape {phi.shape}; a scan compares chains with each other; "
            "give (n_chains, n_times) of two chains or more"
        )
    rows = np.concatenate([phi, is_up.astype(np.float64)], axis=1)
    _, index, inverse, n_each = np.unique(
        rows, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    with np.errstate(divide="ignore"):
        log_likelihood = np.log(np.where(is_up, phi, 1 - phi)[index]).sum(1)
    repeated = np.flatnonzero(n_each > 1)
    if not len(repeated):
        return DuplicateScan(0, None, 1.0, False)
    rarest = repeated[np.argmin(log_likelihood[repeated])]
    first, second = np.flatnonzero(inverse.ravel() == rarest)[:2]
    n_pairs = len(phi) * (len(phi) - 1) // 2
    p_value = min(1.0, float(n_pairs * np.exp(log_likelihood[rarest])))
    n_equal_pairs = int((n_each * (n_each - 1) // 2).sum())
    return DuplicateScan(n_equal_pairs, (int(first), int(second)), p_value, p_value <= alpha)


def updates_needed(n_chains: int, most_likely: float, alpha: float) -> int:
    """Updates after which any two equal rows are rejected for certain by `duplicates`.

    ``most_likely`` in (0, 1) bounds the probability of any action: ``n_pairs most_likely^n`` is at
    most alpha. Typical rows are less likely, and caught sooner.
    """
    if not 0 < most_likely < 1:
        raise ValueError(
            f"got most_likely = {most_likely}; an action that is certain tells chains apart never; "
            "give the largest probability of an action, above 0 and below 1"
        )
    n_pairs = n_chains * (n_chains - 1) // 2
    return max(1, int(np.ceil(np.log(alpha / n_pairs) / np.log(most_likely))))


def detectable(n: int, alpha: float, miss: float = MISS, n_cells: int = CELLS) -> float:
    """The total variation, in cells, that is found with probability at least ``1 - miss``.

    For every alternative with independent u (pairs: ``n_cells = SIDE**2``).
    """
    return multinomial.detectable(n, n_cells, alpha, miss)


def needed(effect: float, alpha: float, miss: float = MISS, n_cells: int = CELLS) -> int:
    """How many u (or pairs) make `detectable` at most ``effect``."""
    n = multinomial.draws_needed(effect, n_cells, alpha, miss)
    return n if detectable(n, alpha, miss, n_cells) <= effect else n + 1


def _actions(up_prob: ArrayLike, up: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    phi, is_up = np.asarray(up_prob, dtype=np.float64), np.asarray(up)
    if is_up.dtype != np.bool_:
        raise ValueError(
            f"got up of type {is_up.dtype}; an action is up or not, and -1 would pass as true; "
            "give booleans, from spins take spins == 1"
        )
    if phi.shape != is_up.shape:
        raise ValueError(
            f"got up_prob of shape {phi.shape} and up of shape {is_up.shape}; each action has its "
            "own probability; give one per action"
        )
    if not np.all((phi >= 0) & (phi <= 1)):  # NaN fails too
        worst = phi[~((phi >= 0) & (phi <= 1))][0]
        raise ValueError(f"got up_prob {worst}; a probability is between 0 and 1; mend the formula")
    return phi, is_up


def _uniforms(name: str, u: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(u, dtype=np.float64)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"got {name} of shape {values.shape}; a test needs one number per action; ravel it"
        )
    if not np.all((values >= 0) & (values <= 1)):
        worst = values[~((values >= 0) & (values <= 1))][0]
        raise ValueError(f"got {name} with {worst}; u is in [0, 1); make it with transform")
    return values


def _cells(u: NDArray[np.float64], n_cells: int) -> NDArray[np.int64]:
    """Cell of each u; what is impossible (u = 1.0) is in cell ``n_cells``, which has law 0."""
    cells = np.minimum((u * n_cells).astype(np.int64), n_cells - 1)
    return np.where(u == 1.0, n_cells, cells)


def _in_cells(cells: NDArray[np.int64], n_cells: int, alpha: float) -> TransformTest:
    law = np.append(np.full(n_cells, 1 / n_cells), 0.0)
    test = multinomial.compare_with_law(multinomial.counts_of(cells, n_cells + 1), law, alpha)
    p_value = _p_value(test.relative_entropy, len(cells), n_cells)
    return TransformTest(test.total_variation, test.interval, p_value, test.rejected)


def _p_value(relative_entropy: float, n: int, n_cells: int) -> float:
    """The smallest alpha at which `multinomial` rejects."""
    per_degree = n * relative_entropy / (n_cells - 1)
    if per_degree <= 1:
        return 1.0
    if np.isinf(per_degree):
        return 0.0
    return float(np.exp((n_cells - 1) * (1 + np.log(per_degree) - per_degree)))
