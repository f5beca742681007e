"""The machine in words, whatever the operating system tells."""

import os
import platform

import pytest

from pp_spin.evidence.machine import machine


@pytest.mark.parametrize(("number", "words"), [(1, "1 processor"), (8, "8 processors")])
def test_the_processor_is_named_as_linux_names_it(number, words, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: number)
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: AMD EPYC 7B13\nmodel name\t: another\n")
    assert machine(told) == f"AMD EPYC 7B13, {words}"


def test_elsewhere_it_is_what_python_knows(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "processor", lambda: "")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert machine(tmp_path / "no such file").startswith("arm64, ")
