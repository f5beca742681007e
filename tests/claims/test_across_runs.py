"""A fault too small for any one run is refuted by several; sound agents are not."""

from dataclasses import replace

import numpy as np
import pytest

from pp_spin.claims import cases
from pp_spin.claims.across_runs import LIMIT, impossible_in, log_es_of, together
from pp_spin.claims.claim import Claim, Means
from pp_spin.claims.runner import exit_code, verify
from pp_spin.claims.trajectories import action_by_action, e_process_test
from pp_spin.collective import Collective
from pp_spin.evidence.budget import ALLOWED, ALPHA
from pp_spin.evidence.evidence import Evidence, Rung, Verdict
from pp_spin.evidence.history import History, level, with_run
from pp_spin.schedule import random_scan

KEY = "a code"
N_CHAINS = 1536


def scaled(case, factor):
    """The agents run with every precision ``factor`` times what is declared."""
    declared = case.declared
    gamma, zeta = declared.sensory_precision, declared.prior_precision
    return replace(case, running=Collective(factor * gamma, factor * zeta, nodes=declared.nodes))


def evidence_of_runs(case, n_runs):
    """Short runs of the e-process, each at the level of its number."""
    return [
        e_process_test(case, random_scan, Means(seed, level(ALPHA, seed + 1), N_CHAINS))
        for seed in range(n_runs)
    ]


def document(*log_es, expected="supported", rung="statistical"):
    """A run's document with a claim for each log e-value."""
    return {
        "claims": [
            {
                "id": f"claim_{place}",
                "expected": expected,
                "verdict": expected,
                "evidence": [
                    {"rung": rung, "method": "a test", "system": "a ring", "log_e": log_e}
                ],
            }
            for place, log_e in enumerate(log_es)
        ],
        "faults": [],
    }


def after(*runs):
    """The history of runs, each as the log e-values of its claims."""
    history = History()
    for seed, log_es in enumerate(runs):
        history = with_run(history, KEY, seed, log_es_of(document(*log_es)))
    return history


def test_runs_together_refute_what_no_run_refutes():
    runs = evidence_of_runs(scaled(cases.PAIR, 1.1), 5)
    assert {run.verdict for run in runs} == {Verdict.SUPPORTED}
    found = together(document(runs[-1].log_e), after(*([run.log_e] for run in runs)), KEY)
    assert found["history"]["refuted"] == ["claim_0"]
    assert found["history"]["largest"] >= LIMIT
    assert exit_code(document(runs[-1].log_e)) == 0
    assert exit_code(found) == 1


def test_runs_of_sound_agents_refute_nothing():
    runs = evidence_of_runs(cases.PAIR, 20)
    found = together(document(runs[-1].log_e), after(*([run.log_e] for run in runs)), KEY)
    assert found["history"]["runs"] == 20
    assert found["history"]["refuted"] == []
    assert found["history"]["accumulated"]["claim_0: a test on a ring"] < 0
    assert exit_code(found) == 0


def test_what_is_expected_to_be_refuted_may_be():
    wrong = document(15.0, expected="refuted")
    found = together(wrong, after([15.0], [15.0]), KEY)
    assert found["history"]["refuted"] == ["claim_0"]
    assert exit_code(found) == 0


def test_a_refutation_of_earlier_runs_stands():
    found = together(document(-30.0), after([LIMIT + 1], [-30.0]), KEY)
    assert found["history"]["refuted"] == ["claim_0"]


def impossible(found):
    """The same document, whose first check saw what could not be."""
    found["claims"][0]["evidence"][0] |= {"log_e": None, "impossible": True}
    return found


def test_an_impossible_event_of_an_earlier_run_stands():
    seen, later = impossible(document(None, 1.0)), document(-3.0, 1.0)
    history = with_run(History(), KEY, 0, log_es_of(seen), impossible_in(seen))
    history = with_run(history, KEY, 1, log_es_of(later), impossible_in(later))
    found = together(later, history, KEY)
    assert found["history"]["impossible"] == ["claim_0: a test on a ring"]
    assert found["history"]["refuted"] == ["claim_0"]
    assert (found["history"]["largest"], found["history"]["spent"]) == (2.0, 2 * ALPHA)
    assert (exit_code(later), exit_code(found)) == (0, 1)
    # Other code, or other claims, are another matter.
    assert together(later, history, "other code")["history"]["refuted"] == []
    other = {**later, "claims": later["claims"][1:]}
    assert together(other, history, KEY)["history"]["refuted"] == []


def test_checks_without_an_e_value_and_claims_that_were_not_run_do_not_count():
    history = after([LIMIT, 1.0])
    alone = document(None)
    assert log_es_of(alone) == {}
    assert together(alone, History(), KEY)["history"] == {
        "runs": 0,
        "accumulated": {},
        "largest": None,
        "limit": LIMIT,
        "impossible": [],
        "spent": 0.0,
        "refuted": [],
    }
    other = {**alone, "claims": document(None, 1.0)["claims"][1:]}
    assert together(other, history, KEY)["history"]["refuted"] == []


def test_judging_runs_together_is_a_check_that_costs_its_slice():
    affordable = document(*[0.0] * 100)
    together(affordable, after([0.0] * 100), KEY)
    with pytest.raises(ValueError, match="got 202 statistical checks"):
        together(document(*[0.0] * 101), after([0.0] * 101), KEY)


def test_the_e_process_leaves_its_e_value_and_an_impossible_action_none():
    sound = e_process_test(cases.PAIR, random_scan, Means(0, ALPHA, N_CHAINS))
    assert sound.log_e is not None
    # Agents declared certain, of whom some do the opposite.
    certain = Collective(np.array([[0, 500.0], [500.0, 0]]), np.zeros(2))
    case = cases.System("certain pair", certain, cases.PAIR.running)
    refuted = e_process_test(case, random_scan, Means(0, ALPHA, N_CHAINS))
    assert refuted.verdict is Verdict.REFUTED
    assert "impossible" in str(refuted.witness)
    assert (sound.impossible, refuted.impossible) == (False, True)
    assert refuted.log_e is None


@pytest.mark.parametrize(("verdict", "log_e"), [(Verdict.SUPPORTED, None), (Verdict.REFUTED, 3.0)])
def test_an_impossible_event_can_only_refute(verdict, log_e):
    with pytest.raises(ValueError, match=r"saw an impossible event; .*give REFUTED and None"):
        Evidence(Rung.STATISTICAL, "a test", "a ring", verdict, log_e=log_e, impossible=True)


@pytest.mark.parametrize("log_e", [np.inf, -np.inf, np.nan])
def test_an_e_value_that_cannot_be_multiplied_is_refused(log_e):
    with pytest.raises(ValueError, match=r"got log_e = .* from 'a test'; .*give None"):
        Evidence(Rung.STATISTICAL, "a test", "a ring", Verdict.SUPPORTED, log_e=log_e)


def test_a_run_spends_what_it_is_given():
    check = action_by_action(random_scan, (cases.PAIR,))[0]
    claim = Claim("acts", ("8",), "Agents act.", "beyond", Verdict.SUPPORTED, (check,))
    first, third = (verify([claim], profile="quick", alpha=level(ALPHA, n)) for n in (1, 3))
    assert first["budget"]["spent"] == pytest.approx(level(ALPHA, 1))
    assert third["budget"]["spent"] == pytest.approx(level(ALPHA, 1) / 9)
    assert third["budget"]["allowed"] == ALLOWED
    [log_e] = log_es_of(third).values()
    assert [log_e] == list(log_es_of(first).values())  # the draws are the same
