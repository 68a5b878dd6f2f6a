"""Arrays in fewer bytes and without loss: byte by byte, or as differences of neighbours, under xz.

    python -m undergrad.datasets.packed drums.npz        writes drums.arrays.xz beside it

A value of a sound is close to the one before it, so their difference is a small number, whose high
byte is nearly always 0. `pack` tries differences along every axis of every array, and keeps them
where xz makes fewer bytes of them than of the values.

The file is xz of one line of JSON and the arrays after it. The line is a list with name, dtype,
shape and differences of each array: null, or `[axis, order]`, for `np.diff` along the axis, `order`
times, after a 0. The values are then unsigned integers of the same bits, for which `largest + 1` is
0, and that axis varies fastest. A difference of integers can be negative, and 0, -1, 1, -2, 2, ...
is stored as 0, 1, 2, 3, 4, ...; a difference of the bits of floats stays as it is. The bytes of an
array are sorted: the lowest of all values, then the next, up to the highest.
"""

import json
import lzma
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Differences: TypeAlias = tuple[int, int] | None  # axis and order

ENDING = ".arrays.xz"
_XZ = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0}  # bytes, not words


def pack(arrays: Mapping[str, Array]) -> bytes:
    """The content of a packed file."""
    head, body = [], b""
    for name, array in arrays.items():
        best = min(_candidates(array), key=lambda each: _quick_size(array, each))
        head.append([name, array.dtype.str, array.shape, best])
        body += _encoded(array, best)
    return lzma.compress(json.dumps(head).encode() + b"\n" + body, filters=[_XZ])


def unpack(content: bytes) -> dict[str, Array]:
    """The arrays of a packed file."""
    head, _, body = lzma.decompress(content).partition(b"\n")
    arrays, start = {}, 0
    for name, dtype, shape, differences in json.loads(head):
        array: Array = np.empty(shape, dtype)
        end = start + array.nbytes
        _decode(body[start:end], differences, array)
        arrays[name], start = array, end
    return arrays


def write_npz(path: Path) -> Path:
    """Write the arrays of a packed file beside it, as NumPy's own `.npz`, and return its path."""
    target = path.with_name(path.name.removesuffix(ENDING) + ".npz")
    arrays: dict[str, Any] = {**unpack(path.read_bytes())}
    np.savez_compressed(target, **arrays)
    return target


def _candidates(array: Array) -> Iterator[Differences]:
    yield None
    if array.dtype.kind in "iuf" and array.size:
        yield from ((axis, order) for axis in range(array.ndim) for order in (1, 2))


def _quick_size(array: Array, differences: Differences) -> int:
    return len(lzma.compress(_encoded(array, differences), preset=0))


def _encoded(array: Array, differences: Differences) -> bytes:
    words = array
    if differences is not None:
        axis, order = differences
        words = np.moveaxis(_unsigned(array), axis, -1)
        for _ in range(order):
            words = np.diff(words, prepend=words.dtype.type(0))
        words = words if array.dtype.kind == "f" else _folded(words)
    planes = np.frombuffer(words.tobytes(), np.uint8).reshape(-1, array.dtype.itemsize).T
    return planes.tobytes()


def _decode(content: bytes, differences: Differences, array: Array) -> None:
    """Fill an array of the right dtype and shape."""
    planes = np.frombuffer(content, np.uint8).reshape(array.dtype.itemsize, -1)
    values = np.frombuffer(planes.T.tobytes(), array.dtype)
    if differences is None:
        array[...] = values.reshape(array.shape)
        return
    axis, order = differences
    target = np.moveaxis(_unsigned(array), axis, -1)
    words = _unsigned(values).reshape(target.shape)
    words = words if array.dtype.kind == "f" else _unfolded(words)
    for _ in range(order):
        words = np.cumsum(words, axis=-1, dtype=words.dtype)
    target[...] = words


def _unsigned(array: Array) -> Array:
    """The same memory as unsigned integers."""
    return array.view(f"<u{array.dtype.itemsize}")


def _folded(words: Array) -> Array:
    """Negative numbers, which are large as unsigned ones, among the positive ones of their size."""
    negative = words >> (8 * words.itemsize - 1)
    return np.where(negative, ~(words << 1), words << 1)


def _unfolded(words: Array) -> Array:
    return np.where(words & 1, ~(words >> 1), words >> 1)


if __name__ == "__main__":
    for source in map(Path, sys.argv[1:]):
        with np.load(source) as found:
            content = pack(dict(found))
        target = source.with_name(source.stem + ENDING)
        target.write_bytes(content)
        print(f"{target}: {len(content):,} bytes, from {source.stat().st_size:,}")
