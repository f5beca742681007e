import re
import xml.etree.ElementTree as ET

import pytest

from pp_spin.report.pictures.lattices import picture
from tests.report.pictures import drawings

HOSTILE = "$<script>\\frac{"


@pytest.fixture
def data():
    frames = [["0f", "81"], ["ff", "00"], ["a0", "01"]]
    return {
        "system": "a strip",
        "sides": [2, 8],
        "precision": 0.6,
        "schedules": [
            {"schedule": name, "frames": frames, "agreement": [0.5, 0.6, last], "changed": [0.3, 0]}
            for name, last in (("random_scan", 0.75), ("synchronous", 0.25))
        ],
    }


def elements(shown):
    film, curves = re.findall(r"<svg.*?</svg>", shown.drawing, re.DOTALL)
    assert film + curves == shown.drawing.strip() or film in shown.drawing
    return film, curves


def test_drawing_is_the_pages(data):
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "lattices-", 300_000)
    drawings.assert_held_to_a_level(shown)
    assert picture(data) == picture(data)
    for element in elements(picture(data)):
        ET.fromstring(element)


def test_every_run_of_ups_is_a_stroke(data):
    film, _ = elements(picture(data))
    paths = re.findall(r'id="lattices-0-\d" d="([^"]*)"', film)
    assert paths == ["M4 0.5h4M0 1.5h1m6 0h1", "M0 0.5h8", "M0 0.5h1m1 0h1M7 1.5h1"]


def test_strip_has_a_step_for_each_frame_and_rests_at_the_last(data):
    film, _ = elements(picture(data))
    assert film.count("animation-timing-function:steps(3)") == 2
    assert film.count('transform="translate(-16)"') == 2
    assert "lattices-0-0" in re.findall(r'href="#([^"]*)"', film)


def test_schedules_and_sweeps_are_labels(data):
    film, curves = elements(picture(data))
    assert {"random_scan", "synchronous", "sweep 2"} <= drawings.texts(film)
    assert {"random_scan", "Tied pairs that agree"} <= drawings.texts(curves)


def test_description_has_its_numbers(data):
    told = picture(data).description
    assert "synchronous: 0.25 of tied pairs agree, 0 of the spins changed" in told
    assert "over 2 sweeps" in told


def test_hostile_names_are_text(data):
    data["schedules"][0]["schedule"] = HOSTILE
    shown = picture(data)
    drawings.assert_fit_for_the_page(shown.drawing, "lattices-", 300_000)
    drawings.assert_held_to_a_level(shown)
    for element in elements(picture(data)):
        assert "&lt;script&gt;" in element
