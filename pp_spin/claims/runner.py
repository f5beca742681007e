"""The runner: it hands each check its case, its slice of the budget and its key, and judges.

A run is a pure function of the claims, the profile and the seed, up to the seconds it took: every
check's key is folded from the seed by the names of the claim, the method and the case, so selecting
fewer claims changes no draw.
"""

import importlib.metadata
import platform
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import jax

from derivations.step import decide
from pp_spin import __version__
from pp_spin.claims.claim import Check, Claim, Means, verdict
from pp_spin.claims.faults import FAULTS, Fault, faulty
from pp_spin.claims.fig_1c import fig_1c
from pp_spin.claims.registry import check_unique
from pp_spin.evidence import budget
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

Document = dict[str, Any]
ProgressFn = Callable[[int, int, str], None]


class Profile(NamedTuple):
    """How much a run may cost."""

    n_chains: int
    """independent chains of a statistical check"""
    faults_meet_the_sampler: bool
    """whether seeded faults are also run through the statistical checks"""


PROFILES = {
    "quick": Profile(n_chains=20_000, faults_meet_the_sampler=False),
    "standard": Profile(n_chains=100_000, faults_meet_the_sampler=True),
    "full": Profile(n_chains=1_000_000, faults_meet_the_sampler=True),
}

VERSIONED = ("jax", "jaxlib", "numpyro", "numpy", "scipy", "sympy", "networkx")


def verify(
    claims: Sequence[Claim],
    *,
    profile: str = "standard",
    seed: int = 0,
    on_progress: ProgressFn | None = None,
) -> Document:
    """Put claims to the test and return the run's document (the JSON of the contract).

    ``on_progress(done, in all, what)`` is called before each piece of work and at the end. Raises
    ValueError for an unknown profile or repeated claim ids.
    """
    if profile not in PROFILES:
        raise ValueError(
            f"got profile {profile!r}; a profile says how much a run may cost; take one of "
            f"{', '.join(PROFILES)}"
        )
    check_unique(claims)
    started, settings = time.perf_counter(), PROFILES[profile]
    report = on_progress or (lambda done, total, label: None)
    total = len(claims) + len(FAULTS)
    evidence = {}
    for done, claim in enumerate(claims):
        report(done, total, claim.id)
        evidence[claim.id] = gather(claim, settings, seed)
    spent = budget.spent(piece for pieces in evidence.values() for piece in pieces)
    faults = []
    for done, fault in enumerate(FAULTS, start=len(claims)):
        report(done, total, f"fault: {fault.title}")
        faults.append(_fault_entry(fault, claims, settings, seed))
    report(total, total, "done")
    return {
        "schema": 1,
        "profile": profile,
        "seed": seed,
        "versions": _versions(),
        "budget": {"allowed": budget.ALLOWED, "spent": spent},
        "claims": [_claim_entry(claim, evidence[claim.id], claims) for claim in claims],
        "faults": faults,
        "figures": {"fig_1c": fig_1c()},
        "seconds": time.perf_counter() - started,
    }


def exit_code(document: Document) -> int:
    """0: every verdict as expected, 1: a contradiction, 3: an undecided claim and none worse."""
    unexpected = [c["verdict"] for c in document["claims"] if c["verdict"] != c["expected"]]
    if not unexpected:
        return 0
    return 3 if all(outcome == Verdict.INCONCLUSIVE for outcome in unexpected) else 1


def gather(claim: Claim, settings: Profile, seed: int) -> list[Evidence]:
    """All of a claim's evidence in the healthy world: symbolic first, then check by check."""
    evidence = []
    if claim.derivation is not None:
        evidence.append(_timed(lambda: _symbolic(claim)))
    for check in claim.checks:
        evidence += [_examined(claim, check, case, settings, seed) for case in check.over]
    return evidence


def _symbolic(claim: Claim) -> Evidence:
    derivation = claim.derivation()
    decision = decide(derivation)
    return Evidence(
        Rung.SYMBOLIC,
        decision.method,
        "; ".join(derivation.assumes) or "no assumption",
        Verdict(decision.verdict),
        n=decision.n_steps,
        witness=decision.witness,
    )


def _examined(claim: Claim, check: Check, case: Any, settings: Profile, seed: int) -> Evidence:
    key = jax.random.key(seed)
    for name in (claim.id, check.method, case.name):
        key = jax.random.fold_in(key, zlib.crc32(name.encode()))
    means = Means(key, budget.ALPHA, settings.n_chains)
    with jax.enable_x64(check.rung is Rung.EXHAUSTIVE):
        return _timed(lambda: check.examine(case, means))


def _timed(examine: Callable[[], Evidence]) -> Evidence:
    started = time.perf_counter()
    evidence = examine()
    return replace(evidence, seconds=time.perf_counter() - started)


def caught_by(
    fault: Fault, claim: Claim, settings: Profile, seed: int, rungs: Sequence[Rung]
) -> Evidence | None:
    """The first evidence of a claim that the fault turns red, None where all survive it."""
    for check in claim.checks:
        for case in check.over if check.rung in rungs else ():
            wrong = faulty(fault, case)
            if wrong is None:
                continue
            try:
                evidence = _examined(claim, check, wrong, settings, seed)
            except ValueError:
                continue  # a program that refuses its input has not been caught lying
            if evidence.verdict is Verdict.REFUTED:
                return evidence
    return None


def _fault_entry(
    fault: Fault, claims: Sequence[Claim], settings: Profile, seed: int
) -> dict[str, Any]:
    started = time.perf_counter()
    killed, survived = [], []
    rungs = (Rung.EXHAUSTIVE, *([Rung.STATISTICAL] if settings.faults_meet_the_sampler else []))
    for claim in claims:
        # A claim that is expected to fail says nothing when it fails.
        if not claim.checks or claim.expected is Verdict.REFUTED:
            continue
        caught = caught_by(fault, claim, settings, seed, rungs)
        (survived if caught is None else killed).append(claim.id)
    return {
        "id": fault.id,
        "title": fault.title,
        "killed_by": killed,
        "survived": survived,
        "seconds": time.perf_counter() - started,
    }


def _claim_entry(claim: Claim, evidence: list[Evidence], claims: Sequence[Claim]) -> dict[str, Any]:
    judgement = verdict(evidence)
    derivation = claim.derivation() if claim.derivation else None
    uses = derivation.uses if derivation else ()
    proved_in = {c.derivation.__name__: c.id for c in claims if c.derivation is not None}
    depends_on = (*claim.depends_on, *(proved_in[name] for name in uses if name in proved_in))
    assumes = (*claim.assumes, *(derivation.assumes if derivation else ()))
    return {
        "id": claim.id,
        "equations": list(claim.equations),
        "section": claim.section,
        "title": claim.title,
        "form": claim.form,
        "statement_latex": claim.statement_latex,
        "assumptions": list(dict.fromkeys(assumes)),
        "depends_on": [name for name in dict.fromkeys(depends_on) if name != claim.id],
        "expected": str(claim.expected),
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "evidence": [_plain(piece) for piece in evidence],
    }


def _plain(evidence: Evidence) -> dict[str, Any]:
    entry = asdict(evidence) | {"rung": str(evidence.rung), "verdict": str(evidence.verdict)}
    if evidence.interval is not None:
        entry["interval"] = list(evidence.interval)
    return entry


def _versions() -> dict[str, str]:
    installed = {name: importlib.metadata.version(name) for name in VERSIONED}
    return {"pp_spin": __version__, "python": platform.python_version()} | installed
