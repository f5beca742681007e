"""A user's own claims: a Python file whose module-level ``Claim`` objects are put to the test."""

import contextlib
import runpy
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path

from pp_spin.claims.claim import Claim
from pp_spin.claims.registry import check_unique


def load_claims(path: str | Path) -> tuple[Claim, ...]:
    """The claims that ``path`` defines, in order: single ``Claim`` objects and tuples of them.

    What the file prints goes to the standard error. Raises FileNotFoundError for a missing file and
    ValueError for a directory, a file that fails to run, or one that defines no claim.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(
            f"got claims file {str(path)!r}, which is a directory; claims are in a Python file; "
            "name the file in it"
        )
    if not path.is_file():
        raise FileNotFoundError(
            f"got claims file {str(path)!r}, which is not there; give the path of a Python file "
            "that defines pp_spin.claims.claim.Claim objects"
        )
    try:
        # The standard output belongs to the caller, who may be writing JSON to it.
        with contextlib.redirect_stdout(sys.stderr):
            namespace = runpy.run_path(str(path), run_name="pp_spin_user_claims")
    except (Exception, SystemExit) as error:  # a file's sys.exit(0) must not pass for a verdict
        words = error.msg if isinstance(error, SyntaxError) else error
        raise ValueError(
            f"got claims file {str(path)!r}, which stops with {type(error).__name__}: {words}"
            f"{_place(error, path)}; mend it and try again"
        ) from error
    claims = tuple(_claims_in(namespace.values()))
    if not claims:
        raise ValueError(
            f"got claims file {str(path)!r}, which defines no claim; bind at least one "
            "pp_spin.claims.claim.Claim to a module-level name"
        )
    check_unique(claims)
    return claims


def _place(error: BaseException, path: Path) -> str:
    """Where the user's file went wrong, in brackets; not where this package noticed it."""
    if isinstance(error, SyntaxError) and error.filename:
        return f" (line {error.lineno} of {error.filename})"
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return f" (line {lines[-1]} of {path})" if lines else ""


def _claims_in(values: Iterable[object]) -> Iterable[Claim]:
    seen: set[int] = set()
    for value in values:
        for item in value if isinstance(value, tuple | list) else (value,):
            if isinstance(item, Claim) and id(item) not in seen:
                seen.add(id(item))
                yield item
