"""Every status that a claim can have has a mark, a word and a meaning."""

from pp_spin.claims import inheritance
from pp_spin.report.status import STATUSES, status, tally
from tests.report.example import claim, example_document


def test_the_statuses_are_those_of_the_claims():
    assert tuple(STATUSES) == inheritance.STATUSES
    shown = [(s.key, s.mark, s.word) for s in STATUSES.values()]
    for column in zip(*shown, strict=True):
        assert len(set(column)) == len(STATUSES)
    assert all(s.key.isalpha() for s in STATUSES.values())


def test_only_a_printed_statement_is_refuted_as_printed():
    words = [
        status(claim("a", "3", "t", status="refuted", form=form)).word
        for form in ("printed", "beyond")
    ]
    assert words == ["refuted as printed", "refuted"]


def test_the_tally_has_what_occurs():
    found = {shown.key: count for shown, count in tally(example_document()["claims"])}
    assert found == {
        "proved": 1,
        "supported": 1,
        "approximate": 1,
        "refuted": 1,
        "inconclusive": 1,
        "contradiction": 1,
    }
