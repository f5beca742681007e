"""What is read off stored draws is what the kernel recorded, and what the agents saw."""

import jax
import numpy as np
import pytest
from scipy.special import expit

from pp_spin import sample
from pp_spin.agents.action import planning_as_inference
from pp_spin.collective import Collective
from pp_spin.evidence.recording import Randomness, recorded
from pp_spin.evidence.trajectory import Trajectory, actions_of, unrolled
from pp_spin.network import lattice, ring
from pp_spin.schedule import (
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)
from pp_spin.who_acts import who_acts

AGENTS = Collective(ring(7).scaled(0.4), 0.1 * np.arange(7), clamped={2: -1})


def recording(schedule, n_ticks=60, n_chains=5, agents=AGENTS, **how):
    acting = who_acts(schedule, agents.ties, agents.free)
    start = agents.hold(np.ones((n_chains, agents.n_agents)))
    return recorded(
        acting, agents.up_prob_fn(), start, n_ticks, jax.random.key(3), Randomness(**how)
    )


@pytest.mark.parametrize(
    "schedule", [random_scan, sequential, chromatic, synchronous, partially_synchronous(0.4)]
)
def test_only_those_who_act_change(schedule):
    spins, agents = recording(schedule)
    n_chains, n_ticks, _ = agents.shape
    assert spins.shape == (n_chains, n_ticks + 1, 7)
    acts = np.zeros((n_chains, n_ticks, 8), dtype=bool)
    np.put_along_axis(acts, agents, True, axis=2)
    changed = spins[:, 1:] != spins[:, :-1]
    assert changed.any()
    assert not (changed & ~acts[:, :, :7]).any()
    assert not acts[:, :, 2].any()
    assert len(np.unique(spins[:, -30:].reshape(n_chains, -1), axis=0)) == n_chains


@pytest.mark.parametrize("schedule", [sequential, chromatic, synchronous], ids=str)
def test_draws_one_sweep_apart_say_every_tick(schedule):
    whole = recording(schedule)
    n_rows = {"sequential": 6, "chromatic": 2, "synchronous": 1}[schedule.name]
    read = unrolled(AGENTS, schedule, whole.spins[:, ::n_rows])
    ours, theirs = actions_of(AGENTS, read), actions_of(AGENTS, whole)
    # A sequential sweep of a ring is worked off in fewer ticks, by those who do not see each other.
    order = np.argsort(ours.agent, kind="stable"), np.argsort(theirs.agent, kind="stable")
    for found, expected in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(np.asarray(found)[order[0]], np.asarray(expected)[order[1]])


def test_actions_are_those_of_the_agents_in_what_they_saw():
    rule = planning_as_inference(1.5, 0.7)
    agents = AGENTS.replaced(action_rule=rule)
    whole = recording(random_scan, agents=agents)
    found = actions_of(agents, whole)
    was_up, update = np.asarray(found.was_up), 0
    for chain, tick in np.ndindex(whole.agents.shape[:2]):
        (agent,) = whole.agents[chain, tick]
        before, after = whole.spins[chain, tick], whole.spins[chain, tick + 1]
        x = agents.prior_precision[agent] + agents.sensory_precision[agent] @ before
        assert found.half_log_odds[update] == pytest.approx(x, abs=1e-12)
        assert found.up_prob[update] == pytest.approx(float(rule(x)), abs=1e-6)
        assert found.agent[update] == agent
        assert was_up[update] == (before[agent] == 1)
        assert found.up[update] == (after[agent] == 1)
        update += 1
    assert update == len(found.agent)


def test_who_may_not_have_acted_is_up_as_it_was_or_by_its_rule():
    agents = Collective(lattice((4, 4)).scaled(0.3), 0.1)
    schedule = partially_synchronous(0.25)
    tree = sample(agents, schedule, num_warmup=10, num_samples=400, num_chains=64, seed=1)
    draws = tree["posterior"]["spins"].to_numpy()
    found = actions_of(agents, unrolled(agents, schedule, draws), rate=0.25)
    assert found.was_up is not None
    assert len(found.up) == 64 * 399 * 16
    phi = 0.25 * expit(2 * found.half_log_odds) + 0.75 * found.was_up
    np.testing.assert_allclose(found.up_prob, phi, rtol=1e-12)
    surplus = (found.up - phi).sum() / np.sqrt((phi * (1 - phi)).sum())
    assert abs(surplus) < 6
    wrong = actions_of(agents, unrolled(agents, schedule, draws), rate=0.28)
    assert wrong.was_up is not None
    kept = np.where(wrong.was_up, 1, -1)
    surplus = (kept * (wrong.up - wrong.up_prob)).sum()
    assert surplus > 6 * np.sqrt((wrong.up_prob * (1 - wrong.up_prob)).sum())


def test_randomness_is_an_argument():
    usual = recording(random_scan)
    one_key = recording(random_scan, key=lambda key, chain, tick: jax.random.fold_in(key, tick))
    assert (usual.spins[0] != usual.spins[1]).any()
    np.testing.assert_array_equal(one_key.spins, one_key.spins[[0]].repeat(5, axis=0))
    in_turn = recording(random_scan, scan=lambda key, rows: rows[0][None] * 0 + 1)
    assert (in_turn.agents == 1).all()


@pytest.mark.parametrize(
    ("schedule", "n_draws"), [(random_scan, 5), (sequential, 1)], ids=["random scan", "one draw"]
)
def test_draws_that_do_not_say_who_acted_are_refused(schedule, n_draws):
    draws = np.ones((2, n_draws, 7), dtype=np.int8)
    with pytest.raises(ValueError, match=rf"got {n_draws} draws under .*; give two draws or more"):
        unrolled(AGENTS, schedule, draws)


def test_nobody_does_nothing():
    spins = np.ones((1, 2, 7), dtype=np.int8)
    nobody = Trajectory(spins, np.full((1, 1, 3), 7))
    assert actions_of(AGENTS, nobody).up.shape == (0,)
