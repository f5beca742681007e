"""A user's own claims: a Python file whose module-level ``Claim`` objects are put to the test."""

import runpy
import traceback
from collections.abc import Iterable
from pathlib import Path

from pp_spin.claims.claim import Claim
from pp_spin.claims.registry import check_unique


def load_claims(path: str | Path) -> tuple[Claim, ...]:
    """The claims that ``path`` defines, in order: single ``Claim`` objects and tuples of them.

    Raises FileNotFoundError for a missing file and ValueError for one that fails to run or defines
    no claim.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"got claims file {str(path)!r}, which is not there; give the path of a Python file "
            "that defines pp_spin.claims.claim.Claim objects"
        )
    try:
        namespace = runpy.run_path(str(path), run_name="pp_spin_user_claims")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise ValueError(
            f"got claims file {str(path)!r}, which stops with {type(error).__name__}: {error} "
            f"(line {where.lineno} of {where.filename}); mend it and try again"
        ) from error
    claims = tuple(_claims_in(namespace.values()))
    if not claims:
        raise ValueError(
            f"got claims file {str(path)!r}, which defines no claim; bind at least one "
            "pp_spin.claims.claim.Claim to a module-level name"
        )
    check_unique(claims)
    return claims


def _claims_in(values: Iterable[object]) -> Iterable[Claim]:
    seen: set[int] = set()
    for value in values:
        for item in value if isinstance(value, tuple | list) else (value,):
            if isinstance(item, Claim) and id(item) not in seen:
                seen.add(id(item))
                yield item
