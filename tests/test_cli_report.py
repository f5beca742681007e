"""``pp-spin report``: any face of a stored run, of which nothing has been altered."""

import json
import sys

import jsonschema
import pytest
from typer.testing import CliRunner

from pp_spin import cli
from pp_spin.report.document import document_bytes, sealed
from pp_spin.report.faces import FACES, FORMATS, face
from tests.report.example import example_document

DOCUMENT = json.loads(document_bytes(sealed(example_document())))


def run(*arguments):
    return CliRunner().invoke(cli.app, ["report", *map(str, arguments)])


def message(result):
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    [line] = result.stderr.splitlines()
    return line


@pytest.fixture
def stored(tmp_path):
    path = tmp_path / "run.json"
    path.write_bytes(document_bytes(DOCUMENT))
    return path


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_goes_to_the_standard_output_or_a_file(stored, form):
    wanted = face(DOCUMENT, FORMATS[form])
    assert run(stored, "--format", form).stdout_bytes == wanted
    assert run(stored, "--format", form, "--out", "-").stdout_bytes == wanted
    file = stored.parent / "new" / "face"
    result = run(stored, "--format", form, "--out", file)
    assert (result.exit_code, result.stdout) == (0, f"Written: {file}\n")
    assert file.read_bytes() == wanted


def test_a_summary_is_made_where_nothing_is_asked(stored):
    assert run(stored).stdout_bytes == face(DOCUMENT, "summary.md")


def test_a_folder_takes_all_of_them_also_that_of_the_run(stored):
    folder = stored.parent / "reports"
    assert run(stored, "--out-dir", folder).exit_code == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before == {name: face(DOCUMENT, name) for name in FACES}
    (folder / "summary.md").write_text("edited")
    assert run(folder / "report.json", "--out-dir", folder).exit_code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_the_schema_is_printed_and_holds_for_the_document():
    result = run("--schema")
    assert result.exit_code == 0
    jsonschema.Draft202012Validator(json.loads(result.stdout)).validate(DOCUMENT)


def test_an_altered_document_is_refused(stored):
    altered = {**DOCUMENT, "seed": 1}
    stored.write_bytes(document_bytes(altered))
    folder = stored.parent / "reports"
    said = message(run(stored, "--out-dir", folder))
    assert "it has been altered since the run; take the file that the run wrote" in said
    assert not folder.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "which is no JSON"),
        ("{}", "it lacks"),
        ('{"schema": 7}', "this pp-spin reads schema 1"),
    ],
)
def test_a_file_that_is_no_run_is_refused(stored, text, said):
    stored.write_text(text)
    assert said in message(run(stored))


def test_mistakes_are_told_in_one_line(stored, tmp_path):
    assert "which is not there; a run writes one" in message(run(tmp_path / "no.json"))
    assert "got no run; a report is made of one" in message(run())
    assert "got both --out and --out-dir" in message(
        run(stored, "--out", "x.md", "--out-dir", tmp_path / "reports")
    )
    assert "did you mean html?" in message(run(stored, "--format", "htm"))
    assert "for both the run and --out; one would overwrite" in message(
        run(stored, "--out", stored)
    )
    assert "is a file; reports go into a folder" in message(run(stored, "--out-dir", stored))


def test_a_run_in_the_place_of_another_face_is_not_overwritten(stored):
    folder = stored.parent / "reports"
    folder.mkdir()
    run_there = folder / "summary.md"
    run_there.write_bytes(stored.read_bytes())
    assert "one would overwrite" in message(run(run_there, "--out-dir", folder))
    assert run_there.read_bytes() == stored.read_bytes()


def test_html_is_not_poured_into_a_terminal(stored, monkeypatch):
    from pp_spin import cli_report

    class Terminal:
        def isatty(self):
            return True

    class Sys:
        stdout = Terminal()

    monkeypatch.setattr(cli_report, "sys", Sys())
    said = message(run(stored, "--format", "html"))
    assert "which does not draw a page; name a file for it, such as --out report.html" in said
    assert sys.stdout is not Sys.stdout
