"""``pp-spin verify --speed FILE``: timings of an earlier ``pp-spin bench``, shown in the report.

They are read before the run, so that mistakes are told at once, and change nothing in it. What
draws is loaded when it is asked for (this file may import late).
"""

from pathlib import Path
from typing import Annotated, Any

import typer

from pp_spin.cli_words import place

Option = Annotated[
    Path | None,
    typer.Option(
        "--speed",
        parser=place,
        metavar="FILE",
        help="Show timings of an earlier `pp-spin bench --json FILE` in the report.",
    ),
]
Peers = Annotated[
    Path | None,
    typer.Option(
        "--peers",
        parser=place,
        metavar="FILE",
        help="Beside them other samplers' figures, as `pp-spin bench --peers` takes them.",
    ),
]

KEPT = (
    *("job", "engine", "machine", "n_agents", "n_chains", "updates_per_ns", "lowest", "highest"),
    *("first_draw_seconds", "z"),
)
"""What the report shows of a result."""


def opened(file: Path | None, peers: Path | None) -> dict[str, Any]:
    """What the document of the run holds besides: its ``speed``, or nothing where none is asked.

    Raises ValueError for files that cannot be read, or are no timings.
    """
    if file is None:
        if peers is not None:
            raise ValueError(
                f"got --peers {str(peers)!r} without --speed; peers are shown beside timings of "
                "this sampler; give those too"
            )
        return {}
    from pp_spin.report import speed

    results = _parsed(file, speed.earlier_results)
    return {
        "speed": {
            "results": [{name: each[name] for name in KEPT if name in each} for each in results],
            "peers": _parsed(peers, speed.peer_records) if peers else None,
        }
    }


def _parsed(file: Path, parse: Any) -> Any:
    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(
            f"got {str(file)!r}, which cannot be read ({error.strerror or error}); name a file "
            "that exists and that you may read"
        ) from error
    except ValueError as error:  # bytes that are no UTF-8, too
        raise ValueError(f"{file}: {error}") from error
