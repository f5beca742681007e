"""All curves at once: plain data, the same for a seed, and long enough."""

import json

import pytest

from pp_spin import fragility
from pp_spin.fragility.chains import Run
from pp_spin.fragility.focal_models import Helix

SIDE, HELIX = 3, Helix(7, 2)
"""Small, and those of the other tests: their programs are compiled once."""

AXES = {
    "ASYMMETRIES": (0.0, 0.5),
    "RATES": (0.5, 1.0),
    "SLOPES": (2.0,),
    "INDEPENDENCES": (0.0,),
    "PAIR_TERMS": (0.0, 0.2),
}


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        for name, values in AXES.items():
            patch.setattr(fragility, name, values)
        patch.setattr(fragility, "SMALL_HELIX", HELIX)
        patch.setattr(fragility, "LARGE_HELIX", HELIX)
        return fragility.curves(n_chains=4096, seed=3, large_side=SIDE)


def test_every_series_is_as_long_as_its_axis(found):
    assert [curve.axis.values for curve in found] == list(AXES.values())
    for curve in found:
        for series in (*curve.exact.values(), *curve.sampled.values()):
            assert len(series) == len(curve.axis.values)


def test_a_curve_survives_json(found):
    for curve in found:
        plain = curve.plain()
        assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def test_estimates_are_the_seeds_own_and_share_no_draws(found):
    name = "correlation of neighbours"
    torus = fragility.torus(SIDE)
    run = Run(n_chains=4096, seed=3).at(0)
    named = ("small", "large")
    again = fragility.asymmetry.curve(fragility.torus(3), torus, run, (0.0,), named)
    assert again.sampled[name][0] == found[0].sampled[name][0]
    elsewhere = fragility.asymmetry.curve(
        fragility.torus(3), torus, run._replace(place=9), (0.0,), named
    )
    assert elsewhere.sampled[name][0].mean != found[0].sampled[name][0].mean


def test_where_the_large_system_is_the_small_one_its_estimates_hold_the_exact_entropy(found):
    name = "entropy production, nats per update"
    exact, sampled = found[0].exact[name], found[0].sampled[name]
    assert all(one.holds(value) for one, value in zip(sampled[1:], exact[1:], strict=True))
    assert sampled[0].mean == 0 == pytest.approx(exact[0], abs=1e-12)


def test_where_nothing_departs_every_curve_begins_at_the_ising_law(found):
    asymmetry, synchrony, _, latents, pairs = found
    for curve in (asymmetry, latents, pairs):
        assert max(abs(values[0]) for values in curve.exact.values()) < 1e-10
    assert synchrony.exact["total variation to the Little law"][-1] < 1e-10
