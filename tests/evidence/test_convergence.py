"""Diagnosis of draws: coins look like coins, and what cannot be had is named, never NaN."""

import itertools
import math
from typing import Any

import arviz_stats
import numpy as np
import pytest
import xarray as xr

from pp_spin.collective import Collective
from pp_spin.evidence.convergence import diagnose, observables, state_of
from pp_spin.evidence.diagnostics import labelled, read_draws, sample
from pp_spin.network import ring

arviz: Any = arviz_stats
FREE = Collective(0.5 * ring(4).weights, clamped={0: 1})
NEVER = "in 100 draws of 4 chains"


def coins(rng, n_chains=4, n_draws=1000, n_agents=4):
    return rng.choice(np.array([-1, 1], np.int8), (n_chains, n_draws, n_agents))


def tree_of(draws, thinning=1, clamped=None):
    collective = Collective(0.5 * ring(draws.shape[-1]).weights, clamped=clamped)
    return labelled(collective, draws, {"thinning": thinning})


def energy_of(series, *, thinning=1, superchains=None) -> Any:
    """The diagnosis of an energy that is this series."""
    return diagnose(with_energy(series, thinning), superchains=superchains).observables[0]


def ar1(rng, rho, shape):
    noise = rng.normal(size=shape)
    series = noise.copy()
    for draw in range(1, shape[1]):
        series[:, draw] = rho * series[:, draw - 1] + math.sqrt(1 - rho**2) * noise[:, draw]
    return series


def with_energy(series, thinning=1):
    tree = tree_of(np.ones((*series.shape, 3), np.int8), thinning)
    tree["sample_stats"]["energy"] = xr.DataArray(series, dims=("chain", "draw"))
    return tree


def test_independent_coins_look_so(rng):
    found = diagnose(tree_of(coins(rng), thinning=3))
    assert (found.n_chains, found.n_draws, found.thinning) == (4, 1000, 3)
    assert [row.name for row in found.observables] == ["energy", "magnetisation", "overlap"]
    for row, n in zip(found.observables, (4000, 4000, 2000), strict=True):
        assert row.state == "varies"
        assert row.why == ()
        assert row.rhat == pytest.approx(1, abs=0.01)
        assert row.nested_rhat == pytest.approx(1, abs=0.01)
        for size in (row.bulk_ess, row.tail_ess):
            assert size == pytest.approx(n, rel=0.2)
        assert row.correlation_time == pytest.approx(3, rel=0.2)
    magnetisation = found.observables[1]
    assert magnetisation.mcse == pytest.approx(0.5 / math.sqrt(4000), rel=0.1)
    for row in found.spins:
        assert row.rhat == pytest.approx(1, abs=0.01)
        assert row.bulk_ess == pytest.approx(4000, rel=0.2)


def test_correlation_time_is_that_of_an_autoregression(rng):
    # 1 + 2 sum_t rho^t = (1 + rho) / (1 - rho): 19 draws, of 2 sweeps each
    series = ar1(rng, 0.9, (4, 20_000))
    energy = energy_of(series, thinning=2)
    assert energy.correlation_time == pytest.approx(2 * 19, rel=0.1)
    assert energy.mcse == pytest.approx(math.sqrt(19 / series.size), rel=0.1)


def test_chains_apart_are_seen(rng):
    series = rng.normal(size=(4, 500)) + np.array([[0], [0], [0], [3]])
    energy = energy_of(series)
    assert energy.rhat > 1.2
    assert energy.nested_rhat > 1.2
    assert energy.bulk_ess < 100


def test_chains_that_drift_are_seen(rng):
    series = rng.normal(size=(4, 500)) + np.linspace(0, 3, 500)[np.newaxis]
    assert energy_of(series).rhat > 1.2


def test_nested_rhat_is_over_the_given_starts(rng):
    series = rng.normal(size=(4, 500)) + np.array([[0], [3], [0], [3]])
    apart, together = (
        energy_of(series, superchains=starts) for starts in ([7, 8, 7, 8], [7, 7, 8, 8])
    )
    assert together.rhat == apart.rhat
    assert together.nested_rhat == pytest.approx(1, abs=0.01)
    assert apart.nested_rhat > 1.2


def test_a_pair_of_chains_has_no_superchain(rng):
    overlap = diagnose(tree_of(coins(rng)), superchains=[0, 0, 1, 1]).observables[2]
    assert overlap.nested_rhat is None
    assert overlap.why == ("nested R-hat: a pair of chains has no super-chain of its own",)
    assert overlap.rhat is not None


def test_figures_are_those_of_arviz(rng):
    tree = with_energy(ar1(rng, 0.5, (4, 300)))
    energy, series = diagnose(tree).observables[0], observables(tree)["energy"]
    assert energy.rhat == pytest.approx(float(arviz.rhat(series)), rel=1e-12)
    assert energy.bulk_ess == pytest.approx(float(arviz.ess(series)), rel=1e-12)
    tail = arviz.ess(series, method="tail", prob=(0.05, 0.95))
    assert energy.tail_ess == pytest.approx(float(tail), rel=1e-12)
    assert energy.mcse == pytest.approx(float(arviz.mcse(series)), rel=1e-9)


def test_ranks_of_two_values_change_nothing(rng):
    # Biased and persistent coins: the shortcut for spins is what the ranks would give.
    draws = np.sign(ar1(rng, 0.8, (4, 400)) + 0.7).astype(np.int8)[..., np.newaxis]
    [spin] = diagnose(tree_of(np.repeat(draws, 3, -1))).spins[:1]
    series = draws[..., 0].astype(float)
    assert spin.rhat == pytest.approx(float(arviz.rhat(series, method="rank")), rel=1e-9)
    assert spin.bulk_ess == pytest.approx(float(arviz.ess(series, method="bulk")), rel=1e-9)


def test_overlap_is_of_disjoint_pairs_of_chains(rng):
    draws = coins(rng, n_chains=5, n_draws=6)
    overlap = observables(tree_of(draws))["overlap"]
    assert overlap.shape == (2, 6)
    for pair, draw in itertools.product(range(2), range(6)):
        first, second = (draws[2 * pair + k, draw].tolist() for k in (0, 1))
        assert overlap[pair, draw] == sum(a * b for a, b in zip(first, second, strict=True)) / 4


def test_spins_that_do_not_vary_are_named(rng):
    draws = coins(rng, n_draws=100, n_agents=5)
    draws[..., 0] = draws[..., 1] = 1
    draws[..., 2] = np.array([1, 1, -1, 1])[:, np.newaxis]
    draws[0, :, 3] = -1
    spins: Any = diagnose(tree_of(draws, clamped={0: 1})).spins
    clamped, frozen, stuck, once, free = spins
    assert (clamped.state, clamped.why, clamped.mean) == ("clamped", ("clamped",), 1)
    assert (frozen.state, frozen.why) == ("frozen", (f"frozen: never flipped {NEVER}",))
    assert stuck.state == "stuck"
    assert stuck.why == (f"stuck: different chains disagree, and none flipped {NEVER}",)
    assert (stuck.rhat, stuck.mean) == (math.inf, 0.5)
    assert clamped.rhat is frozen.rhat is clamped.bulk_ess is frozen.bulk_ess is stuck.bulk_ess
    assert once.state == free.state == "varies"
    assert once.rhat > 1.1 > free.rhat


def test_energy_that_never_varies_is_named():
    same = np.ones((4, 100, 3), np.int8)
    for row in diagnose(tree_of(same)).observables:
        assert (row.state, row.why) == ("frozen", ("frozen: one value in all of 100 draws",))
        assert row.rhat is row.bulk_ess is row.mcse is None
    same[1, :, 0] = -1
    stuck = diagnose(tree_of(same)).observables[0]
    assert (stuck.state, stuck.rhat) == ("stuck", math.inf)
    assert stuck.why == ("stuck: chains disagree, and none varies in 100 draws",)


def test_rounding_of_an_energy_is_no_variation(rng):
    series = -12.3 * (1 + 1e-15 * rng.normal(size=(4, 100)))
    assert len(np.unique(series)) > 1
    assert energy_of(series).state == "frozen"


def test_one_chain_says_what_it_cannot(rng):
    found = diagnose(tree_of(coins(rng, n_chains=1)))
    energy, _, overlap = found.observables
    assert energy.rhat is energy.nested_rhat is None
    assert energy.why == ("R-hat compares chains, 2 or more; there is 1",)
    assert energy.bulk_ess == pytest.approx(1000, rel=0.3)
    assert (overlap.state, overlap.mean) == ("unknown", None)
    assert overlap.why == ("an overlap is of 2 chains; there is 1",)
    for spin in found.spins:
        assert spin.why == energy.why
        assert spin.bulk_ess is not None


def test_three_chains_have_one_overlap(rng):
    overlap = diagnose(tree_of(coins(rng, n_chains=3))).observables[2]
    assert overlap.rhat is None
    assert overlap.why == ("R-hat of the overlap compares pairs of chains, 2 or more; there is 1",)
    assert overlap.bulk_ess is not None


@pytest.mark.parametrize("n_draws", [1, 2, 3])
def test_few_draws_say_so(rng, n_draws):
    found = diagnose(tree_of(coins(rng, n_draws=n_draws), clamped={0: 1}))
    why = (f"R-hat, ESS and MCSE need 4 draws a chain; got {n_draws}",)
    for row in (*found.observables, *found.spins[1:]):
        assert (row.state, row.why) == ("unknown", why)
        assert row.rhat is row.bulk_ess is None
        assert row.mean is not None
    assert found.spins[0].state == "clamped"


def test_a_flip_that_the_halves_leave_out_is_no_frozen_spin():
    draws = np.ones((4, 5, 3), np.int8)
    draws[1, 2, 0] = -1
    spin = diagnose(tree_of(draws)).spins[0]
    assert spin.state == "rare"
    assert spin.why == ("varies in the middle draw only, which is in neither half of a chain",)
    assert spin.bulk_ess is None


def test_a_tail_of_one_value_has_no_size(rng):
    series = np.where(rng.random((4, 200)) < 0.02, -1.0, 0.0)
    assert arviz.ess(series, method="tail", prob=(0.05, 0.95)) == series.size  # what would be said
    energy = energy_of(series)
    assert energy.tail_ess is None
    assert energy.why == ("tail ESS: 95 % of the draws or more have the largest value",)
    assert energy.bulk_ess is not None


@pytest.mark.parametrize("n_chains", [1, 2, 5])
@pytest.mark.parametrize("n_draws", [4, 5, 6, 11])
def test_nothing_is_ever_nan(rng, n_chains, n_draws):
    infinite = 0
    for up in (0.5, 0.9, 0.98):
        for _ in range(10):
            draws = np.where(rng.random((n_chains, n_draws, 6)) < up, 1, -1).astype(np.int8)
            found = diagnose(tree_of(draws))
            for row in (*found.observables, *found.spins):
                figures = [value for value in row[3:] if value is not None]
                assert not np.isnan(figures).any(), row
                assert all(np.isfinite(v) for v in figures if v is not row.rhat), row
                infinite += row.rhat == math.inf
                complete = None not in row[3:] or row in found.spins
                assert complete or row.why, row
    assert infinite == 0 or n_draws < 11


def test_a_series_varies_as_soon_as_a_half_does():
    series = np.zeros((1, 4))
    assert state_of(series)[0] == "frozen"
    series[0, -1] = 1
    assert state_of(series) == ("varies", ())


def test_a_run_is_diagnosed_as_it_is_read_back(tmp_path):
    tree = sample(FREE, num_warmup=5, num_samples=40, thinning=2, num_chains=4)
    tree.to_netcdf(tmp_path / "run.nc")
    found = diagnose(tree)
    assert found == diagnose(read_draws(tmp_path / "run.nc"))
    assert found.thinning == 2
    assert found.spins[0].state == "clamped"


def test_a_tree_without_draws_is_refused():
    with pytest.raises(ValueError, match=r"got a tree of the groups \['a'\], which holds no draws"):
        diagnose(xr.DataTree.from_dict({"a": xr.Dataset()}))


@pytest.mark.parametrize("superchains", [[0, 0], [0, 0, 0, 0], [0, 0, 0, 1], [[0, 0, 1, 1]]])
def test_superchains_that_cannot_be_compared_are_refused(rng, superchains):
    with pytest.raises(ValueError, match=r"got superchains of shape .*; number the starting point"):
        diagnose(tree_of(coins(rng)), superchains=superchains)
