"""What is told of a derivation: its facts, its verdict and its lines, as plain data."""

import time
from collections.abc import Callable
from typing import Any

from derivations.deciding.decide import decide
from derivations.display import latex
from derivations.rendering.proof import told_lines
from derivations.step import Definition, Derivation, Step


def record(build: Callable[[], Derivation]) -> dict[str, Any]:
    """Build a derivation, decide it, and say all that a reader or a program wants to know of it."""
    started = time.perf_counter()
    derivation = build()
    decision = decide(derivation)
    return {
        "name": build.__name__,
        "equations": list(derivation.equations),
        "form": derivation.form,
        "expected": derivation.expected,
        **decision._asdict(),
        "scope": derivation.scope,
        "assumes": list(derivation.assumes),
        "uses": list(derivation.uses),
        "statement_latex": derivation.statement_latex,
        "lines": [_line(line) for line in told_lines(derivation)],
        "seconds": time.perf_counter() - started,
    }


def _line(line: Step | Definition) -> dict[str, Any]:
    facts: dict[str, Any] = {"reason": line.reason, "latex": latex(line.stated)}
    if isinstance(line, Definition):
        return {"kind": "definition", **facts}
    return {"kind": "step", **facts, "uses": list(line.uses)}
