"""Arrays in fewer bytes and without loss: byte by byte, or as differences of neighbours, under xz.

A file is xz of one line of JSON and the arrays after it. The line is a list with name, dtype,
shape and differences of each array: null, or `[axis, order]`, for `np.diff` along the axis, `order`
times, after a 0. The values are then unsigned integers of the same bits, for which `largest + 1` is
0, and that axis varies fastest. A difference of integers can be negative, and 0, -1, 1, -2, 2, ...
is stored as 0, 1, 2, 3, 4, ...; a difference of the bits of floats stays as it is. The bytes of an
array are sorted: the lowest of all values, then the next, up to the highest.
"""

import json
import lzma
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Differences: TypeAlias = tuple[int, int] | None  # axis and order

ENDING = ".arrays.xz"


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


def _decode(content: bytes, differences: Differences, array: Array) -> None:
    """Fill an array of the right dtype and shape."""
    planes = np.frombuffer(content, np.uint8).reshape(array.dtype.itemsize, -1)
    values = np.frombuffer(planes.T.tobytes(), array.dtype)
    if differences is None:
        array[...] = values.reshape(array.shape)
        return
    axis, order = differences
    target = np.moveaxis(unsigned(array), axis, -1)
    words = unsigned(values).reshape(target.shape)
    words = words if array.dtype.kind == "f" else _unfolded(words)
    for _ in range(order):
        words = np.cumsum(words, axis=-1, dtype=words.dtype)
    target[...] = words


def unsigned(array: Array) -> Array:
    """The same memory as unsigned integers."""
    return array.view(f"<u{array.dtype.itemsize}")


def _unfolded(words: Array) -> Array:
    return np.where(words & 1, ~(words >> 1), words >> 1)
