"""`summarise`: the sums of the very draws that `sample` keeps."""

from typing import Any

import numpy as np
import pytest
import xarray as xr

from pp_spin.collective import Collective
from pp_spin.engine import driver
from pp_spin.evidence.diagnostics import sample
from pp_spin.evidence.streaming import summarise
from pp_spin.network import complete, lattice, random_regular
from tests import cases

TINY = cases.random_collective(11, 4, symmetric=False, n_clamped=1)
RING = Collective(random_regular(2, 20, seed=1).scaled(0.4), 0.1)
DENSE = Collective(complete(24).scaled(0.05))
COUNTS: dict[str, Any] = {"num_warmup": 3, "num_samples": 50, "num_chains": 7, "seed": 4}


@pytest.mark.parametrize("collective", [TINY, RING, DENSE], ids=["tiny", "sparse", "dense"])
@pytest.mark.parametrize("schedule", ["random_scan", "chromatic", "synchronous"])
def test_sums_are_those_of_the_draws(collective, schedule, monkeypatch):
    tree = sample(collective, schedule, **COUNTS)
    monkeypatch.setattr(driver, "_adapted", lambda most, seconds: 8)  # several calls
    found = summarise(collective, schedule, **COUNTS)
    draws = tree["posterior"]["spins"].to_numpy().astype(float)
    np.testing.assert_allclose(found["mean_spin"], draws.mean((0, 1)), atol=1e-12)
    agents = list(found["agent"].to_numpy())
    for first, second, agreement in zip(
        found["first"].to_numpy(),
        found["second"].to_numpy(),
        found["agreement"].to_numpy(),
        strict=True,
    ):
        products = draws[..., agents.index(first)] * draws[..., agents.index(second)]
        np.testing.assert_allclose(agreement, products.mean(), atol=1e-12)
    energy = tree["sample_stats"]["energy"].to_numpy() / collective.n_agents
    np.testing.assert_allclose(found["energy"], energy.mean(1), atol=1e-6)
    np.testing.assert_allclose(found["energy_variance"], energy.var(1), atol=1e-6)
    mean = draws.mean(-1)
    for name, values in {
        "magnetisation": mean,
        "absolute_magnetisation": abs(mean),
        "squared_magnetisation": mean**2,
        "fourth_magnetisation": mean**4,
    }.items():
        np.testing.assert_allclose(found[name], values.mean(1), atol=1e-6)
    for name in ("energy_histogram", "magnetisation_histogram"):
        assert found[name].sum() == draws.shape[0] * draws.shape[1]
    if collective is TINY:
        expected = np.bincount(numbers(draws), minlength=16)
        np.testing.assert_array_equal(found["configurations"], expected)
    else:
        assert "configurations" not in found
    assert found.attrs["engine"] == tree.attrs["engine"]


def numbers(draws):
    """Bit i is set where agent i is up."""
    up = draws.reshape(-1, draws.shape[-1]) > 0
    return up @ (1 << np.arange(draws.shape[-1]))


def test_every_tie_is_there_once():
    found = summarise(RING, "chromatic", num_samples=1)
    named = np.stack([found["first"], found["second"]], axis=1)
    pairs = {frozenset(pair) for pair in named.tolist()}
    assert len(pairs) == found.sizes["tie"] == 20
    asymmetric = Collective([[0, 1, 0], [0, 0, 0], [0, -1, 0]])
    assert summarise(asymmetric, num_samples=1).sizes["tie"] == 2


def test_histograms_count_by_bin():
    frozen = Collective(lattice((4, 4)).scaled(50))
    found = summarise(frozen, "chromatic", start=np.ones(16), num_samples=10, num_chains=3)
    assert found["energy_histogram"].to_numpy()[0] == 30
    assert found["magnetisation_histogram"].to_numpy()[-1] == 30
    near = summarise(
        frozen, "chromatic", start=np.ones(16), num_samples=10, energy_range=(-101, -99)
    )
    peak = int(near["energy_histogram"].to_numpy().argmax())
    assert abs(near["energy_bin"][peak] + 100) < 0.011


@pytest.mark.parametrize("n_agents", [1, 20])
def test_agents_without_ties_have_sums_too(n_agents):
    alone = Collective(np.zeros((n_agents, n_agents)), 0.5)
    found = summarise(alone, num_samples=10)
    assert found.sizes["tie"] == 0
    np.testing.assert_allclose(found["energy"], -0.5 * found["magnetisation"], atol=1e-6)
    assert summarise(alone.replaced(prior_precision=0.0), num_samples=1)["energy"].sum() == 0


def test_sums_of_many_draws_of_a_frozen_system_stay_exact():
    held = Collective(np.zeros((3, 3)), [0, 0, 20], {0: 1, 1: -1})
    found = summarise(held, "chromatic", num_samples=3000, num_chains=1)
    np.testing.assert_allclose(found["magnetisation"], 1 / 3, rtol=3e-6)
    np.testing.assert_allclose(found["fourth_magnetisation"], 1 / 81, rtol=3e-6)


def test_the_energy_of_many_ties_is_exact():
    frozen = Collective(lattice((256, 256)).scaled(0.44 * 50))
    found = summarise(frozen, "chromatic", start=np.ones(256**2), num_samples=2, num_chains=2)
    np.testing.assert_allclose(found["energy"], -44.0, rtol=2e-6)


def test_a_magnetisation_on_an_edge_is_in_the_bin_above_it():
    for up in range(2, 98, 5):
        spins = np.where(np.arange(1, 100) < up, 1, -1)
        held = Collective(np.zeros((100, 100)), 30, dict(enumerate(spins.tolist(), start=1)))
        found = summarise(held, "synchronous", num_samples=1, num_chains=1, num_warmup=0)
        # Agent 0 is certain of up, beside those that are held up.
        assert int(found["magnetisation_histogram"].to_numpy().argmax()) == 2 * up


def test_large_precisions_do_not_overflow_the_sums():
    large = Collective(lattice((4, 4)).scaled(1e20))
    found = summarise(large, "chromatic", start=np.ones(16), num_samples=5)
    np.testing.assert_allclose(found["energy"], -2e20, rtol=1e-6)
    assert np.isfinite(found["energy_variance"]).all()


def test_an_energy_range_that_is_none_is_refused():
    for wrong in ((1.0, 1.0), (2.0, 1.0), (0.0, np.nan), (1, 1 + 1e-9)):
        with pytest.raises(ValueError, match=r"got energy_range = .*; bins go up from one finite"):
            summarise(RING, energy_range=wrong)


def test_an_interrupted_run_keeps_its_sums():
    rounds = 0

    def on_progress(done, total):
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            raise KeyboardInterrupt

    with pytest.warns(RuntimeWarning, match="interrupted after"):
        found = summarise(RING, num_samples=10**6, num_warmup=0, on_progress=on_progress)
    assert found.attrs["interrupted"] == 1
    assert 0 < found.attrs["num_samples"] < 10**6
    assert found["energy_histogram"].sum() == 4 * found.attrs["num_samples"]


def test_sums_are_stored(tmp_path):
    found = summarise(TINY, **COUNTS)
    found.to_netcdf(tmp_path / "sums.nc", engine="h5netcdf")
    with xr.open_dataset(tmp_path / "sums.nc", engine="h5netcdf") as stored:
        xr.testing.assert_equal(stored, found)
