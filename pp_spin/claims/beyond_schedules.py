"""Beyond the paper: which schedules are reversible, and how irreversible the others are.

The first claims are lemmas about any finite Markov chain; the kernels are put to the test by those
about collectives.
"""

from itertools import permutations

import numpy as np

from derivations import (
    beyond_chains,
    beyond_currents,
    beyond_cycles,
    beyond_schedules,
    beyond_sweeps,
)
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import (
    ALL_AT_ONCE,
    EQUILIBRIUM,
    MATCHING,
    NO_SELF_OBSERVATION,
    ONE_AT_A_TIME,
)
from pp_spin.claims.cases import System
from pp_spin.claims.checking import agree, at_least
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec3 import OPEN_SYSTEMS, ising
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.network import as_network, path
from pp_spin.reference.stationary import detailed_balance_residual, entropy_production
from pp_spin.reference.transitions import acting_together, dense, sweep_operators
from pp_spin.schedule import Sequential, random_scan, sequential, synchronous

FREE_PAIR = cases.system("pair without prior", cases.weighted(path(2), 0.7))
FREE_UNEVEN_PAIR = cases.system(
    "pair with unequal precisions and no prior", as_network([[0, 0.9], [0.7, 0]])
)
SMALL_SYSTEMS = (cases.RING, cases.PAIR)
"""Few enough agents to sweep in every order."""

FINITE_CHAIN = "any finite Markov chain"


def sweep_from_last_to_first(case: System) -> programs.Table:
    """The running kernel of a sweep in the reversed order, ``(2**n, 2**n)``."""
    return programs.running_kernel(case, Sequential(tuple(range(case.running.n_agents))[::-1]))


def adjoint_of_the_sweep(case: System) -> programs.Table:
    """The sweep of the running kernel seen backwards in time, under the exact Ising law."""
    law, kernel = ising(case), programs.running_kernel(case, sequential)
    return law * kernel.T / law[:, None]


def palindrome(case: System) -> programs.Table:
    """A sweep, then one in the reversed order."""
    return programs.running_kernel(case, sequential) @ sweep_from_last_to_first(case)


def sweep_in_random_order(case: System) -> programs.Table:
    """The mean of the kernels of sweeps in all ``n!`` orders."""
    table, collective = programs.acting_up(case), case.running
    orders = permutations(range(collective.n_agents))
    sweeps = [dense(sweep_operators(table, collective, Sequential(order))) for order in orders]
    return np.mean(sweeps, axis=0)


def scan_with_unequal_weights(case: System) -> programs.Table:
    """One agent acts, agent i with a probability in proportion to i."""
    weights = np.arange(1, case.running.n_agents + 1, dtype=np.float64)
    table = programs.acting_up(case)
    singles = [acting_together(table, np.array([agent])) for agent in range(len(weights))]
    return sum(w * one.toarray() for w, one in zip(weights / weights.sum(), singles, strict=True))


def mixed_differences_of_the_sweep(case: System) -> programs.Table:
    """Sum over a, b = ±1 of ``a b ln Q/R``, for all values of the other spins, ``(2**n, 2**n)``.

    Q is the sweep of the running kernel, R the reversed one; a is the last agent's new spin, b the
    old one of its last neighbour.
    """
    log_ratio = _logs(programs.running_kernel(case, sequential))
    log_ratio -= _logs(sweep_from_last_to_first(case))
    states = np.arange(len(log_ratio))
    last, heard = 1 << (case.running.n_agents - 1), 1 << _last_neighbour_of_the_last(case)
    in_old = log_ratio[states | heard] - log_ratio[states & ~heard]
    return np.asarray(in_old[:, states | last] - in_old[:, states & ~last])


def _logs(kernel: programs.Table) -> programs.Table:
    """Logarithms of probabilities; finite, if huge, where a fault makes a step impossible."""
    return np.log(np.maximum(kernel, np.finfo(np.float64).tiny))


def precision_of_the_last_pair(case: System) -> float:
    """The last agent's precision for its last neighbour."""
    return float(case.declared.sensory_precision[-1, _last_neighbour_of_the_last(case)])


def _last_neighbour_of_the_last(case: System) -> int:
    return int(np.flatnonzero(case.declared.sensory_precision[-1])[-1])


def asymmetry(case: System) -> np.ndarray:
    """A: half of ``gamma - gamma^T`` of the declared agents."""
    gamma = case.declared.sensory_precision
    return np.asarray((gamma - gamma.T) / 2)


def synchronous_log_ratios(case: System) -> programs.Table:
    """``ln P(s'|s)/P(s|s')`` of the running kernel, ``(2**n, 2**n)``, row = s."""
    log_kernel = _logs(programs.running_kernel(case, synchronous))
    return np.asarray(log_kernel - log_kernel.T)


def synchronous_drives(case: System) -> programs.Table:
    """``2 s' A s + f(s') - f(s)``, f the logarithm of the weight (C.33)."""
    agents = case.declared
    spins = configurations(agents.n_agents).astype(np.float64)
    fields = agents.prior_precision + spins @ agents.sensory_precision.T
    f = spins @ agents.prior_precision + np.logaddexp(fields, -fields).sum(1)
    return np.asarray(2 * spins @ asymmetry(case).T @ spins.T + f - f[:, None])


def cycle_affinities(case: System) -> programs.Table:
    """Affinities of the cycles s, s with k flipped, s with m flipped, s, ``(2**n, n, n)``."""
    log_ratio = synchronous_log_ratios(case)
    states = np.arange(len(log_ratio))[:, None, None]
    bits = 1 << np.arange(case.running.n_agents)
    first, second = states ^ bits[:, None], states ^ bits
    return np.asarray(
        log_ratio[states, first] + log_ratio[first, second] + log_ratio[second, states]
    )


def fourfold_asymmetries(case: System) -> programs.Table:
    """``4 s_k s_m (gamma_mk - gamma_km)``, ``(2**n, n, n)``."""
    spins = configurations(case.declared.n_agents).astype(np.float64)
    return np.asarray(-8 * spins[:, :, None] * spins[:, None, :] * asymmetry(case))


def flip_log_ratios(case: System) -> programs.Table:
    """``ln P(s'|s)/P(s|s')`` of the running kernel where agent k flips, ``(2**n, n)``."""
    log_kernel = _logs(programs.running_kernel(case, random_scan))
    states = np.arange(len(log_kernel))[:, None]
    flipped = states ^ (1 << np.arange(case.running.n_agents))
    return np.asarray(log_kernel[states, flipped] - log_kernel[flipped, states])


def flip_drives(case: System) -> programs.Table:
    """``2 s'_k sum_j A_kj s_j + f(s') - f(s)``, -f the Ising energy of the mean precisions."""
    agents = case.declared
    spins = configurations(agents.n_agents).astype(np.float64)
    mean = (agents.sensory_precision + agents.sensory_precision.T) / 2
    f = spins @ agents.prior_precision + np.einsum("si,ij,sj->s", spins, mean, spins) / 2
    states = np.arange(len(f))[:, None]
    flipped = states ^ (1 << np.arange(agents.n_agents))
    return np.asarray(-2 * spins * (spins @ asymmetry(case).T) + f[flipped] - f[states])


def pair_precisions(case: System) -> tuple[float, float]:
    """gamma_12 and gamma_21 of a pair."""
    gamma = case.declared.sensory_precision
    return float(gamma[0, 1]), float(gamma[1, 0])


def both_entropy_productions(case: System) -> list[float]:
    """Of the running kernel, nats: per update one at a time, per tick all at once."""
    return [
        entropy_production(
            programs.running_law(case, schedule), programs.running_kernel(case, schedule)
        )
        for schedule in (random_scan, synchronous)
    ]


def both_closed_forms(case: System) -> list[float]:
    """The same from the precisions of a pair without prior."""
    first, second = pair_precisions(case)
    product = float((first - second) * (np.tanh(first) - np.tanh(second)))
    return [product / 4, product]


def entropy_of_a_sweep(case: System) -> float:
    """Entropy production of a sweep of the running kernel, nats."""
    return entropy_production(
        programs.running_law(case, sequential), programs.running_kernel(case, sequential)
    )


def closed_form_of_a_sweep(case: System) -> float:
    """The closed form gamma t (1 - t^2), t = tanh gamma."""
    gamma, _ = pair_precisions(case)
    return float(gamma * np.tanh(gamma) * (1 - np.tanh(gamma) ** 2))


CLAIMS = (
    Claim(
        id="detailed_balance_implies_stationarity",
        equations=("C.29",),
        title="A law in detailed balance with a kernel is stationary under it.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.detailed_balance_implies_stationarity,
        assumes=(FINITE_CHAIN,),
    ),
    Claim(
        id="product_of_kernels_keeps_what_each_keeps",
        equations=("sec. 3",),
        title="Kernels that keep a law keep it one after the other, in any order.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.product_of_kernels_keeps_what_each_keeps,
        assumes=(FINITE_CHAIN,),
        checks=(
            agree(
                "the Ising law after a sweep from the last agent to the first",
                lambda case: ising(case) @ sweep_from_last_to_first(case),
                ising,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="mixture_of_reversible_kernels_is_reversible",
        equations=("sec. 3",),
        title="Drawing one of several reversible kernels is reversible, whatever their weights.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.mixture_of_reversible_kernels_is_reversible,
        assumes=(FINITE_CHAIN,),
        checks=(
            agree(
                "largest flux that is not returned where agents act with unequal probabilities",
                lambda case: detailed_balance_residual(
                    ising(case), scan_with_unequal_weights(case)
                ),
                lambda case: 0.0,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="adjoint_of_a_product_is_the_reversed_product",
        equations=("sec. 3",),
        title="Run backwards in time, a product of kernels is that of their adjoints in reverse "
        "order.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.adjoint_of_a_product_is_the_reversed_product,
        assumes=(FINITE_CHAIN,),
    ),
    Claim(
        id="kernel_with_its_adjoint_around_is_reversible",
        equations=("sec. 3",),
        title="A kernel, a reversible one, and the adjoint of the first: this is reversible.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.kernel_with_its_adjoint_around_is_reversible,
        assumes=(FINITE_CHAIN,),
        depends_on=("adjoint_of_a_product_is_the_reversed_product",),
    ),
    Claim(
        id="average_of_kernels_and_their_adjoints_is_reversible",
        equations=("sec. 3",),
        title="Drawing a kernel or its adjoint, with equal probability, is reversible.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_chains.average_of_kernels_and_their_adjoints_is_reversible,
        assumes=(FINITE_CHAIN,),
        depends_on=("adjoint_of_a_product_is_the_reversed_product",),
    ),
    Claim(
        id="reversed_sweep_is_the_adjoint_of_the_sweep",
        equations=("sec. 3", "C.39"),
        title="Run backwards in time, a sweep is the sweep in the reversed order.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_schedules.reversed_sweep_is_the_adjoint_of_the_sweep,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        depends_on=("flips_telescope_to_the_edges",),
        checks=(
            agree(
                "the kernel in reversed order against the adjoint of the kernel in order",
                sweep_from_last_to_first,
                adjoint_of_the_sweep,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="fixed_order_sweep_is_irreversible",
        equations=("sec. 3",),
        title="A sweep in fixed order keeps the Ising law and is not in detailed balance.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        derivation=beyond_sweeps.fixed_order_sweep_is_irreversible,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, "some γ_ij ≠ 0"),
        depends_on=(
            "sequential_collective_samples_the_ising_law",
            "reversed_sweep_is_the_adjoint_of_the_sweep",
        ),
        checks=(
            at_least(
                "entropy production per sweep, nats",
                entropy_of_a_sweep,
                1e-3,
                (cases.RING, cases.GLASS, cases.TORUS),
            ),
            agree(
                "mixed differences of the log-ratio of a sweep and the reversed one",
                mixed_differences_of_the_sweep,
                lambda case: -4 * precision_of_the_last_pair(case),
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="two_agents_produce_entropy_in_each_sweep",
        equations=("sec. 3",),
        title="Two agents without prior that act in turn produce gamma t (1 - t^2) nats per sweep, "
        "t = tanh gamma.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_sweeps.two_agents_produce_entropy_in_each_sweep,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        depends_on=("fixed_order_sweep_is_irreversible",),
        checks=(
            agree(
                "entropy production per sweep against the closed form",
                entropy_of_a_sweep,
                closed_form_of_a_sweep,
                (FREE_PAIR,),
            ),
        ),
    ),
    Claim(
        id="palindromic_sweep_is_reversible",
        equations=("sec. 3",),
        title="A sweep and then one in the reversed order are in detailed balance together.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_schedules.palindromic_sweep_is_reversible,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        depends_on=(
            "reversed_sweep_is_the_adjoint_of_the_sweep",
            "kernel_with_its_adjoint_around_is_reversible",
        ),
        checks=(
            agree(
                "largest flux of the Ising law that is not returned",
                lambda case: detailed_balance_residual(ising(case), palindrome(case)),
                lambda case: 0.0,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="random_order_sweep_is_reversible",
        equations=("sec. 3",),
        title="A sweep in an order that is drawn anew each time is in detailed balance.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_schedules.random_order_sweep_is_reversible,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        depends_on=(
            "reversed_sweep_is_the_adjoint_of_the_sweep",
            "average_of_kernels_and_their_adjoints_is_reversible",
        ),
        checks=(
            agree(
                "largest flux of the Ising law that is not returned, the mean of all orders",
                lambda case: detailed_balance_residual(ising(case), sweep_in_random_order(case)),
                lambda case: 0.0,
                SMALL_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="reversible_chain_has_no_cycle_affinity",
        equations=("sec. 5",),
        title="A chain in detailed balance goes around a cycle both ways with one probability.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_cycles.reversible_chain_has_no_cycle_affinity,
        assumes=(FINITE_CHAIN,),
        checks=(
            agree(
                "affinities of cycles of three of a symmetric collective, all at once",
                cycle_affinities,
                lambda case: 0.0,
                (cases.GLASS, cases.PAIR),
            ),
        ),
    ),
    Claim(
        id="state_functions_do_not_change_on_average",
        equations=("sec. 5",),
        title="In a stationary state no function of the state changes on average.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_currents.state_functions_do_not_change_on_average,
        assumes=(FINITE_CHAIN,),
    ),
    Claim(
        id="synchronous_drive_is_linear_in_the_asymmetry",
        equations=("sec. 5", "C.30"),
        title="All at once, a step is likelier than the step back by e^(2 s'As) and the change of "
        "a function of the configuration.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_currents.synchronous_drive_is_linear_in_the_asymmetry,
        assumes=(MATCHING, NO_SELF_OBSERVATION, ALL_AT_ONCE),
        checks=(
            agree(
                "log-ratio of the kernel and its transpose, between all configurations",
                synchronous_log_ratios,
                synchronous_drives,
                cases.ASYMMETRIC_SYSTEMS,
            ),
            agree(
                "affinities of all cycles over two flipped spins",
                cycle_affinities,
                fourfold_asymmetries,
                cases.ASYMMETRIC_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="asynchronous_drive_is_linear_in_the_asymmetry",
        equations=("sec. 5",),
        title="One at a time, a flip of agent k is likelier than the flip back by "
        "e^(2 s'_k sum_j A_kj s_j) and the change of a function of the configuration.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_currents.asynchronous_drive_is_linear_in_the_asymmetry,
        assumes=(MATCHING, NO_SELF_OBSERVATION, ONE_AT_A_TIME),
        checks=(
            agree(
                "log-ratio of every flip and the flip back",
                flip_log_ratios,
                flip_drives,
                cases.ASYMMETRIC_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="entropy_production_is_the_mean_drive",
        equations=("sec. 5",),
        title="Where a step is likelier than the step back by a drive and the change of a function "
        "of the state, entropy production is the mean drive.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_currents.entropy_production_is_the_mean_drive,
        assumes=(FINITE_CHAIN,),
        depends_on=(
            "state_functions_do_not_change_on_average",
            "synchronous_drive_is_linear_in_the_asymmetry",
            "asynchronous_drive_is_linear_in_the_asymmetry",
        ),
    ),
    Claim(
        id="two_agents_produce_entropy_by_their_asymmetry",
        equations=("sec. 5",),
        title="Two agents without prior produce (gamma_12 - gamma_21)(tanh gamma_12 - tanh "
        "gamma_21) nats per tick, a quarter of it per update.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        derivation=beyond_cycles.two_agents_produce_entropy_by_their_asymmetry,
        assumes=(MATCHING, NO_SELF_OBSERVATION),
        depends_on=("entropy_production_is_linear_in_the_asymmetry",),
        checks=(
            agree(
                "entropy production per update and per tick against the closed forms",
                both_entropy_productions,
                both_closed_forms,
                (FREE_UNEVEN_PAIR,),
            ),
        ),
    ),
)
