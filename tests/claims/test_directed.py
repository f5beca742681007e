"""Draws of the declared law are told from those of another temperature, and by how much it is."""

import numpy as np
import pytest

from pp_spin.claims import cases, directed
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.faults.fault import faulty
from pp_spin.claims.sec3 import MOST_DIRECTED
from pp_spin.evidence import likelihood_ratio, multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Verdict
from pp_spin.network import path
from pp_spin.reference.laws import ising_law, total_variation
from pp_spin.schedule import sequential
from tests import oracle

CASE = cases.FIG_1A_LATTICE
CHECK = directed.precisions_by_draws(sequential, (CASE,), MOST_DIRECTED)
MEANS = Means(seed=3, alpha=ALPHA, n_chains=100_000)
FAULTS = {fault.id: fault for fault in CATALOGUE}
AGENTS = CASE.declared


def law_of(factor):
    return ising_law(AGENTS.sensory_precision, AGENTS.prior_precision, factor)


def test_the_declared_precisions_are_supported_with_few_draws():
    evidence = CHECK.examine(CASE, MEANS)
    assert (evidence.verdict, evidence.n) == (Verdict.SUPPORTED, MOST_DIRECTED)
    low, high = evidence.interval or (np.nan, np.nan)
    assert low < 0 < high
    assert evidence.log_e is not None
    assert evidence.log_e < 0


def test_precisions_that_are_off_by_a_twentieth_are_refuted_and_measured():
    evidence = CHECK.examine(faulty(FAULTS["coupling_off_by_five_percent"], CASE), MEANS)
    assert evidence.verdict is Verdict.REFUTED
    assert "the best bet is precisions times 1.05" in str(evidence.witness)
    low, high = evidence.interval or (np.nan, np.nan)
    assert 0 < low < 0.05 < high


def test_an_impossible_draw_is_refuted_without_an_e_value():
    # Agents so certain that one of their laws' cells is zero, run by some who are not.
    certain = cases.system("certain pair", cases.weighted(path(2), 400.0), [400.0, 400.0])
    wrong = cases.System("certain pair", certain.declared, cases.PAIR.running)
    check = directed.precisions_by_draws(sequential, (certain,))
    evidence = check.examine(wrong, Means(1, ALPHA, 1000))
    assert evidence.verdict is Verdict.REFUTED
    assert (evidence.log_e, evidence.interval) == (None, None)


def test_rivals_are_laws_of_other_precisions():
    gamma, zeta = cases.GLASS.declared.sensory_precision, cases.GLASS.declared.prior_precision
    rivals = directed.rivals_of(oracle.ising_law(gamma, zeta))
    for error, rival in zip(directed.ERRORS, rivals, strict=True):
        expected = oracle.ising_law((1 + error) * gamma, (1 + error) * zeta)
        np.testing.assert_allclose(rival, expected, rtol=1e-10)


@pytest.mark.parametrize("n_draws", [4096, 100_000])
def test_what_is_called_detectable_has_the_relative_entropy_that_is(n_draws):
    error = directed.detectable(law_of(1.0), n_draws, ALPHA)
    rival, law = law_of(1 + error), law_of(1.0)
    seen = likelihood_ratio.detectable(n_draws, ALPHA, n_rivals=len(directed.ERRORS))
    assert float(rival @ np.log(rival / law)) == pytest.approx(seen, rel=0.1)


def test_the_omnibus_test_would_ask_for_thousands_of_times_as_many():
    assert directed.detectable(law_of(1.0), 3900, ALPHA) < 0.05
    variation = total_variation(law_of(1.05), law_of(1.0))
    assert multinomial.draws_needed(variation, 2**16, ALPHA) > 1000 * MOST_DIRECTED
