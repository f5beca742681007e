"""Make exhibits: ``python -m pp_spin.claims.exhibits NAME …`` prints one line of JSON for each."""

import argparse
import json
import sys
from collections.abc import Sequence

from pp_spin.claims.exhibits.catalogue import EXHIBITS, LONG_EXHIBITS, means_for
from pp_spin.evidence import budget


def main(arguments: Sequence[str]) -> None:
    """Make the named exhibits in the given order, each flushed as soon as it is made."""
    every = EXHIBITS | LONG_EXHIBITS
    parser = argparse.ArgumentParser(
        prog="python -m pp_spin.claims.exhibits",
        description="Make exhibits, one line of JSON each.",
    )
    parser.add_argument("names", nargs="+", metavar="NAME", choices=every, help=", ".join(every))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--alpha", type=float, default=budget.ALPHA)
    parser.add_argument("--chains", type=int, default=8_192)
    chosen = parser.parse_args(arguments)
    for name in chosen.names:
        made = every[name](means_for(name, chosen.seed, chosen.alpha, chosen.chains))
        sys.stdout.write(json.dumps(made, allow_nan=False) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
