"""Where in the tree a claim is stated, proved and programmed, for who reads the code."""

from typing import NamedTuple

from pp_spin.claims.claim import Claim
from pp_spin.claims.registry import home_of

PROGRAMS = {
    "2.1": ("pp_spin/spin.py", "pp_spin/agents/perception.py"),
    "2.2": ("pp_spin/spin.py", "pp_spin/agents/perception.py"),
    "2.3": ("pp_spin/agents/planning.py", "pp_spin/agents/action.py"),
    "2.4": ("pp_spin/collective.py", "pp_spin/kernel.py"),
    "Fig. 1": ("pp_spin/agents/perception.py",),
    "3": ("pp_spin/laws/ising.py", "pp_spin/glauber.py"),
    "4": ("pp_spin/laws/boltzmann.py", "pp_spin/laws/clamping.py"),
    "5": ("pp_spin/fragility/", "pp_spin/reference/transitions.py"),
    "A": ("pp_spin/agents/perception.py",),
    "B": ("pp_spin/agents/planning.py", "pp_spin/agents/action.py"),
    "C": ("pp_spin/schedule.py", "pp_spin/laws/little.py", "pp_spin/reference/transitions.py"),
}
"""By section of the paper, what runs under its claims."""


class Places(NamedTuple):
    """Files of the tree, by their path in it."""

    claim: str | None
    proof: str | None
    """with the name of the proof in it"""
    programs: list[str]


def places_of(claim: Claim) -> Places:
    """The files of a claim: its own, its proof with the name in it, and its programs.

    A claim of a user's is in no file of the tree, and what it runs is its own matter.
    """
    home = home_of(claim)
    return Places(home, _proof(claim), list(PROGRAMS.get(claim.section, ())) if home else [])


def _proof(claim: Claim) -> str | None:
    if claim.derivation is None:
        return None
    module = claim.derivation.__module__.replace(".", "/")
    return f"{module}.py: {claim.derivation.__name__}"
