"""The house keeps its floors and its independence rules; the table of both is here.

To add a module, put its path on a floor: after everything that it imports, before what imports it.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.floors import (
    Floor,
    Rule,
    broken,
    late,
    module_paths,
    nameless,
    read_imports,
    unlisted,
    upward,
)

FLOORS = (
    Floor(
        "proofs",
        (
            "derivations/substitution.py",
            "derivations/display.py",
            "derivations/notation.py",
            "derivations/families.py",
            "derivations/collective.py",
            "derivations/instances.py",
            "derivations/step.py",
            "derivations/deciding/__init__.py",
            "derivations/deciding/exact.py",
            "derivations/deciding/terms.py",
            "derivations/deciding/sums.py",
            "derivations/deciding/numeric.py",
            "derivations/deciding/decide.py",
            "derivations/graph.py",
            "derivations/rendering/__init__.py",
            "derivations/rendering/page.py",
            "derivations/rendering/formulas.py",
            "derivations/rendering/words.py",
            "derivations/rendering/text.py",
            "derivations/rendering/latex.py",
            "derivations/rendering/markdown.py",
            "derivations/rendering/proof.py",
            "derivations/record.py",
            "derivations/machine.py",
            "derivations/sec2_posterior.py",
            "derivations/sec2_action.py",
            "derivations/sec3_glauber.py",
            "derivations/sec3_agents.py",
            "derivations/sec4_boltzmann.py",
            "derivations/sec4_dictionaries.py",
            "derivations/sec4_printed.py",
            "derivations/sec4_clamping.py",
            "derivations/sec5_fragility.py",
            "derivations/app_a_likelihood.py",
            "derivations/app_a_inference.py",
            "derivations/app_b_model.py",
            "derivations/app_b_inference.py",
            "derivations/app_b_free_energy.py",
            "derivations/app_b_action.py",
            "derivations/app_b_minimax.py",
            "derivations/app_b_printed.py",
            "derivations/app_b_matching.py",
            "derivations/app_b_planning.py",
            "derivations/app_c_synchronous.py",
            "derivations/app_c_cross_terms.py",
            "derivations/app_c_flips.py",
            "derivations/app_c_asynchronous.py",
            "derivations/sec5_parallel.py",
            "derivations/beyond_sublattices.py",
            "derivations/beyond_chains.py",
            "derivations/beyond_schedules.py",
            "derivations/beyond_sweeps.py",
            "derivations/beyond_currents.py",
            "derivations/beyond_entropy.py",
            "derivations/beyond_cycles.py",
            "derivations/beyond_walsh.py",
            "derivations/beyond_synchronous_agents.py",
            "derivations/beyond_expected_free_energy.py",
            "derivations/beyond_free_energy_currents.py",
            "derivations/__init__.py",
            "derivations/__main__.py",
        ),
    ),
    Floor(
        "0 words",
        (
            "pp_spin/checks.py",
            "pp_spin/configurations.py",
            "pp_spin/colouring.py",
            "pp_spin/graph_ties.py",
            "pp_spin/random_ties.py",
            "pp_spin/network.py",
            "pp_spin/network_file.py",
            "pp_spin/seed.py",
            "pp_spin/spin.py",
            "pp_spin/enumeration.py",
        ),
    ),
    Floor(
        "1 models",
        (
            "pp_spin/agents/__init__.py",
            "pp_spin/agents/perception.py",
            "pp_spin/agents/planning.py",
            "pp_spin/agents/action.py",
            "pp_spin/laws/__init__.py",
            "pp_spin/laws/clamping.py",
            "pp_spin/laws/quadratic.py",
            "pp_spin/laws/values.py",
            "pp_spin/laws/ising.py",
            "pp_spin/laws/boltzmann.py",
            "pp_spin/laws/little.py",
            "pp_spin/laws/partition.py",
        ),
    ),
    Floor(
        "2 dynamics",
        (
            "pp_spin/collective.py",
            "pp_spin/glauber.py",
            "pp_spin/schedule.py",
            "pp_spin/who_acts.py",
            "pp_spin/kernel.py",
            "pp_spin/mcmc.py",
            "pp_spin/gibbs.py",
            "pp_spin/engine/__init__.py",
            "pp_spin/engine/streams.py",
            "pp_spin/engine/words.py",
            "pp_spin/engine/noise.py",
            "pp_spin/engine/bitwise.py",
            "pp_spin/engine/ticks.py",
            "pp_spin/engine/actions.py",
            "pp_spin/engine/dynamics.py",
            "pp_spin/engine/engine.py",
            "pp_spin/engine/packed.py",
            "pp_spin/engine/memory.py",
            "pp_spin/engine/lattice.py",
            "pp_spin/engine/blocks.py",
            "pp_spin/engine/sparse.py",
            "pp_spin/engine/dense.py",
            "pp_spin/engine/lookup.py",
            "pp_spin/engine/tiny.py",
            "pp_spin/engine/random_scan.py",
            "pp_spin/engine/scan.py",
            "pp_spin/engine/scan_few.py",
            "pp_spin/engine/plain.py",
            "pp_spin/engine/choice.py",
            "pp_spin/engine/driver.py",
        ),
    ),
    Floor(
        "3 reference",
        (
            "pp_spin/reference/__init__.py",
            "pp_spin/reference/laws.py",
            "pp_spin/reference/kaufman.py",
            "pp_spin/reference/elimination_order.py",
            "pp_spin/reference/elimination_passes.py",
            "pp_spin/reference/elimination.py",
            "pp_spin/reference/perfect.py",
            "pp_spin/reference/actions.py",
            "pp_spin/reference/transitions.py",
            "pp_spin/reference/stationary.py",
        ),
    ),
    Floor(
        "4 evidence",
        (
            "pp_spin/evidence/__init__.py",
            "pp_spin/evidence/evidence.py",
            "pp_spin/evidence/budget.py",
            "pp_spin/evidence/history.py",
            "pp_spin/evidence/under_test.py",
            "pp_spin/evidence/moments.py",
            "pp_spin/evidence/multinomial.py",
            "pp_spin/evidence/known_variance.py",
            "pp_spin/evidence/likelihood_ratio.py",
            "pp_spin/evidence/alternatives.py",
            "pp_spin/evidence/products.py",
            "pp_spin/evidence/e_process.py",
            "pp_spin/evidence/growth.py",
            "pp_spin/evidence/coupling.py",
            "pp_spin/evidence/pit.py",
            "pp_spin/evidence/reversal.py",
            "pp_spin/evidence/two_sample.py",
            "pp_spin/evidence/rank_calibration.py",
            "pp_spin/evidence/trajectory.py",
            "pp_spin/evidence/recording.py",
            "pp_spin/evidence/convergence.py",
            "pp_spin/evidence/start.py",
            "pp_spin/evidence/sums.py",
            "pp_spin/evidence/order.py",
            "pp_spin/evidence/diagnostics.py",
            "pp_spin/evidence/stored.py",
            "pp_spin/evidence/comparison.py",
            "pp_spin/evidence/compare_actions.py",
            "pp_spin/evidence/compare_draws.py",
            "pp_spin/evidence/streaming.py",
            "pp_spin/evidence/jobs.py",
            "pp_spin/evidence/machine.py",
            "pp_spin/evidence/benchmark.py",
            "pp_spin/fragility/bounded_mean.py",
            "pp_spin/fragility/curve.py",
            "pp_spin/fragility/nearest_ising.py",
            "pp_spin/fragility/observables.py",
            "pp_spin/fragility/chains.py",
            "pp_spin/fragility/asymmetry.py",
            "pp_spin/fragility/synchrony.py",
            "pp_spin/fragility/free_energy.py",
            "pp_spin/fragility/focal_models.py",
            "pp_spin/fragility/latents.py",
            "pp_spin/fragility/pair_likelihood.py",
            "pp_spin/fragility/__init__.py",
        ),
    ),
    Floor(
        "5 claims",
        (
            "pp_spin/claims/__init__.py",
            "pp_spin/claims/claim.py",
            "pp_spin/claims/assumptions.py",
            "pp_spin/claims/checking.py",
            "pp_spin/claims/procedures.py",
            "pp_spin/claims/cases.py",
            "pp_spin/claims/programs.py",
            "pp_spin/claims/sampling.py",
            "pp_spin/claims/directed.py",
            "pp_spin/claims/calibration.py",
            "pp_spin/claims/trajectories.py",
            "pp_spin/claims/real_networks.py",
            "pp_spin/claims/lattices.py",
            "pp_spin/claims/sec2.py",
            "pp_spin/claims/sec3.py",
            "pp_spin/claims/sec4.py",
            "pp_spin/claims/sec5.py",
            "pp_spin/claims/beyond_walsh.py",
            "pp_spin/claims/beyond_expected_free_energy.py",
            "pp_spin/claims/app_a.py",
            "pp_spin/claims/app_b_belief.py",
            "pp_spin/claims/app_b_action.py",
            "pp_spin/claims/app_b_matching.py",
            "pp_spin/claims/app_c.py",
            "pp_spin/claims/beyond_sublattices.py",
            "pp_spin/claims/beyond_schedules.py",
            "pp_spin/claims/faults/__init__.py",
            "pp_spin/claims/faults/fault.py",
            "pp_spin/claims/faults/of_agents.py",
            "pp_spin/claims/faults/of_ties.py",
            "pp_spin/claims/faults/of_references.py",
            "pp_spin/claims/faults/of_schedules.py",
            "pp_spin/claims/faults/of_randomness.py",
            "pp_spin/claims/faults/of_procedures.py",
            "pp_spin/claims/faults/catalogue.py",
            "pp_spin/claims/instruments.py",
            "pp_spin/claims/matrix.py",
            "pp_spin/claims/designs.py",
            "pp_spin/claims/exhibits/__init__.py",
            "pp_spin/claims/exhibits/fig_1a.py",
            "pp_spin/claims/exhibits/fig_1b.py",
            "pp_spin/claims/exhibits/fig_1c.py",
            "pp_spin/claims/exhibits/stationary_laws.py",
            "pp_spin/claims/exhibits/clamped_network.py",
            "pp_spin/claims/exhibits/lattices.py",
            "pp_spin/claims/exhibits/observed_law.py",
            "pp_spin/claims/exhibits/lattice_energy.py",
            "pp_spin/claims/exhibits/e_processes.py",
            "pp_spin/claims/exhibits/fragility.py",
            "pp_spin/claims/exhibits/matrix.py",
            "pp_spin/claims/exhibits/power.py",
            "pp_spin/claims/exhibits/catalogue.py",
            "pp_spin/claims/beside.py",
            "pp_spin/claims/exhibits/process.py",
            "pp_spin/claims/exhibits/__main__.py",
            "pp_spin/claims/plan.py",
            "pp_spin/claims/proving.py",
            "pp_spin/claims/registry.py",
            "pp_spin/claims/inheritance.py",
            "pp_spin/claims/places.py",
            "pp_spin/claims/user_file.py",
            "pp_spin/claims/across_runs.py",
            "pp_spin/claims/runner.py",
        ),
    ),
    Floor(
        "6 faces",
        (
            "pp_spin/report/__init__.py",
            "pp_spin/report/document.py",
            "pp_spin/report/wording.py",
            "pp_spin/report/status.py",
            "pp_spin/report/claim_map.py",
            "pp_spin/report/schema.py",
            "pp_spin/report/reading.py",
            "pp_spin/report/mathml.py",
            "pp_spin/report/statement.py",
            "pp_spin/report/escaping.py",
            "pp_spin/report/errata.py",
            "pp_spin/report/markdown.py",
            "pp_spin/report/latex_tables.py",
            "pp_spin/report/drawing.py",
            "pp_spin/report/speed.py",
            "pp_spin/report/fragility_curves.py",
            "pp_spin/report/pictures/__init__.py",
            "pp_spin/report/pictures/picture.py",
            "pp_spin/report/pictures/table.py",
            "pp_spin/report/pictures/fig_1a.py",
            "pp_spin/report/pictures/fig_1b.py",
            "pp_spin/report/pictures/fig_1c.py",
            "pp_spin/report/pictures/stationary_laws.py",
            "pp_spin/report/pictures/clamped_network.py",
            "pp_spin/report/pictures/lattices.py",
            "pp_spin/report/pictures/observed_law.py",
            "pp_spin/report/pictures/lattice_energy.py",
            "pp_spin/report/pictures/e_processes.py",
            "pp_spin/report/pictures/statistical_evidence.py",
            "pp_spin/report/pictures/fragility.py",
            "pp_spin/report/pictures/matrix.py",
            "pp_spin/report/pictures/power.py",
            "pp_spin/report/pictures/speed.py",
            "pp_spin/report/pictures/verdicts.py",
            "pp_spin/report/pictures/catalogue.py",
            "pp_spin/report/fault_table.py",
            "pp_spin/report/comparison_table.py",
            "pp_spin/report/diagnosis.py",
            "pp_spin/report/chain_plots.py",
            "pp_spin/report/terminal.py",
            "pp_spin/report/summary.py",
            "pp_spin/report/html.py",
            "pp_spin/report/claim_page.py",
            "pp_spin/report/junit.py",
            "pp_spin/report/faces.py",
            "pp_spin/exits.py",
            "pp_spin/sample_arguments.py",
            "pp_spin/cli_complete.py",
            "pp_spin/cli_words.py",
            "pp_spin/cli_progress.py",
            "pp_spin/cli_run.py",
            "pp_spin/cli_outputs.py",
            "pp_spin/cli_report.py",
            "pp_spin/cli_sample.py",
            "pp_spin/cli_bench.py",
            "pp_spin/cli_compare.py",
            "pp_spin/cli_faults.py",
            "pp_spin/cli_fragility.py",
            "pp_spin/cli_history.py",
            "pp_spin/cli_speed.py",
            "pp_spin/cli_verify.py",
            "pp_spin/pytest_plugin.py",
            "pp_spin/__init__.py",  # the front door: names from every floor, found when asked for
            "pp_spin/cli.py",
            "pp_spin/__main__.py",
        ),
    ),
)

# `pp-spin --help` answers at once because the commands load JAX only when they run; the package
# itself looks names up when they are asked for (PEP 562), so that importing one room is cheap.
LATE_IMPORTS_IN = (
    "pp_spin/cli.py",
    "pp_spin/cli_bench.py",
    "pp_spin/cli_compare.py",
    "pp_spin/cli_faults.py",
    "pp_spin/cli_fragility.py",
    "pp_spin/cli_history.py",
    "pp_spin/cli_report.py",
    "pp_spin/cli_outputs.py",
    "pp_spin/cli_run.py",
    "pp_spin/cli_sample.py",
    "pp_spin/cli_speed.py",
    "pp_spin/cli_verify.py",
    "pp_spin/pytest_plugin.py",
    "pp_spin/__init__.py",
)

AGENTS = ("pp_spin/agents/", "pp_spin/collective.py")
EQUILIBRIUM = ("pp_spin/laws/", "pp_spin/glauber.py")
JAX = ("jax", "jaxlib", "numpyro", "funsor")
RULES = (
    Rule(("derivations/",), ("pp_spin/", "pp_spin"), "a proof cannot lean on what it checks"),
    Rule(AGENTS, EQUILIBRIUM, "their agreement is the theorem: it is tested, not built in"),
    Rule(EQUILIBRIUM, AGENTS, "their agreement is the theorem: it is tested, not built in"),
    Rule(
        ("pp_spin/reference/",),
        (
            *JAX,
            *AGENTS,
            *EQUILIBRIUM,
            "pp_spin/kernel.py",
            "pp_spin/mcmc.py",
            "pp_spin/engine/",
        ),
        "a reference shares nothing with the kernels that it judges",
    ),
    Rule(
        (
            "pp_spin/checks.py",
            "pp_spin/configurations.py",
            "pp_spin/colouring.py",
            "pp_spin/network.py",
            "pp_spin/network_file.py",
        ),
        JAX,
        "the references build on these words and are free of JAX",
    ),
    Rule(
        ("pp_spin/report/",),
        tuple(f"pp_spin/{room}/" for room in ("agents", "laws", "engine", "reference", "claims")),
        "a face reads the run's document and does no mathematics",
    ),
)

ROOT = Path(__file__).parent.parent
PACKAGES = ("derivations", "pp_spin")


def complaints(root: Path, floors: tuple[Floor, ...], rules: tuple[Rule, ...] = ()) -> list[str]:
    modules, imports = module_paths(root, PACKAGES), read_imports(root, PACKAGES)
    return [
        *unlisted(modules, floors),
        *nameless(imports, LATE_IMPORTS_IN),
        *upward(imports, floors),
        *late(imports, modules, LATE_IMPORTS_IN),
        *broken(rules, imports, modules),
    ]


def test_the_house_keeps_its_floors():
    found = complaints(ROOT, FLOORS, RULES)
    assert not found, "\n" + "\n".join(found)


def loaded_by(modules: list[str]) -> set[str]:
    """The first names of everything loaded in a fresh interpreter that imports these modules."""
    dotted = [m.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for m in modules]
    program = f"import {', '.join(dotted)}, sys; print(*{{m.split('.')[0] for m in sys.modules}})"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


def test_references_run_without_jax():
    # what the imports say, seen: nor does a third party bring JAX in
    assert not loaded_by(module_paths(ROOT, ("pp_spin/reference",))) & set(JAX)


def test_proofs_run_without_the_package():
    assert not loaded_by(module_paths(ROOT, ("derivations",))) & {"pp_spin", *JAX}


# ---- the checker complains where it should


def tree(root: Path, sources: dict[str, str]) -> Path:
    """A package written below ``root``: module name to source."""
    (root / "pp_spin").mkdir()
    for name, source in sources.items():
        (root / "pp_spin" / f"{name}.py").write_text(source)
    return root


SMALL = (
    Floor("low", ("pp_spin/a.py", "pp_spin/b.py")),
    Floor("high", ("pp_spin/c.py", "pp_spin/cli.py")),
)
TIDY = {
    "a": "import numpy",
    "b": "from pp_spin import a",
    "c": "from pp_spin.b import f",
    "cli": "def main():\n    import pp_spin.c",
}


def test_a_tidy_tree_has_no_complaint(tmp_path):
    assert complaints(tree(tmp_path, TIDY), SMALL) == []


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("a", "import pp_spin.c", r"pp_spin/a\.py:1 \(low\) imports pp_spin/c\.py \(high\)"),
        ("a", "from pp_spin import b", r"pp_spin/a\.py:1 .* imports pp_spin/b\.py .*later"),
        ("a", "from pp_spin.a import f", r"pp_spin/a\.py:1 .* imports pp_spin/a\.py"),
        ("b", "class B:\n    import pp_spin.c", r"pp_spin/b\.py:2 .* imports pp_spin/c\.py"),
        ("c", "def f():\n    from pp_spin import a", r"c\.py:2 imports pp_spin/a\.py inside a fun"),
        ("c", "def f():\n    import_module('pp_spin.a')", r"c\.py:2 imports pp_spin/a\.py inside"),
        ("c", "importlib.import_module(name)", r"c\.py:1 imports a name that is computed"),
        ("c", "from .a import f", r"c\.py:1 imports a relative import: write the module's full"),
        ("d", "", r"pp_spin/d\.py stands on no floor: add it to FLOORS"),
    ],
)
def test_an_import_out_of_place_is_named(tmp_path, name, source, expected):
    [complaint] = complaints(tree(tmp_path, {**TIDY, name: source}), SMALL)
    with pytest.raises(AssertionError, match=expected):
        raise AssertionError(complaint)


def test_a_module_that_left_is_named(tmp_path):
    [complaint] = complaints(tree(tmp_path, {"a": "", "b": "", "cli": ""}), SMALL)
    assert complaint.startswith("FLOORS in tests/test_floors.py lists pp_spin/c.py")


NO_JAX = (Rule(("pp_spin/c.py",), ("jax",), "references are plain"),)


@pytest.mark.parametrize(
    ("seeded", "chain"),
    [
        ({"c": "import jax.numpy as jnp"}, "pp_spin/c.py -> jax"),
        ({"a": "from jax import Array"}, "pp_spin/c.py -> pp_spin/b.py -> pp_spin/a.py -> jax"),
        ({"__init__": "import jax"}, "pp_spin/c.py -> pp_spin/__init__.py -> jax"),
    ],
)
def test_a_forbidden_chain_is_shown(tmp_path, seeded, chain):
    floors = (*SMALL, Floor("roof", ("pp_spin/__init__.py",)))
    root = tree(tmp_path, {"__init__": "", **TIDY, **seeded})
    [complaint] = complaints(root, floors, NO_JAX)
    assert complaint == (
        f"pp_spin/c.py may never reach jax, for references are plain; it does: {chain}"
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("derivations/step.py", "pp_spin/spin.py"),
        ("pp_spin/collective.py", "pp_spin/glauber.py"),
        ("pp_spin/agents/action.py", "pp_spin/laws/ising.py"),
        ("pp_spin/glauber.py", "pp_spin/collective.py"),
        ("pp_spin/laws/little.py", "pp_spin/agents/perception.py"),
        ("pp_spin/reference/exact.py", "pp_spin/kernel.py"),
        ("pp_spin/network.py", "jax"),
        ("pp_spin/report/html.py", "pp_spin/laws/ising.py"),
    ],
)
def test_the_rules_of_this_house_are_armed(tmp_path, source, target):
    for module in (source, target):
        if module.endswith(".py"):
            (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / module).touch()
    dotted = target.removesuffix(".py").replace("/", ".")
    (tmp_path / source).write_text(f"import {dotted}")
    found = broken(RULES, read_imports(tmp_path, PACKAGES), module_paths(tmp_path, PACKAGES))
    assert [c.partition(", for")[0] for c in found] == [f"{source} may never reach {target}"]
