"""The table says what the comparisons say, and a name in it steers nothing."""

import io

from rich.console import Console

from pp_spin.evidence.evidence import Verdict
from pp_spin.report.comparison_table import comparison_table

ROW = {
    "test": "every action, by the e-process",
    "discrepancy": "relative error of all precisions",
    "found": 0.0123456,
    "interval": (-0.05, 0.0789),
    "detectable": 0.101,
    "tolerance": 0.1,
    "n": 24000,
    "unit": "actions",
    "alpha": 5e-7,
    "verdict": "supported",
    "reason": "at most 0.0789 apart",
}


def shown(*rows, width=100, **how):
    out = io.StringIO()
    Console(file=out, width=width, **how).print(comparison_table(rows))
    return out.getvalue()


def words(*rows, **how):
    return " ".join(shown(*rows, **how).split())


def test_a_comparison_is_told_in_full():
    assert words(ROW) == (
        "✓ agrees every action, by the e-process at most 0.0789 apart relative error of all "
        "precisions: 0.0123; in [-0.05, 0.0789]; at level 5e-07, from 24,000 actions; 0.101 would "
        "have been found"
    )


def test_every_verdict_has_its_own_word():
    rows = [{**ROW, "verdict": v} for v in (Verdict.REFUTED, "inconclusive", "supported")]
    lines = [line.split("  ")[0].strip() for line in shown(*rows).splitlines()]
    assert [line for line in lines if line] == ["✗ disagrees", "? undecided", "✓ agrees"]


def test_what_is_not_known_is_left_out():
    unknown = {"found": None, "interval": None, "detectable": None}
    assert words({**ROW, **unknown}).endswith(
        "relative error of all precisions: at level 5e-07, from 24,000 actions"
    )
    assert "would have been found" not in words({**ROW, "tolerance": 0.0})


def test_a_hostile_name_is_shown_and_not_obeyed():
    hostile = "agent [red]A[/red]\x1b[2J\x07\r\u202e[link=x] is clamped and moved"
    for how in ({}, {"force_terminal": True, "color_system": None}):
        text = shown({**ROW, "reason": hostile}, **how)
        assert "[red]A[/red]\\u001b[2J\\u0007 \\u202e[link=x]" in " ".join(text.split())
        assert not {"\x07", "\r", "\u202e"} & set(text)
        assert "\x1b[2J" not in text


def test_long_words_are_folded_and_nothing_is_lost():
    text = shown({**ROW, "reason": "x" * 300}, width=40)
    assert text.count("x") == 300
    assert max(map(len, text.splitlines())) <= 40
