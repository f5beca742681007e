import re
import xml.etree.ElementTree as ET

import pytest

from pp_spin.report.pictures.fig_1c import description, drawing
from tests.report.example import example_document, hostile_document

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def data():
    return example_document()["figures"]["fig_1c"]


def test_figure_is_one_svg_element_with_its_labels_as_text(data):
    root = ET.fromstring(drawing(data))
    assert root.tag == f"{SVG}svg"
    texts = {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}
    assert {"γ = 0.1", "ζ = -1.0", "posterior P(z = +1)"} <= texts


def test_figure_is_the_same_every_time(data):
    assert drawing(data) == drawing(data)


def test_figure_has_no_date_no_style_of_its_own_and_no_address_to_load(data):
    svg = drawing(data)
    assert "<style" not in svg
    assert "<metadata" not in svg
    assert not re.search(r"(?:href|src)=\"(?!#)", svg)


def test_figure_takes_the_colours_of_the_page(data):
    svg = drawing(data)
    assert "currentColor" in svg
    assert "var(--line-1, #0072b2)" in svg
    assert "#010203" not in svg


def test_description_has_its_numbers(data):
    told = description(data)
    assert "γ = 0.5: from 4.54e-05 at -10 to 1 at 10" in told
    assert "can reach, -4, -2, 0, 2, 4" in told


def test_every_id_is_used_and_bears_the_drawings_name(data):
    svg = drawing(data)
    ids = re.findall(r' id="([^"]*)"', svg)
    assert ids
    assert len(ids) == len(set(ids))
    assert all(name.startswith("fig-1c-") and f"#{name}" in svg for name in ids)


def marks(svg):
    """The markers of each curve, by the number of ``<use>`` elements in each group of them."""
    groups = [group for group in ET.fromstring(svg).iter(f"{SVG}g") if group.findall(f"{SVG}use")]
    return [len(group.findall(f"{SVG}use")) for group in groups]


def test_reachable_sums_are_marked_on_every_curve(data):
    n_curves, reachable = len(data["left"]) + len(data["right"]), data["reachable"]
    drawn = marks(drawing(data))
    assert drawn.count(len(reachable)) == n_curves
    assert marks(drawing({**data, "reachable": [-4, 4]})).count(2) == n_curves


def test_a_sum_that_was_not_computed_is_not_marked(data):
    beyond = marks(drawing({**data, "reachable": [-4, 0.5, 4]}))
    assert beyond.count(2) == len(data["left"]) + len(data["right"])


def test_hostile_labels_are_text():
    svg = drawing(hostile_document()["figures"]["fig_1c"])
    ET.fromstring(svg)
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg
