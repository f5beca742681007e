r"""Reads LaTeX as far as is needed to see that it would compile: groups, maths, environments, rows.

Raises AssertionError for a brace or an environment that is not closed in its order, a special sign
out of place, a table row of another number of cells than its table has, or a formula that
latex2mathml does not understand.
"""

import re

from pp_spin.report.mathml import mathml

RULES = "toprule|midrule|endhead|bottomrule"
DISPLAYS = ("gather*", "align*")
COLUMN = r">\{\\raggedright\\arraybackslash\}p\{[0-9.]+\\linewidth\}"
TOKEN = re.compile(
    r"%[^\n]*|\\begin\{(?P<begin>[^}]*)\}|\\end\{(?P<end>[^}]*)\}|\\[A-Za-z]+\*?|\\.|[{}$&#^_~]"
)


def check_latex(source: str) -> None:
    """Read a whole fragment."""
    source.encode()
    stack: list[str] = []
    for found in TOKEN.finditer(source):
        token, before = found[0], source[: found.start()]
        where = before[-60:] + " >>> " + token
        inside = stack[-1] if stack else ""
        maths = "$" in stack or any(name in stack for name in DISPLAYS)
        if token.startswith("%"):
            assert before.endswith("\n") or not before, where
        elif found["begin"]:
            stack.append(found["begin"])
        elif found["end"]:
            assert stack.pop() == found["end"], where
        elif token == "{":
            stack.append("{")
        elif token == "}":
            assert inside == "{", where
            stack.pop()
        elif token == "$":
            stack.pop() if inside == "$" else stack.append("$")
            assert stack.count("$") <= 1, where
        elif token in "^_":
            assert maths, where
        elif token == "&":
            assert inside == "longtable", where
        else:
            assert token not in "#~", where
    assert not stack, stack
    _check_rows(source)
    _check_formulas(source)


def _check_rows(source: str) -> None:
    table = rf"\\begin\{{longtable\}}\{{((?:{COLUMN})+)\}}\n(.*?)\\end\{{longtable\}}"
    found = re.findall(table, source, re.DOTALL)
    assert len(found) == source.count(r"\begin{longtable}")
    for head, body in found:
        columns = len(re.findall(COLUMN, head))
        for row in body.strip().split("\n"):
            if row.endswith(r"\\"):
                assert len(re.findall(r"(?<!\\)&", row)) == columns - 1, row
                assert not re.match(r"\s*[\[*]", row), row
            else:
                assert re.fullmatch(rf"\\({RULES}|addlinespace.*\\\*)", row), row


def _check_formulas(source: str) -> None:
    inline = re.findall(r"(?<!\\)\$([^$]*)\$", re.sub(r"\\text\{[^{}]*\}", "", source))
    displays = re.findall(r"\\begin\{gather\*\}\n(.*?)\n\\end", source, re.DOTALL)
    for formula in [*inline, *(row for d in displays for row in d.split(" \\\\\n"))]:
        if "$" not in formula:
            assert mathml(formula) is not None or not formula.strip(), formula
