"""The command line: verify the paper's claims, read one of them, sample a collective.

The commands load what they need when they run (this file may import late), so that help and
mistakes are answered at once. Exit codes are in exits.py.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

import pp_spin
from pp_spin import (
    cli_bench,
    cli_compare,
    cli_complete,
    cli_faults,
    cli_fragility,
    cli_report,
    cli_sample,
    cli_verify,
    exits,
)
from pp_spin.cli_run import ClaimFiles, Profile, Select, chosen, exit_code, run
from pp_spin.cli_words import Debug, Seed, check_choice, examples
from pp_spin.exits import QuietPipeConsole, with_exit_codes

if TYPE_CHECKING:
    from derivations.rendering.page import Page
    from pp_spin.claims.claim import Claim

_HELP = """\
What, if anything, does a collective of Bayesian agents sample from?

The claims of the paper arXiv:2207.06970 (Spin glass systems as collective active inference), \
from equation to verdict."""

_EPILOG = """
[bold]Examples[/bold]

pp-spin verify --out reports           [dim]all claims, with a report to read[/dim]

pp-spin verify --select "C.*"          [dim]the claims of appendix C[/dim]

pp-spin verify my_claims.py            [dim]your own claims[/dim]

pp-spin list --select "*little*"       [dim]which claims there are[/dim]

pp-spin show posterior_is_logistic     [dim]one of them, step by step[/dim]

pp-spin sample karate.graphml --precision 0.3 --clamp "Mr Hi=+1" --out run.nc

[bold]Exit codes[/bold]

0 every verdict as expected, 1 a contradiction, 2 wrong usage,

3 inconclusive on a required claim, 4 the suite itself failed
"""

app = typer.Typer(
    name="pp-spin",
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """The entry point ``pp-spin``."""
    exits.run(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pp-spin {pp_spin.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Options that come before the command; the help is the application's."""


app.command(epilog=cli_verify.EPILOG)(cli_verify.verify)


@app.command("list", epilog=examples('pp-spin list --select "C.*"', "pp-spin list my_claims.py"))
@with_exit_codes
def list_claims(paths: ClaimFiles = None, select: Select = None, debug: Debug = False) -> None:
    """List the claims; in a pipe, one line each with tabs between the columns."""
    from pp_spin.report.terminal import claims_list
    from pp_spin.report.wording import plain

    rows = [
        (plain(c.id), plain(", ".join(c.equations)), c.form, c.expected, plain(c.title))
        for c in chosen(paths, select)
    ]
    console = QuietPipeConsole(highlight=False)
    if console.is_terminal:
        console.print(claims_list(rows, width=console.width))
        return
    for row in rows:
        typer.echo("\t".join(row))


@app.command(
    epilog="[bold]Formats[/bold]\n\ntext for this terminal, latex for a paper (a fragment that "
    "wants amsmath and amssymb), markdown for a notebook or a page on GitHub\n\n"
    + examples(
        "pp-spin show C.33                     [dim]all claims of an equation[/dim]",
        "pp-spin show posterior_is_logistic --slips",
        "pp-spin show C.39 --format latex > proof.tex",
        "pp-spin show C.39 --format markdown > proof.md",
        "pp-spin show my_claim my_claims.py",
    )
)
@with_exit_codes
def show(
    claim_id: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            autocompletion=cli_complete.claims,
            help="A claim, as in pp-spin list, its derivation, or an equation: C.33.",
        ),
    ],
    paths: ClaimFiles = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="text|latex|markdown",
            autocompletion=cli_complete.formats,
            help="What to write it in.",
        ),
    ] = "text",
    slips: Annotated[
        bool,
        typer.Option("--slips", "-v", help="The mistake that each step was seen to refuse, too."),
    ] = False,
    profile: Profile = "quick",
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Show a claim, or all of an equation: statement, assumptions, proof in steps, evidence."""
    from derivations.rendering.latex import latex
    from derivations.rendering.markdown import markdown
    from pp_spin.report.terminal import print_page
    from pp_spin.report.wording import plain

    writers = {"latex": latex, "markdown": markdown}
    check_choice("format", form, ("text", *writers))
    found = chosen(paths, claim_id)
    document = run(found, profile, seed, quiet=not sys.stderr.isatty())
    pages = _pages(found, document, slips=slips)
    if form == "text":
        console = QuietPipeConsole(highlight=False)
        for number, page in enumerate(pages):
            if number:
                console.rule(style="dim")
            print_page(page, console)
    else:
        for page in pages:
            typer.echo("\n".join(map(plain, writers[form](page).split("\n"))))
    raise typer.Exit(exit_code(document))


def _pages(
    claims: "Sequence[Claim]", document: Mapping[str, Any], *, slips: bool
) -> "Iterator[Page]":
    """A page for each claim, made of the very objects that are decided here."""
    from derivations import all_derivations, decide_step
    from pp_spin.claims.registry import resting_on
    from pp_spin.report.claim_page import Proved, claim_page

    builds = all_derivations()
    book = {name: build() for name, build in builds.items()}
    for claim, result in zip(claims, document["claims"], strict=True):
        proved = None
        if claim.derivation is not None:
            name = claim.derivation.__name__
            ours = builds.get(name) is claim.derivation
            derivation = book[name] if ours else claim.derivation()
            decisions = [decide_step(step) for step in derivation.decided]
            proved = Proved(derivation, decisions, book | {derivation.name: derivation})
        yield claim_page(result, proved, carries=resting_on(claim), slips=slips)


app.command(epilog=cli_report.EPILOG)(cli_report.report)
app.command(epilog=cli_sample.EPILOG)(cli_sample.sample)
app.command(epilog=cli_compare.EPILOG)(cli_compare.compare)
app.command(epilog=cli_faults.EPILOG)(cli_faults.faults)
app.command(epilog=cli_fragility.EPILOG)(cli_fragility.fragility)
app.command(epilog=cli_bench.EPILOG)(cli_bench.bench)


if __name__ == "__main__":
    main()
