"""`sample`: draws as a labelled tree that survives the disk, and what it refuses."""

from typing import Any

import arviz_base
import jax
import networkx as nx
import numpy as np
import pytest
import xarray as xr

from pp_spin.agents.action import planning_as_inference
from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.evidence.diagnostics import labelled, sample
from pp_spin.network import lattice, ring
from pp_spin.schedule import partially_synchronous, random_scan, synchronous
from tests import cases, oracle

FAMILIES = ("Medici", "Strozzi", "Albizzi", "Pazzi")
GAMMA = cases.random_collective(21, 4, symmetric=True).sensory_precision
ZETA = np.array([0.1, -0.3, 0.0, 0.4])
FLORENCE = Collective(GAMMA, ZETA, {"Strozzi": -1}, nodes=FAMILIES)
SMALL: dict[str, Any] = {"num_warmup": 2, "num_samples": 5, "num_chains": 3}


def spins_of(tree):
    return tree["posterior"]["spins"].to_numpy()


def test_tree_has_the_groups_dimensions_and_names_of_the_contract():
    tree = sample(FLORENCE, **SMALL)
    assert set(tree.children) == {"posterior", "sample_stats", "constant_data", "observed_data"}
    spins = tree["posterior"]["spins"]
    assert spins.dims == ("chain", "draw", "agent")
    assert spins.shape == (3, 5, 4)
    assert spins.dtype == np.int8
    assert spins["agent"].to_numpy().tolist() == list(FAMILIES)
    for name in ("energy", "magnetisation"):
        assert tree["sample_stats"][name].dims == ("chain", "draw")
    constant = tree["constant_data"]
    assert constant["sensory_precision"].dims == ("agent", "seen_agent")
    np.testing.assert_array_equal(constant["sensory_precision"], GAMMA)
    np.testing.assert_array_equal(constant["prior_precision"], ZETA)


def test_clamped_agents_are_observed_data_by_name():
    tree = sample(FLORENCE, **SMALL)
    observed = tree["observed_data"]["clamped_spins"]
    assert observed.sel(clamped_agent="Strozzi") == -1
    assert (tree["posterior"]["spins"].sel(agent="Strozzi") == -1).all()
    assert "observed_data" not in sample(FLORENCE.replaced(clamped=None), **SMALL).children


def test_energy_and_magnetisation_are_those_of_the_draws():
    tree = sample(FLORENCE, **SMALL)
    draws = spins_of(tree).reshape(-1, 4)
    energy = [-oracle.pairs_and_fields(GAMMA, ZETA, row) for row in draws]
    stats = tree["sample_stats"]
    np.testing.assert_allclose(stats["energy"].to_numpy().ravel(), energy, rtol=0, atol=1e-12)
    np.testing.assert_allclose(stats["magnetisation"].to_numpy().ravel(), draws.mean(1), atol=1e-12)
    each_pair_twice = [-oracle.pairs_and_fields(2 * GAMMA, ZETA, row) for row in draws]
    assert np.abs(np.array(each_pair_twice) - energy).max() > 0.1


def test_run_is_described_in_the_attributes():
    rule = planning_as_inference(3, 0.5)
    tree = sample(
        FLORENCE.replaced(action_rule=rule),
        partially_synchronous(0.35),
        thinning=2,
        seed=7,
        **SMALL,
    )
    assert {name: tree.attrs[name] for name in ("schedule", "action_rule", "seed")} == {
        "schedule": "partially_synchronous(0.35)",
        "action_rule": "planning_as_inference(3, 0.5)",
        "seed": 7,
    }
    assert (tree.attrs["num_warmup"], tree.attrs["thinning"]) == (2, 2)


@pytest.mark.parametrize(
    "collective",
    [
        FLORENCE,
        Collective(0.3 * ring(3).weights),
        Collective(lattice((3, 3)), clamped={(1, 2): 1}),
        Collective(nx.relabel_nodes(nx.path_graph(3), {0: "a", 1: 1, 2: (2, 0)})),
        Collective(GAMMA, nodes=tuple(np.arange(4) + 10)),
    ],
    ids=["names", "indices", "coordinates", "mixed names", "NumPy integers"],
)
def test_tree_is_read_back_from_the_disk_as_it_was(collective, tmp_path):
    tree = sample(collective, **SMALL)
    tree.to_netcdf(tmp_path / "run.nc")
    with xr.open_datatree(tmp_path / "run.nc") as back:
        assert set(back.children) == set(tree.children)
        for group in tree.children:
            xr.testing.assert_equal(back[group].to_dataset(), tree[group].to_dataset())
        assert back["posterior"]["spins"].dtype == np.int8
        assert back.attrs["schedule"] == "random_scan"


@pytest.mark.parametrize(
    ("collective", "labels"),
    [
        (Collective(lattice((1, 3), periodic=(False, True))), ["0,0", "0,1", "0,2"]),
        (Collective(ring(3).weights), [0, 1, 2]),
        (Collective(GAMMA, nodes=tuple(np.arange(4) + 10)), [10, 11, 12, 13]),
        (Collective(nx.relabel_nodes(nx.path_graph(2), {0: "a"})), ["a", "1"]),
    ],
    ids=["coordinates", "indices", "NumPy integers", "mixed names"],
)
def test_labels_are_numbers_or_text(collective, labels):
    tree = sample(collective, **SMALL)
    assert tree["posterior"]["agent"].to_numpy().tolist() == labels


def test_arviz_summarises_the_tree():
    tree = sample(FLORENCE, **SMALL)
    assert arviz_base.extract(tree, var_names="spins").sizes["sample"] == 15


def test_same_seed_same_draws_and_another_seed_others():
    first = spins_of(sample(FLORENCE, seed=3, **SMALL))
    for again in (3, np.int64(3), jax.random.key(3)):
        np.testing.assert_array_equal(spins_of(sample(FLORENCE, seed=again, **SMALL)), first)
    assert (spins_of(sample(FLORENCE, seed=4, **SMALL)) != first).any()


def test_more_chains_leave_the_first_ones_as_they_were():
    few, many = (spins_of(sample(FLORENCE, **SMALL | {"num_chains": n})) for n in (3, 8))
    np.testing.assert_array_equal(many[:3], few)


def test_a_run_in_single_precision_is_as_repeatable():
    with jax.enable_x64(False):
        first, again = (spins_of(sample(FLORENCE, **SMALL)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_chains_start_where_they_are_told():
    frozen = Collective(30 * ring(4).weights)
    for start in ([1] * 4, [[1] * 4, [-1] * 4, [1] * 4]):
        draws = spins_of(sample(frozen, start=start, **SMALL))
        expected = np.broadcast_to(start, (3, 4))[:, np.newaxis]
        np.testing.assert_array_equal(draws, np.broadcast_to(expected, (3, 5, 4)))


def test_progress_ends_with_all_sweeps():
    done = []
    sample(FLORENCE, on_progress=lambda *progress: done.append(progress), **SMALL)
    assert done[-1] == (7, 7)
    assert done == sorted(done)


@cases.every_seed
def test_last_draws_have_the_conditional_law(key):
    counts: dict[str, Any] = {"num_warmup": 40, "num_samples": 1, "num_chains": 20_000, "seed": key}
    law = oracle.ising_law(GAMMA, ZETA, clamped={1: -1})

    def compare(schedule):
        drawn = np.bincount(
            index_of(spins_of(sample(FLORENCE, schedule, **counts))[:, 0]), minlength=16
        )
        return multinomial.compare_with_law(drawn, law, ALPHA)

    assert not compare(random_scan).rejected
    assert compare(synchronous).rejected


def test_given_draws_are_labelled_without_a_run():
    draws = FLORENCE.hold(np.ones((2, 3, 4)))
    np.testing.assert_array_equal(spins_of(labelled(FLORENCE, draws)), draws)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"schedule": "gibbs"}, r"got schedule 'gibbs'; the schedules are random_scan, sequential"),
        ({"num_samples": 0}, r"got num_samples = 0; it counts .*; give 1 or more"),
        ({"num_chains": 0}, r"got num_chains = 0; it counts .*; give 1 or more"),
        ({"num_warmup": -1}, r"got num_warmup = -1; it counts .*; give 0 or more"),
        ({"num_warmup": 2**32}, r"got 4294967301 sweeps; .* of 32 binary digits; give fewer"),
        ({"thinning": 0}, r"got thinning = 0; it counts .*; give 1 or more"),
        ({"start": [1, 1, 1]}, r"got start of shape \(3,\); .*; give \(4,\) or \(3, 4\)"),
        ({"start": [1, 0, 1, 1]}, r"got start\[1\]=0.0; a spin holds -1 or \+1; from 0/1 units"),
    ],
)
def test_what_cannot_be_sampled_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        sample(FLORENCE, **SMALL | arguments)


def test_coins_do_not_depend_on_the_default_precision():
    trees = []
    for double in (True, False):
        with jax.enable_x64(double):
            trees.append(spins_of(sample(FLORENCE, seed=5, **SMALL)))
    np.testing.assert_array_equal(*trees)


def test_a_run_goes_on_only_with_its_own_key_and_from_where_it_ended():
    tree = sample(FLORENCE, seed=jax.random.key(1), **SMALL)
    longer: dict[str, Any] = SMALL | {"num_samples": 9, "resume": tree}
    whole = sample(FLORENCE, seed=jax.random.key(1), **SMALL | {"num_samples": 9})
    found = sample(FLORENCE, seed=jax.random.key(1), **longer)
    np.testing.assert_array_equal(spins_of(found), spins_of(whole))
    for seed in (jax.random.key(2), 1):
        with pytest.raises(ValueError, match=r"got a run to resume of key \[0, 1\], not"):
            sample(FLORENCE, seed=seed, **longer)
    with pytest.raises(ValueError, match="got start and resume; a run goes on from where it"):
        sample(FLORENCE, seed=jax.random.key(1), start=np.ones(4), **longer)


def test_counts_are_whole_numbers():
    half: Any = 2.5
    with pytest.raises(TypeError, match="cannot be interpreted as an integer"):
        sample(FLORENCE, num_samples=half)


def test_a_collective_of_clamped_agents_is_refused():
    held = FLORENCE.replaced(clamped=dict.fromkeys(FAMILIES, 1))
    with pytest.raises(ValueError, match=r"got 4 agents, all of them clamped; nobody is left"):
        sample(held, **SMALL)


def test_nodes_whose_labels_clash_are_told_apart():
    collective = Collective([[0, 1], [1, 0]], nodes=((1, 2), "1,2"))
    tree = sample(collective, num_samples=1, num_chains=1, num_warmup=0)
    assert list(tree["posterior"]["agent"].to_numpy()) == ["(1, 2)", "'1,2'"]
