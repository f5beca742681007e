from pp_spin.report.errata import NO_CORRECTION, errata, errata_markdown, further_corrections
from pp_spin.report.latex_tables import latex_tables
from tests.report.example import claim, evidence, example_document, expected_document


def test_an_erratum_is_a_refuted_printed_statement_with_its_witness_and_correction():
    [erratum] = errata(expected_document())
    assert erratum.printed["id"] == "unit_slope_sigmoid_is_the_posterior"
    assert erratum.witness.endswith("phi_z = 0.99: printed 0.4975, true 0.99")
    assert [c["id"] for c in erratum.corrections] == ["softmax_action_matches_within_six_percent"]


def test_both_sheets_tell_it():
    page, source = errata_markdown(expected_document()), latex_tables(expected_document())
    assert page.startswith("# Errata\n\n1 statement of Spin glass systems")
    assert "**As printed.** Acting by the printed sigmoid matches the posterior." in page
    assert "**Instead** (B.27; corrected, approximate). With the best slope" in page
    assert r"$$" in page
    assert r"\emph{As printed:} Acting by the printed sigmoid" in source
    assert r"\emph{Instead} (B.27; corrected, approximate):" in source


def test_what_has_no_correction_says_so():
    document = expected_document()
    del document["claims"][2]["corrects"]
    assert NO_CORRECTION in errata_markdown(document)
    assert NO_CORRECTION in latex_tables(document)
    assert NO_CORRECTION not in errata_markdown(expected_document())


def test_corrections_without_a_refuted_statement_stand_by_themselves():
    document = expected_document()
    assert further_corrections(document) == []
    assert "Further corrections" not in errata_markdown(document)
    document["claims"][2]["corrects"] = []
    assert "## Further corrections" in errata_markdown(document)
    assert r"\subsection*{Further corrections}" in latex_tables(document)


def test_a_refutation_that_surprises_is_marked():
    assert "Not expected of 1 of them" in errata_markdown(example_document())
    assert "Not expected" not in errata_markdown(expected_document())


def test_without_a_witness_the_reason_is_told():
    document = expected_document()
    refuted = [evidence("symbolic", "a step", verdict="refuted", n=1)]
    document["claims"] = [
        claim("x", "C.36", "X.", verdict="refuted", reason="why", evidence=refuted)
    ]
    assert errata(document)[0].witness == "why"
