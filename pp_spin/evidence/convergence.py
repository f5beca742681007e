"""What a run's own draws say of its chains: R-hat, effective sizes, correlation times, stuck spins.

Diagnosis, never a verdict: chains that agree may all be in one valley, and no figure here can tell.
A figure that cannot be had is None beside the reason, never NaN.

Shapes: spins are ``(n_chains, n_draws, n_agents)``, a series ``(n_chains, n_draws)``. R-hat and ESS
are ArviZ's, of chains split in halves. The correlation time is that of the mean,
``thinning n / ESS = thinning (1 + 2 sum_t rho_t)`` sweeps for n draws in all: ``thinning`` for
independent draws, and twice what much of physics calls by that name.

References: Vehtari et al. 2021 (rank-normalised R-hat; bulk and tail ESS, 5 % and 95 %);
Margossian et al. 2024 (nested R-hat).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import arviz_stats
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

LABEL = "diagnostic, never a verdict"
FEWEST_DRAWS = 4
"""Per chain: R-hat and ESS compare halves of chains, each of two draws or more."""
TAILS = (0.05, 0.95)

_NO_RHAT = "R-hat compares chains, 2 or more; there is 1"
_NO_RHAT_OF_PAIRS = "R-hat of the overlap compares pairs of chains, 2 or more; there is 1"

_arviz: Any = arviz_stats  # it is typed, but does not say what it exports

State = Literal["varies", "clamped", "frozen", "stuck", "rare", "unknown"]
Series = NDArray[np.float64]


class Measured(NamedTuple):
    """One series of a run; what cannot be had is None, and ``why`` says why."""

    name: str
    state: State
    """frozen: one value in all chains; stuck: one in each, and they differ; else see ``why``"""
    why: tuple[str, ...]
    mean: float | None = None
    rhat: float | None = None
    """rank-normalised, split; infinite where no half of a chain varies and they differ"""
    nested_rhat: float | None = None
    bulk_ess: float | None = None
    tail_ess: float | None = None
    mcse: float | None = None
    """standard error of the mean, in its units"""
    correlation_time: float | None = None
    """integrated, in sweeps"""


@dataclass(frozen=True)
class Diagnosis:
    """What the draws of a run say of its chains: a diagnostic, never a verdict."""

    n_chains: int
    n_draws: int
    """per chain"""
    thinning: int
    """sweeps from draw to draw"""
    observables: tuple[Measured, ...]
    """energy, magnetisation, overlap"""
    spins: tuple[Measured, ...]
    """one per agent, with mean, R-hat and bulk ESS; two values have no tails"""


def diagnose(tree: xr.DataTree, *, superchains: ArrayLike | None = None) -> Diagnosis:
    """Diagnose the draws of a tree that `sample` has made or `read_draws` has read.

    ``superchains`` ``(n_chains,)`` numbers the starting points, for the nested R-hat: chains that
    began at one point have one number. None: each chain began by itself, as fair coins do.

    Raises ValueError for a tree without draws, and for super-chains that are not two or more of
    equal size.
    """
    spins, series = _spins(tree), observables(tree)
    n_chains, n_draws, _ = spins.shape
    thinning = int(tree.attrs.get("thinning", 1))
    ids = np.arange(n_chains) if superchains is None else _groups(superchains, n_chains)
    groups = {"overlap": np.arange(n_chains // 2) if superchains is None else None}
    measured = [_measured(name, x, thinning, groups.get(name, ids)) for name, x in series.items()]
    if "overlap" not in series:
        measured.append(Measured("overlap", "unknown", ("an overlap is of 2 chains; there is 1",)))
    return Diagnosis(n_chains, n_draws, thinning, tuple(measured), tuple(_each_spin(tree, spins)))


def observables(tree: xr.DataTree) -> dict[str, Series]:
    """The series that are diagnosed: energy, magnetisation and, with two chains, the overlap.

    The overlap ``q = 1/N sum_i s_i^a s_i^b`` is of equal draws of chains (0, 1), (2, 3), …, which
    makes ``(n_chains // 2, n_draws)``. No chain is in two pairs: R-hat needs independent series.

    Raises ValueError for a tree without draws.
    """
    spins, stats = _spins(tree), tree["sample_stats"]
    energy = stats["energy"].to_numpy()
    # Ranks would tell apart what only the rounding of sums does.
    grain = 1e-12 * np.abs(energy).max() or 1.0
    found = {
        "energy": np.round(energy / grain) * grain,
        "magnetisation": stats["magnetisation"].to_numpy(),
    }
    pairs = zip(spins[0::2], spins[1::2], strict=False)
    overlaps = [(a * b).mean(-1, dtype=np.float64) for a, b in pairs]
    return found | ({"overlap": np.array(overlaps)} if overlaps else {})


def state_of(series: NDArray[Any]) -> tuple[State, tuple[str, ...]]:
    """Whether a series varies enough for R-hat and ESS, and if not, why not."""
    n_draws = series.shape[1]
    if n_draws < FEWEST_DRAWS:
        return "unknown", (f"R-hat, ESS and MCSE need {FEWEST_DRAWS} draws a chain; got {n_draws}",)
    half = n_draws // 2
    kept = np.concatenate([series[:, :half], series[:, -half:]])
    if (series == series[:, :1]).all():
        if (series == series[0, 0]).all():
            return "frozen", (f"frozen: one value in all of {n_draws} draws",)
        return "stuck", (f"stuck: chains disagree, and none varies in {n_draws} draws",)
    if (kept == kept[0, 0]).all():
        return "rare", ("varies in the middle draw only, which is in neither half of a chain",)
    return "varies", ()


def _measured(name: str, series: Series, thinning: int, ids: NDArray[np.intp] | None) -> Measured:
    state, why = state_of(series)
    row = Measured(name, state, why, float(series.mean()), np.inf if state == "stuck" else None)
    if state != "varies":
        return row
    n_chains, n_draws = series.shape
    used = n_chains * (n_draws // 2 * 2)  # halves of chains leave out a middle draw
    with np.errstate(divide="ignore", invalid="ignore"):  # where R-hat is infinite
        if n_chains > 1:
            row = row._replace(rhat=float(_arviz.rhat(series, method="rank")))
        else:
            why += (_NO_RHAT_OF_PAIRS if name == "overlap" else _NO_RHAT,)
        if n_chains > 1 and ids is not None:
            nested = _arviz.rhat_nested(series, method="rank", superchain_ids=ids)
            row = row._replace(nested_rhat=float(nested))
        elif n_chains > 1:
            why += ("nested R-hat: a pair of chains has no super-chain of its own",)
        row = row._replace(
            bulk_ess=float(_arviz.ess(series, method="bulk")),
            mcse=float(_arviz.mcse(series, method="mean")),
            correlation_time=thinning * used / float(_arviz.ess(series, method="mean")),
        )
        # ArviZ calls it the number of draws where both quantiles are the largest value.
        if (series < series.max()).sum() > TAILS[0] * series.size + 1:
            row = row._replace(tail_ess=float(_arviz.ess(series, method="tail", prob=TAILS)))
        else:
            why += ("tail ESS: 95 % of the draws or more have the largest value",)
    return row._replace(why=why)


def _each_spin(tree: xr.DataTree, spins: NDArray[np.int8]) -> Iterator[Measured]:
    n_chains, n_draws, _ = spins.shape
    observed = tree["observed_data"]["clamped_agent"].to_numpy() if "observed_data" in tree else ()
    held = set(map(str, observed))
    where = f"in {n_draws} draws of {n_chains} {'chain' if n_chains == 1 else 'chains'}"
    for agent, label in enumerate(tree["posterior"]["agent"].to_numpy()):
        name, series = str(label), spins[:, :, agent]
        mean = float(series.mean(dtype=np.float64))
        state, why = state_of(series)
        if name in held:
            yield Measured(name, "clamped", ("clamped",), mean)
        elif state == "frozen":
            yield Measured(name, "frozen", (f"frozen: never flipped {where}",), mean)
        elif state == "stuck":
            disagree = f"stuck: different chains disagree, and none flipped {where}"
            yield Measured(name, "stuck", (disagree,), mean, np.inf)
        elif state == "varies":
            yield _spin(name, series.astype(np.float64), mean)
        else:
            yield Measured(name, state, why, mean)


def _spin(name: str, series: Series, mean: float) -> Measured:
    # Ranks of two values are a straight line of them, which leaves R-hat and ESS as they are.
    with np.errstate(divide="ignore", invalid="ignore"):
        bulk_ess = float(_arviz.ess(series, method="mean"))
        if len(series) == 1:
            return Measured(name, "varies", (_NO_RHAT,), mean, bulk_ess=bulk_ess)
        rhat = float(_arviz.rhat(series, method="split"))
    return Measured(name, "varies", (), mean, rhat, bulk_ess=bulk_ess)


def _spins(tree: xr.DataTree) -> NDArray[np.int8]:
    if "posterior" not in tree or "spins" not in tree["posterior"]:
        raise ValueError(
            f"got a tree of the groups {sorted(tree.children)}, which holds no draws of spins; "
            "give one that sample has made, not sums of draws"
        )
    return tree["posterior"]["spins"].to_numpy()


def _groups(superchains: ArrayLike, n_chains: int) -> NDArray[np.intp]:
    numbers = np.asarray(superchains)
    _, ids, sizes = np.unique(numbers, return_inverse=True, return_counts=True)
    if numbers.shape != (n_chains,) or len(sizes) < 2 or len(set(sizes)) > 1:
        raise ValueError(
            f"got superchains of shape {numbers.shape} in groups of {sizes.tolist()}; nested R-hat "
            "compares two or more groups of equally many chains; number the starting point of each "
            f"of the {n_chains} chains"
        )
    return ids
