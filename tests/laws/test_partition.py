"""log Z by NumPyro's elimination, and by NumPy where its dimensions run out."""

import numpy as np
import pytest

from pp_spin.enumeration import SITE_LIMIT, n_latent_sites
from pp_spin.laws import partition
from pp_spin.laws.boltzmann import Boltzmann
from pp_spin.laws.ising import Ising
from pp_spin.laws.little import Little
from pp_spin.laws.partition import log_partition
from pp_spin.network import ring
from tests import cases, oracle

J, H = cases.SPIN_GLASSES[1]
LAWS = {
    "Ising": Ising(J, H, 0.6),
    "Boltzmann pm1": Boltzmann(J, H, "pm1"),
    "Boltzmann 01": Boltzmann(J, H, "01"),
    "Little": Little(J, H),
}


def brute_force(law):
    """Sum of exp(log_prob), one configuration after another."""
    total = 0.0
    for row in oracle.states(law.n_spins):
        values = np.where(row == 1, 1, 0) if getattr(law, "units", "") == "01" else row
        total += np.exp(float(law.log_prob(values)))
    return np.log(total)


@pytest.mark.parametrize("site_limit", [SITE_LIMIT, 0], ids=["by NumPyro", "by NumPy"])
@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_log_partition_is_the_sum_over_all_configurations(law, site_limit, monkeypatch):
    monkeypatch.setattr(partition, "SITE_LIMIT", site_limit)
    assert log_partition(law) == pytest.approx(brute_force(law), abs=1e-12)


def test_one_law_has_another_normaliser_in_other_units():
    assert abs(brute_force(LAWS["Boltzmann 01"]) - brute_force(LAWS["Boltzmann pm1"])) > 0.1


def test_two_ticks_of_thirteen_spins_are_beyond_numpyro_and_summed_by_numpy():
    n, bond = 13, 0.4
    law = Little(bond * ring(n).weights, np.zeros(n))
    assert n_latent_sites(law.model) > SITE_LIMIT
    # Two ticks of an odd ring are one ring of 2n spins: spin i now meets its neighbours' next.
    expected = 2 * n * np.log(2 * np.cosh(bond)) + np.log1p(np.tanh(bond) ** (2 * n))
    assert log_partition(law) == pytest.approx(expected, rel=1e-12)
    assert log_partition(Ising(law.couplings, law.fields)) != pytest.approx(expected, rel=1e-3)


def test_beyond_both_enumerations_the_limit_and_the_way_out_are_named():
    n = 26
    with pytest.raises(ValueError, match=r"got n = 26 spins; .* limit of 20 spins; sample instead"):
        log_partition(Ising(ring(n).weights, np.zeros(n)))
