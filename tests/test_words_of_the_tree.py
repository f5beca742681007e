"""Nothing in the tree names a machine: no registry, no mirror, no folder of whoever wrote it."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SELF = "tests/test_words_of_the_tree.py"  # the one file that has to spell them

FORBIDDEN = {
    "a package registry": r"\bpypi\.org|pythonhosted\.org|\bconda\.anaconda\.org|\bnpmjs\.",
    "an option that names one": r"--(extra-)?index-url|--find-links|--trusted-host",
    "an address in a requirement": r"^[\w.-]+ *@ *(git\+|file:|https?:)",
    "a folder of one machine": r"(?<![\w.~/-])(file://)?/(work|root|home|Users|opt|tmp|var/tmp)/",
    "a host of one network": r"\blocalhost\b|\b(10|127|192\.168)(\.\d+){2,3}\b",
}


def complaints(name: str, text: str) -> list[str]:
    return [
        f"{name}:{number} names {what}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), 1)
        for what, pattern in FORBIDDEN.items()
        if re.search(pattern, line)
    ]


def tracked_files() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there is no list of what is committed")
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listing.stdout.split("\0") if name and name != SELF]


def test_no_tracked_file_names_a_machine():
    found = []
    for name in tracked_files():
        path = ROOT / name
        content = path.read_bytes() if path.exists() else b""  # a deletion not yet committed
        if b"\0" not in content:
            found += complaints(name, content.decode("utf-8"))
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("seeded", "what"),
    [
        ("Download it from https://pypi.org/project/jax", "a package registry"),
        ("https://files.pythonhosted.org/packages/jax.whl", "a package registry"),
        ("pip install --index-url https://mirror.example/simple jax", "an option that names one"),
        ("jax @ https://mirror.example/jax.whl", "an address in a requirement"),
        ("ROOT = '/work/main'", "a folder of one machine"),
        ("see /root/notes.txt", "a folder of one machine"),
        ("-e file:///home/someone/pp_spin", "a folder of one machine"),
        ("proxy = 'localhost:3128'", "a host of one network"),
        ("proxy = '10.0.0.7'", "a host of one network"),
    ],
)
def test_a_seeded_word_is_found(seeded, what):
    [complaint] = complaints("notes.md", f"A first line.\n{seeded}")
    assert complaint.startswith(f"notes.md:2 names {what}: ")


@pytest.mark.parametrize(
    "allowed",
    [
        "https://arxiv.org/abs/2207.06970",
        "tests/work/notes.md and reports/root/x",
        "matplotlib==3.10.9",
        "the homework of 10.5 minutes",
        "P(u = +1) @ precision",
    ],
)
def test_ordinary_text_is_left_alone(allowed):
    assert complaints("notes.md", allowed) == []
