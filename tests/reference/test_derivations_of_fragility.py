"""What running collectives do is what the proofs of section 5 and beyond say, in numbers.

A derivation's own sides, lambdified, against the stationary law, the table of actions or the exact
kernel of the collective that runs; and a wrong twin of each, which has to be off.
"""

import jax
import numpy as np
import pytest
from scipy.special import expit, logit

from derivations import (
    beyond_expected_free_energy,
    beyond_free_energy_currents,
    beyond_synchronous_agents,
    beyond_walsh,
    sec5_fragility,
)
from derivations.collective import K, N, i, k
from derivations.families import Index, Size
from pp_spin.agents.action import expected_free_energy
from pp_spin.claims import cases as claim_cases
from pp_spin.claims import sec5
from pp_spin.collective import Collective
from pp_spin.network import complete, path, ring
from pp_spin.reference.stationary import law_of
from pp_spin.reference.transitions import dense, sweep_operators
from pp_spin.schedule import random_scan, synchronous
from tests import cases, oracle
from tests.lambdified import concluded, differ, lambdified, same, slipped

RULE = expected_free_energy(0.8, 1.3, 1.1)
B = 2 * 1.1 * 0.8 * np.tanh(1.3)
MATCHING = cases.random_collective(3, 4, symmetric=False)


def named(derivation, name):
    """What a name in a derivation's lines stands for."""
    return derivation.definitions[name]


def acting_up(collective):
    """What the running agents do in every configuration, (2**n, n)."""
    n_agents = collective.n_agents
    rule = jax.vmap(collective.up_prob_fn(), in_axes=(0, None))
    return np.asarray(rule(oracle.states(n_agents), np.arange(n_agents)))


def running_law(collective):
    """The stationary law of the agents that run, one at a time."""
    return law_of_table(acting_up(collective))


def law_of_table(table):
    """The stationary law of agents, one at a time, whatever they do."""
    return law_of(kernel(table, random_scan), {})


def kernel(table, schedule):
    everyone = Collective(np.zeros((table.shape[1],) * 2))
    return dense(sweep_operators(table, everyone, schedule))


def efe_collective(network, gamma, zeta):
    return Collective(gamma * network.weights, zeta, action_rule=RULE)


def law_of_energy(minus_energy):
    weight = np.exp(minus_energy)
    return weight / weight.sum()


def affinity(half_logits, first, second):
    """Of the square of two agents, from the half logits in every configuration, (2**n,)."""
    states = np.arange(len(half_logits))

    def change(hears, flips):
        up, down = states | 1 << flips, states & ~(1 << flips)
        return half_logits[up, hears] - half_logits[down, hears]

    return 2 * (change(second, first) - change(first, second))


def any_half_logits(n_agents, seed=0):
    """Half logits of agents that are any function of the others' spins, (2**n, n)."""
    states = np.arange(2**n_agents)
    drawn = np.random.default_rng(seed).normal(size=(2**n_agents, n_agents))
    return np.stack([drawn[states & ~(1 << a), a] for a in range(n_agents)], axis=1)


def products(others, n_agents):
    """The product of the spins in every set of ``others``, (2**n, sets)."""
    spins = oracle.states(n_agents)[:, others]
    member = oracle.states(len(others)) > 0
    return np.where(member[None], spins[:, None, :], 1).prod(2)


def coefficients(function, flipped, others, n_agents):
    """Walsh coefficients over the sets of ``others``, without and with the agent ``flipped``."""
    chi, spin = products(others, n_agents), oracle.states(n_agents)[:, flipped]
    return chi.T @ function / 2**n_agents, (chi * spin[:, None]).T @ function / 2**n_agents


# ---- section 5


@pytest.mark.parametrize(("first", "second"), [(1, 2), (3, 1), (2, 4)])
def test_cycle_affinity_is_four_times_the_asymmetry(first, second):
    proved = concluded(sec5_fragility.random_scan_cycle_affinity_is_four_times_the_asymmetry())
    sizes: dict[Size | Index, int] = {N: 4, i: first, k: second}
    numbers = {"gamma": MATCHING.sensory_precision, "zeta": MATCHING.prior_precision}
    found = affinity(logit(acting_up(MATCHING)) / 2, first - 1, second - 1)
    left = lambdified(proved.left, sizes)
    same(found, [left(numbers | {"sigma": s}) for s in oracle.states(4)])
    same(found, lambdified(proved.right, sizes)(numbers))
    differ(found, lambdified(slipped(proved), sizes)(numbers))


def test_pair_term_gives_these_odds():
    case = claim_cases.LATTICE_AGENT
    proof = sec5_fragility.pair_term_in_the_likelihood_breaks_the_spin_sum()
    gamma, zeta = case.running.sensory_precision[0], case.running.prior_precision
    numbers = {"gamma": gamma, "zeta": zeta, "kappa": sec5.PAIR_TERM}

    def log_odds(expr):
        evaluated = lambdified(expr, {K: 2})
        return [
            np.log(evaluated(numbers | {"s_1": s[0], "s_2": s[1], "sigma": s[2:]}))
            for s in oracle.states(4)
        ]

    found = logit(sec5.coupled_posterior(case, turned=True))
    same(found, log_odds(named(proof, "odds")))
    differ(found, log_odds(slipped(proof.steps[0])))


def test_separate_latents_give_this_probability():
    case = claim_cases.LATTICE_AGENT
    mean = next(
        step
        for step in sec5_fragility.separate_latents_make_the_action_affine_in_the_spin_sum().steps
        if "the mean of the K beliefs" in step.reason
    )
    numbers = {"gamma": case.running.sensory_precision[0], "zeta": case.running.prior_precision}

    def over_contexts(expr):
        evaluated = lambdified(expr, {K: 4})
        return [evaluated(numbers | {"sigma": s}) for s in oracle.states(4)]

    found = sec5.mean_belief_in_the_latents(case)
    same(found, over_contexts(mean.left))
    same(found, over_contexts(mean.right))
    differ(found, over_contexts(slipped(mean)))


# ---- agents of any kind


@pytest.mark.parametrize(("first", "second"), [(0, 1), (3, 1)])
def test_cycle_affinity_is_a_difference_of_walsh_coefficients(first, second):
    n_agents, x = 4, any_half_logits(4)
    others = [agent for agent in range(n_agents) if agent not in (first, second)]
    p, q = coefficients(x[:, first], second, others, n_agents)
    r, t = coefficients(x[:, second], first, others, n_agents)
    numbers = {"p": p, "q": q, "r": r, "t": t}
    proved = concluded(beyond_walsh.reversible_agents_have_symmetric_walsh_coefficients())

    def over_others(expr):
        evaluated = lambdified(expr, {beyond_walsh.M: 2 ** len(others)})
        return [evaluated(numbers | {"chi": chi}) for chi in products(others, n_agents)]

    found = affinity(x, first, second)
    same(found, over_others(proved.left))
    same(found, over_others(proved.right))
    differ(found, over_others(slipped(proved)))


def test_agents_with_one_coefficient_per_set_sample_the_energy():
    n_agents, last = 3, 2
    others = [0, 1]
    shared = np.random.default_rng(1).normal(size=2**n_agents) / 2
    states = np.arange(2**n_agents)
    proof = beyond_walsh.symmetric_walsh_coefficients_give_an_energy()
    sizes = {beyond_walsh.M: 4}

    def over_states(expr, without, containing, sets):
        evaluated = lambdified(expr, sizes)
        return np.array(
            [
                evaluated({"p": without, "q": containing, "chi": chi, "sigma_k": s[last]})
                for chi, s in zip(sets, oracle.states(n_agents), strict=True)
            ]
        )

    def sets_without(agent):
        return np.array([a for a in states if not a >> agent & 1])

    def half_logit(agent):
        rest, sets = [a for a in states[:n_agents] if a != agent], sets_without(agent)
        chi = products(rest, n_agents)
        return over_states(named(proof, "xₖ"), shared[sets], shared[sets | 1 << agent], chi)

    table = expit(2 * np.stack([half_logit(agent) for agent in range(n_agents)], axis=1))
    sets = sets_without(last)
    numbers = shared[sets], shared[sets | 1 << last], products(others, n_agents)
    energy = over_states(named(proof, "E"), *numbers)
    same(law_of_table(table), law_of_energy(-energy))
    differ(law_of_table(table), law_of_energy(-energy / 2))


def test_synchronous_balance_compares_what_two_agents_hear():
    n_agents, first, second = 3, 0, 2
    x = any_half_logits(n_agents, seed=2)
    flow = np.log(kernel(expit(2 * x), synchronous))
    unbalanced = flow - flow.T
    states = np.arange(2**n_agents)
    proof = beyond_synchronous_agents.reversible_synchronous_agents_are_affine_and_symmetric()

    def halves(flipped):
        """What half a flip of one spin changes in every x, (2**n, n)."""
        return (x[states | 1 << flipped] - x[states & ~(1 << flipped)]) / 2

    def mixed(table):
        """Its difference in the one spin before and the other after, (2**n, 2**n)."""
        up, down = states | 1 << first, states & ~(1 << first)
        new_up, new_down = states | 1 << second, states & ~(1 << second)
        rows = table[up] - table[down]
        return rows[:, new_up] - rows[:, new_down]

    def over_pairs(expr):
        evaluated = lambdified(expr, {N: n_agents, i: first + 1, k: second + 1})
        before, after = halves(first), halves(second)
        beta, beta_next = np.zeros((2, n_agents, n_agents))
        values = np.empty((len(states), len(states)))
        for s in states:
            for t in states:
                beta[:, first], beta_next[:, second] = before[s], after[t]
                values[s, t] = evaluated({"beta": beta, "betaprime": beta_next})
        return values

    same(mixed(unbalanced), over_pairs(concluded(proof).right))
    differ(mixed(unbalanced), over_pairs(slipped(concluded(proof))))


# ---- agents that act by the softmax of expected free energy


@pytest.mark.parametrize(("n_agents", "gamma"), [(3, 0.6), (5, 0.44), (6, -0.7)])
def test_softmax_agents_on_a_cycle_have_this_coupling(n_agents, gamma):
    proved = concluded(beyond_expected_free_energy.efe_collective_is_ising_on_a_cycle())
    numbers = {"gamma": gamma, "b": B, "sigma_l": 1, "sigma_r": 1}
    ties, s = ring(n_agents).weights, oracle.states(n_agents)
    found = running_law(efe_collective(ring(n_agents), gamma, 0.0))
    edges = np.einsum("ij,ai,aj->a", ties, s, s) / 2
    same(found, law_of_energy(lambdified(proved.right, {})(numbers) / 2 * edges))
    differ(found, law_of_energy(lambdified(slipped(proved), {})(numbers) / 2 * edges))


@pytest.mark.parametrize(("gamma", "zeta"), [(0.7, 0.2), (-0.4, 0.9)])
def test_two_softmax_agents_have_this_coupling_and_field(gamma, zeta):
    proof = beyond_expected_free_energy.efe_pair_is_ising()
    numbers = {"gamma": gamma, "zeta": zeta, "b": B}
    coupling, bias = (lambdified(named(proof, name), {})(numbers) for name in "Jh")
    s = oracle.states(2)
    found = running_law(efe_collective(path(2), gamma, zeta))
    same(found, law_of_energy(coupling * s.prod(1) + bias * s.sum(1)))
    differ(found, law_of_energy(gamma * s.prod(1) + zeta * s.sum(1)))


@pytest.mark.parametrize(("n_agents", "gamma", "zeta"), [(4, 0.5, 0.0), (6, -0.3, 0.4)])
def test_softmax_agents_on_a_complete_graph_have_this_weight(n_agents, gamma, zeta):
    proof = beyond_expected_free_energy.efe_collective_has_an_energy_on_a_complete_graph()
    numbers, n = {"gamma": gamma, "zeta": zeta, "b": B}, Index("n", N)

    def law(expr):
        weight = [lambdified(expr, {N: n_agents, n: up})(numbers) for up in range(n_agents + 1)]
        weights = np.array(weight)[(oracle.states(n_agents) > 0).sum(1)]
        return weights / weights.sum()

    found = running_law(efe_collective(complete(n_agents), gamma, zeta))
    same(found, law(named(proof, "W(n)")))
    differ(found, law(named(proof, "W(n)") ** 2))


def test_four_softmax_agents_have_this_four_body_term():
    proof = beyond_expected_free_energy.efe_energy_on_a_complete_graph_is_not_quadratic()
    law = running_law(efe_collective(complete(4), 0.5, 0.0))
    found = oracle.states(4).prod(1) @ np.log(law) / 16
    numbers = {"gamma": 0.5, "b": B}
    same(found, lambdified(proof.steps[-1].right, {})(numbers))
    differ(found, lambdified(slipped(proof.steps[-1]), {})(numbers))


@pytest.mark.parametrize("network", [path(5), ring(5), complete(5)], ids=["path", "ring", "all"])
def test_softmax_agents_have_this_affinity(network):
    proved = concluded(
        beyond_free_energy_currents.efe_edge_affinity_is_a_product_of_hyperbolic_sines()
    )
    gamma, zeta, (first, second), others = 0.5, 0.3, (0, 1), [2, 3, 4]
    ties, s = network.weights, oracle.states(5)
    hears = {"a": ties[first, others], "c": ties[second, others]}
    numbers = {"gamma": gamma, "zeta": zeta, "b": B, **hears}

    def over_others(expr):
        evaluated = lambdified(expr, {beyond_free_energy_currents.M: 3})
        return [evaluated(numbers | {"sigma": row[others]}) for row in s]

    half_logits = logit(acting_up(efe_collective(network, gamma, zeta))) / 2
    found = affinity(half_logits, first, second)
    same(found, over_others(proved.left))
    same(found, over_others(proved.right))
    if ties[0].sum() < 4:  # on a complete graph nothing drives a cycle
        differ(found, over_others(slipped(proved)))
        differ(found, 0)
