"""Arithmetic on bit planes: 32 agents' or chains' decisions in the logic operations of one word.

A plane is a uint32 array in which every bit is a lane of its own. An agent with K neighbours of one
absolute precision gamma needs of them only how many agree: ``x = gamma (2 n - K) + zeta`` is its
posterior's half log-odds, and n is counted by a network of full adders, 32 lanes at a time.

**An action** with probability ``T / 2**32`` is the carry out of the sum ``U + T`` of a uniform
32-digit number U and T. Digit by digit, from the lowest, the carry is the majority of the digit of
U, the digit of T and the carry so far: one random word and four operations for a digit of 32 lanes.

**Fewer random words.** Only the 12 upper digits of U are drawn for every lane. The lower 20 decide
where the upper ones tie with T, once in 4096, and the 32 lanes of a word share them. Each lane's
probability is right to 2**-33. Two lanes of one word depend on each other only where both tie, so
their joint law is off by at most 2**-24 in total variation: what rounding each of them to 24 digits
could do as well, at twice the random words.

Departures: thresholds are traced, so another temperature compiles nothing anew.
"""

from collections.abc import Sequence

import jax.numpy as jnp
from jax import Array

from pp_spin.engine.streams import Stream, next_word

OWN_DIGITS = 12
"""Upper binary digits of the uniform number that every lane draws for itself."""

DIGITS = 32
"""Binary digits of a probability."""


def counted(planes: Sequence[Array]) -> list[Array]:
    """The number of set planes in each lane: planes of its binary digits, lowest first."""
    columns, digits = [list(planes)], []
    while columns:
        column, carries = columns.pop(), []
        while len(column) > 1:
            first, second, *rest = column
            half = first ^ second
            third = rest[0] if rest else None
            carry = first & second
            column = rest[1:]
            if third is None:
                column = [half]
            else:
                column = [*column, half ^ third]
                carry = carry | (third & half)
            carries.append(carry)
        digits.append(column[0])
        if carries:
            columns.append(carries)
    return digits


def equal_to(number: int, digits: Sequence[Array]) -> Array:
    """The plane of lanes whose ``digits``, lowest first, are those of ``number``."""
    plane = ~jnp.zeros_like(digits[0])
    for place, digit in enumerate(digits):
        plane = plane & (digit if number >> place & 1 else ~digit)
    return plane


def drawn(
    stream: Stream, classes: Sequence[Array], chances: Array, fair: Array | None = None
) -> Array:
    """A plane whose lanes are set with the chance of the class that they are in.

    ``classes`` are disjoint planes, ``chances`` uint32 ``(n_classes,)`` in units of ``2**-32``;
    lanes of ``fair`` are set with 1/2, lanes of no class never.
    """
    shared, stream = next_word(stream)
    carry = jnp.zeros_like(shared)
    for plane, chance in zip(classes, chances, strict=True):
        overflows = shared > ~(chance << OWN_DIGITS)
        carry = carry | jnp.where(overflows, plane, 0)
    for place in range(DIGITS - OWN_DIGITS, DIGITS):
        threshold = jnp.zeros_like(shared)
        for plane, chance in zip(classes, chances, strict=True):
            threshold = threshold | (plane & -(chance >> place & 1))
        if fair is not None and place == DIGITS - 1:
            threshold, carry = threshold | fair, carry & ~fair
        uniform, stream = next_word(stream)
        carry = (uniform & (threshold | carry)) | (threshold & carry)
    return carry
