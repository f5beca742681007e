"""The case table: collectives × schedules that every dynamics and reference is tested over."""

import numpy as np
import pytest

from pp_spin.agents.action import (
    expected_free_energy,
    planning_as_inference,
    probability_matching,
)
from pp_spin.agents.perception import Agent, uniform_agent
from pp_spin.collective import Collective
from pp_spin.colouring import colouring
from pp_spin.schedule import (
    chromatic,
    partially_synchronous,
    random_scan,
    sequential,
    synchronous,
)

SCHEDULES = (
    random_scan,
    sequential,
    chromatic,
    synchronous,
    partially_synchronous(0.35),
)

RULES = (
    probability_matching,
    planning_as_inference(1.5, 0.7),
    expected_free_energy(1.2, 0.8, 1.1),
)

AGENTS = {
    "one precision for all": uniform_agent(4, 0.5, 0.2),
    "one neighbour": uniform_agent(1, -0.8, 0.3),
    "one precision each": Agent(np.array([0.9, -0.4, 0.3]), np.array(-0.25)),
    "ten neighbours": Agent(np.linspace(-1, 1, 10), np.array(0.1)),
    "no neighbours": Agent(np.zeros(0), np.array(0.7)),
}


def random_collective(seed, n_agents, *, symmetric, n_clamped=0, rule=probability_matching):
    """Sparse signed precisions of order one, priors of order one half, the last ones clamped."""
    rng = np.random.default_rng([seed, n_agents, symmetric, n_clamped])
    gamma = rng.normal(size=(n_agents, n_agents)) * (rng.random((n_agents, n_agents)) < 0.6)
    if symmetric:
        gamma = np.triu(gamma, 1) + np.triu(gamma, 1).T
    np.fill_diagonal(gamma, 0)
    clamped = {n_agents - 1 - k: int(rng.choice([-1, 1])) for k in range(n_clamped)}
    return Collective(gamma, rng.normal(size=n_agents) / 2, clamped, rule)


COLLECTIVES = [
    random_collective(seed, n, symmetric=symmetric, n_clamped=n_clamped)
    for seed, n in enumerate(range(2, 11))
    for symmetric in (True, False)
    for n_clamped in ((0, 1) if n < 4 else (0, 2))
    if n - n_clamped > 0
]


def spin_glass(seed, n_spins):
    """Symmetric couplings without a zero, and fields, both of order one half."""
    rng = np.random.default_rng([seed, n_spins])
    upper = np.triu(rng.normal(size=(n_spins, n_spins)) / 2, 1)
    return upper + upper.T, rng.normal(size=n_spins) / 2


SPIN_GLASSES = [spin_glass(1, n) for n in (2, 4)]
PROGRAMS = [*SPIN_GLASSES, spin_glass(1, 10)]

every_seed = pytest.mark.parametrize(
    "key",
    [20220706, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3))],
    indirect=True,
)
"""For statistical tests: they hold for one seed every time, and for others in a slow job."""


def oracle_matrix(oracle, collective, schedule):
    """The oracle's kernel of one step, from the collective's bare numbers."""
    rule = collective.action_rule
    up = oracle.up_probabilities(
        collective.sensory_precision, collective.prior_precision, rule.name, **rule.parameters
    )
    clamped = dict(collective.clamped)
    match schedule.name:
        case "random_scan":
            return oracle.random_scan(up, clamped)
        case "sequential":
            return oracle.sequential(up, clamped, schedule.order)
        case "chromatic":
            free = collective.free
            colours = np.zeros(collective.n_agents, dtype=int)
            colours[free] = colouring(collective.sensory_precision[np.ix_(free, free)])
            return oracle.chromatic(up, colours, clamped)
        case "synchronous":
            return oracle.synchronous(up, clamped)
        case "partially_synchronous":
            return oracle.partially_synchronous(up, schedule.rate, clamped)


def describe(value):
    """A readable test id."""
    if isinstance(value, Collective):
        symmetric = np.allclose(value.sensory_precision, value.sensory_precision.T)
        kind = "symmetric" if symmetric else "asymmetric"
        return f"{value.n_agents}-{kind}-{len(value.clamped)}clamped-{value.action_rule.name}"
    return str(value)
