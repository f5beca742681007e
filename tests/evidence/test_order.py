"""A chromatic run keeps when its agents act, and is judged by that and by nothing made up."""

import numpy as np
import pytest

from pp_spin.collective import Collective
from pp_spin.colouring import colouring
from pp_spin.engine import ticks
from pp_spin.evidence import compare_actions
from pp_spin.evidence.diagnostics import read_draws, sample
from pp_spin.evidence.order import kept_order, kept_ticks, order_of
from pp_spin.evidence.stored import stored_run
from pp_spin.network import complete, ring
from pp_spin.schedule import chromatic, random_scan, sequential, synchronous

# A ring of seven has three colours; agent 2 acts in none of them.
AGENTS = Collective(ring(7).scaled(0.6), np.linspace(-0.4, 0.6, 7))
HELD = AGENTS.replaced(clamped={2: -1})
ALPHA = 1e-6


def stored(collective, schedule, tmp_path, change=None, **how):
    """The tree of a run, changed, after a trip to the disk."""
    counts = {"num_samples": 2000, "num_chains": 4} | how
    tree = sample(collective, schedule, **counts)
    if change:
        constant = tree["constant_data"].to_dataset()
        tree["constant_data"] = change(constant)
    tree.to_netcdf(tmp_path / "run.nc", engine="h5netcdf")
    return read_draws(tmp_path / "run.nc")


def with_order(order):
    return lambda constant: constant.assign(tick=("agent", np.array(order)))


def without_order(constant):
    return constant.drop_vars("tick", errors="ignore")


def verdict(tree):
    return compare_actions.against_its_agents(stored_run(tree), ALPHA, 0.3)[0].verdict.value


@pytest.mark.parametrize("agents", [AGENTS, HELD], ids=["free", "clamped"])
def test_a_chromatic_run_is_judged_by_the_order_that_it_has_kept(agents, tmp_path):
    tree = stored(agents, chromatic, tmp_path)
    order = stored_run(tree).order
    assert order is not None
    np.testing.assert_array_equal(order, order_of(agents, chromatic))
    assert sorted(set(order[list(agents.free)])) == list(range(order.max() + 1))
    assert verdict(tree) == "supported"


def other_code(monkeypatch):
    """Colours in the other order, as another version might give them."""

    def turned(ties):
        colours = colouring(ties)
        return colours.max() - colours

    monkeypatch.setattr(ticks, "colouring", turned)


def test_a_run_of_code_with_other_colours_is_not_misjudged(tmp_path, monkeypatch):
    ours = order_of(AGENTS, chromatic)
    assert ours is not None
    with monkeypatch.context() as patch:
        other_code(patch)
        theirs = stored(AGENTS, chromatic, tmp_path, engine="sparse")
    np.testing.assert_array_equal(stored_run(theirs).order, 2 - ours)
    assert verdict(theirs) == "supported"
    # Read with this code's colours, which fit the network as well, its agents would be refuted.
    theirs["constant_data"] = with_order(ours)(theirs["constant_data"].to_dataset())
    assert verdict(theirs) == "refuted"


@pytest.mark.parametrize("schedule", [random_scan, sequential, synchronous], ids=str)
def test_what_the_schedule_says_is_not_kept_twice(schedule, tmp_path):
    tree = stored(AGENTS, schedule, tmp_path, num_samples=2)
    assert "tick" not in tree["constant_data"]
    assert stored_run(tree).order is None
    assert order_of(AGENTS, schedule) is None


def test_the_version_that_ran_is_told(tmp_path):
    tree = stored(AGENTS, synchronous, tmp_path, num_samples=2)
    assert tree.attrs["inference_library"] == "pp_spin"
    assert tree.attrs["inference_library_version"][0].isdigit()


# ---- runs that have kept none


def test_an_earlier_chromatic_run_is_not_judged_by_an_order_that_is_made_up(tmp_path):
    tree = stored(AGENTS, chromatic, tmp_path, without_order)
    with pytest.raises(ValueError, match=r"has not kept the order of its ticks, .* law .*anew"):
        verdict(tree)


@pytest.mark.parametrize("schedule", [sequential, synchronous], ids=str)
def test_an_earlier_run_of_a_schedule_that_says_it_all_is_judged_as_before(schedule, tmp_path):
    assert verdict(stored(AGENTS, schedule, tmp_path, without_order)) == "supported"


def test_where_nobody_who_acts_sees_another_any_order_would_do(tmp_path):
    held = AGENTS.replaced(clamped={0: 1, 2: -1, 4: 1, 6: 1})
    assert verdict(stored(held, chromatic, tmp_path, without_order)) == "supported"


def test_an_earlier_chromatic_run_is_not_gone_on_with(tmp_path):
    tree = stored(AGENTS, chromatic, tmp_path, without_order, num_samples=3)
    with pytest.raises(ValueError, match="got a run to resume of other constant data"):
        sample(AGENTS, chromatic, num_samples=5, num_chains=4, resume=tree)
    # One of before versions were written down goes on; one of another version does not.
    tree = stored(AGENTS, sequential, tmp_path, num_samples=3)
    del tree.attrs["inference_library_version"]
    longer = sample(AGENTS, sequential, num_samples=5, num_chains=4, resume=tree)
    assert longer["posterior"]["spins"].shape == (4, 5, 7)
    tree.attrs["inference_library_version"] = "0.0"
    with pytest.raises(ValueError, match=r"of inference_library_version 0\.0, not "):
        sample(AGENTS, sequential, num_samples=5, num_chains=4, resume=tree)


# ---- orders that cannot be


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ([0, 1, -1, 0, 1, 0, 0], "in which 0 and 6 both act at tick 0, and one sees the other"),
        ([0, 1, 0, 1, 0, 1, 2], "with 7 agents who act, in 3 ticks, for 6 free agents of 7"),
        ([0, 1, -1, 0, 1, 0, 3], "with 6 agents who act, in 4 ticks, .* no tick is empty"),
        ([0, 1, -1, 0, 1, -1, 2], "with 5 agents who act"),
        ([0, 1, -1, 0, 1, 0], "a sweep visits each free agent once"),
        ([0, 1, -1, 0, 1, 0, -2], "a sweep visits each free agent once"),
        ([0.0, 1.0, -1.0, 0.0, 1.0, 0.0, 2.0], "a sweep visits each free agent once"),
    ],
)
def test_an_order_that_does_not_fit_the_network_is_refused(order, words):
    with pytest.raises(ValueError, match=words):
        kept_order(HELD, chromatic, order)


def test_an_order_that_fits_another_network_is_refused_when_it_is_read(tmp_path):
    tree = stored(AGENTS, chromatic, tmp_path, num_samples=2)
    constant = tree["constant_data"].to_dataset()
    everybody = constant["sensory_precision"] * 0 + complete(7).weights
    tree["constant_data"] = constant.assign(sensory_precision=everybody)
    with pytest.raises(ValueError, match=r"both act at tick 0, .* give the network that was run"):
        stored_run(tree)


def test_an_order_of_another_schedule_is_refused(tmp_path):
    tree = stored(AGENTS, synchronous, tmp_path, with_order([0] * 7), num_samples=2)
    with pytest.raises(ValueError, match="got a run under synchronous with an order of ticks"):
        stored_run(tree)


def test_a_proper_order_of_other_colours_is_taken():
    order = kept_order(HELD, chromatic, [5, 4, -1, 0, 3, 1, 2])
    found = kept_ticks(HELD, chromatic, order)
    assert found is not None
    assert [agents.tolist() for agents in found.agents] == [[3], [5], [6], [4], [1], [0]]
    assert not found.together
