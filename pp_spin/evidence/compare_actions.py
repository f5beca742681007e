"""A stored run's actions against what its agents, seeing what they saw, were to do.

Every action between two sweeps is a coin of known probability, so a run with few chains and many
draws says much; and chains that repeat each other have used a key twice.
"""

import numpy as np
from numpy.typing import NDArray

from pp_spin.collective import Collective
from pp_spin.evidence import e_process, growth, pit
from pp_spin.evidence.alternatives import Actions, Alternative, joined, scaled, standard
from pp_spin.evidence.budget import MISS
from pp_spin.evidence.comparison import Comparison, clamped_that_moved, judged
from pp_spin.evidence.coupling import coupling_error
from pp_spin.evidence.evidence import Verdict
from pp_spin.evidence.order import kept_ticks
from pp_spin.evidence.products import probability_of_done
from pp_spin.evidence.stored import StoredRun
from pp_spin.evidence.trajectory import actions_of, unrolled
from pp_spin.reference.actions import rule_probabilities
from pp_spin.schedule import PartiallySynchronous, RandomScan

MOST_ACTIONS = 2**26
"""Actions that are kept in memory, about 100 bytes each."""

BLOCK = 2**27
"""Bytes of configurations, one for each action, that are unrolled at once."""

STEP = 1e-3
"""Relative error of all precisions at which their information is taken."""


def against_its_agents(run: StoredRun, alpha: float, tolerance: float) -> list[Comparison]:
    """The run's actions against what its agents, seeing what they saw, were to do.

    Raises ValueError for draws that are not one sweep apart, and under random scan, where nobody
    has written down who acted; for a chromatic run that has not kept who acts when; for more
    actions than memory is given to.
    """
    if isinstance(run.schedule, RandomScan) or run.thinning != 1:
        raise ValueError(
            f"got a run under {run.schedule} with thinning {run.thinning}; actions can be told "
            "from draws one sweep apart, of a schedule that says who acts when; compare with a law "
            "(ising, little), or sample anew with --thinning 1 and another schedule"
        )
    acted = _acted(run)
    rows = [_actions(run, acted, alpha / 2, tolerance), _chains(acted, alpha / 2)]
    return rows + clamped_that_moved(run)


def _acted(run: StoredRun) -> list[Actions]:
    """The actions of each chain."""
    collective, (n_chains, n_draws, n_agents) = run.collective, run.draws.shape
    n_free = len(collective.free)
    if n_chains * n_draws * n_free > MOST_ACTIONS or n_free * n_agents > 16 * BLOCK:
        raise ValueError(
            f"got {n_chains} chains of {n_draws} draws of {n_free} agents who act; every action is "
            f"kept in memory, {MOST_ACTIONS} at most, and for each of a sweep what "
            f"{n_agents} agents did, {16 * BLOCK} at most; compare with a law or another run, or a "
            "run of fewer chains or draws"
        )
    ticks = kept_ticks(collective, run.schedule, run.order)
    at_once = max(1, BLOCK // max(1, n_free * n_agents))
    cuts = range(0, max(1, n_draws - 1), at_once)
    chains = [
        joined(
            [
                actions_of(
                    collective,
                    unrolled(collective, run.schedule, chain[None, cut : cut + at_once + 1], ticks),
                    _rate(run),
                )
                for cut in cuts
            ]
        )
        for chain in run.draws
    ]
    if collective.action_rule.name == "maximum_a_posteriori":
        chains = [_ties_let_pass(collective, actions) for actions in chains]
    return chains


def _ties_let_pass(collective: Collective, actions: Actions) -> Actions:
    """Actions on half log-odds that are zero but for rounding, taken for what they were.

    Which of two most probable states is taken then depends on the order of a sum, or on a coin.
    Given probability 1, such an action speaks neither for nor against the agents, nor for a copy.
    """
    size = abs(collective.prior_precision) + abs(collective.ties).sum(axis=1)
    tied = np.abs(actions.half_log_odds) <= 2.0**-20 * size[actions.agent]
    return actions._replace(up_prob=np.where(tied, actions.up, actions.up_prob).astype(np.float64))


def _rate(run: StoredRun) -> float:
    return run.schedule.rate if isinstance(run.schedule, PartiallySynchronous) else 1.0


def _actions(run: StoredRun, acted: list[Actions], alpha: float, tolerance: float) -> Comparison:
    rule, rate = run.collective.action_rule, _rate(run)

    def link(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return rule_probabilities(rule, x)

    rivals = standard(link, rate, former_spin=True)
    state = e_process.start(rivals, alpha, run.collective.n_agents)
    for chain in acted:
        state = e_process.fed(state, chain)
    test = e_process.verdict(state)
    every = joined(acted)
    n, found, interval = len(every.up), None, None
    if rule.name == "maximum_a_posteriori":
        # The size of a precision does not matter to them, but one action by chance is refuted.
        what, needed_at = "share of actions that are a fair coin", 1
        certain = int(np.isin(every.up_prob, (0, 1)).sum())
        least = float(-2 * np.log(MISS)) / (rate * certain) if certain else np.inf
        detectable = least if least < 1 else None
    else:
        what, needed_at = "relative error of all precisions", 2
        kl = growth.detectable(n, alpha, MISS, len(rivals))
        detectable = _relative_error(kl, every, scaled(1 + STEP, link, rate))
        if rule.name == "probability_matching" and rate == 1 and not test.impossible:
            found, interval = coupling_error(every, test.log_e, alpha)
    why = test.impossible or f"log E = {test.largest:.1f}; the best bet is {test.best}"
    return judged(
        "every action, by the e-process",
        what,
        found,
        interval,
        detectable,
        tolerance,
        n,
        "actions",
        alpha,
        test.rejected,
        None if detectable is None else n * (detectable / tolerance) ** needed_at,
        why,
    )


def _relative_error(kl: float, actions: Actions, nudged: Alternative) -> float | None:
    """The relative error of all precisions that has this KL per action; None where none has.

    ``KL = I error^2 / 2``, with the information I from agents whose precisions are off by `STEP`.
    """
    information = 2 * growth.relative_entropy(actions.up_prob, nudged.up_prob(actions)) / STEP**2
    return float(np.sqrt(2 * kl / information)) if information > 0 else None


def _chains(acted: list[Actions], alpha: float) -> Comparison:
    """Chains that repeat each other: a key that was used twice."""
    likely, up = (np.array([getattr(a, name) for a in acted]) for name in ("up_prob", "up"))
    (n_chains, n), found = up.shape, 0
    verdict, reason = Verdict.SUPPORTED, "there is one chain"
    if n_chains > 1:
        scan = pit.duplicates(likely, up, alpha)
        found = scan.n_equal_pairs
        equal = f"{found} {'pair' if found == 1 else 'pairs'} of chains"
        reason = f"{equal}: no more than chance allows" if found else "none is"
        with np.errstate(divide="ignore"):
            nats = -np.log(probability_of_done(likely, up)).sum(1)
        # What a chain must be worth for its copy to be no chance; one without any owes nothing.
        enough = np.log(n_chains * (n_chains - 1) / 2 / alpha)
        least = float(nats[nats > 0].min(initial=np.inf))
        if scan.rejected:
            verdict, reason = Verdict.REFUTED, f"{equal} are equal: a key was used twice"
        elif least < enough:
            verdict = Verdict.INCONCLUSIVE
            more = int(np.ceil(n * enough / least))
            reason += f", but a copy could be chance; about {more:,} actions of each would tell"
    return Comparison(
        f"chains that are copies of each other, by {n:,} actions of each",
        "pairs of equal chains",
        float(found),
        None,
        1.0,
        0.0,
        n_chains,
        "chains",
        alpha,
        verdict,
        reason,
    )
