"""Exact decisions about expressions in exponentials, hyperbolic functions and logarithms.

Every statement of the paper, once the spins have values, is an identity between elements of a
field: rational functions in parameters, exponentials of parameters (x = e^gamma, y = e^zeta, …),
exponentials of such rational functions, and logarithms of positive ones. :func:`normal_form`
writes an expression in that field, with a fresh generator for each independent exponential and
logarithm, so that "identically zero" is "the numerator is the zero polynomial": a decision, not a
simplification that happened to succeed.

The way there, innermost functions first: hyperbolic functions become exponentials; the exponents
of one depth are put over one denominator D, every monomial m of the quotient gives one generator
e^(m/q) and every monomial of the remainder one e^(m/(qD)), each with a q such that only whole
powers occur; the logarithm of a product of positive factors becomes a sum of logarithms, and n
times a logarithm in an exponent a power.

Departures: an expression with anything else in it (a square root, a logarithm of something that
is not visibly positive) is outside the field; the answer is then None, never a guess.
"""

from functools import cache, reduce
from typing import Any, NamedTuple

import mpmath
import sympy as sp
from sympy import Dummy, Expr
from sympy.polys.fields import field as fraction_field

from derivations.notation import ProbabilitySymbol

INTERVALS = mpmath.ctx_iv.MPIntervalContext()
INTERVALS.dps = 60
HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)


class OutsideTheField(Exception):
    """The expression holds something that the field of the proofs does not."""


class _FinerRoot(Exception):
    """An exponential needs a finer root of its generator than the one that was tried."""


class NormalForm(NamedTuple):
    """A quotient of polynomials, and what is known of its generators."""

    numerator: Expr
    denominator: Expr
    above_one: tuple[Dummy, ...]  # generators e^m with m > 0 for all admissible parameters


class _Tower:
    """The generators met so far: one per independent exponential, one per logarithm."""

    def __init__(self, roots: dict[str, int]) -> None:
        # Each exponential of c m is a whole power of the generator e^(m/root); roots by str(m), a
        # name that survives a new attempt with finer ones.
        self.roots = roots
        self.exponentials: dict[Expr, Dummy] = {}
        self.exponents: dict[Dummy, Expr] = {}
        self.logarithms: dict[Expr, Dummy] = {}
        self.arguments: dict[Dummy, Expr] = {}

    def flatten(self, expr: Expr) -> Expr:
        """``expr`` as a rational function of generators and parameters."""
        chances = expr.atoms(ProbabilitySymbol)
        expr = expr.xreplace({p: p.odds / (1 + p.odds) for p in chances})
        expr = expr.rewrite(HYPERBOLIC, sp.exp)
        while ready := [f for f in _functions(expr) if not any(map(_functions, f.args))]:
            logs = {f: self.logarithm(f.args[0]) for f in ready if isinstance(f, sp.log)}
            exps = {f: self.exponent(f) for f in ready if not isinstance(f, sp.log)}
            expr = expr.xreplace({**logs, **self.powers(exps)})
        if _functions(expr):
            raise OutsideTheField(str(expr))
        return expr

    def exponent(self, function: Expr) -> Expr:
        """What stands above e: of exp(a) it is a, of b^a it is a ln b."""
        if function is sp.E:
            return sp.Integer(1)
        if isinstance(function, sp.exp):
            return function.args[0]
        base, power = function.args
        return power * self.logarithm(base)

    def powers(self, exponents: dict[Expr, Expr]) -> dict[Expr, Expr]:
        """Each exponential as a product of whole powers of generators."""
        forms = {f: _quotient(a) for f, a in exponents.items()}
        shared = reduce(sp.lcm, (den for _, den in forms.values()), sp.Integer(1))
        symbols = {s for form in forms.values() for part in form for s in part.free_symbols}
        gens = sorted(symbols | shared.free_symbols, key=sp.default_sort_key)
        replaced = {}
        for function, (num, den) in forms.items():
            widened = num if den == shared else num * sp.cancel(shared / den)
            whole, rest = _divide(sp.expand(widened), shared, gens)
            factors = [self.power(m, c, sp.Integer(1)) for m, c in _terms(whole)]
            factors += [self.power(m, c, shared) for m, c in _terms(rest)]
            replaced[function] = sp.Mul(*factors)
        return replaced

    def power(self, monomial: Expr, coefficient: sp.Rational, shared: Expr) -> Expr:
        """e^(coefficient * monomial / shared)."""
        if shared == 1 and monomial in self.arguments and coefficient.is_Integer:
            return self.arguments[monomial] ** coefficient
        key = monomial / shared
        if key not in self.exponentials:
            generator = Dummy(f"e^{key}", positive=True)
            self.exponentials[key], self.exponents[generator] = generator, key
        exponent = coefficient * self.roots.get(str(key), 1)
        if not exponent.is_Integer:
            self.roots[str(key)] = int(self.roots.get(str(key), 1) * exponent.q)
            raise _FinerRoot(str(key))
        return self.exponentials[key] ** exponent

    def logarithm(self, argument: Expr) -> Expr:
        """ln(argument) as a sum over its factors, which have to be visibly positive."""
        total: Expr = sp.Integer(0)
        num, den = _quotient(argument)
        for part, sign in ((num, 1), (den, -1)):
            content, factors = sp.factor_list(part)
            if not content.is_Rational or content <= 0:
                raise OutsideTheField(f"log({argument})")
            primes = sp.factorint(content).items()
            for factor, multiplicity in [*factors, *((sp.Integer(p), k) for p, k in primes)]:
                total += sign * multiplicity * self.log_of_factor(factor)
        return total

    def log_of_factor(self, factor: Expr) -> Expr:
        if factor in self.exponents:
            exponent = self.exponents[factor]
            return exponent / self.roots.get(str(exponent), 1)
        if not _visibly_positive(factor):
            raise OutsideTheField(f"log({factor})")
        if factor not in self.logarithms:
            generator = Dummy(f"ln({factor})", real=True)
            self.logarithms[factor], self.arguments[generator] = generator, factor
        return self.logarithms[factor]

    def above_one(self) -> tuple[Dummy, ...]:
        return tuple(g for g, exponent in self.exponents.items() if exponent.is_positive)


def _quotient(expr: Expr) -> tuple[Expr, Expr]:
    """Numerator and denominator without a common factor."""
    expanded = sp.expand(expr)
    if all(sp.fraction(term)[1].is_Rational for term in sp.Add.make_args(expanded)):
        return expanded, sp.Integer(1)
    num, den = sp.fraction(sp.cancel(sp.together(expr)))
    return num, den


def _divide(numerator: Expr, denominator: Expr, gens: list[Expr]) -> tuple[Expr, Expr]:
    """Quotient and remainder, so that what does not need the denominator goes without it."""
    if denominator.is_Rational:
        return numerator / denominator, sp.Integer(0)
    (quotient,), remainder = sp.reduced(numerator, [denominator], *gens)
    return sp.expand(quotient), sp.expand(remainder)


def _terms(polynomial: Expr) -> list[tuple[Expr, sp.Rational]]:
    """The monomials of an expanded polynomial with their rational coefficients."""
    terms = sp.expand(polynomial).as_coefficients_dict()
    return [(monomial, sp.Rational(c)) for monomial, c in terms.items() if c != 0]


def _functions(expr: Expr) -> list[Expr]:
    """The exponentials, logarithms and non-integer powers in ``expr``, in a fixed order."""
    found = expr.atoms(sp.exp, sp.log)
    found |= {sp.E} if expr.has(sp.E) else set()
    found |= {power for power in expr.atoms(sp.Pow) if not power.exp.is_Integer}
    return sorted(found, key=sp.default_sort_key)


def _visibly_positive(expr: Expr) -> bool:
    """All coefficients positive in positive symbols (or even powers of real ones).

    One term has to be without real symbols, since those may all be zero.
    """
    if not expr.free_symbols:
        return bool(expr.is_positive)
    polynomial = sp.Poly(expr, *sorted(expr.free_symbols, key=str))
    symbols = polynomial.gens
    certain = False
    for powers, coefficient in polynomial.terms():
        used = [(s, power) for s, power in zip(symbols, powers, strict=True) if power]
        if not coefficient.is_positive:
            return False
        if not all(s.is_positive or (s.is_real and power % 2 == 0) for s, power in used):
            return False
        certain = certain or all(s.is_positive for s, _ in used)
    return certain


@cache
def normal_form(expr: Expr) -> NormalForm | None:
    """``expr`` as a reduced quotient of polynomials, or None where it is outside the field."""
    roots: dict[str, int] = {}
    while True:
        tower = _Tower(roots)
        try:
            flat = tower.flatten(expr)
            symbols = sorted(flat.free_symbols, key=sp.default_sort_key)
            if not symbols:
                num, den = sp.fraction(sp.together(flat))
                return NormalForm(num, den, ()) if flat.is_Rational else None
            quotient = fraction_field(symbols, sp.QQ)[0].from_expr(flat)
        except _FinerRoot:
            continue
        except (OutsideTheField, ValueError, sp.PolynomialError):
            return None
        else:
            num, den = quotient.numer.as_expr(), quotient.denom.as_expr()
            return NormalForm(num, den, tower.above_one())


def vanishes(expr: Expr) -> bool | None:
    """Whether ``expr`` is identically zero; None where it is outside the field."""
    form = normal_form(expr)
    return None if form is None else form.numerator == 0


def is_positive(expr: Expr) -> bool | None:
    """True where ``expr`` > 0 for all admissible parameters; None where this is not visible.

    A constant is enclosed in an interval with 60 digits. Otherwise numerator and denominator have
    to have coefficients of one sign in positive symbols, where a generator known to exceed 1 is
    written 1 + r.
    """
    if not expr.free_symbols:
        enclosure = _interval(expr.rewrite(HYPERBOLIC, sp.exp))
        return None if enclosure is None or 0 in enclosure else bool(enclosure.a > 0)
    form = normal_form(expr)
    if form is None:
        return None
    excess = {g: 1 + Dummy(f"{g}-1", positive=True) for g in form.above_one}
    parts = [sp.expand(part.xreplace(excess)) for part in form[:2]]
    signs = [_sign(part) for part in parts]
    return True if signs[0] * signs[1] > 0 else None


def _sign(polynomial: Expr) -> int:
    if polynomial != 0 and _visibly_positive(polynomial):
        return 1
    return -1 if polynomial != 0 and _visibly_positive(-polynomial) else 0


def _interval(expr: Expr) -> Any:
    """An interval that contains the constant ``expr`` for certain, or None."""
    iv = INTERVALS
    if expr is sp.E:
        return iv.exp(1)
    if expr.is_Rational:
        return iv.mpf(int(expr.p)) / iv.mpf(int(expr.q))
    parts = [_interval(argument) for argument in expr.args]
    if not parts or any(part is None for part in parts):
        return None
    if isinstance(expr, sp.Add):
        return reduce(lambda a, b: a + b, parts)
    if isinstance(expr, sp.Mul):
        return reduce(lambda a, b: a * b, parts)
    if isinstance(expr, sp.exp):
        return iv.exp(parts[0])
    if isinstance(expr, sp.Pow) and expr.exp.is_Integer:
        return parts[0] ** int(expr.exp)
    return None
