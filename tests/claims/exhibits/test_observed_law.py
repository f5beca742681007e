"""Draws stay in the bands of their own law and leave those of the other."""

import json

import numpy as np
import pytest

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import observed_law
from pp_spin.evidence import moments
from tests import oracle

MEANS = Means(0, 5e-9, 8192)


@pytest.fixture(scope="module")
def shown():
    return observed_law.exhibit(MEANS)


def test_exact_probabilities_are_those_of_both_laws(shown):
    declared = observed_law.CASE.declared
    gamma, zeta = declared.sensory_precision, declared.prior_precision
    laws = {"Ising": oracle.ising_law(gamma, zeta), "Little": oracle.little_law(gamma, zeta)}
    for comparison in shown["comparisons"]:
        exact = np.sort(laws[comparison["law"]])
        np.testing.assert_allclose(comparison["exact"], exact, rtol=1e-10)


def test_only_the_wrong_law_is_left(shown):
    outside = {(each["draws"], each["law"]): each["n_outside"] for each in shown["comparisons"]}
    assert outside.pop(("synchronous", "Ising")) > 10
    assert set(outside.values()) == {0}
    for comparison in shown["comparisons"]:
        total = np.array(comparison["exact"]) @ comparison["ratio"]
        assert total == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_a_band_is_clopper_and_pearsons(seed):
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.ones(12))
    found = rng.multinomial(200, rng.dirichlet(np.full(12, 5.0)) * 0.3 + 0.7 * law)
    bands = observed_law.against(found, law, 0.2)
    assert (bands["n_outside"] > 0) == moments.compare_with_probabilities(
        found / 200, law, 200, 0.2
    ).rejected


def test_numbers_are_plain(shown):
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
