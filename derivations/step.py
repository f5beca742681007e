"""A proof is a list of steps, and every step is decided (the machinery of the proof book).

A step states ``left relation right``. It is decided in this order, and by nothing else:

1. substitutions, derivatives, sums and limits that are written out are carried out by sympy;
2. a point is looked for at which the two sides differ, with 50 digits and again with 100, over all
   values of the spins; one is enough, and the verdict is *refuted* with that witness;
3. for every assignment of the spins the difference is written in the field of exponentials and
   logarithms (exact.py); if it is zero in all of them the verdict is *supported*;
4. otherwise the verdict is *inconclusive*. Agreement at points is never support.

A derivation is refuted if one of its steps, or its statement, is.
"""

import itertools
from dataclasses import dataclass
from typing import Literal, NamedTuple

import sympy as sp
from sympy import Expr

from derivations.display import Named, definitions, reveal
from derivations.exact import is_positive, vanishes
from derivations.notation import FiniteSymbol, ProbabilitySymbol, at
from derivations.numeric import DIGITS, Witness, find_disagreement

Form = Literal["printed", "corrected", "beyond"]
Verdict = Literal["supported", "refuted", "inconclusive"]
Relation = Literal["=", "<", "<="]

N_PARAMETER_DRAWS = 3
RELATIONS: dict[type, Relation] = {sp.Eq: "=", sp.StrictLessThan: "<", sp.LessThan: "<="}


@dataclass(frozen=True)
class Step:
    """``left relation right``, why, and which earlier derivations (by name) it leans on."""

    left: Expr
    right: Expr
    reason: str
    uses: tuple[str, ...] = ()
    relation: Relation = "="


@dataclass(frozen=True)
class Derivation:
    """A statement of the paper, or about it, and the steps that lead there.

    Attributes:
        name: the name of the function that builds it.
        equations: the paper's numbers, or "sec. 4" for an unnumbered statement.
        form: as "printed", as "corrected", or "beyond" the paper.
        statement: a sympy relation, which is decided like a step, or LaTeX.
        assumes: what has to hold, one sentence each.
        steps: from what is given to the conclusion.
    """

    name: str
    equations: tuple[str, ...]
    form: Form
    statement: sp.Basic | str
    assumes: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def uses(self) -> tuple[str, ...]:
        """The names of the derivations that some step leans on, each once."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.uses))

    @property
    def statement_latex(self) -> str:
        """The statement and the names in it, rendered from the object that is decided."""
        if isinstance(self.statement, str):
            return self.statement
        named = definitions(self.statement).items()
        meant = [f"{sp.latex(Named(name, expr))} = {sp.latex(expr)}" for name, expr in named]
        return r"\quad ".join([sp.latex(self.statement), *meant])

    @property
    def definitions(self) -> dict[str, Expr]:
        """What the names in the statement and in the steps stand for."""
        parts = [side for step in self.steps for side in (step.left, step.right)]
        if isinstance(self.statement, sp.Basic):
            parts.insert(0, self.statement)
        return definitions(sp.Tuple(*parts))


class Decision(NamedTuple):
    """What came out: the verdict, how it was reached, and the witness of a refutation."""

    verdict: Verdict
    method: str
    n_steps: int
    witness: str | None


def equation(left: Expr, right: Expr) -> sp.Basic:
    """``left = right`` as a statement that sympy prints and does not try to simplify."""
    return sp.Eq(left, right, evaluate=False)


def definition(named: Named, reason: str) -> Step:
    """The step that tells a reader what a name stands for."""
    return Step(named, named.definition, reason)


def decide_step(step: Step) -> Decision:
    """Decide one step; see the module's first lines for the order in which this is done."""
    left, right = reveal(step.left), reveal(step.right)
    if not any(side.has(sp.Limit) for side in (left, right)):
        return _decide_evaluated(left, right, step.relation)
    decisions = []
    left, right = _with_odds(left, right)
    for assignment in _assignments(left, right):
        # A limit may depend on the spins' signs, so they get their values before sympy takes it.
        try:
            sides = [at(side, *assignment).doit() for side in (left, right)]
        except (NotImplementedError, TypeError, ValueError) as problem:
            return Decision("inconclusive", f"sympy cannot carry it out: {problem}", 1, None)
        decision = _decide_evaluated(sides[0], sides[1], step.relation)
        if decision.verdict == "refuted":
            where = "".join(f"{symbol} = {value:+d}, " for symbol, value in assignment)
            return decision._replace(witness=f"{where}{decision.witness}")
        decisions.append(decision)
    undecided = [d for d in decisions if d.verdict == "inconclusive"]
    if undecided:
        return undecided[0]
    return Decision("supported", f"limit taken by sympy{_cases(len(decisions))}", 1, None)


def decide(derivation: Derivation) -> Decision:
    """Decide all steps of a derivation, and its statement where that is a sympy relation."""
    steps = list(derivation.steps)
    if isinstance(derivation.statement, tuple(RELATIONS)):
        steps.append(_as_step(derivation.statement))
    decisions = [decide_step(step) for step in steps]
    verdicts = [decision.verdict for decision in decisions]
    verdict: Verdict = "supported"
    if "refuted" in verdicts:
        verdict = "refuted"
    elif "inconclusive" in verdicts or not steps:
        verdict = "inconclusive"
    if verdict == "supported":
        methods = dict.fromkeys(decision.method for decision in decisions)
        return Decision(verdict, "; ".join(methods), len(steps), None)
    telling = decisions[verdicts.index(verdict)] if steps else None
    method = telling.method if telling else "nothing was stated that can be decided"
    return Decision(verdict, method, len(steps), telling.witness if telling else None)


def _as_step(statement: sp.Basic) -> Step:
    left, right = statement.args
    return Step(left, right, "the statement", relation=RELATIONS[type(statement)])


def _with_odds(*sides: Expr) -> tuple[Expr, ...]:
    """The sides of a limit with each probability p written by its odds p/(1 - p).

    Sympy knows that p > 0, but not that 1 - p > 0, and a limit may depend on it.
    """
    chances = {p for side in sides for p in side.atoms(ProbabilitySymbol)}
    by_odds = {p: p.odds / (1 + p.odds) for p in chances}
    return tuple(side.xreplace(by_odds) for side in sides)


def _decide_evaluated(left: Expr, right: Expr, relation: Relation) -> Decision:
    if any(side.has(sp.nan, sp.zoo, sp.AccumBounds) for side in (left, right)):
        return Decision("inconclusive", "a side without a value", 1, None)
    if left.is_infinite or right.is_infinite:
        return _decide_infinite(left, right, relation)
    if left == right and relation != "<":
        return Decision("supported", "both sides are the same expression", 1, None)
    witness = find_disagreement(left, right, relation, N_PARAMETER_DRAWS)
    if witness is not None:
        return Decision("refuted", f"witness with {DIGITS} digits", 1, str(witness))
    assignments = _assignments(left, right)
    for assignment in assignments:
        if not _holds(at(left, *assignment), at(right, *assignment), relation):
            return Decision("inconclusive", "no witness, and no exact decision", 1, None)
    kind = "identity" if relation == "=" else "inequality"
    return Decision("supported", f"exact {kind}{_cases(len(assignments))}", 1, None)


def _assignments(left: Expr, right: Expr) -> list[tuple[tuple[FiniteSymbol, int], ...]]:
    """All the ways to give the finite symbols of both sides their values."""
    symbols = left.free_symbols | right.free_symbols
    finite = sorted((s for s in symbols if isinstance(s, FiniteSymbol)), key=sp.default_sort_key)
    choices = itertools.product(*(s.values for s in finite))
    return [tuple(zip(finite, values, strict=True)) for values in choices]


def _cases(n_assignments: int) -> str:
    return f" in each of {n_assignments} configurations" if n_assignments > 1 else ""


def _holds(left: Expr, right: Expr, relation: Relation) -> bool:
    if relation == "=":
        return vanishes(left - right) is True
    if is_positive(right - left) is True:
        return True
    return relation == "<=" and vanishes(left - right) is True


def _decide_infinite(left: Expr, right: Expr, relation: Relation) -> Decision:
    """An infinite side: equal only to the same infinity (limits are taken by sympy)."""
    if relation != "=" or not (left.is_number and right.is_number):
        return Decision("inconclusive", "an infinite side", 1, None)
    if left == right:
        return Decision("supported", "limit", 1, None)
    return Decision("refuted", "limit", 1, str(Witness({}, left, right)))
