"""``pp-spin verify``: put the claims to the test and say what came out.

What it needs is loaded when it runs (this file may import late).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from pp_spin import cli_history, cli_run, cli_speed
from pp_spin.cli_outputs import Places, check_places_of_run, open_report, write_reports
from pp_spin.cli_words import STDOUT, Debug, Seed, examples, file_or_stdout, place
from pp_spin.exits import QuietPipeConsole, WrongUsage, with_exit_codes, wrong_usage_if_refused

EXAMPLE_CLAIMS = """\
from pp_spin.claims import cases, programs, sec3
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.schedule import chromatic

def law(case):  # of the agents as they run, on each case of a table
    return programs.running_law(case, chromatic)

check = agree("law of the agents", law, sec3.ising, cases.BIPARTITE_SYSTEMS)
CLAIM = Claim(
    id="sublattices_sample_ising", equations=("C.40",), form="beyond",
    title="Sublattices may act at once.", expected="supported", checks=(check,))
"""
"""A claims file to learn from; a test runs it as the help shows it."""


def _as_written(code: str) -> str:
    """Code for a help text, without the empty line that would end a paragraph."""
    return escape(code.replace("\n\n", "\n").strip())


EPILOG = (
    examples(
        "pp-spin verify --profile quick --out reports --open",
        "pp-spin verify --quiet --junit junit.xml          [dim]in CI[/dim]",
        'pp-spin verify my_claims.py --select "*ising*" --json -',
        "pp-spin verify my_claims.py --history runs.json --seed 7",
        "pytest my_claims.py --pp-spin-profile standard    [dim]each claim as a test[/dim]",
    )
    + "\n\n[bold]A claims file of your own[/bold], my_claims.py\n\n"
    + _as_written(EXAMPLE_CLAIMS)
    + "\n\nNow try it with [cyan]synchronous[/cyan] for [cyan]chromatic[/cyan]: a contradiction, "
    "with the place where the laws differ."
)

Out = Annotated[
    Path | None,
    typer.Option(
        parser=place,
        metavar="DIR",
        help="Write the run there as HTML, JSON, JUnit XML, Markdown, LaTeX and errata.",
    ),
]
JsonFile = Annotated[
    Path | None,
    typer.Option(
        parser=file_or_stdout, metavar="FILE", help="Write the JSON document (- for stdout)."
    ),
]
JunitFile = Annotated[
    Path | None,
    typer.Option(parser=file_or_stdout, metavar="FILE", help="Write JUnit XML (- for stdout)."),
]
Open = Annotated[bool, typer.Option("--open", help="Open the report of --out in a browser.")]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Show every claim, not the surprises alone.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="For CI: show the surprises and one line.")
]


@with_exit_codes
def verify(
    paths: cli_run.ClaimFiles = None,
    profile: cli_run.Profile = "standard",
    select: cli_run.Select = None,
    seed: Seed = 0,
    out: Out = None,
    json: JsonFile = None,
    junit: JunitFile = None,
    history: cli_history.Option = None,
    speed: cli_speed.Option = None,
    peers: cli_speed.Peers = None,
    opened: Open = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check the claims and say what came out; the exit code is the verdict."""
    from pp_spin.report.document import sealed

    if verbose and quiet:
        raise WrongUsage("got --verbose and --quiet; one shows more, one less; give one of them")
    places = Places(out, json, junit)
    with wrong_usage_if_refused():
        check_places_of_run(paths or (), places, history, opened=opened)
        past = cli_history.opened(history, paths or (), seed) if history else None
        timings = cli_speed.opened(speed, peers)
    level = {"alpha": past.alpha} if past else {}
    document = cli_run.run(cli_run.chosen(paths, select), profile, seed, quiet=quiet, **level)
    refused = None
    if past:
        try:
            document = cli_history.closed(past, document)
        except ValueError as refusal:
            refused = f"the run is not in the history: {refusal}"
    document = sealed(document | timings)
    written = write_reports(document, places)
    console = QuietPipeConsole(stderr=STDOUT in (json, junit), highlight=False)
    _print(document, console, verbose=verbose, quiet=quiet)
    if not quiet:
        _print_places(console, out, written)
    if opened and out:
        open_report(out)
    if refused:  # a run by itself: nothing of what it found is lost
        raise WrongUsage(refused)
    raise typer.Exit(cli_run.exit_code(document))


def _print(document: dict[str, Any], console: Console, *, verbose: bool, quiet: bool) -> None:
    from pp_spin.report.summary import print_compact, print_quiet
    from pp_spin.report.terminal import print_run

    if quiet:
        print_quiet(document, console)
    elif verbose:
        print_run(document, console)
    else:
        print_compact(document, console)


def _print_places(console: Console, out: Path | None, written: Sequence[Path]) -> None:
    if out:
        console.print(Text(f"Report: {out / 'report.html'}", style="bold"), soft_wrap=True)
    elif written:
        console.print(Text(f"Written: {', '.join(map(str, written))}"), soft_wrap=True)
    else:
        console.print(Text("No report was written; --out DIR writes one.", style="dim"))
