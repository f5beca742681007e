"""``pytest derivations`` runs the proofs: one item per step, and one for the statement.

Any file with a list ``DERIVATIONS`` is a chapter. A step has to be *supported*, which includes that
its slip is refuted; a statement has to come out as its derivation expects. This file collects
tests and does not ship with the proofs, which never import pytest.
"""

import re
import runpy
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from derivations.deciding.decide import Decision, decide_step
from derivations.rendering.page import Display, Line, Lines, Paragraph
from derivations.rendering.proof import notes_on, statement_runs
from derivations.rendering.text import text
from derivations.step import Derivation, Sentence, Step


class NotAsExpected(Exception):
    """A verdict that should have been another; its text is the whole report."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "Chapter | None":
    """Collect the files that list derivations."""
    if file_path.suffix != ".py":
        return None
    listed = re.search(r"^DERIVATIONS\b", file_path.read_text(encoding="utf-8"), re.MULTILINE)
    return Chapter.from_parent(parent, path=file_path) if listed else None


class Chapter(pytest.File):
    """A file of the proof book."""

    def collect(self) -> Iterable["Result"]:
        """Its derivations."""
        for build in runpy.run_path(str(self.path))["DERIVATIONS"]:
            yield Result.from_parent(self, name=build.__name__, build=build)


class Result(pytest.Collector):
    """One derivation."""

    def __init__(self, build: Callable[[], Derivation], **named: Any):
        super().__init__(**named)
        self.build = build

    def collect(self) -> Iterable["StepItem | SentenceItem"]:
        """Its steps, numbered as on every page, and its statement."""
        derivation = self.build()
        for number, step in enumerate(derivation.steps, 1):
            name = f"{number} {step.reason}"
            yield StepItem.from_parent(self, name=name, step=step, expected="supported")
        if derivation.conclusion is None:
            yield SentenceItem.from_parent(self, name="the statement", derivation=derivation)
        else:
            yield StepItem.from_parent(
                self,
                name="the statement",
                step=derivation.conclusion,
                expected=derivation.expected,
            )


class ProofItem(pytest.Item):
    """Something to decide, which reports without a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report of a verdict; the traceback of anything else."""
        if isinstance(excinfo.value, NotAsExpected):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where it stands: the chapter, the derivation and the step."""
        assert self.parent is not None
        return self.path, None, f"{self.parent.name}: {self.name}"


class StepItem(ProofItem):
    """One step, or a statement that is decided like a step."""

    def __init__(self, step: Step, expected: str, **named: Any):
        super().__init__(**named)
        self.step, self.expected = step, expected

    def runtest(self) -> None:
        """Decide it, and its slip."""
        decision = decide_step(self.step)
        if decision.verdict != self.expected:
            raise NotAsExpected(_report(self.step, decision, self.expected))


class SentenceItem(ProofItem):
    """A statement in words, whose relations have to be those of steps."""

    def __init__(self, derivation: Derivation, **named: Any):
        super().__init__(**named)
        self.derivation = derivation

    def runtest(self) -> None:
        """Look for each relation among the steps."""
        statement = self.derivation.statement
        assert isinstance(statement, Sentence)
        decided = {step.stated for step in self.derivation.steps}
        missing = [relation for relation in statement.relations if relation not in decided]
        if missing:
            page = (
                Paragraph(("This relation of the statement is none of the steps:",)),
                Display(missing[0]),
                Paragraph(("The statement:",)),
                Paragraph(statement_runs(self.derivation)),
            )
            raise NotAsExpected(text(page))


def _report(step: Step, decision: Decision, expected: str) -> str:
    """The step as on its page, what came out and what should have."""
    line = Line(
        "The step:", (step.reason,), step.stated, tuple(notes_on(step, decision, slips=True))
    )
    return text((Lines((line,)), Paragraph((f"expected: {expected}",))))
