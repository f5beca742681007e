"""Which code is under test, as a key: a digest of its sources, wherever they lie on the disk.

It covers the modules of this package and of the proofs beside it, and whatever text is given
besides (a user's own claims). It does not cover what they import from elsewhere.
"""

import hashlib
import importlib.util
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = ("pp_spin", "derivations")

FOR_TESTS_ONLY = "conftest.py"
"""Not in the installed package, which is the same code."""


def code_key(besides: Iterable[str] = ()) -> str:
    """SHA-256 (hex) of the packages' sources and of the texts ``besides``, in any order."""
    return key_of([*_sources(), *((":", text) for text in besides)])


def key_of(sources: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) of named texts; their order does not matter."""
    digest = hashlib.sha256()
    for part in sorted(sources):
        for word in part:
            data = word.encode("utf-8", "surrogateescape")
            # With its length, so that no text can pass for a name and another text.
            digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, str]]:
    """Every module's name within its package and its text, with one kind of line end."""
    for name in PACKAGES:
        found = importlib.util.find_spec(name)
        for root in map(Path, (found and found.submodule_search_locations) or ()):
            for path in root.rglob("*.py"):
                if path.name != FOR_TESTS_ONLY:
                    within = path.relative_to(root).as_posix()
                    yield f"{name}/{within}", path.read_text(encoding="utf-8")
