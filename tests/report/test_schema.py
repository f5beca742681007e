import copy
import json
import math

import jsonschema
import pytest

from pp_spin.claims.registry import PAPER_CLAIMS, select
from pp_spin.claims.runner import verify
from pp_spin.report.document import sealed
from pp_spin.report.reading import checked, read_document
from pp_spin.report.schema import check_schema_of, schema_text
from tests.report.example import example_document, expected_document

SCHEMA = json.loads(schema_text())


def subschemas(schema):
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from subschemas(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from subschemas(value)


def closed():
    """The schema with every object closed: what is not described is refused."""
    schema = copy.deepcopy(SCHEMA)
    for part in subschemas(schema):
        if "properties" in part and "required" in part and "additionalProperties" not in part:
            part["additionalProperties"] = False
    return schema


@pytest.fixture(scope="module")
def real():
    claims = select(PAPER_CLAIMS, "C.39")
    return json.loads(json.dumps(sealed(verify(claims, profile="quick"))))


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_key_is_described():
    for part in subschemas(SCHEMA):
        for name, described in part.get("properties", {}).items():
            if isinstance(described, dict) and "properties" not in part.get("properties", {}):
                assert described.get("description"), name


def test_a_real_document_is_valid_and_holds_nothing_undescribed(real):
    check_schema_of(real)
    jsonschema.Draft202012Validator(closed()).validate(real)
    assert checked(real) is real


@pytest.mark.parametrize("document", [example_document(), expected_document()])
def test_the_documents_of_the_tests_are_valid(document):
    check_schema_of(json.loads(json.dumps(sealed(document))))


def test_a_document_may_grow(real):
    grown = copy.deepcopy(real)
    grown |= {"speed": {"results": []}, "later": 1}
    grown["figures"]["fragility"] = [{"name": "a curve"}]
    grown["claims"][0] |= {"later": "open"}
    check_schema_of(grown)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            ("claims", 0, "verdict"),
            "maybe",
            r'"maybe" at \$.claims\[0\].verdict; .* one of sup',
        ),
        (
            ("claims", 0, "evidence", 0, "statistic"),
            "NaN",
            r'"NaN" at .*\.statistic; .* type num',
        ),
        (("claims", 0, "evidence", 0, "n"), 1.5, r"got 1.5 at .*\.n; .* of type integer or null"),
        (
            ("claims", 0, "evidence", 0, "interval"),
            [0.0],
            r"\.interval; .* rule is minIt",
        ),
        (("claims", 0, "equations"), "C.39", r'"C.39" at .*equations; .* of type array'),
        (("budget", "allowed"), 2, r"got 2 at \$.budget.allowed; the schema's rule is maximum: 1"),
        (("seed",), True, r"got true at \$.seed; it has to be of type integer"),
        (
            ("profile",),
            "huge",
            r"at \$.profile; it has to be one of quick, standard, full; give",
        ),
        (("hash",), "abc", r"at \$.hash; the schema's rule is pattern"),
        (("faults", 0, "must_be_caught"), None, r"must_be_caught; it has to be of type boolean"),
    ],
)
def test_what_is_of_the_wrong_kind_is_refused(real, path, value, said):
    wrong = copy.deepcopy(real)
    *way, last = path
    place = wrong
    for step in way:
        place = place[step]
    place[last] = value
    with pytest.raises(ValueError, match=said):
        check_schema_of(wrong)


@pytest.mark.parametrize("name", ["claims", "budget", "hash", "seed", "schema"])
def test_what_is_missing_is_named(real, name):
    wrong = {key: value for key, value in real.items() if key != name}
    with pytest.raises(ValueError, match=rf"at \$; it lacks {name}; give the JSON that"):
        check_schema_of(wrong)


def test_a_claim_without_its_verdict_is_refused(real):
    wrong = copy.deepcopy(real)
    del wrong["claims"][0]["verdict"]
    with pytest.raises(ValueError, match=r"claims\[0\]; it lacks verdict"):
        check_schema_of(wrong)


# ---- reading


def test_a_written_document_is_read_back(real, tmp_path):
    path = tmp_path / "run.json"
    path.write_text(json.dumps(real))
    assert read_document(path) == real


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"which is no JSON: Expecting value.*give the file that"),
        ('{"schema": 1', r"which is no JSON"),
        ('{"schema": NaN}', r"NaN is no number of JSON"),
        ('{"schema": 1, "seconds": 1e999}', r"1e999 is beyond what a float holds"),
        ("[" * 100_000, r"which is no JSON"),
        ("[]", r"got \[\] at \$; it has to be of type object"),
        ('{"schema": 2}', r"got a document of schema 2; this pp-spin reads schema 1; use the pp-"),
    ],
    ids=["empty", "cut", "nan", "infinite", "deep", "list", "version"],
)
def test_a_file_that_is_no_document_is_refused(tmp_path, text, said):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read_document(path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ValueError, match=r"which is no JSON: 'utf-8' codec"):
        read_document(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"which is not there; a run writes one; make it"):
        read_document(tmp_path / "run.json")
    with pytest.raises(ValueError, match=r"which is a folder; one file is read; name the report"):
        read_document(tmp_path)


def test_an_altered_document_is_refused_and_the_clock_is_not_sealed(real):
    checked({**real, "seconds": real["seconds"] + 1})
    with pytest.raises(ValueError, match=r"it has been altered since the run; take the file"):
        checked({**real, "seed": real["seed"] + 1})
    assert math.isfinite(real["seconds"])
