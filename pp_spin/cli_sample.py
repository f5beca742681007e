"""``pp-spin sample``: draws of a collective on a network of the caller's, in a file.

What it needs is loaded when it runs (this file may import late).
"""

import io
import warnings
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from pp_spin import cli_complete
from pp_spin.cli_words import Bias, Debug, Engine, Seed, Weight, examples, place, progress
from pp_spin.exits import (
    INTERRUPTED,
    QuietPipeConsole,
    complain,
    with_exit_codes,
    wrong_usage_if_refused,
)
from pp_spin.sample_arguments import check_counts, check_kept, check_size, clamped_spins, finite

# Written in full here, since a column of options is too narrow for them.
EPILOG = (
    "[bold]Schedules[/bold]\n\nrandom_scan, sequential, sequential(2,0,1), chromatic, "
    "synchronous, partially_synchronous(RATE)\n\n"
    "[bold]Action rules[/bold]\n\nprobability_matching, planning_as_inference(OMEGA,XI), "
    "expected_free_energy(OMEGA,XI,BETA), maximum_a_posteriori\n\n"
    + examples(
        "pp-spin sample karate.graphml --precision 0.3 --schedule synchronous --out run.nc",
        "pp-spin sample karate.graphml --samples 5000 --resume run.nc --out run.nc",
        "pp-spin sample large.npz --summary --samples 1000000 --out sums.nc",
        "pp-spin sample karate.graphml --diagnose --diagnose-plot chains.png --out run.nc",
        'pp-spin sample ties.csv --action-rule "planning_as_inference(3, 3)" --out run.nc',
    )
)


@with_exit_codes
def sample(
    network: Annotated[Path, typer.Argument(help="Who sees whom: .graphml, .csv or .npz.")],
    out: Annotated[
        Path, typer.Option(parser=place, metavar="FILE", help="Where the draws go (NetCDF, .nc).")
    ],
    schedule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            autocompletion=cli_complete.schedules,
            help="Who acts when; the schedules are below.",
        ),
    ] = "random_scan",
    action_rule: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            autocompletion=cli_complete.rules,
            help="How agents act on their beliefs; the rules are below.",
        ),
    ] = "probability_matching",
    clamp: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NODE=±1",
            show_default=False,
            help="Hold an agent; repeatable; the last = splits, a name may have others.",
        ),
    ] = None,
    weight: Weight = "weight",
    bias: Bias = "bias",
    precision: Annotated[
        float, typer.Option(metavar="X", help="Precision per unit of weight: scales the weights.")
    ] = 1.0,
    samples: Annotated[int, typer.Option(metavar="N", help="Kept draws per chain.")] = 1000,
    warmup: Annotated[int, typer.Option(metavar="N", help="Sweeps before the first draw.")] = 100,
    chains: Annotated[int, typer.Option(metavar="N", help="Independent chains.")] = 4,
    thinning: Annotated[int, typer.Option(metavar="N", help="Sweeps per kept draw.")] = 1,
    engine: Engine = None,
    summary: Annotated[
        bool,
        typer.Option(
            "--summary",
            help="Keep sums of the draws, not the draws: any number of them, in little memory.",
        ),
    ] = False,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Go on with the draws of this same command, to --samples in all.",
        ),
    ] = None,
    diagnose: Annotated[
        bool,
        typer.Option(
            "--diagnose",
            help="Print R-hat, ESS, error and correlation time of energy, magnetisation, overlap "
            "and spins, and which spins never flip: a diagnostic, never a verdict.",
        ),
    ] = False,
    diagnose_plot: Annotated[
        Path | None,
        typer.Option(
            parser=place,
            metavar="FILE",
            show_default=False,
            help="Plot ranks, autocorrelation and trace of the chains (.png, .svg or .pdf).",
        ),
    ] = None,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Sample a collective of agents on a network into a file that ArviZ opens.

    Ctrl-C keeps the draws that are done, for --resume.
    """
    from pp_spin.agents.action import parse_action_rule
    from pp_spin.collective import Collective
    from pp_spin.evidence import diagnostics, streaming
    from pp_spin.network_file import read_described
    from pp_spin.report.document import check_apart, check_writable, write_atomic
    from pp_spin.report.wording import plain
    from pp_spin.schedule import parse_schedule

    with wrong_usage_if_refused():
        check_writable(out)
        check_apart([("the network", network), ("--out", out)])
        if diagnose_plot is not None:
            _check_plot(diagnose_plot, network=network, out=out, resume=resume)
        check_counts(samples=samples, warmup=warmup, chains=chains, thinning=thinning)
        rule, ticks = parse_action_rule(action_rule), parse_schedule(schedule)
        read, unweighted = read_described(network, weight=weight, bias=bias)
        scaled = read.scaled(finite(precision))
        held = clamped_spins(clamp or [], read.nodes)
        check_kept(summary=summary, resume=resume, diagnose=diagnose, diagnose_plot=diagnose_plot)
        if not summary:
            check_size(chains, samples, len(read.nodes))
        collective = Collective.from_network(scaled, clamped=held, action_rule=rule)
        before = diagnostics.read_draws(resume) if resume else None
        # Warnings are for who calls the library; the command says it in its own words.
        with progress() as on_progress, warnings.catch_warnings(action="ignore"):
            run = streaming.summarise if summary else partial(diagnostics.sample, resume=before)
            draws = run(
                collective,
                schedule=ticks,
                num_warmup=warmup,
                num_samples=samples,
                num_chains=chains,
                thinning=thinning,
                seed=seed,
                engine=engine,
                on_progress=on_progress,
            )
    # In memory first: HDF5 itself crashes the process where the disk is full.
    netcdf = io.BytesIO()
    draws.to_netcdf(netcdf, engine="h5netcdf")
    write_atomic(out, netcdf.getvalue())
    n_draws = draws.attrs["num_samples"] if summary else draws["posterior"].sizes["draw"]
    console = QuietPipeConsole(highlight=False)
    facts = (
        f"{collective.n_agents} agents, {len(collective.clamped)} of them clamped; "
        f"{ticks}, {rule}; {chains} chains of {n_draws} draws, seed {seed}; "
        f"engine: {draws.attrs['engine']}"
    )
    if unweighted is not None:
        attributes = f"; attributes there: {', '.join(unweighted)}" if unweighted else ""
        facts += f"; weights: none in the file, 1 used{attributes}"
    console.print(Text(plain(facts)))
    what, reader = ("Sums", "open_dataset") if summary else ("Draws", "open_datatree")
    console.print(Text(f"{what}: {out} (xarray.{reader} reads it)"), soft_wrap=True)
    if "interrupted" in draws.attrs:
        how = "" if summary else f"; the same command with --resume {out} goes on from there"
        complain(f"interrupted after {n_draws} of {samples} draws, which are kept{how}")
        raise typer.Exit(INTERRUPTED)
    if diagnose:
        _print_diagnosis(draws, console)
    if diagnose_plot is not None:
        _write_plot(draws, diagnose_plot, console)


def _check_plot(plot: Path, *, network: Path, out: Path, resume: Path | None) -> None:
    from pp_spin.report.chain_plots import check_format
    from pp_spin.report.document import check_apart, check_writable

    check_format(plot)
    check_writable(plot)
    others = [("the network", network), ("--out", out), ("--resume", resume)]
    for purpose, other in others:
        if other is not None:
            check_apart([(purpose, other), ("--diagnose-plot", plot)])


def _print_diagnosis(draws: Any, console: Console) -> None:
    from pp_spin.evidence.convergence import diagnose
    from pp_spin.report.diagnosis import print_diagnosis

    print_diagnosis(diagnose(draws), console)


def _write_plot(draws: Any, plot: Path, console: Console) -> None:
    from pp_spin.evidence.convergence import observables
    from pp_spin.report.chain_plots import chain_plots
    from pp_spin.report.document import write_atomic

    write_atomic(plot, chain_plots(observables(draws), plot.suffix))
    console.print(Text(f"Chains: {plot}"), soft_wrap=True)
