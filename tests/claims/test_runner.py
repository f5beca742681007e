"""A run is a function of claims, profile and seed; its exit code says how it ended."""

import json

import numpy as np
import pytest

from pp_spin.claims import cases, runner
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Check, Claim
from pp_spin.claims.exhibits import power
from pp_spin.claims.exhibits.catalogue import means_for
from pp_spin.claims.plan import CHECKING, SEEDING, Step
from pp_spin.claims.registry import PAPER_CLAIMS, select
from pp_spin.claims.runner import PROFILES, examine, exit_code, verify, verify_one
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.evidence import Evidence, Rung, Verdict
from pp_spin.report.document import content_hash

FEW = (
    *select(PAPER_CLAIMS, "synchronous_collective_samples_the_little_law"),
    *select(PAPER_CLAIMS, "printed_flips_telescope_to_all_pairs"),
)


@pytest.fixture(scope="module")
def run():
    return verify(FEW, profile="quick", seed=3)


def claim(expected, value):
    return Claim(
        id="a_users_claim",
        equations=("8",),
        title="One is one.",
        form="beyond",
        expected=expected,
        checks=(agree("a number", lambda case: value, lambda case: 1.0, (cases.RING,)),),
    )


def test_the_document_is_plain_json_of_the_contract(run):
    assert json.loads(json.dumps(run, allow_nan=False)) == run
    assert set(run) >= {"schema", "profile", "seed", "versions", "budget", "claims", "faults"}
    little = run["claims"][0]
    assert little["verdict"] == "supported"
    assert {piece["rung"] for piece in little["evidence"]} >= {"exhaustive", "statistical"}
    assert run["claims"][1]["verdict"] == "refuted"
    assert "left" in run["claims"][1]["evidence"][0]["witness"]


def test_the_document_has_the_graph_of_results(run):
    graph = {proof["name"]: proof for proof in run["derivations"]}
    proved = [claim for claim in run["claims"] if claim["derivation"]]
    assert [claim["derivation"] for claim in proved] == list(graph)
    proof = graph["printed_flips_telescope_to_all_pairs"]
    assert proof["verdict"] == proof["expected"] == "refuted"
    assert proof["uses"]
    assert proof["n_steps"] == 1 + sum(line["kind"] == "step" for line in proof["lines"])
    told = [e["method"] for c in proved for e in c["evidence"] if e["rung"] == "symbolic"]
    for proof, method in zip(graph.values(), told, strict=True):
        assert f"{proof['n_points']} points)" in method
        assert proof["scope"] in method


def test_the_same_seed_gives_the_same_bytes(run):
    again = verify(FEW, profile="quick", seed=3)
    assert content_hash(again) == content_hash(run)


def test_another_seed_gives_other_draws_and_the_same_verdicts(run):
    other = verify(FEW, profile="quick", seed=4)
    assert content_hash(other) != content_hash(run)
    verdicts = [[c["verdict"] for c in document["claims"]] for document in (run, other)]
    assert verdicts[0] == verdicts[1]


def test_selecting_fewer_claims_changes_no_draw(run):
    alone = verify(FEW[:1], profile="quick", seed=3)
    kept = [{k: v for k, v in e.items() if k != "seconds"} for e in run["claims"][0]["evidence"]]
    again = [{k: v for k, v in e.items() if k != "seconds"} for e in alone["claims"][0]["evidence"]]
    assert again == kept


def test_the_budget_is_what_the_tests_spent(run):
    slices = [e["alpha"] for c in run["claims"] for e in c["evidence"] if e["alpha"]]
    assert run["budget"]["spent"] == pytest.approx(sum(slices))
    assert run["budget"]["spent"] <= run["budget"]["allowed"] == 1e-6
    assert sum(run["budget"]["by_claim"].values()) == pytest.approx(sum(slices))
    for claim in run["claims"]:
        own = sum(e["alpha"] or 0.0 for e in claim["evidence"])
        assert run["budget"]["by_claim"].get(claim["id"], 0.0) == pytest.approx(own)


def test_faults_are_seeded_into_what_was_run(run):
    killed = {fault["id"]: fault["killed_by"] for fault in run["faults"]}
    assert killed["half_of_them_act"] == ["synchronous_collective_samples_the_little_law"]
    assert killed["sweep_for_random_scan"] == []


@pytest.mark.parametrize(
    ("expected", "value", "code"),
    [
        (Verdict.SUPPORTED, 1.0, 0),
        (Verdict.REFUTED, 2.0, 0),
        (Verdict.SUPPORTED, 2.0, 1),
        (Verdict.REFUTED, 1.0, 1),
        (Verdict.SUPPORTED, np.nan, 3),
    ],
)
def test_the_exit_code_says_how_it_ended(expected, value, code):
    assert exit_code(verify([claim(expected, value)], profile="quick")) == code


def test_a_contradiction_outweighs_an_undecided_claim():
    outcomes = [{"verdict": "inconclusive", "expected": "supported"}]
    assert exit_code({"claims": outcomes, "faults": []}) == 3
    outcomes.append({"verdict": "refuted", "expected": "supported"})
    assert exit_code({"claims": outcomes, "faults": []}) == 1


@pytest.mark.parametrize(
    ("must", "killers", "code"), [(True, [], 3), (True, ["x"], 0), (False, [], 0)]
)
def test_a_fault_that_survives_a_complete_run_leaves_it_undecided(must, killers, code):
    outcomes = [{"verdict": "supported", "expected": "supported"}]
    faults = [{"must_be_caught": must, "killed_by": killers}]
    assert exit_code({"claims": outcomes, "faults": faults}) == code


def test_a_claim_that_is_red_already_catches_nothing():
    document = verify([claim(Verdict.SUPPORTED, 2.0)], profile="quick")
    assert all(not f["killed_by"] and not f["survived"] for f in document["faults"])


def sampled(case, means):
    """Supported where what runs is what is declared, refuted where the couplings are opposed."""
    opposed = case.running.sensory_precision[0, 1] < case.declared.sensory_precision[0, 1]
    outcome = Verdict.REFUTED if opposed else Verdict.SUPPORTED
    return Evidence(Rung.STATISTICAL, "a test", case.name, outcome, n=means.n_chains, alpha=1e-9)


@pytest.mark.parametrize(
    ("armed_by", "outcome"),
    [
        ((), Verdict.SUPPORTED),
        (("flipped_sign",), Verdict.SUPPORTED),
        (("flipped_sign", "prior_ignored"), Verdict.INCONCLUSIVE),
        (("open_edges",), Verdict.INCONCLUSIVE),  # which a tie of two cannot have
    ],
    ids=["by nothing", "by a fault that is caught", "by one that is missed", "by none it can have"],
)
def test_support_wants_the_faults_caught_that_a_check_is_armed_by(armed_by, outcome):
    check = Check(Rung.STATISTICAL, "a test", (cases.PAIR,), sampled, armed_by=armed_by)
    armed = Claim("armed", ("8",), "True.", "beyond", Verdict.SUPPORTED, (check,))
    (evidence,) = examine(armed, PROFILES["quick"], seed=0)
    assert evidence.verdict is outcome
    if outcome is Verdict.SUPPORTED:
        assert evidence.caught == armed_by
    else:
        assert f"does not catch {armed_by[-1]}" in str(evidence.witness)


def armed(over, examine, *faults):
    """A claim of one statistical check."""
    check = Check(Rung.STATISTICAL, "a test", over, examine, armed_by=faults)
    return Claim("armed", ("8",), "True.", "beyond", Verdict.SUPPORTED, (check,))


def watching(on=None):
    """Refutes any change of precisions, of collectives whose name is ``on`` if that is given."""

    def examine(case, means):
        running, declared = case.running.sensory_precision, case.declared.sensory_precision
        changed = not np.array_equal(running, declared) and on in (None, case.name)
        outcome = Verdict.REFUTED if changed else Verdict.SUPPORTED
        return Evidence(Rung.STATISTICAL, "a test", case.name, outcome, alpha=1e-9)

    return examine


def test_a_check_is_armed_on_each_of_its_cases():
    over = (cases.PAIR, cases.RING)
    for on, outcomes in (
        (None, ["supported", "supported"]),
        ("pair", ["supported", "inconclusive"]),
        ("ring of 5", ["inconclusive", "supported"]),
    ):
        found = list(examine(armed(over, watching(on), "half_logit"), PROFILES["full"], seed=0))
        assert [piece.verdict for piece in found] == outcomes
        for piece in found:
            supported = piece.verdict is Verdict.SUPPORTED
            assert piece.caught == (("half_logit",) if supported else ())
            assert piece.caught_elsewhere == ()
            assert supported or "does not catch half_logit with as" in str(piece.witness)


@pytest.mark.parametrize(
    ("on", "outcome"), [(None, Verdict.SUPPORTED), ("pair", Verdict.INCONCLUSIVE)]
)
def test_a_case_that_cannot_have_a_fault_leans_on_the_first_that_can(on, outcome):
    over = (cases.PAIR, cases.RING, cases.TORUS)
    claim = armed(over, watching(on), "half_logit", "open_edges")
    pair = next(examine(claim, PROFILES["full"], seed=0))
    assert pair.verdict is outcome
    if outcome is Verdict.SUPPORTED:
        assert (pair.caught, pair.caught_elsewhere) == (
            ("half_logit",),
            ("open_edges on ring of 5",),
        )
    else:
        assert "does not catch open_edges on ring of 5" in str(pair.witness)


def test_cases_beyond_those_that_are_armed_lean_on_the_first():
    first_only = PROFILES["full"]._replace(cases_per_arming=1)
    claim = armed((cases.PAIR, cases.RING), watching("pair"), "half_logit")
    pair, ring = examine(claim, first_only, seed=0)
    assert (pair.caught, pair.caught_elsewhere) == (("half_logit",), ())
    assert (ring.caught, ring.caught_elsewhere) == ((), ("half_logit on pair",))


@pytest.mark.parametrize(
    ("n_needed", "tried", "outcome"),
    [
        (1, [300_000, 100_000], Verdict.SUPPORTED),
        (300_000, [300_000, 100_000, 300_000], Verdict.SUPPORTED),
        (300_001, [300_000, 100_000, 300_000], Verdict.INCONCLUSIVE),
    ],
)
def test_a_fault_is_caught_with_no_more_data_than_the_check_has(n_needed, tried, outcome):
    n_chains = []

    def needing(case, means):
        n_chains.append(means.n_chains)
        found = watching()(case, means)
        return found if means.n_chains >= n_needed else watching("nobody")(case, means)

    settings = PROFILES["full"]._replace(n_chains=300_000)
    (evidence,) = examine(armed((cases.PAIR,), needing, "half_logit"), settings, seed=0)
    assert (n_chains, evidence.verdict) == (tried, outcome)


def test_what_cannot_be_afforded_is_refused_before_it_is_run():
    def never(case, means):
        raise AssertionError("nothing should run")

    check = Check(Rung.STATISTICAL, "a test", (cases.RING,), never)
    many = [
        Claim(f"c_{i}", ("8",), "True.", "beyond", Verdict.SUPPORTED, (check,)) for i in range(201)
    ]
    with pytest.raises(ValueError, match=r"got 201 statistical checks; .*select fewer claims"):
        verify(many, profile="quick")


def test_progress_goes_up_through_every_phase():
    told: list[Step] = []
    verify([claim(Verdict.SUPPORTED, 1.0)], profile="quick", on_progress=told.append)
    shares = [step.share for step in told]
    assert shares[0] == 0.0
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
    assert list(dict.fromkeys(step.phase for step in told)) == [CHECKING, SEEDING]
    assert not any(step.surprise for step in told)


def test_a_surprise_is_told_at_once_and_only_where_it_is_one():
    told: list[Step] = []
    verify([claim(Verdict.SUPPORTED, 2.0)], profile="quick", on_progress=told.append)
    [surprise] = [step for step in told if step.surprise]
    assert surprise.phase == CHECKING
    assert surprise.surprise
    assert surprise.surprise["verdict"] == "refuted"
    told.clear()
    verify([claim(Verdict.REFUTED, 2.0)], profile="quick", on_progress=told.append)
    assert not any(step.surprise for step in told)


@pytest.mark.parametrize("right", [1.0, 2.0])
def test_one_claim_alone_comes_to_what_a_run_says_of_it(right):
    wanted = claim(Verdict.SUPPORTED, right)
    [entry] = verify([wanted], profile="quick")["claims"]
    alone = verify_one(wanted, profile="quick")
    for each in (entry, alone):
        for piece in each["evidence"]:
            del piece["seconds"]
    assert alone == entry


def test_one_claim_of_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match=r"got profile 'slow'.*quick, standard, full"):
        verify_one(claim(Verdict.SUPPORTED, 1.0), profile="slow")


def test_an_overdrawn_budget_is_refused():
    greedy = Check(
        Rung.STATISTICAL,
        "a greedy test",
        (cases.RING,),
        lambda case, means: Evidence(
            Rung.STATISTICAL, "greedy", case.name, Verdict.SUPPORTED, alpha=1e-3
        ),
    )
    wrong = Claim("greedy", ("8",), "Greed is good.", "beyond", Verdict.SUPPORTED, (greedy,))
    with pytest.raises(ValueError, match=r"spending 0\.001; a run may spend 1e-06"):
        verify([wrong], profile="quick")


def test_an_unknown_profile_is_refused():
    with pytest.raises(ValueError, match=r"got profile 'slow'.*quick, standard, full"):
        verify(FEW, profile="slow")


def test_only_a_full_run_makes_the_data_that_take_minutes(monkeypatch):
    only = claim(Verdict.SUPPORTED, 1.0)
    monkeypatch.setattr(runner, "PAPER_CLAIMS", (only,))
    monkeypatch.setattr(runner, "EXHIBITS", {"fig_1c": None})  # their names are what counts
    monkeypatch.setattr(runner, "LONG_EXHIBITS", {"power": None})
    assert set(verify([only], profile="quick")["figures"]) == {"fig_1c"}
    figures = verify([only], profile="full")["figures"]
    assert set(figures) == {"fig_1c", "power"}
    means = means_for("power", 0, ALPHA, PROFILES["full"].n_chains)
    assert figures["power"] == json.loads(json.dumps(power.exhibit(means)))
    monkeypatch.setattr(runner, "PAPER_CLAIMS", FEW)
    assert verify([only], profile="full")["figures"] == {}
