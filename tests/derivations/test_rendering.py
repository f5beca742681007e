"""Proofs as pages: readable in 80 columns, LaTeX that parses, Markdown that survives GitHub."""

import functools
import re
import unicodedata

import pytest
import sympy as sp
from rich.cells import cell_len

from derivations import all_derivations, decide_step
from derivations.collective import N, i, j, k, local_field, sigma, sigma_next, zeta
from derivations.display import Named, Total, latex, name_in_latex
from derivations.families import Moved, configurations, pairs, product, total
from derivations.notation import spin_law, where, z
from derivations.rendering.formulas import MAX_LATEX, broken, drawn, latex_rows, one_line
from derivations.rendering.latex import latex as latex_page
from derivations.rendering.markdown import markdown
from derivations.rendering.page import Bullets, Display, Heading, Paragraph, Source
from derivations.rendering.proof import dependency_blocks, proof_page
from derivations.rendering.text import text
from derivations.rendering.words import in_latex, in_markdown, in_text
from derivations.step import Derivation, Sentence, Slip, Step, definition, equation
from pp_spin.report.mathml import mathml

NAMES = tuple(all_derivations())


@functools.cache
def derivation(name):
    return all_derivations()[name]()


def weight():
    return Named("w(σ)", sp.exp(total(zeta[i] * sigma[i], i)))


def small_proof():
    """A derivation with every kind of line, whose statement is refuted as it should be."""
    x, w = local_field(k), weight()
    doubled = Step(
        2 * x, x + x, "twice gamma_ij is the sum", ("earlier_one",), slip=Slip("the 2 dropped", x)
    )
    return Derivation(
        "small_proof",
        ("8", "sec. 3"),
        "printed",
        equation(sp.log(w), 2 * total(zeta[i] * sigma[i], i)),
        ("gamma_ij = gamma_ji", "50 % of <them> & e^(2 gamma)"),
        (
            definition(w, "the weight"),
            doubled,
            Step(
                sp.tanh(x), sp.Integer(1), "a bound", relation="<", slip=Slip("cosh", -sp.cosh(x))
            ),
        ),
        expected="refuted",
    )


def decided_page(proof, *, slips=False):
    return proof_page(proof, [decide_step(step) for step in proof.decided], slips=slips)


# ---- formulas


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (local_field(i).definition, "ζᵢ + Σ_{j=1..N} σⱼ⋅γᵢⱼ"),
        (pairs(sigma[i] * sigma[j], i, j), "Σ_{j=1..N} Σ_{i=1..j-1} σᵢ⋅σⱼ"),
        (2 * total(zeta[i] + 1, i), "2⋅(Σ_{i=1..N} (ζᵢ + 1))"),
        (product(2 * sp.cosh(zeta[i]), i) ** 2, "(Π_{i=1..N} 2⋅cosh(ζᵢ))²"),
        (configurations(weight() + 1, (sigma, N)), "Σ_{σ} (w(σ) + 1)"),
        (Moved(weight(), sigma[k], -1), "[w(σ) at σₖ = -1]"),
        (where(weight(), (z, 1)), "[w(σ) at z = 1]"),
        (Total(z * weight(), z), "Σ_{z} z⋅w(σ)"),
        (sp.Limit(sp.exp(-z), z, sp.oo), "lim_{z → ∞} exp(-z)"),
        (sp.Derivative(z**2, z), "d/dz z²"),
        (sp.LessThan(z**10, -sp.oo, evaluate=False), "z¹⁰ ≤ -∞"),
        (sigma_next[i] * sp.KroneckerDelta(i, k), "δ(i, k)⋅σ′ᵢ"),
        (1 / (1 + sp.E ** (z + 1)), "1/(exp(z + 1) + 1)"),
    ],
)
def test_a_formula_on_one_line(expr, expected):
    assert one_line(expr).replace("'", "′") == expected


@pytest.mark.parametrize("width", [20, 40, 76])
def test_a_long_formula_is_broken_and_loses_nothing(width):
    terms = sp.symbols("a_1:30")
    formula = one_line(sp.Add(*terms) * sp.exp(sp.Add(*terms)))
    lines = broken(formula, width)
    assert max(map(len, lines)) <= width
    assert "".join(lines).replace(" ", "") == formula.replace(" ", "")


def test_a_relation_is_drawn_whole_or_side_by_side_or_on_lines():
    a, b = sp.symbols("a b")
    assert drawn(equation(a / 2, b), 40) == ["a", "─ = b", "2"]
    wide = sp.Add(*sp.symbols("a_1:12")) / 2
    lines = drawn(equation(wide, 1 / b), 72)
    assert "=" in lines[-2]  # at the height of the fraction's bar
    assert lines[-2].endswith("─")
    assert all(len(line) <= 30 for line in drawn(equation(wide, wide + 1), 30))


def test_long_latex_is_broken_between_terms():
    terms = [sp.Symbol(f"a_{n}") * sp.cosh(sp.Symbol(f"b_{n}")) for n in range(20)]
    first, second, *more = latex_rows(equation(sp.Symbol("x"), sp.Add(*terms)))
    assert first == "& x"
    assert second.startswith("&= a_{0} ")
    assert more
    assert all(row.startswith(r"& \quad + ") for row in more)
    assert all(row.count("a_") * 10 <= MAX_LATEX + 10 for row in (second, *more))
    assert latex_rows(sp.StrictLessThan(sp.Symbol("x"), 1)) == [r"x &\lt 1"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("P(σ′ᵢ|σ)", r"P(\sigma'_{i}\mid\sigma)"),
        ("x₁₂", "x_{12}"),
        ("odds", r"\mathrm{odds}"),
        ("σ̃", r"\tilde{\sigma}"),
        ("λx⁻¹", r"\lambda x^{-1}"),
        ("E_B", "E_{B}"),
    ],
)
def test_names_have_their_latex(name, expected):
    assert name_in_latex(name) == expected
    assert mathml(expected) is not None


def test_brackets_stand_where_a_reader_needs_them():
    there = Named("P(σ′|σ)", product(sp.exp(zeta[i]), i))
    assert latex(there * weight()) == r"P(\sigma'\mid\sigma) w(\sigma)"
    assert latex(sp.exp(total(zeta[i], i)) * weight()).startswith(r"e^{\sum_{i=1}^{N} \zeta_{i}}")
    two_sums = total(zeta[i], i) * total(sigma[i], i)
    assert latex(two_sums).startswith(r"\left(\sum_{i=1}^{N} ")
    assert latex(two_sums).count(r"\left(") == 1
    over_z = Total(spin_law(zeta[i], z), z)
    assert latex(over_z * Total(zeta[i] ** z, z)).count(r"\left(\sum_{z}") == 1
    assert latex(sigma_next[j] ** 2) == r"{\sigma'_{j}}^{2}"  # a prime is a superscript already


# ---- words


def test_words_have_their_symbols_in_every_format():
    words = "gamma_ij and sigma'_1 of `a_name`, beta, J_ij, e^(4 gamma_j) but phi_b and alphabet"
    assert in_text(words) == "γᵢⱼ and σ′₁ of a_name, β, Jᵢⱼ, e^(4 γⱼ) but φ_b and alphabet"
    assert in_latex(words) == (
        r"$\gamma_{ij}$ and $\sigma'_{1}$ of \texttt{a\_name}, $\beta$, $J_{ij}$, "
        r"$e^{4\ \gamma_{j}}$ but $\phi_{b}$ and alphabet"
    )
    assert "`a_name`" in in_markdown(words)
    assert in_latex("P(σ′ᵢ|σ), xᵢ and 2γ") == r"$P(\sigma'_{i}\mid\sigma)$, $x_{i}$ and 2$\gamma$"


def test_what_tex_or_markdown_would_read_is_escaped():
    assert in_latex(r"50% & $1 #2 {x} <~> \y") == (
        r"50\% \& \$1 \#2 \{x\} \textless{}\textasciitilde{}\textgreater{} \textbackslash{}y"
    )
    assert in_markdown("*a* <b> $c [d]") == r"\*a\* \<b\> \$c \[d\]"


# ---- a small proof, in every format


def test_a_proof_in_text():
    shown = text(decided_page(small_proof()))
    for part in (
        *("small_proof\n  8, sec. 3 · printed · any N", "Assumes\n  - γᵢⱼ = γⱼᵢ"),
        *("Definition: the weight", "Definition: what xₖ stands for"),
        "1. twice γᵢⱼ is the sum (by earlier_one)",
        *("✓ supported: ", "2. a bound", "✗ refuted: witness with 50 digits", "witness: "),
    ):
        assert part in shown
    assert "slip" not in shown
    assert shown.index("what xₖ stands for") < shown.index("1. twice")


def test_slips_are_shown_on_demand_with_the_relation_that_was_refuted():
    shown = text(decided_page(small_proof(), slips=True))
    assert "slip, refuted: the 2 dropped\n          2⋅xₖ = xₖ" in shown
    assert "slip, to be refuted: cosh" in text(proof_page(small_proof(), slips=True))


def test_a_proof_in_latex():
    shown = latex_page(decided_page(small_proof()))
    assert shown.startswith(r"% needs \usepackage{amsmath, amssymb}")
    for part in (
        r"\subsection*{\texttt{small\_proof}}",
        r"\item $\gamma_{ij}$ = $\gamma_{ji}$",
        r"\item 50 \% of \textless{}them\textgreater{} \& $e^{2\ \gamma}$",
        "\\item[1.] twice $\\gamma_{ij}$ is the sum (by \\texttt{earlier\\_one})\n\\begin{align*}",
        r"\tanh{\left(x_{k} \right)} &\lt 1",
    ):
        assert part in shown


def test_a_proof_in_markdown():
    shown = markdown(decided_page(small_proof()))
    for part in (
        *("## `small_proof`", "- $\\gamma_{ij}$ = $\\gamma_{ji}$", "**Definition:** the weight"),
        "**2.** a bound\n\n$$\n\\tanh{\\left(x_{k} \\right)} \\lt 1\n$$",
    ):
        assert part in shown


def test_a_sentence_is_words_around_formulas():
    step = Step(sp.Symbol("a") + 0, sp.Symbol("b"), "given")
    sentence = Sentence("it is {} and no more", (step.stated,))
    page = proof_page(Derivation("d", ("8",), "printed", sentence, (), (step,)))
    assert "  it is a = b and no more\n" in text(page)
    assert "it is $a = b$ and no more\n" in latex_page(page)
    assert "it is $a = b$ and no more\n" in markdown(page)


def test_every_block_has_its_place_in_every_format():
    long = " ".join(["many words"] * 20)
    page = (Heading("One", 1), Paragraph((long,), "dim"), Bullets((("a ", z),)), Source(r"\frac12"))
    assert "\n  - a z\n    \\frac12\n" in text(page, 40)
    assert max(map(len, text(page, 40).splitlines())) <= 40
    assert "\\item a $z$\n\\end{itemize}\n\\[\n\\frac12\n\\]" in latex_page(page)
    assert "- a $z$\n\n$$\n\\frac12\n$$" in markdown(page)


def test_rows_in_markdown_are_parted_without_a_backslash_that_it_would_eat():
    many = sp.Add(*(sp.cosh(symbol) for symbol in sp.symbols("a_1:30")))
    shown = markdown((Display(equation(many, many + 1)),))
    assert r"\cr" in shown
    assert r"\\" not in shown


def test_what_a_proof_leans_on_is_told_all_the_way_down_with_its_statement():
    def result(name, *uses):
        step = Step(z + 0, z * 1, "so", uses)
        return Derivation(name, ("8",), "printed", equation(z, z**2), (), (step,))

    book = {d.name: d for d in (result("a"), result("b", "a"), result("c", "b"), result("d", "c"))}
    shown = text(dependency_blocks("c", book))
    assert "Leans on\n  - b (8; N = " not in shown
    assert shown.index("- b (8; one agent): z = z²") < shown.index("- a (8; one agent): z = z²")
    assert "Carries\n  - d (8; one agent): z = z²" in shown
    assert text(dependency_blocks("a", {"a": book["a"]})) == "\n"


# ---- the whole book


@pytest.mark.parametrize("name", NAMES)
def test_every_proof_fits_into_80_columns(name):
    shown = text(proof_page(derivation(name), slips=True), 80)
    assert max(map(cell_len, shown.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_the_latex_of_every_proof_parses(name):
    shown = latex_page(proof_page(derivation(name), slips=True))
    assert shown.count("{") == shown.count("}")
    opened = re.findall(r"\\begin\{(.*?)\}", shown)
    assert sorted(opened) == sorted(re.findall(r"\\end\{(.*?)\}", shown))
    displays = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", shown, flags=re.DOTALL)
    rows = [row for display in displays for row in display.split(" \\\\\n")]
    prose = re.sub(r"\\begin\{align\*\}.*?\\end\{align\*\}", "", shown, flags=re.DOTALL)
    inline = re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", prose)
    assert rows
    assert all(row.isascii() for row in (*rows, *inline))
    unread = [f for f in (*rows, *inline) if f != "'" and mathml(f.replace("&", "")) is None]
    assert unread == []
    # What TeX reads as it is: accents on Latin letters and the ellipsis.
    assert unicodedata.normalize("NFKD", prose).replace("\u0301", "").isascii(), prose


@pytest.mark.parametrize("name", NAMES)
def test_the_markdown_of_every_proof_survives_github(name):
    shown = markdown(proof_page(derivation(name), slips=True))
    displays = re.findall(r"^\$\$\n(.*?)\n\$\$$", shown, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^\$\$\n.*?\n\$\$$", "", shown, flags=re.DOTALL | re.MULTILINE)
    inline = re.findall(r"(?<!\\)\$(.*?)(?<!\\)\$", prose)
    eaten = [f for f in (*displays, *inline) if re.search(r"\\[^A-Za-z\s]|<", f)]
    assert eaten == []
    assert not [f for f in inline if f != f.strip()]
