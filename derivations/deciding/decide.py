"""Every step is decided, and by nothing but this, in this order.

1. Substitutions, derivatives and limits that are written out are carried out by sympy.
2. Both sides are evaluated with 50 digits: at all values of the finite symbols, and at 50 random
   points besides; a statement for any N at small N. One point at which they differ, with 50 digits
   and again with more, and the verdict is *refuted* with that witness. The step's slip has to be
   refuted by the same points.
3. For every assignment of the finite symbols the sums are brought to normal form (sums.py) and the
   difference is written in the field of exponentials and logarithms (exact.py); if it is zero in
   all of them the verdict is *supported*.
4. Otherwise the verdict is *inconclusive*. Agreement at points is never support.

An identity says that both sides are equal wherever both have a value: (x^2 - 1)/(x - 1) = x + 1.

A derivation is refuted if one of its steps, or its statement, is. Where a printed statement is
expected to fail, all the steps on the way have to hold.
"""

import itertools
from functools import lru_cache
from typing import NamedTuple

import sympy as sp
from sympy import Expr

from derivations.deciding.exact import OutsideTheField, is_positive, vanishes
from derivations.deciding.numeric import DIGITS, Witness, evaluate
from derivations.deciding.sums import free_spins, without_sums
from derivations.display import reveal
from derivations.families import Entry, Size, is_general
from derivations.instances import instances
from derivations.notation import FiniteSymbol, ProbabilitySymbol
from derivations.step import Derivation, Relation, Sentence, Step, Verdict

INFINITIES = (sp.oo, -sp.oo)
# What sympy raises where a limit depends on a sign that it does not know.
NO_LIMIT = (NotImplementedError, TypeError, ValueError)
Assignment = tuple[tuple[Expr, int], ...]


class Decision(NamedTuple):
    """What came out: the verdict, how it was reached, and the witness of a refutation."""

    verdict: Verdict
    method: str
    n_steps: int
    witness: str | None
    n_points: int = 0


class _Sides(NamedTuple):
    """A step with everything carried out; ``wrong`` is its slip's right side."""

    left: Expr
    right: Expr
    wrong: Expr | None
    relation: Relation


def decide(derivation: Derivation) -> Decision:
    """Decide all steps of a derivation, and its statement where that is a relation."""
    steps = derivation.decided
    decisions = [decide_step(step) for step in steps]
    verdicts = [decision.verdict for decision in decisions]
    n_points = sum(decision.n_points for decision in decisions)
    if not steps:
        return Decision("inconclusive", "nothing was stated that can be decided", 0, None)
    if isinstance(derivation.statement, Sentence):
        decided = [step.stated for step in derivation.steps]
        if not all(relation in decided for relation in derivation.statement.relations):
            method = "the sentence holds a relation that is none of the steps"
            return Decision("inconclusive", method, len(steps), None, n_points)
    on_the_way = [d.verdict for d in decisions[: len(derivation.steps)]]
    if derivation.expected == "refuted" and set(on_the_way) != {"supported"}:
        # What is to be refuted is the printed statement, by steps that hold.
        return Decision(
            "inconclusive", "a step on the way does not hold", len(steps), None, n_points
        )
    for verdict in ("refuted", "inconclusive"):
        if verdict in verdicts:
            telling = decisions[verdicts.index(verdict)]
            return telling._replace(n_steps=len(steps), n_points=n_points)
    methods = dict.fromkeys(decision.method for decision in decisions)
    return Decision("supported", "; ".join(methods), len(steps), None, n_points)


def decide_step(step: Step) -> Decision:
    """Decide one step; see the module's first lines for the order in which this is done."""
    wrong = None if step.slip is None else reveal(step.slip.right)
    sides = _Sides(reveal(step.left), reveal(step.right), wrong, step.relation)
    if any(side is not None and side.has(sp.Limit) for side in sides[:3]):
        return _decide_limit(sides)
    return _decide_evaluated(sides)


def _decide_limit(sides: _Sides) -> Decision:
    """Take the limits by sympy, for one assignment of the finite symbols after the other."""
    if is_general(*sides[:2]):
        return _decide_general_limit(sides)
    left, right, wrong = (side if side is None else _for_limit(side) for side in sides[:3])
    sides_to_take = (left, right, wrong)
    decisions, slip_refuted = [], wrong is None
    for assignment in _assignments(left, right):
        # A limit may depend on the spins' signs, so they get their values before sympy takes it.
        try:
            taken = [s if s is None else _given(s, assignment).doit() for s in sides_to_take]
        except NO_LIMIT as problem:
            return Decision("inconclusive", f"sympy cannot carry it out: {problem}", 1, None)
        decision = _decide_evaluated(_Sides(taken[0], taken[1], None, sides.relation))
        if decision.verdict == "refuted":
            where = "".join(f"{symbol} = {value:+d}, " for symbol, value in assignment)
            return decision._replace(witness=f"{where}{decision.witness}")
        if decision.verdict == "inconclusive":
            return decision
        if wrong is not None:
            slipped = _decide_evaluated(_Sides(taken[0], taken[2], None, sides.relation))
            slip_refuted = slip_refuted or slipped.verdict == "refuted"
        decisions.append(decision)
    n_points = sum(decision.n_points for decision in decisions)
    if not slip_refuted:
        return _cannot_fail(n_points)
    method = f"limit taken by sympy{_cases(len(decisions))}"
    return Decision("supported", method, 1, None, n_points)


def _decide_general_limit(sides: _Sides) -> Decision:
    """A limit for any N: decided at small N first, and then with a generator for every sum."""
    left, right, wrong, relation = sides
    n_points, slip_refuted = 0, wrong is None
    for sizes, small in instances(left, right, right if wrong is None else wrong):
        seen = _decide_limit(_Sides(small[0], small[1], None, relation))
        if seen.verdict == "refuted":
            where = "".join(f"{size} = {number}, " for size, number in sizes.items())
            return seen._replace(witness=f"{where}{seen.witness}")
        if seen.verdict == "inconclusive":
            return seen
        if not slip_refuted:
            slipped = _decide_limit(_Sides(small[0], small[2], None, relation))
            slip_refuted = slipped.verdict == "refuted"
        n_points += seen.n_points
    if not slip_refuted:
        return _cannot_fail(n_points)
    try:
        differences = [
            _for_limit(without_sums(_given(left - right, a))).doit()
            for a in _assignments(left, right)
        ]
    except (OutsideTheField, *NO_LIMIT) as problem:
        return Decision("inconclusive", f"cannot be carried out: {problem}", 1, None, n_points)
    if relation == "=" and all(vanishes(difference) is True for difference in differences):
        method = f"limit taken by sympy{_scope(left, right)}{_cases(len(differences))}"
        return Decision("supported", method, 1, None, n_points)
    return Decision("inconclusive", "no witness, and no exact decision", 1, None, n_points)


def _for_limit(side: Expr) -> Expr:
    """A side with each probability p written by its odds p/(1 - p).

    Sympy knows that p > 0, but not that 1 - p > 0, and a limit may depend on it.
    """
    chances = side.atoms(ProbabilitySymbol)
    return side.xreplace({p: p.odds / (1 + p.odds) for p in chances})


def _decide_evaluated(sides: _Sides) -> Decision:
    left, right, wrong, relation = sides
    if any(side.has(sp.nan, sp.zoo, sp.AccumBounds) for side in (left, right)):
        return Decision("inconclusive", "a side without a value", 1, None)
    if left in INFINITIES or right in INFINITIES:
        return _decide_infinite(sides)
    if left == right and relation == "<":
        return Decision("refuted", "both sides are the same", 1, str(Witness({}, left, right)))
    seen = evaluate(left, right, wrong, relation)
    if seen.witness is not None:
        return Decision("refuted", f"witness with {DIGITS} digits", 1, str(seen.witness))
    if wrong is not None and not seen.slip_refuted:
        return _cannot_fail(seen.n_points)
    if not seen.enough:
        method = f"could be evaluated at {seen.n_points} points only"
        return Decision("inconclusive", method, 1, None, seen.n_points)
    how = decide_exactly(left, right, relation)
    if how is None:
        return Decision("inconclusive", "no witness, and no exact decision", 1, None, seen.n_points)
    return Decision("supported", how, 1, None, seen.n_points)


def _cannot_fail(n_points: int) -> Decision:
    return Decision("inconclusive", "its slip was not refuted", 1, None, n_points)


@lru_cache  # a statement is often one of its steps
def decide_exactly(left: Expr, right: Expr, relation: Relation) -> str | None:
    """How the relation was decided to hold, or None where it was not."""
    if left == right and relation != "<":
        return "both sides are the same expression"
    kind = "identity" if relation == "=" else "inequality"
    # The spin of the one agent that acts is left general first, and given its values if need be.
    spins = free_spins(left, right)
    for given in [[], spins] if spins else [[]]:
        assignments = _assignments(left, right, *given)
        if all(_holds(_given(left, a), _given(right, a), relation) for a in assignments):
            return f"exact {kind}{_scope(left, right)}{_cases(len(assignments))}"
    return None


def _assignments(left: Expr, right: Expr, *spins: Entry) -> list[Assignment]:
    """All the ways to give the finite symbols of both sides, and ``spins``, their values."""
    symbols = left.free_symbols | right.free_symbols
    finite = sorted((s for s in symbols if isinstance(s, FiniteSymbol)), key=sp.default_sort_key)
    values = [s.values for s in finite] + [(-1, 1)] * len(spins)
    choices = itertools.product(*values)
    return [tuple(zip((*finite, *spins), choice, strict=True)) for choice in choices]


def _scope(*sides: Expr) -> str:
    """For how many of what the sides speak."""
    sizes = sorted({str(s) for side in sides for s in side.atoms(Size)})
    return f" for any {', '.join(sizes)}" if sizes else ""


def _given(side: Expr, assignment: Assignment) -> Expr:
    """A side with values for its finite symbols."""
    return side.xreplace({symbol: sp.Integer(value) for symbol, value in assignment})


def _cases(n_assignments: int) -> str:
    return f" in each of {n_assignments} configurations" if n_assignments > 1 else ""


def _holds(left: Expr, right: Expr, relation: Relation) -> bool:
    difference = right - left
    if is_general(difference):
        try:
            difference = without_sums(difference)
        except OutsideTheField:
            return False
    if relation == "=":
        return vanishes(difference) is True
    if is_positive(difference) is True:
        return True
    return relation == "<=" and vanishes(difference) is True


def _decide_infinite(sides: _Sides) -> Decision:
    """An infinite side: equal only to the same infinity (limits are taken by sympy)."""
    left, right, _, relation = sides
    if relation != "=" or not (left.is_number and right.is_number):
        return Decision("inconclusive", "an infinite side", 1, None)
    if left == right:
        return Decision("supported", "limit", 1, None)
    return Decision("refuted", "limit", 1, str(Witness({}, left, right)))
