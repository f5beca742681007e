"""Other generative models: beliefs by two routes, kernels by two, draws against both."""

import itertools

import numpy as np
import pytest
from scipy.special import expit, logit

from pp_spin.claims.programs import asked
from pp_spin.collective import Collective
from pp_spin.configurations import configurations
from pp_spin.fragility import focal_models, latents, pair_likelihood
from pp_spin.fragility.chains import Run
from pp_spin.fragility.focal_models import Helix
from pp_spin.fragility.latents import separate_latents
from pp_spin.fragility.observables import tie_correlation
from pp_spin.fragility.pair_likelihood import coupled_neighbours
from tests import oracle

GAMMA, ZETA = 0.5, 0.2
CONTEXTS = configurations(4)
SMALL = Helix(7, 2)
LATENTS, PAIRS = separate_latents(GAMMA, ZETA), coupled_neighbours(GAMMA, ZETA)
NEAREST = "total variation to the nearest Ising law"
MODELS = {"latents": (LATENTS, 0.6), "pairs": (PAIRS, 0.2)}
every_model = pytest.mark.parametrize("name", MODELS)


# ---- one agent


@pytest.mark.parametrize("family", [LATENTS, PAIRS], ids=["latents", "pairs"])
def test_at_the_papers_end_the_action_is_the_papers(family):
    assert family.up(0.0) == pytest.approx(expit(2 * (ZETA + GAMMA * CONTEXTS.sum(1))), abs=1e-14)


def test_hidden_spins_of_their_own_make_the_action_affine():
    found = latents.up_in_contexts(GAMMA, ZETA, 1.0)
    assert found == pytest.approx(0.5 + np.tanh(GAMMA) * CONTEXTS.mean(1) / 2, abs=1e-14)


@pytest.mark.parametrize("independence", [0.1, 0.5, 0.9])
def test_beliefs_in_hidden_spins_are_those_that_the_common_cause_gives(independence):
    # c hears each neighbour with atanh(t tanh gamma); z_j hears c and neighbour j
    t = 1 - independence
    cause = np.tanh(ZETA + np.arctanh(t * np.tanh(GAMMA)) * CONTEXTS.sum(1))
    heard = GAMMA * CONTEXTS
    with_up, with_down = (np.tanh(np.arctanh(t) * c + heard).mean(1) for c in (1, -1))
    expected = 0.5 + ((1 + cause) * with_up + (1 - cause) * with_down) / 4
    found = latents.up_in_contexts(GAMMA, ZETA, independence)
    assert found == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("kappa", [-0.3, 0.2, 1.0])
def test_a_pair_term_moves_the_log_odds_by_the_pairs_and_a_constant(kappa):
    pairs = CONTEXTS[:, 0] * CONTEXTS[:, 1] + CONTEXTS[:, 2] * CONTEXTS[:, 3]
    up, down = (np.exp(kappa * z) * np.cosh(2 * GAMMA) + np.exp(-kappa * z) for z in (1, -1))
    expected = ZETA + GAMMA * CONTEXTS.sum(1) + kappa * pairs - np.log(up / down)
    found = logit(pair_likelihood.up_in_contexts(GAMMA, ZETA, kappa)) / 2
    assert found == pytest.approx(expected, abs=1e-12)


def test_the_likelihood_with_a_pair_term_is_normalised_for_each_hidden_spin():
    kappa, joint = 0.4, np.zeros((2, 16))
    for row, z in enumerate((-1, 1)):
        weights = [
            np.exp(z * (GAMMA * sum(s) + kappa * (s[0] * s[1] + s[2] * s[3])))
            for s in CONTEXTS.astype(int)
        ]
        joint[row] = np.exp(ZETA * z) * np.array(weights) / sum(weights)
    expected = joint[1] / joint.sum(0)
    assert pair_likelihood.up_in_contexts(GAMMA, ZETA, kappa) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("independence", [-0.1, 1.1, np.nan])
def test_an_independence_that_is_none_is_refused(independence):
    with pytest.raises(ValueError, match=r"got independence = .*give a number in \[0, 1\]"):
        latents.up_in_contexts(GAMMA, ZETA, independence)


# ---- a collective of them


def test_who_is_heard_is_heard_back():
    for helix, (i, j) in itertools.product((SMALL, Helix(100, 10)), ((0, 1), (2, 3))):
        heard = helix.heard()
        assert (heard[heard[:, i], j] == np.arange(helix.n_agents)).all()
        assert (helix.ties() != helix.ties().T).nnz == 0
        assert (helix.ties().sum(1) == 4).all()


@pytest.mark.parametrize("helix", [Helix(4, 1), Helix(6, 3), Helix(5, 4), Helix(3, 3)])
def test_a_helix_too_tight_is_refused(helix):
    with pytest.raises(ValueError, match=r"hear themselves, or one of the others twice"):
        helix.heard()


@every_model
def test_the_kernel_is_that_of_an_enumeration_apart(name):
    family, value = MODELS[name]
    up, heard = family.up(value), SMALL.heard()
    table = focal_models.action_table(up, heard)
    for spins, row in zip(oracle.states(7), table, strict=True):
        contexts = [sum(2**k for k in range(4) if spins[heard[i, k]] == 1) for i in range(7)]
        assert (row == up[contexts]).all()
    matrix = focal_models.kernel(table)
    assert matrix == pytest.approx(oracle.random_scan(table), abs=1e-15)
    law = oracle.stationary_law(matrix)
    expected = oracle.entropy_production(matrix, law)
    found = focal_models.exact_point(family, value, SMALL)
    assert found["entropy production, nats per update"] == pytest.approx(expected, abs=1e-12)
    assert found[NEAREST] > 1e-3
    ising = oracle.ising_law(GAMMA * SMALL.ties().toarray(), np.full(7, ZETA))
    far = found["total variation to the Ising law"]
    assert far == pytest.approx(abs(law - ising).sum() / 2, abs=1e-12)


@pytest.mark.parametrize("family", [LATENTS, PAIRS], ids=["latents", "pairs"])
def test_at_the_papers_end_the_law_is_ising(family):
    found = focal_models.exact_point(family, 0.0, SMALL)
    assert max(map(abs, found.values())) < 1e-10


@every_model
def test_the_sampler_asks_the_same_table(name):
    family, value = MODELS[name]
    up, heard = family.up(value), SMALL.heard()
    answers = asked(focal_models.up_prob_fn(up, heard), configurations(7))
    assert answers == pytest.approx(focal_models.action_table(up, heard), abs=1e-7)


def test_three_by_three_hides_what_a_pair_term_drives():
    # on the torus of side 3 opposite neighbours hear each other: the three-body energy exists
    up = PAIRS.up(0.2)
    places = np.arange(9).reshape(3, 3)
    steps = [np.roll(places, step, axis).ravel() for axis in (0, 1) for step in (1, -1)]
    matrix = oracle.random_scan(focal_models.action_table(up, np.stack(steps, axis=1)))
    assert oracle.entropy_production(matrix, oracle.stationary_law(matrix)) < 1e-12
    found = focal_models.exact_point(PAIRS, 0.2, SMALL)
    assert found["entropy production, nats per update"] > 1e-3


WEAK = {  # these have forgotten their start, to 3e-5, when the first draw is made
    "latents": (separate_latents(0.3, 0.1), 0.6),
    "pairs": (coupled_neighbours(0.3, 0.1), 0.4),
}


@every_model
def test_the_estimate_holds_the_exact_value_and_not_the_papers(name):
    family, value = WEAK[name]
    found = focal_models.curve(family, SMALL, SMALL, Run(n_chains=4096, n_draws=2), (value,))
    correlation = tie_correlation(SMALL.ties())
    estimate = found.sampled[correlation.name][0]
    exact = {}
    for at in (0.0, value):
        table = focal_models.action_table(family.up(at), SMALL.heard())
        law = oracle.stationary_law(oracle.random_scan(table))
        exact[at] = float(law @ correlation.of(oracle.states(7)))
    assert estimate.holds(exact[value])
    assert not estimate.holds(exact[0.0])


def test_an_interval_is_of_the_law_at_the_draw_and_not_of_the_stationary_one():
    # this collective has two phases: after so many sweeps many chains are still in the wrong one
    family, value = MODELS["pairs"]
    run = Run(n_chains=4096, n_warmup=20)
    found = focal_models.sampled_point(family.up(value), SMALL, run)
    matrix = oracle.random_scan(focal_models.action_table(family.up(value), SMALL.heard()))
    correlation = tie_correlation(SMALL.ties())
    values = correlation.of(oracle.states(7))
    n_updates = SMALL.n_agents * (run.n_warmup + run.thinning)
    at_the_draw = np.full(128, 1 / 128) @ np.linalg.matrix_power(matrix, n_updates)
    assert found[correlation.name].holds(float(at_the_draw @ values))
    assert not found[correlation.name].holds(float(oracle.stationary_law(matrix) @ values))


def test_the_papers_end_is_the_papers_collective():
    agents = Collective(GAMMA * SMALL.ties(), ZETA)
    table = oracle.up_probabilities(agents.sensory_precision, agents.prior_precision)
    found = focal_models.action_table(LATENTS.up(0.0), SMALL.heard())
    assert found == pytest.approx(table, abs=1e-14)
