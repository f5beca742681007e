"""Names from networks and claims are text: in a terminal, in HTML, in JUnit, in JSON, in refusals.

They hold markup, quotes, line ends, codes that steer a terminal, letters that turn a line around,
half a character, and far more letters than a line has.
"""

import json
import xml.etree.ElementTree as ET

import networkx as nx
import pytest
import xarray as xr
from typer.testing import CliRunner

from pp_spin import cli

IN_XML = "<script>alert(1)</script> \"'&amp;[bold]{{ 1 }}\u202eevil\u2066" + "n" * 3000
HOSTILE = "\x1b[31m\x07\n\r\x00\ud800" + IN_XML

CLAIMS = f"""
from dataclasses import replace

import networkx as nx

import pp_spin
from pp_spin.claims.cases import PAIR
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Check, Claim
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

HOSTILE = {HOSTILE!a}
CASE = replace(PAIR, name=HOSTILE) if hasattr(PAIR, "__dataclass_fields__") else PAIR._replace(
    name=HOSTILE
)


def examine(case, means):
    graph = nx.path_graph([HOSTILE, "Ada"])
    nx.set_edge_attributes(graph, 0.5, "weight")
    node = pp_spin.as_network(graph).nodes[0]
    return Evidence(Rung.EXHAUSTIVE, HOSTILE, case.name, Verdict.REFUTED, witness=f"agent {{node}}")


def about(name, *checks):
    return Claim(
        name, ("sec. " + "s" * 3000,), HOSTILE, "beyond", "supported", checks, assumes=(HOSTILE,),
        depends_on=(HOSTILE,), statement=HOSTILE,
    )


FALSE = about("is_false", Check(Rung.EXHAUSTIVE, HOSTILE, (CASE,), examine))
TRUE = about("is_true", agree(HOSTILE, lambda case: [1.0], lambda case: [1.0], (CASE,)))
"""


def run(*arguments):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def steering(shown):
    """The characters of ``shown`` that are no text."""
    return {c for c in shown if not c.isprintable() and c != "\n"}


@pytest.fixture
def claims(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(CLAIMS)
    return file


def test_claims_with_hostile_names_come_out_as_text_on_every_face(claims, tmp_path):
    reports = tmp_path / "reports"
    result = run("verify", claims, "--profile", "quick", "--out", reports)
    assert result.exit_code == 1, result.output
    assert steering(result.stdout.replace(str(tmp_path), "")) == set()
    assert steering(result.stderr) == set()
    assert "<script>alert(1)</script>" in result.stdout

    html = (reports / "report.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert steering(html) == set()

    document = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    by_id = {claim["id"]: claim for claim in document["claims"]}
    assert by_id["is_false"]["title"] == HOSTILE
    assert by_id["is_false"]["evidence"][0]["witness"] == f"agent {HOSTILE}"
    assert by_id["is_true"]["evidence"][0]["system"] == HOSTILE

    suite = ET.fromstring((reports / "junit.xml").read_bytes())
    [failure] = suite.iter("failure")
    assert IN_XML in failure.get("message", "")


@pytest.mark.parametrize("option", ["-v", "-q"])
def test_however_much_is_shown_it_is_text(claims, option):
    result = run("verify", claims, "--profile", "quick", option)
    assert result.exit_code == 1, result.output
    assert steering(result.stdout + result.stderr) == set()


def test_a_network_with_hostile_names_is_sampled_and_kept_as_it_is(tmp_path):
    graph = nx.path_graph([IN_XML, "Ada", "Ben"])
    nx.set_edge_attributes(graph, 0.5, "weight")
    network, out = tmp_path / "network.graphml", tmp_path / "run.nc"
    nx.write_graphml(graph, network)
    counts = ("--samples", 2, "--warmup", 0, "--chains", 2)
    result = run("sample", network, "--out", out, "--clamp", f"{IN_XML}=+1", *counts)
    assert result.exit_code == 0, result.output
    assert steering(result.stdout + result.stderr) == set()
    with xr.open_datatree(out) as draws:
        assert (draws["posterior"]["spins"].sel(agent=IN_XML) == 1).all()


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify", "--select", HOSTILE[:300]),
        ("verify", "--profile", HOSTILE[:300]),
        ("verify", HOSTILE[6:40]),
        ("show", HOSTILE[:300]),
    ],
)
def test_a_refusal_repeats_hostile_words_as_text(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert steering(result.stdout + result.stderr) == set()


def test_a_failure_with_hostile_words_is_told_as_text(claims):
    claims.write_text(
        CLAIMS.replace("    graph = nx", "    raise RuntimeError(HOSTILE)\n    graph = nx")
    )
    result = run("verify", claims, "--profile", "quick")
    assert result.exit_code == 4
    assert "RuntimeError: \\u001b[31m" in result.stderr
    assert steering(result.stdout + result.stderr) == set()
