import pytest

from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.report.escaping import tex, tex_code, tex_statement
from pp_spin.report.latex_tables import latex_tables
from tests.report.example import HOSTILE, claim, evidence, example_document, hostile_document
from tests.report.latex_reader import check_latex

HOSTILES = (
    HOSTILE,
    r"\input{/etc/passwd}",
    r"\end{longtable}",
    "100% & more # of $x_1^2$ ~ {",
    "}}{{",
    "a^{%}b^(x}{)",
    "P(σ}x)",
    "[options] * of a row",
    "^^5cinput",
    "漢字 \u202e rtl \ud800",
    "line\nbreak\n\npar",
    "`code` σ_i σ'_ij gamma_ij ≤ 1e-10",
)


def test_the_fragment_of_a_run_reads_well():
    source = latex_tables(example_document())
    check_latex(source)
    assert r"\textbf{refuted}, not supported" in source
    assert r"$1.2\times 10^{-16}$ $\leq$ $1\times 10^{-10}$" in source
    assert r"sweep\_\allowbreak{}is\_\allowbreak{}reversible" in source


def test_statistical_evidence_has_its_level_interval_and_power():
    source = latex_tables(example_document())
    assert r"100,000 & $5\times 10^{-9}$ & {}[0, 0.0095] & 0.0102 & supported \\" in source


def test_without_statistical_evidence_there_is_no_table_of_it():
    document = example_document()
    document["claims"] = document["claims"][:1]
    assert "Statistical evidence" not in latex_tables(document)


@pytest.mark.parametrize("text", HOSTILES)
def test_hostile_text_stays_text(text):
    document = example_document()
    document["claims"].append(
        claim(
            text, text, text, section=text, reason=text, verdict="refuted", expected="refuted",
            statement_latex=text,
            evidence=[evidence("statistical", text, system=text, witness=text, verdict="refuted")],
        )
    )  # fmt: skip
    source = latex_tables(document)
    check_latex(source)
    assert "\\input{" not in source
    check_latex(latex_tables(hostile_document()))


@pytest.mark.parametrize(
    "broken", ["{", "}", "a_b", "$x", "a & b", "#", r"\begin{gather*}", "$a^b^c$", "50 % of"]
)
def test_the_reader_finds_what_would_not_compile(broken):
    with pytest.raises((AssertionError, IndexError)):
        check_latex(broken)


def test_statements_of_all_claims_read_well():
    for each in PAPER_CLAIMS:
        if each.statement is not None or each.derivation is None:
            check_latex(tex_statement(each.statement_latex))
        check_latex(tex(each.title) + tex_code(each.id))


def test_words_of_a_statement_are_words():
    shown = tex_statement(r"\text{over phi_z in [0, 1] }x_{i} < 1\text{, and 100 more}")
    assert shown == r"over $\phi_{z}$ in [0, 1] $x_{i} < 1$, and 100 more"
    check_latex(shown)


def test_definitions_stand_on_lines_of_their_own():
    shown = tex_statement(r"x = y\quad y = \frac{1}{2}")
    assert shown == "\\begin{gather*}\nx = y \\\\\ny = \\frac{1}{2}\n\\end{gather*}"


def test_the_same_document_gives_the_same_fragment():
    assert latex_tables(example_document()) == latex_tables(example_document())
