"""The diagnosis as it is printed: it fits, it names, and it never says NaN."""

import io

import numpy as np
import pytest
from rich.console import Console

from pp_spin.collective import Collective
from pp_spin.evidence.convergence import Diagnosis, Measured, diagnose
from pp_spin.evidence.diagnostics import labelled
from pp_spin.network import ring
from pp_spin.report.diagnosis import MOST_SPINS, print_diagnosis


def shown(diagnosis, width=80):
    stream = io.StringIO()
    print_diagnosis(diagnosis, Console(file=stream, width=width))
    return stream.getvalue()


def diagnosed(rng, shape, still=0, clamped=None):
    """Coins, of which the first ``still`` agents never flip and the next is stuck if there are."""
    draws = rng.choice(np.array([-1, 1], np.int8), shape)
    draws[..., :still] = 1
    if still:
        draws[..., still] = 1
        draws[0, :, still] = -1
    collective = Collective(0.3 * ring(shape[-1]).weights, clamped=clamped)
    return diagnose(labelled(collective, draws, {"thinning": 2}))


@pytest.mark.parametrize(
    "shape", [(4, 1000, 6), (1, 50, 30), (4, 3, 40), (200, 4, 5), (1, 1, 3)], ids=str
)
def test_every_line_fits_and_none_says_nan(rng, shape):
    text = shown(diagnosed(rng, shape))
    assert "nan" not in text.lower()
    assert max(map(len, text.splitlines())) <= 80
    for words in ("diagnostic, never a verdict", "energy", "magnetisation", "overlap", "R-hat"):
        assert words in text


def test_what_does_not_vary_is_named_with_its_reason(rng):
    text = " ".join(shown(diagnosed(rng, (4, 100, 8), still=3, clamped={0: 1})).split())
    assert "4 chains of 100 draws, 2 sweeps apart" in text
    assert "8 spins, of which 4 vary" in text
    assert "1 spin clamped: 0" in text
    assert "2 spins frozen: never flipped in 100 draws of 4 chains: 1, 2" in text
    assert "1 spin stuck: different chains disagree, and none flipped in 100 draws" in text


def test_what_is_missing_is_a_dash_and_a_reason(rng):
    text = shown(diagnosed(rng, (1, 100, 4)))
    assert "–" in text
    assert "energy: R-hat compares chains, 2 or more; there is 1" in text
    assert "overlap: an overlap is of 2 chains; there is 1" in text


def test_of_many_spins_the_worst_are_shown(rng):
    spins = [Measured(f"s{i}", "varies", (), 0.1, 1 + i / 100, bulk_ess=9.0) for i in range(40)]
    spins += [Measured(f"f{i}", "frozen", ("frozen: x",), 1.0) for i in range(40)]
    text = shown(Diagnosis(4, 100, 1, (), tuple(spins)))
    assert "80 spins, of which 40 vary" in text
    shown_spins = [line.split()[0] for line in text.splitlines() if line.startswith("s")]
    assert [name for name in shown_spins if name[1:].isdigit()] == [
        f"s{i}" for i in range(39, 39 - MOST_SPINS, -1)
    ]
    assert "40 spins frozen: x: f0, f1" in text
    assert f"and {40 - MOST_SPINS} more" in text


def test_infinity_is_a_sign_and_hostile_names_steer_nothing():
    rows = (Measured("a\x1b[2J", "stuck", ("stuck",), 0.0, float("inf")),)
    text = shown(Diagnosis(2, 10, 1, rows, rows))
    assert "∞" in text
    assert "\x1b" not in text
