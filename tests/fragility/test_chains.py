"""Chains: one value for each, whatever its draws, and random words of its own for each point."""

import jax
import numpy as np
import pytest

from pp_spin.fragility.chains import Run, averaged
from pp_spin.fragility.observables import magnetisation


def test_a_value_is_the_mean_of_one_chains_draws():
    # chains that never move: draws of one are all alike, and only as many values as chains are new
    signs = np.array([1, -1, 1, 1], dtype=np.int8)
    draws = np.broadcast_to(signs[:, None, None], (4, 6, 5))
    found = averaged(draws, (magnetisation(),), Run(alpha=0.1))["magnetisation"]
    assert (found.mean, found.n_chains) == (0.5, 4)
    kept = []

    def of(spins):
        kept.append(spins)
        return np.arange(24.0)

    probe = magnetisation()._replace(of=of, bounds=(0, 23))
    assert averaged(draws, (probe,), Run(alpha=0.1))["magnetisation"].mean == pytest.approx(11.5)
    assert (kept[0] == np.repeat(signs, 6)[:, None]).all()


def test_repeated_draws_do_not_narrow_the_interval(rng):
    chains = rng.choice([-1, 1], (50, 1, 3)).astype(np.int8)
    run = Run(alpha=0.1)
    once, often = (
        averaged(np.repeat(chains, n, axis=1), (magnetisation(),), run)["magnetisation"]
        for n in (1, 20)
    )
    assert often == pytest.approx(once)


def test_places_have_random_words_of_their_own():
    run = Run(seed=5)
    runs = [
        run,
        *(run.at(i) for i in range(9)),
        *(run.at(i).at(k) for i in (0, 1, 8) for k in (0, 7)),
    ]
    keys = {tuple(jax.random.key_data(one.key()).tolist()) for one in runs}
    assert len(keys) == len(runs)
    assert run.at(1) == Run(seed=5, place=2)
