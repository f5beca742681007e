"""``pp-spin fragility``: what breaks the equivalence of section 5, and by how much.

What it needs is loaded when it runs (this file may import late).
"""

from pathlib import Path
from typing import Annotated

import typer

from pp_spin.cli_words import Debug, Json, Seed, check_places, examples, write_or_print
from pp_spin.exits import with_exit_codes, wrong_usage_if_refused

EPILOG = (
    "[bold]Curves[/bold]\n\nasymmetric precisions, partial synchrony, agents of expected free "
    "energy, separate latents for each neighbour, a pair term in the likelihood. Exact values are "
    "of a small system, by enumeration; intervals of a large one, each at level 5e-9\n\n"
    + examples(
        "pp-spin fragility --chart fragility.svg",
        "pp-spin fragility --chains 16384 --json curves.json",
    )
)


@with_exit_codes
def fragility(
    chains: Annotated[
        int,
        typer.Option(min=2, metavar="N", help="Independent chains of each point of a curve."),
    ] = 2048,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FILE", show_default=False, help="Draw the curves (SVG)."),
    ] = None,
    json: Json = None,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Measure how far each departure from the paper's agents leads from the Ising law."""
    from pp_spin.fragility import curves
    from pp_spin.report.document import write_atomic
    from pp_spin.report.fragility_curves import chart_of, tables_of

    with wrong_usage_if_refused():
        check_places(json, chart)
    document = [curve.plain() for curve in curves(n_chains=chains, seed=seed)]
    if chart:
        write_atomic(chart, chart_of(document).encode())
    write_or_print(document, json, *tables_of(document))
