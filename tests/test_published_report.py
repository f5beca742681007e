"""The published run is one of this code, and its files are what its document makes.

Every test also holds a small run that is made here, where seeded faults show that it can fail.
``make report`` publishes anew.
"""

import copy
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from pp_spin.claims.claim import Claim
from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.claims.runner import exit_code, verify
from pp_spin.report.document import sealed
from pp_spin.report.faces import FACES, faces
from pp_spin.report.html import anchors
from pp_spin.report.reading import read_document
from pp_spin.report.wording import number
from tests import oracle
from tests.published import stale_claims, stale_evidence, stale_faces, stale_statistics

PUBLISHED = Path(__file__).parent.parent / "reports"
SMALL = (
    "random_scan_collective_is_reversible",
    "parallel_updates_sample_another_law",
    "printed_cross_terms_cancel_over_unordered_pairs",
    "cross_terms_cancel_over_ordered_pairs",
)


class Run(NamedTuple):
    """A folder of reports, its document as data, and what it is a run of."""

    folder: Path
    document: dict[str, Any]
    claims: Sequence[Claim]
    profile: str


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    claims = tuple(claim for claim in PAPER_CLAIMS if claim.id in SMALL)
    folder = tmp_path_factory.mktemp("reports")
    for name, data in faces(sealed(verify(claims, profile="quick", seed=3))).items():
        (folder / name).write_bytes(data)
    return Run(folder, json.loads((folder / "report.json").read_bytes()), claims, "quick")


WHICH = ["small", *(["published"] if (PUBLISHED / "report.json").exists() else [])]


@pytest.fixture(scope="module")
def published():
    if not (PUBLISHED / "report.json").exists():
        pytest.skip("no run is published in this tree")
    document = json.loads((PUBLISHED / "report.json").read_bytes())
    return Run(PUBLISHED, document, PAPER_CLAIMS, "full")


@pytest.fixture(scope="module", params=WHICH)
def run(request):
    return request.getfixturevalue(request.param)


def test_the_run_is_whole_or_absent():
    found = [name for name in FACES if (PUBLISHED / name).exists()]
    assert found in ([], list(FACES))


def test_the_document_is_as_its_run_sealed_it_and_every_verdict_as_expected(run):
    document = read_document(run.folder / "report.json")
    assert document["profile"] == run.profile
    assert exit_code(document) == 0


def test_every_face_is_made_again_byte_for_byte(run):
    assert stale_faces(run.folder, run.document) == []


def test_every_claim_of_the_document_has_its_page(run):
    text = (run.folder / "report.html").read_text(encoding="utf-8")
    ids = set(re.findall(r'<article class="claim [^"]*" id="([^"]*)"', text))
    assert ids == set(anchors(run.document).values())
    assert len(ids) == len(run.claims)


def test_the_numbers_of_a_picture_are_those_of_the_runs_own_model(published):
    """Fig. 1C by the logistic function."""
    figures = published.document["figures"]
    for curve in figures["fig_1c"]["right"]:
        field = curve["zeta"] + curve["gamma"] * np.array(curve["sum"])
        np.testing.assert_allclose(curve["up_prob"], oracle.sigmoid(2 * field), atol=1e-11)
        first = f"from {number(curve['up_prob'][0])} at {number(curve['sum'][0])}"
        assert first in (published.folder / "report.html").read_text(encoding="utf-8")


def test_claims_checks_proofs_and_faults_are_the_codes(run):
    assert stale_claims(run.document, run.claims) == []


def test_exact_evidence_comes_out_again(run):
    assert stale_evidence(run.document, run.claims) == []


def test_a_statistical_check_comes_out_again(run):
    assert stale_statistics(run.document, run.claims) == []


# ---- seeded faults


@pytest.mark.parametrize("name", FACES)
def test_a_face_that_was_edited_or_lost_is_found(small, tmp_path, name):
    for face in FACES:
        (tmp_path / face).write_bytes((small.folder / face).read_bytes())
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\n")
    assert stale_faces(tmp_path, small.document) == [f"{name} is not what its document makes"]
    (tmp_path / name).unlink()
    assert stale_faces(tmp_path, small.document) == [f"{name} is not what its document makes"]


def test_a_document_that_was_edited_is_found(small, tmp_path):
    edited = copy.deepcopy(small.document)
    edited["claims"][0]["evidence"][1]["statistic"] = 0.0
    (tmp_path / "report.json").write_text(json.dumps(edited))
    with pytest.raises(ValueError, match=r"it has been altered since the run; take the file"):
        read_document(tmp_path / "report.json")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("claims", 0, "id"), "another_claim"),
        (("claims", 0, "title"), "Another sentence."),
        (("claims", 0, "equations"), ["C.37"]),
        (("claims", 0, "form"), "beyond"),
        (("claims", 0, "expected"), "refuted"),
        (("claims", 0, "statement_latex"), "x = x"),
        (("claims", 0, "assumptions"), []),
        (("claims", 1, "depends_on"), []),
        (("claims", 3, "corrects"), []),
        (("claims", 0, "evidence", 1, "method"), "another method"),
        (("claims", 0, "evidence", 1, "system"), "another system"),
        (("derivations", 0, "name"), "another_proof"),
        (("derivations", 0, "statement_latex"), "x = x"),
        (("derivations", 0, "lines", 0, "reason"), "because"),
        (("faults", 0, "id"), "another_fault"),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_a_run_of_other_code_is_found(small, path, value):
    other = altered(small.document, path, value)
    assert len(stale_claims(other, small.claims)) == 1


def test_a_run_without_a_claim_or_a_case_is_found(small):
    fewer = {**small.document, "claims": small.document["claims"][1:]}
    [said] = stale_claims(fewer, small.claims)
    assert "random_scan_collective_is_reversible" in said
    more = stale_claims({**small.document, "profile": "standard"}, small.claims)
    assert any("evidence of random_scan_collective_is_reversible" in line for line in more)


@pytest.mark.parametrize(
    ("name", "value"), [("statistic", 0.5398271), ("verdict", "refuted"), ("n", 2)]
)
def test_exact_evidence_of_other_numbers_is_found(small, name, value):
    claim = next(c for c in small.claims if c.id == "parallel_updates_sample_another_law")
    place = small.claims.index(claim)
    [item] = [
        k
        for k, piece in enumerate(small.document["claims"][place]["evidence"])
        if piece["rung"] == "exhaustive"
    ]
    other = altered(small.document, ("claims", place, "evidence", item, name), value)
    [said] = stale_evidence(other, [claim])
    assert f": {name} {value!r} in the run" in said


def test_a_statistic_of_another_seed_is_found(small):
    said = stale_statistics({**small.document, "seed": 4}, small.claims)
    assert any(": statistic " in line for line in said)


def altered(document, path, value):
    other = copy.deepcopy(document)
    *way, last = path
    place = other
    for step in way:
        place = place[step]
    assert place[last] != value
    place[last] = value
    return other
