"""The README runs, and what it points at exists."""

import re
from pathlib import Path
from typing import cast

import pytest

from pp_spin.claims.claim import Claim
from pp_spin.claims.runner import verify

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


def test_the_examples_run_and_print_what_they_say(capsys):
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
    assert targets == ["verify", "test"]
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)


def missing_places(text: str) -> list[str]:
    """Files and folders named in backticks that are nowhere in the tree."""
    places = re.findall(r"`([\w/.]+(?:\.py|\.cff|/))`", text)
    homes = [ROOT, *(ROOT / home for home in ("pp_spin", "derivations", "pp_spin/claims"))]
    return [place for place in places if not any((home / place).exists() for home in homes)]


def test_the_places_it_names_exist():
    assert missing_places(README) == []


@pytest.mark.parametrize("place", ["spine.py", "pp_spin/law/", "sec9.py"])
def test_a_place_that_does_not_exist_is_noticed(place):
    assert missing_places(f"look in `{place}` and `spin.py`") == [place]


def test_the_claim_of_the_example_is_one_and_holds():
    namespace: dict[str, object] = {}
    exec(code_blocks(README, "python")[-1], namespace)
    document = verify([cast(Claim, namespace["claim"])], profile="standard")
    assert [claim["verdict"] for claim in document["claims"]] == ["supported"]
    assert any(fault["killed_by"] for fault in document["faults"])
