"""Words that the commands about claims share: which claims, how much evidence, and a run of them.

What a run needs is loaded when it begins (this file may import late).
"""

import contextlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pp_spin import cli_complete
from pp_spin.cli_progress import run_progress
from pp_spin.cli_words import check_choice
from pp_spin.exits import wrong_usage_if_refused

if TYPE_CHECKING:
    from pp_spin.claims.claim import Claim

Select = Annotated[
    str | None,
    typer.Option(
        metavar="GLOB",
        autocompletion=cli_complete.claims,
        help='Claims whose id, equation or section matches, such as "*little*", "C.3?" or "4".',
    ),
]
Profile = Annotated[
    str,
    typer.Option(
        metavar="quick|standard|full",
        autocompletion=cli_complete.profiles,
        help="How much evidence to collect.",
    ),
]
ClaimFiles = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="PATH",
        show_default=False,
        help="Python files with your own claims, instead of the paper's.",
    ),
]


def chosen(paths: Sequence[Path] | None, select: str | None) -> "tuple[Claim, ...]":
    """The paper's claims, or those of the caller's files, that ``select`` matches."""
    from pp_spin.claims import registry, user_file

    with wrong_usage_if_refused():
        claims = registry.PAPER_CLAIMS
        if paths:
            claims = tuple(claim for path in paths for claim in user_file.load_claims(path))
            registry.check_unique(claims)
        return claims if select is None else tuple(registry.select(claims, select))


def run(
    claims: "Sequence[Claim]", profile: str, seed: int, *, quiet: bool = False, **level: float
) -> dict[str, Any]:
    """Verify ``claims`` while progress is shown, at another ``alpha`` if given; the document."""
    from pp_spin.claims import runner

    check_choice("profile", profile, runner.PROFILES)
    with wrong_usage_if_refused():
        runner.check_runnable(claims, profile)
    # What a user's check prints must not get into the JSON or XML on the standard output.
    with contextlib.redirect_stdout(sys.stderr), run_progress(quiet=quiet) as on_progress:
        return runner.verify(claims, profile=profile, seed=seed, on_progress=on_progress, **level)


def exit_code(document: Mapping[str, Any]) -> int:
    """The exit code of a run."""
    from pp_spin.claims import runner

    return runner.exit_code(dict(document))
