"""Benchmark jobs: collectives that a name says all of, so that a figure is of a stated job.

``lat_H_cC``: H x H periodic lattice, ferromagnetic, precision 0.44. ``rrK_nN_cC``: random K-regular
graph, ties of both signs, 0.8; with ``_real`` at the end, Gaussian precisions of standard deviation
0.8 and biases of 0.1, each agent's own. ``ea3_L_cC``: cubic lattice, ties of both signs, 0.8.
``sk_nN_cC``: Gaussian ties between all, standard deviation 1 / sqrt(N); ``tiny_nN_cC``: the same,
one half. C chains under the chromatic schedule, or, with ``_sync`` or ``_scan`` at the very end,
under the synchronous one or random scan.
"""

import math
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.network import complete, lattice, random_regular
from pp_spin.reference import kaufman
from pp_spin.reference.laws import ising_law
from pp_spin.schedule import Schedule, chromatic, random_scan, synchronous

JOBS = (
    "lat_1024_c1",
    "lat_256_c64",
    "rr3_n10000_c64",
    "rr6_n100000_c64",
    "ea3_32_c64",
    "rr3_n10000_c64_real",
    "rr6_n100000_c64_real",
    "sk_n1024_c64",
    "sk_n1024_c1024",
    "tiny_n12_c65536",
    "lat_1024_c1_sync",
    "lat_256_c64_sync",
    "rr3_n10000_c64_sync",
    "sk_n1024_c1024_sync",
    "tiny_n12_c65536_sync",
    "rr3_n10000_c64_scan",
    "sk_n1024_c64_scan",
    "tiny_n12_c65536_scan",
)
"""What is run unless a job is named."""

GROWTH = (
    *(f"rr3_n{10**k}_c64{real}" for real in ("", "_real") for k in range(3, 7)),
    *(f"rr3_n100_c{10**k}" for k in range(7)),
)
"""What shows how time grows: agents at a fixed degree, and chains."""

BETA = {"lat": 0.44, "rr": 0.8, "ea3": 0.8, "sk": 1.0, "tiny": 0.5}
"""Precision, or its standard deviation times sqrt(N), by kind."""

MOST_ENUMERATED = 16

_NAME = re.compile(
    r"(?:(lat|ea3)_(\d+)_c(\d+)|(rr)(\d+)_n(\d+)_c(\d+)(_real)?|(sk|tiny)_n(\d+)_c(\d+))(_sync|_scan)?"
)
_SCHEDULES: dict[str | None, Schedule] = {
    None: chromatic,
    "_sync": synchronous,
    "_scan": random_scan,
}
_SEED = 7


class Job(NamedTuple):
    """A collective, its schedule and how many chains of it are run."""

    name: str
    collective: Collective
    schedule: Schedule
    n_chains: int
    energy: float | None
    """per agent in equilibrium, exactly, where it is known"""


class Named(NamedTuple):
    """What a name says, read."""

    kind: str
    sizes: list[int]
    n_chains: int
    real: bool
    schedule: str | None


def read_name(name: str) -> Named:
    """What the name of a job says. Raises ValueError, listing the forms, for another name."""
    match = _NAME.fullmatch(name)
    numbers = [int(number) for number in re.findall(r"\d+(?=_|$)", name)]
    if match is None or 0 in numbers:
        raise ValueError(
            f"got job {name!r}; a job is lat_H_cC, rrK_nN_cC, ea3_L_cC, sk_nN_cC or tiny_nN_cC, "
            "with _real after an rr, and _sync or _scan after any, all numbers from 1; write for "
            "example lat_256_c64 or rr3_n10000_c64_sync"
        )
    *parts, schedule = match.groups()
    kind, *given = (part for part in parts if part is not None)
    *sizes, n_chains = (int(part) for part in given if part != "_real")
    return Named(kind, sizes, n_chains, "_real" in given, schedule)


def job_named(name: str) -> Job:
    """The job of a name. Raises ValueError, listing the forms, for a name of none of them."""
    kind, sizes, n_chains, real, schedule = read_name(name)
    collective, energy = _COLLECTIVES[kind](sizes, np.random.default_rng(_SEED), real)
    if schedule == "_sync":
        energy = None
    return Job(name, collective, _SCHEDULES[schedule], n_chains, energy)


def _square(sizes: list[int], rng: np.random.Generator, real: bool) -> tuple[Collective, float]:
    beta, shape = BETA["lat"], (sizes[0], sizes[0])
    return Collective(lattice(shape).scaled(beta)), beta * kaufman.energy(shape, beta)


def _cubic(sizes: list[int], rng: np.random.Generator, real: bool) -> tuple[Collective, None]:
    return Collective(_signed(lattice((sizes[0],) * 3).ties, BETA["ea3"], rng)), None


def _regular(
    sizes: list[int], rng: np.random.Generator, real: bool
) -> tuple[Collective, float | None]:
    degree, n_agents = sizes
    beta, ties = BETA["rr"], random_regular(degree, n_agents, _SEED).ties
    if real:
        gaussian = _mutual(ties, lambda n: beta * rng.standard_normal(n))
        return Collective(gaussian, 0.1 * rng.standard_normal(n_agents)), None
    # Above the spin-glass temperature, on a graph that is a tree nearby, a tie is left to itself.
    paramagnet = (degree - 1) * math.tanh(beta) ** 2 < 1
    energy = -degree / 2 * beta * math.tanh(beta) if paramagnet else None
    return Collective(_signed(ties, beta, rng)), energy


def _gaussian(kind: str) -> Callable[..., tuple[Collective, float | None]]:
    def build(
        sizes: list[int], rng: np.random.Generator, real: bool
    ) -> tuple[Collective, float | None]:
        [n_agents] = sizes
        scale = BETA[kind] / math.sqrt(n_agents)
        ties = _mutual(complete(n_agents).ties, lambda n: scale * rng.standard_normal(n))
        if n_agents > MOST_ENUMERATED:
            return Collective(ties), None
        spins = configurations(n_agents).astype(np.float64)
        energies = -((ties @ spins.T).T * spins).sum(axis=1) / 2
        law = ising_law(ties.toarray(), np.zeros(n_agents))
        return Collective(ties), float(law @ energies) / n_agents

    return build


_COLLECTIVES: dict[str, Callable[..., tuple[Collective, float | None]]] = {
    "lat": _square,
    "ea3": _cubic,
    "rr": _regular,
    "sk": _gaussian("sk"),
    "tiny": _gaussian("tiny"),
}


def _signed(ties: csr_array, size: float, rng: np.random.Generator) -> csr_array:
    """The same ties, each of the given size with a sign of its own."""
    return _mutual(ties, lambda n: size * rng.choice([-1.0, 1.0], n))


def _mutual(ties: csr_array, draw: Callable[[int], NDArray[np.float64]]) -> csr_array:
    """Ties between the same agents with drawn precisions, the same both ways."""
    pairs = ties.tocoo()
    once = pairs.row < pairs.col
    values = draw(int(once.sum()))
    upper = csr_array((values, (pairs.row[once], pairs.col[once])), shape=ties.shape)
    return csr_array(upper + upper.T)
