"""The README runs, and what it points at exists."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import cast

import networkx as nx
import pytest

from pp_spin.claims.claim import Claim
from pp_spin.claims.runner import verify
from pp_spin.report.faces import FACES

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    """The blocks of a language, those that are files too."""
    return re.findall(
        rf"^```{language}(?: [^\n]*)?\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE
    )


def files(text: str) -> dict[str, str]:
    """The blocks that are files, by their names."""
    pattern = r'^```\w+ title="(.*?)"\n(.*?)^```$'
    return dict(re.findall(pattern, text, flags=re.DOTALL | re.MULTILINE))


def section(name: str) -> str:
    """The README from a heading to the next of its level or above."""
    level, rest = re.split(rf"^(#+) {re.escape(name)}$", README, flags=re.MULTILINE)[1:]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, flags=re.MULTILINE)[0]


USES = ("Reproduce a derivation", "Validate a sampler", "Gate a CI job")


@pytest.mark.parametrize("use", USES)
def test_the_commands_of_a_use_end_well(use, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in files(section(use)).items():
        Path(name).write_text(text, encoding="utf-8")
    if "families.graphml" in section(use):
        nx.write_graphml(nx.florentine_families_graph(), "families.graphml")
    [block] = code_blocks(section(use), "sh")
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if ">" in words:
            words = words[: words.index(">")]
        module = {"pp-spin": "pp_spin", "pytest": "pytest"}[words[0]]
        # no plug-in of the suite's own run, such as the one that spreads it over workers
        ran = subprocess.run(
            [sys.executable, "-m", module, *words[1:]],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"{line}\n{ran.stdout}\n{ran.stderr}"


def test_the_job_of_the_readme_runs_the_same_command_and_reads_what_it_writes():
    [job] = code_blocks(section("Gate a CI job"), "yaml")
    steps = re.findall(r"run: (.*)", job)
    assert "pp-spin verify my_claims.py -q --out reports" in steps
    assert any(f"reports/{name}" in step for step in steps for name in FACES)


def test_the_picture_and_the_pages_that_it_points_at_are_published():
    targets = re.findall(r"\]\((reports/[^)]*)\)", README)
    assert len(targets) >= 4
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_examples_run_and_print_what_they_say(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "readme"}
    for block in code_blocks(README, "python"):  # one after the other, as a reader would
        line = README[: README.index(block)].count("\n")
        exec(compile("\n" * line + block, str(ROOT / "README.md"), "exec"), namespace)
    printed, promised = capsys.readouterr().out, "".join(code_blocks(README, "text"))
    number = r"\d+\.\d+"
    assert re.sub(number, "", printed) == re.sub(number, "", promised)
    # the precision of JAX decides which draws a seed gives: they may differ by the last digit shown
    by_value = [float(n) for n in re.findall(number, promised)]
    assert [float(n) for n in re.findall(number, printed)] == pytest.approx(by_value, abs=0.0101)


def test_the_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^make (\w+)", "".join(code_blocks(README, "sh")), flags=re.MULTILINE)
    assert set(targets) == {"verify", "test"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def missing_places(text: str) -> list[str]:
    """Files and folders named in backticks that are nowhere in the tree."""
    places = re.findall(r"`([\w/.]+(?:\.py|\.cff|/))`", text)
    homes = [ROOT, *(ROOT / home for home in ("pp_spin", "derivations", "pp_spin/claims"))]
    there = files(text)
    return [p for p in places if p not in there and not any((home / p).exists() for home in homes)]


def test_the_places_it_names_exist():
    assert missing_places(README) == []


@pytest.mark.parametrize("place", ["spine.py", "pp_spin/law/", "sec9.py"])
def test_a_place_that_does_not_exist_is_noticed(place):
    assert missing_places(f"look in `{place}` and `spin.py`") == [place]


def test_the_claim_of_the_example_is_one_and_holds():
    namespace: dict[str, object] = {}
    exec(files(README)["my_claims.py"], namespace)
    document = verify([cast(Claim, namespace["claim"])], profile="standard")
    assert [claim["verdict"] for claim in document["claims"]] == ["supported"]
    assert any(fault["killed_by"] for fault in document["faults"])
