"""A collective inside numpyro.infer.MCMC: its starts, its clamped agents, its law."""

import arviz_base
import jax
import numpy as np
import pytest
from numpyro.infer import MCMC

from pp_spin.collective import Collective
from pp_spin.configurations import index_of
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.mcmc import CollectiveKernel
from pp_spin.network import ring
from pp_spin.schedule import parse_schedule, sequential, synchronous
from tests import cases, oracle

COLLECTIVE = cases.random_collective(11, 4, symmetric=False, n_clamped=1)
FROZEN = Collective(30 * ring(4).weights)  # an aligned ring flips with probability exp(-120)


def run(key, collective=COLLECTIVE, schedule="random_scan", *, init_params=None, **settings):
    """Spins by chain, ``(num_chains, num_samples, n_agents)``."""
    settings = {"num_warmup": 3, "num_samples": 5, "num_chains": 3} | settings
    settings = {"chain_method": "vectorized", "progress_bar": False} | settings
    mcmc = MCMC(CollectiveKernel(collective, schedule), **settings)
    mcmc.run(key, init_params=init_params)
    return np.asarray(mcmc.get_samples(group_by_chain=True)["spins"])


def test_chains_in_sequence_and_side_by_side_are_the_same_draws(key):
    vectorized = run(key)
    assert vectorized.shape == (3, 5, 4)
    assert set(np.unique(vectorized)) == {-1, 1}
    np.testing.assert_array_equal(run(key, chain_method="sequential"), vectorized)
    assert (run(jax.random.key(1)) != vectorized).any()


def test_arviz_reads_a_run(key):
    mcmc = MCMC(CollectiveKernel(COLLECTIVE), num_warmup=0, num_samples=5, progress_bar=False)
    mcmc.run(key)
    tree = arviz_base.from_numpyro(mcmc)
    assert tree["posterior"]["spins"].shape == (1, 5, 4)


def test_a_single_chain_runs_with_numpyros_progress_bar(key, capsys, monkeypatch):
    for name in ("CI", "PYTEST_XDIST_WORKER"):  # NumPyro draws no bar where it sees one of these
        monkeypatch.delenv(name, raising=False)
    draws = run(key, num_chains=1, progress_bar=True)
    assert draws.shape == (1, 5, 4)
    assert "100%" in capsys.readouterr().err


@pytest.mark.parametrize("num_chains", [1, 3])
def test_legacy_keys_run_too(num_chains):
    assert run(jax.random.PRNGKey(0), num_chains=num_chains).shape == (num_chains, 5, 4)


@pytest.mark.parametrize("chain_method", ["vectorized", "sequential"])
def test_chains_start_where_they_are_told(key, chain_method):
    start = np.array([[1] * 4, [-1] * 4, [1] * 4])
    draws = run(key, FROZEN, init_params=start, num_warmup=0, chain_method=chain_method)
    assert (draws == start[:, None]).all()
    assert (run(key, FROZEN, init_params=-start, num_warmup=0) == -start[:, None]).all()


@cases.every_seed
def test_free_agents_start_from_fair_coins(key):
    n_chains = 400
    kernel = CollectiveKernel(COLLECTIVE)
    state = kernel.init(jax.random.split(key, n_chains), 0, None, (), {})
    up = (np.asarray(state.sites["spins"])[:, COLLECTIVE.free] == 1).sum(0)
    # Hoeffding: a fair coin stays within this of a half, but with probability ALPHA.
    assert np.abs(up / n_chains - 0.5).max() < np.sqrt(np.log(2 * 3 / ALPHA) / (2 * n_chains))


@pytest.mark.parametrize("init_params", [None, np.ones((3, 4))])
def test_clamped_agents_are_held_whatever_the_start(key, init_params):
    [(agent, spin)] = COLLECTIVE.clamped.items()
    held = COLLECTIVE.replaced(clamped={agent: -spin})
    for collective, value in ((COLLECTIVE, spin), (held, -spin)):
        assert (run(key, collective, init_params=init_params)[..., agent] == value).all()


@pytest.mark.parametrize(
    ("init_params", "message"),
    [
        (np.ones((3, 5)), r"got init_params of shape \(3, 5\); .* give \(3, 4\)"),
        (np.zeros((3, 4)), r"got init_params\[0,0\]=0.0; a spin holds -1 or \+1"),
    ],
)
def test_a_start_that_is_no_configuration_is_refused(key, init_params, message):
    with pytest.raises(ValueError, match=message):
        run(key, init_params=init_params)


def test_a_single_chain_starts_from_a_single_row(key):
    draws = run(key, FROZEN, init_params=-np.ones(4), num_chains=1, num_warmup=0)
    assert (draws == -1).all()
    with pytest.raises(ValueError, match=r"got init_params of shape \(1, 4\); .* give \(4,\)"):
        run(key, FROZEN, init_params=np.ones((1, 4)), num_chains=1)


def test_an_unknown_schedule_is_refused():
    with pytest.raises(ValueError, match=r"got schedule 'gibbs'; the schedules are random_scan"):
        CollectiveKernel(COLLECTIVE, "gibbs")


@cases.every_seed
@pytest.mark.parametrize(
    ("schedule", "wrong"), [("sequential", "synchronous"), (synchronous, sequential)], ids=str
)
def test_draws_have_the_law_of_their_schedule(key, schedule, wrong):
    n_chains = 20_000

    def compare(schedule, with_law_of):
        start = np.tile(COLLECTIVE.hold(np.ones(4)), (n_chains, 1))
        counts = {"num_warmup": 29, "num_samples": 1, "num_chains": n_chains}
        last = run(key, schedule=schedule, init_params=start, **counts)[:, 0]
        step = cases.oracle_matrix(oracle, COLLECTIVE, parse_schedule(with_law_of))
        law = np.linalg.matrix_power(step, 30)[oracle.index_of(start[0])]
        return multinomial.compare_with_law(np.bincount(index_of(last), minlength=16), law, ALPHA)

    assert not compare(schedule, schedule).rejected
    assert compare(wrong, schedule).rejected
