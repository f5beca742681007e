"""Plots of chains: in every format, the same twice, and for series that do not vary too."""

from pathlib import Path

import numpy as np
import pytest

from pp_spin.report.chain_plots import FORMATS, _untied, chain_plots, check_format

BEGINNINGS = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_draws_give_the_same_drawing(rng, suffix):
    series = {"energy": rng.normal(size=(4, 30)), "overlap": rng.normal(size=(2, 30))}
    drawn = chain_plots(series, suffix)
    assert drawn.startswith(BEGINNINGS[suffix])
    assert drawn == chain_plots(series, suffix)
    other = chain_plots(series | {"energy": series["energy"] + series["energy"] ** 2}, suffix)
    assert drawn != other


def test_a_drawing_says_what_it_is(rng):
    drawn = chain_plots({"energy": rng.normal(size=(10, 20))}, ".svg").decode()
    for words in ("Chains, the first 8 of 10: diagnostic, never a verdict", "Δ-ECDF of ranks"):
        assert words in drawn
    assert "autocorrelation" in drawn
    assert ", the first" not in chain_plots({"energy": rng.normal(size=(4, 20))}, ".svg").decode()


@pytest.mark.parametrize(
    ("series", "state"),
    [
        (np.ones((2, 20)), "frozen"),
        (np.outer([1.0, 2.0], np.ones(20)), "stuck"),
        (np.arange(3.0)[np.newaxis], "unknown"),
        (np.zeros((1, 1)), "unknown"),
    ],
    ids=["frozen", "stuck", "few draws", "one draw"],
)
def test_what_does_not_vary_is_named(series, state):
    assert f"energy: {state}" in chain_plots({"energy": series}, ".svg").decode()


def test_a_chain_that_never_varies_among_others_is_drawn(rng):
    series = rng.normal(size=(3, 20))
    series[0] = 0.0
    assert "autocorrelation" in chain_plots({"energy": series}, ".svg").decode()


def test_ties_are_ranked_at_random(rng):
    values = rng.choice([0.0, 1.0], (4, 500))
    ranks = _untied(values)
    assert sorted(ranks.ravel()) == list(range(2000))
    assert ranks[values == 0].max() < ranks[values == 1].min()
    # In the order of the array, the first chain would have the lowest ranks of each value.
    means = [ranks[chain][values[chain] == 0].mean() for chain in range(4)]
    n = (values == 0).sum()
    assert max(means) - min(means) < 0.3 * n


@pytest.mark.parametrize("name", ["chains", "chains.jpg", "chains.png.gz"])
def test_a_name_without_a_format_is_refused(name):
    with pytest.raises(ValueError, match=r"got 'chains.*', which says no format of a drawing; "):
        check_format(Path(name))
