"""Exact sums over latent spins: along the factor graph, and refused where NumPyro ends."""

import jax
import numpy as np
import pytest

from pp_spin.agents.perception import generative_model, uniform_agent
from pp_spin.enumeration import SITE_LIMIT, log_evidence, n_latent_sites
from pp_spin.laws.ising import Ising
from pp_spin.network import ring

BOND = 0.3


def ring_law(n):
    return Ising(BOND * ring(n).weights, np.zeros(n))


def log_partition_of_a_ring(n, bond):
    """By the two eigenvalues of its transfer matrix."""
    return n * np.log(2 * np.cosh(bond)) + np.log1p(np.tanh(bond) ** n)


def test_observed_sites_are_not_latent():
    agent = uniform_agent(3, 0.4, 0.1)
    assert n_latent_sites(generative_model, agent) == 2  # the hidden spin, and one plate of spins
    assert n_latent_sites(generative_model, agent, np.ones(3)) == 1


def test_evidence_does_not_depend_on_the_room_left_for_plates():
    agent, spins = uniform_agent(3, 0.4, 0.1), np.array([1, -1, 1])
    one, two = (log_evidence(generative_model, agent, spins, max_plates=k) for k in (1, 2))
    assert one == pytest.approx(float(two), abs=1e-14)


def test_a_ring_at_the_limit_is_summed_exactly():
    law = ring_law(SITE_LIMIT)
    evidence = float(jax.jit(lambda: log_evidence(law.model))())
    assert evidence == pytest.approx(log_partition_of_a_ring(SITE_LIMIT, BOND), rel=1e-12)
    assert evidence != pytest.approx(log_partition_of_a_ring(SITE_LIMIT, 2 * BOND), rel=1e-3)


def test_beyond_the_limit_the_way_out_is_named():
    with pytest.raises(
        ValueError, match=r"got a model with 26 latent spins; .* at most 25 .*log_partition"
    ):
        log_evidence(ring_law(SITE_LIMIT + 1).model)
