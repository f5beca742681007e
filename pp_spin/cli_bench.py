"""``pp-spin bench``: how fast the sampler is on this machine, and whether it was right meanwhile.

What it needs is loaded when it runs (this file may import late).
"""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pp_spin.cli_words import STDOUT, Debug, Seed, examples, file_or_stdout, progress
from pp_spin.exits import QuietPipeConsole, with_exit_codes, wrong_usage_if_refused

EPILOG = (
    "[bold]Jobs[/bold]\n\nlat_H_cC (lattice), rrK_nN_cC (random regular, ±), ea3_L_cC (cubic, ±), "
    "sk_nN_cC and tiny_nN_cC (all tied, Gaussian), each of any size; C chains. rrK_nN_cC_real has "
    "real precisions and biases; _sync at the end is for all agents at once, _scan for one at a "
    "time, drawn anew\n\n"
    + examples(
        "pp-spin bench --job lat_256_c64",
        "pp-spin bench --job rr3_n10000_c64_sync --job ea3_32_c64 --json bench.json",
        "pp-spin bench --peers peers.jsonl --chart bars.svg",
        "pp-spin bench --growth --chart growth.svg",
    )
)


@with_exit_codes
def bench(
    job: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", show_default=False, help="A job; repeatable. Default: some."),
    ] = None,
    repeats: Annotated[int, typer.Option(metavar="N", help="Timed runs of each job.")] = 5,
    seconds: Annotated[float, typer.Option(metavar="X", help="About how long each takes.")] = 1.0,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", show_default=False, help="The engine. Default: the one that suits."
        ),
    ] = None,
    growth: Annotated[
        bool,
        typer.Option("--growth", help="Time how it grows with the agents and with the chains."),
    ] = False,
    earlier: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            show_default=False,
            help="Show an earlier --json, untimed.",
        ),
    ] = None,
    peers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help='Other samplers\' figures, lines of {"peer": …, "job": …, "flips_per_ns": …}.',
        ),
    ] = None,
    chart: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            show_default=False,
            help="Draw them (SVG): bars of each job, or the growth.",
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(
            parser=file_or_stdout, metavar="FILE", help="Write a list of results (- for stdout)."
        ),
    ] = None,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Time the sampler on named jobs: updates per nanosecond, and a z of the run's correctness."""
    import json as json_format

    from pp_spin.evidence import benchmark
    from pp_spin.evidence.jobs import GROWTH, JOBS, job_named
    from pp_spin.report import speed
    from pp_spin.report.document import check_writable, write_atomic

    names = list(job or (GROWTH if growth else JOBS))
    with wrong_usage_if_refused(), progress() as on_progress:
        for file in (json, chart):
            if file and file != STDOUT:
                check_writable(file, device=True)
        lines = peers.read_text(encoding="utf-8") if peers else ""
        speed.standings([], lines)  # before an hour of timing
        results = json_format.loads(earlier.read_text(encoding="utf-8")) if earlier else []
        for number, name in enumerate([] if earlier else names):
            on_progress(number, len(names), name)
            results.append(benchmark.measured(job_named(name), repeats, seconds, seed, engine))
        rows = speed.standings(results, lines)
    if chart:
        write_atomic(chart, (speed.growth(results) if growth else speed.bars(rows)).encode())
    text = json_format.dumps(results, indent=2) + "\n"
    if json == STDOUT:
        typer.echo(text, nl=False)
        return
    if json:
        write_atomic(json, text.encode())
    columns = ["job", "engine", "updates/ns", "lowest - highest", "first draw", "z"]
    table = Table(*columns, *(["best peer", "ratio"] if peers else []))
    for row in rows:
        ours = row.ours
        cells = [
            ours["job"],
            ours["engine"],
            f"{ours['updates_per_ns']:.3g}",
            f"{ours['lowest']:.3g} - {ours['highest']:.3g}",
            f"{ours['first_draw_seconds']:.1f} s",
            f"{ours['z']:+.1f}",
        ]
        if row.best_peer is not None and row.ratio is not None:
            cells += [f"{row.best_peer} {row.peers[row.best_peer]:.3g}", f"{row.ratio:.3g}"]
        table.add_row(*cells)
    QuietPipeConsole(highlight=False).print(table)
