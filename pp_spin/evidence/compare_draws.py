"""A stored run's last draws against a law, or against another run's.

Only the last draw of each chain is independent of the others, so many chains are needed, and a run
that has not converged rightly disagrees with the law that it would have come to.
"""

import numpy as np
from numpy.typing import NDArray

from pp_spin.collective import Collective
from pp_spin.configurations import ENUMERATION_LIMIT, configurations
from pp_spin.evidence import moments, two_sample
from pp_spin.evidence.budget import MISS
from pp_spin.evidence.comparison import Comparison, clamped_that_moved, judged
from pp_spin.evidence.diagnostics import labels_of
from pp_spin.evidence.stored import StoredRun
from pp_spin.reference import elimination
from pp_spin.reference.laws import little_law


def against_the_ising_law(
    run: StoredRun, model: Collective, alpha: float, tolerance: float
) -> list[Comparison]:
    """Last draws against the Ising law with J = gamma and h = zeta of ``model``.

    Raises ValueError for asymmetric precisions, other agents, or a network too wide to eliminate.
    """
    _check_same_agents(run, model)
    law = elimination.eliminate(model.ties, model.prior_precision, clamped=model.clamped)
    ties = _free_ties(model)
    exact = np.concatenate(
        [
            elimination.marginal_up(law)[model.free],
            (1 + elimination.spin_products(law, model.free[ties])) / 2,
        ]
    )
    return [
        _events(run, model, ties, exact, "the Ising law", alpha, tolerance),
        *clamped_that_moved(run),
    ]


def against_the_little_law(
    run: StoredRun, model: Collective, alpha: float, tolerance: float
) -> list[Comparison]:
    """Last draws against eq. (C.33) of ``model``, by enumeration. Raises ValueError as above."""
    _check_same_agents(run, model)
    if model.n_agents > ENUMERATION_LIMIT:
        raise ValueError(
            f"got {model.n_agents} agents; the Little law is enumerated, for at most "
            f"{ENUMERATION_LIMIT}; compare with another run (a .nc file) of a sampler you trust"
        )
    law = little_law(model.sensory_precision, model.prior_precision, model.clamped)
    ties = _free_ties(model)
    spins = configurations(model.n_agents)
    exact = moments.probabilities(law, spins[:, model.free], ties)
    return [
        _events(run, model, ties, exact, "the Little law", alpha, tolerance),
        *clamped_that_moved(run),
    ]


def against_draws(
    run: StoredRun, other: StoredRun, alpha: float, tolerance: float
) -> list[Comparison]:
    """Last draws against those of another run of the same agents.

    Raises ValueError for other agents, a single chain, and the very same draws.
    """
    _check_same_agents(run, other.collective)
    if np.array_equal(run.draws, other.draws):
        raise ValueError(
            "got a run and a reference of the very same draws; they agree whatever the law; give a "
            "run of another seed"
        )
    ours, theirs = (_signs(each, run.collective) for each in (run, other))
    n, m = len(run.draws), len(other.draws)
    means = two_sample.compare_means(ours, theirs, alpha / 2)
    energy = two_sample.compare_distributions(
        _energy(run), _energy(other, run.collective), alpha / 2
    )
    n_events = ours.shape[1]
    return [
        judged(
            "marginals and agreements of ties, last draws of both runs",
            "largest difference of a mean of ±1",
            means.discrepancy,
            means.interval,
            two_sample.detectable_mean(n, alpha / 2, MISS, n_events, m),
            tolerance,
            min(n, m),
            "chains of each run",
            alpha / 2,
            means.rejected,
            two_sample.needed_for_mean(tolerance, alpha / 2, MISS, n_events),
        ),
        judged(
            "energy, last draws of both runs",
            "largest difference of the CDFs",
            energy.discrepancy,
            energy.interval,
            two_sample.detectable(n, alpha / 2, MISS, m),
            tolerance,
            min(n, m),
            "chains of each run",
            alpha / 2,
            energy.rejected,
            two_sample.needed(tolerance, alpha / 2, MISS),
        ),
        *clamped_that_moved(run),
        *clamped_that_moved(other),
    ]


def _events(
    run: StoredRun,
    model: Collective,
    ties: NDArray[np.intp],
    exact: NDArray[np.float64],
    law: str,
    alpha: float,
    tolerance: float,
) -> Comparison:
    n = len(run.draws)
    observed = moments.frequencies(run.last[:, model.free], ties)
    test = moments.compare_with_probabilities(observed, exact, n, alpha)
    return judged(
        f"marginals and agreements of ties against {law}, last draws",
        "largest difference of a probability",
        test.discrepancy,
        test.interval,
        moments.detectable(n, len(exact), alpha),
        tolerance,
        n,
        "chains",
        alpha,
        test.rejected,
        n * (moments.detectable(n, len(exact), alpha) / tolerance) ** 2,
    )


def _check_same_agents(run: StoredRun, model: Collective) -> None:
    ours, theirs = run.collective, model
    if ours.n_agents != theirs.n_agents or dict(ours.clamped) != dict(theirs.clamped):
        raise ValueError(
            f"got a run of {ours.n_agents} agents, {len(ours.clamped)} of them clamped, and a "
            f"reference of {theirs.n_agents}, {len(theirs.clamped)} clamped; laws are compared "
            "agent by agent; give a reference of the same agents, clamped alike"
        )
    names = map(str, labels_of(theirs.nodes))
    for i, (our_name, their_name) in enumerate(zip(ours.nodes, names, strict=True)):
        if our_name != their_name:
            raise ValueError(
                f"got a run whose agent {i} is {our_name!r} and a reference whose agent {i} is "
                f"{their_name!r}; laws are compared agent by agent; give a reference of the same "
                "agents in the same order"
            )


def _free_ties(model: Collective) -> NDArray[np.intp]:
    """Pairs ``(n_ties, 2)`` of places among the free agents who see each other."""
    sees = abs(model.ties[model.free][:, model.free])
    among = (sees + sees.T).tocoo()  # of two, one may see the other and not be seen
    once = among.row < among.col
    return np.stack([among.row[once], among.col[once]], axis=1).astype(np.intp)


def _signs(run: StoredRun, model: Collective) -> NDArray[np.float64]:
    """Spins of the free agents and products of tied ones in last draws, ``(n_chains, n)``."""
    spins = run.last[:, model.free].astype(np.float64)
    ties = _free_ties(model)
    return np.concatenate([spins, spins[:, ties[:, 0]] * spins[:, ties[:, 1]]], axis=1)


def _energy(run: StoredRun, model: Collective | None = None) -> NDArray[np.float64]:
    """Eq. (C.41) of ``model`` (the run's own) in the last draws, ``(n_chains,)``."""
    agents = model or run.collective
    spins = run.last.astype(np.float64)
    return -((agents.ties @ spins.T).T * spins).sum(1) / 2 - spins @ agents.prior_precision
