"""``pp-spin faults``: proof that every check can fail, and that none cries wolf.

What it needs is loaded when it runs (this file may import late).
"""

import fnmatch
from typing import Annotated

import typer

from pp_spin.cli_words import Debug, Json, Seed, check_places, examples, progress, write_or_print
from pp_spin.exits import with_exit_codes, wrong_usage_if_refused

EPILOG = (
    "[bold]What it shows[/bold]\n\nTV: how far the fault moves the stationary law of the 3x3 torus "
    "(gamma 0.3, zeta 0.1). KL: nats by which it gives itself away in an action. predicted and "
    "seen: updates at which the e-process of actions crosses; - where it never would\n\n"
    "0 every fault is caught by the checks that must and by none that must not, 1 otherwise\n\n"
    + examples(
        "pp-spin faults",
        'pp-spin faults --select "*key*"',
        "pp-spin faults --power --chains 1000000",
        "pp-spin faults --chains 100000 --json faults.json",
    )
)


@with_exit_codes
def faults(
    select: Annotated[
        str | None,
        typer.Option(metavar="GLOB", help='Faults whose id or number matches, such as "*key*".'),
    ] = None,
    chains: Annotated[
        int,
        typer.Option(min=2000, metavar="N", help="Independent chains of a check."),
    ] = 25_000,
    power: Annotated[
        bool,
        typer.Option("--power", help="Show what each test can see with so many chains, no more."),
    ] = False,
    json: Json = None,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Seed every fault of the catalogue and see which checks catch it, and with how many draws."""
    from pp_spin.claims import designs, matrix
    from pp_spin.claims.faults.catalogue import CATALOGUE
    from pp_spin.report.fault_table import fault_table, power_table, surprises

    with wrong_usage_if_refused():
        check_places(json)
        chosen = [
            fault
            for fault in CATALOGUE
            if select is None
            or fnmatch.fnmatchcase(fault.id, select)
            or str(fault.number) == select
        ]
        if not chosen:
            raise ValueError(
                f"got --select {select!r}, which matches no fault; pp-spin faults lists them all: "
                f"{', '.join(fault.id for fault in CATALOGUE)}"
            )
    if power:
        document = [each._asdict() for each in designs.designs(matrix.means_for("", chains, seed))]
        write_or_print(document, json, power_table(document))
        return
    with progress() as on_progress:
        rows = matrix.read(chosen, n_chains=chains, seed=seed, on_progress=on_progress)
    document = matrix.as_document(rows)
    write_or_print(document, json, fault_table(document), surprises(document))
    raise typer.Exit(0 if all(row.as_it_must_be for row in rows) else 1)
