"""What every drawing and table of the report must be, for the tests of each picture."""

import re
import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def texts(svg):
    """The labels of a drawing."""
    return {"".join(text.itertext()).strip() for text in ET.fromstring(svg).iter(f"{SVG}text")}


def cells(table):
    """The rows of a table, each as the text of its cells."""
    return [
        ["".join(cell.itertext()) for cell in row if cell.tag in ("td", "th")]
        for row in ET.fromstring(table.replace("<wbr>", "")).iter("tr")
    ]


def assert_fit_for_the_page(svg, name):
    """No address, style element, formula or colour of its own; ids of its own, each used."""
    ET.fromstring(svg)
    assert len(svg) < 150_000
    assert not re.search(r"(?:href|src)=\"(?!#)", svg)
    assert not re.search(r"<style|<script|<metadata|mathdefault|#010203|#fdfcfb(?!\))", svg)
    ids = re.findall(r' id="([^"]*)"', svg)
    assert len(ids) == len(set(ids))
    assert all(each.startswith(name) and f"#{each}" in svg for each in ids)
