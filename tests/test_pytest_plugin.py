"""pytest collects claims, each a test that fails as it surprises; and costs nothing without them.

Every test is a pytest of its own, which gets the plugin by name whether or not it is installed.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from typer.testing import CliRunner

from pp_spin import cli, pytest_plugin
from pp_spin.claims import runner
from pp_spin.claims.claim import Claim

ROOT = Path(__file__).parent.parent

CLAIMS = """
from pp_spin.claims.cases import PAIR
from pp_spin.claims.checking import agree
from pp_spin.claims.claim import Check, Claim
from pp_spin.evidence.evidence import Evidence, Rung, Verdict


def about(name, *checks, title="A sum of two numbers.", expected="supported"):
    return Claim(name, ("sec. 5",), title, "beyond", expected, checks)


def sums_to(name, total, expected="supported"):
    check = agree("arithmetic", lambda case: [2.0 + 2.0], lambda case: [total], over=(PAIR,))
    return about(name, check, expected=expected)
"""

TRUE_AND_FALSE = CLAIMS + (
    'CLAIMS = (sums_to("two_and_two_are_four", 4.0), sums_to("two_and_two_are_five", 5.0))\n'
)

ODD = (
    CLAIMS
    + """
NAN = float("nan")
BREAKS = agree("division", lambda case: [1 / 0], lambda case: [1.0], over=(PAIR,))
CLAIMS = (
    sums_to("undecided", NAN), sums_to("undecided_as_expected", NAN, "inconclusive"),
    sums_to("refuted_as_expected", 5.0, "refuted"), about("breaks", BREAKS),
)
"""
)

GREEDY = (
    CLAIMS
    + """
def never(case, means):
    raise AssertionError("no claim may begin")

def greedy(n):
    return tuple(
        about(f"greedy_{n}_{i}", Check(Rung.STATISTICAL, "never", (PAIR,), never)) for i in range(n)
    )
"""
)


def pytest_of(folder, *arguments, paths=(), **options):
    """A pytest in ``folder``, with the plugin; what it says, after its exit code is checked."""
    command = [sys.executable, "-m", "pytest", "-p", "pp_spin.pytest_plugin"]
    found = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-W", "error", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *paths)))},
        capture_output=True,
        text=True,
    )
    assert found.returncode == options.pop("code"), found.stdout + found.stderr
    return found.stdout + found.stderr


def test_a_true_and_a_false_statement_end_in_1_by_pytest_and_by_verify(tmp_path):
    file = tmp_path / "my_claims.py"
    file.write_text(TRUE_AND_FALSE)
    shown = pytest_of(tmp_path, file, code=1)
    assert "1 failed, 1 passed" in shown
    assert "pp-spin: claims in *_claims.py, profile quick, seed 0" in shown
    reason = "expected supported, got refuted. refuted by arithmetic on pair: entry (0): 4 against"
    for words in ("claim two_and_two_are_five", "contradiction: A sum of two numbers.", reason):
        assert words in shown
    assert "- exhaustive: arithmetic · on pair · 0.2 > 1e-10" in shown
    assert "Traceback" not in shown
    assert "runtest" not in shown
    verified = CliRunner().invoke(cli.app, ["verify", str(file), "--profile", "quick"])
    assert verified.exit_code == 1
    assert reason[:60] in " ".join(verified.stdout.split())


def test_workers_collect_the_same_claims(tmp_path):
    (tmp_path / "my_claims.py").write_text(TRUE_AND_FALSE)
    shown = pytest_of(tmp_path, "-n", 2, "-q", code=1)
    assert "1 failed, 1 passed" in shown
    assert "my_claims.py::two_and_two_are_five" in shown


def test_other_outcomes_fail_readably_and_only_where_they_surprise(tmp_path):
    (tmp_path / "odd.py").write_text(ODD)
    (tmp_path / "broken_claims.py").write_text("CLAIMS = ()  # of pp_spin")
    shown = pytest_of(
        tmp_path, "-rA", "odd.py", "broken_claims.py", "--continue-on-collection-errors", code=1
    )
    for words in (
        "PASSED odd.py::refuted_as_expected", "PASSED odd.py::undecided_as_expected",
        "FAILED odd.py::undecided - inconclusive: A sum", "is not support, so it fails unless",
        "FAILED odd.py::breaks - ZeroDivisionError", "lambda case: [1 / 0]",
        "which defines no claim; bind at least one",
    ):  # fmt: skip
        assert words in shown
    assert "2 failed, 2 passed, 1 error" in shown


def test_claims_of_all_files_share_one_budget(tmp_path):
    for name, n in (("first", 120), ("second", 81)):
        (tmp_path / f"{name}_claims.py").write_text(f"{GREEDY}\nCLAIMS = greedy({n})\n")
    assert "got 201 statistical checks; a run may spend 1e-06" in pytest_of(tmp_path, code=4)


def test_in_a_worker_each_claim_tells_that_the_budget_is_overdrawn(monkeypatch):
    item = object.__new__(pytest_plugin.ClaimItem)  # as collected, without the tree above it
    item.config = cast(pytest.Config, SimpleNamespace(stash=pytest.Stash(), workerinput={}))
    item.claim = cast(Claim, None)

    def overdrawn(claims, profile):
        raise ValueError(f"got {len(claims)} claims of {profile}")

    monkeypatch.setattr(runner, "check_affordable", overdrawn)
    monkeypatch.setattr(pytest_plugin, "_profile", lambda config: "quick")
    session = SimpleNamespace(items=[item, item], config=item.config)
    pytest_plugin.pytest_collection_finish(cast(pytest.Session, session))
    with pytest.raises(pytest.fail.Exception, match="pp-spin: got 2 claims of quick"):
        item.runtest()


@pytest.fixture
def installed(tmp_path):
    """A folder that announces the plugin to pytest as an installed pp_spin does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [(name, module)] = project["entry-points"]["pytest11"].items()
    folder = tmp_path / "site" / "announced-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "entry_points.txt").write_text(f"[pytest11]\n{name} = {module}\n")
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: announced\nVersion: 1.0\n")
    return folder.parent


def test_without_a_claims_file_nothing_is_loaded_even_if_the_plugin_is_named_twice(
    tmp_path, installed
):
    (tmp_path / "test_mine.py").write_text("import sys  # not pp_spin.claims\ndef test(): pass\n")
    (tmp_path / "insurance_claims.py").write_text("raise SystemExit('not for you')")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_unconfigure(config):\n"
        "    heavy = {'jax', 'numpy', 'rich', 'pp_spin.claims', 'pp_spin.report'}\n"
        "    print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    for arguments in (("test_mine.py",), ()):
        shown = pytest_of(tmp_path, *arguments, paths=[installed], code=0)
        assert "1 passed" in shown
        assert "loaded: []" in shown


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("pp_spin_profile = slow", "got pp_spin_profile = 'slow'; a profile says how much a run"),
        ("pp_spin_seed = -1", "got the seed '-1' for claims; every random number follows from it"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_way_out(tmp_path, setting, words):
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{setting}\n")
    assert words in pytest_of(tmp_path, code=4)


def test_the_settings_name_other_files_profiles_and_seeds(tmp_path):
    text = "[pytest]\npp_spin_claims = said/*.py\npp_spin_profile = standard\npp_spin_seed = 3\n"
    (tmp_path / "pytest.ini").write_text(text)
    (tmp_path / "said").mkdir()
    (tmp_path / "said" / "mine.py").write_text(f"{GREEDY}\nCLAIMS = greedy(200)\n")
    shown = pytest_of(tmp_path, "--collect-only", code=0)
    assert "claims in said/*.py, profile standard, seed 3" in shown
    assert "<ClaimItem greedy_200_0>" in shown
    assert "200 tests collected" in shown  # the budget has as many slices


def test_the_profiles_are_those_of_the_runner():
    assert list(runner.PROFILES) == list(pytest_plugin.PROFILES)


def test_the_claims_of_the_paper_are_not_collected_by_accident():
    found = [path.name for path in ROOT.glob("*/**/*_claims.py") if ".venv" not in path.parts]
    assert found == []
