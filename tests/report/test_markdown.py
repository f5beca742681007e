import re

import pytest

from pp_spin.report.errata import errata_markdown
from pp_spin.report.escaping import md, md_code, md_statement
from pp_spin.report.markdown import markdown_summary
from tests.report.example import (
    HOSTILE,
    claim,
    evidence,
    example_document,
    expected_document,
    hostile_document,
)


def test_a_good_run_is_short():
    document = expected_document()
    document["claims"] *= 40
    page = markdown_summary(document)
    unfolded = re.sub(r"<details>.*</details>", "", page, flags=re.DOTALL)
    assert len(unfolded.splitlines()) < 60
    assert page.startswith("## ✓ All 160 claims came out as expected.\n")
    assert page.count("softmax_action_matches_within_six_percent") == 40


def test_surprises_are_told_in_full():
    page = markdown_summary(example_document())
    assert page.startswith("## ✗ 4 of 6 claims came out as expected; 1 contradiction; 1 inconcl")
    assert "### ✗ contradiction: `fixed_order_sweep_is_reversible`" in page
    assert "witness: states 3 -&gt; 5: 0.041 against 0.004" in page
    assert "### ? inconclusive: `pair_sum_counts_each_pair_once`" in page
    assert "### ✓" not in page


def test_the_mark_is_that_of_the_worst_claim():
    document = expected_document()
    document["claims"][0]["verdict"] = "inconclusive"
    assert markdown_summary(document).startswith("## ? ")


def test_sections_faults_and_budget_are_counted():
    page = markdown_summary(example_document())
    assert "| Appendix B: Active inference derivations | 2 | 2 | 0 | 1 | 1 | 0 |" in page
    assert "| **All** | 6 | 4 | 2 | 2 | 1 | 1 |" in page
    assert "**Seeded faults caught:** 1 of 2. Not caught: `sweep_declared_random_scan`" in page
    assert "**False-alarm budget:** 5e-09 of 1e-06 spent." in page
    assert "pp-spin verify --profile quick --seed 0\n" in page


def test_earlier_runs_are_told():
    history = {"runs": 3, "largest": 2.5, "limit": 19.1, "refuted": [], "accumulated": {}}
    page = markdown_summary(example_document() | {"history": history})
    assert "**Earlier runs:** evidence of 3 runs together: largest log E = 2.5" in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a | b", r"a \| b"),
        ("`code`", "code"),
        ("one ` tick", r"one \` tick"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("two\nlines", "two lines"),
        ("\u202eabc", r"\\u202eabc"),
        ("[x](javascript:1) ![y](z)", r"\[x\](javascript:1) !\[y\](z)"),
        ("$x$ *b* _i_ #1 ~s~ @me", r"\$x\$ \*b\* \_i\_ \#1 \~s\~ \@me"),
        ("https://x.org www.x.org", r"https\://x.org www\.x.org"),
        ("gamma_ij", "γᵢⱼ"),
    ],
)
def test_text_is_escaped(text, shown):
    assert md(text) == shown


def test_nothing_ends_code_or_its_cell():
    assert md_code("a`b|c\n<d>") == "`a'b¦c «d»`"


@pytest.mark.parametrize("page_of", [markdown_summary, errata_markdown])
@pytest.mark.parametrize(
    "text", [HOSTILE, "a | b", "```\n# x", "</details>", "\n\n- item\n\n| t |", "$$ x $$", "\ud800"]
)
def test_hostile_text_stays_text(page_of, text):
    document = example_document()
    document["claims"].append(
        claim(
            text, text, text, section=text, reason=text, verdict="refuted", statement_latex=text,
            assumptions=[text],
            evidence=[evidence("exhaustive", text, system=text, witness=text, verdict="refuted")],
        )
    )  # fmt: skip
    document["faults"][1] |= {"id": text, "title": text}
    for page in (page_of(document), page_of(hostile_document())):
        read = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
        assert "<script" not in read
        assert read.count("</details>") == (page_of is markdown_summary)
        assert all(c.isprintable() or c == "\n" for c in page)
        assert page.count("```") % 2 == 0
        rows = [line for line in page.splitlines() if line.startswith("|")]
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
        assert widths <= {8}


def test_a_statement_is_words_and_formulas_or_its_source():
    shown = md_statement(r"\text{over phi_z, }x_{i} < 1")
    assert shown == "over φ\\_z\n\n$$\nx_{i} \\lt 1\n$$"
    assert md_statement(r"\unknown{macro}") == "```latex\n\\unknown{macro}\n```"
    assert md_statement("x$$\n# y") == "```latex\nx$$ # y\n```"


def test_the_same_document_gives_the_same_page():
    assert markdown_summary(example_document()) == markdown_summary(example_document())
