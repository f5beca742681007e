import xml.etree.ElementTree as ET

from pp_spin.report.document import sealed
from pp_spin.report.junit import junit_xml
from tests.report.example import example_document, hostile_document


def parsed(document):
    return ET.fromstring(junit_xml(document))


def test_one_test_case_per_claim_with_its_evidence():
    [suite] = parsed(example_document())
    cases = suite.findall("testcase")
    assert [case.get("name") for case in cases] == [c["id"] for c in example_document()["claims"]]
    assert cases[0].get("classname") == "pp_spin.section_2"
    assert "closed form · on agent with 4 neighbours · 1.4e-16 ≤ 1e-10" in str(
        cases[0].findtext("system-out")
    )


def test_contradictions_fail_and_undecided_claims_are_errors():
    root = parsed(example_document())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "1", "1")
    failed = {case.get("name"): case.find("failure") for case in root.iter("testcase")}
    assert [name for name, found in failed.items() if found is not None] == [
        "fixed_order_sweep_is_reversible"
    ]
    message = failed["fixed_order_sweep_is_reversible"]
    assert message is not None
    assert str(message.get("message")).startswith("expected supported, got refuted: ")
    assert "witness: states 3 -> 5" in str(message.text)
    [error] = root.iter("error")
    assert error.get("type") == "inconclusive"


def test_a_claim_refuted_as_expected_passes():
    [case] = [
        case
        for case in parsed(example_document()).iter("testcase")
        if case.get("name") == "unit_slope_sigmoid_is_the_posterior"
    ]
    assert [child.tag for child in case] == ["system-out"]


def test_the_run_is_identified():
    document = sealed(example_document())
    properties = {p.get("name"): p.get("value") for p in parsed(document).iter("property")}
    assert properties["hash"] == document["hash"]
    assert properties["seed"] == "0"
    assert properties["version.numpyro"] == "0.22.0"
    assert properties["budget.spent"] == "5e-09"


def test_hostile_text_stays_text():
    root = parsed(hostile_document())
    assert len(list(root.iter("testcase"))) == 7
    assert not list(root.iter("script"))
    assert "<script>alert('x')</script>" in str(list(root.iter("testcase"))[-1].get("name"))


def test_the_same_document_gives_the_same_bytes():
    assert junit_xml(example_document()) == junit_xml(example_document())
