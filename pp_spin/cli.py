"""The command line: verify the paper's claims, read one of them, sample a collective.

The commands load what they need when they run (this file may import late), so that help and
mistakes are answered at once. Exit codes are in exits.py.
"""

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

import pp_spin
from pp_spin import (
    cli_bench,
    cli_compare,
    cli_faults,
    cli_fragility,
    cli_history,
    cli_sample,
    cli_speed,
    exits,
)
from pp_spin.cli_words import (
    STDOUT,
    Debug,
    Seed,
    check_choice,
    examples,
    file_or_stdout,
    place,
    progress,
)
from pp_spin.exits import QuietPipeConsole, with_exit_codes, wrong_usage_if_refused

if TYPE_CHECKING:
    from derivations.rendering.page import Page
    from pp_spin.claims.claim import Claim

REPORTS = ("report.html", "report.json", "junit.xml")

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

Select = Annotated[
    str | None,
    typer.Option(
        metavar="GLOB",
        help='Claims whose id, equation or section matches, such as "*little*", "C.3?" or "4".',
    ),
]
Profile = Annotated[
    str, typer.Option(metavar="quick|standard|full", help="How much evidence to collect.")
]
ClaimFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH",
        show_default=False,
        help="Python files with your own claims, instead of the paper's.",
    ),
]


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


@app.command(
    epilog=examples(
        "pp-spin verify --profile quick --out reports",
        'pp-spin verify my_claims.py --select "*ising*" --json -',
        "pp-spin verify my_claims.py --history runs.json --seed 7",
    )
)
@with_exit_codes
def verify(
    paths: ClaimFiles = None,
    profile: Profile = "standard",
    select: Select = None,
    seed: Seed = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=place, metavar="DIR", help="Write report.html, report.json and junit.xml there."
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(
            parser=file_or_stdout, metavar="FILE", help="Write the JSON document (- for stdout)."
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(parser=file_or_stdout, metavar="FILE", help="Write JUnit XML (- for stdout)."),
    ] = None,
    history: cli_history.Option = None,
    speed: cli_speed.Option = None,
    peers: cli_speed.Peers = None,
    debug: Debug = False,
) -> None:
    """Check the claims and say what came out; the exit code is the verdict."""
    from pp_spin.report.document import sealed
    from pp_spin.report.terminal import print_run

    with wrong_usage_if_refused():
        _check_outputs(paths or (), out, json, junit, history)
        besides = cli_speed.opened(speed, peers)
        past = cli_history.opened(history, paths or (), seed) if history else None
    level = {"alpha": past.alpha} if past else {}
    document = _run(_chosen(paths, select), profile, seed, **level)
    document = sealed((cli_history.closed(past, document) if past else document) | besides)
    written = _write_reports(document, out, json, junit)
    console = QuietPipeConsole(stderr=STDOUT in (json, junit), highlight=False)
    print_run(document, console)
    if out:
        console.print(Text(f"Report: {out / 'report.html'}", style="bold"), soft_wrap=True)
    elif written:
        console.print(Text(f"Written: {', '.join(map(str, written))}"), soft_wrap=True)
    else:
        console.print(Text("No report was written; --out DIR writes one.", style="dim"))
    raise typer.Exit(_exit_code(document))


def _check_outputs(
    claims: Sequence[Path],
    out: Path | None,
    json: Path | None,
    junit: Path | None,
    history: Path | None,
) -> None:
    from pp_spin.report.document import check_apart, check_writable

    files = [(name, path) for name, path in (("--json", json), ("--junit", junit)) if path]
    for _, path in files:
        if path != STDOUT:
            check_writable(path, device=True)
    if history:
        check_writable(history)
        files.append(("--history", history))
    if out:
        check_writable(out, folder=True)
        files += [(f"{name} of --out", out / name) for name in REPORTS]
    # A claims file named twice is told when its claims are read.
    check_apart([*(("the claims", path) for path in dict.fromkeys(claims)), *files])


def _write_reports(
    document: Mapping[str, Any], out: Path | None, json: Path | None, junit: Path | None
) -> list[Path]:
    """Write every face that is asked for, the document first; the files that now exist."""
    from pp_spin.report.document import document_bytes, write_atomic

    faces: list[tuple[Path | None, bytes]] = []
    if out or json:
        data = document_bytes(document)
        faces += [(json, data), (out and out / "report.json", data)]
    if out or junit:
        from pp_spin.report.junit import junit_xml

        data = junit_xml(document)
        faces += [(junit, data), (out and out / "junit.xml", data)]
    if out:
        from pp_spin.report.html import html_report

        faces.append((out / "report.html", html_report(document).encode()))
    wanted = [(path, data) for path, data in faces if path]
    files = [(path, data) for path, data in wanted if path != STDOUT]
    for path, data in files:
        write_atomic(path, data)
    for path, data in wanted:
        if path == STDOUT:
            _write_stdout(data)
    return [path for path, _ in files]


def _write_stdout(data: bytes) -> None:
    """A reader that goes away changes neither the files nor the verdict."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        exits.silence(sys.stdout)


def _chosen(paths: Sequence[Path] | None, select: str | None) -> "tuple[Claim, ...]":
    """The paper's claims, or those of the caller's files, that ``select`` matches."""
    from pp_spin.claims import registry, user_file

    with wrong_usage_if_refused():
        claims = registry.PAPER_CLAIMS
        if paths:
            claims = tuple(claim for path in paths for claim in user_file.load_claims(path))
            registry.check_unique(claims)
        return claims if select is None else tuple(registry.select(claims, select))


def _run(claims: "Sequence[Claim]", profile: str, seed: int, **level: float) -> dict[str, Any]:
    """Verify ``claims`` under a progress bar, at another ``alpha`` if given; the document."""
    from pp_spin.claims import runner

    check_choice("profile", profile, runner.PROFILES)
    # What a user's check prints must not get into the JSON or XML on the standard output.
    with contextlib.redirect_stdout(sys.stderr), progress() as on_progress:
        return runner.verify(claims, profile=profile, seed=seed, on_progress=on_progress, **level)


def _exit_code(document: dict[str, Any]) -> int:
    from pp_spin.claims import runner

    return runner.exit_code(document)


@app.command("list", epilog=examples('pp-spin list --select "C.*"', "pp-spin list my_claims.py"))
@with_exit_codes
def list_claims(paths: ClaimFiles = None, select: Select = None, debug: Debug = False) -> None:
    """List the claims; in a pipe, one line each with tabs between the columns."""
    from pp_spin.report.terminal import claims_list
    from pp_spin.report.wording import plain

    rows = [
        (plain(c.id), plain(", ".join(c.equations)), c.form, c.expected, plain(c.title))
        for c in _chosen(paths, select)
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
            metavar="ID", help="A claim, as in pp-spin list, its derivation, or an equation: C.33."
        ),
    ],
    paths: ClaimFiles = None,
    form: Annotated[
        str, typer.Option("--format", metavar="text|latex|markdown", help="What to write it in.")
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
    found = _chosen(paths, claim_id)
    document = _run(found, profile, seed)
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
    raise typer.Exit(_exit_code(document))


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


app.command(epilog=cli_sample.EPILOG)(cli_sample.sample)
app.command(epilog=cli_compare.EPILOG)(cli_compare.compare)
app.command(epilog=cli_faults.EPILOG)(cli_faults.faults)
app.command(epilog=cli_fragility.EPILOG)(cli_fragility.fragility)
app.command(epilog=cli_bench.EPILOG)(cli_bench.bench)


if __name__ == "__main__":
    main()
