import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from pp_spin.claims.inheritance import with_inheritance
from pp_spin.report.document import sealed
from pp_spin.report.html import anchors, html_report
from pp_spin.report.pictures import verdicts
from pp_spin.report.pictures.fig_1c import description
from tests.report.example import HOSTILE, claim, example_document, expected_document
from tests.report.example import hostile_document as hostile

VOID = {"meta", "br", "wbr", "input", "col", "link", "img", "hr"}


class Page(HTMLParser):
    """A page's elements, its text, and whether every element that was opened was closed."""

    def __init__(self, text):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> at {self.getpos()}"
        self.text += " " if tag in {"td", "th", "li", "dd", "dt", "p", "h2", "h3"} else ""

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page():
    return Page(html_report(sealed(example_document())))


@pytest.fixture(scope="module")
def hostile_page():
    return Page(html_report(hostile()))


def words(page):
    return " ".join(page.text.split())


def test_header_has_counts_seed_versions_hash_and_budget(page):
    shown = words(page)
    assert "4 of 6 claims came out as expected; 1 contradiction; 1 inconclusive." in shown
    assert "profile quick, seed 0, 12.5 s" in shown
    assert "numpyro 0.22.0, pp_spin 0.1.0, python 3.11" in shown
    assert sealed(example_document())["hash"] in shown
    assert "at most 5e-09 spent of 1e-06 allowed" in shown
    assert "1 / 2 seeded faults caught" in shown


def test_every_claim_has_its_place_with_evidence_and_command(page):
    articles = [a for a in page.all("article") if a.get("class", "").startswith("claim")]
    assert len(articles) == len(example_document()["claims"])
    shown = words(page)
    for made in example_document()["claims"]:
        assert made["title"] in shown
        assert f"pp-spin verify --profile quick --seed 0 --select {made['id']}" in shown
        for item in made["evidence"]:
            assert item["method"] in shown
    assert "witness: states 3 -> 5: 0.041 against 0.004" in shown
    assert "[0, 0.0095]" in shown
    assert "100,000" in shown


def test_statements_are_mathml_or_their_source(page):
    assert len(page.all("math")) == 8  # one claim corrects another: each shows both
    assert r"\unknown{macro}" in page.text


def test_a_proof_folds_out_with_its_numbered_steps(page):
    [_] = [a for a in page.all("details") if a.get("class") == "proof"]
    shown = words(page)
    assert "Proof: any K, 2 steps decided, tried at 512 points" in shown
    assert "Definition: the prior" in shown
    assert "1. γᵢⱼ cancels (by prior_is_normalised)" in shown
    assert "2. add up" in shown
    labels = [a.get("aria-label") for a in page.all("div")]
    assert [x for x in labels if x and x[:4] in ("Defi", "Step")] == [
        "Definition",
        "Step 1",
        "Step 2",
    ]


def test_a_proof_names_the_claims_of_what_it_uses():
    document = example_document()
    used = {**document["derivations"][0], "name": "prior_is_normalised", "lines": [], "uses": []}
    document["derivations"].append(used)
    document["claims"][1]["derivation"] = "prior_is_normalised"
    links = [a["href"] for a in Page(html_report(document)).all("a")]
    assert links.count("#claim-unit_slope_sigmoid_is_the_posterior") == 5
    # the map, the table, the claim before it, its correction, the proof


def test_every_link_leads_somewhere_inside_the_page(page):
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    targets = [a["href"] for a in page.all("a")]
    assert targets
    assert {target[1:] for target in targets if target.startswith("#")} <= set(ids)
    assert all(target.startswith("#") for target in targets)


def test_page_loads_nothing(page):
    assert not page.all("link")
    assert not page.all("img")
    assert not page.all("iframe")
    for name, attributes in page.elements:
        assert "src" not in attributes, name
        assert not any(attribute.startswith("on") for attribute in attributes), name
    text = html_report(example_document())
    assert not re.search(r"url\((?!#)|@import", text)


def test_policy_allows_only_the_pages_own_script():
    text = html_report(example_document())
    [script] = re.findall(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in text.replace("&#39;", "'").replace("&#x2f;", "/")
    assert "default-src 'none'" in text


def test_figure_has_a_description_with_its_numbers(page):
    labels = [a["aria-label"] for a in page.all("div") if a.get("role") == "img"]
    document = example_document()
    of_claims = verdicts.description(document["claims"])
    assert labels == [of_claims, description(document["figures"]["fig_1c"])]


def test_a_picture_with_a_table_shows_it_outside_the_image():
    data = {"n_chains": 1, "n_updates": 4, "alpha": 1e-9, "instruments": [], "rows": []}
    document = {**example_document(), "claims": [], "figures": {"matrix": data}}
    text = html_report(document)
    image, table = text.index('<div role="img"'), text.index('<table class="matrix">')
    assert text.index("</svg>", image) < table
    assert 'role="region" aria-label="Table: ' in text


def test_fault_matrix_says_who_noticed(page):
    shown = words(page)
    assert "half_logit" in shown
    assert "the factor 2 is dropped from the logit" in shown
    assert "✗ noticed by no claim" in shown
    assert page.text.count("not noticed") == 2


def test_assumptions_name_their_claims(page):
    ids = ("synchronous_collective_samples_the_little_law", "fixed_order_sweep_is_reversible")
    assert f"symmetric precisions {' '.join(ids)}" in words(page)


def test_hostile_names_are_shown_as_text(hostile_page):
    assert len(hostile_page.all("script")) == 1
    shown = "<script>alert('x')</script>\"&amp;\\u202eevil\\u0000long"
    assert hostile_page.text.count(shown) >= 10
    assert not set(hostile_page.text) & {"\x00", "\u202e"}
    ids = [a["id"] for _, a in hostile_page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_anchors_are_unique_plain_words():
    claims = [claim(name, "3", "t") for name in ("a_b", "a<b", "a>b", "a b", HOSTILE)]
    made = anchors({"claims": claims})
    assert len(set(made.values())) == len(claims)
    assert made["a_b"] == "claim-a_b"
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", anchor) for anchor in made.values())


def test_a_bare_document_is_a_page_too():
    bare = {**expected_document(), "claims": [], "faults": [], "figures": {}}
    assert "No claim was run." in words(Page(html_report(bare)))


def test_the_same_document_gives_the_same_bytes():
    assert html_report(example_document()) == html_report(example_document())


def test_the_map_has_a_link_to_every_page(page):
    nodes = [a for a in page.all("a") if a.get("class", "").startswith("node")]
    ids = {a["id"] for a in page.all("article")}
    assert {node["href"][1:] for node in nodes} == ids
    told = [node["aria-label"] for node in nodes]
    assert any(text.startswith("C.36, contradiction: A sweep in a fixed order") for text in told)


def test_a_printed_claim_and_its_correction_show_each_other():
    document = example_document()
    printed, corrected = document["claims"][1], document["claims"][2]
    printed["statement_latex"], corrected["statement_latex"] = r"p_1 = q_1", r"p_2 = q_2"
    corrected["corrects"] = [printed["id"]]
    text = words(Page(html_report(document)))
    assert text.count("As corrected, ") == text.count("As printed, ") == 1
    assert html_report(document).count('alttext="p_1 = q_1"') == 2
    assert html_report(document).count('alttext="p_2 = q_2"') == 2


def test_a_page_says_what_is_inherited_and_where_the_code_is():
    document = example_document()
    document["claims"][3]["code"] = {"claim": "a/b.py", "proof": "c/d.py: e", "programs": ["f.py"]}
    document["claims"][3]["assumptions"] = ["symmetric precisions"]
    document["claims"] = with_inheritance(document["claims"])
    text = words(Page(html_report(document)))
    assert "1 more, inherited from the claims that it rests on" in text
    assert "finite precisions of posterior_is_logistic_in_the_local_field" in text
    assert "proof c/d.py: e claim a/b.py runs f.py" in text


def test_a_witness_is_shown_once_at_the_head_of_a_refuted_claim(page):
    shown = words(page)
    assert (
        "Witness, detailed-balance residual, 3 spins: states 3 -> 5: 0.041 against 0.004" in shown
    )
    assert "Witness, printed action law" in shown
