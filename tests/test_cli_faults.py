"""``pp-spin faults``: a table, a sentence for every surprise, an exit code."""

import json

from typer.testing import CliRunner

from pp_spin import cli


def run(*arguments):
    return CliRunner().invoke(cli.app, ["faults", *arguments], env={"COLUMNS": "120"})


def test_a_fault_that_all_see_who_must_ends_well():
    result = run("--select", "1")
    assert result.exit_code == 0, result.output
    assert "1 half_logit" in result.output
    assert "stationary_law" in result.output
    assert "1 faults, 5 readings, 0 not as they must be" in result.output


def test_too_few_chains_miss_a_fault_and_say_so():
    result = run("--select", "first_prior_reversed", "--chains", "2000")
    assert result.exit_code == 1
    assert "e_process missed first_prior_reversed" in result.output


def test_the_document_says_what_the_table_shows():
    result = run("--select", "less_or_equal", "--chains", "2000", "--json", "-")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.output)
    assert row["equivalent"]
    assert row["as_it_must_be"]
    assert {reading["verdict"] for reading in row["readings"]} <= {"supported", "inconclusive"}


def test_what_tests_can_see_is_told_without_running_them():
    result = run("--power", "--chains", "1000000")
    assert result.exit_code == 0, result.output
    assert "e-process" in result.output
    assert "4,000,000" in result.output


def test_a_fault_that_does_not_exist_is_wrong_usage():
    result = run("--select", "no_such_fault")
    assert result.exit_code == 2
    assert "which matches no fault" in result.output
