"""Sums over any number of terms: what the normal form proves is true, and it proves enough."""

import itertools
import math
import random

import pytest
import sympy as sp

from derivations.collective import (
    N,
    gamma,
    gamma_one_way,
    i,
    j,
    k,
    local_field,
    m,
    prior_sum,
    sigma,
    sigma_next,
    zeta,
)
from derivations.deciding.exact import OutsideTheField, vanishes
from derivations.deciding.sums import free_spins, normal_form, without_sums
from derivations.display import reveal
from derivations.families import (
    Configurations,
    Entry,
    Family,
    Index,
    Moved,
    Size,
    above,
    below,
    configurations,
    exchanged,
    pairs,
    product,
    replaced,
    total,
)
from derivations.instances import instance
from derivations.notation import SpinSymbol

x, p = sp.Symbol("x", real=True), sp.Symbol("p", positive=True)
A = Size("A")
a, b = Index("a", A), Index("b", A)
alpha, bond = Family("alpha", spin=True), Family("w")


def proved(left, right):
    return vanishes(without_sums(reveal(left - right))) is True


def heard(i, state, precision=gamma):
    return total(precision[i, j] * state[j], j)


WITH_DIAGONAL = Family("w", symmetric=True)
PAIRS = pairs(gamma[i, j] * sigma[i] * sigma[j], i, j)
ORDERED = total(gamma[i, j] * sigma[i] * sigma[j], i, j)
LOG_COSH = sp.log(2 * sp.cosh(local_field(i)))

TRUE = {
    "a sum of sums": (
        total(x * zeta[i] + sigma[i], i),
        x * total(zeta[i], i) + total(sigma[i], i),
    ),
    "a bound index has no name": (total(zeta[i], i), total(zeta[k], k)),
    "a sum over nothing of the index": (total(x, i), N * x),
    "a product of sums": (
        total(zeta[i], i) * total(sigma[i], i),
        total(zeta[i] * sigma[j], i, j),
    ),
    "a square of a sum": (total(zeta[i], i) ** 2, total(zeta[i] * zeta[j], i, j)),
    "spins square to one": (total(sigma[i] ** 2 * zeta[i], i), total(zeta[i], i)),
    "the matrix identity": (
        total(sigma_next[i] * heard(i, sigma), i),
        total(sigma[i] * heard(i, sigma_next), i),
    ),
    "a transpose of a matrix that is not symmetric": (
        total(sigma_next[i] * heard(i, sigma, gamma_one_way), i),
        total(sigma[i] * total(gamma_one_way[j, i] * sigma_next[j], j), i),
    ),
    "a delta takes its sum away": (total(zeta[i] * sp.KroneckerDelta(i, k), i), zeta[k]),
    "no agent hears itself": (total(gamma[i, j] * sp.KroneckerDelta(i, j), i, j), sp.S.Zero),
    "each pair twice": (ORDERED, 2 * PAIRS),
    "pairs from above": (PAIRS, total(above(gamma[i, j] * sigma[i] * sigma[j], j, i), i)),
    "below, at and above": (
        below(zeta[j], j, k) + zeta[k] + above(zeta[j], j, k),
        total(zeta[j], j),
    ),
    "a sum gains its last term": (
        sp.Sum(zeta[j] ** 2, (j, 1, k)) - sp.Sum(zeta[j] ** 2, (j, 1, k - 1)),
        zeta[k] ** 2,
    ),
    "three in a row": (
        total(above(above(zeta[k] * zeta[j] * zeta[i], k, j), j, i), i),
        total(below(below(zeta[k] * zeta[j] * zeta[i], k, j), j, i), i),
    ),
    "the cube of a sum by the order of its indices": (
        total(zeta[i], i) ** 3,
        6 * sp.Sum(zeta[i] * zeta[j] * zeta[k], (i, 1, j - 1), (j, 1, k - 1), (k, 1, N))
        + 3 * total(zeta[i] ** 2, i) * total(zeta[i], i)
        - 2 * total(zeta[i] ** 3, i),
    ),
    "a flip changes twice the field": (
        Moved(PAIRS, sigma[m], x) - PAIRS,
        (x - sigma[m]) * total(gamma[m, k] * sigma[k], k),
    ),
    "the logarithm of a product": (
        sp.log(product(p**2 * sp.exp(zeta[i]) * 2 * sp.cosh(zeta[i]), i)),
        2 * N * sp.log(p) + total(zeta[i] + sp.log(2 * sp.cosh(zeta[i])), i),
    ),
    "a logarithm inside a sum": (
        total(sp.log(sp.exp(zeta[i]) * sp.cosh(local_field(i)) ** 2), i),
        total(zeta[i], i) + 2 * total(LOG_COSH, i) - 2 * N * sp.log(2),
    ),
    "cosh is even": (
        total(sp.log(sp.cosh(zeta[i] - local_field(i))), i),
        total(sp.log(sp.cosh(local_field(i) - zeta[i])), i),
    ),
    "all configurations": (
        configurations(sp.exp(total(sigma[i] * local_field(i, sigma_next), i)), (sigma, N)),
        product(2 * sp.cosh(local_field(i, sigma_next)), i),
    ),
    "all configurations of two families": (
        configurations(
            sp.exp(total(zeta[i] * sigma[i], i) + total(bond[a] * alpha[a], a)),
            (sigma, N),
            (alpha, A),
        ),
        product(2 * sp.cosh(zeta[i]), i) * product(2 * sp.cosh(bond[a]), a),
    ),
    "the one spin among the configurations": (
        configurations(sp.exp(x * sigma[m] + total(zeta[i] * sigma[i], i)), (sigma, N)),
        product(2 * sp.cosh(zeta[i] + x * sp.KroneckerDelta(i, m)), i),
    ),
}

FALSE = {
    "a sum of a product": (total(zeta[i] * sigma[i], i), total(zeta[i], i) * total(sigma[i], i)),
    "a family that has a diagonal": (total(WITH_DIAGONAL[i, i], i), sp.S.Zero),
    "two families for one": (total(sigma[i], i), total(sigma_next[i], i)),
    "two ranges for one": (
        total(bond[a], a),
        total(bond[i], i),
    ),
    "a matrix that is not symmetric": (
        total(sigma_next[i] * heard(i, sigma, gamma_one_way), i),
        total(sigma[i] * heard(i, sigma_next, gamma_one_way), i),
    ),
    "the primes are forgotten": (total(sigma_next[i] * heard(i, sigma), i), ORDERED),
    "pairs for ordered pairs": (ORDERED, PAIRS),
    "a free index for a bound one": (total(zeta[i], i), N * zeta[k]),
    "two free indices": (zeta[k], zeta[m]),
    "a delta of free indices": (sp.KroneckerDelta(k, m), sp.S.Zero),
    "below for above": (below(zeta[j], j, k), above(zeta[j], j, k)),
    "a product of sums over pairs": (
        pairs(zeta[i] * zeta[j], i, j),
        total(zeta[i], i) ** 2 / 2,
    ),
    "a logarithm of a sum": (sp.log(total(sp.exp(zeta[i]), i)), total(zeta[i], i)),
    "the cosh of another field": (
        total(LOG_COSH, i),
        total(sp.log(2 * sp.cosh(local_field(i, sigma_next))), i),
    ),
    "cosh with the wrong sign": (
        total(sp.log(sp.cosh(zeta[i] + sigma[i])), i),
        total(sp.log(sp.cosh(zeta[i] - sigma[i])), i),
    ),
    "a factor of one configuration": (
        configurations(sp.exp(total(zeta[i] * sigma[i], i)), (sigma, N)),
        product(sp.cosh(zeta[i]), i),
    ),
    "a flip without its factor": (
        Moved(PAIRS, sigma[m], -sigma[m]) - PAIRS,
        -sigma[m] * total(gamma[m, k] * sigma[k], k),
    ),
}


@pytest.mark.parametrize("name", TRUE)
def test_an_identity_for_any_number_of_terms_is_proved(name):
    assert proved(*TRUE[name])


@pytest.mark.parametrize("name", FALSE)
def test_what_is_no_identity_is_not_proved(name):
    assert not proved(*FALSE[name])


@pytest.mark.parametrize("name", TRUE)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_the_identities_hold_at_small_numbers_too(name, n):
    left, right = (value(side, n, seed=n) for side in TRUE[name])
    assert math.isclose(left, right, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("name", [n for n in FALSE if "ranges" not in n])
def test_the_wrong_identities_fail_at_small_numbers(name):
    sides = [[value(side, n, seed) for side in FALSE[name]] for n in (1, 2) for seed in range(4)]
    assert any(abs(left - right) > 1e-6 for left, right in sides)


def value(expr, n, seed):
    """``expr`` with n of everything, free indices at k = n and m = 1, and random entries."""
    small = instance(expr, {N: n, A: n, k: n, m: 1})
    point = {s: sp.Float(entry(s, seed), 30) for s in small.free_symbols}
    return float(small.xreplace(point).evalf(30))


def entry(symbol, seed):
    generator = random.Random(f"{symbol} {seed}")
    spin = isinstance(symbol, SpinSymbol)
    return generator.choice((-1, 1)) if spin else generator.uniform(0.2, 1.5)


def random_polynomial(generator, depth=1, free=(k,)):
    """A random expression of nested sums of entries, deltas and logarithms of cosh."""
    index, hidden = Index(f"{generator.choice('ijlpq')}{depth}", N), Index("r", N)
    inside = (*free, index)

    def factor():
        one, two = generator.choice(inside), generator.choice(inside)
        field = zeta[one] + total(gamma[one, hidden] * sigma[hidden], hidden)
        entries = sigma[one], sigma_next[one], zeta[one], gamma[one, two], gamma_one_way[one, two]
        functions = sp.KroneckerDelta(one, two), sp.log(2 * sp.cosh(field))
        return generator.choice([*entries, *functions])

    def summand():
        factors = [factor() for _ in range(generator.randint(1, 3))]
        if depth:
            factors.append(random_polynomial(generator, depth - 1, inside))
        return sp.Mul(generator.randint(-3, 3), *factors)

    whole = sp.Add(summand(), summand() if generator.random() < 0.5 else factor())
    kind = generator.choice([total, total, below, above])
    return kind(whole, index) if kind is total else kind(whole, index, generator.choice(free))


@pytest.mark.parametrize("seed", range(16))
def test_the_normal_form_of_a_random_expression_has_its_value(seed):
    generator = random.Random(seed)
    expr = random_polynomial(generator) * random_polynomial(generator, 0)
    form = normal_form(expr)
    for n in (1, 2, 3):
        assert math.isclose(value(expr, n, seed), value(form, n, seed), rel_tol=1e-9, abs_tol=1e-7)


@pytest.mark.parametrize("seed", range(8))
def test_the_normal_form_does_not_depend_on_how_it_is_written(seed):
    generator = random.Random(seed)
    expr = random_polynomial(generator)
    renamed = expr
    for name in "ijlpq":
        for depth in range(3):
            old, new = Index(f"{name}{depth}", N), Index(f"z{name}{depth}", N)
            renamed = renamed.xreplace({old: new})
    assert proved(expr, renamed)
    assert proved(sp.expand(expr * (x + 2)), x * renamed + 2 * renamed)


def test_an_index_belongs_to_its_range():
    assert Index("i", N) != Index("i", A)
    assert Index("i", N) == i
    mixed = total(bond[a] * sp.KroneckerDelta(a, i), a)
    with pytest.raises(OutsideTheField, match="two ranges"):
        without_sums(mixed)


def test_an_entry_with_numbers_is_the_plain_symbol():
    assert sigma[2] == SpinSymbol("sigma_2")
    assert gamma[2, 1] == sp.Symbol("gamma_12", real=True)
    assert gamma_one_way[2, 1] == sp.Symbol("gamma_21", real=True)
    assert gamma[1, 1] == gamma[i, i] == 0
    assert gamma[i, j] == gamma[j, i] != gamma_one_way[i, j]
    assert Family("pi", positive=True)[1].is_positive


def test_what_the_rules_do_not_know_is_refused():
    quadratic = configurations(sp.exp(PAIRS), (sigma, N))
    with pytest.raises(OutsideTheField, match="affine"):
        without_sums(quadratic)
    with pytest.raises(OutsideTheField, match="a range that ends at"):
        without_sums(sp.Sum(zeta[i], (i, 1, 2 * k)))
    with pytest.raises(OutsideTheField, match="log"):
        without_sums(sp.log(total(zeta[i], i)))
    with pytest.raises(OutsideTheField, match="log"):
        # It may be empty, and then it is no positive number.
        without_sums(sp.log(below(sp.exp(zeta[i]), i, k)))
    with pytest.raises(OutsideTheField, match="division"):
        without_sums(total(zeta[i] / sp.KroneckerDelta(i, k), i))


def test_a_limit_does_not_look_into_a_sum():
    with pytest.raises(OutsideTheField, match="inside a sum"):
        without_sums(sp.Limit(total(sp.tanh(x * zeta[i]), i), x, 0))


def test_a_spin_that_is_summed_over_is_not_free():
    inside = Configurations(sp.exp(sigma[k] * x), sigma, N)
    assert free_spins(inside) == []
    assert free_spins(sigma[k] * total(sigma[i], i)) == [Entry(sigma, k)]


def test_a_number_in_a_sum_over_configurations_is_refused():
    with pytest.raises(ValueError, match="got sigma_1 in a sum over all configurations of sigma"):
        configurations(sp.exp(sigma[1]), (sigma, N))


def test_a_replacement_that_a_sum_would_catch_is_refused():
    with pytest.raises(ValueError, match=r"got i, which a sum or a limit in .* binds"):
        Moved(prior_sum(), sigma[i], x).carried_out()
    with pytest.raises(ValueError, match=r"got sigma, which a sum or a limit in .* binds"):
        replaced(configurations(sp.exp(sigma[k]), (sigma, N)), sigma, lambda i: x)


def test_exchanged_families_change_places():
    both = total(sigma[i] * zeta[i], i) - total(sigma_next[i], i)
    assert exchanged(both, (sigma, sigma_next)) == total(sigma_next[i] * zeta[i], i) - total(
        sigma[i], i
    )


def test_an_instance_needs_every_number():
    with pytest.raises(ValueError, match="got no value for k"):
        instance(zeta[k] * total(zeta[i], i), {N: 2})
    assert instance(total(zeta[i], i), {N: 2}) == zeta[1] + zeta[2]


def test_instances_of_pairs_are_the_pairs():
    symbols = list(itertools.combinations((1, 2, 3), 2))
    written_out = sp.Add(*(gamma[one, two] * sigma[one] * sigma[two] for one, two in symbols))
    assert instance(PAIRS, {N: 3}) == written_out
