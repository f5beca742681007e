"""How a command of ``pp-spin`` ends: its exit code, at most one message, and no traceback.

0 every verdict as expected · 1 a contradiction · 2 wrong usage, nothing written (but the reports of
a run that its history cannot take) · 3 inconclusive on a required claim · 4 the suite itself failed
· 130 interrupted · 143, 129 told to stop by SIGTERM or SIGHUP; a ``sample`` that any of these ends
keeps the draws that it has, and ends with 130. A reader that goes away, as in
``pp-spin list | head -1``, is no failure.
"""

import contextlib
import functools
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

import typer
from rich.console import Console
from rich.text import Text

from pp_spin.report.wording import plain

WRONG_USAGE, SUITE_FAILED, INTERRUPTED = 2, 4, 130


class WrongUsage(Exception):
    """A mistake of the caller: its text is the whole message."""


class Stopped(KeyboardInterrupt):
    """The system asked for an end. Like Ctrl-C, it is no error that a handler may swallow."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number  # the shells' convention


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
        silence(self.file)


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
        except Stopped as order:
            complain(f"stopped by {order}; no file was left half-written")
            raise typer.Exit(order.exit_code) from None
        except KeyboardInterrupt:
            complain("interrupted; no file was left half-written")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            silence(sys.stdout)
        except (Exception, SystemExit) as failure:  # a check's sys.exit(0) must not look like a 0
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
    code: Any = 0
    try:
        with _stopped_by_signals():
            code = _exit_code(app)
            sys.stdout.flush()  # what is still buffered, here where its failure can be told
    except BrokenPipeError:
        silence(sys.stdout)
    except OSError as error:
        silence(sys.stdout)
        if code != SUITE_FAILED:  # which has been told
            complain(f"the output could not be written: {error.strerror}")
        code = SUITE_FAILED
    try:
        sys.stderr.flush()
    except OSError:  # nobody listens; the interpreter's own last flush would end with 120
        silence(sys.stderr)
    sys.exit(code)


def _exit_code(app: Callable[..., object]) -> Any:
    try:
        app()
    except Stopped as order:
        complain(f"stopped by {order}")
        return order.exit_code
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except SystemExit as ended:
        gone = ended.__context__
        if isinstance(gone, BrokenPipeError):
            # rich and typer leave with 1, here a verdict, when the reader of help or of a usage
            # error went away; the code of the error, if there was one, stands.
            return getattr(gone.__context__, "exit_code", 0)
        return ended.code
    return 0


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM and a closed terminal end the block as Ctrl-C does, so that files are cleaned up."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped(number)

    names = ("SIGTERM", "SIGHUP")  # there is no SIGHUP on Windows
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # An ignored signal stays so: nohup asks for that.
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def silence(stream: IO[str]) -> None:
    """Send what is still to come on ``stream`` to nowhere, so that no later flush can fail."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(message: str) -> None:
    """One line on the standard error, red where it has colours; no matter if nobody listens."""
    text = Text.assemble(("pp-spin: ", "bold red"), (plain(message), "red"))
    with contextlib.suppress(OSError):
        QuietPipeConsole(stderr=True).print(text, soft_wrap=True)
