import io
import re

import pytest
import sympy as sp
from rich.console import Console

from derivations.rendering.page import Bullets, Display, Heading, Paragraph
from pp_spin.report import terminal
from tests.report.example import HOSTILE, example_document, expected_document, hostile_document


def printed(document, width=80, **options):
    stream = io.StringIO()
    terminal.print_run(document, Console(file=stream, width=width, **options))
    return stream.getvalue()


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_every_line_fits(width):
    lines = printed(hostile_document(), width).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("width", [80, 200])
def test_every_claim_is_there_with_its_verdict_and_evidence(width):
    shown = printed(example_document(), width)
    for claim in example_document()["claims"]:
        assert claim["id"] in shown
        assert claim["verdict"] in shown
    assert "✓ synchronous_collective_samples_the_little_law" in shown
    assert "✗ fixed_order_sweep_is_reversible" in shown
    assert "exhaustive + statistical" in shown
    assert "1.2e-16 ≤ 1e-10" in shown


def test_wide_rows_are_one_line_each():
    [row] = re.findall(r".*unit_slope_sigmoid.*", printed(example_document(), 200))
    assert re.split(r"\s{2,}", row.strip()) == [
        "✓ unit_slope_sigmoid_is_the_posterior",
        *("B.26", "printed", "refuted", "refuted", "exhaustive", "0.5 > 1e-10"),
    ]


def test_surprises_are_shown_with_their_witness_and_the_expected_ones_are_not():
    shown = " ".join(printed(example_document()).split())
    assert "✗ contradiction: fixed_order_sweep_is_reversible" in shown
    assert "witness: states 3 -> 5: 0.041 against 0.004" in shown
    assert "? inconclusive: pair_sum_counts_each_pair_once" in shown
    assert "printed 0.4975" not in shown


def test_summary_names_faults_and_the_run():
    shown = printed(example_document())
    assert "4 of 6 claims came out as expected; 1 contradiction; 1 inconclusive." in shown
    assert "Seeded faults caught: 1 of 2; not caught: sweep_declared_random_scan" in shown
    assert "profile quick · seed 0 · false-alarm budget 5e-09 of 1e-06 · 12.5 s" in shown


def test_no_claims_is_a_table_without_rows():
    shown = printed({**expected_document(), "claims": [], "faults": []})
    assert "No claim was run." in shown


def test_a_pipe_gets_no_colour_and_a_terminal_does():
    assert "\x1b" not in printed(example_document())
    coloured = printed(example_document(), force_terminal=True, color_system="standard")
    assert "\x1b[1;31m" in coloured
    assert "\x1b[32m" in coloured


def test_hostile_names_are_text_and_steer_nothing():
    shown = printed(hostile_document(), 200)
    assert "<script>alert('x')</script>\"&amp;\\u202eevil\\u0000long" in shown
    assert not set(shown) & {"\x00", "\u202e", "\x1b"}


def shown_page(page, width=80, **options):
    stream = io.StringIO()
    terminal.print_page(page, Console(file=stream, width=width, **options))
    return stream.getvalue()


PAGE = (
    Heading("A heading"),
    Paragraph(("✓ supported",), "good"),
    Bullets((("gamma_ij and " + "many words " * 20,),)),
    Display(sp.Lt(sp.Symbol("x") / 2, sp.Symbol("x") ** 2, evaluate=False)),
)


def test_a_page_is_drawn_in_two_dimensions_for_the_terminals_width():
    shown = shown_page(PAGE, 60)
    assert "\nA heading\n  ✓ supported\n  - γᵢⱼ and many words" in shown
    assert re.search(r" x +2\n +─ < x\n +2\n$", shown)
    assert max(map(len, shown.splitlines())) <= 60


def test_headings_and_verdicts_have_styles_in_a_terminal_only():
    assert "\x1b" not in shown_page(PAGE)
    coloured = shown_page(PAGE, force_terminal=True, color_system="standard")
    assert "\x1b[1mA heading" in coloured
    assert "\x1b[32m  ✓ supported" in coloured


def test_a_page_steers_nothing():
    shown = shown_page((Paragraph((HOSTILE,)), Heading(HOSTILE)))
    assert not set(shown) & {"\x00", "\u202e", "\x1b"}


def test_a_list_of_claims_names_each():
    stream = io.StringIO()
    rows = [("a_claim", "C.33", "printed", "supported", "A sentence.")]
    Console(file=stream, width=80).print(terminal.claims_list(rows, width=80))
    assert re.search(r"a_claim +C\.33 +printed +supported", stream.getvalue())
    assert "A sentence." in stream.getvalue()


def test_a_list_on_a_narrow_terminal_breaks_no_id():
    stream, name = io.StringIO(), "a_claim_with_a_name_as_long_as_they_come_in_this_paper_here"
    rows = [(name, "C.33, C.34", "corrected", "approximate", "A sentence.")]
    Console(file=stream, width=80).print(terminal.claims_list(rows, width=80))
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    assert lines == [name, "  C.33, C.34 · corrected · expected approximate", "  A sentence."]
