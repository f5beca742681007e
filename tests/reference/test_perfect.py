"""Perfect draws have the law to the last cell, and the classic mistakes are seen."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import logit

from pp_spin.configurations import index_of
from pp_spin.evidence import multinomial
from pp_spin.evidence.budget import ALPHA
from pp_spin.network import complete, lattice, ring
from pp_spin.reference import kaufman, perfect
from pp_spin.reference.perfect import perfect_draws
from tests import oracle

N_DRAWS = 100_000
RING = 0.6 * ring(5).weights
FIELDS = np.array([0.3, -0.2, 0.0, 0.1, -0.4])


def pulled_down():
    """Spin 0, once clamped, pulls with couplings of both signs."""
    couplings = 0.5 * complete(5).weights
    couplings[0, 1] = couplings[1, 0] = -0.9
    return couplings, FIELDS, 0.8, {0: -1}


SYSTEMS = {
    "ring, no field": (RING, np.zeros(5), 1.0, None),
    "ring, fields of both signs": (RING, FIELDS, 1.0, None),
    "two by three, colder": (0.4 * lattice((2, 3), False).weights, np.full(6, -0.05), 1.5, None),
    "complete, one clamped": pulled_down(),
    "ring, two clamped": (RING, FIELDS, 1.0, {1: 1, 4: 1}),
}

every_system = pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())


def compare(drawn_from, claimed, n_draws=N_DRAWS):
    """Draws of one system against the enumerated law of another."""
    couplings, fields, beta, clamped = drawn_from
    spins = perfect_draws(couplings, fields, n_draws, 0, beta, clamped).spins
    counts = np.bincount(index_of(spins), minlength=2 ** len(fields))
    return multinomial.compare_with_law(counts, oracle.ising_law(*claimed), ALPHA)


@every_system
def test_draws_have_the_enumerated_law(system):
    test = compare(system, system)
    assert not test.rejected
    assert test.interval[0] == 0


@every_system
def test_couplings_that_are_off_by_a_twentieth_are_seen(system):
    couplings, *rest = system
    assert compare((1.05 * couplings, *rest), system).rejected


def test_fresh_noise_for_the_past_is_seen(monkeypatch):
    # The classic mistake: going further back, the sweeps nearest to time 0 are drawn anew.
    fresh = np.random.default_rng(0)
    monkeypatch.setattr(perfect, "_noise", lambda *of_sweep: logit(fresh.random(of_sweep[-1])))
    # Without a field the two ends are alike and hide it: there it is some twenty times smaller.
    system = SYSTEMS["complete, one clamped"]
    assert compare(system, system).rejected


def test_draws_that_stop_before_all_starts_agree_are_seen(monkeypatch):
    # One chain from all up is what an impatient sampler would return.
    monkeypatch.setattr(perfect, "_agree", lambda upper, lower: np.ones(upper.shape[1], bool))
    system = SYSTEMS["ring, no field"]
    assert compare(system, system).rejected


def test_every_start_ends_in_the_draw_and_from_half_as_far_back_not_every_one():
    n_draws, starts = 40, oracle.states(5).T.astype(float)
    draws = perfect_draws(RING, FIELDS, n_draws, 3)
    bath = perfect._bath(csr_array(RING), FIELDS, np.arange(5), 1.0)

    def ends(draw, back):
        chains = np.hstack([starts, starts])
        for sweep in range(back, 0, -1):
            noise = perfect._noise(3, 0, sweep, (n_draws, 5))[draw]
            perfect._sweep(bath, chains, np.tile(noise[:, None], 32))
        return chains.T

    for draw, (spins, back) in enumerate(zip(*draws, strict=True)):
        assert (ends(draw, back) == spins).all()
        if back > 1:
            assert (ends(draw, back // 2) != ends(draw, back // 2)[0]).any()
    assert draws.sweeps.max() > 1


def test_the_energy_of_a_torus_is_kaufmans():
    side, beta, n_draws = 16, 0.3, 2000
    ties, n_spins = lattice((side, side)).ties, side**2
    spins = perfect_draws(ties, np.zeros(n_spins), n_draws, 0, beta).spins.astype(float)
    found = -(spins * (ties @ spins.T).T).sum(1).mean() / (2 * n_spins)

    def rejected(beta):
        # Bernstein, at level ALPHA for any n: the variance is exact, an energy differs from its
        # mean by less than 4.
        exact = kaufman.energy((side, side), beta)
        variance = kaufman.heat_capacity((side, side), beta) / (beta**2 * n_spins)
        nats = np.log(2 / ALPHA) / n_draws
        return abs(found - exact) > 4 * nats / 3 + np.sqrt(
            (4 * nats / 3) ** 2 + 2 * variance * nats
        )

    assert not rejected(beta)
    assert rejected(0.95 * beta)
    assert rejected(1.05 * beta)


def test_draws_are_those_of_the_seed_however_many_are_asked_for(monkeypatch):
    monkeypatch.setattr(perfect, "_BLOCK_NOISE", 50)  # blocks of ten draws
    many = perfect_draws(RING, FIELDS, 37, 5)
    for n_draws in (1, 10, 24, 37):
        few = perfect_draws(csr_array(RING), FIELDS, n_draws, 5)
        np.testing.assert_array_equal(few.spins, many.spins[:n_draws])
        np.testing.assert_array_equal(few.sweeps, many.sweeps[:n_draws])
    assert len(np.unique(many.spins[::10], axis=0)) > 1  # blocks have noise of their own
    assert (perfect_draws(RING, FIELDS, 37, 6).spins != many.spins).any()


def test_draws_are_int8_spins_with_the_clamped_ones_held():
    couplings, fields, beta, clamped = pulled_down()
    spins, sweeps = perfect_draws(couplings, fields, 100, 0, beta, clamped)
    assert spins.dtype == np.int8
    assert set(np.unique(spins)) == {-1, 1}
    assert (spins[:, 0] == -1).all()
    assert set(sweeps) <= {2**k for k in range(15)}
    held = perfect_draws(couplings, fields, 3, 0, beta, dict(enumerate([1, -1, 1, 1, -1])))
    np.testing.assert_array_equal(held.spins, [[1, -1, 1, 1, -1]] * 3)
    assert (held.sweeps == 0).all()


def with_entry(couplings, i, j, value):
    changed = couplings.copy()
    changed[i, j] = value
    return changed


@pytest.mark.parametrize("kind", [np.asarray, csr_array], ids=["dense", "sparse"])
@pytest.mark.parametrize(
    ("couplings", "message"),
    [
        (-RING, r"got couplings\[0,1\]=-0.6; .* monotone, .* gauge trans.* variable elimination"),
        (with_entry(RING, 1, 0, 0.5),
         r"got couplings\[0,1\]=0.6, couplings\[1,0\]=0.5; .* needs symmetric couplings; for asym"),
        (RING + np.eye(5), r"got couplings\[0,0\]=1.0; .* set the diagonal to 0"),
        (RING[:4], r"got couplings of shape \(4, 5\); .* give an \(n, n\) array"),
        (with_entry(RING, 0, 1, np.nan), r"got couplings\[0,1\]=nan; every entry must be a finite"),
    ],
)  # fmt: skip
def test_couplings_without_a_monotone_heat_bath_are_refused(kind, couplings, message):
    with pytest.raises(ValueError, match=message):
        perfect_draws(kind(couplings), FIELDS, 1, 0)


def test_a_negative_coupling_is_named_by_its_own_spins_when_others_are_clamped():
    couplings = with_entry(with_entry(RING, 3, 4, -0.1), 4, 3, -0.1)
    with pytest.raises(ValueError, match=r"got couplings\[3,4\]=-0.1"):
        perfect_draws(couplings, FIELDS, 1, 0, clamped={0: 1})
    assert perfect_draws(couplings, FIELDS, 1, 0, clamped={3: 1}).spins[0, 3] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fields": np.zeros(4)}, r"got fields of shape \(4,\); one field per spin \(n = 5\)"),
        ({"beta": -1.0}, r"got beta = -1.0; an inverse temperature is finite and not negative; an"),
        ({"beta": np.nan}, r"got beta = nan; an inverse temperature is finite and not negative"),
        ({"n_draws": 0}, r"got n_draws = 0; give a whole number, 1 or more"),
        ({"seed": -1}, r"got seed = -1; give a whole number, 0 or more"),
        ({"max_sweeps": 0}, r"got max_sweeps = 0; give a whole number, 1 or more"),
        ({"clamped": {0: 0}}, r"got clamped\[0\] = 0; a clamped agent holds -1 or \+1"),
        ({"clamped": {5: 1}}, r"got clamped\[5\], but no agent has that name"),
    ],
)
def test_what_cannot_be_drawn_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        perfect_draws(**{"couplings": RING, "fields": FIELDS, "n_draws": 1, "seed": 0, **arguments})


def test_couplings_that_take_too_long_are_refused_with_the_way_out():
    text = (
        r"got 20 of 20 draws that do not forget their start in 64 sweeps \(max_sweeps = 100\); "
        r".* take weaker couplings or a smaller beta, .* another seed is no way out"
    )
    with pytest.raises(ValueError, match=text):
        perfect_draws(10 * RING, np.zeros(5), 20, 0, max_sweeps=100)
    assert perfect_draws(10 * RING, np.full(5, 30.0), 20, 0, max_sweeps=100).spins.min() == 1
