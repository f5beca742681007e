"""What every test runs under: strict settings and constant seeds.

- Double precision, so that a comparison to 1e-12 tests the mathematics and not the rounding. The
  library itself leaves this setting alone and its users mostly run in single precision: a test of
  that says ``with jax.enable_x64(False):``, and a subprocess starts with JAX's own defaults.
- An operation between arrays of different rank raises: a (n,) that meets a (chains, n) by accident
  would broadcast to something plausible and wrong. NumPyro's enumeration gives each latent spin a
  dimension of its own and lets the model's arithmetic promote across them, so code that enumerates
  does it under ``jax.numpy_rank_promotion("allow")``; nothing else may.
- Warnings are errors (pyproject.toml), an ignored one carries its reason there.
- Seeds are constants. A test that holds for one seed only is wrong, so tests marked ``slow`` repeat
  the statistical ones with others.
"""

import jax
import numpy as np
import pytest

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_rank_promotion", "raise")

SEED = 20220706


@pytest.fixture
def key(request: pytest.FixtureRequest) -> jax.Array:
    """A typed JAX key, the same in every test but those under ``cases.every_seed``."""
    return jax.random.key(getattr(request, "param", SEED))


@pytest.fixture
def rng() -> np.random.Generator:
    """A NumPy generator, in the same state at the start of every test."""
    return np.random.default_rng(SEED)
