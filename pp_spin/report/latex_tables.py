r"""A run as a fragment of LaTeX for a paper: all claims, the statistical evidence, the errata.

It wants the packages that its first lines name, and an engine that reads UTF-8.
"""

from collections.abc import Sequence

from pp_spin.report.document import Document
from pp_spin.report.errata import (
    BESIDES,
    NO_CORRECTION,
    Erratum,
    errata,
    further_corrections,
    has_statement,
    holds,
    introduction,
)
from pp_spin.report.escaping import tex, tex_code, tex_statement
from pp_spin.report.wording import (
    by_section,
    figure,
    headline,
    interval,
    leading_evidence,
    number,
    rungs,
    section_name,
    standing,
)

_NEEDS = r"""% Made by pp-spin report --format latex. In the preamble:
% \usepackage[T1]{fontenc}
% \usepackage{amsmath, amssymb, array, booktabs, longtable}"""

_CLAIMS = (
    ("Eq.", 0.09),
    ("Statement", 0.42),
    ("Form", 0.09),
    ("Verdict", 0.11),
    ("Evidence", 0.19),
)
_STATISTICS = (
    ("Claim, check and system", 0.38),
    ("$n$", 0.1),
    ("Level", 0.1),
    ("Interval", 0.15),
    ("Detectable", 0.1),
    ("Verdict", 0.1),
)


def latex_tables(document: Document) -> str:
    """The whole fragment."""
    facts = f"pp_spin {document['versions']['pp_spin']}, profile {document['profile']}, seed "
    sealed = f", hash {document['hash'][:12]}" if document.get("hash") else ""
    parts = [
        _NEEDS,
        r"\section*{Claims}",
        f"{tex(headline(document))} {tex(facts + str(document['seed']) + sealed)}.",
        _longtable(_CLAIMS, _claim_rows(document)),
        *_statistics(document),
        r"\section*{Errata}",
        tex(introduction(document)),
        *(_erratum(erratum) for erratum in errata(document)),
        *_further(document),
    ]
    return "\n\n".join(parts) + "\n"


def _claim_rows(document: Document) -> list[str]:
    rows = []
    for name, claims in by_section(document["claims"]):
        span = rf"\multicolumn{{{len(_CLAIMS)}}}{{l}}{{\textit{{{tex(section_name(name))}}}}}"
        rows.append(rf"\addlinespace {span} \\*")
        rows += [_claim_row(claim) for claim in claims]
    return rows


def _claim_row(claim: Document) -> str:
    surprising = standing(claim) != "as expected"
    verdict = tex(claim["verdict"])
    found = figure(leading_evidence(claim))
    cells = (
        _equations(claim),
        rf"{tex(claim['title'])} {{\footnotesize {tex_code(claim['id'])}}}",
        tex(claim["form"]),
        rf"\textbf{{{verdict}}}, not {tex(claim['expected'])}" if surprising else verdict,
        tex(rungs(claim) if found == "–" else f"{rungs(claim)}; {found}"),
    )
    return f"{' & '.join(cells)} \\\\"


def _statistics(document: Document) -> list[str]:
    rows = [
        _statistic_row(claim, item)
        for claim in document["claims"]
        for item in claim["evidence"]
        if item["rung"] == "statistical"
    ]
    if not rows:
        return []
    words = (
        "The intervals hold together with the false-alarm probability "
        f"{number(document['budget']['spent'])} of the {number(document['budget']['allowed'])} "
        "allowed; a discrepancy of the size in the column Detectable would have been found with "
        "probability 0.999."
    )
    return [r"\section*{Statistical evidence}", tex(words), _longtable(_STATISTICS, rows)]


def _statistic_row(claim: Document, item: Document) -> str:
    tried = f"{item['method']}, {item['system']}"
    cells = (
        rf"{{\footnotesize {tex_code(claim['id'])}}} {tex(tried)}",
        tex(number(item["n"])),
        tex(number(item["alpha"])),
        tex(interval(item["interval"])),
        tex(number(item["detectable"])),
        tex(item["verdict"]),
    )
    return f"{' & '.join(cells)} \\\\"


def _erratum(erratum: Erratum) -> str:
    printed, witness, corrections = erratum
    instead = [
        rf"\emph{{Instead}} ({_equations(claim)}; {tex(holds(claim))}): {_said(claim)}"
        for claim in corrections
    ]
    return "\n\n".join(
        [
            rf"\paragraph{{{_equations(printed)}}} \emph{{As printed:}} {_said(printed)}",
            rf"\emph{{It fails:}} {tex(witness)}",
            *(instead or [tex(NO_CORRECTION)]),
        ]
    )


def _further(document: Document) -> list[str]:
    found = further_corrections(document)
    if not found:
        return []
    lines = [rf"\paragraph{{{_equations(claim)}}} {_said(claim)}" for claim in found]
    return [r"\subsection*{Further corrections}", tex(BESIDES), *lines]


def _said(claim: Document) -> str:
    named = f"{tex(claim['title'])} ({tex_code(claim['id'])})"
    if not has_statement(claim):
        return named
    return f"{named}\n\n{tex_statement(claim['statement_latex'])}"


def _equations(claim: Document) -> str:
    return ", ".join(tex(place) for place in claim["equations"])


def _longtable(columns: Sequence[tuple[str, float]], rows: Sequence[str]) -> str:
    """A table over several pages, with its headings on each."""
    widths = "".join(
        rf">{{\raggedright\arraybackslash}}p{{{width}\linewidth}}" for _, width in columns
    )
    return "\n".join(
        [
            rf"{{\small\begin{{longtable}}{{{widths}}}",
            r"\toprule",
            f"{' & '.join(name for name, _ in columns)} \\\\",
            r"\midrule",
            r"\endhead",
            *rows,
            r"\bottomrule",
            r"\end{longtable}}",
        ]
    )
