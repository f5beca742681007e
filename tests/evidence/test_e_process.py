"""The e-process keeps its level on correlated trajectories and finds faults when predicted."""

import itertools
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binom

from pp_spin.evidence import e_process, growth
from pp_spin.evidence.alternatives import Actions, Alternative, PerAgent, scaled, standard
from pp_spin.evidence.budget import ALPHA, MISS
from tests import oracle

GAMMA, ZETA, SIDE = 0.3, 0.1, 3
N = SIDE**2
NEIGHBOURS = [
    [(r + dr) % SIDE * SIDE + (c + dc) % SIDE for dr, dc in ((0, 1), (0, -1), (1, 0), (-1, 0))]
    for r, c in itertools.product(range(SIDE), repeat=2)
]
SPINS = oracle.states(N)
X = ZETA + GAMMA * SPINS[:, NEIGHBOURS].sum(axis=2)
"""Half log-odds of every agent in every configuration, (2**N, N)."""
PHI = oracle.sigmoid(2 * X)
STANDARD = standard(former_spin=True)


def simulated(true, first, n_steps, rng):
    """Random scan by the table ``true`` (2**N, N), a chain from each of ``first``, (steps, chains).

    Python's own loop over time, so that the actions of a chain depend on its past only.
    """
    state, seen, agents, ups = first.copy(), [], [], []
    for _ in range(n_steps):
        agent = rng.integers(N, size=len(state))
        up = rng.random(len(state)) < true[state, agent]
        seen.append(state)
        agents.append(agent)
        ups.append(up)
        state = np.where(up, state | (1 << agent), state & ~(1 << agent))
    state, agent, up = np.array(seen), np.array(agents), np.array(ups)
    return Actions(X[state, agent], PHI[state, agent], up, agent, (state >> agent) & 1 == 1)


def each(actions):
    """The trajectory of every chain by itself."""
    return (Actions(*fields) for fields in zip(*(a.T for a in actions), strict=True))


def together(actions):
    """All chains as one, step by step."""
    return Actions(*(field.ravel() for field in actions))


# ---- level


@cache
def sound_trajectories():
    rng = np.random.default_rng(20220706)
    # From all up: the level needs no stationarity.
    first = np.full(2000, 2**N - 1)
    return tuple(each(simulated(PHI, first, 600, rng)))


@pytest.fixture(scope="module")
def largest():
    return np.array(
        [
            e_process.compare_with_action_law(actions, STANDARD, 0.5, N).largest
            for actions in sound_trajectories()
        ]
    )


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_false_alarms_stay_below_the_nominal_level(alpha, largest):
    alarms = int((largest >= np.log(1 / alpha)).sum())
    assert alarms <= binom.isf(1e-4, len(largest), alpha)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_a_bet_chosen_after_the_data_fails_the_same_audit(alpha):
    def fitted(actions):
        """The frequency of up in each context, which knows what it bets on."""
        _, context = np.unique(actions.half_log_odds.round(6), return_inverse=True)
        return (np.bincount(context, actions.up) / np.bincount(context))[context]

    alarms = sum(
        e_process.compare_with_action_law(a, [Alternative("fit", fitted)], alpha, N).rejected
        for a in sound_trajectories()
    )
    assert alarms > binom.isf(1e-4, 2000, alpha)


def mean_e_value(alternatives, factor, rate, n_updates=7):
    """E[E_n] by summing over every sequence of actions of two agents; true x is ``factor`` x."""
    total = 0.0
    for ups in itertools.product((True, False), repeat=n_updates):
        spins, probability, rows = [1, -1], 1.0, []
        for t, up in enumerate(ups):
            agent = t % 3 % 2
            x = 0.2 - 0.7 * spins[1 - agent]
            was_up = spins[agent] == 1
            true, said = (
                rate * oracle.sigmoid(2 * c * x) + (1 - rate) * was_up for c in (factor, 1)
            )
            probability *= true if up else 1 - true
            rows.append((x, said, up, agent, was_up))
            spins[agent] = 1 if up else -1
        actions = Actions(*(np.array(column) for column in zip(*rows, strict=True)))
        e_value = e_process.compare_with_action_law(actions, alternatives, 0.5, 2).log_e
        total += probability * np.exp(e_value)
    return total


@pytest.mark.parametrize("rate", [1.0, 0.35])
def test_the_expected_e_value_is_one(rate):
    alternatives = standard(rate=rate, former_spin=True)
    assert mean_e_value(alternatives, 1.0, rate) == pytest.approx(1, rel=1e-12)


def test_the_expected_e_value_is_above_one_under_an_alternative():
    # E[q / phi] under q is 1 and the chi-square divergence of q from phi.
    assert mean_e_value([scaled(0.5)], 0.5, 1.0) > 1.1


# ---- power


class Fault(NamedTuple):
    """What agents do instead, and the alternative that is meant for it."""

    true: Callable
    """from x, whether the spin was up, and the agent, to P(+1)"""
    meant: str
    """the alternative that is to win"""
    q: Callable
    """its law, of the same arguments"""
    choices: int = 1
    """among how many the alternative is itself divided"""


def link(function):
    return lambda x, was_up, agent: function(x)


def only(function):
    """Agent 4 alone."""
    return lambda x, was_up, agent: np.where(agent == 4, function(x), oracle.sigmoid(2 * x))


def metropolis(x, was_up, agent):
    flips = np.exp(np.minimum(0, np.where(was_up, -2 * x, 2 * x)))
    return np.where(was_up, 1 - flips, flips)


def scale(factor):
    return link(lambda x: oracle.sigmoid(2 * factor * x))


NO_PRIOR = link(lambda x: oracle.sigmoid(2 * (x - ZETA)))
EFE = link(lambda x: oracle.sigmoid(2.824 * np.tanh(x)))
LAPSE = link(lambda x: 0.99 * oracle.sigmoid(2 * x) + 0.005)
SIGN = link(lambda x: oracle.sigmoid(2 * (ZETA - (x - ZETA))))
TWICE = only(lambda x: oracle.sigmoid(2 * (ZETA + 2 * (x - ZETA))))
TWICE_ALL = only(lambda x: oracle.sigmoid(4 * x))

FAULTS = {
    "flipped sign": Fault(SIGN, "scale -1", scale(-1)),
    "metropolis": Fault(metropolis, "metropolis", metropolis),
    "half logit": Fault(scale(0.5), "scale 0.5", scale(0.5)),
    "efe link": Fault(EFE, "tanh 2.824", EFE),
    "prior ignored": Fault(NO_PRIOR, "shift -0.1", NO_PRIOR),
    "one agent": Fault(TWICE, "scale of each agent", TWICE_ALL, choices=(N + 1) * 13),
    "5 % scale": Fault(scale(1.05), "scale 1.05", scale(1.05)),
    "1 % lapse": Fault(LAPSE, "lapse 0.01", LAPSE),
}


def table(law):
    return law(X, SPINS == 1, np.arange(N)[None, :])


@cache
def predicted(name):
    """Gain per update in the stationary state of the faulty collective, and that state."""
    true = table(FAULTS[name].true)
    law = oracle.stationary_law(oracle.random_scan(true))
    visits = np.repeat(law[:, None] / N, N, axis=1)
    return growth.growth(PHI, true, table(FAULTS[name].q), visits), law


def needed(name, miss):
    return growth.updates_needed(
        predicted(name)[0], ALPHA, miss, len(STANDARD) * FAULTS[name].choices
    )


def observed(name, length, n_runs, rng):
    """E-processes of independent runs, each of several chains from the stationary law."""
    n_chains = -(-length // 1000)
    true, law = table(FAULTS[name].true), predicted(name)[1]
    for _ in range(n_runs):
        first = rng.choice(len(law), size=n_chains, p=law)
        actions = together(simulated(true, first, -(-length // n_chains), rng))
        yield e_process.compare_with_action_law(actions, STANDARD, ALPHA, N)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_when_predicted(name, rng):
    # Twice what should do: Metropolis varies more than a small effect would.
    n_runs = {"1 % lapse": 2, "5 % scale": 3}.get(name, 5)
    runs = list(observed(name, 2 * needed(name, MISS), n_runs, rng))
    assert all(run.rejected for run in runs)
    assert all(run.best == FAULTS[name].meant for run in runs)
    crossed = np.median([run.crossed for run in runs])
    half = needed(name, 0.5)
    assert half / 2 <= crossed <= 2 * half


def test_what_is_called_detectable_is_detected(rng):
    runs = observed("half logit", needed("half logit", MISS), 200, rng)
    misses = sum(not run.rejected for run in runs)
    assert misses <= binom.isf(1e-6, 200, MISS)


def test_what_is_called_undetectable_is_missed(rng):
    runs = observed("half logit", needed("half logit", 0.5) // 3, 50, rng)
    assert sum(run.rejected for run in runs) <= 5


def test_a_sound_collective_is_not_refuted_in_as_many_updates(rng):
    law = oracle.stationary_law(oracle.random_scan(PHI))
    first = rng.choice(len(law), size=100, p=law)
    actions = together(simulated(PHI, first, 1000, rng))
    run = e_process.compare_with_action_law(actions, STANDARD, ALPHA, N)
    assert not run.rejected
    assert run.crossed is None
    assert run.impossible is None
    assert run.log_e <= run.largest < np.log(1 / ALPHA)


# ---- the numbers


@pytest.fixture
def faulty(rng):
    """300 updates of three chains, which follow the heat bath at 0.7 x: not enough to refute."""
    return together(simulated(table(scale(0.7)), np.array([0, 100, 511]), 100, rng))


def products(alternatives, actions, n):
    """exp(logs) after n updates, by multiplying."""

    def factor(alternative, t):
        q, phi = alternative.up_prob(actions)[t], actions.up_prob[t]
        return q / phi if actions.up[t] else (1 - q) / (1 - phi)

    def product(alternative, agents):
        factors = (factor(alternative, t) for t in range(n) if actions.agent[t] in agents)
        return np.prod(list(factors))

    def of_group(group):
        f = 1 / (1 + N)
        means = (np.mean([product(m, [a]) for m in group.members]) for a in range(N))
        return np.prod([1 - f + f * mean for mean in means])

    return [
        of_group(each) if isinstance(each, PerAgent) else product(each, range(N))
        for each in alternatives
    ]


def test_the_e_value_is_the_mean_of_the_products(faulty):
    run = e_process.compare_with_action_law(faulty, STANDARD, ALPHA, N)
    expected = products(STANDARD, faulty, 300)
    np.testing.assert_allclose(np.exp(list(run.logs.values())), expected, rtol=1e-9)
    assert np.exp(run.log_e) == pytest.approx(np.mean(expected))
    assert run.best == STANDARD[int(np.argmax(expected))].name
    # The path has every update, as there are few, and its highest point is the largest.
    np.testing.assert_array_equal(run.path[:, 0], np.arange(1, 301))
    assert run.path[-1, 1] == run.log_e
    assert run.largest == max(0.0, run.path[:, 1].max())
    for n in (1, 17, 150):
        assert np.exp(run.path[n - 1, 1]) == pytest.approx(np.mean(products(STANDARD, faulty, n)))


@pytest.mark.parametrize("alpha", [0.5, 1e-3])
def test_the_crossing_is_the_first_update_above_the_threshold(alpha, rng):
    flipped = together(simulated(table(SIGN), np.array([0, 100, 511]), 100, rng))
    run = e_process.compare_with_action_law(flipped, STANDARD, alpha, N)
    above = run.path[:, 1] >= np.log(1 / alpha)
    assert run.rejected
    assert run.crossed == run.path[above.argmax(), 0]


@pytest.mark.parametrize("n_pieces", [2, 7, 60])
def test_cutting_a_run_changes_rounding_only(n_pieces, rng):
    actions = together(simulated(table(EFE), np.arange(20), 600, rng))
    whole = e_process.compare_with_action_law(actions, STANDARD, 0.01, N)
    cuts = [0, *np.sort(rng.integers(0, 12_000, size=n_pieces - 1)), 12_000]
    state = e_process.start(STANDARD, 0.01, N)
    for low, high in itertools.pairwise(cuts):
        state = e_process.fed(state, Actions(*(field[low:high] for field in actions)))
    pieces = e_process.verdict(state)
    assert (pieces.crossed, pieces.best) == (whole.crossed, whole.best)
    assert 250 < len(whole.path) <= e_process.MOST_POINTS
    np.testing.assert_allclose(pieces.path, whole.path, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        list(pieces.logs.values()), list(whole.logs.values()), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(pieces.largest, whole.largest, rtol=1e-9)


def test_a_verdict_stands_when_later_updates_are_sound(rng):
    first = np.array([0, 100, 511])
    state = e_process.start(STANDARD, 1e-3, N)
    state = e_process.fed(state, together(simulated(table(SIGN), first, 20, rng)))
    before = e_process.verdict(state)
    after = e_process.verdict(e_process.fed(state, together(simulated(PHI, first, 40, rng))))
    assert before.rejected
    assert after.rejected
    assert after.log_e < before.log_e
    assert after.largest == after.path[:, 1].max()
    assert after.crossed == before.crossed


def test_a_run_without_updates_says_nothing():
    run = e_process.verdict(e_process.start(STANDARD, ALPHA, N))
    assert (run.log_e, run.largest, run.crossed, run.rejected) == (0.0, 0.0, None, False)


# ---- actions that cannot be


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("place", [0, 5, 299])
def test_an_impossible_action_is_refuted_at_once_and_explained(place, up, faulty):
    up_prob, done = faulty.up_prob.copy(), faulty.up.copy()
    up_prob[place], done[place] = (0.0, True) if up else (1.0, False)
    impossible = faulty._replace(up_prob=up_prob, up=done)
    run = e_process.compare_with_action_law(impossible, STANDARD, 1e-12, N)
    assert run.rejected
    assert run.crossed == place + 1
    assert run.log_e == run.largest == np.inf
    assert run.impossible is not None
    way = "up" if up else "down"
    agent = faulty.agent[place]
    assert f"update {place + 1} is impossible: agent {agent} went {way} where" in run.impossible
    assert not np.isnan(list(run.logs.values())).any()
    before = e_process.start(STANDARD, 1e-12, N)
    before = e_process.fed(before, Actions(*(field[:place] for field in faulty)))
    np.testing.assert_allclose(list(run.logs.values()), before.logs, rtol=1e-9, atol=1e-12)


def test_nothing_counts_after_an_impossible_action(faulty):
    state = e_process.start(STANDARD, ALPHA, N)
    state = e_process.fed(state, faulty._replace(up_prob=np.where(faulty.up, 0.0, 1.0)))
    assert e_process.fed(state, faulty) is state


def test_certain_actions_that_are_done_say_nothing(faulty):
    certain = faulty._replace(
        up_prob=faulty.up.astype(float), half_log_odds=np.where(faulty.up, np.inf, -np.inf)
    )
    run = e_process.compare_with_action_law(certain, [scaled(0.5)], ALPHA, N)
    assert (run.log_e, run.rejected) == (0.0, False)


def test_alternatives_that_all_exclude_what_was_done_refute_nothing(faulty):
    never = Alternative("always down", lambda actions: np.zeros(len(actions.up)))
    run = e_process.compare_with_action_law(faulty, [never], ALPHA, N)
    assert (run.log_e, run.largest, run.rejected) == (-np.inf, max(0.0, run.largest), False)


# ---- design


@pytest.mark.parametrize("n_alternatives", [1, 32])
@pytest.mark.parametrize("miss", [0.5, 1e-3])
@pytest.mark.parametrize("kl", [0.3, 1e-2, 3.3e-5, 1e-8])
def test_the_updates_needed_suffice(kl, miss, n_alternatives):
    n_updates = growth.updates_needed(kl, ALPHA, miss, n_alternatives)
    assert growth.detectable(n_updates, ALPHA, miss, n_alternatives) <= kl
    assert growth.detectable(n_updates // 2, ALPHA, miss, n_alternatives) > kl


def test_the_detectable_effect_solves_its_equation():
    n, z = 1000, 3.0902323061678132  # of 1e-3
    kl = growth.detectable(n, ALPHA, MISS, 32)
    assert n * kl - z * np.sqrt(2 * n * kl) == pytest.approx(np.log(32 / ALPHA))


def test_growth_is_the_expected_log_ratio():
    phi, true, q, weights = np.array([[0.3, 0.6], [0.2, 0.9], [0.25, 0.7], [1.0, 3.0]])
    ratio = true * np.log(q / phi) + (1 - true) * np.log((1 - q) / (1 - phi))
    assert growth.growth(phi, true, q, weights) == pytest.approx(ratio @ weights / 4)
    assert growth.growth(phi, true, true) == growth.relative_entropy(phi, true)
    assert growth.growth(phi, true, phi) == 0
    assert growth.growth([0.0], [0.1], [0.1]) == np.inf


@pytest.mark.parametrize("error", [0.01, -0.003])
def test_the_coupling_error_undoes_the_relative_entropy(error):
    law = oracle.stationary_law(oracle.random_scan(PHI))
    visits = np.repeat(law[:, None], N, axis=1)
    kl = growth.relative_entropy(PHI, oracle.sigmoid(2 * (1 + error) * X), visits)
    assert growth.coupling_error(kl, X, visits) == pytest.approx(abs(error), rel=0.02)
    assert growth.coupling_error(kl, [0.0]) == np.inf


# ---- what is refused


def test_alternatives_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"named \['scale 2', 'scale 2'\].*a name of its own"):
        e_process.start([scaled(2.0), scaled(2.0)], ALPHA, N)
    with pytest.raises(ValueError, match="give at least one"):
        e_process.start([], ALPHA, N)


@pytest.mark.parametrize("alpha", [0.0, 1.0, float("nan")])
def test_a_level_that_is_none_is_refused(alpha):
    with pytest.raises(ValueError, match="a level is between 0 and 1"):
        e_process.start(STANDARD, alpha, N)


@pytest.mark.parametrize(
    ("field", "value", "match"),
    [
        ("agent", np.zeros(299, dtype=int), "'agent': 299"),
        ("agent", np.full(300, 9), "agents 9 to 9 but n_agents = 9"),
        ("agent", np.full(300, -1), "agents -1 to -1 but n_agents = 9"),
        ("up_prob", np.full(300, 1.01), r"up_prob 1\.01 .* a probability is in \[0, 1\]"),
        ("up_prob", np.full(300, np.nan), "up_prob nan"),
        ("half_log_odds", np.full(300, np.nan), "at half log-odds nan in entry 0"),
    ],
)
def test_actions_that_are_none_are_refused(field, value, match, faulty):
    with pytest.raises(ValueError, match=match):
        e_process.compare_with_action_law(faulty._replace(**{field: value}), STANDARD, ALPHA, N)
