"""The fragilities: every number of the data is in the table, every series in the chart."""

import io
import xml.etree.ElementTree as ET

import pytest
from rich.console import Console
from typer.testing import CliRunner

from pp_spin import cli, fragility
from pp_spin.fragility.bounded_mean import Estimate
from pp_spin.fragility.curve import Axis, Curve
from pp_spin.report.fragility_curves import chart_of, tables_of

CURVES = [
    Curve(
        "asymmetric <precisions>",
        Axis("asymmetry", (0.0, 0.25, 0.5)),
        "3x3 torus",
        {"entropy production": (1e-17, 0.0116, 0.0518)},
        "20x20 torus",
        {"correlation": tuple(Estimate(m, m - 0.1, m + 0.125, 5e-9, 64) for m in (0.5, 0.4, 0.3))},
        {"the Ising law": Estimate(0.5, 0.45, 0.55, 5e-9, 64)},
    ),
    Curve("a pair term", Axis("kappa", (0.0, 0.4)), "helix", {"TV": (0.0, 0.278)}, "none", {}, {}),
]
PLAIN = [curve.plain() for curve in CURVES]


def printed(width=100):
    console = Console(width=width, record=True, file=io.StringIO())
    for part in tables_of(PLAIN):
        console.print(part)
    return console.export_text()


def test_every_number_is_in_the_table():
    text = printed()
    for number in ("0.25", "0.0116", "0.0518", "0.4 to 0.625", "0.278"):
        assert number in text
    assert "1e-17" not in text
    assert "asymmetric <precisions>" in text


def test_the_chart_names_every_series_and_is_always_the_same():
    chart = chart_of(PLAIN)
    ET.fromstring(chart)
    for name in ("entropy production", "correlation", "the Ising law", "no estimate"):
        assert name in chart
    assert "<precisions>" not in chart
    assert chart == chart_of(PLAIN)


def test_the_command_writes_what_it_shows(monkeypatch, tmp_path):
    monkeypatch.setattr(fragility, "curves", lambda n_chains, seed: CURVES)
    chart = tmp_path / "curves.svg"
    result = CliRunner().invoke(cli.app, ["fragility", "--chart", str(chart)])
    assert result.exit_code == 0, result.output
    assert "0.0518" in result.output
    assert chart.read_text(encoding="utf-8") == chart_of(PLAIN)


@pytest.mark.parametrize("name", ["--chart", "--json"])
def test_a_place_that_cannot_be_written_is_told_before_the_run(name, monkeypatch, tmp_path):
    monkeypatch.setattr(fragility, "curves", None)
    (tmp_path / "file").write_text("no folder")
    result = CliRunner().invoke(cli.app, ["fragility", name, str(tmp_path / "file" / "x.svg")])
    assert result.exit_code == 2, result.output
    assert "file" in result.output
