"""The data of Fig. 1C are the model's, and the reachable sums are those of four neighbours."""

import numpy as np
import pytest

from pp_spin.claims.claim import Means
from pp_spin.claims.exhibits import fig_1c
from tests import oracle


@pytest.fixture(scope="module")
def figure():
    return fig_1c.exhibit(Means(0, 5e-9, 1))


@pytest.mark.parametrize("panel", ["left", "right"])
def test_every_curve_is_the_logistic_function_of_the_sum(figure, panel):
    for curve in figure[panel]:
        expected = oracle.sigmoid(2 * (curve["zeta"] + curve["gamma"] * np.array(curve["sum"])))
        np.testing.assert_allclose(curve["up_prob"], expected, atol=1e-11)


def test_panels_vary_what_the_paper_varies(figure):
    assert len({curve["gamma"] for curve in figure["left"]}) == len(figure["left"])
    assert {curve["zeta"] for curve in figure["left"]} == {0.0}
    assert len({curve["zeta"] for curve in figure["right"]}) == len(figure["right"])
    assert {curve["gamma"] for curve in figure["right"]} == {0.5}


def test_the_agent_of_fig_1a_reaches_five_sums(figure):
    assert figure["reachable"] == [-4, -2, 0, 2, 4]
