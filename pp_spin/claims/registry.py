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
