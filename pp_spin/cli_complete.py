"""What the shell completes for ``pp-spin``: names that options and arguments take.

A key press must be answered at once, so nothing that loads JAX is imported: names that stand in
such modules are read from their source. A claim whose id is put together there from another name
is found where a claim leans on it by its id, or else not at all.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from pp_spin.schedule import SCHEDULES

PROFILES = ("quick", "standard", "full")
FORMATS = ("text", "latex", "markdown")
RULES = (
    "probability_matching",
    "planning_as_inference(",
    "expected_free_energy(",
    "maximum_a_posteriori",
)

_ROOM = Path(__file__).parent
_NAMED_BY = ("id", "equations", "depends_on", "derivation")  # arguments of a claim


def profiles(incomplete: str) -> list[str]:
    """How much a run may cost."""
    return _beginning(incomplete, PROFILES)


def formats(incomplete: str) -> list[str]:
    """What ``pp-spin show`` writes."""
    return _beginning(incomplete, FORMATS)


def schedules(incomplete: str) -> list[str]:
    """Who acts when."""
    return _beginning(incomplete, (*SCHEDULES, "sequential(", "partially_synchronous("))


def rules(incomplete: str) -> list[str]:
    """How agents act on their beliefs."""
    return _beginning(incomplete, RULES)


def engines(incomplete: str) -> list[str]:
    """What runs a collective."""
    files = sorted((_ROOM / "engine").glob("*.py"))
    return _beginning(incomplete, [name for file in files for name in _assigned(file, "NAME")])


def jobs(incomplete: str) -> list[str]:
    """What is timed unless a job is named."""
    return _beginning(incomplete, _assigned(_ROOM / "evidence" / "jobs.py", "JOBS"))


def claims(incomplete: str) -> list[str]:
    """The paper's claims: ids, the derivations that prove them, and equations."""
    files = sorted((_ROOM / "claims").glob("*.py"))
    return _beginning(incomplete, [name for file in files for name in _named(file)])


def _beginning(incomplete: str, names: Sequence[str]) -> list[str]:
    """The names that begin so, once each; a shell would split one that has a space."""
    fitting = (name for name in names if name.startswith(incomplete) and " " not in name)
    return list(dict.fromkeys(fitting))


def _named(file: Path) -> Iterator[str]:
    for node in ast.walk(_source(file)):
        if isinstance(node, ast.keyword) and node.arg in _NAMED_BY:
            if isinstance(node.value, ast.Attribute):
                yield node.value.attr  # app_c_synchronous.synchronous_law_satisfies_...
            yield from _strings(node.value)


def _assigned(file: Path, variable: str) -> list[str]:
    """The strings of ``variable = "…"`` or ``variable = ("…", …)``."""
    return [
        word
        for node in _source(file).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == variable
        for word in _strings(node.value)
    ]


def _strings(value: ast.expr) -> list[str]:
    items = value.elts if isinstance(value, ast.Tuple | ast.List) else [value]
    return [
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]


def _source(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))
