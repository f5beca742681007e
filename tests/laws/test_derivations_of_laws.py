"""The laws' programs are what the proofs speak of: both sides of a derivation, in numbers.

A derivation's own sides at N = n, lambdified, against the program in every configuration; and a
wrong twin of each program, which has to be off.
"""

import jax
import numpy as np
import pytest

from derivations import sec3_agents, sec3_glauber, sec4_boltzmann, sec4_clamping, sec4_dictionaries
from derivations.collective import N, k
from derivations.machine import H, V, n, p
from pp_spin.collective import Collective
from pp_spin.glauber import heat_bath
from pp_spin.laws.boltzmann import Boltzmann, from_precisions
from pp_spin.laws.ising import Ising
from tests import cases, oracle
from tests.lambdified import both_sides, differ, lambdified, same
from tests.programs import log_densities

BETA = 0.6
N_VISIBLE, N_HIDDEN = 2, 3
W, THETA = cases.spin_glass(1, N_VISIBLE + N_HIDDEN)
VISIBLE, HIDDEN = np.arange(N_VISIBLE), N_VISIBLE + np.arange(N_HIDDEN)
BLOCKS = {
    "L": W[np.ix_(VISIBLE, VISIBLE)],
    "J": W[np.ix_(HIDDEN, HIDDEN)],
    "W": W[np.ix_(VISIBLE, HIDDEN)],
    "a": THETA[VISIBLE],
    "b": THETA[HIDDEN],
}
OFF = {"pm1": -1, "01": 0}

every_glass = pytest.mark.parametrize(("weights", "biases"), cases.SPIN_GLASSES, ids=np.shape)
both_units = pytest.mark.parametrize("units", OFF)


def over_spins(expr, n_spins, numbers, sizes=()):
    """``expr`` in every configuration of sigma, (2**n,)."""
    evaluated = lambdified(expr, {N: n_spins, **dict(sizes)})
    return np.array([evaluated(numbers | {"sigma": row}) for row in oracle.states(n_spins)])


def over_sites(expr, n_spins, numbers):
    """``expr`` for each agent k in every configuration, (2**n, n)."""
    sites = range(1, n_spins + 1)
    return np.stack([over_spins(expr, n_spins, numbers, {k: site}) for site in sites], axis=1)


def up_table(rule, n_spins):
    """What a rule says for each site in every configuration, (2**n, n)."""
    return jax.vmap(rule, in_axes=(0, None))(oracle.states(n_spins), np.arange(n_spins))


def density(law, name):
    """The NumPyro program's log density in every configuration, (2**n,)."""
    names = [f"{name}_{i}" for i in range(law.n_spins)]
    return log_densities(law.model, names, oracle.states(law.n_spins))


def energies(machine):
    """A machine's energy in every configuration of its units, (2**n,)."""
    return machine.energy(machine.unit_values(oracle.states(machine.n_spins)))


# ---- section 3


@every_glass
def test_ising_energy_is_the_sum_over_pairs_and_half_of_that_over_ordered_pairs(weights, biases):
    n_spins, numbers = len(biases), {"J": weights, "h": biases}
    for side in both_sides(sec3_glauber.energy_counts_each_pair_once()):
        expected = over_spins(side, n_spins, numbers)
        same(Ising(weights, biases).energy(oracle.states(n_spins)), expected)
        differ(Ising(2 * weights, biases).energy(oracle.states(n_spins)), expected)


@every_glass
def test_ising_program_is_the_gibbs_law(weights, biases):
    law = sec3_glauber.heat_bath_is_logistic_in_the_energy_gap().definitions["w(σ)"]
    numbers = {"J": weights, "h": biases, "beta": BETA}
    expected = np.log(over_spins(law, len(biases), numbers))
    same(density(Ising(weights, biases, BETA), "spin"), expected)
    same(Ising(weights, biases, BETA).log_prob(oracle.states(len(biases))), expected)
    differ(density(Ising(weights, biases), "spin"), expected)


@every_glass
def test_heat_bath_is_the_conditional_of_the_gibbs_law(weights, biases):
    n_spins, numbers = len(biases), {"J": weights, "h": biases, "beta": BETA}
    for side in both_sides(sec3_glauber.heat_bath_is_logistic_in_the_energy_gap()):
        expected = over_sites(side, n_spins, numbers)
        same(up_table(heat_bath(weights, biases, BETA), n_spins), expected)
        differ(up_table(heat_bath(weights, biases), n_spins), expected)


@every_glass
def test_agents_with_precisions_over_temperature_are_the_heat_bath(weights, biases):
    n_spins, numbers = len(biases), {"J": weights, "h": biases, "beta": BETA}
    sentence = sec3_agents.precisions_are_couplings_over_temperature().statement
    for side in sentence.relations[0].args:
        expected = over_sites(side, n_spins, numbers)
        same(up_table(Collective(BETA * weights, BETA * biases).up_prob_fn(), n_spins), expected)
        differ(up_table(Collective(weights, biases).up_prob_fn(), n_spins), expected)


# ---- section 4

UNIT_LAWS = {
    "pm1": sec4_boltzmann.unit_law_of_spin_units_has_twice_the_logit,
    "01": sec4_boltzmann.unit_law_holds_for_binary_units,
}
PRINTED_UNIT_LAW = sec4_boltzmann.unit_law_holds_for_spin_units


@both_units
@every_glass
def test_machine_is_the_quadratic_energy(weights, biases, units):
    energy = UNIT_LAWS[units]().definitions["E_B"]
    expected = over_spins(energy, len(biases), {"W": weights, "theta": biases})
    machine = Boltzmann(weights, biases, units)
    same(energies(machine), expected)
    same(density(machine, "unit"), -expected)
    twin = Boltzmann(weights, biases, "01" if units == "pm1" else "pm1")
    differ(density(twin, "unit"), -expected)


@both_units
@every_glass
def test_unit_logit_is_that_of_the_unit_law(weights, biases, units):
    n_spins, numbers = len(biases), {"W": weights, "theta": biases}
    values = np.where(oracle.states(n_spins) == 1, 1, OFF[units])
    found = Boltzmann(weights, biases, units).unit_logit(values)
    of_the_other_units = 2 * found if units == "01" else found / 2
    for side in both_sides(UNIT_LAWS[units]()):
        expected = over_sites(side, n_spins, numbers)
        same(1 / (1 + np.exp(-found)), expected)
        differ(1 / (1 + np.exp(-of_the_other_units)), expected)


@every_glass
def test_unit_logit_of_spin_units_is_not_the_printed_one(weights, biases):
    n_spins, numbers = len(biases), {"W": weights, "theta": biases}
    law, printed = both_sides(PRINTED_UNIT_LAW())
    found = 1 / (1 + np.exp(-Boltzmann(weights, biases).unit_logit(oracle.states(n_spins))))
    same(found, over_sites(law, n_spins, numbers))
    differ(found, over_sites(printed, n_spins, numbers))


DICTIONARIES = {
    "pm1": sec4_dictionaries.spin_units_at_full_energy_have_weights_equal_to_precisions,
    "01": sec4_dictionaries.binary_units_have_fourfold_weights_and_shifted_biases,
}


@both_units
@every_glass
def test_machine_of_agents_is_the_dictionarys(weights, biases, units):
    machine = DICTIONARIES[units]().definitions["M(σ)"]
    expected = -over_spins(machine, len(biases), {"gamma": weights, "zeta": biases})
    same(energies(from_precisions(weights, biases, units)), expected)
    differ(energies(Boltzmann(2 * weights, 2 * biases, units)), expected)


@every_glass
def test_machine_of_doubled_weights_is_at_half_its_energy(weights, biases):
    dictionary = sec4_dictionaries.spin_units_at_half_energy_have_doubled_weights()
    numbers = {"gamma": weights, "zeta": biases}
    doubled = Boltzmann(2 * weights, 2 * biases)
    for name in ("M(σ)", "A(σ)"):
        expected = over_spins(dictionary.definitions[name], len(biases), numbers)
        same(-energies(doubled) / 2, expected)
        differ(-energies(doubled), expected)


def in_blocks(expr, sizes=()):
    """``expr`` in every configuration of the visible spins sigma and the hidden ones tau."""
    evaluated = lambdified(expr, {V: N_VISIBLE, H: N_HIDDEN, **dict(sizes)})
    rows = oracle.states(len(THETA))
    return np.array([evaluated(BLOCKS | {"sigma": s[VISIBLE], "tau": s[HIDDEN]}) for s in rows])


def test_machine_is_the_energy_in_blocks_with_coefficient_one():
    corrected = sec4_boltzmann.corrected_cross_term_gives_the_unit_law().definitions["E_B"]
    printed = sec4_boltzmann.printed_cross_term_gives_the_unit_law().definitions["E_B"]
    found = energies(Boltzmann(W, THETA, "01"))
    same(found, in_blocks(corrected))
    differ(found, in_blocks(printed))


def test_unit_logits_are_those_of_both_blocks():
    derivation = sec4_boltzmann.corrected_cross_term_gives_the_unit_law()
    machine = Boltzmann(W, THETA, "01")
    found = np.asarray(machine.unit_logit(machine.unit_values(oracle.states(len(THETA)))))
    _, in_hidden, in_visible = derivation.steps
    for step, index, units in ((in_hidden, n, HIDDEN), (in_visible, p, VISIBLE)):
        for number, unit in enumerate(units, start=1):
            for side in (step.left, step.right):
                same(found[:, unit], in_blocks(side, {index: number}))
            assert step.slip is not None
            differ(found[:, unit], in_blocks(step.slip.right, {index: number}))


@both_units
@pytest.mark.parametrize("datum", [(1, 1), (1, -1), (-1, -1)])
def test_given_is_the_machine_with_shifted_hidden_biases(units, datum):
    definitions = sec4_clamping.clamping_shifts_the_hidden_biases().definitions
    values = np.where(oracle.states(N_HIDDEN) == 1, 1, OFF[units])
    held = np.where(np.array(datum) == 1, 1, OFF[units])
    rest, whole = (
        np.array([evaluated(BLOCKS | {"d": held, "h": row}) for row in values])
        for name in ("E_d(h)", "E(d,h)")
        for evaluated in [lambdified(definitions[name], {V: N_VISIBLE, H: N_HIDDEN})]
    )
    machine = Boltzmann(W, THETA, units)
    given = machine.given(dict(enumerate(held.tolist())))
    same(given.energy(values), rest)
    same(density(given, "unit"), -rest)
    # With its constant it is the whole machine's; the odds are the same without.
    same(machine.energy(np.hstack([np.tile(held, (len(values), 1)), values])), whole)
    same(whole - whole[0], rest - rest[0])
    unshifted = Boltzmann(BLOCKS["J"], BLOCKS["b"], units).energy(values)
    if held.any():
        differ(unshifted - unshifted[0], rest - rest[0])
