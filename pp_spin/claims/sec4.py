"""Section 4: with a precision per neighbour, the collective samples a Boltzmann machine."""

from functools import partial

import numpy as np
from scipy.special import logit

from derivations import sec4_boltzmann, sec4_clamping, sec4_dictionaries, sec4_printed
from pp_spin.claims import cases, programs
from pp_spin.claims.assumptions import CLAMPED_AGENTS_REST, EQUILIBRIUM, ONE_AT_A_TIME, SYMMETRIC
from pp_spin.claims.calibration import posterior_is_calibrated
from pp_spin.claims.cases import System
from pp_spin.claims.checking import agree, laws_agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.real_networks import keeps_the_law_of_elimination
from pp_spin.claims.sampling import moments_of_posterior
from pp_spin.claims.sec2 import logistic_posterior
from pp_spin.claims.sec3 import OPEN_SYSTEMS, ising, one_step_on
from pp_spin.configurations import configurations
from pp_spin.evidence.evidence import Verdict
from pp_spin.laws.boltzmann import Boltzmann, Units, from_precisions
from pp_spin.reference.laws import Law, boltzmann_law, conditional_up, ising_law
from pp_spin.reference.stationary import possible_states
from pp_spin.schedule import random_scan, sequential

CROSS_TERM = "cross term of (12) corrected"

VISIBLE_BIAS = 2.0
"""A finite bias that is to hold a visible unit at its datum."""
LARGE_VISIBLE_BIAS = 20.0
"""One that leaves the datum with probability e^-40 or so, below what a float64 comparison sees."""


def machine(case: System, units: Units) -> Boltzmann:
    """The program of the machine that the declared agents make up, by dictionary (a) or (c)."""
    agents = case.declared
    return from_precisions(agents.sensory_precision, agents.prior_precision, units)


def machine_law(machine: Boltzmann, scale: float = 1.0) -> Law:
    """``exp(-scale E_B)`` of the program, normalised, over the spins' configurations."""
    values = machine.unit_values(configurations(machine.n_spins).astype(np.float64))
    weights = scale * np.asarray(machine.log_prob(values))
    return np.exp(weights - np.logaddexp.reduce(weights))


def agents_law(case: System) -> Law:
    """The law that the agents sample, one at a time."""
    return programs.running_law(case, random_scan)


def printed_weights(case: System) -> np.ndarray:
    """The weights whose energy is the printed (12): cross blocks count half."""
    weights = np.array(case.declared.sensory_precision)
    visible = list(case.declared.clamped)
    hidden = list(case.declared.free)
    weights[np.ix_(visible, hidden)] /= 2
    weights[np.ix_(hidden, visible)] /= 2
    return weights


def weights_across(case: System) -> np.ndarray:
    """Couplings between visible and hidden units, none within a block."""
    weights = np.array(case.declared.sensory_precision)
    for block in (list(case.declared.clamped), list(case.declared.free)):
        weights[np.ix_(block, block)] = 0
    return weights


def no_biases(case: System) -> np.ndarray:
    """A machine's biases, all of them zero."""
    return np.zeros(case.declared.n_agents)


def energy_logits(weights: np.ndarray, biases: np.ndarray, units: Units) -> np.ndarray:
    """``Delta_i E_B`` at every configuration, from the enumerated law ``exp(-E_B)``."""
    return logit(conditional_up(boltzmann_law(weights, biases, units)))


def unit_logits(case: System, units: Units, factor: float = 1.0) -> np.ndarray:
    """``factor (W x + theta)`` of (13) in every configuration, with W = gamma, theta = zeta."""
    agents = case.declared
    values = configurations(agents.n_agents).astype(np.float64)
    if units == "01":
        values = (values + 1) / 2
    return factor * (values @ agents.sensory_precision + agents.prior_precision)


def printed_logits(case: System, scale: float, units: Units) -> np.ndarray:
    """Log-odds under ``exp(-scale E_B)``, (12) as printed, W = 2 gamma and theta = 2 zeta."""
    weights, biases = 2 * printed_weights(case), 2 * case.declared.prior_precision
    return energy_logits(scale * weights, scale * biases, units)


def agents_logits(case: System) -> np.ndarray:
    """The agents' ``2 (zeta + gamma sigma)`` of (11) in every configuration."""
    return unit_logits(case, "pm1", factor=2.0)


def hidden_law_with_visible_biases(case: System, size: float) -> Law:
    """The hidden units' marginal with ``size`` times its datum added to each visible bias."""
    agents = case.declared
    biases = np.array(agents.prior_precision)
    for unit, datum in agents.clamped.items():
        biases[unit] += size * datum
    return _summed_onto(agents.free, ising_law(agents.sensory_precision, biases))


def hidden_posterior(case: System) -> Law:
    """``P(h | v = d)`` by enumeration, over the hidden units' configurations."""
    return _summed_onto(case.declared.free, ising(case))


def moved_probability(case: System) -> float:
    """The largest probability that a step takes a clamped agent off its spin."""
    kernel = programs.running_kernel(case, random_scan)
    possible = possible_states(case.declared.n_agents, case.declared.clamped)
    return float((1 - kernel[np.ix_(possible, possible)].sum(1)).max())


def _summed_onto(spins: np.ndarray, law: Law) -> Law:
    states = np.arange(len(law))
    kept = sum(((states >> int(spin)) & 1) << place for place, spin in enumerate(spins))
    return np.asarray(np.bincount(kept, weights=law), dtype=np.float64)


MACHINES = (cases.MACHINE,)
READINGS: tuple[tuple[str, float, Units, str], ...] = (
    ("exp(-E)", 1.0, "pm1", "±1"),
    ("exp(-E/2)", 0.5, "pm1", "±1"),
    ("exp(-E)", 1.0, "01", "0/1"),
)

CLAIMS = (
    Claim(
        id="heterogeneous_posterior_is_logistic",
        equations=("10", "11"),
        title="With a precision per neighbour the posterior is logistic in the weighted sum.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec4_boltzmann.heterogeneous_posterior_is_logistic,
        checks=(
            agree(
                "posterior enumerated by NumPyro against the logistic function",
                lambda case: programs.posterior_up(case.running),
                logistic_posterior,
                (cases.UNEVEN_AGENT,),
            ),
        ),
    ),
    Claim(
        id="printed_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        title="(12) as printed, with 1/2 before the cross term, has the unit law (13), 0/1 units.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_boltzmann.printed_cross_term_gives_the_unit_law,
        checks=(
            laws_agree(
                "log-odds of the enumerated law against (13), 0/1 units",
                lambda case: energy_logits(
                    printed_weights(case), case.declared.prior_precision, "01"
                ),
                lambda case: unit_logits(case, "01"),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="corrected_cross_term_gives_the_unit_law",
        equations=("12", "13"),
        title="With coefficient 1 before the cross term and 0/1 units, (13) holds.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("printed_cross_term_gives_the_unit_law",),
        derivation=sec4_boltzmann.corrected_cross_term_gives_the_unit_law,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "log-odds of the enumerated law against (13), 0/1 units",
                lambda case: energy_logits(
                    case.declared.sensory_precision, case.declared.prior_precision, "01"
                ),
                lambda case: unit_logits(case, "01"),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="printed_cross_term_gives_the_unit_law_of_spin_units",
        equations=("12", "13"),
        title="(12) and (13) as printed go together for ±1 units.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_boltzmann.printed_cross_term_gives_the_unit_law_of_spin_units,
        checks=(
            laws_agree(
                "log-odds of the enumerated law against (13), ±1 units",
                lambda case: energy_logits(
                    printed_weights(case), case.declared.prior_precision, "pm1"
                ),
                lambda case: unit_logits(case, "pm1"),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="two_slips_cancel_across_the_blocks",
        equations=("12", "13"),
        title="For ±1 units (12) and (13) as printed agree where all couplings are between the "
        "blocks and there is no bias.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec4_boltzmann.two_slips_cancel_across_the_blocks,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "log-odds of the enumerated law against (13), ±1 units",
                lambda case: energy_logits(weights_across(case) / 2, no_biases(case), "pm1"),
                lambda case: configurations(case.declared.n_agents) @ weights_across(case),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="unit_law_holds_for_binary_units",
        equations=("13",),
        title="(13) holds for 0/1 units.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec4_boltzmann.unit_law_holds_for_binary_units,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "the program's log-odds against (13), 0/1 units",
                lambda case: Boltzmann(
                    case.declared.sensory_precision, case.declared.prior_precision, "01"
                ).unit_logit((configurations(case.declared.n_agents) + 1.0) / 2),
                lambda case: unit_logits(case, "01"),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="unit_law_holds_for_spin_units",
        equations=("13",),
        title="(13) holds for the ±1 units of the rest of the paper.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_boltzmann.unit_law_holds_for_spin_units,
        checks=(
            laws_agree(
                "log-odds of the enumerated law against (13), ±1 units",
                lambda case: energy_logits(
                    case.declared.sensory_precision, case.declared.prior_precision, "pm1"
                ),
                lambda case: unit_logits(case, "pm1"),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="unit_law_of_spin_units_has_twice_the_logit",
        equations=("13",),
        title="For ±1 units the logit is 2((Wx)_i + theta_i).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=(
            "printed_cross_term_gives_the_unit_law_of_spin_units",
            "unit_law_holds_for_spin_units",
        ),
        derivation=sec4_boltzmann.unit_law_of_spin_units_has_twice_the_logit,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "log-odds of the enumerated law against twice (13), ±1 units",
                lambda case: energy_logits(
                    case.declared.sensory_precision, case.declared.prior_precision, "pm1"
                ),
                lambda case: unit_logits(case, "pm1", factor=2.0),
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="printed_boltzmann_section_gives_the_agents",
        equations=("11", "12", "13"),
        title="(12) as printed with W = 2 gamma and theta = 2 zeta has the agents' unit law.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_printed.printed_boltzmann_section_gives_the_agents,
        checks=tuple(
            laws_agree(
                f"log-odds of the enumerated law {law} against the agents', {shown} units",
                partial(printed_logits, scale=scale, units=units),
                agents_logits,
                MACHINES,
            )
            for law, scale, units, shown in READINGS
        ),
    ),
    Claim(
        id="doubled_weights_give_the_agents_at_full_energy",
        equations=("11", "12", "13"),
        title="W = 2 gamma and theta = 2 zeta with exp(-E_B) and ±1 units is the agents' law.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_printed.doubled_weights_give_the_agents_at_full_energy,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CROSS_TERM),
        checks=(
            agree(
                "stationary law of the agents against the machine's",
                agents_law,
                lambda case: boltzmann_law(
                    2 * case.declared.sensory_precision, 2 * case.declared.prior_precision
                ),
                (cases.GLASS,),
            ),
        ),
    ),
    Claim(
        id="spin_units_at_full_energy_have_weights_equal_to_precisions",
        equations=("11", "12", "13"),
        title="Dictionary (a): ±1 units, exp(-E), W = gamma, theta = zeta.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=(
            "printed_boltzmann_section_gives_the_agents",
            "doubled_weights_give_the_agents_at_full_energy",
        ),
        derivation=sec4_dictionaries.spin_units_at_full_energy_have_weights_equal_to_precisions,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CROSS_TERM),
        checks=(
            agree(
                "stationary law of the agents against the machine's program",
                agents_law,
                lambda case: machine_law(machine(case, "pm1")),
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="spin_units_at_half_energy_have_doubled_weights",
        equations=("11", "12", "13"),
        title="Dictionary (b): ±1 units, exp(-E/2), W = 2 gamma, theta = 2 zeta.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=(
            "printed_boltzmann_section_gives_the_agents",
            "doubled_weights_give_the_agents_at_full_energy",
        ),
        derivation=sec4_dictionaries.spin_units_at_half_energy_have_doubled_weights,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CROSS_TERM),
        checks=(
            agree(
                "stationary law of the agents against the machine's program",
                agents_law,
                lambda case: machine_law(
                    Boltzmann(
                        2 * case.declared.sensory_precision, 2 * case.declared.prior_precision
                    ),
                    scale=0.5,
                ),
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="binary_units_have_fourfold_weights_and_shifted_biases",
        equations=("11", "12", "13"),
        title="Dictionary (c): 0/1 units, exp(-E), W = 4 gamma, theta = 2 (zeta - gamma 1).",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=(
            "printed_boltzmann_section_gives_the_agents",
            "doubled_weights_give_the_agents_at_full_energy",
        ),
        derivation=sec4_dictionaries.binary_units_have_fourfold_weights_and_shifted_biases,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CROSS_TERM),
        checks=(
            agree(
                "stationary law of the agents against the machine's program",
                agents_law,
                lambda case: machine_law(machine(case, "01")),
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="weights_vanish_where_agents_are_not_connected",
        equations=("sec. 4",),
        title="A weight is zero exactly where two agents do not see each other.",
        form="printed",
        expected=Verdict.SUPPORTED,
        derivation=sec4_dictionaries.weights_vanish_where_agents_are_not_connected,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "where the program's weights are zero, against where gamma is, ±1 and 0/1 units",
                lambda case: [machine(case, "pm1").weights == 0, machine(case, "01").weights == 0],
                lambda case: [case.declared.sensory_precision == 0] * 2,
                OPEN_SYSTEMS,
            ),
        ),
    ),
    Claim(
        id="clamping_is_absorbed_by_a_visible_bias",
        equations=("sec. 4",),
        title="Clamping is absorbed in the biases of the visible units, read with finite biases.",
        form="printed",
        expected=Verdict.REFUTED,
        derivation=sec4_clamping.clamping_is_absorbed_by_a_visible_bias,
        checks=(
            laws_agree(
                f"the hidden units' law with visible biases ±{VISIBLE_BIAS:g} against P(h|v = d)",
                lambda case: hidden_law_with_visible_biases(case, VISIBLE_BIAS),
                hidden_posterior,
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="infinite_visible_bias_clamps",
        equations=("sec. 4",),
        title="A visible bias clamps as it grows to infinity.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("clamping_is_absorbed_by_a_visible_bias",),
        derivation=sec4_clamping.infinite_visible_bias_clamps,
        checks=(
            laws_agree(
                f"the hidden units' law with visible biases ±{LARGE_VISIBLE_BIAS:g} against "
                "P(h|v = d)",
                lambda case: hidden_law_with_visible_biases(case, LARGE_VISIBLE_BIAS),
                hidden_posterior,
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="clamping_shifts_the_hidden_biases",
        equations=("sec. 4",),
        title="Clamping v = d is exactly theta_h + W_hv d on the hidden units.",
        form="corrected",
        expected=Verdict.SUPPORTED,
        corrects=("clamping_is_absorbed_by_a_visible_bias",),
        derivation=sec4_clamping.clamping_shifts_the_hidden_biases,
        assumes=(SYMMETRIC,),
        checks=(
            laws_agree(
                "the shifted machine's program against P(h|v = d) by enumeration",
                lambda case: machine_law(machine(case, "pm1").given(case.declared.clamped)),
                hidden_posterior,
                MACHINES,
            ),
            laws_agree(
                "the same for 0/1 units",
                lambda case: machine_law(
                    machine(case, "01").given(
                        {unit: (spin + 1) // 2 for unit, spin in case.declared.clamped.items()}
                    )
                ),
                hidden_posterior,
                MACHINES,
            ),
        ),
    ),
    Claim(
        id="clamped_collective_samples_the_posterior",
        equations=("sec. 4", "C.40"),
        title="With some agents clamped the others sample P(h | v = d), the exact conditional.",
        form="printed",
        expected=Verdict.SUPPORTED,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CLAMPED_AGENTS_REST),
        depends_on=("clamping_shifts_the_hidden_biases", "asynchronous_law_is_ising"),
        statement=r"P(\tilde h \mid \tilde v = \tilde d) \propto \exp\Big(\tfrac12 \tilde h^\top "
        r"W_{hh} \tilde h + (\theta_h + W_{hv} \tilde d)^\top \tilde h\Big)",
        checks=(
            agree(
                "stationary law of the free agents against enumeration",
                agents_law,
                ising,
                MACHINES,
            ),
            agree(
                "the exact conditional after one more update",
                lambda case: one_step_on(case, random_scan),
                ising,
                (cases.FLORENCE_CLAMPED,),
            ),
            agree(
                "probability that a step moves a clamped agent",
                moved_probability,
                lambda case: 0.0,
                MACHINES,
            ),
            moments_of_posterior(random_scan, cases.INFERENCE_SYSTEMS),
        ),
    ),
    Claim(
        id="clamped_collective_is_calibrated",
        equations=("sec. 4", "C.40"),
        title="What machines' hidden units are ranks evenly among what the collective infers of it "
        "from the visible ones.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME, CLAMPED_AGENTS_REST),
        depends_on=(
            "clamped_collective_samples_the_posterior",
            "sequential_collective_samples_the_ising_law",
        ),
        statement=r"(\tilde h, \tilde v) \sim p,\ \tilde h^1, \dots, \tilde h^L \sim "
        r"P(\cdot \mid \tilde v) \;\Rightarrow\; \#\{l : E_B(\tilde h^l, \tilde v) < "
        r"E_B(\tilde h, \tilde v)\} \sim U\{0, \dots, L\}",
        checks=(posterior_is_calibrated((cases.RANDOM_MACHINES,)),),
    ),
    Claim(
        id="real_network_keeps_its_ising_law",
        equations=("C.40",),
        title="Collectives on real networks, too large to enumerate, keep the Ising law.",
        form="beyond",
        expected=Verdict.SUPPORTED,
        assumes=(*EQUILIBRIUM, ONE_AT_A_TIME),
        depends_on=("asynchronous_law_is_ising",),
        checks=(
            keeps_the_law_of_elimination(sequential, cases.REAL_NETWORKS),
            keeps_the_law_of_elimination(random_scan, cases.REAL_NETWORKS),
        ),
    ),
)
