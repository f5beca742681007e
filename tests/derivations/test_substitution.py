"""What is put in for a symbol means the same everywhere, or is refused (found by attack)."""

import pytest
import sympy as sp

from derivations import Derivation, Step, decide, decide_step
from derivations.collective import N, gamma, gamma_one_way, i, j, k, m, sigma, sigma_next, zeta
from derivations.deciding.decide import decide_exactly
from derivations.display import Total, reveal
from derivations.families import Family, Index, Moved, configurations, exchanged, product, total
from derivations.notation import at, phi_z, where
from derivations.step import Sentence

x, y = sp.symbols("x y", real=True)
p = sp.Symbol("p", positive=True)
pi = Family("pi", positive=True)
square = Family("s", spin=True)
hollow = Family("S", positive=True, hollow=True)
# Zero at every N that is ever tried, so that only the exact decision stands in the way.
NEVER_SEEN = (N - 1) * (N - 2) * (N - 3)

CAUGHT = {
    "an index that a sum binds": lambda: where(total(zeta[i] * gamma[i, k], i), (k, i)),
    "an entry with such an index": lambda: where(total(x * zeta[i], i), (x, sigma[i])),
    "at once": lambda: at(total(x * zeta[i], i), (x, sigma[i])),
    "the bound index itself": lambda: where(total(zeta[i], i), (i, k)),
    "the value of a moved spin": lambda: Moved(total(zeta[i] * sigma[i], i), sigma[k], sigma[i]),
    "the moved spin": lambda: Moved(total(zeta[i] * sigma[i], i), sigma[i], x),
    "a spin that is summed over": lambda: where(
        configurations(sp.exp(x), (sigma, N)), (x, sigma[m])
    ),
    "one that another move brings in": lambda: Moved(
        configurations(sp.exp(sigma_next[k]), (sigma, N)), sigma_next[k], sigma[m]
    ),
    "the variable of a limit": lambda: where(sp.Limit(x + y, x, 0), (y, x)),
}
NUMBERED = {
    "a number for an entry": lambda: where(total(zeta[i], i), (zeta[1], 0)),
    "a number for a spin": lambda: where(total(sigma[i], i), (sigma[1], 1)),
    "a sum over one spin": lambda: Total(total(sigma[i], i), sigma[1]),
    "a derivative": lambda: sp.Derivative(total(zeta[i], i), zeta[1], evaluate=False),
    "a move": lambda: Moved(sigma[1], sigma[k], -sigma[k]),
    "an exchange": lambda: exchanged(total(sigma[i], i) * sigma[1], (sigma, sigma_next)),
}


@pytest.mark.parametrize("name", CAUGHT)
def test_what_a_sum_would_catch_is_refused(name):
    with pytest.raises(ValueError, match=r"got \w+, which a sum or a limit in .* binds; .* name"):
        reveal(CAUGHT[name]())


@pytest.mark.parametrize("name", NUMBERED)
def test_a_member_with_a_number_beside_those_with_an_index_is_refused(name):
    with pytest.raises(ValueError, match=r"got (zeta|sigma)_1.*(other|another)"):
        reveal(NUMBERED[name]())


def test_what_is_put_in_may_have_sums_of_its_own():
    inner = where(total(x * zeta[i], i), (x, total(sigma[i], i)))
    outer = total(zeta[i], i) * total(sigma[j], j)
    assert decide_step(Step(inner, outer, "")).verdict == "supported"


FALSE = {
    "an end in the scope of another sum": (
        sp.Sum(x, (i, 1, j - 1), (j, 1, i - 1)),
        sp.S.Zero,
    ),
    "one index for two sums": (sp.Sum(zeta[i], (i, 1, N), (i, 1, N)), total(zeta[i], i)),
    "a spin both free and bound": (sigma[i] * total(sigma[i] * zeta[i], i), total(zeta[i], i)),
    "an entry in an exponent": (
        total((N * zeta[i] - total(zeta[j], j)) * pi[k] ** zeta[i], i),
        sp.S.Zero,
    ),
    "a spin in an exponent": (
        total((N * zeta[i] - total(zeta[j], j)) * p ** sigma[i], i),
        sp.S.Zero,
    ),
    "spins with two indices": (
        configurations(sp.exp(x * total(square[i, j], i, j)), (square, N)),
        product(2 * sp.cosh(N * x), i),
    ),
    "an index named like the machine's": (
        total(gamma[i, Index("%0", N)] * zeta[i], i),
        sp.S.Zero,
    ),
    "another named like the machine's": (
        total(gamma[i, Index("_0_N0", N)] * zeta[i], i),
        sp.S.Zero,
    ),
    "odds of one's own": (phi_z / (1 - phi_z), sp.Symbol("odds_phi_z", positive=True)),
}


@pytest.mark.parametrize("name", FALSE)
def test_the_exact_decision_alone_does_not_let_it_pass(name):
    left, right = FALSE[name]
    assert decide_exactly(left, right, "=") is None
    assert decide_step(Step(NEVER_SEEN * left, NEVER_SEEN * right, "")).verdict != "supported"


def test_an_inequality_with_an_entry_that_may_be_zero_is_not_proved():
    assert decide_exactly(sp.S.Zero, hollow[i, j], "<") is None
    assert decide_exactly(sp.S.Zero, total(hollow[i, j], i, j), "<") is None


def test_a_side_without_a_value_at_some_size_supports_nothing():
    left = total(sp.log(2 * hollow[i, j]) - sp.log(hollow[i, j]), i, j)
    assert decide_step(Step(left, N**2 * sp.log(2), "")).verdict == "inconclusive"


def test_members_with_large_numbers_are_told_apart():
    assert gamma_one_way[1, 11] != gamma_one_way[11, 1]
    assert gamma_one_way[1, 2].name == "gamma_12"


def test_a_sentence_is_no_better_than_what_its_steps_decide():
    double = Step(x + x, 2 * x, "")
    false = sp.Eq(x, 2 * x, evaluate=False)

    def verdict(*relations):
        sentence = Sentence(" and ".join(["{}"] * len(relations)), relations)
        return decide(Derivation("d", (), "beyond", sentence, (), (double,))).verdict

    assert verdict(double.stated) == "supported"
    assert verdict(false) == "inconclusive"
    assert verdict(double.stated, false) == "inconclusive"


@pytest.mark.parametrize(
    ("left", "right", "relation"),
    [
        *((sp.cosh(a * x) ** 2 - sp.sinh(a * x) ** 2, sp.S.One, "=") for a in (8, 14, 20)),
        (sp.expand((p - 1) ** 80), (p - 1) ** 80, "="),
        (sp.tanh(60 * p), sp.S.One, "<"),
        (sp.S.Zero, sp.exp(-200 * p), "<"),
    ],
)
def test_rounding_refutes_nothing(left, right, relation):
    assert decide_step(Step(left, right, "", relation=relation)).verdict == "supported"


def test_what_no_number_of_digits_tells_apart_is_inconclusive():
    step = Step(1 / (1 + sp.exp(-sp.exp(9 * p))), sp.S.One, "", relation="<")
    assert decide_step(step).verdict in ("inconclusive", "supported")


def test_a_symbol_keeps_its_sign_at_the_points():
    assert (
        decide_step(Step(sp.Symbol("n", negative=True), p, "", relation="<")).verdict != "refuted"
    )
    nonnegative = sp.Symbol("n", nonnegative=True)
    assert decide_step(Step(sp.sqrt(nonnegative**2), nonnegative, "")).verdict == "supported"


def test_symbols_of_one_name_are_told_apart():
    other = sp.Symbol("x", positive=True)
    assert decide_step(Step(x + other, other + x, "")).verdict == "supported"
    assert decide_step(Step(x + other, 2 * x, "")).verdict == "refuted"


def test_a_derivative_that_cannot_be_taken_is_an_error():
    with pytest.raises(ValueError, match="write a product as the exponential of a sum"):
        reveal(sp.Derivative(product(sp.exp(x * zeta[i]), i), x, evaluate=False))
    with pytest.raises(ValueError, match="a derivative that sympy cannot take"):
        reveal(sp.Derivative(total(x, i), N, evaluate=False))
