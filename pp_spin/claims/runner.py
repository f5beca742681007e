"""The runner: it hands each check its case, its slice of the budget and its seed, and judges.

A run is a pure function of the claims, the profile and the seed, up to the seconds it took: every
check's seed is a digest of the run's and the names of the claim, the method and the case, so that
selecting fewer claims changes no draw.
"""

import hashlib
import importlib.metadata
import json
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from itertools import chain, islice
from typing import Any, NamedTuple

import jax

from pp_spin.claims.claim import Check, Claim, Means, verdict
from pp_spin.claims.exhibits.catalogue import EXHIBITS, LONG_EXHIBITS
from pp_spin.claims.exhibits.process import made_beside
from pp_spin.claims.faults.catalogue import CATALOGUE, FAULTS_OF_COLLECTIVES
from pp_spin.claims.faults.fault import Fault, faulty
from pp_spin.claims.inheritance import dependencies, with_inheritance
from pp_spin.claims.places import places_of
from pp_spin.claims.plan import CHECKING, DRAWING, PROVING, SEEDING, Step, plan
from pp_spin.claims.proving import Proof, decided, proofs_of, results
from pp_spin.claims.registry import PAPER_CLAIMS, check_corrections, check_unique
from pp_spin.evidence import budget
from pp_spin.evidence.evidence import Evidence, Rung, Verdict

Document = dict[str, Any]
ProgressFn = Callable[[Step], None]


class Profile(NamedTuple):
    """How much a run may cost."""

    n_chains: int
    """independent chains of a statistical check"""
    cases_per_check: int | None
    """how many of its cases a check is run on; None: all"""
    cases_per_fault: int | None
    """how many of a check's cases a fault is seeded into, the first that can have it; None: all"""
    cases_per_arming: int | None
    """on how many of its cases a statistical check must catch faults of its own; None: all"""
    long_exhibits: bool
    """whether a complete run makes the data of pictures that take minutes"""


PROFILES = {
    "quick": Profile(8_192, 1, 1, None, False),
    "standard": Profile(100_000, None, 1, 1, False),
    "full": Profile(1_000_000, None, None, None, True),
}
"""Every claim is put to the test in every profile, on fewer cases and draws in the quick one."""

FIRST_CHAINS = 100_000
"""Chains with which a check looks for a fault that arms it, before it does with all: most faults
are coarse, and what is caught with less data is caught. With fewer the compiler takes longer than
they do."""

_FAULTS = {fault.id: fault for fault in CATALOGUE}

VERSIONED = ("pp_spin", "jax", "jaxlib", "numpyro", "numpy", "scipy", "sympy", "networkx")


def verify(
    claims: Sequence[Claim],
    *,
    profile: str = "standard",
    seed: int = 0,
    alpha: float = budget.ALPHA,
    on_progress: ProgressFn | None = None,
) -> Document:
    """Put claims to the test and return the run's document (the JSON of the contract).

    ``alpha`` is the level of each statistical check. ``on_progress(step)`` is called before each
    piece of work, and again where it surprised. Raises ValueError where `check_runnable` does, and
    where a check spends more than it was given.
    """
    check_runnable(claims, profile)
    started, settings = time.perf_counter(), PROFILES[profile]
    complete = {claim.id for claim in PAPER_CLAIMS} <= {claim.id for claim in claims}
    report = on_progress or (lambda step: None)
    exhibits = [*EXHIBITS, *(LONG_EXHIBITS if settings.long_exhibits else ())] if complete else []
    work = plan(claims, len(FAULTS_OF_COLLECTIVES), len(exhibits), settings.cases_per_check)
    with (
        proofs_of(claim.derivation for claim in claims if claim.derivation) as proof_of,
        made_beside(exhibits, seed, alpha, settings.n_chains) as made,
    ):
        checked, faults, proofs = {}, [], {}
        for done, claim in enumerate(claims):
            report(work.at(CHECKING, done, claim.id))
            checked[claim.id] = list(examine(claim, settings, seed, alpha))
            if surprise := _surprise(claim, checked[claim.id]):
                report(work.at(CHECKING, done, claim.id, surprise))
        armed = [claim for claim in claims if _can_catch(claim, checked[claim.id])]
        for done, fault in enumerate(FAULTS_OF_COLLECTIVES):
            report(work.at(SEEDING, done, fault.title))
            faults.append(_fault_entry(fault, armed, settings, seed))
        shown: dict[str, Any] = {}
        for name in exhibits:
            report(work.at(DRAWING, len(shown), name))
            shown[name] = made(name)
        for done, claim in enumerate(claims):
            if claim.derivation:
                report(work.at(PROVING, done, claim.id))
            proofs[claim.id] = proof_of(claim.derivation) if claim.derivation else None
    proved = {p.name: claim_id for claim_id, p in proofs.items() if p is not None}
    return {
        "schema": 1,
        "profile": profile,
        "seed": seed,
        "versions": _versions(),
        "budget": budget.ledger(checked),
        "claims": with_inheritance(
            [_claim_entry(claim, proofs[claim.id], checked[claim.id], proved) for claim in claims]
        ),
        "derivations": [proof._asdict() for proof in results(filter(None, proofs.values()))],
        "faults": [fault | {"must_be_caught": complete} for fault in faults],
        "figures": shown,
        "seconds": time.perf_counter() - started,
    }


def verify_one(claim: Claim, *, profile: str = "standard", seed: int = 0) -> Document:
    """Put one claim to the test and return its entry, with the draws that ``verify`` gives it.

    The faults that arm its checks are seeded, for its verdict rests on them, and no others. Who
    calls this often keeps to one budget by ``check_affordable`` first. Raises ValueError for an
    unknown profile or fault.
    """
    check_runnable([claim], profile)
    checked = list(examine(claim, PROFILES[profile], seed))
    proof = decided(claim.derivation) if claim.derivation else None
    return with_inheritance([_claim_entry(claim, proof, checked, {})])[0]


def exit_code(document: Document) -> int:
    """0: every verdict as expected, 1: a contradiction, 3: an undecided claim and none worse.

    A fault that survives all of the paper's claims leaves them unarmed, which is undecided too.
    What the runs of a history refute together is a contradiction, whatever this run says alone.
    """
    unexpected = [c["verdict"] for c in document["claims"] if c["verdict"] != c["expected"]]
    refuted = document.get("history", {}).get("refuted", ())
    if any(outcome != Verdict.INCONCLUSIVE for outcome in unexpected):
        return 1
    right = (c for c in document["claims"] if c["expected"] != Verdict.REFUTED)
    if refuted and any(claim["id"] in refuted for claim in right):
        return 1
    unarmed = any(f["must_be_caught"] and not f["killed_by"] for f in document["faults"])
    return 3 if unexpected or unarmed else 0


def check_runnable(claims: Sequence[Claim], profile: str) -> None:
    """Raise ValueError, before anything is run, for what no run can be made of.

    Claims of one id, or that rest on each other in a circle, corrections of what needs none, faults
    that are in no catalogue, and what `check_affordable` refuses.
    """
    check_affordable(claims, profile)
    check_unique(claims)
    check_corrections(claims)
    dependencies([{"id": claim.id, "depends_on": claim.depends_on} for claim in claims])
    _check_faults_known(claims)


def check_affordable(claims: Sequence[Claim], profile: str) -> None:
    """Raise ValueError where the statistical checks of ``claims`` would overdraw the budget.

    So it does for an unknown profile.
    """
    if profile not in PROFILES:
        raise ValueError(
            f"got profile {profile!r}; a profile says how much a run may cost; take one of "
            f"{', '.join(PROFILES)}"
        )
    budget.check_affordable(_n_statistical(claims, PROFILES[profile]))


def _check_faults_known(claims: Sequence[Claim]) -> None:
    for claim in claims:
        for unknown in {f for check in claim.checks for f in check.armed_by} - set(_FAULTS):
            raise ValueError(
                f"got armed_by {unknown!r} in claim {claim.id!r}; a check is armed by faults of "
                "the catalogue, by id; pp-spin faults lists them"
            )


def _n_statistical(claims: Sequence[Claim], settings: Profile) -> int:
    checks = [check for claim in claims for check in claim.checks]
    statistical = [check for check in checks if check.rung is Rung.STATISTICAL]
    return sum(len(check.over[: settings.cases_per_check]) for check in statistical)


def _surprise(claim: Claim, checked: list[Evidence]) -> Document | None:
    """The entry of a claim whose checks alone show that it does not come out as expected."""
    found = verdict(checked).verdict
    settled = found is Verdict.REFUTED or claim.derivation is None
    return _claim_entry(claim, None, checked, {}) if settled and found != claim.expected else None


def _can_catch(claim: Claim, healthy: Sequence[Evidence]) -> bool:
    """A claim that is expected to fail, or has failed already, says nothing when it fails."""
    if not claim.checks or claim.expected is Verdict.REFUTED:
        return False
    return verdict(healthy).verdict in (Verdict.SUPPORTED, Verdict.APPROXIMATE)


def examine(
    claim: Claim, settings: Profile, seed: int, alpha: float = budget.ALPHA
) -> Iterator[Evidence]:
    """The evidence of a claim's checks in the healthy world, case by case.

    A check that is to be armed by faults supports nothing on a case where it does not catch each of
    them, with as much data or less. Of a fault that the case cannot have, and on cases beyond those
    that the profile arms, it must catch the first of its cases that can.
    """
    for check in claim.checks:

        @cache
        def catches(fault_id: str, case: Any, check: Check = check) -> bool:
            seeded = faulty(_FAULTS[fault_id], case)
            for n_chains in sorted({min(FIRST_CHAINS, settings.n_chains), settings.n_chains}):
                means = settings._replace(n_chains=n_chains)
                try:
                    evidence = _examined(claim, check, seeded, means, seed, alpha)
                except ValueError:
                    continue  # a program that refuses its input has not been caught lying
                if evidence.verdict is Verdict.REFUTED:
                    return True
            return False

        for number, case in enumerate(check.over[: settings.cases_per_check]):
            evidence = _examined(claim, check, case, settings, seed, alpha)
            if check.armed_by and evidence.verdict is Verdict.SUPPORTED:
                here = settings.cases_per_arming is None or number < settings.cases_per_arming
                places = {f: _place(f, case if here else None, check.over) for f in check.armed_by}
                evidence = _armed(evidence, case, places, catches)
            yield evidence


def _place(fault_id: str, case: Any | None, over: Sequence[Any]) -> Any | None:
    """The case that a fault must be caught on: the given one, or the first that can have it."""
    here = () if case is None else (case,)
    return next((each for each in (*here, *over) if faulty(_FAULTS[fault_id], each)), None)


def _armed(
    evidence: Evidence, case: Any, places: dict[str, Any], catches: Callable[[str, Any], bool]
) -> Evidence:
    """Supporting evidence in the light of the faults that its check must catch, and where."""
    away = {f: at for f, at in places.items() if at is not None and at is not case}
    names = {f: f"{f} on {away[f].name}" if f in away else f for f in places}
    missed = [names[f] for f, at in places.items() if at is None or not catches(f, at)]
    if missed:
        unarmed = f"not armed: it does not catch {', '.join(missed)} with as much data"
        return replace(evidence, verdict=Verdict.INCONCLUSIVE, witness=unarmed)
    caught = tuple(f for f in places if f not in away)
    return replace(evidence, caught=caught, caught_elsewhere=tuple(names[f] for f in away))


def _symbolic(proof: Proof) -> Evidence:
    return Evidence(
        Rung.SYMBOLIC,
        _how(proof),
        "; ".join(proof.assumes) or "no assumption",
        Verdict(proof.verdict),
        n=proof.n_steps,
        witness=proof.witness,
        seconds=proof.seconds,
    )


def _how(proof: Proof) -> str:
    """How it was decided, for how many agents, and at how many points besides."""
    scope = "" if proof.scope in proof.method else f"{proof.scope}, "
    return f"{proof.method} ({scope}{proof.n_points} points)"


def _examined(
    claim: Claim,
    check: Check,
    case: Any,
    settings: Profile,
    seed: int,
    alpha: float = budget.ALPHA,
) -> Evidence:
    started = time.perf_counter()
    names = json.dumps([seed, claim.id, check.method, case.name])
    own_seed = int.from_bytes(hashlib.sha256(names.encode()).digest()[:8])
    means = Means(own_seed, alpha, settings.n_chains)
    with jax.enable_x64(check.rung is Rung.EXHAUSTIVE):
        evidence = check.examine(case, means)
    return replace(evidence, seconds=time.perf_counter() - started)


def caught_by(fault: Fault, claim: Claim, settings: Profile, seed: int) -> Evidence | None:
    """The first evidence of a claim that the fault turns red, None where all survive it."""
    for check in claim.checks:
        if check.rung is Rung.STATISTICAL or not check.runs_the_agents:
            continue  # statistical checks have faults of their own to catch: `examine`
        seeded = (faulty(fault, case) for case in check.over)
        for case in islice(filter(None, seeded), settings.cases_per_fault):
            try:
                evidence = _examined(claim, check, case, settings, seed)
            except ValueError:
                continue  # a program that refuses its input has not been caught lying
            if evidence.verdict is Verdict.REFUTED:
                return evidence
    return None


def _fault_entry(
    fault: Fault, claims: Sequence[Claim], settings: Profile, seed: int
) -> dict[str, Any]:
    started = time.perf_counter()
    killed: list[str] = []
    survived: list[str] = []
    for claim in claims:
        caught = caught_by(fault, claim, settings, seed)
        (survived if caught is None else killed).append(claim.id)
    return {
        "id": fault.id,
        "title": fault.title,
        "killed_by": killed,
        "survived": survived,
        "seconds": time.perf_counter() - started,
    }


def _claim_entry(
    claim: Claim, proof: Proof | None, checked: list[Evidence], proved: dict[str, str]
) -> dict[str, Any]:
    evidence = [_symbolic(proof), *checked] if proof else checked
    judgement = verdict(evidence)
    used = [proved[name] for name in proof.uses if name in proved] if proof else []
    statement = claim.statement or (proof.statement_latex if proof else claim.statement_latex)
    return {
        "id": claim.id,
        "equations": list(claim.equations),
        "section": claim.section,
        "title": claim.title,
        "form": claim.form,
        "statement_latex": statement,
        "assumptions": _each_once(claim.assumes, proof.assumes if proof else ()),
        "depends_on": _each_once(claim.depends_on, used),
        "corrects": list(claim.corrects),
        "derivation": proof.name if proof else None,
        "code": places_of(claim)._asdict(),
        "expected": str(claim.expected),
        "verdict": str(judgement.verdict),
        "reason": judgement.reason,
        "evidence": [_plain(piece) for piece in evidence],
    }


def _each_once(*groups: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(chain(*groups)))


def _plain(evidence: Evidence) -> dict[str, Any]:
    entry = asdict(evidence) | {"rung": str(evidence.rung), "verdict": str(evidence.verdict)}
    if evidence.interval is not None:
        entry["interval"] = list(evidence.interval)
    for name in ("caught", "caught_elsewhere"):
        entry[name] = list(entry[name])
    return entry


def _versions() -> dict[str, str]:
    installed = {name: importlib.metadata.version(name) for name in VERSIONED}
    return installed | {"python": platform.python_version()}
