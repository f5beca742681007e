"""A user's claims file: read as it is, and every way that it can be wrong is told."""

import pytest

from pp_spin.claims.runner import exit_code, verify
from pp_spin.claims.user_file import load_claims

CLAIMS = '''
"""Two statements about a ring of agents."""
from pp_spin.claims import cases, programs
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Claim
from pp_spin.claims.sec3 import ising
from pp_spin.claims.sec5 import little
from pp_spin.schedule import random_scan

def about(id, law):
    return Claim(
        id=id, equations=("C.40",), title="The collective has this law.", form="beyond",
        expected="supported",
        checks=(agree("law", lambda c: programs.running_law(c, random_scan), law, (cases.RING,)),),
    )

true_claim = about("agents_sample_ising", ising)
OTHERS = (about("agents_sample_little", little), true_claim)
'''


@pytest.fixture
def claims_file(tmp_path):
    path = tmp_path / "my_claims.py"
    path.write_text(CLAIMS)
    return path


def test_claims_are_found_once_each_in_order(claims_file):
    assert [c.id for c in load_claims(claims_file)] == [
        "agents_sample_ising",
        "agents_sample_little",
    ]


def test_a_true_and_a_false_statement_end_in_a_contradiction(claims_file):
    document = verify(load_claims(claims_file), profile="quick")
    assert [c["verdict"] for c in document["claims"]] == ["supported", "refuted"]
    assert exit_code(document) == 1
    assert "entry" in document["claims"][1]["reason"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", r"which defines no claim; bind at least one"),
        ("import no_such_module_at_all", r"stops with ModuleNotFoundError.*line 1.*mend it"),
        ("x = 1\ndef (", r"stops with SyntaxError: .* \(line 2 of .*broken\.py\); mend it"),
        ("import sys\nsys.exit(0)", r"stops with SystemExit: 0 \(line 2 of .*broken\.py\); mend"),
        ("raise SystemExit", r"stops with SystemExit: .* \(line 1 of .*broken\.py\); mend it"),
        ("x = '\\x00'.encode().decode()\nopen(x)", r"ValueError: .*null.* \(line 2 of .*broken"),
        (
            "from pp_spin.claims.claim import Claim\n\nClaim('Not an id', ('8',), '', '', '')",
            r"got claim id 'Not an id'.* \(line 3 of .*broken\.py\); mend it",
        ),
    ],
)
def test_a_file_without_claims_is_explained(tmp_path, text, message):
    path = tmp_path / "broken.py"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_claims(path)


def test_ctrl_c_while_a_file_is_read_is_not_the_files_fault(tmp_path):
    path = tmp_path / "slow.py"
    path.write_text("raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        load_claims(path)


def test_what_a_file_prints_stays_off_the_standard_output(claims_file, capsys):
    claims_file.write_text("print('loading')\n" + CLAIMS)
    load_claims(claims_file)
    assert tuple(capsys.readouterr()) == ("", "loading\n")


def test_a_directory_is_told_from_a_missing_file(tmp_path):
    with pytest.raises(ValueError, match=r"which is a directory; .* name the file in it"):
        load_claims(tmp_path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.py', which is not there; give the path"):
        load_claims(tmp_path / "nowhere.py")
