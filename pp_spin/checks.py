"""The error texts: what an array must be before it may mean precisions, couplings or spins.

Every check takes the name that the caller's user knows, and returns a read-only float64 (or int8)
copy, so a model never changes under the hand that built it. Every message has three parts: what was
got; why it cannot be; what to do. A check includes those it rests on: `symmetric` and
`no_self_coupling` are also `square`, which is also `finite`. Their result is dense; `ties` is the
`square` that keeps sparse what is sparse.
"""

import difflib
import itertools
from collections.abc import Hashable, Mapping, Sequence
from numbers import Real
from typing import Any, TypeVar

import numpy as np
import scipy.sparse
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

DENSE_LIMIT = 16_384
"""Most agents whose ties are written out as a dense table: 2 GiB at the limit."""

SYMMETRY_TOLERANCE = 1e-12
"""Largest |J_ij - J_ji| that still counts as rounding, relative to the largest |J|."""

_SHOWN_NODES = 5
_SPELLED_NODES = 10_000  # most names that are searched for one of nearly the same spelling
_NUMBERS = "every entry must be a real number; give an array of numbers"

Entry = TypeVar("Entry", bound=np.generic)


def finite(name: str, array: ArrayLike) -> NDArray[np.float64]:
    """A read-only float64 copy of ``array`` (any shape, scipy sparse too), every entry finite.

    Raises ValueError where an entry is not a number, is NaN or infinite, or where rows are ragged.
    """
    values = _float64(name, array)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        _refuse_infinite(name, values[tuple(bad[0])], bad[0])
    return _locked(values)


def square(name: str, array: ArrayLike) -> NDArray[np.float64]:
    """A finite (n, n) matrix of one agent or more. Raises ValueError for any other shape."""
    matrix = finite(name, array)
    _refuse_unless_square(name, matrix.shape)
    return matrix


def ties(name: str, array: Any) -> csr_array:
    """The same (n, n) matrix as a csr_array: float64, read-only, sorted, without explicit zeros.

    Sparse arrays of any format are never made dense. Raises ValueError where `square` does.
    """
    if not scipy.sparse.issparse(array):
        table = _sparse(square(name, array))
    else:
        _refuse_unless_square(name, array.shape)
        given = csr_array(array)  # repeated entries of a coo_array are added up
        index = np.int32 if max(given.nnz, *given.shape) < 2**31 else np.int64
        places = given.indices.astype(index), given.indptr.astype(index)  # copies
        table = csr_array((_float64(name, given.data), *places), shape=given.shape)
    table.sum_duplicates()
    bad = np.flatnonzero(~np.isfinite(table.data))
    if len(bad):
        row = np.searchsorted(table.indptr, bad[0], side="right") - 1
        _refuse_infinite(name, table.data[bad[0]], (row, table.indices[bad[0]]))
    table.eliminate_zeros()
    for part in (table.data, table.indices, table.indptr):
        _locked(part)
    return table


def dense(name: str, table: csr_array) -> NDArray[np.float64]:
    """A sparse table written out, read-only. Raises ValueError above `DENSE_LIMIT` agents."""
    _refuse_large(name, table.shape)
    return _locked(table.toarray())


def matching_length(name: str, array: ArrayLike, n: int, why: str) -> NDArray[np.float64]:
    """A finite vector of length ``n``; ``why`` says in words what there are n of.

    Raises ValueError for another shape: "got biases of shape (2,); <why> (n = 3); give 3 numbers".
    """
    vector = finite(name, array)
    if vector.shape != (n,):
        raise ValueError(
            f"got {name} of shape {vector.shape}; {why} (n = {n}); give a vector of {n} numbers"
        )
    return vector


def no_self_coupling(
    name: str, matrix: ArrayLike, nodes: Sequence[Hashable] | None = None
) -> NDArray[np.float64]:
    """A square matrix with a zero diagonal; ``nodes`` (n,) are the agents' names in the message."""
    values = square(name, matrix)
    no_loop(name, values, nodes)
    return values


def no_loop(
    name: str, table: NDArray[np.float64] | csr_array, nodes: Sequence[Hashable] | None = None
) -> None:
    """Raise ValueError where a square table, dense or sparse, has a diagonal other than zero."""
    diagonal = table.diagonal()
    looped = np.flatnonzero(diagonal)
    if len(looped):
        i = int(looped[0])
        who = "" if nodes is None else f" (node {nodes[i]!r})"
        raise ValueError(
            f"got {_entry(name, diagonal[i], (i, i))}{who}; an agent does not observe itself; "
            "set the diagonal to 0, a constant pull on an agent is its bias"
        )


def symmetric(name: str, matrix: ArrayLike, law: str) -> NDArray[np.float64]:
    """A square matrix equal to its transpose; ``law`` is who needs it, such as "the Ising law".

    Differences up to `SYMMETRY_TOLERANCE` are rounding, and are averaged away: what is returned is
    exactly symmetric. Raises ValueError with the pair that differs most.
    """
    values = square(name, matrix)
    with np.errstate(over="ignore"):  # entries near the largest float differ by inf: still refused
        gap = np.abs(values - values.T)
    if np.max(gap) > SYMMETRY_TOLERANCE * np.max(np.abs(values)):
        i, j = (int(k) for k in np.unravel_index(np.argmax(gap), gap.shape))
        raise ValueError(
            f"got {_entry(name, values[i, j], (i, j))}, {_entry(name, values[j, i], (j, i))}; "
            f"{law} needs symmetric {name}; for asymmetric agents use "
            "stationary_law(collective, schedule), which is exact for any precisions"
        )
    return _locked(np.where(gap == 0, values, values / 2 + values.T / 2))


def are_spins(name: str, array: ArrayLike) -> NDArray[np.int8]:
    """A read-only int8 copy of ``array`` (any shape), every entry -1 or +1.

    Booleans are refused: they are 0/1 units, where an all-true row would pass as spins unnoticed.
    """
    remedy = "a spin holds -1 or +1; from 0/1 units take 2 * bit - 1"
    raw = _numbers(name, array)
    if raw.dtype == np.bool_:
        raise ValueError(f"got {name} as booleans; {remedy}")
    values = _float64(name, raw)
    bad = np.argwhere(np.abs(values) != 1)
    if len(bad):
        raise ValueError(f"got {_entry(name, values[tuple(bad[0])], bad[0])}; {remedy}")
    return _locked(values.astype(np.int8))


def unique_nodes(nodes: Sequence[Hashable]) -> None:
    """Raise ValueError where two agents have one name."""
    seen: set[Hashable] = set()
    for node in nodes if len(set(nodes)) < len(nodes) else ():
        if node in seen:
            raise ValueError(f"got node {node!r} twice; a name picks one agent; make names unique")
        seen.add(node)


def clamped_spins(clamped: Mapping[Any, int] | None, nodes: Sequence[Hashable]) -> dict[int, int]:
    """Index -> spin of the agents held fixed, in index order, from a mapping node -> -1 or +1.

    ``nodes`` (n,) are the names in array order; where they are ``range(n)``, the keys are indices.
    None clamps nobody. Raises TypeError unless ``clamped`` is a mapping, ValueError for a node
    that does not exist and for a value other than -1 and +1.
    """
    if clamped is None:
        return {}
    if not isinstance(clamped, Mapping):
        raise TypeError(
            f"got clamped of type {type(clamped).__name__}; each clamped agent needs its node and "
            "its spin; give a mapping such as {'Medici': 1}"
        )
    index = {node: i for i, node in enumerate(nodes)}
    for node, value in clamped.items():
        if node not in index:
            raise ValueError(
                f"got clamped[{node!r}], but no agent has that name; "
                f"clamp one of the {len(nodes)} agents: {_some_nodes(node, nodes)}"
            )
        if isinstance(value, (bool, np.bool_)) or not _is_unit(value):
            raise ValueError(
                f"got clamped[{node!r}] = {_plain(value)}; a clamped agent holds -1 or +1; "
                "leave it out to free it"
            )
    return dict(sorted((index[node], int(value)) for node, value in clamped.items()))


def _float64(name: str, array: ArrayLike) -> NDArray[np.float64]:
    """A fresh dense float64 copy of real numbers."""
    try:
        return _numbers(name, array).astype(np.float64)
    except OverflowError as error:
        raise ValueError(f"got {name} with an integer beyond float64; {_NUMBERS}") from error


def _numbers(name: str, array: ArrayLike) -> NDArray[Any]:
    """A dense copy of real numbers of any type; nothing is guessed from text or masks."""
    if scipy.sparse.issparse(array):
        _refuse_large(name, array.shape)  # type: ignore[union-attr]  # scipy carries no types
        array = array.toarray()  # type: ignore[union-attr]
    if np.ma.is_masked(array):
        raise ValueError(f"got {name} with masked entries; {_NUMBERS} (an absent tie is 0)")
    try:
        raw = np.array(array)
    except ValueError as error:
        raise ValueError(f"got {name} with rows of unequal length; {_NUMBERS}") from error
    if raw.dtype.kind == "O":
        # Fractions and large integers are numbers too; text is not, even where it spells one.
        for place, value in np.ndenumerate(raw):
            if not isinstance(value, Real):
                raise ValueError(f"got {name}[{_comma(place)}]={value!r}; {_NUMBERS}")
    elif raw.dtype.kind not in "biuf":
        first = raw.flat[0].item() if raw.size else None
        raise ValueError(f"got {name} of type {raw.dtype} (it begins with {first!r}); {_NUMBERS}")
    return raw


def _sparse(matrix: NDArray[np.float64]) -> csr_array:
    """A dense table's csr_array, row by row: no index array on the way is as large as the table."""
    columns = [np.flatnonzero(row).astype(np.int32) for row in matrix]
    starts = np.cumsum([0, *map(len, columns)])
    if starts[-1] < 2**31:
        starts = starts.astype(np.int32)
    return csr_array((matrix[matrix != 0], np.concatenate(columns), starts), shape=matrix.shape)


def _refuse_unless_square(name: str, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] == 0:
        raise ValueError(
            f"got {name} of shape {shape}; who sees whom is a square table with a row and "
            "a column for each of n >= 1 agents; give an (n, n) array"
        )


def _refuse_infinite(name: str, value: float, place: Sequence[int] | NDArray[np.int_]) -> None:
    raise ValueError(
        f"got {_entry(name, value, place)}; every entry must be a finite number; "
        "replace it (an absent tie is 0)"
    )


def _refuse_large(name: str, shape: tuple[int, ...]) -> None:
    if max(shape) > DENSE_LIMIT:
        raise ValueError(
            f"got {max(shape)} agents; a dense table of {name} is limited to {DENSE_LIMIT}; "
            "use ties, the sparse one, or take a part of the network"
        )


def _locked(array: NDArray[Entry]) -> NDArray[Entry]:
    array.flags.writeable = False
    return array


def _entry(name: str, value: float, place: Sequence[int] | NDArray[np.int_]) -> str:
    """One entry as a reader would write it: ``J[0,1]=0.3``, or ``beta=nan`` for a scalar."""
    where = f"[{_comma(place)}]" if len(place) else ""
    return f"{name}{where}={float(value)!r}"


def _comma(place: Sequence[int] | NDArray[np.int_]) -> str:
    return ",".join(str(int(k)) for k in place)


def _is_unit(value: object) -> bool:
    return isinstance(value, (Real, np.generic)) and bool(value == 1 or value == -1)


def _plain(value: object) -> str:
    """NumPy scalars without their type: ``0``, not ``np.int64(0)``."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _some_nodes(wanted: Hashable, nodes: Sequence[Hashable]) -> str:
    """A few of the nodes that exist, the nearest in spelling first."""
    by_text = {str(node): node for node in nodes[:_SPELLED_NODES]}
    near = [by_text[text] for text in difflib.get_close_matches(str(wanted), by_text, n=2)]
    others = (node for node in nodes if node not in near)
    shown = list(itertools.islice(itertools.chain(near, others), _SHOWN_NODES))
    return ", ".join(map(repr, shown)) + (", …" if len(shown) < len(nodes) else "")
