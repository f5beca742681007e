"""Gibbs on NumPyro programs: conditionals exact from the density alone, laws as enumerated."""

from functools import partial

import arviz_base
import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
import pytest
from numpyro import handlers
from numpyro.infer import MCMC

from pp_spin import gibbs
from pp_spin.configurations import index_of
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.gibbs import GibbsKernel, spin_log_density
from pp_spin.laws.boltzmann import Boltzmann
from pp_spin.laws.ising import Ising
from pp_spin.network import ring
from tests import cases, oracle

J, H = cases.SPIN_GLASSES[1]
BETA = 0.8
GLASS = Ising(J, H, BETA)
UNITS = Boltzmann(2 * J, H, "01")
RING = Ising(0.5 * ring(5).weights, np.full(5, 0.2))


def plated(couplings, fields):
    """The Ising law as one site of all spins, which a plate holds apart."""
    with numpyro.plate("sites", len(fields)):
        spins = 2 * numpyro.sample("up", dist.Bernoulli(logits=jnp.zeros(len(fields)))) - 1
    numpyro.factor("energy", spins @ couplings @ spins / 2 + fields @ spins)


def table(couplings, fields):
    """The Ising law as one site whose event is a table of two rows."""
    shape = (2, len(fields) // 2)
    ups = numpyro.sample("up", dist.Bernoulli(logits=jnp.zeros(shape)).to_event(2))
    spins = (2 * ups - 1).reshape(-1)
    numpyro.factor("energy", spins @ couplings @ spins / 2 + fields @ spins)


def held_law(law, *arguments, held):
    """An enumerated law as the conditional one of the spins that are not held."""
    full = law(*arguments, clamped=held)
    return full[oracle.in_slice(len(full).bit_length() - 1, held)]


# a program, its law, and the law of a mistake: each pair twice, a wrong spin held, wrong units
PROGRAMS = {
    "Ising": (
        GLASS.model,
        oracle.ising_law(J, H, BETA),
        oracle.ising_law(2 * J, H, BETA),
    ),
    "Ising, a ring of five": (
        RING.model,
        oracle.ising_law(RING.couplings, RING.fields),
        oracle.ising_law(2 * RING.couplings, RING.fields),
    ),
    "Ising, conditioned": (
        handlers.condition(GLASS.model, {"spin_1_up": 1, "spin_3_up": 0}),
        held_law(oracle.ising_law, J, H, BETA, held={1: 1, 3: -1}),
        held_law(oracle.ising_law, J, H, BETA, held={1: 1, 3: 1}),
    ),
    "Boltzmann, 0/1": (
        UNITS.model,
        oracle.boltzmann_law(2 * J, H, "01"),
        oracle.boltzmann_law(2 * J, H, "pm1"),
    ),
    "Boltzmann, 0/1, visible units": (
        partial(UNITS.model, {1: 1, 3: 0}),
        held_law(oracle.boltzmann_law, 2 * J, H, "01", held={1: 1, 3: -1}),
        held_law(oracle.boltzmann_law, 2 * J, H, "pm1", held={1: 1, 3: -1}),
    ),
    "one site in a plate": (
        partial(plated, J, H),
        oracle.ising_law(J, H),
        oracle.ising_law(2 * J, H),
    ),
    "one site of a table": (
        partial(table, J, H),
        oracle.ising_law(J, H),
        oracle.ising_law(J, H[::-1]),
    ),
}

# What a density says is settled exactly for every program; draws then test the sampler.
DRAWN = ("Ising, a ring of five", "Ising, conditioned", "Boltzmann, 0/1", "one site in a plate")

every_program = pytest.mark.parametrize(
    ("model", "law", "wrong"), PROGRAMS.values(), ids=PROGRAMS.keys()
)
some_programs = pytest.mark.parametrize(
    ("model", "law", "wrong"), [PROGRAMS[name] for name in DRAWN], ids=DRAWN
)


def run(key, model, *arguments, init_params=None, **settings):
    """Spins by chain, ``(num_chains, num_samples, n_spins)``."""
    settings = {"num_warmup": 3, "num_samples": 5, "num_chains": 3} | settings
    settings = {"chain_method": "vectorized", "progress_bar": False} | settings
    mcmc = MCMC(GibbsKernel(model), **settings)
    mcmc.run(key, *arguments, init_params=init_params)
    return np.asarray(mcmc.get_samples(group_by_chain=True)["spins"])


def conditionals(law):
    """``P(s_i = +1 | the others)`` of a law over all configurations, ``(n_states, n)``."""
    every = oracle.states(len(law).bit_length() - 1)
    found = np.empty(every.shape)
    for row, i in np.ndindex(*every.shape):
        up, down = every[row].copy(), every[row].copy()
        up[i], down[i] = 1, -1
        up_weight, down_weight = law[oracle.index_of(up)], law[oracle.index_of(down)]
        found[row, i] = up_weight / (up_weight + down_weight)
    return found


def conditionals_of_program(model):
    log_prob, n_spins = spin_log_density(model, (), {})
    every = oracle.states(n_spins)
    log_probs = np.asarray(jax.jit(jax.vmap(log_prob))(every))
    return conditionals(np.exp(log_probs - log_probs.max()))


@every_program
def test_conditionals_of_the_density_are_those_of_the_law(model, law, wrong):
    found = conditionals_of_program(model)
    np.testing.assert_allclose(found, conditionals(law), rtol=0, atol=1e-12)
    assert np.abs(found - conditionals(wrong)).max() > 0.01


@cases.every_seed
@some_programs
def test_one_draw_of_each_of_many_chains_has_the_enumerated_law(key, model, law, wrong):
    n_chains, n_sweeps = 20_000, 40
    settings = {"num_warmup": n_sweeps - 1, "num_samples": 1, "num_chains": n_chains}
    counts = np.bincount(index_of(run(key, model, **settings)[:, 0]), minlength=len(law))
    sweep = oracle.sequential(conditionals(law), {}, range(len(law).bit_length() - 1))
    from_coins = np.full(len(law), 1 / len(law)) @ np.linalg.matrix_power(sweep, n_sweeps)
    assert np.abs(from_coins - law).sum() / 2 < 1e-9  # what is left of the start
    assert not multinomial.compare_with_law(counts, law, ALPHA).rejected
    assert multinomial.compare_with_law(counts, wrong, ALPHA).rejected


def test_spins_that_are_all_drawn_from_the_old_configuration_are_seen(key, monkeypatch):
    def all_at_once(rng_key, spins, log_prob):
        def up_prob(i):
            return jax.nn.sigmoid(log_prob(spins.at[i].set(1)) - log_prob(spins.at[i].set(-1)))

        ups = jax.random.bernoulli(rng_key, jax.vmap(up_prob)(jnp.arange(len(spins))))
        return (2 * ups - 1).astype(spins.dtype)

    monkeypatch.setattr(gibbs, "gibbs_sweep", all_at_once)
    model, law, _ = PROGRAMS["one site in a plate"]
    settings = {"num_warmup": 29, "num_samples": 1, "num_chains": 20_000}
    counts = np.bincount(index_of(run(key, model, **settings)[:, 0]), minlength=len(law))
    assert multinomial.compare_with_law(counts, law, ALPHA).rejected


PLATED = PROGRAMS["one site in a plate"][0]


def test_chains_in_sequence_and_side_by_side_are_the_same_draws(key):
    vectorized = run(key, PLATED, num_chains=2)
    assert vectorized.shape == (2, 5, 4)
    assert vectorized.dtype == np.int8
    assert set(np.unique(vectorized)) == {-1, 1}
    np.testing.assert_array_equal(
        run(key, PLATED, num_chains=2, chain_method="sequential"), vectorized
    )


def test_draws_are_those_of_the_key_and_arguments_of_the_run_are_the_programs(key):
    draws = run(key, PLATED)
    np.testing.assert_array_equal(run(key, plated, J, H), draws)
    assert (run(jax.random.PRNGKey(1), PLATED) != draws).any()  # legacy keys run too


def test_a_program_runs_in_single_precision_too(key):
    with jax.enable_x64(False):
        assert run(key, PLATED, num_chains=1).shape == (1, 5, 4)


def test_visible_units_may_be_an_argument_of_the_run(key):
    assert run(key, UNITS.model, {1: 1, 3: 0}).shape == (3, 5, 2)


def test_arviz_reads_a_run(key):
    mcmc = MCMC(GibbsKernel(PLATED), num_warmup=0, num_samples=5, progress_bar=False)
    mcmc.run(key)
    assert arviz_base.from_numpyro(mcmc)["posterior"]["spins"].shape == (1, 5, 4)


def test_chains_start_where_they_are_told(key):
    # an aligned ring flips with probability exp(-120)
    frozen = partial(plated, 30 * ring(4).weights, np.zeros(4))
    start = np.array([[1] * 4, [-1] * 4, [1] * 4])
    assert (run(key, frozen, init_params=start, num_warmup=0) == start[:, None]).all()
    one = run(key, frozen, init_params=-np.ones(4), num_warmup=0, num_chains=1)
    assert (one == -1).all()


@cases.every_seed
def test_chains_start_from_fair_coins(key):
    n_chains = 400
    state = GibbsKernel(PLATED).init(jax.random.split(key, n_chains), 0, None, (), {})
    up = (np.asarray(state.sites["spins"]) == 1).mean(0)
    # Hoeffding: a fair coin stays within this of a half, but with probability ALPHA.
    assert np.abs(up - 0.5).max() < np.sqrt(np.log(2 * 4 / ALPHA) / (2 * n_chains))


def never_both_up():
    """Two coins, of which at most one is up: hard constraints have a density 0."""
    ups = numpyro.sample("up", dist.Bernoulli(probs=jnp.full(2, 0.5)).to_event(1))
    numpyro.factor("exclusion", jnp.where(ups.sum() == 2, -jnp.inf, 0.0))


def test_a_chain_never_reaches_what_the_program_excludes(key):
    start = np.tile([-1, -1], (50, 1))
    draws = run(key, never_both_up, init_params=start, num_chains=50, num_warmup=0).reshape(-1, 2)
    assert {tuple(row) for row in draws} == {(-1, -1), (-1, 1), (1, -1)}


def test_an_impossible_start_is_refused(key):
    start = np.array([[-1, -1], [1, 1], [-1, 1]])
    text = r"got a start of log density -inf in chain 1; .* give init_params, starting spins that"
    with pytest.raises(ValueError, match=text):
        run(key, never_both_up, init_params=start)


@pytest.mark.parametrize(
    ("init_params", "message"),
    [
        (np.ones((3, 5)), r"got init_params of shape \(3, 5\); .* give \(3, 4\)"),
        (np.zeros((3, 4)), r"got init_params\[0,0\]=0.0; a spin holds -1 or \+1"),
    ],
)
def test_a_start_that_is_no_configuration_is_refused(key, init_params, message):
    with pytest.raises(ValueError, match=message):
        run(key, GLASS.model, init_params=init_params)


def field_unknown():
    field = numpyro.sample("field", dist.Normal(0.0, 1.0))
    numpyro.sample("up", dist.Bernoulli(logits=2 * field))


def test_a_program_without_a_latent_spin_is_refused(key):
    with pytest.raises(ValueError, match=r"got a program without a latent spin; .* leave at least"):
        run(key, GLASS.model, np.array([1, -1, 1, 1]))


def test_another_latent_site_is_refused_and_may_be_conditioned_away(key):
    text = r"got the latent site 'field' of a Normal; .* make it a Bernoulli site .* or observe it"
    with pytest.raises(ValueError, match=text):
        run(key, field_unknown)
    assert run(key, handlers.condition(field_unknown, {"field": 0.3})).shape == (3, 5, 1)
