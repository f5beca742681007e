"""The places of a claim are there, and hold what they are said to hold."""

from dataclasses import replace
from pathlib import Path

import pytest

from pp_spin.claims.places import PROGRAMS, places_of
from pp_spin.claims.registry import PAPER_CLAIMS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("claim", PAPER_CLAIMS, ids=lambda claim: claim.id)
def test_the_claim_and_its_proof_are_where_they_are_said_to_be(claim):
    places = places_of(claim)
    text = (ROOT / str(places.claim)).read_text(encoding="utf-8")
    # three of section 3 are one claim for three schedules
    assert f'"{claim.id}"' in text or claim.id[claim.id.index("_collective") :] in text
    assert places.programs
    if claim.derivation is not None:
        file, name = str(places.proof).split(": ")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def test_the_programs_of_every_section_are_there():
    assert {claim.section for claim in PAPER_CLAIMS} == set(PROGRAMS)
    assert [p for places in PROGRAMS.values() for p in places if not (ROOT / p).exists()] == []


def test_a_claim_of_somebody_elses_is_nowhere_in_the_tree():
    theirs = replace(PAPER_CLAIMS[0], title="The same, said by somebody else.")
    assert places_of(theirs).claim is None
    assert places_of(theirs).programs == []
