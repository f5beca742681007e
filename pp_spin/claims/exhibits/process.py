"""Exhibits are made beside the checks, by a process of their own."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pp_spin.claims.beside import lines_of


@contextmanager
def made_beside(
    names: Sequence[str], seed: int, alpha: float, n_chains: int
) -> Iterator[Callable[[str], dict[str, Any]]]:
    """Start making the named exhibits; the function waits for one, asked for in their order."""
    if not names:
        yield lambda name: {}
        return
    sizes = [f"--seed={seed}", f"--alpha={alpha!r}", f"--chains={n_chains}"]
    with lines_of(["pp_spin.claims.exhibits", *names, *sizes]) as next_line:
        yield lambda name: dict(json.loads(next_line(name)))
