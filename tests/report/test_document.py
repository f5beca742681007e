import errno
import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from pp_spin.report.document import (
    atomic_path,
    canonical_json,
    check_apart,
    check_writable,
    content_hash,
    document_bytes,
    sealed,
    write_atomic,
)
from tests.report.example import HOSTILE, example_document


def test_canonical_json_does_not_depend_on_the_order_of_keys():
    document = example_document()
    shuffled = dict(reversed(document.items()))
    assert canonical_json(document) == canonical_json(shuffled)
    assert json.loads(canonical_json(document)) == document


def test_canonical_json_refuses_what_json_cannot_say():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json({"statistic": float("nan")})


def test_hash_ignores_the_clock_and_itself():
    fast, slow = example_document(), example_document()
    slow["seconds"] = 99.0
    slow["claims"][0]["evidence"][0]["seconds"] = 98.0
    slow["faults"][0]["seconds"] = None
    assert content_hash(fast) == content_hash(slow) == content_hash(sealed(fast))
    assert sealed(fast)["hash"] == content_hash(fast)


def test_hash_ignores_what_earlier_runs_found_but_nothing_else_of_that_name():
    document = example_document()
    for beside in ("history", "speed"):
        assert content_hash({**document, beside: {"runs": 4}}) == content_hash(document)
    nested = {**document, "claims": [{**document["claims"][0], "history": 4}]}
    assert content_hash(nested) != content_hash({**document, "claims": document["claims"][:1]})


@pytest.mark.parametrize("change", [{"seed": 1}, {"profile": "full"}, {"claims": []}])
def test_hash_sees_everything_else(change):
    assert content_hash({**example_document(), **change}) != content_hash(example_document())


def test_hash_is_of_the_canonical_bytes():
    spelt = rb'{"a":"\u03b3","b":[1,2.5e-17,null]}'
    document = {"b": [1, 2.5e-17, None], "a": "γ", "seconds": 3}
    assert content_hash(document) == hashlib.sha256(spelt).hexdigest()


def test_document_file_is_readable_json_for_any_text():
    document = {"title": HOSTILE, "label": "γ = 0.5", "half": "\ud800"}
    data = document_bytes(document)
    assert json.loads(data) == document
    assert "γ = 0.5".encode() in data
    assert data.endswith(b"}\n")


def test_atomic_write_replaces_a_file_and_keeps_its_mode(tmp_path):
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_atomic_write_makes_missing_folders(tmp_path):
    write_atomic(tmp_path / "a" / "b" / "report.json", b"new")
    assert (tmp_path / "a" / "b" / "report.json").read_bytes() == b"new"


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
@pytest.mark.parametrize("existing", [b"old", None])
def test_a_write_that_ends_early_leaves_the_folder_as_it_was(tmp_path, trouble, existing):
    target = tmp_path / "run.nc"
    if existing:
        target.write_bytes(existing)

    def half_written():
        with atomic_path(target) as temporary:
            temporary.write_bytes(b"half")
            raise trouble

    with pytest.raises(type(trouble)):
        half_written()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([existing] if existing else [])


def test_a_full_disk_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "report.json"
    target.write_bytes(b"old")

    def full(path, data):
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert target.read_bytes() == b"old"


def test_a_link_is_followed(tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_device_is_written_to_and_never_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomic(pipe, b"through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    check_writable(pipe, device=True)
    with pytest.raises(ValueError, match="it is a device or a pipe"):
        check_writable(pipe)


def test_writable_places_pass_and_stay_untouched(tmp_path):
    check_writable(tmp_path / "new" / "deep" / "report.json")
    check_writable(tmp_path / "new", folder=True)
    check_writable(tmp_path, folder=True)
    assert list(tmp_path.iterdir()) == []


def test_unwritable_places_are_refused_with_the_way_out(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"")
    with pytest.raises(ValueError, match=r"is a file; reports go into a folder; name another"):
        check_writable(file, folder=True)
    with pytest.raises(ValueError, match=r"is a folder; one file is written; name a file inside"):
        check_writable(tmp_path)
    with pytest.raises(ValueError, match=r"cannot be written \(Not a directory\); choose a folder"):
        check_writable(file / "report.json")
    with pytest.raises(ValueError, match=r"cannot be written .*choose a folder"):
        check_writable("/proc/reports", folder=True)
    assert file.read_bytes() == b""


def test_files_that_are_one_are_refused_and_devices_may_be_shared(tmp_path):
    target, link = tmp_path / "real.json", tmp_path / "link.json"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with pytest.raises(ValueError, match=r"for both --json and --junit; one would overwrite the"):
        check_apart([("--json", target), ("--junit", link)])
    with pytest.raises(ValueError, match=r"a file cannot be in a file; name two files side by"):
        check_apart([("--json", tmp_path / "new"), ("--junit", tmp_path / "new" / "junit.xml")])
    check_apart([("--json", Path(os.devnull)), ("--junit", Path(os.devnull))])
    check_apart([("the network", tmp_path), ("--out", tmp_path / "run.nc")])


def test_a_name_too_long_is_told_before_the_run(tmp_path):
    for path in (tmp_path / ("x" * 300), tmp_path / "new" / ("x" * 300)):
        for folder in (True, False):
            with pytest.raises(ValueError, match=r"cannot be written \(File name too long\); choo"):
                check_writable(path, folder=folder)
    longest = tmp_path / ("\N{SNOWMAN}" * 85)
    check_writable(longest)
    write_atomic(longest, b"whole")
    assert [path.name for path in tmp_path.iterdir()] == [longest.name]
