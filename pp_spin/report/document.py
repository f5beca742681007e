"""The JSON document of a run: canonical bytes, content hash, and files that are whole or absent.

Conventions. The canonical form has sorted keys, no spaces, ASCII and no NaN or infinity. The hash
leaves out the clock (every key named ``seconds``, at any depth), itself (``hash``) and what is not
of this run: what earlier runs found (the document's ``history``) and timings (its ``speed``). So
two runs of one tree with one seed, one profile and one level have the same hash.
"""

import contextlib
import hashlib
import itertools
import json
import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]

CLOCK_KEY = "seconds"
HASH_KEY = "hash"
BESIDE_KEYS = ("history", "speed")
"""Of the document alone, not at any depth."""


def canonical_json(document: Document) -> bytes:
    """The one spelling of ``document``: sorted keys, no spaces, ASCII with JSON's own escapes.

    Raises:
        ValueError: a number in it is NaN or infinite (the document writes ``null`` instead).
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def content_hash(document: Document) -> str:
    """SHA-256 (hex) of the canonical JSON without clock, `BESIDE_KEYS` and the hash itself."""
    of_this_run = {key: value for key, value in document.items() if key not in BESIDE_KEYS}
    return hashlib.sha256(canonical_json(_hashed_part(of_this_run))).hexdigest()


def sealed(document: Document) -> dict[str, Any]:
    """A copy of ``document`` that carries its own content hash."""
    return {**document, HASH_KEY: content_hash(document)}


def document_bytes(document: Document) -> bytes:
    """``document`` as a file for people and machines: sorted, indented JSON in UTF-8."""
    text = json.dumps(document, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    # Half a surrogate pair has no UTF-8; what this error handler writes is its JSON escape.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _hashed_part(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _hashed_part(v) for k, v in value.items() if k not in (CLOCK_KEY, HASH_KEY)}
    if isinstance(value, list | tuple):
        return [_hashed_part(item) for item in value]
    return value


def check_writable(
    path: str | os.PathLike[str], *, folder: bool = False, device: bool = False
) -> None:
    """Fail before a long run if ``path`` could not be written after it; leaves nothing behind.

    Missing folders above it are no obstacle as long as they can be made.

    Args:
        path: the file to be written.
        folder: it is to become a folder of files instead.
        device: it may also be a device or a pipe, such as ``/dev/null``.

    Raises:
        ValueError: it cannot be written, and what to do.
    """
    target = Path(path)
    try:
        target.stat()
    except FileNotFoundError:
        pass
    except OSError as error:  # a name too long, a link to itself, a file taken for a folder
        raise _unwritable(target, error.strerror or str(error)) from None
    if folder and target.exists() and not target.is_dir():
        raise ValueError(
            f"got the output folder {str(target)!r}, which is a file; reports go into a folder; "
            "name another one, or move the file away"
        )
    if not folder and target.is_dir():
        raise ValueError(
            f"got the output file {str(target)!r}, which is a folder; one file is written; "
            "name a file inside it"
        )
    if target.exists() and not os.access(target, os.W_OK):
        raise _unwritable(target, "permission denied")
    if _is_device(target):
        if not device:
            raise _unwritable(target, "it is a device or a pipe")
        return
    try:
        _try_to_write(target.resolve(), folder)
    except OSError as error:
        raise _unwritable(target, error.strerror or str(error)) from None


def _try_to_write(target: Path, folder: bool) -> None:
    """A real attempt: the permission bits say nothing on read-only disks, nor to root."""
    missing = [] if folder else [target]
    where = target if folder else target.parent
    while not where.exists() and where != where.parent:
        missing.append(where)
        where = where.parent
    for path in missing:  # a missing folder hides that a name below it is too long
        with contextlib.suppress(FileNotFoundError):
            (where / path.name).stat()
    probe = where / _temporary_name(target)
    probe.touch(exist_ok=False)
    probe.unlink()


def check_apart(files: Sequence[tuple[str, Path]]) -> None:
    """Fail where two files of a run, each with what it is for, are one or need one's place.

    Links are followed. Devices may be shared: what is written to /dev/null is in nobody's way.
    Directories are for others to refuse.

    Raises:
        ValueError: the two, and what to do.
    """
    regular = [(p, path) for p, path in files if path.is_file() or not path.exists()]
    for (purpose, path), (other_purpose, other) in itertools.combinations(regular, 2):
        first, second = path.resolve(), other.resolve()
        if first == second or (path.exists() and other.exists() and path.samefile(other)):
            raise ValueError(
                f"got {str(path)!r} for both {purpose} and {other_purpose}; one would overwrite "
                "the other; name two files"
            )
        if first in second.parents or second in first.parents:
            raise ValueError(
                f"got {str(path)!r} for {purpose} and {str(other)!r} for {other_purpose}; a file "
                "cannot be in a file; name two files side by side"
            )


def _unwritable(target: Path, reason: str) -> ValueError:
    return ValueError(
        f"got the output path {str(target)!r}; it cannot be written ({reason}); "
        "choose a folder that you may write to, or free the path"
    )


@contextlib.contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside ``path``, renamed onto it if the block succeeds, removed if not.

    Whatever ends the block (an error, a full disk, Ctrl-C), ``path`` is afterwards either as it was
    or whole. A link is followed: its target changes, the link stays. Missing folders are made.
    """
    target = Path(path).resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / _temporary_name(target)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())  # the data reach the disk before the name points at them
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_atomic(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``, whole or not at all (devices and pipes are written straight).

    Raises:
        OSError: the disk is full or the folder refuses; ``path`` is then as it was before.
    """
    if _is_device(Path(path)):
        Path(path).write_bytes(data)
        return
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def _temporary_name(target: Path) -> str:
    # A character is up to 4 bytes, and a name up to 255.
    return f".{target.name[:50]}.{secrets.token_hex(6)}.part"


def _is_device(target: Path) -> bool:
    """A device or pipe, such as /dev/null, must never be replaced by a file."""
    return target.exists() and not target.is_file() and not target.is_dir()
