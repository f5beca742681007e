"""A claim is data: a sentence, what it assumes and expects, and the checks that could refute it.

``verdict`` is the one place where evidence becomes a verdict, and it is a pure function.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from derivations.step import Derivation
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

Form = Literal["printed", "corrected", "beyond"]
"""As the paper prints it, as it should read, or what follows beyond the paper."""


class Means(NamedTuple):
    """What a check is given to work with."""

    seed: int
    """its own source of randomness, 64 bits"""
    alpha: float
    """the false-alarm probability it may spend"""
    n_chains: int
    """how many independent chains it may run"""


@dataclass(frozen=True)
class Check:
    """Something that could refute a claim, on each of several cases."""

    rung: Rung
    method: str
    over: tuple[Any, ...]
    examine: Callable[[Any, Means], Evidence]
    runs_the_agents: bool = True
    """False where both sides are laws: a fault in the agents cannot show there"""
    armed_by: tuple[str, ...] = ()
    """faults, by id, that it must catch with no more data, on the case itself where the case can
    have them: else it supports nothing there"""


@dataclass(frozen=True)
class Claim:
    """A statement with its evidence to be.

    ``equations`` are the paper's numbers ("C.33") or places ("sec. 5", "Fig. 1C"). ``statement``
    is LaTeX; None: the derivation's own. A printed statement that fails expects to be *refuted*;
    claims that say what should stand in its place name it in ``corrects``.
    """

    id: str
    equations: tuple[str, ...]
    title: str
    form: Form
    expected: Verdict
    checks: tuple[Check, ...] = ()
    derivation: Callable[[], Derivation] | None = None
    assumes: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    statement: str | None = None
    corrects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for place in self.equations or ("",):
            if not re.fullmatch(r"[1-9]|1[0-3]|[ABC]\.\d+|Fig\. 1[ABC]?|sec\. \S+", place):
                raise ValueError(
                    f"got equation {place!r} in claim {self.id!r}; places are the paper's numbers "
                    "('8', 'C.33'), 'Fig. 1C' or a section ('sec. 5'); name at least one of these"
                )
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.id):
            raise ValueError(
                f"got claim id {self.id!r}; ids are file names and command-line words; use lower "
                "case letters, digits and underscores, and say the conclusion"
            )
        object.__setattr__(self, "expected", _one_of(Verdict, "expected", self.expected, self.id))
        _one_of(get_args(Form), "form", self.form, self.id)
        if not self.checks and self.derivation is None:
            raise ValueError(
                f"got claim {self.id!r} with neither a check nor a derivation; nothing could ever "
                "decide it; give it one"
            )

    @property
    def section(self) -> str:
        """The paper's section: "2.1" to "5", "A" to "C", or "Fig. 1"."""
        place = self.equations[0]
        if place.startswith("Fig."):
            return "Fig. 1"
        if place.startswith("sec. "):
            return place.removeprefix("sec. ")
        if place[0] in "ABC":
            return place[0]
        last_equations = {"2.2": 3, "2.3": 5, "3": 9, "4": 13}
        return next(name for name, last in last_equations.items() if int(place) <= last)

    @property
    def statement_latex(self) -> str:
        """The statement for a reader; where there is a derivation, made from what is decided."""
        if self.statement is not None:
            return self.statement
        return self.derivation().statement_latex if self.derivation else rf"\text{{{self.title}}}"


def _one_of(allowed: Iterable[str], name: str, value: str, claim_id: str) -> str:
    """The member of ``allowed`` that equals ``value``; ValueError where there is none."""
    for member in allowed:
        if member == value:
            return member
    raise ValueError(
        f"got {name} = {value!r} in claim {claim_id!r}; a claim is held against it; give one of "
        f"{', '.join(map(str, allowed))}"
    )


class Judgement(NamedTuple):
    """A verdict and, in a sentence, why."""

    verdict: Verdict
    reason: str


def verdict(evidence: Sequence[Evidence]) -> Judgement:
    """One refutation refutes; otherwise all evidence must agree that the claim holds.

    *Approximate* says that it holds within a tolerance that is part of the claim. Evidence that
    could not decide leaves the claim inconclusive: "not rejected" is never support.
    """
    deciding = [piece for piece in evidence if piece.rung is not Rung.DIAGNOSTIC]
    for outcome in (Verdict.REFUTED, Verdict.INCONCLUSIVE, Verdict.APPROXIMATE):
        for piece in deciding:
            if piece.verdict is outcome:
                where = f"{piece.method} on {piece.system}"
                witness = f": {piece.witness}" if piece.witness else ""
                return Judgement(outcome, f"{outcome} by {where}{witness}")
    if not deciding:
        return Judgement(Verdict.INCONCLUSIVE, "no evidence that could decide was gathered")
    rungs = ", ".join(dict.fromkeys(piece.rung for piece in deciding))
    held = "the one check holds" if len(deciding) == 1 else f"all {len(deciding)} checks hold"
    return Judgement(Verdict.SUPPORTED, f"{held} ({rungs})")
