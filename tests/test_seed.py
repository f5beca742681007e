"""Seeds: every one of 64 bits counts, in either precision, and nonsense is told."""

import jax
import numpy as np
import pytest

from pp_spin.seed import key_of


def words(key):
    return tuple(np.asarray(jax.random.key_data(key)).tolist())


@pytest.mark.parametrize("x64", [True, False])
def test_a_small_seed_is_jaxs_own_key(x64):
    with jax.enable_x64(x64):
        assert words(key_of(7)) == words(jax.random.key(7))
        assert words(key_of(np.int64(7))) == words(jax.random.key(7))


@pytest.mark.parametrize("x64", [True, False])
def test_large_seeds_differ_in_every_bit(x64):
    with jax.enable_x64(x64):
        assert len({words(key_of(2**bit)) for bit in range(64)}) == 64


def test_keys_of_both_kinds_are_passed_on(key):
    assert words(key_of(key)) == words(key)
    raw = jax.random.PRNGKey(3)
    assert (key_of(raw) == raw).all()


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_number_beyond_the_key_is_refused(seed):
    with pytest.raises(ValueError, match=rf"got seed = {seed}; a key holds 64 bits; give a number"):
        key_of(seed)


@pytest.mark.parametrize("seed", ["a", 1.5, None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(TypeError, match=r"got seed = .*a whole number or a JAX key; give for ex"):
        key_of(seed)
