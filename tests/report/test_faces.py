import json

import pytest

from pp_spin.report.document import sealed
from pp_spin.report.faces import FACES, FORMATS, faces
from tests.report.example import example_document, hostile_document


@pytest.mark.parametrize("document", [example_document(), hostile_document()])
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
