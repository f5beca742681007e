"""A spin is a Bernoulli site because NumPyro enumerates indices: the trap, and the way out."""

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pytest
from numpyro import handlers
from numpyro.infer.util import log_density
from scipy.special import logsumexp
from scipy.stats import binomtest

from pp_spin import spin
from pp_spin.enumeration import log_evidence
from pp_spin.evidence.budget import ALPHA
from tests import cases, oracle

ETAS = np.array([-400.0, -1.7, -0.2, 0.0, 0.6, 400.0])
ETA, PULL = 0.3, 0.5  # a spin's half log-odds, and a factor exp(PULL s) on it


class OnPlusMinusOne(dist.Distribution):
    """The spin that one would write first: its support is listed, and NumPyro does not read it."""

    support = dist.constraints.real
    has_enumerate_support = True

    def __init__(self, eta):
        self.eta = jnp.asarray(eta)
        super().__init__(batch_shape=self.eta.shape)

    def log_prob(self, value):
        return spin.log_prob(self.eta, value)

    def enumerate_support(self, expand=True):
        return jnp.array([-1, 1])

    def sample(self, key, sample_shape=()):
        return 2 * jax.random.bernoulli(key, spin.up_prob(self.eta)).astype(int) - 1


def pulled(sample_spin):
    def model():
        numpyro.factor("pull", PULL * sample_spin("s"))

    return model


def log_sum_over(values):
    return float(logsumexp((ETA + PULL) * np.array(values)) - np.log(2 * np.cosh(ETA)))


def test_up_prob_is_that_of_a_natural_parameter():
    np.testing.assert_allclose(spin.up_prob(ETAS), oracle.spin_probability(1, ETAS), atol=1e-15)


@pytest.mark.parametrize("value", [-1, 1])
def test_log_prob_is_normalised_and_never_overflows(value):
    expected = -np.logaddexp(0.0, -2.0 * ETAS * value)
    np.testing.assert_allclose(spin.log_prob(ETAS, value), expected, atol=1e-12)


def test_a_distribution_on_plus_minus_one_is_summed_over_zero_and_one():
    # Should this ever fail, NumPyro has learnt to enumerate values: the Bernoulli site can go.
    evidence = log_evidence(pulled(lambda name: numpyro.sample(name, OnPlusMinusOne(ETA))))
    assert evidence == pytest.approx(log_sum_over([0, 1]), abs=1e-12)
    assert abs(evidence - log_sum_over([-1, 1])) > 0.1


def test_a_spin_site_is_summed_over_plus_and_minus_one():
    evidence = log_evidence(pulled(lambda name: spin.sample_spin(name, ETA)))
    assert evidence == pytest.approx(log_sum_over([-1, 1]), abs=1e-12)


@pytest.mark.parametrize("value", [-1, 1, -1.0, np.int8(1)])
def test_an_observed_spin_has_its_closed_log_density(value):
    def model():
        return spin.sample_spin("s", ETA, value)

    log_prob, trace = log_density(model, (), {}, {})
    assert log_prob == pytest.approx(np.log(oracle.spin_probability(value, ETA)), abs=1e-12)
    assert trace["s"]["value"] == value


def test_a_drawn_spin_is_twice_its_site_minus_one(key):
    trace = handlers.trace(handlers.seed(spin.sample_spin, key)).get_trace("s", np.zeros(64))
    up, drawn = trace["s_up"]["value"], trace["s"]["value"]
    np.testing.assert_array_equal(drawn, 2 * up - 1)
    assert set(np.unique(drawn)) == {-1, 1}


@cases.every_seed
def test_drawn_spins_have_the_probability_of_their_natural_parameter(key):
    n_draws = 20_000
    drawn = handlers.seed(spin.sample_spin, key)("s", np.full(n_draws, ETA))
    ups = int((drawn == 1).sum())
    assert binomtest(ups, n_draws, oracle.spin_probability(1, ETA)).pvalue > ALPHA
    half_logit = oracle.spin_probability(1, ETA / 2)  # the factor 2 dropped
    assert binomtest(ups, n_draws, half_logit).pvalue < ALPHA
