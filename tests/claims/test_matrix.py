"""Every fault of the catalogue is seen by the instruments that must, and by none that must not."""

import numpy as np
import pytest

from pp_spin.claims import matrix
from pp_spin.claims.faults.catalogue import CATALOGUE
from pp_spin.claims.instruments import INSTRUMENTS
from pp_spin.evidence.evidence import Verdict

BY_ID = {fault.id: fault for fault in CATALOGUE}


def test_the_catalogue_has_its_thirty_faults_and_more():
    numbers = [fault.number for fault in CATALOGUE]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 40
    assert len(BY_ID) == len(numbers)


def test_every_instrument_catches_a_fault():
    caught = {instrument for fault in CATALOGUE for instrument in fault.seen_by}
    assert caught == {instrument.id for instrument in INSTRUMENTS}


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda instrument: instrument.id)
def test_instruments_are_quiet_where_nothing_is_wrong(instrument):
    for seed in (0, 1):
        means = matrix.means_for("healthy", matrix.N_CHAINS, seed)
        evidence = instrument.read(instrument.case, means)
        assert evidence.verdict is Verdict.SUPPORTED, evidence


@pytest.mark.parametrize("fault_id", BY_ID)
def test_a_fault_is_seen_by_those_who_must_and_by_nobody_else(fault_id):
    row = matrix.row(BY_ID[fault_id])
    assert not [reading for reading in row.readings if not reading.as_it_must_be]
    assert row.equivalent == (not BY_ID[fault_id].seen_by)


@pytest.mark.parametrize(
    ("fault_id", "variation", "entropy"),
    [
        ("half_logit", 0.407, 0.0421),
        ("imitated_posterior", 0.0631, 0.00284),
        ("one_percent_lapses", 0.0201, 7.56e-5),
        ("coupling_off_by_one_percent", 0.00849, 1.44e-5),
    ],
)
def test_effects_are_those_of_the_exact_law(fault_id, variation, entropy):
    row = matrix.row(BY_ID[fault_id], n_chains=1000)
    assert row.total_variation == pytest.approx(variation, rel=0.01)
    assert row.relative_entropy == pytest.approx(entropy, rel=0.01)


@pytest.mark.parametrize(
    "fault_id",
    ["half_logit", "double_logit", "flipped_sign", "one_way_ties", "open_edges", "sticky_agents"],
)
def test_the_e_process_crosses_about_when_it_should(fault_id):
    rows = [matrix.row(BY_ID[fault_id], n_chains=4000, seed=seed) for seed in range(3)]
    ratios = sorted((row.observed or np.inf) / (row.predicted or np.nan) for row in rows)
    assert 0.5 < ratios[1] < 2


def test_a_fault_that_an_instrument_cannot_have_is_told():
    fault = BY_ID["clamped_agents_act"]
    misplaced = type(fault)(fault.id, 99, fault.title, fault.apply, ("e_process",))
    with pytest.raises(ValueError, match=r"got fault 'clamped_agents_act' for 'e_process', whose"):
        matrix.row(misplaced)
