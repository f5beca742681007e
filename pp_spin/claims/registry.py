"""All the paper's claims, in the paper's order, and how a user picks among them."""

import difflib
from collections.abc import Iterable
from fnmatch import fnmatchcase

from pp_spin.claims import (
    app_a,
    app_b_action,
    app_b_belief,
    app_b_matching,
    app_c,
    beyond_expected_free_energy,
    beyond_schedules,
    beyond_sublattices,
    beyond_walsh,
    sec2,
    sec3,
    sec4,
    sec5,
)
from pp_spin.claims.claim import Claim
from pp_spin.evidence.evidence import Verdict

_ROOMS = (
    sec2,
    sec3,
    sec4,
    sec5,
    app_a,
    app_b_belief,
    app_b_action,
    app_b_matching,
    app_c,
    beyond_schedules,
    beyond_sublattices,
    beyond_walsh,
    beyond_expected_free_energy,
)

PAPER_CLAIMS: tuple[Claim, ...] = tuple(claim for room in _ROOMS for claim in room.CLAIMS)


def select(claims: Iterable[Claim], glob: str) -> tuple[Claim, ...]:
    """The claims whose id, equation or section matches ``glob`` ("C.*", "*little*", "B.26").

    The name of a derivation stands for the claim that it proves. Raises ValueError naming near
    matches when there is none.
    """
    claims = tuple(claims)
    chosen = tuple(claim for claim in claims if any(fnmatchcase(n, glob) for n in _names(claim)))
    if chosen:
        return chosen
    known = [name for claim in claims for name in _names(claim)]
    near = difflib.get_close_matches(glob, known, n=3, cutoff=0.5)
    hint = (
        f"near it: {', '.join(dict.fromkeys(near))}" if near else "run `pp-spin list` to see them"
    )
    raise ValueError(f"got claim {glob!r}; no claim has that id, equation or section; {hint}")


def check_unique(claims: Iterable[Claim]) -> None:
    """Raise ValueError where two claims share an id."""
    ids: set[str] = set()
    for claim in claims:
        if claim.id in ids:
            raise ValueError(
                f"got two claims with the id {claim.id!r}; a verdict belongs to one claim; "
                "rename one of them"
            )
        ids.add(claim.id)


def check_corrections(claims: Iterable[Claim]) -> None:
    """Raise ValueError where a claim corrects what is no refuted printed statement.

    The statement may be one of ``claims`` or of the paper's claims.
    """
    claims = tuple(claims)
    known = {claim.id: claim for claim in (*PAPER_CLAIMS, *claims)}
    for claim in claims:
        for corrected in claim.corrects:
            fault = _no_correction(claim, known.get(corrected))
            if fault:
                raise ValueError(
                    f"got claim {claim.id!r} that corrects {corrected!r}, but {fault}; a "
                    "correction is a claim that holds, in place of a printed one that fails; name "
                    "such a one"
                )


def _no_correction(claim: Claim, corrected: Claim | None) -> str:
    """Why the one cannot correct the other; empty where it can."""
    if corrected is None:
        return "there is no claim of that id"
    if corrected.form != "printed" or corrected.expected is not Verdict.REFUTED:
        return f"that is a {corrected.form} claim that is expected to be {corrected.expected}"
    return "it is itself expected to be refuted" if claim.expected is Verdict.REFUTED else ""


def resting_on(claim: Claim) -> tuple[str, ...]:
    """The ids of the paper's claims that name this one among those that they rest on."""
    return tuple(other.id for other in PAPER_CLAIMS if claim.id in other.depends_on)


def home_of(claim: Claim) -> str | None:
    """The file of the tree that states one of the paper's claims, None for somebody else's."""
    for room in _ROOMS:
        if any(claim is own for own in room.CLAIMS):
            return f"{room.__name__.replace('.', '/')}.py"
    return None


def _names(claim: Claim) -> tuple[str, ...]:
    derivation = (claim.derivation.__name__,) if claim.derivation else ()
    return (claim.id, *claim.equations, claim.section, *derivation)
