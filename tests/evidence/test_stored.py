"""A run read back is the run that was made; what does not say what was run is refused."""

import numpy as np
import pytest

from pp_spin import checks
from pp_spin.agents.action import maximum_a_posteriori
from pp_spin.collective import Collective
from pp_spin.evidence.diagnostics import labelled, read_draws, sample
from pp_spin.evidence.stored import stored_run
from pp_spin.network import lattice
from pp_spin.schedule import sequential, synchronous
from tests import cases

ORDER = type(sequential)((3, 0, 2, 1, 4))
ATTRS = {
    "schedule": "synchronous",
    "action_rule": "probability_matching",
    "thinning": 1,
    "engine": "plain",
}
AGENTS = cases.random_collective(5, 5, symmetric=False, n_clamped=1)


def stored(collective, schedule, tmp_path, **how):
    """The run after a trip to the disk, beside its tree."""
    tree = sample(collective, schedule, num_warmup=1, num_samples=3, num_chains=2, **how)
    tree.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    return stored_run(read_draws(tmp_path / "run.nc")), tree


def check_equal(found, collective):
    assert (found.ties != collective.ties).nnz == 0
    np.testing.assert_array_equal(found.prior_precision, collective.prior_precision)
    assert found.clamped == collective.clamped
    assert found.action_rule == collective.action_rule


@pytest.mark.parametrize("schedule", [*cases.SCHEDULES, ORDER], ids=str)
def test_a_run_of_every_schedule_is_read_back(schedule, tmp_path):
    run, tree = stored(AGENTS, schedule, tmp_path, thinning=2)
    assert run.schedule == schedule
    assert run.thinning == 2
    np.testing.assert_array_equal(run.draws, tree["posterior"]["spins"])
    np.testing.assert_array_equal(run.last, run.draws[:, 2])
    check_equal(run.collective, AGENTS)


@pytest.mark.parametrize("rule", [*cases.RULES, maximum_a_posteriori], ids=str)
def test_a_run_of_every_action_rule_is_read_back(rule, tmp_path):
    agents = AGENTS.replaced(action_rule=rule)
    check_equal(stored(agents, synchronous, tmp_path)[0].collective, agents)


def test_a_run_that_is_kept_tie_by_tie_is_read_back(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "DENSE_LIMIT", 3)
    run, tree = stored(AGENTS, sequential, tmp_path, engine="sparse")
    assert "sensory_precision" not in tree["constant_data"]
    check_equal(run.collective, AGENTS)


@pytest.mark.parametrize(
    ("nodes", "labels"),
    [
        (("Ada", "Ben", "[red]Cy"), ("Ada", "Ben", "[red]Cy")),
        (((0, 0), (0, 1), (1, 0)), ("0,0", "0,1", "1,0")),
        (((1, 2), "1,2", 3), ("(1, 2)", "'1,2'", "3")),
        ((1, "a", 2.5), ("1", "a", "2.5")),
        ((7, 8, 9), ("7", "8", "9")),
    ],
    ids=["text", "tuples", "clashing", "mixed", "numbers"],
)
@pytest.mark.parametrize("held", [0, 2])
def test_agents_of_any_name_are_read_back(nodes, labels, held, tmp_path):
    gamma = np.array([[0, 0.3, -0.2], [0.3, 0, 0.1], [-0.2, 0.1, 0]])
    agents = Collective(gamma, 0.1, {nodes[held]: -1}, nodes=nodes)
    tree = labelled(agents, np.ones((2, 3, 3), dtype=np.int8), ATTRS)
    tree.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    found = stored_run(read_draws(tmp_path / "run.nc")).collective
    check_equal(found, agents)
    assert found.nodes == labels


def changed(group=None, name=None, attribute=None, value=None):
    """A run of a lattice without, or with another, variable or attribute."""
    agents = Collective(lattice((2, 2), periodic=False).scaled(0.3), clamped={(0, 1): 1})
    tree = labelled(agents, np.ones((1, 2, 4), dtype=np.int8), ATTRS)
    if attribute:
        del tree.attrs[attribute]
        tree.attrs |= {} if value is None else {attribute: value}
    elif name is None:
        del tree[group]
    else:
        dataset = tree[group].to_dataset()
        kept = dataset.drop_vars(name)
        tree[group] = kept if value is None else kept.assign({name: dataset[name] * 0 + value})
    return tree


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"group": "constant_data"}, "got a run without .*constant_data.* give a file that sample"),
        ({"group": "constant_data", "name": "prior_precision"}, "without .*prior_precision"),
        ({"group": "constant_data", "name": "sensory_precision"}, "without .*tie_precision"),
        ({"attribute": "schedule"}, "got a run without 'schedule'"),
        ({"attribute": "thinning"}, "got a run without 'thinning'"),
        ({"attribute": "action_rule"}, "got a run without 'action_rule'"),
        ({"attribute": "schedule", "value": 3}, "got schedule '3'; the schedules are"),
        ({"attribute": "action_rule", "value": 3}, "got action rule '3'; the rules are"),
        ({"group": "posterior", "name": "spins", "value": 0}, r"got draws\[0,0,0\]=0.0; a spin"),
    ],
    ids=str,
)
def test_a_tree_that_does_not_say_what_was_run_is_refused(change, words):
    with pytest.raises(ValueError, match=words):
        stored_run(changed(**change))


def test_what_was_run_is_told_without_statistics():
    assert stored_run(changed("sample_stats")).collective.clamped == {1: 1}
