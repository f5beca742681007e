"""Asymmetric precisions: entropy is produced, and no Ising law is left (section 5).

``gamma_ij = J_ij (1 + epsilon)`` above the diagonal and ``J_ij (1 - epsilon)`` below it, J any
symmetric table, of one sign or several; epsilon = 0 is the paper's collective. Random scan.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_array

from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.fragility.chains import Run, by_quantity, estimates
from pp_spin.fragility.curve import Axis, Curve
from pp_spin.fragility.nearest_ising import nearest_ising
from pp_spin.fragility.observables import current, tie_correlation
from pp_spin.reference.laws import ising_law, total_variation
from pp_spin.reference.stationary import entropy_production, stationary_law
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import random_scan


def asymmetric(collective: Collective, epsilon: float) -> Collective:
    """The collective with precisions ``1 + epsilon`` as large above the diagonal, less below.

    Raises ValueError for precisions that are asymmetric already.
    """
    ties = collective.ties
    gap = abs(ties - ties.T)
    if gap.nnz and gap.max() > 0:
        raise ValueError(
            f"got precisions that differ by up to {gap.max():g} between the two of a pair; epsilon "
            "measures asymmetry from a symmetric table; give the table of their means"
        )
    entries = ties.tocoo()
    side = np.sign(entries.col - entries.row)
    values = entries.data * (1 + epsilon * side)
    return collective.replaced(
        sensory_precision=csr_array((values, (entries.row, entries.col)), shape=ties.shape)
    )


def exact_point(collective: Collective, epsilon: float) -> dict[str, float]:
    """The exact quantities of a small collective at one asymmetry."""
    agents = asymmetric(collective, epsilon)
    law = stationary_law(agents, random_scan)
    equal = ising_law(collective.sensory_precision, collective.prior_precision)
    return {
        "entropy production, nats per update": entropy_production(
            law, transition_matrix(agents, random_scan)
        ),
        "mean of the linear current": float(
            law @ current(agents).of(configurations(agents.n_agents))
        ),
        "total variation to the nearest Ising law": total_variation(law, nearest_ising(law).law),
        "total variation to the Ising law of the mean precisions": total_variation(law, equal),
    }


def curve(
    small: Collective,
    large: Collective,
    run: Run,
    epsilons: Sequence[float],
    named: tuple[str, str],
) -> Curve:
    """The curve over relative asymmetries; ``named`` says which two systems they are."""
    exact = [exact_point(small, epsilon) for epsilon in epsilons]
    sampled = []
    for place, epsilon in enumerate(epsilons):
        agents = asymmetric(large, epsilon)
        wanted = (current(agents), tie_correlation(large.ties))
        sampled.append(estimates(agents, random_scan, wanted, run.at(place)))
    return Curve(
        "asymmetric precisions",
        Axis("relative asymmetry of the precisions", tuple(epsilons)),
        named[0],
        {name: tuple(point[name] for point in exact) for name in exact[0]},
        named[1],
        by_quantity(sampled),
        {},
    )
