"""A small run's document, written by hand: every kind of verdict, rung and fault."""

import copy
from math import exp
from typing import Any

from pp_spin.claims.inheritance import with_inheritance


def evidence(rung: str, method: str, **named: Any) -> dict[str, Any]:
    blank = dict.fromkeys(
        ("statistic", "interval", "tolerance", "n", "alpha", "detectable", "witness", "log_e")
    )
    return {
        "rung": rung, "method": method, "system": "", "verdict": "supported", "seconds": 0.25,
        "caught": [], **blank, **named,
    }  # fmt: skip


def claim(claim_id: str, equation: str, title: str, **named: Any) -> dict[str, Any]:
    return {
        "id": claim_id, "equations": [equation], "section": equation.split(".")[0], "title": title,
        "form": "printed", "statement_latex": "", "assumptions": [], "depends_on": [],
        "derivation": None, "expected": "supported", "verdict": "supported", "reason": "",
        "evidence": [], "corrects": [], "code": {"claim": None, "proof": None, "programs": []},
        **named,
    }  # fmt: skip


def curve(gamma: float, zeta: float, label: str) -> dict[str, Any]:
    sums = [*range(-10, 11)]
    up = [1 / (1 + exp(-2 * (zeta + gamma * spin_sum))) for spin_sum in sums]
    return {"label": label, "gamma": gamma, "zeta": zeta, "sum": sums, "up_prob": up}


_CLAIMS: list[dict[str, Any]] = [
    claim(
        "posterior_is_logistic_in_the_local_field", "2",
        "The posterior that the hidden spin is up is logistic in the prior plus the weighted sum.",
        equations=["2", "3", "A.7"], section="2",
        statement_latex=r"P(z=+1\mid\tilde\sigma) = \frac{1}{1+e^{-2(\zeta+\gamma\Delta\sigma)}}",
        assumptions=["finite precisions"],
        reason="Every step was decided and every case agrees.",
        derivation="posterior_is_logistic",
        evidence=[
            evidence("symbolic", "exact identity for any K (512 points)", n=6),
            evidence("exhaustive", "NumPyro's enumerated posterior against the closed form",
                     system="agent with 4 neighbours", statistic=1.4e-16, tolerance=1e-10, n=16),
        ],
    ),
    claim(
        "unit_slope_sigmoid_is_the_posterior", "B.26",
        "Acting by the printed sigmoid matches the posterior.",
        equations=["B.26"], section="B", expected="refuted", verdict="refuted",
        statement_latex=r"\varphi_u^* = \frac{1}{1+\exp(\beta\infty(1-\varphi_z^*))}",
        reason="The printed form never exceeds one half.",
        evidence=[evidence("exhaustive", "printed action law against the posterior",
                           system="grid of 99 posteriors", verdict="refuted", statistic=0.5,
                           tolerance=1e-10, n=99,
                           witness="phi_z = 0.99: printed 0.4975, true 0.99")],
    ),
    claim(
        "softmax_action_matches_within_six_percent", "B.27",
        "With the best slope, the softmax action is within 0.0561 of the posterior.",
        section="B", form="corrected", expected="approximate", verdict="approximate",
        corrects=["unit_slope_sigmoid_is_the_posterior"],
        statement_latex=r"\sup_{\varphi_z}\left|\sigma(b(2\varphi_z-1))-\varphi_z\right| = 0.0561",
        evidence=[evidence("exhaustive", "sup norm on a grid with a Lipschitz bound",
                           verdict="approximate", statistic=0.0561, interval=[0.05604, 0.05606])],
    ),
    claim(
        "synchronous_collective_samples_the_little_law", "C.33",
        "When all agents act at once, the collective samples the Little law, not the Ising law.",
        statement_latex=r"P(\tilde\sigma)=Z^{-1}\exp\Bigl(\sum_i\zeta_i\sigma_i+\sum_i\log 2\cosh"
        r"\bigl(\zeta_i+\sum_{j\in M_i}\gamma_{ij}\sigma_j\bigr)\Bigr)",
        assumptions=["symmetric precisions", "finite precisions", "synchronous updates"],
        depends_on=["posterior_is_logistic_in_the_local_field"],
        reason="All systems agree.",
        evidence=[
            evidence("exhaustive", "stationary law against C.33", system="ring of 6",
                     statistic=1.2e-16, tolerance=1e-10, n=64),
            evidence("statistical", "one draw per chain, multinomial G",
                     system="Florentine families", statistic=0.0031, interval=[0.0, 0.0095],
                     n=100_000, alpha=5e-9, detectable=0.0102),
        ],
    ),
    claim(
        "fixed_order_sweep_is_reversible", "C.36", "A sweep in a fixed order is reversible.",
        verdict="refuted", assumptions=["symmetric precisions"],
        reason="Expected supported, yet the flux from state 3 to state 5 has no return.",
        evidence=[evidence("exhaustive", "detailed-balance residual", system="3 spins",
                           verdict="refuted", statistic=0.037, tolerance=1e-10, n=64,
                           witness="states 3 -> 5: 0.041 against 0.004")],
    ),
    claim(
        "pair_sum_counts_each_pair_once", "C.39", "The pair sum of C.39 counts each pair once.",
        form="corrected", verdict="inconclusive", reason="One step could not be decided.",
        statement_latex=r"\unknown{macro}",
        evidence=[evidence("symbolic", "step 3 of 5 undecided", verdict="inconclusive", n=5)],
    ),
]  # fmt: skip

_DERIVATIONS = [
    {
        "name": "posterior_is_logistic", "equations": ["2", "3"], "form": "printed",
        "expected": "supported", "verdict": "supported", "method": "exact identity for any K",
        "n_steps": 2, "n_points": 512, "witness": None, "scope": "any K",
        "assumes": ["finite precisions"], "uses": ["prior_is_normalised"],
        "statement_latex": r"P(z) = p", "seconds": 0.1,
        "lines": [
            {"kind": "definition", "reason": "the prior", "latex": r"p = \frac{1}{2}"},
            {"kind": "step", "reason": "gamma_ij cancels", "latex": r"x_{i} = \zeta",
             "uses": ["prior_is_normalised"]},
            {"kind": "step", "reason": "add up", "latex": r"\unknown{macro}", "uses": []},
        ],
    },
]  # fmt: skip

_DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "profile": "quick",
    "seed": 0,
    "versions": {"pp_spin": "0.1.0", "python": "3.11", "numpyro": "0.22.0"},
    "budget": {"allowed": 1e-6, "spent": 5e-9},
    "claims": _CLAIMS,
    "derivations": _DERIVATIONS,
    "faults": [
        {
            "id": "half_logit", "title": "the factor 2 is dropped from the logit",
            "killed_by": ["posterior_is_logistic_in_the_local_field"],
            "survived": ["fixed_order_sweep_is_reversible"], "seconds": 0.5,
            "must_be_caught": True,
        },
        {
            "id": "sweep_declared_random_scan", "title": "a fixed-order sweep declared random scan",
            "killed_by": [], "survived": ["synchronous_collective_samples_the_little_law"],
            "must_be_caught": True,
            "seconds": 0.5,
        },
    ],
    "figures": {
        "fig_1c": {
            "left": [curve(gamma, 0.0, f"γ = {gamma}") for gamma in (0.1, 0.5, 1.0)],
            "right": [curve(0.5, zeta, f"ζ = {zeta}") for zeta in (-1.0, 0.0, 1.0)],
            "reachable": [-4, -2, 0, 2, 4],
        }
    },
    "seconds": 12.5,
}  # fmt: skip

HOSTILE = "<script>alert('x')</script>\"&amp;\u202eevil\x00" + "long" * 40


def example_document() -> dict[str, Any]:
    """A fresh copy, to be changed at will."""
    document = copy.deepcopy(_DOCUMENT)
    document["claims"] = with_inheritance(document["claims"])
    return document


def expected_document() -> dict[str, Any]:
    """The same run had everything come out as expected."""
    document = example_document()
    document["claims"] = [c for c in document["claims"] if c["verdict"] == c["expected"]]
    return document


def hostile_document() -> dict[str, Any]:
    """The same run with a hostile name in every place that takes text."""
    document = example_document()
    document["claims"].append(
        claim(
            HOSTILE, HOSTILE, HOSTILE, section=HOSTILE, form=HOSTILE, reason=HOSTILE,
            statement_latex=rf"\text{{{HOSTILE}}}", assumptions=[HOSTILE],
            depends_on=[HOSTILE + "!"], verdict="refuted",
            evidence=[evidence("exhaustive", HOSTILE, system=HOSTILE, witness=HOSTILE)],
        )
    )  # fmt: skip
    document["claims"] = with_inheritance(document["claims"])
    document["faults"].append(
        {"id": HOSTILE, "title": HOSTILE, "killed_by": [HOSTILE], "survived": [], "seconds": 0.0}
    )
    line = {"kind": "step", "reason": HOSTILE, "latex": rf"\text{{{HOSTILE}}}", "uses": [HOSTILE]}
    document["derivations"].append(
        {**document["derivations"][0], "name": HOSTILE, "scope": HOSTILE, "lines": [line]}
    )
    document["claims"][-1]["derivation"] = HOSTILE
    document["versions"][HOSTILE] = HOSTILE
    document["figures"]["fig_1c"]["left"][0]["label"] = "$<script>\\frac{"
    return document
