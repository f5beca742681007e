"""The machinery that decides a step: it supports what is proved, and nothing else."""

import math

import pytest
import sympy as sp

from derivations import Derivation, Slip, Step, decide, decide_step
from derivations.collective import N, i, k, sigma, zeta
from derivations.deciding.exact import is_positive
from derivations.deciding.numeric import N_POINTS
from derivations.display import Named, Total
from derivations.families import Moved, product, total
from derivations.notation import (
    SpinSymbol,
    gamma,
    logistic,
    phi_z,
    slope,
    spin_law,
    where,
    z,
)
from derivations.notation import zeta as prior
from derivations.step import Definition, Sentence, equation

x = sp.Symbol("x", real=True)
p = sp.Symbol("p", positive=True)
TRUE = Step((x + 1) ** 2, x**2 + 2 * x + 1, "expand")
FALSE = Step((x + 1) ** 2, x**2 + 1, "expand, wrongly")
OPEN = Step(sp.sin(x) ** 2 + sp.cos(x) ** 2, sp.Integer(1), "Pythagoras")


def verdict(left, right, relation="="):
    return decide_step(Step(left, right, "", relation=relation)).verdict


def test_a_step_is_supported_by_an_exact_decision_and_evaluated_at_fifty_points():
    decision = decide_step(TRUE)
    assert decision.verdict == "supported"
    assert decision.method == "exact identity"
    assert decision.n_points >= N_POINTS == 50
    assert decision.witness is None


def test_a_witness_is_the_value_at_the_point_that_it_names():
    witness = decide_step(Step(logistic(2 * gamma * z), logistic(gamma * z), "")).witness
    assert witness is not None
    assert witness.startswith("z = +1, γ = 1/2: ")
    left, right = (float(side.split()[-1]) for side in witness.split(": ")[1].split(","))
    assert math.isclose(left, 1 / (1 + math.exp(-1)), rel_tol=1e-11)
    assert math.isclose(right, 1 / (1 + math.exp(-0.5)), rel_tol=1e-11)


def test_what_cannot_be_decided_is_inconclusive_and_never_supported():
    assert decide_step(OPEN).verdict == "inconclusive"
    assert verdict(sp.log(x**2) / 2, sp.log(sp.Abs(x))) == "inconclusive"
    # Equal at every point that is tried, since |x| has no kink there, and yet not proved.
    assert verdict(sp.Abs(sp.cosh(x) + x), sp.cosh(x) + x) == "inconclusive"


def test_agreement_at_all_the_points_is_no_support():
    # A polynomial that vanishes at none of the points and is too small to be seen there.
    assert verdict(x, x + sp.Rational(1, 10**40) * sp.sin(x)) == "inconclusive"
    assert verdict(x, x + sp.Rational(1, 10**40) * x) == "inconclusive"


def test_a_side_without_values_is_inconclusive():
    assert verdict(sp.sqrt(-p), sp.sqrt(-p) + 0 * p + sp.sqrt(-2 * p)) == "inconclusive"
    assert verdict(sp.nan, sp.Integer(1)) == "inconclusive"
    # Equal wherever both have a value, which is nowhere that is tried.
    assert verdict(sp.log(p - 10**6), sp.log(p - 10**6)) == "inconclusive"


@pytest.mark.parametrize("wrong", [x**2 + 2 * x + 1, 1 + x * (2 + x)])
def test_a_step_whose_slip_is_true_could_not_fail(wrong):
    step = Step(TRUE.left, TRUE.right, "", slip=Slip("no mistake at all", wrong))
    decision = decide_step(step)
    assert decision.verdict == "inconclusive"
    assert decision.method == "its slip was not refuted"


def test_real_parameters_take_both_signs():
    assert verdict(sp.sqrt(x**2), x) == "refuted"
    assert verdict(sp.sqrt(p**2), p) == "supported"


def test_a_step_with_a_slip_that_is_refuted_is_supported():
    step = Step(TRUE.left, TRUE.right, "", slip=Slip("the cross term is dropped", FALSE.right))
    assert decide_step(step).verdict == "supported"


def test_the_slip_of_a_limit_is_tried_too():
    limit = sp.Limit(sp.tanh(gamma), gamma, sp.oo)
    right, wrong = Slip("another sign", -sp.Integer(1)), Slip("none", sp.Integer(1))
    assert decide_step(Step(limit, sp.Integer(1), "", slip=right)).verdict == "supported"
    assert decide_step(Step(limit, sp.Integer(1), "", slip=wrong)).verdict == "inconclusive"


def test_what_is_shown_is_what_is_decided():
    law = Named("P(z)", spin_law(prior, z))
    odds = where(law, (z, 1)) / where(law, (z, -1))
    assert verdict(odds, sp.exp(2 * prior)) == "supported"
    assert verdict(odds, sp.exp(prior)) == "refuted"
    assert verdict(Total(z * law, z), sp.tanh(prior)) == "supported"
    assert str(odds) == "[P(z) at z = 1]/[P(z) at z = -1]"
    assert Total(law, z).free_symbols == {prior}


def test_a_value_is_put_in_for_symbols_and_not_for_entries_of_sums():
    with pytest.raises(ValueError, match=r"got sigma\[k\] to put a value in for; .*Moved"):
        where(total(zeta[i] * sigma[i], i), (sigma[k], 1))


def test_a_derivation_is_no_better_than_its_worst_step():
    def outcome(*steps, statement=None):
        said = Sentence("{}", (TRUE.stated,)) if statement is None else statement
        return decide(Derivation("d", (), "printed", said, (), steps)).verdict

    assert outcome(TRUE) == "supported"
    assert outcome(TRUE, OPEN) == "inconclusive"
    assert outcome(TRUE, OPEN, FALSE) == "refuted"
    assert outcome() == "inconclusive"
    assert outcome(TRUE, statement=equation(TRUE.left, TRUE.right)) == "supported"
    assert outcome(TRUE, statement=equation(FALSE.left, FALSE.right)) == "refuted"


def test_a_printed_statement_is_not_refuted_by_a_step_that_fails():
    printed = equation(FALSE.left, FALSE.right)

    def outcome(step):
        lines = (step,)
        return decide(Derivation("d", (), "printed", printed, (), lines, expected="refuted"))

    assert outcome(TRUE).verdict == "refuted"
    assert outcome(FALSE).verdict == "inconclusive"
    assert outcome(OPEN).method == "a step on the way does not hold"


def test_the_slip_of_the_statement_counts_too():
    slip = Slip("none", TRUE.right)
    statement = equation(TRUE.left, TRUE.right)
    blind = Derivation("d", (), "printed", statement, (), (TRUE,), slip=slip)
    assert decide(blind).verdict == "inconclusive"


def test_a_definition_is_no_step():
    line = Definition(Named("y", x + 1), "short for x + 1")
    derivation = Derivation("d", (), "printed", TRUE.stated, (), (line, TRUE))
    assert derivation.steps == (TRUE,)
    assert decide(derivation).n_steps == 2  # the step and the statement
    assert derivation.definitions == {"y": x + 1}


def test_inequalities_are_proved_or_refuted():
    assert verdict(sp.tanh(p), sp.Integer(1), "<") == "supported"
    assert verdict(sp.tanh(p), p, "<") == "inconclusive"
    assert verdict(p, sp.tanh(p), "<") == "refuted"
    assert verdict(sp.exp(1), sp.Integer(3), "<") == "supported"
    assert verdict(sp.exp(1), sp.Integer(2), "<") == "refuted"
    assert verdict(sp.S.Zero, sp.S.Zero, "<=") == "supported"
    assert verdict(sp.S.Zero, sp.S.Zero, "<") == "refuted"


def test_what_is_positive_is_not_what_is_negative_or_open():
    assert is_positive(1 - sp.tanh(p)) is True
    assert is_positive(sp.tanh(p) - 1) is None
    assert is_positive(p - 1) is None
    assert is_positive(sp.exp(1) - 3) is False


def test_what_may_be_zero_is_not_positive():
    assert is_positive(x**2) is None
    assert is_positive(p * x**2 + x**4) is None
    assert is_positive(p + x**2) is True
    assert is_positive(1 + x**2) is True
    assert verdict(sp.S.Zero, x**2, "<") == "inconclusive"


def test_limits_are_taken_and_compared():
    infinite = sp.Limit(sp.cosh(gamma), gamma, sp.oo)
    assert verdict(infinite, sp.oo) == "supported"
    assert verdict(infinite, -sp.oo) == "refuted"
    assert verdict(infinite, sp.Integer(1)) == "refuted"


def test_a_limit_beside_a_sum_over_any_number_of_terms():
    s, d = SpinSymbol("s"), SpinSymbol("d")
    weight = sp.exp(s * total(zeta[i] * sigma[i], i) + p * s * d)
    at_datum = sp.Limit(where(weight, (s, d)) / Total(weight, s), p, sp.oo)
    assert verdict(at_datum, sp.Integer(1)) == "supported"
    assert verdict(at_datum, sp.Integer(0)) == "refuted"
    inside = sp.Limit(total(sp.tanh(p * zeta[i]), i), p, sp.oo)
    assert verdict(inside, total(zeta[i] / sp.sqrt(zeta[i] ** 2), i)) != "supported"


def test_a_probability_lies_strictly_between_zero_and_one():
    entropy = -phi_z * sp.log(phi_z) - (1 - phi_z) * sp.log(1 - phi_z)
    assert verdict(sp.Derivative(entropy, phi_z), sp.log((1 - phi_z) / phi_z)) == "supported"
    assert verdict(phi_z**2, phi_z, "<") == "supported"


def test_exponentials_of_several_depths_are_told_apart():
    a, b = sp.symbols("x_1 x_2", real=True)
    nested = sp.exp(slope * sp.tanh(a) + b)
    assert verdict(nested, sp.exp(b) * sp.exp(slope * (1 - 2 / (1 + sp.exp(2 * a))))) == "supported"
    assert verdict(nested, sp.exp(b) * sp.exp(slope * (1 - 2 / (1 + sp.exp(a))))) == "refuted"


def test_a_statement_for_any_number_is_decided_and_says_so():
    left, right = sp.log(product(sp.exp(zeta[i]), i)), total(zeta[i], i)
    assert decide_step(Step(left, right, "")).method == "exact identity for any N"
    wrong = decide_step(Step(left, 2 * right, ""))
    assert wrong.verdict == "refuted"
    assert wrong.witness is not None
    assert wrong.witness.startswith("N = 2, ζ₁ = 1/2, ζ₂ = 3/10: left 0.8")


def test_the_acting_spin_gets_its_values_where_that_is_needed():
    law = spin_law(x, sigma[k])
    assert verdict(law, sp.exp(x * sigma[k]) / (2 * sp.cosh(x))) == "supported"
    moved = Moved(sp.exp(total(zeta[i] * sigma[i], i)), sigma[k], -sigma[k])
    ratio = sp.exp(-2 * zeta[k] * sigma[k])
    assert verdict(moved, sp.exp(total(zeta[i] * sigma[i], i)) * ratio) == "supported"


def test_the_scope_of_a_derivation_is_read_off_what_is_decided():
    def scope(left, right):
        return Derivation("d", (), "printed", equation(left, right), (), ()).scope

    assert scope(total(zeta[i], i), N * x) == "any N"
    assert scope(Named("S", total(zeta[i], i)), x) == "any N"
    assert scope(SpinSymbol("sigma_2"), SpinSymbol("sigma_3")) == "N = 3"
    assert scope(x, p) == "one agent"
