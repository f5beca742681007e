"""The command line: verify the paper's claims, read one of them, sample a collective.

The commands load what they need when they run (this file may import late), so that help and
mistakes are answered at once. Exit codes are in exits.py.
"""

import contextlib
import difflib
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

import pp_spin
from pp_spin import exits
from pp_spin.exits import QuietPipeConsole, WrongUsage, with_exit_codes, wrong_usage_if_refused
from pp_spin.sample_arguments import check_counts, check_size, clamped_spins, finite

if TYPE_CHECKING:
    from rich.progress import Progress

    from pp_spin.claims.claim import Claim

STDOUT = Path("-")
REPORTS = ("report.html", "report.json", "junit.xml")


def _file_or_stdout(text: str) -> Path:
    if not text:
        raise typer.BadParameter("got an empty name; a file has one; name it")
    return Path(text)


def _place(text: str) -> Path:
    if text in ("", "-"):
        raise typer.BadParameter(
            f"got {text!r}; that names no place on the disk; give a path, such as run.nc or reports"
        )
    return Path(text)


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


def _examples(*lines: str) -> str:
    return "[bold]Examples[/bold]\n\n" + "\n\n".join(lines)


app = typer.Typer(
    name="pp-spin",
    help=_HELP,
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Seed = Annotated[
    int,
    typer.Option(
        min=0, max=2**63 - 1, metavar="N", help="Every random number of the run follows from it."
    ),
]
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
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


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
    epilog=_examples(
        "pp-spin verify --profile quick --out reports",
        'pp-spin verify my_claims.py --select "*ising*" --json -',
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
            parser=_place, metavar="DIR", help="Write report.html, report.json and junit.xml there."
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(
            parser=_file_or_stdout, metavar="FILE", help="Write the JSON document (- for stdout)."
        ),
    ] = None,
    junit: Annotated[
        Path | None,
        typer.Option(
            parser=_file_or_stdout, metavar="FILE", help="Write JUnit XML (- for stdout)."
        ),
    ] = None,
    debug: Debug = False,
) -> None:
    """Check the claims and say what came out; the exit code is the verdict."""
    from pp_spin.report.document import sealed
    from pp_spin.report.terminal import print_run

    with wrong_usage_if_refused():
        _check_outputs(paths or (), out, json, junit)
    document = sealed(_run(_chosen(paths, select), profile, seed))
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
    claims: Sequence[Path], out: Path | None, json: Path | None, junit: Path | None
) -> None:
    from pp_spin.report.document import check_apart, check_writable

    files = [(name, path) for name, path in (("--json", json), ("--junit", junit)) if path]
    for _, path in files:
        if path != STDOUT:
            check_writable(path, device=True)
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


def _run(claims: "Sequence[Claim]", profile: str, seed: int) -> dict[str, Any]:
    """Verify ``claims`` under a progress bar; the run's document."""
    from pp_spin.claims import runner

    if profile not in runner.PROFILES:
        near = difflib.get_close_matches(profile, runner.PROFILES, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise WrongUsage(
            f"got profile {profile!r}; there is no such profile; "
            f"choose one of {', '.join(runner.PROFILES)}{hint}"
        )
    # What a user's check prints must not get into the JSON or XML on the standard output.
    with contextlib.redirect_stdout(sys.stderr), _progress() as on_progress:
        return runner.verify(claims, profile=profile, seed=seed, on_progress=on_progress)


def _exit_code(document: dict[str, Any]) -> int:
    from pp_spin.claims import runner

    return runner.exit_code(document)


def _progress_bar(console: Console, *, disable: bool) -> "Progress":
    """Bar, count, times and label, of which the label alone is cut where the line is short."""
    from rich import progress
    from rich.table import Column

    return progress.Progress(
        progress.BarColumn(bar_width=16),
        progress.MofNCompleteColumn(),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn(
            "{task.description}",
            markup=False,
            table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"),
        ),
        console=console,
        transient=True,
        disable=disable,
        expand=True,
    )


@contextlib.contextmanager
def _progress() -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, in a terminal only: ``on_progress(done, total, label="")``."""
    console = Console(stderr=True)
    with _progress_bar(console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def on_progress(done: int, total: int, label: str = "") -> None:
            bar.update(task, completed=done, total=total, description=label)

        yield on_progress


@app.command("list", epilog=_examples('pp-spin list --select "C.*"', "pp-spin list my_claims.py"))
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
    epilog=_examples("pp-spin show posterior_is_logistic", "pp-spin show my_claim my_claims.py")
)
@with_exit_codes
def show(
    claim_id: Annotated[
        str, typer.Argument(metavar="ID", help="A claim, as in pp-spin list, or an equation: C.33.")
    ],
    paths: ClaimFiles = None,
    profile: Profile = "quick",
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Show a claim, or all of an equation: statement, assumptions, proof in steps, evidence."""
    from pp_spin.report.terminal import print_claim

    found = _chosen(paths, claim_id)
    document = _run(found, profile, seed)
    console = QuietPipeConsole(highlight=False)
    for number, (claim, result) in enumerate(zip(found, document["claims"], strict=True)):
        if number:
            console.rule(style="dim")
        derivation = claim.derivation() if claim.derivation else None
        print_claim(result, derivation, console)
    raise typer.Exit(_exit_code(document))


@app.command(
    # Written in full here, since a column of options is too narrow for them.
    epilog="[bold]Schedules[/bold]\n\nrandom_scan, sequential, sequential(2,0,1), chromatic, "
    "synchronous, partially_synchronous(RATE)\n\n"
    "[bold]Action rules[/bold]\n\nprobability_matching, planning_as_inference(OMEGA,XI), "
    "expected_free_energy(OMEGA,XI,BETA), maximum_a_posteriori\n\n"
    + _examples(
        "pp-spin sample karate.graphml --precision 0.3 --schedule synchronous --out run.nc",
        'pp-spin sample ties.csv --action-rule "planning_as_inference(3, 3)" --out run.nc',
    )
)
@with_exit_codes
def sample(
    network: Annotated[Path, typer.Argument(help="Who sees whom: .graphml, .csv or .npz.")],
    out: Annotated[
        Path, typer.Option(parser=_place, metavar="FILE", help="Where the draws go (NetCDF, .nc).")
    ],
    schedule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="Who acts when; the schedules are below.",
        ),
    ] = "random_scan",
    action_rule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How agents act on their beliefs; the rules are below.",
        ),
    ] = "probability_matching",
    clamp: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NODE=±1",
            show_default=False,
            help="Hold an agent; the last = splits, a name may have others; repeatable.",
        ),
    ] = None,
    weight: Annotated[
        str, typer.Option(metavar="NAME", help="The edge attribute that holds the weights.")
    ] = "weight",
    bias: Annotated[
        str, typer.Option(metavar="NAME", help="The node attribute that holds the biases.")
    ] = "bias",
    precision: Annotated[
        float, typer.Option(metavar="X", help="Precision per unit of weight: scales the weights.")
    ] = 1.0,
    samples: Annotated[int, typer.Option(metavar="N", help="Kept draws per chain.")] = 1000,
    warmup: Annotated[int, typer.Option(metavar="N", help="Sweeps before the first draw.")] = 100,
    chains: Annotated[int, typer.Option(metavar="N", help="Independent chains.")] = 4,
    thinning: Annotated[int, typer.Option(metavar="N", help="Sweeps per kept draw.")] = 1,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Sample a collective of agents on a network into a file that ArviZ opens."""
    from pp_spin.agents.action import parse_action_rule
    from pp_spin.collective import Collective
    from pp_spin.evidence import diagnostics
    from pp_spin.network_file import read_described
    from pp_spin.report.document import check_apart, check_writable, write_atomic
    from pp_spin.report.wording import plain
    from pp_spin.schedule import parse_schedule

    with wrong_usage_if_refused():
        check_writable(out)
        check_apart([("the network", network), ("--out", out)])
        check_counts(samples=samples, warmup=warmup, chains=chains, thinning=thinning)
        rule, ticks = parse_action_rule(action_rule), parse_schedule(schedule)
        read, unweighted = read_described(network, weight=weight, bias=bias)
        scaled = read._replace(weights=finite(precision) * read.weights)
        held = clamped_spins(clamp or [], read.nodes)
        check_size(chains, samples, len(read.nodes))
        collective = Collective.from_network(scaled, clamped=held, action_rule=rule)
        with _progress() as on_progress:
            draws = diagnostics.sample(
                collective,
                schedule=ticks,
                num_warmup=warmup,
                num_samples=samples,
                num_chains=chains,
                thinning=thinning,
                seed=seed,
                on_progress=on_progress,
            )
    # In memory first: HDF5 itself crashes the process where the disk is full.
    netcdf = io.BytesIO()
    draws.to_netcdf(netcdf, engine="h5netcdf")
    write_atomic(out, netcdf.getvalue())
    console = QuietPipeConsole(highlight=False)
    facts = (
        f"{collective.n_agents} agents, {len(collective.clamped)} of them clamped; "
        f"{ticks}, {rule}; {chains} chains of {samples} draws, seed {seed}"
    )
    if unweighted is not None:
        attributes = f"; attributes there: {', '.join(unweighted)}" if unweighted else ""
        facts += f"; weights: none in the file, 1 used{attributes}"
    console.print(Text(plain(facts)))
    console.print(Text(f"Draws: {out} (xarray.open_datatree reads it)"), soft_wrap=True)


if __name__ == "__main__":
    main()
