"""A claim stands no better than those that it rests on, and makes their assumptions too."""

from typing import Any

import pytest

from pp_spin.claims.inheritance import STATUSES, dependencies, with_inheritance


def entry(claim_id: str, *needs: str, verdict: str = "supported", **named: Any) -> dict[str, Any]:
    piece = {"rung": named.pop("rung", "exhaustive"), "verdict": verdict}
    blank = {"expected": "supported", "assumptions": [], "evidence": [piece]}
    return {"id": claim_id, "depends_on": list(needs), "verdict": verdict, **blank, **named}


def statuses(*entries: dict[str, Any]) -> dict[str, str]:
    return {each["id"]: each["status"] for each in with_inheritance(entries)}


@pytest.mark.parametrize(
    ("status", "named"),
    [
        ("proved", {"rung": "symbolic"}),
        ("supported", {}),
        ("approximate", {"verdict": "approximate", "expected": "approximate"}),
        ("refuted", {"verdict": "refuted", "expected": "refuted", "rung": "symbolic"}),
        ("inconclusive", {"verdict": "inconclusive", "rung": "symbolic"}),
        ("contradiction", {"verdict": "refuted"}),
        ("contradiction", {"expected": "refuted"}),
    ],
)
def test_status_without_ancestors_is_that_of_the_claims_own_evidence(status, named):
    assert statuses(entry("a", **named)) == {"a": status}
    assert status in STATUSES


@pytest.mark.parametrize("verdict", ["inconclusive", "refuted"])
def test_what_rests_on_an_open_claim_is_open_however_far_away(verdict):
    found = statuses(
        entry("far", verdict=verdict), entry("near", "far"), entry("a", "near"), entry("aside")
    )
    assert found["near"] == found["a"] == "ancestor open"
    assert found["aside"] == "supported"
    assert found["far"] == ("inconclusive" if verdict == "inconclusive" else "contradiction")


def test_what_rests_on_an_expected_refutation_is_not_open():
    assert statuses(entry("p", verdict="refuted", expected="refuted"), entry("a", "p"))["a"] == (
        "supported"
    )


def test_assumptions_are_inherited_once_from_the_nearest_and_not_where_the_claim_makes_them():
    far = entry("far", assumptions=["finite", "symmetric"])
    near = entry("near", "far", assumptions=["finite", "no self-tie"])
    found = with_inheritance([far, near, entry("a", "near", assumptions=["symmetric"])])
    assert found[2]["inherited"] == [
        {"assumption": "finite", "from": "near"},
        {"assumption": "no self-tie", "from": "near"},
    ]
    assert found[1]["inherited"] == [{"assumption": "symmetric", "from": "far"}]


def test_what_was_not_run_is_no_ancestor():
    assert statuses(entry("a", "elsewhere")) == {"a": "supported"}


def test_claims_that_rest_on_each_other_are_refused():
    with pytest.raises(ValueError, match="got claims that rest on each other in a circle, "):
        dependencies([entry("a", "b"), entry("b", "a")])
