"""A run agrees with what made it, its twins do not, and what is undecided says what would do."""

import re
from typing import Any

import networkx as nx
import numpy as np
import pytest

from pp_spin.agents.action import (
    expected_free_energy,
    maximum_a_posteriori,
    planning_as_inference,
)
from pp_spin.collective import Collective
from pp_spin.evidence import compare_actions, compare_draws, growth, moments
from pp_spin.evidence.alternatives import heat_bath, scaled, standard
from pp_spin.evidence.diagnostics import labelled, sample
from pp_spin.evidence.stored import StoredRun, stored_run
from pp_spin.evidence.trajectory import actions_of, unrolled
from pp_spin.network import ring
from pp_spin.schedule import (
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from tests import oracle

AGENTS = Collective(ring(6).scaled(0.4), np.linspace(-0.2, 0.4, 6), clamped={2: -1})
ALPHA = 1e-6
FREE = AGENTS.replaced(clamped=None)
CERTAIN = AGENTS.replaced(action_rule=maximum_a_posteriori, sensory_precision=ring(6).scaled(0.41))


def run_of(collective=AGENTS, schedule=synchronous, draws=2000, chains=4, **how):
    tree = sample(collective, schedule, num_samples=draws, num_chains=chains, **how)
    return stored_run(tree)


def of_agents(run, tolerance=0.2):
    return compare_actions.against_its_agents(run, ALPHA, tolerance)


def verdicts(rows):
    return [row.verdict.value for row in rows]


def number_that_would_do(row):
    said = re.search(r"about ([\d,]+) ", row.reason)
    assert said
    return int(said[1].replace(",", ""))


# ---- against its agents


@pytest.mark.parametrize("clamped", [{}, {2: -1}], ids=["free", "clamped"])
@pytest.mark.parametrize(
    "schedule", [sequential, chromatic, synchronous, partially_synchronous(0.5)], ids=str
)
def test_a_run_agrees_with_its_agents(schedule, clamped):
    run = run_of(AGENTS.replaced(clamped=clamped), schedule)
    actions, chains = of_agents(run)
    assert verdicts([actions, chains]) == ["supported"] * 2
    assert actions.n == 4 * 1999 * (6 - len(clamped))
    assert actions.alpha + chains.alpha == ALPHA
    assert actions.detectable <= 0.2
    if actions.interval is not None:
        assert actions.interval[0] <= 0 <= actions.interval[1]


@pytest.mark.parametrize(
    "rule", [planning_as_inference(1.5, 1.2), expected_free_energy(1.2, 0.8, 1.1)], ids=str
)
def test_a_run_agrees_by_its_own_action_rule_and_by_no_other(rule):
    run = run_of(AGENTS.replaced(action_rule=rule), draws=3000)
    assert verdicts(of_agents(run)) == ["supported"] * 2
    other = run._replace(collective=AGENTS)
    assert verdicts(of_agents(other))[0] == "refuted"


@pytest.mark.parametrize("rate", [1.0, 0.5])
def test_agents_of_other_precisions_are_refuted_and_the_best_bet_is_named(rate):
    halved = AGENTS.replaced(
        sensory_precision=AGENTS.ties / 2, prior_precision=np.linspace(-0.1, 0.2, 6)
    )
    tree = sample(halved, partially_synchronous(rate), num_samples=2000)
    constant = tree["constant_data"].to_dataset()
    tree["constant_data"] = constant * 2
    row = of_agents(stored_run(tree))[0]
    assert row.verdict.value == "refuted"
    assert re.fullmatch(r"log E = \d+\.\d; the best bet is scale 0\.5", row.reason)
    tree["constant_data"] = constant
    assert of_agents(stored_run(tree))[0].verdict.value != "refuted"


@pytest.mark.parametrize("rate", [1.0, 0.4])
def test_what_is_called_detectable_is_about_what_the_actions_tell(rate):
    run = run_of(FREE, partially_synchronous(rate), draws=8000)
    row = of_agents(run)[0]
    actions = actions_of(FREE, unrolled(FREE, run.schedule, run.draws), rate)
    true = scaled(1 + row.detectable, heat_bath, rate).up_prob(actions)
    kl = growth.relative_entropy(actions.up_prob, true)
    n_rivals = len(standard(former_spin=True))
    assert kl == pytest.approx(growth.detectable(row.n, ALPHA / 2, 1e-3, n_rivals), rel=0.1)


def test_one_impossible_action_is_refuted():
    run = run_of(CERTAIN, draws=400)
    row = of_agents(run)[0]
    assert row.verdict.value == "supported"
    assert row.discrepancy == "share of actions that are a fair coin"
    assert row.detectable == pytest.approx(-2 * np.log(1e-3) / row.n)
    run.draws.flags.writeable = True
    run.draws[1, 200, 3] *= -1
    row = of_agents(run)[0]
    assert row.verdict.value == "refuted"
    assert "is impossible: agent 3 went" in row.reason


def test_a_clamped_agent_that_moves_is_refuted_whatever_it_is_held_against():
    run = run_of(draws=50, chains=8)
    moved = run.draws.copy()
    moved[1, 20, 2] = 1
    twin, other = run._replace(draws=moved), run_of(draws=50, chains=8, seed=1)
    against = {
        "agents": compare_actions.against_its_agents,
        "ising": lambda run, *how: compare_draws.against_the_ising_law(run, AGENTS, *how),
        "little": lambda run, *how: compare_draws.against_the_little_law(run, AGENTS, *how),
        "run": lambda run, *how: compare_draws.against_draws(run, other, *how),
    }
    for compared in against.values():
        assert "refuted" not in verdicts(compared(run, ALPHA, 0.2))
        row = compared(twin, ALPHA, 0.2)[-1]
        assert (row.verdict.value, row.reason) == ("refuted", "agent 2 is clamped and moved")


def test_agents_who_know_nothing_leave_it_undecided():
    alone = Collective(np.zeros((3, 3)))
    row = of_agents(run_of(alone, draws=100))[0]
    assert (row.verdict.value, row.detectable) == ("inconclusive", None)
    assert row.reason == "no number of such actions would tell"


def test_as_many_actions_as_it_says_decide():
    few = of_agents(run_of(FREE, draws=200), tolerance=0.1)[0]
    assert few.verdict.value == "inconclusive"
    draws = 1 + -(-number_that_would_do(few) // (4 * 6))
    assert of_agents(run_of(FREE, draws=draws), tolerance=0.1)[0].verdict.value == "supported"


def test_a_long_run_is_read_in_blocks(monkeypatch):
    whole = of_agents(run_of(AGENTS, sequential, draws=300))
    monkeypatch.setattr(compare_actions, "BLOCK", 7 * 30)
    assert of_agents(run_of(AGENTS, sequential, draws=300)) == whole


# ---- copies


def copied(draws):
    run = run_of(draws=draws, chains=5)
    twice = run.draws.copy()
    twice[3] = twice[1]
    return run, run._replace(draws=twice)


def test_chains_that_are_copies_are_refuted():
    run, twin = copied(200)
    assert of_agents(run)[1].verdict.value == "supported"
    row = of_agents(twin)[1]
    assert (row.verdict.value, row.found, row.n, row.unit) == ("refuted", 1, 5, "chains")
    assert row.reason == "1 pair of chains are equal: a key was used twice"


def test_short_chains_that_are_equal_by_chance_are_not():
    row = of_agents(copied(2)[1])[1]
    assert (row.verdict.value, row.found) == ("inconclusive", 1)
    assert row.reason.startswith("1 pair of chains: no more than chance allows, but a copy could")
    draws = 1 + -(-number_that_would_do(row) // 5)
    run, twin = copied(2 * draws)
    assert verdicts([of_agents(run)[1], of_agents(twin)[1]]) == ["supported", "refuted"]


def test_agents_who_leave_nothing_to_chance_may_be_equal():
    row = of_agents(run_of(CERTAIN, start=np.ones(6), draws=50))[1]
    assert (row.verdict.value, row.found) == ("supported", 6)
    assert row.reason == "6 pairs of chains: no more than chance allows"


def test_one_chain_repeats_none():
    row = of_agents(run_of(chains=1))[1]
    assert (row.verdict.value, row.reason) == ("supported", "there is one chain")


# ---- against laws and other runs


def run_of_draws(agents, spins):
    """A run of single draws ``(n_chains, n_agents)`` of each chain."""
    attrs = {"schedule": "random_scan", "action_rule": "probability_matching", "thinning": 1}
    return stored_run(labelled(agents, spins[:, None], attrs))


def last_draws(law, agents, n, seed=0):
    """A run of independent draws from a law by enumeration."""
    rng = np.random.default_rng(seed)
    return run_of_draws(agents, oracle.states(6)[rng.choice(64, size=n, p=law)])


LAWS: dict[str, Any] = {
    "ising": (
        oracle.ising_law,
        lambda run, tolerance: compare_draws.against_the_ising_law(run, AGENTS, ALPHA, tolerance),
    ),
    "little": (
        oracle.little_law,
        lambda run, tolerance: compare_draws.against_the_little_law(run, AGENTS, ALPHA, tolerance),
    ),
    "run": (
        oracle.ising_law,
        lambda run, tolerance: compare_draws.against_draws(
            run, reference(len(run.draws)), ALPHA, tolerance
        ),
    ),
}


def law_of(kind, scale=1.0):
    return LAWS[kind][0](
        scale * AGENTS.sensory_precision, AGENTS.prior_precision, clamped=dict(AGENTS.clamped)
    )


def reference(n):
    return last_draws(law_of("run"), AGENTS, n, seed=99)


@pytest.mark.parametrize("kind", LAWS)
def test_few_draws_are_undecided_and_as_many_as_it_says_agree(kind):
    against = LAWS[kind][1]
    few = against(last_draws(law_of(kind), AGENTS, 60), 0.1)
    assert set(verdicts(few)) == {"inconclusive"}
    n = max(map(number_that_would_do, few))
    many = against(last_draws(law_of(kind), AGENTS, n, seed=1), 0.1)
    assert set(verdicts(many)) == {"supported"}
    assert all(row.detectable <= 0.1 * 1.001 for row in many)
    twin = against(last_draws(law_of(kind, -1.0), AGENTS, n, seed=2), 0.1)
    assert "refuted" in verdicts(twin)
    assert sum(row.alpha for row in many) == ALPHA


def test_the_engines_runs_come_to_their_laws_and_not_to_each_others():
    asynchronous = run_of(AGENTS, random_scan, draws=1, chains=6000)
    together = run_of(AGENTS, synchronous, draws=1, chains=6000)
    for run, kinds in ((asynchronous, ("ising", "little")), (together, ("little", "ising"))):
        for kind, expected in zip(kinds, ("supported", "refuted"), strict=True):
            assert verdicts(LAWS[kind][1](run, 0.1)) == [expected]
    assert "refuted" in verdicts(compare_draws.against_draws(together, asynchronous, ALPHA, 0.2))


def test_a_difference_below_the_tolerance_is_undecided_and_asks_for_more():
    # Of two agents without a tie or a prior, one is up in 51.2 % of the draws.
    n, alone = 40_000, Collective(np.zeros((2, 2)))
    spins = np.where(np.arange(n)[:, None] < n * np.array([0.512, 0.5]), 1, -1).astype(np.int8)
    run = run_of_draws(alone, spins)
    detectable = moments.detectable(n, 2, ALPHA)
    row = compare_draws.against_the_ising_law(run, alone, ALPHA, detectable)[0]
    assert row.found == pytest.approx(0.012)
    assert row.verdict.value == "inconclusive"
    assert number_that_would_do(row) == 4 * n
    assert (
        compare_draws.against_the_ising_law(run, alone, ALPHA, 0.03)[0].verdict.value == "supported"
    )
    four = run_of_draws(alone, np.repeat(spins, 4, axis=0))
    row = compare_draws.against_the_ising_law(four, alone, ALPHA, detectable)[0]
    assert row.verdict.value == "refuted"


def test_a_tie_that_only_one_end_sees_is_looked_at():
    # Agent 1 sees agent 0, who does not see it: E[s_0 s_1] differs, no mean and no energy does.
    one_way = Collective(np.array([[0, 0.0], [1.0, 0]]))
    spins = np.array([[1, 1], [-1, -1]], dtype=np.int8).repeat(2000, axis=0)
    opposed = spins * np.array([1, -1], dtype=np.int8)
    run, other = run_of_draws(one_way, spins), run_of_draws(one_way, opposed)
    row = compare_draws.against_draws(run, other, ALPHA, 0.2)[0]
    assert (row.verdict.value, row.found) == ("refuted", 2)


# ---- what is refused


NAMED = Collective(nx.relabel_nodes(nx.cycle_graph(6), dict(enumerate("abcdef"))))
LARGE = Collective(ring(21).scaled(0.1))
ONES = np.ones((3, 6), dtype=np.int8)
UP = run_of_draws(AGENTS, AGENTS.hold(ONES))
SHORT: dict[str, Any] = {"draws": 1, "chains": 3}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: of_agents(run_of(FREE, random_scan, **SHORT)), "got a run under random_scan with"),
        (lambda: of_agents(run_of(FREE, thinning=2, **SHORT)), "with thinning 2; .* --thinning 1"),
        (lambda: of_agents(run_of(FREE, **SHORT)), "got 1 draws under synchronous"),
        (
            lambda: compare_draws.against_the_ising_law(UP, FREE, ALPHA, 0.1),
            "got a run of 6 agents, 1 of them clamped, and a reference of 6, 0 clamped",
        ),
        (
            lambda: compare_draws.against_the_ising_law(UP, LARGE, ALPHA, 0.1),
            "a reference of 21, 0 clamped; .* give a reference of the same agents",
        ),
        (
            lambda: compare_draws.against_draws(
                run_of_draws(FREE, ONES), run_of_draws(NAMED, ONES), ALPHA, 0.1
            ),
            "a run whose agent 0 is '0' and a reference whose agent 0 is 'a'; .* same order",
        ),
        (
            lambda: compare_draws.against_draws(UP, UP, ALPHA, 0.1),
            "got a run and a reference of the very same draws; .* another seed",
        ),
        (
            lambda: compare_draws.against_the_little_law(
                run_of_draws(LARGE, np.ones((3, 21), dtype=np.int8)), LARGE, ALPHA, 0.1
            ),
            "got 21 agents; the Little law is enumerated, for at most 20; compare with another run",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()


def test_more_actions_than_memory_is_given_to_are_refused(monkeypatch):
    run = run_of(draws=100)
    monkeypatch.setattr(compare_actions, "MOST_ACTIONS", 1999)
    with pytest.raises(ValueError, match=r"got 4 chains of 100 draws of 5 agents who act; every"):
        of_agents(run)


def test_a_tie_but_for_rounding_is_no_evidence():
    """0.1 + 0.2 - 0.3 is above zero in double precision and below it in single precision."""
    ties = np.zeros((4, 4))
    ties[0, 1:] = 0.1, 0.2, 0.3
    held = {1: 1, 2: 1, 3: -1}
    agents = Collective(ties, clamped=held, action_rule=maximum_a_posteriori)
    flips = np.array([1, -1, -1, 1, -1] * 20, dtype=np.int8)
    draws = np.broadcast_to(np.array([0, 1, 1, -1], dtype=np.int8), (2, 100, 4)).copy()
    draws[:, :, 0] = flips
    run = StoredRun(agents, synchronous, 1, draws)
    assert "refuted" not in verdicts(of_agents(run))
    certain = agents.replaced(prior_precision=np.array([0.01, 0, 0, 0]))
    assert "refuted" in verdicts(of_agents(run._replace(collective=certain)))
