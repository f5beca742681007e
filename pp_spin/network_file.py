"""Networks from files: .graphml, .csv and .npz become a checked `Network` (section 2.4).

- .graphml: a graph, weights an edge attribute, biases a node attribute;
- .csv: an edge list under the header ``source,target[,weight][,type]``, or a square number table;
- .npz: ``scipy.sparse.save_npz``, or arrays ``weights`` and, if wanted, ``biases``, ``nodes``.

A row of an edge list is a mutual tie, as in most published lists. In a list whose ``type`` column
says ``directed`` (Gephi's spelling), ``source`` sees ``target`` and not the other way round.
"""

import csv
import os
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import NamedTuple

import networkx as nx
import numpy as np
import scipy.sparse

from pp_spin.network import Network, as_network

Rows = list[tuple[int, list[str]]]  # line number in the file, cells


class FromFile(NamedTuple):
    """A network and what a reader of the file did not find in it."""

    network: Network
    unweighted: tuple[str, ...] | None = None
    """the ties' other attributes where none was the weight, so that 1 was used; else None"""


def read_network(
    path: str | os.PathLike[str], *, weight: str | None = "weight", bias: str | None = "bias"
) -> Network:
    """The network in the file at ``path``; ``weight``, ``bias``: attributes, as in `as_network`.

    Raises what `read_described` raises.
    """
    return read_described(path, weight=weight, bias=bias).network


def read_described(
    path: str | os.PathLike[str], *, weight: str | None = "weight", bias: str | None = "bias"
) -> FromFile:
    """The same, and whether its weights were in the file.

    Raises FileNotFoundError where there is no such file, and ValueError, naming the file, where it
    is a directory, empty, malformed, of another suffix, or holds what `as_network` refuses.
    """
    file = Path(path)
    try:
        return _reader(file)(file, weight, bias)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f"got network file {file}; there is no such file; check the path"
        ) from error
    except OSError as error:
        raise ValueError(
            f"{file}: got {error.strerror or error}; the file cannot be read; "
            "check its permissions and its content"
        ) from error
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from error


def _reader(file: Path) -> Callable[[Path, str | None, str | None], FromFile]:
    if file.is_dir():
        raise ValueError("got a directory; a network is one file; name the file in it")
    if file.stat().st_size == 0:
        raise ValueError("got an empty file; it holds no network; write the network again")
    if file.suffix.lower() not in _READERS:
        raise ValueError(
            f"got suffix {file.suffix!r}; it tells how a network is written; "
            f"give one of {', '.join(_READERS)}"
        )
    return _READERS[file.suffix.lower()]


def _read_graphml(file: Path, weight: str | None, bias: str | None) -> FromFile:
    try:
        graph = nx.read_graphml(file)
    except OSError:
        raise
    except Exception as error:  # the XML parser and networkx have many errors for broken text
        raise ValueError(
            f"got malformed GraphML ({error}); the graph in it cannot be read; "
            "write it again, for example with networkx.write_graphml"
        ) from error
    attributes = {name for _, _, tie in graph.edges(data=True) for name in tie} - {"id"}
    unweighted = _unweighted(attributes, weight) if graph.edges else None
    return FromFile(as_network(graph, weight=weight, bias=bias), unweighted)


def _unweighted(attributes: set[str], weight: str | None) -> tuple[str, ...] | None:
    return None if weight is None or weight in attributes else tuple(sorted(attributes))


def _read_csv(file: Path, weight: str | None, bias: str | None) -> FromFile:
    rows = _csv_rows(file)
    header = [cell.lower() for cell in rows[0][1]]
    if "source" in header and "target" in header:
        graph = _edge_list(header, rows[1:], weight)
        attributes = set(header) - {"source", "target", "type", ""}
        unweighted = _unweighted(attributes, weight and weight.lower())
        return FromFile(as_network(graph, weight=weight, bias=bias), unweighted)
    return FromFile(as_network(_number_table(rows)))


def _csv_rows(file: Path) -> Rows:
    """The rows that are not blank, cells stripped, all as long as the first."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:  # spreadsheets write a BOM
            reader = csv.reader(stream)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except (csv.Error, UnicodeDecodeError) as error:
        raise ValueError(
            f"got malformed CSV ({error}); it must be UTF-8 text with cells separated by commas; "
            "export it again as such"
        ) from error
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise ValueError("got only blank lines; they hold no network; write the network again")
    width = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise ValueError(
                f"got {len(cells)} cells on line {line} and {width} on the first; "
                "every row needs the same number; complete the row"
            )
    return rows


def _edge_list(header: list[str], rows: Rows, weight: str | None) -> nx.Graph:
    if not rows:
        raise ValueError("got a header without edges; a network needs a tie; add rows below it")
    if len(set(header)) != len(header):
        raise ValueError(f"got header {','.join(header)}; a column repeats; name each column once")
    graph = nx.DiGraph() if _is_directed(header, rows) else nx.Graph()
    source, target = header.index("source"), header.index("target")
    column = header.index(weight.lower()) if weight and weight.lower() in header else None
    for line, cells in rows:
        edge = (cells[source], cells[target])
        if not all(edge):
            raise ValueError(f"got no node name on line {line}; a tie has two ends; name both")
        if graph.has_edge(*edge):
            raise ValueError(
                f"got the tie {edge!r} again on line {line}; a tie has one weight; keep one row "
                "(for one weight each way, write directed in a type column on every row)"
            )
        graph.add_edge(*edge)
        if column is not None:
            graph.edges[edge][weight] = _number(cells[column], line, column)
    return graph


def _is_directed(header: list[str], rows: Rows) -> bool:
    if "type" not in header:
        return False
    column = header.index("type")
    kinds = sorted({cells[column].lower() for _, cells in rows})
    if kinds not in (["directed"], ["undirected"]):
        raise ValueError(
            f"got type {', '.join(map(repr, kinds))}; one list is all directed or all undirected; "
            "write one of the two on every row"
        )
    return kinds == ["directed"]


def _number_table(rows: Rows) -> np.ndarray:
    return np.array(
        [[_number(cell, line, k) for k, cell in enumerate(cells)] for line, cells in rows]
    )


def _number(cell: str, line: int, column: int) -> float:
    try:
        return float(cell)
    except ValueError:
        raise ValueError(
            f"got {cell!r} on line {line}, column {column + 1}; a weight must be a number; "
            "correct it (an edge list begins with the header source,target,weight, and cells are "
            "separated by commas)"
        ) from None


def _read_npz(file: Path, weight: str | None, bias: str | None) -> FromFile:
    try:
        with file.open("rb") as stream:  # closed here: numpy leaves a broken archive open
            with np.load(stream, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            stream.seek(0)
            sparse = scipy.sparse.load_npz(stream) if "format" in arrays else None
    except OSError:
        raise
    except Exception as error:  # zip, zlib and numpy each have their own errors for broken bytes
        raise ValueError(
            f"got malformed npz ({error}); its arrays cannot be read; write it again with "
            "scipy.sparse.save_npz or numpy.savez(weights=…)"
        ) from error
    if sparse is not None:
        return FromFile(as_network(sparse))
    if "weights" not in arrays:
        raise ValueError(
            f"got arrays {', '.join(map(repr, arrays)) or 'none'}; a network needs 'weights'; "
            "write it with numpy.savez(weights=…, biases=…, nodes=…)"
        )
    nodes = _node_names(arrays["nodes"]) if "nodes" in arrays else None
    return FromFile(as_network(arrays["weights"], arrays.get("biases"), nodes=nodes))


def _node_names(nodes: np.ndarray) -> list[Hashable]:
    """One name per row; rows of coordinates become the tuples that lattices are named by."""
    if nodes.ndim not in (1, 2):
        raise ValueError(
            f"got nodes of shape {nodes.shape}; each of n agents has a name, or a row of "
            "coordinates; give an array of n of them"
        )
    return [tuple(name) if nodes.ndim == 2 else name for name in nodes.tolist()]


_READERS: dict[str, Callable[[Path, str | None, str | None], FromFile]] = {
    ".graphml": _read_graphml,
    ".csv": _read_csv,
    ".npz": _read_npz,
}
