"""A key is the code's: it changes with any source and with nothing else."""

import sys

from pp_spin.evidence import under_test
from pp_spin.evidence.under_test import code_key, key_of

SOURCES = [("p/a.py", "one"), ("p/b.py", "two")]


def test_the_same_code_has_one_key():
    assert code_key() == code_key()
    assert len(code_key()) == 64
    assert key_of(SOURCES) == key_of(reversed(SOURCES))


def test_a_users_claims_are_under_test_too():
    keys = {code_key(), code_key(["x = 1"]), code_key(["x = 2"]), code_key(["x = 1", "x = 2"])}
    assert len(keys) == 4
    assert code_key(["x = 1", "x = 2"]) == code_key(["x = 2", "x = 1"])


def test_every_change_of_a_source_changes_the_key():
    changed = [
        [("p/a.py", "one "), ("p/b.py", "two")],
        [("p/a.py", "two"), ("p/b.py", "one")],
        [("p/a.py", "onep/b.py"), ("", "two")],
        SOURCES[:1],
    ]
    assert len({key_of(sources) for sources in [SOURCES, *changed]}) == 5


def test_where_the_code_lies_and_what_is_beside_it_do_not_matter(tmp_path, monkeypatch):
    monkeypatch.setattr(under_test, "PACKAGES", ("a_package",))
    keys = []
    for place in ("here", "there"):
        folder = tmp_path / place / "a_package"
        (folder / "within").mkdir(parents=True)
        (folder / "__init__.py").write_text("")
        (folder / "within" / "module.py").write_bytes(b"x = 1\n")
        if place == "there":
            (folder / "conftest.py").write_text("for tests")
            (folder / "notes.txt").write_text("no code")
            (folder / "within" / "module.py").write_bytes(b"x = 1\r\n")
        monkeypatch.setattr(sys, "path", [str(tmp_path / place)])
        monkeypatch.setattr(sys, "path_importer_cache", {})
        keys.append(code_key())
    assert keys[0] == keys[1]
    (tmp_path / "there" / "a_package" / "within" / "module.py").write_text("x = 2\n")
    assert code_key() != keys[0]
