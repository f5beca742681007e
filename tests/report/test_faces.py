import json
from typing import Any

import pytest

from pp_spin.report.document import sealed
from pp_spin.report.faces import FACES, FORMATS, faces
from tests.report.example import example_document, hostile_document


def with_curves() -> dict[str, Any]:
    """The curves of section 5, whose quantities are named in an order that no file keeps."""
    values = {"total variation": [0.1, 0.2], "entropy production": [0.0, 0.3]}
    curve = {
        "name": "asymmetric precisions", "axis": {"name": "asymmetry", "values": [0.0, 0.9]},
        "small": "3x3 torus", "large": "32x32 torus", "exact": values, "sampled": {}, "limits": {},
    }  # fmt: skip
    document = example_document()
    document["figures"]["fragility"] = {"alpha": 5e-9, "n_chains": 100, "curves": [curve]}
    return document


@pytest.mark.parametrize("document", [example_document(), hostile_document(), with_curves()])
def test_a_document_and_the_same_read_back_have_the_same_faces(document):
    made = faces(sealed(document))
    read = json.loads(made["report.json"])
    assert list(read) != list(document)
    assert faces(read) == made


def test_half_a_surrogate_pair_stops_no_face():
    document = example_document()
    document["claims"][0]["title"] += "\ud800"
    document["claims"][0]["statement_latex"] = "\\text{\ud800}"
    document["versions"]["python"] = "\ud800"
    assert all(data.decode("utf-8") for data in faces(document).values())


def test_every_format_is_a_face():
    assert sorted(FORMATS.values()) == sorted(FACES)
