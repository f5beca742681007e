"""Every seeded fault turns a verdict red, and where it can be seen is where it should be."""

import numpy as np
import pytest

from pp_spin.claims import cases, sampling
from pp_spin.claims.claim import Means
from pp_spin.claims.faults.catalogue import FAULTS_OF_COLLECTIVES
from pp_spin.claims.faults.fault import faulty
from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.claims.runner import PROFILES, caught_by
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Verdict
from pp_spin.schedule import chromatic, random_scan, sequential, synchronous

BY_ID = {fault.id: fault for fault in FAULTS_OF_COLLECTIVES}
CLAIMS = {claim.id: claim for claim in PAPER_CLAIMS}
CASES = (*cases.SYMMETRIC_SYSTEMS, *cases.ASYMMETRIC_SYSTEMS, *cases.FREE_RINGS)

ONE_STEP = "each_agent_acts_on_its_own_posterior"
RANDOM_SCAN = "random_scan_collective_samples_the_ising_law"
LITTLE = "synchronous_collective_samples_the_little_law"
REVERSIBLE = "random_scan_collective_is_reversible"
POSTERIOR = "clamped_collective_samples_the_posterior"

CAUGHT = {
    "half_logit": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "double_logit": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "prior_ignored": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "flipped_sign": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "own_spin_counted": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "imitated_posterior": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "printed_action_law": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "most_probable_with_lapses": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "one_percent_lapses": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "logit_of_eight_digits": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "sticky_agents": {ONE_STEP, LITTLE},
    "first_agent_never_acts": {ONE_STEP},
    "first_agent_lapses": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "first_prior_reversed": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "missing_tie": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "tie_of_the_wrong_sign": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "stale_copy_in_a_sweep": {"sequential_collective_samples_the_ising_law"},
    "colours_for_random_scan": {REVERSIBLE},
    "neighbour_off_by_one": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "open_edges": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "one_way_ties": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "skewed_precisions": {ONE_STEP, RANDOM_SCAN, REVERSIBLE},
    "coupling_off_by_one_percent": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "coupling_off_by_five_percent": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "prior_off_by_one_percent": {ONE_STEP, RANDOM_SCAN, LITTLE},
    "synchronous_for_asynchronous": {RANDOM_SCAN},
    "sweep_for_random_scan": {REVERSIBLE},
    "metropolis_for_heat_bath": {ONE_STEP, LITTLE},
    "clamped_agents_act": {RANDOM_SCAN, POSTERIOR},
    "half_of_them_act": {LITTLE},
    "one_at_a_time_for_parallel": {LITTLE, "parallel_updates_sample_another_law"},
}
"""Claims whose exact checks must catch a fault, among the principal ones (there are more)."""

INVISIBLE = {
    "sweep_for_random_scan": {ONE_STEP, LITTLE},
    "metropolis_for_heat_bath": {REVERSIBLE},
    "synchronous_for_asynchronous": {ONE_STEP, LITTLE},
    "half_of_them_act": {ONE_STEP, RANDOM_SCAN},
    "half_logit": {REVERSIBLE},
    "imitated_posterior": set(),
}
"""Claims that a fault leaves true: catching it there would be a false alarm."""


def caught(fault_id, claim_id):
    return caught_by(BY_ID[fault_id], CLAIMS[claim_id], PROFILES["standard"], seed=0) is not None


def test_every_fault_has_an_expectation():
    assert set(CAUGHT) == set(BY_ID)
    assert len({fault.number for fault in FAULTS_OF_COLLECTIVES}) == len(FAULTS_OF_COLLECTIVES)


@pytest.mark.parametrize("fault_id", CAUGHT)
def test_a_seeded_fault_is_caught_where_it_must_be(fault_id):
    assert {claim for claim in CAUGHT[fault_id] if caught(fault_id, claim)} == CAUGHT[fault_id]


@pytest.mark.parametrize("fault_id", INVISIBLE)
def test_a_seeded_fault_is_not_caught_where_nothing_is_wrong(fault_id):
    assert not any(caught(fault_id, claim) for claim in INVISIBLE[fault_id])


@pytest.mark.parametrize("fault", FAULTS_OF_COLLECTIVES, ids=lambda fault: fault.id)
def test_a_fault_changes_what_runs_and_never_what_is_declared(fault):
    seeded = [(case, faulty(fault, case)) for case in CASES]
    changed = [(case, wrong) for case, wrong in seeded if wrong is not None]
    assert changed, "the fault applies to no case"
    for case, wrong in changed:
        assert wrong.declared is case.declared
        assert (wrong.running, wrong.conditional, wrong.substitutes) != (
            case.running,
            case.conditional,
            case.substitutes,
        )


@pytest.mark.parametrize(
    ("fault_id", "claim_id"),
    [
        ("one_at_a_time_for_parallel", "partial_synchrony_has_neither_law"),
        ("open_edges", "agent_of_fig_1a_reaches_five_sums_of_the_axis_of_fig_1c"),
        ("half_of_them_act", "synchronous_kernel_is_exponential"),
        ("skewed_precisions", "mixture_of_reversible_kernels_is_reversible"),
        ("prior_off_by_one_percent", "product_of_kernels_keeps_what_each_keeps"),
        ("synchronous_for_asynchronous", "reversed_sweep_is_the_adjoint_of_the_sweep"),
        ("skewed_precisions", "fixed_order_sweep_is_irreversible"),
        ("coupling_off_by_one_percent", "two_agents_produce_entropy_in_each_sweep"),
        ("skewed_precisions", "palindromic_sweep_is_reversible"),
        ("skewed_precisions", "random_order_sweep_is_reversible"),
        ("half_of_them_act", "reversible_chain_has_no_cycle_affinity"),
        ("one_at_a_time_for_parallel", "synchronous_drive_is_linear_in_the_asymmetry"),
        ("sweep_for_random_scan", "asynchronous_drive_is_linear_in_the_asymmetry"),
        ("coupling_off_by_one_percent", "two_agents_produce_entropy_by_their_asymmetry"),
    ],
)
def test_a_fault_is_caught_by_the_claim_that_is_about_it(fault_id, claim_id):
    assert caught(fault_id, claim_id)


def test_the_same_fault_in_the_same_case_is_one_object():
    assert faulty(BY_ID["half_logit"], cases.RING) is faulty(BY_ID["half_logit"], cases.RING)


def test_missing_periodic_edges_need_periodic_sides():
    assert faulty(BY_ID["open_edges"], cases.GLASS) is None
    ring = faulty(BY_ID["open_edges"], cases.RING)
    assert isinstance(ring, cases.System)
    assert np.count_nonzero(ring.running.sensory_precision) == 2 * 4


# ---- the sampler itself: one draw per chain, at the size of a standard run

MEANS = Means(seed=11, alpha=ALPHA, n_chains=PROFILES["standard"].n_chains)


def sampled(schedule, case):
    checks = sampling.one_draw_per_chain(schedule, (case,))
    return {check.examine(case, MEANS).verdict for check in checks}


@pytest.mark.parametrize("schedule", [random_scan, sequential, chromatic, synchronous], ids=str)
def test_the_healthy_sampler_is_supported(schedule):
    assert sampled(schedule, cases.RING) == {Verdict.SUPPORTED}


@pytest.mark.parametrize(
    ("fault_id", "schedule"),
    [
        ("half_logit", random_scan),
        ("flipped_sign", sequential),
        ("own_spin_counted", random_scan),
        ("printed_action_law", chromatic),
        ("neighbour_off_by_one", random_scan),
        ("open_edges", sequential),
        ("synchronous_for_asynchronous", random_scan),
        ("sweep_for_random_scan", random_scan),  # same law: only the single sweep tells
        ("metropolis_for_heat_bath", random_scan),  # same law: only the single sweep tells
        ("half_of_them_act", synchronous),
        ("metropolis_for_heat_bath", synchronous),
    ],
)
def test_the_sampler_shows_a_seeded_fault(fault_id, schedule):
    assert Verdict.REFUTED in sampled(schedule, faulty(BY_ID[fault_id], cases.RING))


def test_released_agents_show_in_the_posterior():
    check = sampling.moments_of_posterior(random_scan, (cases.FLORENCE_CLAMPED,))
    healthy = check.examine(cases.FLORENCE_CLAMPED, MEANS)
    assert healthy.verdict is Verdict.SUPPORTED
    wrong = faulty(BY_ID["clamped_agents_act"], cases.FLORENCE_CLAMPED)
    evidence = check.examine(wrong, MEANS)
    assert evidence.verdict is Verdict.REFUTED
    assert "frequency" in str(evidence.witness)
