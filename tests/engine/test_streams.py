"""Random streams: the published test vectors, and no place that shares its words with another."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from pp_spin.engine.streams import ACTION, WHO_ACTS, next_word, run_key, threefry, words_at

# Known answers of Threefry-4x32 as published with the generator: word of key and counter, rounds.
KNOWN = [
    (0x00000000, 13, [0x531C7E4F, 0x39491EE5, 0x2C855A92, 0x3D6ABF9A]),
    (0x00000000, 20, [0x9C6CA96A, 0xE17EAE66, 0xFC10ECD4, 0x5256A7D8]),
    (0xFFFFFFFF, 20, [0x2A881696, 0x57012287, 0xF6C7446E, 0xA16A6732]),
]


@pytest.mark.parametrize(("word", "rounds", "expected"), KNOWN)
def test_threefry_gives_the_published_words(word, rounds, expected):
    four = [jnp.uint32(word)] * 4
    assert [int(found) for found in threefry(four, four, rounds)] == expected


def words(key, *place, n_words=3):
    stream, found = words_at(key, *place), []
    for _ in range(n_words):
        word, stream = next_word(stream)
        found.append(np.asarray(word))
    return np.stack(found)


def places(key):
    """The words of 2 purposes x 8 sweeps x 8 blocks x 64 sites, one row for each place."""
    site, block, sweep = (axis.ravel() for axis in np.indices((64, 8, 8)))
    rows = [words(key, site, block, sweep, purpose).T for purpose in (ACTION, WHO_ACTS)]
    return np.concatenate(rows)


def test_no_two_places_share_their_words(key):
    found = places(run_key(key, "packed"))
    assert len(np.unique(found[:, 0])) > 0.999 * len(found)
    assert len(np.unique(found, axis=0)) == len(found)
    restarted = np.concatenate([found, places(run_key(key, "packed"))[:8]])
    assert len(np.unique(restarted, axis=0)) < len(restarted)


def test_engines_and_seeds_share_no_stream(key):
    keys = [run_key(key, "packed"), run_key(key, "other"), run_key(jax.random.key(1), "packed")]
    found = np.concatenate([places(each) for each in keys])
    assert len(np.unique(found, axis=0)) == len(found)


def test_bits_are_fair_and_words_unlike_each_other(key):
    found = words(run_key(key, "packed"), np.arange(2**16), 0, 0, ACTION, n_words=14)
    bits = np.unpackbits(found.view(np.uint8), axis=-1).reshape(14, -1).astype(float)
    # 2**21 bits a word: six standard errors of a mean, and of a correlation.
    bound = 6 / np.sqrt(bits.shape[1])
    assert np.abs(2 * bits.mean(1) - 1).max() < bound
    correlations = np.corrcoef(bits) - np.eye(14)
    assert np.abs(correlations).max() < bound
