import xml.etree.ElementTree as ET

import pytest

from derivations import all_derivations
from pp_spin.report.mathml import mathml


def text(latex):
    made = mathml(latex)
    assert made is not None
    return "".join(ET.fromstring(made).itertext())


def test_a_statement_becomes_mathml_that_keeps_its_source():
    made = mathml(r"\frac{1}{1+e^{-2x}}")
    assert made is not None
    root = ET.fromstring(made)
    assert root.tag.endswith("math")
    assert root.get("alttext") == r"\frac{1}{1+e^{-2x}}"
    assert root.get("display") == "block"
    assert [child.tag.rpartition("}")[2] for child in root.iter()].count("mfrac") == 1


def test_dollars_around_a_statement_are_no_part_of_it():
    assert text("$x = 1$") == "x=1"


@pytest.mark.parametrize("latex", ["", "  ", r"\frac{1}{", r"\nosuchmacro x", r"\text{a & b}"])
def test_what_cannot_be_converted_whole_is_left_to_its_source(latex):
    assert mathml(latex) is None


@pytest.mark.parametrize(
    "latex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\text{<a href='x'>x</a>}",
    ],
)
def test_markup_in_a_statement_is_refused(latex):
    assert mathml(latex) is None


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\style{position:fixed}{x}"])
def test_attributes_that_act_are_dropped(latex):
    made = mathml(latex)
    assert made is not None
    root = ET.fromstring(made)
    assert {name for element in root.iter() for name in element.attrib} <= {"display", "alttext"}


def test_function_names_have_air_around_them():
    made = str(mathml(r"a \log 2 + \cosh(x)"))
    assert made.count("<mspace") == 2  # before and after log; the bracket is air enough for cosh


def test_every_statement_of_the_proof_book_can_be_drawn():
    undrawn = [name for name, f in all_derivations().items() if mathml(f().statement_latex) is None]
    assert not undrawn
