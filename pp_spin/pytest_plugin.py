"""pytest collects claims: each ``Claim`` of a claims file is a test, which fails as it surprises.

Claims files are Python files that speak of ``pp_spin`` and whose name matches the ini option
``pp_spin_claims`` (default ``*_claims.py``) or stands on the command line, other than pytest's own
test files. A claim passes if its verdict is the expected one, as in
``pp-spin verify``, with the same draws for a seed; it fails on a contradiction, and on an
inconclusive verdict that was not expected, since nothing was found then.

The budget of false alarms is one for all claims that are to be run, 1e-6: statistical checks have a
slice each, and pytest refuses to begin with more of them than slices. The faults that arm a claim's
checks are seeded, the rest of the catalogue is not: no verdict on a single claim rests on it.

This module is imported by every pytest beside an installed pp_spin: what a claim needs is loaded
when there is one (this file may import late).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pp_spin.claims.claim import Claim

PROFILES = ("quick", "standard", "full")
_REFUSAL = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The profile and the seed of the claims, on the command line or as settings."""
    group = parser.getgroup("pp-spin", "claims about collectives of agents (pp_spin)")
    group.addoption(
        "--pp-spin-profile",
        choices=PROFILES,
        help="How much evidence to collect for a claim. Default: pp_spin_profile, or quick.",
    )
    group.addoption(
        "--pp-spin-seed",
        type=int,
        metavar="N",
        help="Every random number of a claim follows from it. Default: pp_spin_seed, or 0.",
    )
    parser.addini("pp_spin_claims", "Globs of claims files.", type="args", default=["*_claims.py"])
    parser.addini("pp_spin_profile", "Like --pp-spin-profile.", default="quick")
    parser.addini("pp_spin_seed", "Like --pp-spin-seed.", default="0")


def pytest_report_header(config: pytest.Config) -> str:
    """How claims are put to the test, should there be any."""
    profile, seed = _profile(config), _seed(config)
    globs = " ".join(config.getini("pp_spin_claims"))
    return f"pp-spin: claims in {globs}, profile {profile}, seed {seed}"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "ClaimsFile | None":
    """A claims file, if this is one."""
    wanted = file_path.suffix == ".py" and (
        _matches(file_path, parent.config.getini("pp_spin_claims"))
        or (
            parent.session.isinitpath(file_path)
            and not _matches(file_path, parent.config.getini("python_files"))
        )
    )
    # Claims about something else, such as insurance, may have files of that name.
    if wanted and "pp_spin" in file_path.read_text(encoding="utf-8", errors="replace"):
        return ClaimsFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse, before the first of them, claims that would overdraw the budget together."""
    claims = [item.claim for item in session.items if isinstance(item, ClaimItem)]
    if not claims:
        return
    from pp_spin.claims.runner import check_affordable

    try:
        check_affordable(claims, _profile(session.config))
    except ValueError as refusal:
        # What stops a worker of xdist is not told, so there each claim has to tell it.
        if not hasattr(session.config, "workerinput"):
            raise pytest.UsageError(f"pp-spin: {refusal}") from refusal
        session.config.stash[_REFUSAL] = str(refusal)


class ClaimsFile(pytest.File):
    """A Python file with claims."""

    def collect(self) -> "Iterator[ClaimItem]":
        """A test of each claim, in their order."""
        from pp_spin.claims.user_file import load_claims

        try:
            claims = load_claims(self.path)
        except ValueError as refusal:
            raise self.CollectError(f"pp-spin: {refusal}") from None
        for claim in claims:
            yield ClaimItem.from_parent(self, name=claim.id, claim=claim)


class Surprise(Exception):
    """A claim came out as not expected; its argument is the entry of the document."""


class ClaimItem(pytest.Item):
    """The test of a claim: it passes if the verdict is the expected one."""

    def __init__(self, *, claim: "Claim", **named: Any):
        super().__init__(**named)
        self.claim = claim

    def runtest(self) -> None:
        """Gather the evidence and judge."""
        from pp_spin.claims.runner import verify_one

        config = self.config
        if _REFUSAL in config.stash:
            pytest.fail(f"pp-spin: {config.stash[_REFUSAL]}", pytrace=False)
        entry = verify_one(self.claim, profile=_profile(config), seed=_seed(config))
        if entry["verdict"] != entry["expected"]:
            raise Surprise(entry)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Statement, verdict, reason and evidence; a traceback where the check itself failed."""
        if isinstance(excinfo.value, Surprise):
            return "\n".join(_told(excinfo.value.args[0]))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Where the claim is, and its id."""
        return self.path, None, f"claim {self.name}"


def _told(entry: Mapping[str, Any]) -> Iterator[str]:
    from pp_spin.report.wording import evidence_line, plain, standing

    yield plain(f"{standing(entry)}: {entry['title']}")
    yield plain(f"expected {entry['expected']}, got {entry['verdict']}. {entry['reason']}")
    if standing(entry) == "inconclusive":
        yield "What could not be decided is not support, so it fails unless it was expected."
    for piece in entry["evidence"]:
        yield plain(f"- {evidence_line(piece)}")


def _matches(path: Path, globs: Sequence[str]) -> bool:
    return any(path.match(glob) for glob in globs)


def _profile(config: pytest.Config) -> str:
    profile: str = config.getoption("--pp-spin-profile") or config.getini("pp_spin_profile")
    if profile not in PROFILES:
        raise pytest.UsageError(
            f"got pp_spin_profile = {profile!r}; a profile says how much a run may cost; take one "
            f"of {', '.join(PROFILES)}"
        )
    return profile


def _seed(config: pytest.Config) -> int:
    given = config.getoption("--pp-spin-seed")
    text = str(config.getini("pp_spin_seed") if given is None else given)
    if not text.isdecimal():
        raise pytest.UsageError(
            f"got the seed {text!r} for claims; every random number follows from it; give a whole "
            "number from 0"
        )
    return int(text)
