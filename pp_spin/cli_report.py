"""``pp-spin report``: a stored run as any of its faces, without running anything.

What it needs is loaded when it runs (this file may import late).
"""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from pp_spin.cli_words import (
    STDOUT,
    Debug,
    check_choice,
    check_places,
    examples,
    file_or_stdout,
    place,
    write_stdout,
)
from pp_spin.exits import QuietPipeConsole, WrongUsage, with_exit_codes, wrong_usage_if_refused

EPILOG = (
    "[bold]Formats[/bold]\n\nmarkdown: a summary for the page of a CI job; html: one page that "
    "needs nothing beside it; latex: tables for a paper; errata: what the paper should say; "
    "json: the document itself; junit: XML for CI servers\n\n"
    "A document that is not as its run sealed it is refused: 2. The verdict is no matter of this "
    "command, which ends with 0 where the report was made.\n\n"
    + examples(
        "pp-spin report report.json >> $GITHUB_STEP_SUMMARY",
        "pp-spin report report.json --format latex --out claims.tex",
        "pp-spin report report.json --out-dir reports   [dim]all of them[/dim]",
        "pp-spin report --schema",
    )
)


@with_exit_codes
def report(
    run: Annotated[
        Path | None,
        typer.Argument(
            parser=place,
            metavar="RUN.json",
            show_default=False,
            help="What pp-spin verify --json wrote.",
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format", metavar="markdown|html|latex|errata|json|junit", help="What to make of it."
        ),
    ] = "markdown",
    out: Annotated[
        Path | None,
        typer.Option(
            parser=file_or_stdout,
            metavar="FILE",
            show_default=False,
            help="Where to write it (- for stdout, which is the default).",
        ),
    ] = None,
    out_dir: Annotated[
        Path | None,
        typer.Option(
            "--out-dir", parser=place, metavar="DIR", help="Write every format there instead."
        ),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of such a file, and no more.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make a report of a run that was stored as JSON, after checking that it is unaltered."""
    from pp_spin.report.faces import FACES, FORMATS, face
    from pp_spin.report.reading import read_document
    from pp_spin.report.schema import schema_text

    if schema:
        write_stdout(schema_text().encode())
        return
    check_choice("format", form, FORMATS)
    _check_asked(run, form, out, out_dir)
    assert run is not None  # or it would have been refused
    with wrong_usage_if_refused():
        _check_outputs(run, out, out_dir, tuple(FACES))
        document = read_document(run)
    if out_dir:
        _write({out_dir / name: face(document, name) for name in FACES})
    elif out and out != STDOUT:
        _write({out: face(document, FORMATS[form])})
    else:
        write_stdout(face(document, FORMATS[form]))


def _check_asked(run: Path | None, form: str, out: Path | None, out_dir: Path | None) -> None:
    """Raise WrongUsage where it is not clear what is to be read, or to be written where."""
    if run is None:
        raise WrongUsage(
            "got no run; a report is made of one; name the JSON that `pp-spin verify --json FILE` "
            "wrote, or ask for --schema"
        )
    if out and out_dir:
        raise WrongUsage(
            "got both --out and --out-dir; one is a file for one format, the other a folder for "
            "all of them; give one"
        )
    if form == "html" and out is None and out_dir is None and sys.stdout.isatty():
        raise WrongUsage(
            "got --format html for a terminal, which does not draw a page; "
            "name a file for it, such as --out report.html"
        )


def _check_outputs(
    run: Path, out: Path | None, out_dir: Path | None, names: tuple[str, ...]
) -> None:
    """Raise ValueError where the report cannot be written, or would overwrite the run."""
    from pp_spin.report.document import check_apart, check_writable

    check_places(out)
    files = [("--out", out)] if out and out != STDOUT else []
    if out_dir:
        check_writable(out_dir, folder=True)
        # In its own folder the document is written again as it is.
        again = out_dir / "report.json"
        same = run.exists() and again.exists() and run.samefile(again)
        wanted = [name for name in names if not (same and name == again.name)]
        files = [(f"{name} of --out-dir", out_dir / name) for name in wanted]
    check_apart([("the run", run), *files])


def _write(made: dict[Path, Any]) -> None:
    from pp_spin.report.document import write_atomic

    for path, data in made.items():
        write_atomic(path, data)
    console = QuietPipeConsole(highlight=False)
    console.print(Text(f"Written: {', '.join(map(str, made))}"), soft_wrap=True)
