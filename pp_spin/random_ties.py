"""Random ties, drawn for all agents at once: pairs ``(n_pairs, 2)`` of agents, each pair once."""

import numpy as np
from numpy.typing import NDArray


def regular_pairs(degree: int, n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Ties that give each of ``n`` agents ``degree`` neighbours; ``degree * n`` is even.

    Steger and Wormald (Comb. Probab. Comput. 8, 1999, 377-396): pair the free ends of ties at
    random, free again the two ends of every loop and repeated tie, begin anew where stuck. Nearly
    uniform among regular graphs for small degrees; networkx draws by the same rule.
    """
    while (pairs := _paired(degree, n, rng)) is None:
        pass
    return np.stack(np.divmod(pairs, n), axis=1)


def _paired(degree: int, n: int, rng: np.random.Generator) -> NDArray[np.int64] | None:
    """Pairs i < j as numbers ``i * n + j``; None where the free ends left over fit nowhere."""
    kept = np.empty(0, dtype=np.int64)
    ends = np.repeat(np.arange(n), degree)
    while len(ends):
        low, high = np.sort(rng.permutation(ends).reshape(-1, 2), axis=1).T
        pairs = low * n + high
        fits = np.zeros(len(pairs), dtype=bool)
        fits[np.unique(pairs, return_index=True)[1]] = True
        fits &= (low < high) & ~np.isin(pairs, kept)
        if not fits.any() and _is_stuck(ends, kept, n):
            return None
        kept = np.append(kept, pairs[fits])
        ends = np.append(low[~fits], high[~fits])
    return kept


def _is_stuck(ends: NDArray[np.int64], kept: NDArray[np.int64], n: int) -> bool:
    agents = np.unique(ends)
    low, high = np.triu_indices(len(agents), k=1)
    return bool(np.isin(agents[low] * n + agents[high], kept).all())


def independent_pairs(n: int, probability: float, rng: np.random.Generator) -> NDArray[np.int64]:
    """Each of the pairs among ``n`` agents with ``probability``, independently of the others.

    In a row of all pairs, the steps from one that is drawn to the next are geometric.
    """
    n_pairs = n * (n - 1) // 2
    drawn, last = [np.empty(0, dtype=np.int64)], -1
    while probability > 0 and last < n_pairs:
        size = int((n_pairs - last) * probability) + 10
        steps = np.minimum(rng.geometric(probability, size), n_pairs + 1)  # no overflow
        drawn.append(last + np.cumsum(steps))
        last = int(drawn[-1][-1])
    places = np.concatenate(drawn)
    places = places[places < n_pairs]
    before = np.arange(n) * (np.arange(n) - 1) // 2  # the row: 01, 02, 12, 03, 13, 23, 04, …
    high = np.searchsorted(before, places, side="right") - 1
    return np.stack([places - before[high], high], axis=1)
