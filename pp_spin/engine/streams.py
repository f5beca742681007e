"""Random words for the engines: counter-based streams, so that no state has to be carried.

A *place* is where randomness is used: ``(site, block, sweep, purpose)``, four 32-bit numbers. Site
and block are an engine's own numbers of an agent or several and of a chain or several; sweeps are
counted from the first of a run, across compiled calls; purpose keeps apart what one sweep draws at
one site. `words_at` hashes a place with the run's key by Threefry-4x32, a bijection for every key,
so two places never share a seed. The 128 bits seed a short run of xoshiro128+, which gives as many
words as that place needs.

Which thread or compiled call draws a word is no part of its place: draws cannot depend on it. The
key is 128 bits of the caller's JAX key folded with the engine's name, so that engines share no
stream either.

Why so: a sampler of bits is bound by its random words. A hash costs 135 vector operations, a word
of the run 10; both are elementwise and melt into the kernel that uses them. xoshiro128+, not ++,
since a run has 64 words at most: the one weakness of +, the linear lowest bit, needs more than 128
of them to show.

Departures: 12 rounds where the authors of Threefry take 20 by default. The hash only seeds a run,
which mixes on, and ``tests/engine/test_streams.py`` looks at the words that come out.

References: Salmon et al. 2011 (Threefry), Blackman & Vigna 2021 (xoshiro).
"""

import zlib
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

ROUNDS = 12
"""Rounds of Threefry-4x32."""

ACTION, WHO_ACTS = 0, 1
"""Purposes: what an agent does, and whether it acts."""

_PARITY = 0x1BD11BDA
_ROTATIONS = ((10, 26), (11, 21), (13, 27), (23, 5), (6, 20), (17, 11), (25, 10), (18, 20))


class Stream(NamedTuple):
    """A run of xoshiro128+ at each of many places: four uint32 arrays of one shape."""

    a: Array
    b: Array
    c: Array
    d: Array


def run_key(rng_key: Array, engine: str) -> Array:
    """The 128 bits, uint32 ``(4,)``, that an engine's streams hang on; any JAX key will do."""
    engine_key = jax.random.fold_in(rng_key, zlib.crc32(engine.encode()))
    return jax.random.bits(engine_key, (4,), jnp.uint32)


def words_at(
    key: Array, site: ArrayLike, block: ArrayLike, sweep: ArrayLike, purpose: int
) -> Stream:
    """The stream of each place; ``site``, ``block`` and ``sweep`` are integers that broadcast."""
    place = jnp.broadcast_arrays(*(jnp.asarray(part, jnp.uint32) for part in (site, block, sweep)))
    return Stream(*threefry(key, (*place, jnp.full_like(place[0], purpose)), ROUNDS))


def next_word(stream: Stream) -> tuple[Array, Stream]:
    """32 fresh random bits at each place, uint32, and the stream after them."""
    a, b, c, d = stream
    word = a + d
    shifted = b << 9
    c, d = c ^ a, d ^ b
    b, a = b ^ c, a ^ d
    return word, Stream(a, b, c ^ shifted, rotated(d, 11))


def threefry(key: Sequence[Array] | Array, counter: Sequence[Array], rounds: int) -> list[Array]:
    """Threefry-4x32 of a counter: four uint32 arrays, elementwise."""
    keys = [key[0], key[1], key[2], key[3]]
    keys.append(keys[0] ^ keys[1] ^ keys[2] ^ keys[3] ^ jnp.uint32(_PARITY))
    x = [word + key_word for word, key_word in zip(counter, keys[:4], strict=True)]
    for number in range(rounds):
        first, second = _ROTATIONS[number % 8]
        i, j = (1, 3) if number % 2 == 0 else (3, 1)
        x[0] = x[0] + x[i]
        x[i] = rotated(x[i], first) ^ x[0]
        x[2] = x[2] + x[j]
        x[j] = rotated(x[j], second) ^ x[2]
        if number % 4 == 3:
            turn = number // 4 + 1
            x = [word + keys[(turn + place) % 5] for place, word in enumerate(x)]
            x[3] = x[3] + jnp.uint32(turn)
    return x


def rotated(word: Array, n_bits: int) -> Array:
    """Words with their bits turned ``n_bits`` upwards, 0 to 32: what leaves above enters below."""
    return (word << n_bits) | (word >> (32 - n_bits))  # XLA shifts by 32 to 0
