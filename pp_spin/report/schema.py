"""The JSON Schema (draft 2020-12) of a run's document, which ships beside this file, and its use.

Every key of a document is described there. Keys that it does not know are let through, so that a
document may grow; what it knows must be there and be of its kind.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from jsonschema.exceptions import ValidationError, best_match

_FILE = Path(__file__).parent / "schema.json"


def schema_text() -> str:
    """The schema as it is published."""
    return _FILE.read_text(encoding="utf-8")


def check_schema_of(document: Any) -> None:
    """Raise ValueError where ``document``, as JSON gives it, is no sealed document of a run."""
    error = best_match(_validator().iter_errors(document))
    if error is not None:
        raise ValueError(
            f"got {_short(error.instance)} at {error.json_path}; {_reason(error)}; give the JSON "
            "that `pp-spin verify --json` wrote, whose form `pp-spin report --schema` prints"
        )


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema_text()))


def _reason(error: ValidationError) -> str:
    """Why the value cannot stand, without repeating it."""
    wanted = error.validator_value
    match error.validator:
        case "required" if isinstance(error.instance, Mapping):
            missing = [name for name in wanted if name not in error.instance]
            return f"it lacks {', '.join(missing)}"
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"it has to be of type {' or '.join(kinds)}"
        case "enum":
            return f"it has to be one of {', '.join(map(str, wanted))}"
        case rule:
            return f"the schema's rule is {rule}: {wanted}"


def _short(value: Any) -> str:
    shown = json.dumps(value, default=str)
    return shown if len(shown) <= 60 else f"{shown[:56]} ..."
