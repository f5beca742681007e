"""Words that the commands of ``pp-spin`` share: options, places on the disk, the progress bar."""

import contextlib
import difflib
import json as json_format
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column

from pp_spin import cli_complete
from pp_spin.exits import QuietPipeConsole, WrongUsage, silence
from pp_spin.report.document import check_writable, write_atomic

STDOUT = Path("-")


def file_or_stdout(text: str) -> Path:
    """A path, or - for the standard output."""
    if not text:
        raise typer.BadParameter("got an empty name; a file has one; name it")
    return Path(text)


Seed = Annotated[
    int,
    typer.Option(
        min=0, max=2**63 - 1, metavar="N", help="Every random number of the run follows from it."
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        show_default=False,
        autocompletion=cli_complete.engines,
        help="The engine. Default: the one that suits.",
    ),
]
Json = Annotated[
    Path | None,
    typer.Option(parser=file_or_stdout, metavar="FILE", help="Write it (- for stdout)."),
]
Weight = Annotated[
    str, typer.Option(metavar="NAME", help="The edge attribute that holds the weights.")
]
Bias = Annotated[
    str, typer.Option(metavar="NAME", help="The node attribute that holds the biases.")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]


def place(text: str) -> Path:
    """A path on the disk."""
    if text in ("", "-"):
        raise typer.BadParameter(
            f"got {text!r}; that names no place on the disk; give a path, such as run.nc or reports"
        )
    return Path(text)


def check_places(*files: Path | None) -> None:
    """Raise ValueError, before the work, where a file that is to be written could not be."""
    for file in files:
        if file and file != STDOUT:
            check_writable(file, device=True)


def write_or_print(document: Any, json: Path | None, *shown: RenderableType) -> None:
    """The document where ``json`` says, and what is to be shown unless that is the stdout."""
    text = json_format.dumps(document, indent=2, allow_nan=False) + "\n"
    if json == STDOUT:
        typer.echo(text, nl=False)
        return
    if json:
        write_atomic(json, text.encode())
    console = QuietPipeConsole(highlight=False)
    for each in shown:
        console.print(each)


def write_stdout(data: bytes) -> None:
    """A reader that goes away changes neither the files nor the verdict."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        silence(sys.stdout)


def check_choice(name: str, chosen: str, choices: Collection[str]) -> None:
    """Raise WrongUsage where ``chosen`` is none of the choices."""
    if chosen not in choices:
        near = difflib.get_close_matches(chosen, choices, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise WrongUsage(
            f"got {name} {chosen!r}; there is no such {name}; "
            f"choose one of {', '.join(choices)}{hint}"
        )


def examples(*lines: str) -> str:
    """Command lines to learn from, below a command's help."""
    return "[bold]Examples[/bold]\n\n" + "\n\n".join(lines)


def progress_bar(console: Console, *, disable: bool) -> Progress:
    """Bar, count, times and label, of which the label alone is cut where the line is short."""
    return Progress(
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn(
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
def progress() -> Iterator[Callable[..., None]]:
    """A progress bar on stderr, in a terminal only: ``on_progress(done, total, label="")``."""
    console = Console(stderr=True)
    with progress_bar(console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def on_progress(done: int, total: int, label: str = "") -> None:
            bar.update(task, completed=done, total=total, description=label)

        yield on_progress
