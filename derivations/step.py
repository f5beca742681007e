"""A proof is a list of steps: the words of the proof book (decide.py decides them).

A step states ``left relation right``, gives the reason and names the earlier results that it leans
on. It carries a *slip*: the same step with a mistake in it, such as a factor 2 that is dropped,
which has to be refuted. A step whose slip passes would pass whatever it said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sympy as sp
from sympy import Expr

from derivations.display import Named, definitions, latex
from derivations.families import Index, Size
from derivations.notation import SpinSymbol

Form = Literal["printed", "corrected", "beyond"]
Verdict = Literal["supported", "refuted", "inconclusive"]
Relation = Literal["=", "<", "<="]

RELATIONS: dict[type, Relation] = {sp.Eq: "=", sp.StrictLessThan: "<", sp.LessThan: "<="}


@dataclass(frozen=True)
class Slip:
    """A mistake that is easily made, and the right side that it would give."""

    mistake: str
    right: Expr


@dataclass(frozen=True)
class Step:
    """``left relation right``, why, which earlier derivations (by name) it leans on, and a slip."""

    left: Expr
    right: Expr
    reason: str
    uses: tuple[str, ...] = ()
    relation: Relation = "="
    slip: Slip | None = None

    @property
    def stated(self) -> sp.Basic:
        """The step as the relation that a reader sees."""
        kind = next(kind for kind, sign in RELATIONS.items() if sign == self.relation)
        return kind(self.left, self.right, evaluate=False)


@dataclass(frozen=True)
class Definition:
    """A line of a proof that says what a name stands for; there is nothing in it to decide."""

    named: Named
    reason: str

    @property
    def stated(self) -> sp.Basic:
        """The definition as the equation that a reader sees."""
        return sp.Eq(self.named, self.named.definition, evaluate=False)


@dataclass(frozen=True)
class Sentence:
    """A statement in words around relations, each of which is one of the steps: "{} at {}"."""

    words: str
    relations: tuple[sp.Basic, ...]

    @property
    def latex(self) -> str:
        """The words as text, the relations as formulas."""
        texts = [rf"\text{{{text}}}" if text else "" for text in self.words.split("{}")]
        formulas = [*map(latex, self.relations), ""]
        return "".join(a + b for a, b in zip(texts, formulas, strict=True))


@dataclass(frozen=True)
class Derivation:
    """A statement of the paper, or about it, and the lines that lead there.

    Attributes:
        name: the name of the function that builds it.
        equations: the paper's numbers, or "sec. 4" for an unnumbered statement.
        form: as "printed", as "corrected", or "beyond" the paper.
        statement: a sympy relation, which is decided like a step, or a sentence about the steps.
        assumes: what has to hold, one sentence each.
        lines: definitions and steps, from what is given to the conclusion.
        slip: the statement with a mistake in it.
        expected: "refuted" for a printed statement that fails.
    """

    name: str
    equations: tuple[str, ...]
    form: Form
    statement: sp.Basic | Sentence
    assumes: tuple[str, ...]
    lines: tuple[Step | Definition, ...]
    slip: Slip | None = None
    expected: Verdict = "supported"

    @property
    def steps(self) -> tuple[Step, ...]:
        """The lines that are decided."""
        return tuple(line for line in self.lines if isinstance(line, Step))

    @property
    def conclusion(self) -> Step | None:
        """The statement as the last step; None where it is a sentence about the others."""
        if isinstance(self.statement, Sentence):
            return None
        left, right = self.statement.args
        relation = RELATIONS[type(self.statement)]
        return Step(left, right, "the statement", relation=relation, slip=self.slip)

    @property
    def decided(self) -> tuple[Step, ...]:
        """All that is decided: the steps and, where it is a relation, the statement."""
        return self.steps if self.conclusion is None else (*self.steps, self.conclusion)

    @property
    def uses(self) -> tuple[str, ...]:
        """The names of the derivations that some step leans on, each once."""
        return tuple(dict.fromkeys(name for step in self.steps for name in step.uses))

    @property
    def statement_latex(self) -> str:
        """The statement and the names in it, rendered from the object that is decided."""
        if isinstance(self.statement, Sentence):
            return self.statement.latex
        named = definitions(self.statement).items()
        meant = [f"{latex(Named(name, expr))} = {latex(expr)}" for name, expr in named]
        return r"\quad ".join([latex(self.statement), *meant])

    @property
    def definitions(self) -> dict[str, Expr]:
        """What the names in the statement and in the lines stand for."""
        return definitions(sp.Tuple(*self._relations()))

    @property
    def scope(self) -> str:
        """For how many it is proved: "any N", or the number of spins that are written out."""
        parts = {s for r in self._relations() for s in _deep(r).atoms(Size, Index)}
        sizes = sorted({str(s.size if isinstance(s, Index) else s) for s in parts})
        if sizes:
            return "any " + ", ".join(sizes)
        numbers = [
            int(found.group(1))
            for r in self._relations()
            for s in _deep(r).atoms(SpinSymbol)
            if (found := re.fullmatch(r"[a-z]+_(\d+)", s.name))
        ]
        return f"N = {max(numbers)}" if numbers else "one agent"

    def _relations(self) -> Iterator[sp.Basic]:
        if isinstance(self.statement, Sentence):
            yield from self.statement.relations
        else:
            yield self.statement
        yield from (line.stated for line in self.lines)


def _deep(relation: sp.Basic) -> sp.Basic:
    """The relation with all that its names stand for."""
    return sp.Tuple(relation, *definitions(relation).values())


def equation(left: Expr, right: Expr) -> sp.Basic:
    """``left = right`` as a statement that sympy prints and does not try to simplify."""
    return sp.Eq(left, right, evaluate=False)


def definition(named: Named, reason: str) -> Definition:
    """The line that tells a reader what a name stands for."""
    return Definition(named, reason)
