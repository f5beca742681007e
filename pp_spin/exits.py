"""How a command of ``pp-spin`` ends: its exit code, at most one message, and no traceback.

0 every verdict as expected · 1 a contradiction · 2 wrong usage, nothing written · 3 inconclusive on
a required claim · 4 the suite itself failed · 130 interrupted. A reader that goes away, as in
``pp-spin list | head -1``, is no failure.
"""

import contextlib
import functools
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

WRONG_USAGE, SUITE_FAILED, INTERRUPTED = 2, 4, 130


class WrongUsage(Exception):
    """A mistake of the caller: its text is the whole message, and nothing was written."""


@contextlib.contextmanager
def wrong_usage_if_refused() -> Iterator[None]:
    """What the library refuses inside this block is the caller's mistake."""
    try:
        yield
    except (ValueError, FileNotFoundError) as refusal:
        raise WrongUsage(str(refusal)) from refusal


class QuietPipeConsole(Console):
    """A console that falls silent when its reader goes away; the command goes on."""

    def on_broken_pipe(self) -> None:
        """Print nothing more, neither here nor in the interpreter's last flush."""
        self.quiet = True
        silence_stdout()


def with_exit_codes(command: Callable[..., None]) -> Callable[..., None]:
    """Turn every way in which ``command`` (with its option ``debug``) may end into an exit code."""

    @functools.wraps(command)
    def guarded(*args: Any, debug: bool = False, **options: Any) -> None:
        try:
            command(*args, debug=debug, **options)
        except typer.Exit:
            raise
        except WrongUsage as mistake:
            complain(str(mistake))
            raise typer.Exit(WRONG_USAGE) from None
        except KeyboardInterrupt:
            complain("interrupted; no file was left half-written")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            silence_stdout()
        except Exception as failure:
            if debug:
                traceback.print_exc()
            hint = "" if debug else "; run again with --debug for the traceback"
            complain(f"the suite itself failed: {type(failure).__name__}: {failure}{hint}")
            raise typer.Exit(SUITE_FAILED) from None

    return guarded


def run(app: Callable[..., object]) -> None:
    """Run a typer application as a program."""
    if sys.stdout is None:  # closed by the caller; what is printed goes nowhere
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - open until the end
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without ✓ gets a question mark
    try:
        app()
    except KeyboardInterrupt:
        complain("interrupted")
        sys.exit(INTERRUPTED)
    finally:
        _flush_stdout()


def _flush_stdout() -> None:
    """Write what is still buffered now, where its failure can be told."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        silence_stdout()
    except OSError as error:
        silence_stdout()
        complain(f"the output could not be written: {error.strerror}")
        sys.exit(SUITE_FAILED)


def silence_stdout() -> None:
    """Send what is still to come to nowhere, so that no later flush can fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """One line on the standard error, red where it has colours."""
    text = Text.assemble(("pp-spin: ", "bold red"), (message, "red"))
    Console(stderr=True).print(text, soft_wrap=True)
