"""The shell completes every name that an option takes, without loading JAX."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pp_spin import cli_complete
from pp_spin.agents.action import _RULES
from pp_spin.claims.registry import PAPER_CLAIMS
from pp_spin.claims.runner import PROFILES
from pp_spin.engine.choice import ENGINES
from pp_spin.evidence.jobs import JOBS
from pp_spin.schedule import SCHEDULES

ROOT = Path(__file__).parent.parent


def completed(line, shell="bash"):
    """What the shell is offered for ``line``, and what was loaded for it."""
    program = (
        "import sys; sys.argv = ['pp-spin']\n"
        "from pp_spin.cli import main\n"
        "try: main()\n"
        "finally: print(*{'jax', 'numpy', 'sympy'} & set(sys.modules), file=sys.stderr)\n"
    )
    words = line.split(" ")
    environment = {
        **os.environ,
        "_PP_SPIN_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert found.stderr.split() == [], found.stderr
    return found.stdout.split()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("pp-spin verify --profile s", ["standard"]),
        ("pp-spin verify --select C.33", ["C.33"]),
        ("pp-spin show synchronous_collective_samples_the_li", [
            "synchronous_collective_samples_the_little_law"
        ]),
        ("pp-spin show x --format m", ["markdown"]),
        ("pp-spin sample x.csv --schedule chr", ["chromatic"]),
        ("pp-spin sample x.csv --engine scan_", ["scan_few"]),
        ("pp-spin bench --job lat_1024_c1_", ["lat_1024_c1_sync"]),
        ("pp-spin veri", ["verify"]),
    ],
)  # fmt: skip
def test_a_shell_completes(line, offered):
    assert completed(line) == offered


def test_what_is_repeated_or_read_from_the_source_is_what_is_there():
    assert cli_complete.profiles("") == list(PROFILES)
    assert sorted(cli_complete.engines("")) == sorted(ENGINES)
    assert cli_complete.jobs("") == list(JOBS)
    assert [rule.rstrip("(") for rule in cli_complete.rules("")] == list(_RULES)
    assert set(cli_complete.schedules("")) > set(SCHEDULES)


def test_the_claims_are_completed_but_for_one_whose_id_is_put_together():
    offered = cli_complete.claims("")
    assert len(offered) == len(set(offered))
    known = {name for c in PAPER_CLAIMS for name in (c.id, *c.equations)}
    known |= {c.derivation.__name__ for c in PAPER_CLAIMS if c.derivation}
    assert set(offered) <= known
    ids = {claim.id for claim in PAPER_CLAIMS}
    assert ids - set(offered) <= {"random_scan_collective_samples_the_ising_law"}


def test_what_begins_otherwise_is_not_offered():
    assert cli_complete.claims("no_claim_begins_so") == []
    assert all(name.startswith("C.3") for name in cli_complete.claims("C.3"))
