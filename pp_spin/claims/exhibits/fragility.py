"""The data of the fragilities: how far each departure of section 5 leads from the Ising law.

About half a minute, nearly all of it compilation, so it is for a full run. Each estimate's interval
is at ``means.alpha`` alone; none decides a claim, whose own checks are in `sec5`.
"""

from typing import Any

from pp_spin import fragility
from pp_spin.claims.claim import Means

MOST_CHAINS = 2048
"""With as many, intervals are narrower than what they are to show."""


def exhibit(means: Means) -> dict[str, Any]:
    """The five curves as plain data, floats of twelve digits."""
    n_chains = min(means.n_chains, MOST_CHAINS)
    curves = fragility.curves(n_chains=n_chains, seed=means.seed, alpha=means.alpha)
    return {"alpha": means.alpha, "curves": [_rounded(curve.plain()) for curve in curves]}


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value
