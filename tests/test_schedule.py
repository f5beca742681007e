"""Schedules as data: their names, their words, and what is refused."""

from typing import Any

import pytest

from pp_spin.schedule import (
    SCHEDULES,
    PartiallySynchronous,
    Sequential,
    parse_schedule,
    partially_synchronous,
    random_scan,
    sequential,
)
from tests import cases


@pytest.mark.parametrize("schedule", cases.SCHEDULES, ids=str)
def test_a_schedule_is_read_back_from_its_own_words(schedule):
    assert parse_schedule(str(schedule)) == schedule
    assert parse_schedule(schedule) is schedule


def test_every_digit_of_a_rate_is_in_its_words():
    assert parse_schedule(str(partially_synchronous(1 / 3))) == partially_synchronous(1 / 3)


def test_schedules_are_listed_by_name():
    assert all(parse_schedule(name) is schedule for name, schedule in SCHEDULES.items())
    assert SCHEDULES["random_scan"] is random_scan


@pytest.mark.parametrize("text", ["0.5", " .5 ", "5e-1", "+0.5"])
def test_a_rate_may_be_written_as_any_number(text):
    assert parse_schedule(f"partially_synchronous({text})") == PartiallySynchronous(0.5)


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.1, float("nan")])
def test_a_rate_at_which_nobody_acts_is_refused(rate):
    with pytest.raises(ValueError, match=rf"got rate = {rate}; .* give a number in \(0, 1\]"):
        partially_synchronous(rate)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("sequental", "did you mean 'sequential'?"),
        ("Synchronous", "did you mean 'synchronous'?"),
        ("partially_synchronous", "did you mean"),
        ("partially_synchronous(x)", "did you mean"),
        ("whenever", "take one of them"),
        ("", "take one of them"),
    ],
)
def test_an_unknown_name_is_refused_with_the_list(text, hint):
    message = rf"got schedule '.*'; the schedules are random_scan, sequential, .*; {hint}"
    with pytest.raises(ValueError, match=message):
        parse_schedule(text)


def test_another_object_is_no_schedule():
    other: Any = 3
    with pytest.raises(TypeError, match=r"got schedule 3; .* give one of pp_spin.schedule or its"):
        parse_schedule(other)


def test_a_sweep_visits_free_agents_in_order_and_passes_clamped_ones_over():
    assert sequential.visits(4, (0, 2, 3)) == (0, 2, 3)
    assert Sequential((3, 1, 0, 2)).visits(4, (0, 2, 3)) == (3, 0, 2)
    assert Sequential((3, 0, 2)).visits(4, (0, 2, 3)) == (3, 0, 2)


def test_an_order_may_be_a_list_and_stays_hashable():
    listed: Any = [2, 0, 1]
    assert hash(Sequential(listed)) == hash(Sequential((2, 0, 1)))
    fractional: Any = (0.5, 1)
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        Sequential(fractional)


@pytest.mark.parametrize(
    "order", [(), (0, 1), (0, 1, 1, 2), (0, 1, 2, 2), (0, 1, 2, 7), (0, 1, -1)]
)
def test_an_order_that_misses_repeats_or_invents_an_agent_is_refused(order):
    message = r"got order \(.*\) for free agents \(0, 1, 2\) of 4; .* every one of them exactly"
    with pytest.raises(ValueError, match=message):
        Sequential(order).visits(4, (0, 1, 2))


@pytest.mark.parametrize("text", ["sequential(2, 0, 1)", "sequential(1,)", "sequential(0)"])
def test_an_order_is_read_as_it_is_printed(text):
    schedule = parse_schedule(text)
    assert parse_schedule(str(schedule)) == schedule


@pytest.mark.parametrize("text", ["sequential()", "sequential(a, b)", "sequential(0.5, 1)"])
def test_an_order_of_anything_but_indices_is_no_schedule(text):
    with pytest.raises(ValueError, match=r"the schedules are .*sequential\(2, 0, 1\)"):
        parse_schedule(text)
