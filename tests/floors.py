"""Reads the imports of a source tree and says which of them the house does not allow.

A module is named by its path (``pp_spin/spin.py``), a package outside the tree by its first name
(``jax``). The table of floors and rules that this house keeps stands in ``test_floors.py``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Floor(NamedTuple):
    """A storey: its modules in order, each of which may import the earlier ones."""

    name: str
    modules: tuple[str, ...]


class Rule(NamedTuple):
    """Modules below ``of`` may not reach ``never`` through any chain of imports.

    Both hold prefixes of module paths; ``never`` may also name outside packages.
    """

    of: tuple[str, ...]
    never: tuple[str, ...]
    because: str


class Import(NamedTuple):
    """One import: ``late`` if it runs inside a function and not when its module is loaded."""

    source: str
    target: str
    line: int
    late: bool


def module_paths(root: Path, packages: tuple[str, ...]) -> list[str]:
    """Every module of the packages, as a sorted list of paths relative to ``root``.

    A conftest.py is pytest's and no part of a package.
    """
    found = [path for package in packages for path in (root / package).rglob("*.py")]
    return sorted(str(p.relative_to(root)) for p in found if p.name != "conftest.py")


def read_imports(root: Path, packages: tuple[str, ...]) -> list[Import]:
    """Every import of every module, of our modules and of outside packages alike."""
    modules = set(module_paths(root, packages))
    return [
        Import(source, locate(dotted, modules), node.lineno, late)
        for source in sorted(modules)
        for node, late in import_nodes(ast.parse((root / source).read_text(encoding="utf-8")))
        for dotted in dotted_names(node)
    ]


def import_nodes(node: ast.AST, late: bool = False) -> Iterator[tuple[ast.stmt | ast.Call, bool]]:
    """The import statements below a node, and calls that import by a string."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, late
        if isinstance(child, ast.Call) and ast.unparse(child.func).endswith(
            ("import_module", "__import__")
        ):
            yield child, late
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from import_nodes(child, late or inside)


def dotted_names(node: ast.stmt | ast.Call) -> list[str]:
    """What a statement imports, ``from a import b, c`` being ``a.b`` and ``a.c``."""
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            return [f"{'.' * level}{module or ''}.{alias.name}" for alias in names]
        case ast.Call(args=[ast.Constant(value=str(name)), *_]):
            return [name]
    return ["a name that is computed"]


def locate(dotted: str, modules: set[str]) -> str:
    """The module that a dotted name lives in: ours by its path, others by their first name."""
    parts = dotted.split(".")
    while parts:
        stem = "/".join(parts)
        for path in (f"{stem}.py", f"{stem}/__init__.py"):
            if path in modules:
                return path
        parts.pop()
    return "a relative import" if dotted.startswith(".") else dotted.split(".")[0]


# ---- complaints: a list of sentences, empty for a tidy house


def unlisted(modules: list[str], floors: tuple[Floor, ...]) -> list[str]:
    """Modules that stand on no floor, and places of the table that are empty."""
    listed = [module for floor in floors for module in floor.modules]
    return [
        f"{module} stands on no floor: add it to FLOORS in tests/test_floors.py, on the floor of "
        "its neighbours, after every module that it imports and before those that import it"
        for module in modules
        if module not in listed
    ] + [
        f"FLOORS in tests/test_floors.py lists {module}, which is not in the tree: take it out"
        for module in listed
        if module not in modules
    ]


def upward(imports: list[Import], floors: tuple[Floor, ...]) -> list[str]:
    """Imports of a later module; what remains cannot be circular."""
    place = {
        module: (height, order, floor.name)
        for height, floor in enumerate(floors)
        for order, module in enumerate(floor.modules)
    }
    return [
        f"{i.source}:{i.line} ({place[i.source][2]}) imports {i.target} ({place[i.target][2]}), "
        "which stands later in FLOORS of tests/test_floors.py: move what both need to an earlier "
        "module, or hand it in as an argument"
        for i in imports
        if i.source in place and i.target in place and place[i.target] >= place[i.source]
    ]


def late(imports: list[Import], modules: list[str], allowed_in: tuple[str, ...]) -> list[str]:
    """Imports of our modules inside functions, where they hide from a reader."""
    return [
        f"{i.source}:{i.line} imports {i.target} inside a function: import it at the top of the "
        "file, and if that is circular, the two modules want a third below them"
        for i in imports
        if i.late and i.target in modules and i.source not in allowed_in
    ]


def nameless(imports: list[Import], allowed_in: tuple[str, ...]) -> list[str]:
    """Imports whose target cannot be read."""
    return [
        f"{i.source}:{i.line} imports {i.target}: write the module's full name, so that the "
        "floors can be read from it"
        for i in imports
        if i.target in ("a relative import", "a name that is computed")
        and i.source not in allowed_in
    ]


def chain_to(start: str, imports: list[Import], never: tuple[str, ...]) -> list[str]:
    """The shortest chain of imports from ``start`` to a forbidden module; empty if there is none.

    Loading ``a/b/c.py`` also runs ``a/__init__.py`` and ``a/b/__init__.py``: they are part of it.
    """
    loaded: dict[str, list[str]] = {}
    for i in imports:
        if not i.late:
            loaded.setdefault(i.source, []).append(i.target)
    chains, seen = [[start]], {start}
    for chain in chains:
        here = chain[-1]
        if here != start and any(matches(here, prefix) for prefix in never):
            return chain
        onward = loaded.get(here, []) + [p for p in parent_packages(here) if p in loaded]
        for target in onward:
            if target not in seen:
                seen.add(target)
                chains.append([*chain, target])
    return []


def parent_packages(module: str) -> list[str]:
    """The ``__init__.py`` files that run before a module."""
    return [str(folder / "__init__.py") for folder in Path(module).parents if folder.name]


def matches(module: str, prefix: str) -> bool:
    """Whether a module is what a rule names: itself, in that folder, or that outside package."""
    return module == prefix or (prefix.endswith("/") and module.startswith(prefix))


def broken(rules: tuple[Rule, ...], imports: list[Import], modules: list[str]) -> list[str]:
    """Chains of imports that a rule forbids."""
    complaints = []
    for rule in rules:
        for module in modules:
            if any(matches(module, prefix) for prefix in rule.of):
                chain = chain_to(module, imports, rule.never)
                if chain:
                    complaints.append(
                        f"{chain[0]} may never reach {chain[-1]}, for {rule.because}; "
                        f"it does: {' -> '.join(chain)}"
                    )
    return complaints
