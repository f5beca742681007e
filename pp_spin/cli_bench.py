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
    from pp_spin.evidence.jobs import JOBS, job_named
    from pp_spin.report.document import check_writable, write_atomic

    names = job or list(JOBS)
    results = []
    with wrong_usage_if_refused(), progress() as on_progress:
        if json and json != STDOUT:
            check_writable(json, device=True)
        for number, name in enumerate(names):
            on_progress(number, len(names), name)
            results.append(benchmark.measured(job_named(name), repeats, seconds, seed, engine))
    text = json_format.dumps(results, indent=2) + "\n"
    if json == STDOUT:
        typer.echo(text, nl=False)
        return
    if json:
        write_atomic(json, text.encode())
    table = Table("job", "engine", "updates/ns", "lowest - highest", "first draw", "z")
    for row in results:
        table.add_row(
            row["job"],
            row["engine"],
            f"{row['updates_per_ns']:.3g}",
            f"{row['lowest']:.3g} - {row['highest']:.3g}",
            f"{row['first_draw_seconds']:.1f} s",
            f"{row['z']:+.1f}",
        )
    QuietPipeConsole(highlight=False).print(table)
