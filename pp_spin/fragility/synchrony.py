"""Partial synchrony: from the Ising law to Little's, through neither (section 5, app. C).

Each agent acts at a tick with probability r. As r -> 0 ticks in which two act become rare and the
law tends to the Ising law (C.40); r = 1 is the law (C.33).
"""

import math
from collections.abc import Sequence

from pp_spin.collective import Collective
from pp_spin.fragility.chains import Run, by_quantity, estimates
from pp_spin.fragility.curve import Axis, Curve
from pp_spin.fragility.observables import energy, tie_correlation
from pp_spin.reference.laws import ising_law, little_law, total_variation
from pp_spin.reference.stationary import entropy_production, stationary_law
from pp_spin.reference.transitions import transition_matrix
from pp_spin.schedule import partially_synchronous, random_scan, synchronous


def exact_point(collective: Collective, rate: float) -> dict[str, float]:
    """The exact quantities of a small collective at one rate."""
    schedule = partially_synchronous(rate)
    law = stationary_law(collective, schedule)
    gamma, zeta = collective.sensory_precision, collective.prior_precision
    return {
        "total variation to the Ising law": total_variation(law, ising_law(gamma, zeta)),
        "total variation to the Little law": total_variation(law, little_law(gamma, zeta)),
        "entropy production, nats per tick": entropy_production(
            law, transition_matrix(collective, schedule)
        ),
    }


def curve(
    small: Collective, large: Collective, run: Run, rates: Sequence[float], named: tuple[str, str]
) -> Curve:
    """The curve over rates in (0, 1]; warm-up and thinning last 1/r times as many ticks."""
    exact = [exact_point(small, rate) for rate in rates]
    wanted = (tie_correlation(large.ties), energy(large))
    sampled = []
    for place, rate in enumerate(rates):
        slower = run.at(place)._replace(
            n_warmup=math.ceil(run.n_warmup / rate), thinning=math.ceil(run.thinning / rate)
        )
        sampled.append(estimates(large, partially_synchronous(rate), wanted, slower))
    alone = estimates(large, random_scan, wanted, run.at(len(rates)))
    together = estimates(large, synchronous, wanted, run.at(len(rates) + 1))
    ends = {f"{name}, one at a time": found for name, found in alone.items()}
    ends |= {f"{name}, all at once": found for name, found in together.items()}
    return Curve(
        "partial synchrony",
        Axis("probability to act at a tick", tuple(rates)),
        named[0],
        {name: tuple(point[name] for point in exact) for name in exact[0]},
        named[1],
        by_quantity(sampled),
        ends,
    )
