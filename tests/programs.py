"""NumPyro's own log density of a program of spin sites, on many configurations at once."""

import jax
import numpy as np
from numpyro.infer.util import log_density


def log_densities(model, names, spins):
    """At each row of ``spins`` (n_rows, n_sites), the sites called ``names`` given: (n_rows,)."""

    def at(ups):
        sites = {f"{name}_up": up for name, up in zip(names, ups, strict=True)}
        return log_density(model, (), {}, sites)[0]

    return np.asarray(jax.jit(jax.vmap(at))((np.asarray(spins) + 1) // 2))
