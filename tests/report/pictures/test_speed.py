"""The picture of timings: jobs by family and size, peers beside them, the machine in words."""

import pytest

from pp_spin.report.html import html_report
from pp_spin.report.pictures import speed
from tests.report.example import HOSTILE, example_document
from tests.report.pictures.drawings import assert_fit_for_the_page, cells, texts


def result(job, updates_per_ns=2.0, n_agents=100, n_chains=64, **named):
    return {
        "job": job, "engine": "packed", "machine": "A processor, 2 processors",
        "n_agents": n_agents, "n_chains": n_chains, "updates_per_ns": updates_per_ns,
        "lowest": 0.9 * updates_per_ns, "highest": 1.1 * updates_per_ns,
        "first_draw_seconds": 1.25, "z": -0.5, **named,
    }  # fmt: skip


@pytest.fixture
def data():
    jobs = ("rr3_n10000_c64", "tiny_n12_c4", "lat_1024_c1", "lat_256_c64")
    return {
        "results": [result(job) for job in jobs],
        "peers": [
            {"peer": "numba", "job": "rr3_n10000_c64", "flips_per_ns": 0.5},
            {"peer": "c_limit", "job": "lattice_256x256_c64", "flips_per_ns": 9.0},
        ],
    }


def test_jobs_are_sorted_by_family_and_size_with_peers_beside(data):
    head, *rows = cells(speed.picture(data).table)
    assert [row[0] for row in rows] == [
        "lat_256_c64",
        "lat_1024_c1",
        "rr3_n10000_c64",
        "tiny_n12_c4",
    ]
    assert head[-2:] == ["best peer", "times as quick"]
    assert rows[2] == [
        "rr3_n10000_c64", "packed", "2", "1.8 – 2.2", "1.2 s", "-0.5", "numba 0.5", "4"
    ]  # fmt: skip
    assert rows[0][-2:] == ["–", "–"]


def test_the_drawing_has_jobs_peers_and_limit(data):
    svg = speed.picture(data).drawing
    assert_fit_for_the_page(svg, "speed-")
    assert {"lat_256_c64", "numba", "pp_spin", "limit in C"} <= texts(svg)
    assert svg == speed.picture(data).drawing


def test_growth_is_drawn_where_there_is_some(data):
    data["results"] += [result(f"rr3_n{n}_c64", n_agents=n) for n in (10, 100, 1000)]
    assert "rr3, 64 chains" in speed.picture(data).drawing


def test_words_name_the_machine_and_say_that_nothing_rests_on_it(data):
    picture = speed.picture(data)
    assert "Timings of one machine (A processor, 2 processors), not verdicts" in picture.caption
    assert "rr3_n10000_c64 2, numba 0.5" in picture.description
    data |= {"results": [result("rr3_n10000_c64", machine=None)], "peers": None}
    assert "(not said)" in speed.picture(data).caption
    assert "best peer" not in speed.picture(data).table


def test_the_page_shows_timings_besides_its_exhibits(data):
    document = example_document()
    assert "picture-speed" not in html_report(document)
    assert 'id="picture-speed"' in html_report({**document, "speed": data})


def test_hostile_names_are_text(data):
    data["results"] = [result(HOSTILE, machine=HOSTILE)]
    data["peers"] = [{"peer": "<script>", "job": data["results"][0]["job"], "flips_per_ns": 1.0}]
    picture = speed.picture(data)
    assert "<script" not in picture.drawing + picture.table
