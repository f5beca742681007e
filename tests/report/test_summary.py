"""The compact summary and the line for CI: the same document, in few words."""

import io

import pytest
from rich.console import Console

from pp_spin.report import summary
from tests.report.example import example_document, expected_document, hostile_document


def printed(print_it, document, width=80, **options):
    stream = io.StringIO()
    print_it(document, Console(file=stream, width=width, highlight=False, **options))
    return stream.getvalue()


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("print_it", [summary.print_compact, summary.print_quiet])
def test_every_line_fits_and_steers_nothing(print_it, width):
    terminal = {"force_terminal": True, "color_system": None}
    shown = printed(print_it, hostile_document(), width, **terminal)
    assert max(map(len, shown.splitlines())) <= width
    assert not set(shown) & {"\x00", "\u202e", "\x1b"}


def test_a_section_is_a_line_with_its_marks_and_what_held():
    lines = printed(summary.print_compact, example_document(), 120).splitlines()
    kinds = ("1 refuted as printed", "1 corrected, approximate")
    assert lines[:3] == [
        "✓  1  Section 2: Generative model for a single spin  1 as printed",
        f"✓  2  Appendix B: Active inference derivations  {', '.join(kinds)}",
        "✓  1  ✗  1  ?  1  Appendix C: Temporal scheduling of action sampling  1 as printed",
    ]


def test_expected_claims_are_counted_and_not_named():
    shown = printed(summary.print_compact, expected_document())
    assert not any(claim["id"] in shown for claim in expected_document()["claims"])
    assert "All 4 claims came out as expected." in shown


def test_a_surprise_is_shown_in_full_between_the_sections_and_the_summary():
    shown = " ".join(printed(summary.print_compact, example_document()).split())
    places = [
        *("Appendix C", "✗ contradiction: fixed_order_sweep_is_reversible"),
        *("witness: states 3 -> 5", "? inconclusive: pair_sum_counts_each_pair_once"),
        *("4 of 6 claims", "Seeded faults caught: 1 of 2", "false-alarm budget", "12.5 s"),
    ]
    found = [shown.index(words) for words in places]
    assert found == sorted(found)


def test_a_good_run_is_one_line_for_ci():
    document = expected_document()
    document["faults"] = document["faults"][:1]
    words = "pp-spin: 4 claims as expected, 1 of 1 fault caught\n"
    assert printed(summary.print_quiet, document) == words


def test_a_run_with_surprises_tells_them_and_ends_with_the_count():
    shown = printed(summary.print_quiet, example_document(), 40)
    assert shown.startswith("✗ contradiction: \nfixed_order_sweep_is_reversible\n")
    assert shown.endswith(
        "\npp-spin: 4 of 6 claims as expected, 1 contradiction, 1 inconclusive, "
        "1 of 2 faults caught, not caught: sweep_declared_random_scan\n"
    )


def test_faults_that_nobody_had_to_catch_are_not_listed():
    document = expected_document()
    for fault in document["faults"]:
        fault["must_be_caught"] = False
    for print_it in (summary.print_compact, summary.print_quiet):
        shown = printed(print_it, document)
        assert "1 of 2" in shown
        assert "not caught" not in shown


def test_what_a_history_refutes_is_told_even_if_quiet():
    history = {"runs": 3, "largest": 40.0, "limit": 19.0, "refuted": ["a_claim"]}
    shown = printed(summary.print_quiet, {**expected_document(), "history": history})
    assert "refuted by it: a_claim" in " ".join(shown.split())
