"""Every claim has a place of its own on the map, in the band of its section, and arrows lead on."""

import re

import pytest

from pp_spin.report import claim_map as claim_map_module
from pp_spin.report.claim_map import GAP_X, HEIGHT, WIDTH, claim_map
from tests.report.example import claim, example_document


def chain(*sections: str) -> list[dict]:
    """Claims c0, c1, …, each resting on the one before."""
    return [
        claim(f"c{k}", "3", "t", section=section, depends_on=[f"c{k - 1}"] if k else [])
        for k, section in enumerate(sections)
    ]


def test_every_claim_has_a_place_of_its_own_inside_its_band():
    claims = example_document()["claims"] + chain(*"333444CCBB")
    made = claim_map(claims)
    assert {node.id for node in made.nodes} == {each["id"] for each in claims}
    places = {(node.x, node.y) for node in made.nodes}
    assert len(places) == len(claims)
    tops = {band.name: (band.y, band.y + band.height) for band in made.bands}
    for node in made.nodes:
        assert node.x > 0
        assert node.x + WIDTH < made.width
        assert any(low < node.y and node.y + HEIGHT < high for low, high in tops.values())


def test_bands_follow_the_paper_and_hold_its_subsections():
    made = claim_map(chain("C", "2.4", "Fig. 1", "5", "elsewhere", "2.1"))
    starts = [band.name.partition(":")[0] for band in made.bands]
    assert starts == ["Section 2", "Section 5", "Appendix C", "elsewhere"]
    at = {node.id: node.y for node in made.nodes}
    below = made.bands[1].y
    assert all((at[f"c{k}"] < below) == (k in (1, 2, 5)) for k in range(6))


@pytest.mark.parametrize("length", [1, 3, 6, 9])
def test_in_a_band_what_rests_on_a_claim_stands_right_of_it(length):
    made = claim_map(chain(*"3" * length))
    x = [node.x for node in made.nodes]
    assert x == sorted(set(x))
    assert made.width > max(x) + WIDTH


def test_arrows_lead_from_the_edge_of_a_claim_to_the_edge_of_the_next():
    made = claim_map(chain("3", "C"))
    [arrow] = made.arrows
    first, last = made.nodes
    numbers = [int(number) for number in re.findall(r"-?\d+", arrow.path)]
    assert (arrow.source, arrow.target) == ("c0", "c1")
    assert numbers[:2] == [first.x + WIDTH, first.y + HEIGHT // 2]
    assert numbers[-2:] == [last.x, last.y + HEIGHT // 2]


def test_ordering_shortens_the_arrows(monkeypatch):
    """Twelve claims that stand left, and four that rest on every fourth of them."""
    below = [claim(f"a{k}", "3", "t", section="3") for k in range(12)]
    above = [
        claim(f"b{k}", "3", "t", section="3", depends_on=[f"a{k + 4 * m}" for m in range(3)])
        for k in range(4)
    ]

    def height() -> int:
        made = claim_map(below + above)
        at = {node.id: node.y for node in made.nodes}
        return sum(abs(at[arrow.source] - at[arrow.target]) for arrow in made.arrows)

    ordered = height()
    monkeypatch.setattr(claim_map_module, "ROUNDS", 0)
    assert ordered < height()


def test_what_was_not_run_has_no_place_and_no_arrow():
    made = claim_map([claim("a", "3", "t", depends_on=["elsewhere"])])
    assert len(made.nodes) == 1
    assert made.arrows == []
    assert made.nodes[0].x == GAP_X


def test_a_long_name_is_cut_to_two_lines():
    [node] = claim_map([claim("word_" * 40, "3", "t")]).nodes
    assert len(node.lines) == 2
    assert node.lines[1].endswith("…")


def test_no_claims_make_an_empty_map():
    assert claim_map([]).nodes == []


def test_claims_that_rest_on_each_other_are_refused():
    circle = [claim("a", "3", "t", depends_on=["b"]), claim("b", "3", "t", depends_on=["a"])]
    with pytest.raises(ValueError, match="got claims that rest on each other, 'a' among them"):
        claim_map(circle)
