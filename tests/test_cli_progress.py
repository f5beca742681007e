"""What a run says while it lasts: honest about the time left, and plain where nobody can watch."""

import io

import pytest
from rich.console import Console

from pp_spin import cli_progress
from pp_spin.claims.plan import Step
from pp_spin.cli_progress import LineTeller, clock, time_left

SURPRISE = {
    "id": "two_and_two_are_five", "expected": "supported", "verdict": "refuted",
    "reason": "refuted by \x1b[31marithmetic\u202e",
}  # fmt: skip


def step(phase="checking claims", done=1, share=0.5, surprise=None):
    return Step(phase, done, 4, "a_claim", share, surprise)


def test_the_time_left_is_what_the_done_share_took_scaled_to_the_rest():
    assert time_left(10.0, 0.25) == pytest.approx(30.0)
    assert time_left(10.0, 0.25, since=12.0) == pytest.approx(18.0)
    assert time_left(60.0, 1.0) == 0.0


@pytest.mark.parametrize(("elapsed", "share", "since"), [(1.0, 0.01, 0.0), (10.0, 0.5, 11.0)])
def test_no_time_left_is_told_too_early_or_where_it_has_run_out(elapsed, share, since):
    assert time_left(elapsed, share, since) is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(6.6, "0:07"), (59.9, "1:00"), (750, "12:30"), (3723, "1:02:03")]
)
def test_a_clock_reads_as_one(seconds, words):
    assert clock(seconds) == words


class Log:
    """A teller of lines whose clock is set by hand."""

    def __init__(self, width=80):
        self.stream, self.time = io.StringIO(), 0.0
        self.tell = LineTeller(Console(file=self.stream, width=width), lambda: self.time)

    def lines(self):
        return self.stream.getvalue().splitlines()


def test_a_log_gets_a_line_for_each_phase_and_each_half_minute():
    log = Log()
    for log.time in (0.0, 10.0, 29.0, 31.0, 40.0):
        log.tell(step())
    log.tell(step("seeding faults", 0, 0.75))
    assert log.lines() == [
        "checking claims: 1 of 4, 0:00 gone",
        "checking claims: 1 of 4, 0:31 gone, about 0:31 left",
        "seeding faults: 0 of 4, 0:40 gone, about 0:13 left",
    ]


@pytest.mark.parametrize("width", [40, 80])
def test_a_log_gets_a_surprise_at_once_as_text(width):
    log = Log(width)
    log.tell(step(surprise=SURPRISE))
    shown = " ".join(log.stream.getvalue().split())
    assert shown == (
        "✗ two_and_two_are_five: expected supported, got refuted. "
        "refuted by \\u001b[31marithmetic\\u202e"
    )
    assert max(map(len, log.lines())) <= width


@pytest.mark.parametrize("width", [40, 80])
def test_the_bar_fits_shows_the_time_left_and_lets_surprises_stand_above(width):
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system=None)
    bar = cli_progress.bar(console)
    tell = cli_progress.BarTeller(bar)
    tell(step())
    console.print(bar)
    [line] = stream.getvalue().splitlines()
    assert len(line) <= width
    assert " 50%" in line
    assert "left checking claim" in line
    tell(step(surprise=SURPRISE))
    assert "✗ two_and_two_are_five" in stream.getvalue()
    assert not set(stream.getvalue()) & {"\x1b", "\u202e"}
