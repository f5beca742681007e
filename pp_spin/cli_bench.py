"""``pp-spin bench``: how fast the sampler is on this machine, and whether it was right meanwhile.

What it needs is loaded when it runs (this file may import late).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from pp_spin import cli_complete
from pp_spin.cli_words import (
    Debug,
    Engine,
    Json,
    Seed,
    check_places,
    examples,
    progress,
    write_or_print,
)
from pp_spin.exits import with_exit_codes, wrong_usage_if_refused

EPILOG = (
    "[bold]Jobs[/bold]\n\nlat_H_cC (lattice), rrK_nN_cC (random regular, ±), ea3_L_cC (cubic, ±), "
    "sk_nN_cC and tiny_nN_cC (all tied, Gaussian), each of any size; C chains. rrK_nN_cC_real has "
    "real precisions and biases; _sync at the end is for all agents at once, _scan for one at a "
    "time, drawn anew\n\n"
    + examples(
        "pp-spin bench --job lat_256_c64",
        "pp-spin bench --job rr3_n10000_c64_sync --job ea3_32_c64 --json bench.json",
        "pp-spin bench --peers peers.jsonl --chart speed.svg",
        "pp-spin bench --growth --chart growth.svg",
    )
)


@with_exit_codes
def bench(
    job: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            show_default=False,
            autocompletion=cli_complete.jobs,
            help="A job; repeatable. Default: some.",
        ),
    ] = None,
    repeats: Annotated[int, typer.Option(metavar="N", help="Timed runs of each job.")] = 5,
    seconds: Annotated[float, typer.Option(metavar="X", help="About how long each takes.")] = 1.0,
    engine: Engine = None,
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
            help="Draw them (SVG): a line of each job, or the growth.",
        ),
    ] = None,
    json: Json = None,
    seed: Seed = 0,
    debug: Debug = False,
) -> None:
    """Time the sampler on named jobs: updates per nanosecond, and a z of the run's correctness."""
    from pp_spin.evidence import benchmark
    from pp_spin.evidence.jobs import GROWTH, JOBS, job_named, read_name
    from pp_spin.report import speed
    from pp_spin.report.document import write_atomic

    names = list(job or (GROWTH if growth else JOBS))
    with wrong_usage_if_refused(), progress() as on_progress:
        check_places(json, chart)
        lines = peers.read_text(encoding="utf-8") if peers else ""
        speed.standings([], lines)  # before an hour of timing
        if earlier and job:
            raise ValueError(
                "got --from and --job; a file's results are shown as they are; leave out one"
            )
        for name in names:
            read_name(name)  # all of them before an hour of timing
        if earlier:
            results, stopped = speed.earlier_results(earlier.read_text("utf-8")), None
        else:
            results, stopped = _timed(
                names,
                lambda name: benchmark.measured(job_named(name), repeats, seconds, seed, engine),
                on_progress,
            )
        rows = speed.standings(results, lines)
    if chart:
        write_atomic(chart, (speed.growth(results) if growth else speed.dots(rows)).encode())
    write_or_print(results, json, speed.table(rows, with_peers=peers is not None))
    if stopped is not None:
        with wrong_usage_if_refused():
            raise stopped


def _timed(
    names: list[str], measured: Callable[[str], Any], on_progress: Callable[..., None]
) -> tuple[list[Any], BaseException | None]:
    """The results of the jobs, and what ended them early, if anything did and there are any."""
    results: list[Any] = []
    try:
        for number, name in enumerate(names):
            on_progress(number, len(names), name)
            results.append(measured(name))
    except (KeyboardInterrupt, ValueError) as reason:
        if not results:
            raise
        return results, reason
    return results, None
