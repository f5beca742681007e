"""``pp-spin compare``: does a stored run agree with a model, and what could it have missed?

What it needs is loaded when it runs (this file may import late).
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pp_spin.cli_words import Bias, Debug, Json, Weight, check_places, examples, write_or_print
from pp_spin.exits import with_exit_codes, wrong_usage_if_refused
from pp_spin.sample_arguments import finite

if TYPE_CHECKING:
    from pp_spin.evidence.comparison import Comparison
    from pp_spin.evidence.stored import StoredRun

EPILOG = (
    "[bold]References[/bold]\n\n"
    "agents: every action between draws one sweep apart, against what the run's own agents were to "
    "do (sequential, chromatic, synchronous and partially synchronous runs, --thinning 1)\n\n"
    "ising, little: the law (C.40) or (C.33) of the run's own precisions, against the last draw of "
    "each chain\n\n"
    "a network file: the Ising law of its weights, times --precision, for the same agents\n\n"
    "a .nc file: the last draws of another run\n\n"
    "[bold]Exit codes[/bold]\n\n"
    "0 agrees within the tolerance, 1 disagrees, 3 undecided: it says how much data would do\n\n"
    + examples(
        "pp-spin compare run.nc agents",
        "pp-spin compare run.nc ising --tolerance 0.02",
        "pp-spin compare run.nc karate.graphml --precision 0.3",
        "pp-spin compare run.nc other.nc --json -",
    )
)


@with_exit_codes
def compare(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Draws of pp-spin sample (.nc).")],
    reference: Annotated[
        str,
        typer.Argument(metavar="REFERENCE", help="agents, ising, little, a network, or a run."),
    ] = "agents",
    tolerance: Annotated[
        float,
        typer.Option(metavar="X", help="The largest discrepancy that counts as agreement."),
    ] = 0.05,
    alpha: Annotated[
        float, typer.Option(metavar="X", help="False-alarm probability of the whole comparison.")
    ] = 1e-6,
    precision: Annotated[
        float, typer.Option(metavar="X", help="Precision per unit of a network file's weights.")
    ] = 1.0,
    weight: Weight = "weight",
    bias: Bias = "bias",
    json: Json = None,
    debug: Debug = False,
) -> None:
    """Say whether a stored run agrees with a model, and how large a disagreement it could show."""
    from pp_spin.evidence.diagnostics import read_draws
    from pp_spin.evidence.evidence import Verdict
    from pp_spin.evidence.stored import stored_run
    from pp_spin.report.comparison_table import comparison_table

    with wrong_usage_if_refused():
        check_places(json)
        for name, value in (("tolerance", tolerance), ("alpha", alpha)):
            if not 0 < value < 1:
                raise ValueError(
                    f"got --{name} {value}; it is above 0 and below 1; give one such as 0.01"
                )
        stored = stored_run(read_draws(run))
        rows = _compared(stored, reference, alpha, tolerance, finite(precision), weight, bias)
    document = [row._asdict() for row in rows]
    write_or_print(document, json, comparison_table(document))
    verdicts = {row.verdict for row in rows}
    if Verdict.REFUTED in verdicts:
        raise typer.Exit(1)
    raise typer.Exit(3 if Verdict.INCONCLUSIVE in verdicts else 0)


def _compared(
    run: "StoredRun",
    reference: str,
    alpha: float,
    tolerance: float,
    precision: float,
    weight: str,
    bias: str,
) -> "list[Comparison]":
    """The comparisons with what ``reference`` names. Raises ValueError where it names nothing."""
    from pp_spin.collective import Collective
    from pp_spin.evidence import compare_actions, compare_draws
    from pp_spin.evidence.diagnostics import read_draws
    from pp_spin.evidence.stored import stored_run
    from pp_spin.network_file import read_network

    if reference == "agents":
        return compare_actions.against_its_agents(run, alpha, tolerance)
    if reference == "ising":
        return compare_draws.against_the_ising_law(run, run.collective, alpha, tolerance)
    if reference == "little":
        return compare_draws.against_the_little_law(run, run.collective, alpha, tolerance)
    file = Path(reference)
    if not file.is_file():
        raise ValueError(
            f"got reference {reference!r}, which is neither a word nor a file; give agents, ising, "
            "little, a network file or a run (.nc)"
        )
    if file.suffix == ".nc":
        return compare_draws.against_draws(run, stored_run(read_draws(file)), alpha, tolerance)
    network = read_network(file, weight=weight, bias=bias).scaled(precision)
    clamped = run.collective.clamped
    held = {node: clamped[i] for i, node in enumerate(network.nodes) if i in clamped}
    model = Collective.from_network(network, clamped=held)
    return compare_draws.against_the_ising_law(run, model, alpha, tolerance)
