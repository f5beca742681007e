"""On what machine a figure was measured, in words."""

import os
import platform
from pathlib import Path

CPU_INFO = Path("/proc/cpuinfo")
"""Where Linux tells the processor's name."""


def machine(cpu_info: Path = CPU_INFO) -> str:
    """The processor and how many of it are at hand, as ``"AMD EPYC 7B13, 2 processors"``."""
    try:
        lines = cpu_info.read_text("utf-8", "replace").splitlines()
    except OSError:  # another operating system
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    name = next(filter(None, names), platform.processor() or platform.machine())
    number = os.cpu_count() or 1
    return f"{name or 'unknown processor'}, {number} processor{'s' if number > 1 else ''}"
