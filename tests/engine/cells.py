"""Cells of a collective and a schedule: five agents, whose law after every sweep the oracle knows.

Runs start from all-up. What an engine draws is held against the exact law, and with it what the
engine draws of a collective whose ties are all opposed, or by a twin of its own that has a mistake:
neither may pass.
"""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from scipy.stats import binomtest

from pp_spin.agents.action import planning_as_inference, probability_matching
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.engine import driver, engine
from pp_spin.engine.dynamics import dynamics
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.schedule import random_scan, synchronous
from tests import cases, oracle

N_CHAINS = 2**16

# ---- collectives


def symmetric(tie_of_pair):
    """Ties ``(5, 5)`` from precisions by pair."""
    ties = np.zeros((5, 5))
    for (i, j), gamma in tie_of_pair.items():
        ties[i, j] = ties[j, i] = gamma
    return ties


# A cycle with a chord and a leaf: degrees 1, 2 and 3, a precision each.
CYCLE = symmetric({(0, 1): 0.5, (1, 2): -0.3, (2, 3): 0.7, (3, 0): 0.2, (0, 2): -0.5, (3, 4): 0.6})
# All but two hear each other.
CROWD = symmetric(
    {(0, 1): -0.5, (0, 2): 0.3, (0, 3): 0.6, (0, 4): -0.2, (1, 2): 0.7}
    | {(1, 3): -0.4, (2, 3): 0.1, (2, 4): -0.6, (3, 4): 0.4}
)
BIASES = np.array([1, -0.5, 0, 0.7, -1])
# What becomes of ties where two do not hear each other alike. On the cycle somebody else of agent
# 1's colour hears as many as it did: programs keep their shapes, and are not compiled anew.
ASYMMETRIC = np.array(
    [[0, 1, 1, 1, 1], [-1, 0, 0, -1, 1], [1, 1, 0, 1, 1], [1, 1, 1, 0, 1], [-1, 1, 0, 1, 0]]
)


def spin_glass(
    ties=CYCLE,
    *,
    biases=BIASES,
    bias=0.3,
    clamped=None,
    asymmetric=False,
    rule=probability_matching,
    scale=1.0,
):
    gamma = ties * ASYMMETRIC if asymmetric else ties
    return Collective(scale * gamma, scale * bias * biases, clamped, rule)


def collectives(ties, biases=BIASES):
    """The collectives that every engine is tried on."""
    glass = partial(spin_glass, ties, biases=biases)
    return {
        "no bias": glass(bias=0),
        "biases": glass(),
        "clamped": glass(clamped={1: -1}),
        "asymmetric": glass(asymmetric=True),
        "planning": glass(rule=planning_as_inference(1.5, 0.7)),
    }


# One agent, whose rarer action has half the chance that eight binary digits can tell from none.
_CHANCE = 0.5 / 2**8
RARELY_DOWN = Collective(np.zeros((1, 1)), [np.log(1 / _CHANCE - 1) / 2])


# ---- runs


def plan_of(ours, collective, schedule, n_chains=N_CHAINS, chunk=None):
    """How an engine that must suit runs a collective, ``chunk`` chains at once."""
    asked = dynamics(collective, schedule)
    assert ours.unsuited(asked, n_chains) is None
    if chunk is None:
        return engine.planned(asked, n_chains, ours, 2)
    return engine.Plan(ours, ours.build(asked, chunk), chunk)


def drawn(key, plan, collective, n_sweeps, n_chains=N_CHAINS):
    """Spins ``(n_chains, n_sweeps, n_agents)`` after each of so many sweeps from all-up."""
    start = collective.hold(np.ones((n_chains, collective.n_agents)))
    return driver.draws(key, start, plan, driver.Counts(0, n_sweeps), threads=2)


def shapes(plan):
    """All that a compiled call depends on."""
    return jax.tree.structure(plan.program), [leaf.aval for leaf in jax.tree.leaves(plan.program)]


def exact_law(collective, schedule, n_sweeps):
    """The oracle's law after so many sweeps from all-up."""
    step = cases.oracle_matrix(oracle, collective, schedule)
    n_steps = n_sweeps * (len(collective.free) if schedule == random_scan else 1)
    start = oracle.index_of(collective.hold(np.ones(collective.n_agents)))
    return np.linalg.matrix_power(step, n_steps)[start]


def agrees(spins, law):
    """Whether spins ``(n_chains, n_agents)`` may have been drawn from a law."""
    counts = np.bincount(index_of(spins), minlength=len(law))
    return not multinomial.compare_with_law(counts, law, ALPHA).rejected


def complaints(key, ours, collective, schedule, law_after=exact_law):
    """What is wrong with an engine's draws after one sweep and after three.

    After an even number of ticks all agents at once could not tell opposed ties from theirs.
    """
    opposed = collective.replaced(sensory_precision=-collective.ties)
    right, wrong = (
        drawn(key, plan_of(ours, agents, schedule), agents, 3) for agents in (collective, opposed)
    )
    found = []
    for n_sweeps in (1, 3):
        law = law_after(collective, schedule, n_sweeps)
        if not agrees(right[:, n_sweeps - 1], law):
            found.append(f"after {n_sweeps} sweeps draws have not the oracle's law")
        if agrees(wrong[:, n_sweeps - 1], law):
            found.append(f"after {n_sweeps} sweeps draws of opposed ties pass for it")
    return found


def in_step(key, ours, ties, change=lambda program: program):
    """Whether as many agents as should stay up in a sweep from all-up, all at once.

    They all see the same, and are so many that the eighth digit of a chance shows. ``change`` seeds
    a mistake into the engine's program.
    """
    collective = Collective(ties)
    plan = plan_of(ours, collective, synchronous, 2**10)
    twin = plan._replace(program=change(plan.program))
    up = drawn(key, twin, collective, 1, 2**10) == 1
    expected = 1 / (1 + np.exp(-2 * ties.sum(axis=1)[0]))
    return binomtest(int(up.sum()), up.size, expected).pvalue > ALPHA


def passes(key, plan, collective, schedule):
    """Whether draws after three sweeps of a plan, which may have a mistake, have the law."""
    spins = drawn(key, plan, collective, 3)[:, -1]
    return agrees(spins, exact_law(collective, schedule, 3))


# ---- twins


def restarted(ours):
    """The twin whose sweeps all draw the same random words."""

    def sweep(program, key, first_chain, number, state):
        return ours.sweep(program, key, first_chain, jnp.zeros_like(number), state)

    return ours._replace(sweep=sweep)


def anew(ours):
    """The engine again, traced anew: with what a test has patched in it."""
    return ours._replace(sweep=lambda *arguments: ours.sweep(*arguments))
