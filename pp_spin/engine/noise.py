"""An action as a comparison of the agent's half log-odds with noise, in single precision.

For engines that sum ``x = zeta + sum gamma s`` as it stands: the noise does not depend on x, so
whatever is dear about it is done before anybody waits for it. Logistic noise z of scale one half is
below x with chance ``1 / (1 + exp(-2 x))``, probability matching (eqs. 5 and 11); other rules
compare their chance with a uniform number.

Resolution: z is ``±log((2 - v) / v) / 2``, v of 31 binary digits and the sign the best one of the
word, so that a chance is right to 2**-32, but for float32, which rounds p by less than ``p (1 - p)
(1 + |2 z|) 2**-21``: relatively little however small p is. Beyond ``|2 x| = 22.2`` an action is
certain. A uniform number has 24 digits, the last one 1.

References: Devroye 1986 (logistic noise).
"""

import jax.numpy as jnp
from jax import Array

from pp_spin.agents.action import ActionRule, probability_matching


def noise_of(rule: ActionRule, word: Array) -> Array:
    """What `acts_up` compares an agent with, float32, from a random word each."""
    if rule.respond is not probability_matching.respond:
        return _fraction(word >> 8 | 1, 24)
    # The lowest digit is set, above too: no chance is realised that is none, no logarithm infinite.
    tail = _fraction(word & 0x7FFFFFFF | 1, 31)
    size = jnp.log((2 - tail) / tail) / 2
    return jnp.where(word >> 31 == 1, size, -size)


def acts_up(rule: ActionRule, half_log_odds: Array, noise: Array) -> Array:
    """Whether agents of such half log-odds act +1."""
    if rule.respond is not probability_matching.respond:
        return noise < rule(half_log_odds)
    return noise < half_log_odds


def _fraction(digits: Array, n_digits: int) -> Array:
    return digits.astype(jnp.int32).astype(jnp.float32) * jnp.float32(2.0**-n_digits)
