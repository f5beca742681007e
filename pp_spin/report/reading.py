"""A run's document read back from its file: whole, of the known schema, and as it was sealed."""

import json
import math
from pathlib import Path
from typing import Any

from pp_spin.report.document import HASH_KEY, content_hash
from pp_spin.report.schema import check_schema_of

SCHEMA_VERSION = 1


def read_document(path: Path) -> dict[str, Any]:
    """The document in ``path``.

    The seconds, and what earlier runs found, are no part of what the hash seals.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it holds no JSON, or a document of another version or form, or one that has
            been changed since it was written; what was got, and what to do.
    """
    if not path.exists():
        raise FileNotFoundError(
            f"got the document {str(path)!r}, which is not there; a run writes one; "
            "make it with `pp-spin verify --json FILE` or `--out DIR`"
        )
    if path.is_dir():
        raise ValueError(
            f"got the document {str(path)!r}, which is a folder; one file is read; "
            "name the report.json in it"
        )
    return checked(_parsed(path))


def checked(document: Any) -> dict[str, Any]:
    """``document`` if it is one, as it was sealed; ValueError, as in `read_document`, if not."""
    version = document.get("schema") if isinstance(document, dict) else None
    # True and 1.0 equal 1, and are no version.
    if isinstance(version, int) and repr(version) != repr(SCHEMA_VERSION):
        raise ValueError(
            f"got a document of schema {version}; this pp-spin reads schema {SCHEMA_VERSION}; "
            "use the pp-spin that wrote it, or run `pp-spin verify` again"
        )
    check_schema_of(document)
    found = content_hash(document)
    if found != document[HASH_KEY]:
        raise ValueError(
            f"got a document that says its hash is {document[HASH_KEY][:12]}, but what it holds "
            f"has the hash {found[:12]}; it has been altered since the run; "
            "take the file that the run wrote, or run `pp-spin verify` again"
        )
    return document


def _parsed(path: Path) -> Any:
    try:
        return json.loads(
            path.read_bytes().decode("utf-8"), parse_constant=_refused, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"got the document {str(path)!r}, which is no JSON: {error}; "
            "give the file that `pp-spin verify --json` wrote"
        ) from None


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is beyond what a float holds")
    return value
