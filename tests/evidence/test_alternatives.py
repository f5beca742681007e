"""Each alternative is the law that its name says; none looks at what it bets on."""

import numpy as np
import pytest

from pp_spin.evidence import e_process
from pp_spin.evidence.alternatives import (
    Actions,
    Alternative,
    PerAgent,
    heat_bath,
    joined,
    lapsing,
    linked,
    metropolis,
    repeating,
    scaled,
    shifted,
    standard,
    tanh_softmax,
)
from tests import oracle

X = np.array([-1.1, -0.5, 0.0, 0.1, 0.7, 1.3])
WAS_UP = np.array([True, False, True, False, True, False])
UP = np.array([True, True, False, False, True, False])
ACTIONS = Actions(X, oracle.sigmoid(2 * X), UP, np.array([0, 1, 2, 0, 1, 2]), WAS_UP)

FORMULAS = {
    "scale 0.8": (scaled(0.8), oracle.sigmoid(1.6 * X)),
    "scale -1": (scaled(-1.0), oracle.sigmoid(-2 * X)),
    "shift +0.03": (shifted(0.03), oracle.sigmoid(2 * X + 0.06)),
    "lapse 0.01": (lapsing(0.01), 0.99 * oracle.sigmoid(2 * X) + 0.005),
    "tanh": (linked("tanh", tanh_softmax(2.824)), oracle.sigmoid(2.824 * np.tanh(X))),
    "scale 2": (scaled(2.0, tanh_softmax(3.0)), oracle.sigmoid(3.0 * np.tanh(2 * X))),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_an_alternative_is_its_formula(name):
    alternative, expected = FORMULAS[name]
    assert alternative.name == name
    np.testing.assert_allclose(alternative.up_prob(ACTIONS), expected, rtol=1e-14)


def test_metropolis_moves_as_its_acceptance_says():
    for x, was_up, up in zip(X, WAS_UP, metropolis().up_prob(ACTIONS), strict=True):
        spin = 1 if was_up else -1
        flip = min(1.0, float(np.exp(-2 * spin * x)))
        assert up == pytest.approx(1 - flip if was_up else flip, rel=1e-14)


def test_metropolis_and_the_heat_bath_share_their_stationary_law():
    # p(up) P(down | up) = p(down) P(up | down): the fault that no stationary test can see.
    x = np.array([0.4, 0.4])
    both = Actions(x, heat_bath(x), x > 0, np.array([0, 0]), np.array([True, False]))
    stays, rises = metropolis().up_prob(both)
    assert oracle.sigmoid(0.8) * (1 - stays) == pytest.approx(oracle.sigmoid(-0.8) * rises)


@pytest.mark.parametrize("make", [scaled, shifted, lapsing])
def test_agents_that_did_not_act_keep_their_spin(make):
    acting = make(0.1).up_prob(ACTIONS)
    some = make(0.1, heat_bath, 0.35).up_prob(ACTIONS)
    np.testing.assert_allclose(some, 0.35 * acting + 0.65 * WAS_UP, rtol=1e-14)


@pytest.mark.parametrize("rate", [1.0, 0.35])
def test_no_alternative_looks_at_the_action_that_it_bets_on(rate):
    flipped = ACTIONS._replace(up=~UP)
    for each in standard(rate=rate, former_spin=True):
        for alternative in each.members if isinstance(each, PerAgent) else (each,):
            np.testing.assert_array_equal(
                alternative.up_prob(ACTIONS), alternative.up_prob(flipped)
            )


def test_the_standard_alternatives_are_probabilities_with_names_of_their_own():
    alternatives = standard(former_spin=True)
    names = [each.name for each in alternatives]
    assert len(set(names)) == len(names) == 40
    assert {
        "scale -1",
        "shift -0.1",
        "lapse 0.01",
        "tanh 2.824",
        "metropolis",
        "repeat 0.1",
    } <= set(names)
    for each in alternatives:
        if isinstance(each, Alternative):
            q = each.up_prob(ACTIONS)
            assert q.shape == X.shape
            assert ((q >= 0) & (q <= 1)).all()


def test_metropolis_without_the_former_spin_is_refused():
    with pytest.raises(ValueError, match="without was_up; metropolis is a law of the former spin"):
        metropolis().up_prob(ACTIONS._replace(was_up=None))


def test_a_rate_without_the_former_spin_is_refused():
    with pytest.raises(ValueError, match=r"without was_up; rate 0\.35 is a law of the former spin"):
        scaled(0.9, heat_bath, 0.35).up_prob(ACTIONS._replace(was_up=None))


@pytest.mark.parametrize("rate", [0.0, 1.5, float("nan")])
def test_a_rate_that_is_none_is_refused(rate):
    with pytest.raises(ValueError, match="agents act with a probability above 0 and at most 1"):
        standard(rate=rate)


# ---- agents who repeat their former spin


@pytest.mark.parametrize("share", [0.001, 0.3, 1.0])
@pytest.mark.parametrize("rate", [1.0, 0.35])
def test_a_share_of_the_actions_repeats_the_former_spin(share, rate):
    acts_up = (1 - share) * oracle.sigmoid(2 * X) + share * WAS_UP
    expected = rate * acts_up + (1 - rate) * WAS_UP
    alternative = repeating(share, rate=rate)
    assert alternative.name == f"repeat {share:g}"
    np.testing.assert_allclose(alternative.up_prob(ACTIONS), expected, rtol=1e-14)


def test_repeating_is_of_the_link_that_is_given():
    q = repeating(0.2, tanh_softmax(2.824)).up_prob(ACTIONS)
    np.testing.assert_allclose(q, 0.8 * oracle.sigmoid(2.824 * np.tanh(X)) + 0.2 * WAS_UP)


def test_repeating_and_the_heat_bath_share_their_stationary_law():
    # p(up) P(down | up) = p(down) P(up | down), at any share but 1: no stationary test sees it.
    x = np.array([0.4, 0.4])
    both = Actions(x, heat_bath(x), x > 0, np.array([0, 0]), np.array([True, False]))
    stays, rises = repeating(0.3).up_prob(both)
    assert oracle.sigmoid(0.8) * (1 - stays) == pytest.approx(oracle.sigmoid(-0.8) * rises)
    assert rises < heat_bath(x)[0] < stays


def test_repeating_without_the_former_spin_is_refused():
    with pytest.raises(ValueError, match=r"without was_up; repeat 0\.3 is a law of the former"):
        repeating(0.3).up_prob(ACTIONS._replace(was_up=None))


def test_agents_who_repeat_are_found_by_that_bet_and_sound_ones_are_not(rng):
    # One agent alone, whose former spin is the action before.
    x, found = rng.normal(0.2, 0.5, 4000), {}
    for share in (0.0, 0.1):
        up, uniforms, repeats = np.zeros(4001, dtype=bool), rng.random(4000), rng.random(4000)
        for t in range(4000):
            acts = uniforms[t] < oracle.sigmoid(2 * x[t])
            up[t + 1] = up[t] if repeats[t] < share else acts
        actions = Actions(x, heat_bath(x), up[1:], np.zeros(4000, dtype=int), up[:-1])
        bets = standard(former_spin=True)
        found[share] = e_process.compare_with_action_law(actions, bets, 1e-6, 1)
    assert not found[0.0].rejected
    assert found[0.1].rejected
    assert found[0.1].best == "repeat 0.1"


# ---- actions one after another


PARTS = (slice(0, 2), slice(2, 2), slice(2, 5), slice(5, 6))


def test_joined_pieces_are_the_trajectory_that_was_cut():
    agent = ACTIONS.agent
    pieces = [Actions(X[p], ACTIONS.up_prob[p], UP[p], agent[p], WAS_UP[p]) for p in PARTS]
    for whole, field in zip(joined(pieces), ACTIONS, strict=True):
        np.testing.assert_array_equal(whole, field, strict=True)
    assert joined([ACTIONS._replace(was_up=None)] * 2).was_up is None
    # In order: turned round they are another trajectory.
    turned = joined(pieces[::-1])
    np.testing.assert_array_equal(turned.half_log_odds, [*X[5:], *X[2:5], *X[:2]])


def test_pieces_with_and_without_former_spins_are_refused():
    pieces = [ACTIONS, ACTIONS._replace(was_up=None)]
    with pytest.raises(ValueError, match="got 2 pieces of which some have was_up and some have"):
        joined(pieces)


def test_no_pieces_are_refused():
    with pytest.raises(ValueError, match=r"got no pieces; .* give one or more"):
        joined([])
