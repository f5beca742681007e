"""The data of Fig. 1B, asked of the NumPyro model itself: its sites, and who depends on whom.

Arrows are NumPyro's own account of the program (it follows every value to where it is used). What
an arrow says is asked too: the half log-odds of a site with its parents held up and down.
"""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from numpyro import handlers
from numpyro.infer.inspect import get_model_relations

from pp_spin.agents import planning
from pp_spin.claims import cases
from pp_spin.claims.claim import Means

Model = Callable[..., Any]


def exhibit(means: Means) -> dict[str, Any]:
    """The agent of Fig. 1A with its control: what it sees is observed, the rest is inferred."""
    focal = cases.LATTICE_AGENT
    spins = np.ones(len(focal.running.sensory_precision), dtype=np.int8)
    return shown(planning.predictive_model, focal.running, spins, focal.forward_precision)


def shown(model: Model, *arguments: Any) -> dict[str, Any]:
    """The spins of a model, the numbers of each, and the arrows between them.

    Spin sites come in two (``spin.sample_spin``): the random ``NAME_up`` and the spin ``NAME``.
    """
    relations = get_model_relations(model, arguments)
    parents = {
        name.removesuffix("_up"): relations["sample_sample"][name]
        for name in relations["sample_sample"]
        if name.endswith("_up")
    }
    plates = {
        site.removesuffix("_up"): plate
        for plate, sites in relations["plate_sample"].items()
        for site in sites
    }
    with jax.enable_x64(True):
        return {
            "spins": [
                {
                    "name": name,
                    "observed": f"{name}_up" in relations["observed"],
                    "plate": plates.get(name),
                    "parents": list(parents[name]),
                    "precision": _precisions(model, arguments, name, parents[name]),
                }
                for name in parents
            ]
        }


def _precisions(model: Model, arguments: Any, name: str, parents: list[str]) -> list[float]:
    """What multiplies the product of the parents in a site's half log-odds, one per member.

    Raises ValueError where its half log-odds are anything but a multiple of that product.
    """
    signed = []
    for values in itertools.product((0, 1), repeat=len(parents)):
        held = {f"{parent}_up": value for parent, value in zip(parents, values, strict=True)}
        sign = np.prod(2 * np.array(values) - 1)
        signed.append(sign * _half_log_odds(model, arguments, name, held))
    if not np.allclose(signed, signed[0], rtol=0, atol=1e-12):
        raise ValueError(
            f"got half log-odds of {name!r} that are no multiple of the product of its parents; "
            "one number cannot stand at its arrows; show its table instead"
        )
    return [round(float(value), 12) for value in signed[0]]


def _half_log_odds(model: Model, arguments: Any, name: str, held: Mapping[str, int]) -> Any:
    substituted = handlers.substitute(handlers.seed(model, jax.random.key(0)), held)
    sites = handlers.trace(substituted).get_trace(*arguments)
    site = sites[f"{name}_up"]["fn"]
    while hasattr(site, "base_dist"):
        site = site.base_dist
    return np.atleast_1d(np.asarray(site.logits, dtype=np.float64)) / 2
