"""Agents that act by the softmax of expected free energy: sigmoid(b (2 phi_z - 1)) (app. B).

b = 2 beta omega tanh(xi). No b matches probabilities: the largest error over all posteriors is
least, 0.0561, at b = 2.824, and grows from there on both sides. Random scan.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import expit, logit

from pp_spin.agents.action import ActionRule, expected_free_energy
from pp_spin.collective import Collective
from pp_spin.fragility.chains import Run, by_quantity, estimates
from pp_spin.fragility.curve import Axis, Curve
from pp_spin.fragility.nearest_ising import nearest_ising
from pp_spin.fragility.observables import energy, magnetisation
from pp_spin.reference.actions import action_table
from pp_spin.reference.laws import ising_law, total_variation
from pp_spin.reference.stationary import entropy_production, stationary_law
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import random_scan

CERTAIN = 20.0
"""A forward precision xi whose tanh is 1 in double precision."""


def with_slope(b: float) -> ActionRule:
    """The rule of slope b, at omega = 1 and a certain forward model: ``beta = b / 2``."""
    return expected_free_energy(1.0, CERTAIN, b / 2)


def largest_error(b: float) -> float:
    """``sup |sigmoid(b (2 phi - 1)) - phi|`` over all posteriors phi in [0, 1].

    It is at an end, or where ``2 b q (1 - q) = 1`` for the action's probability q, which needs
    b > 2; the other ends and roots are its mirror images.
    """
    candidates = [float(expit(-b))]
    if b > 2:
        q = (1 + math.sqrt(1 - 2 / b)) / 2
        candidates.append(abs(q - 0.5 - float(logit(q)) / (2 * b)))
    return max(candidates)


def exact_point(collective: Collective, b: float) -> dict[str, float]:
    """The exact quantities of a small collective whose agents act with slope b."""
    agents = collective.replaced(action_rule=with_slope(b))
    law = stationary_law(agents, random_scan)
    ising = ising_law(collective.sensory_precision, collective.prior_precision)
    errors = np.abs(action_table(agents) - action_table(collective))
    return {
        "largest error of the action law, over all posteriors": largest_error(b),
        "largest error of the action law, in this collective": float(errors.max()),
        "total variation to the Ising law": total_variation(law, ising),
        "total variation to the nearest Ising law": total_variation(law, nearest_ising(law).law),
        "entropy production, nats per update": entropy_production(
            law, transition_matrix(agents, random_scan)
        ),
    }


def curve(
    small: Collective, large: Collective, run: Run, slopes: Sequence[float], named: tuple[str, str]
) -> Curve:
    """The curve over slopes b > 0; its limits are agents that match probabilities."""
    exact = [exact_point(small, b) for b in slopes]
    wanted = (energy(large), magnetisation())
    sampled = [
        estimates(large.replaced(action_rule=with_slope(b)), random_scan, wanted, run.at(place))
        for place, b in enumerate(slopes)
    ]
    matched = estimates(large, random_scan, wanted, run.at(len(slopes)))
    return Curve(
        "action by expected free energy",
        Axis("slope b of the softmax", tuple(slopes)),
        named[0],
        {name: tuple(point[name] for point in exact) for name in exact[0]},
        named[1],
        by_quantity(sampled),
        {f"{name}, probability matching": found for name, found in matched.items()},
    )
