"""The files of ``pp-spin verify``: checked before the run, written after it, opened if asked for.

What writes them is loaded when it is needed (this file may import late).
"""

import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pp_spin import exits
from pp_spin.cli_words import STDOUT, write_stdout
from pp_spin.report.document import check_apart, check_writable, write_atomic


class Places(NamedTuple):
    """Where the caller wants a run's faces."""

    out: Path | None
    json: Path | None
    junit: Path | None


def check_places_of_run(
    claims: Sequence[Path], places: Places, history: Path | None, *, opened: bool
) -> None:
    """Raise ValueError, before the run, where its files could not be written or opened."""
    out, json, junit = places
    if opened and not out:
        raise ValueError(
            "got --open without --out; what is opened is the report in that folder; give --out DIR"
        )
    files = [(name, path) for name, path in (("--json", json), ("--junit", junit)) if path]
    for _, path in files:
        if path != STDOUT:
            check_writable(path, device=True)
    if history:
        check_writable(history)
        files.append(("--history", history))
    if out:
        from pp_spin.report.faces import FACES

        check_writable(out, folder=True)
        files += [(f"{name} of --out", out / name) for name in FACES]
    # A claims file named twice is told when its claims are read.
    check_apart([*(("the claims", path) for path in dict.fromkeys(claims)), *files])


def write_reports(document: Mapping[str, Any], places: Places) -> list[Path]:
    """Write every face that is asked for, the document first; the files that now exist."""
    from pp_spin.report.faces import FACES, face

    wanted = [(places.json, "report.json"), (places.junit, "junit.xml")]
    wanted += [(places.out / name, name) for name in FACES if places.out]
    asked = [(path, name) for path, name in wanted if path]
    made = {name: face(document, name) for _, name in asked}
    files = [(path, name) for path, name in asked if path != STDOUT]
    for path, name in files:
        write_atomic(path, made[name])
    for path, name in asked:
        if path == STDOUT:
            write_stdout(made[name])
    return [path for path, _ in files]


def open_report(out: Path) -> None:
    """Show the report in a browser; a machine without one gets a warning, and the same verdict."""
    report = (out / "report.html").resolve()
    try:
        shown = webbrowser.open(report.as_uri())
    except (webbrowser.Error, OSError):
        shown = False
    if not shown:
        exits.complain(f"no browser could be started; open {report} in one")
