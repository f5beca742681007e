"""The law of synchronous updates: two ticks as a program, one of them summed, and who is held."""

from functools import partial

import jax
import numpy as np
import pytest

from pp_spin.enumeration import log_evidence
from pp_spin.laws.little import Little
from pp_spin.laws.partition import log_partition
from tests import cases, oracle
from tests.programs import log_densities

J, H = cases.SPIN_GLASSES[1]

every_glass = pytest.mark.parametrize(("couplings", "fields"), cases.SPIN_GLASSES, ids=np.shape)


def log_weights(couplings, fields):
    """Eq. (C.33), not normalised."""
    x = np.array(
        [
            [oracle.local_field(couplings, fields, row, i) for i in range(len(fields))]
            for row in oracle.states(len(fields))
        ]
    )
    return oracle.states(len(fields)) @ fields + np.logaddexp(x, -x).sum(1)


def next_tick_enumerated(law):
    at = jax.jit(jax.vmap(partial(log_evidence, law.model)))
    return np.asarray(at(oracle.states(law.n_spins)))


def law_of(law):
    return np.exp(law.log_prob(oracle.states(law.n_spins)) - log_partition(law))


@every_glass
def test_program_is_the_law_of_two_ticks(couplings, fields):
    n = len(fields)
    ticks = oracle.states(2 * n)
    names = [f"{tick}_{i}" for tick in ("spin", "next") for i in range(n)]
    expected = [
        fields @ now + fields @ then + then @ couplings @ now
        for now, then in zip(ticks[:, :n], ticks[:, n:], strict=True)
    ]
    found = log_densities(Little(couplings, fields).model, names, ticks)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("couplings", "fields"), cases.PROGRAMS, ids=np.shape)
def test_next_tick_enumerated_leaves_the_closed_form(couplings, fields):
    law, expected = Little(couplings, fields), log_weights(couplings, fields)
    np.testing.assert_allclose(next_tick_enumerated(law), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(law.log_prob(oracle.states(law.n_spins)), expected, atol=1e-12)


@pytest.mark.parametrize(
    "twin", [Little(2 * J, H), Little(J / 2, H), Little(J, 2 * H)], ids=["2J", "J/2", "2h"]
)
def test_a_broken_twin_has_another_density(twin):
    assert np.abs(next_tick_enumerated(twin) - log_weights(J, H)).max() > 0.1


@every_glass
def test_normalised_it_is_the_enumerated_law(couplings, fields):
    found, expected = law_of(Little(couplings, fields)), oracle.little_law(couplings, fields)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    assert np.abs(found - oracle.ising_law(couplings, fields)).max() > 0.01


@pytest.mark.parametrize("clamped", [{}, {0: 1}, {3: -1, 1: 1}])
def test_given_is_the_law_of_agents_some_of_whom_never_act(clamped):
    expected = oracle.little_law(J, H, clamped)[oracle.in_slice(4, clamped)]
    np.testing.assert_allclose(law_of(Little(J, H).given(clamped)), expected, rtol=0, atol=1e-12)


def test_given_is_not_the_conditional_of_the_unclamped_law():
    within = oracle.in_slice(4, {0: 1})
    conditional = oracle.little_law(J, H)[within] / oracle.little_law(J, H)[within].sum()
    assert np.abs(law_of(Little(J, H).given({0: 1})) - conditional).max() > 0.01


@pytest.mark.parametrize(
    ("couplings", "fields", "message"),
    [
        ([[0, 0.3], [0.1, 0]], [0, 0],
         r"got couplings\[0,1\]=0.3, .*; the Little law needs symmetric couplings; for asymmetric"),
        (np.eye(2), [0, 0], r"got couplings\[0,0\]=1.0; .* set the diagonal to 0"),
        (np.zeros((2, 2)), [0, np.nan], r"got fields\[1\]=nan; every entry must be a finite"),
        (np.zeros((2, 2)), [0], r"got fields of shape \(1,\); one field per spin \(n = 2\)"),
    ],
)  # fmt: skip
def test_what_has_no_little_law_is_refused(couplings, fields, message):
    with pytest.raises(ValueError, match=message):
        Little(couplings, fields)


@pytest.mark.parametrize(
    ("clamped", "message"),
    [
        ({7: 1}, r"got clamped\[7\], but no agent has that name; clamp one of the 4 agents"),
        ({0: 0}, r"got clamped\[0\] = 0; a clamped agent holds -1 or \+1; leave it out"),
        (dict.fromkeys(range(4), 1), r"got 4 spins, all of them clamped; .*; leave at least one"),
    ],
)
def test_clamping_what_cannot_be_held_is_refused(clamped, message):
    with pytest.raises(ValueError, match=message):
        Little(J, H).given(clamped)
