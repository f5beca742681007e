"""What every drawing and table of the report must be, for the tests of each picture."""

import re
import xml.etree.ElementTree as ET

from pp_spin.claims.registry import PAPER_CLAIMS

SVG = "{http://www.w3.org/2000/svg}"
LARGEST = 150_000
"""bytes"""
HOSTILE = "$<script>alert(1)</script>\\frac{"


def texts(svg):
    """The labels of a drawing."""
    root = ET.fromstring(f"<div>{svg}</div>")  # a picture may have several
    assert root.find(f".//{SVG}svg") is not None
    return {"".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")}


def cells(table):
    """The rows of a table, each as the text of its cells."""
    return [
        ["".join(cell.itertext()) for cell in row if cell.tag in ("td", "th")]
        for row in ET.fromstring(table.replace("<wbr>", "")).iter("tr")
    ]


def assert_fit_for_the_page(svg, name, largest=LARGEST):
    """Nothing to load or to run, no formula, the page's colours, ids of its own, not too large."""
    assert len(svg.encode()) < largest
    assert not re.search(r"(?:href|src)=\"(?!#)", svg)
    assert not re.search(r"url\((?!#)", svg)
    assert not re.search(r"<style|<script|<metadata|mathdefault|#010203|#fdfcfb(?!\))", svg)
    assert "currentColor" in svg
    texts(svg)
    ids = re.findall(r' id="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(each.startswith(name) and f"#{each}" in svg for each in ids)


def assert_markup_is_text(svg):
    """A label that is markup is shown as it is written."""
    texts(svg)
    assert "<script" not in svg
    assert "&lt;script&gt;" in svg


def assert_held_to_a_level(picture):
    """It names claims of the paper, and only such."""
    assert picture.claims
    assert set(picture.claims) <= {claim.id for claim in PAPER_CLAIMS}
