"""Pack arrays, as `packed` reads them.

    python -m undergrad.datasets.pack mine.npz          writes mine.arrays.xz beside it

A value of a signal is close to the one before it, so their difference is a small number, whose high
byte is nearly always 0. `pack` tries differences along every axis of every array, and keeps them
where xz makes fewer bytes of them than of the values.
"""

import json
import lzma
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile, is_zipfile

import numpy as np

from undergrad.datasets.packed import ENDING, Array, Differences, unsigned

_XZ = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "pb": 0}  # bytes, not words


def pack(arrays: Mapping[str, Array]) -> bytes:
    """The content of a packed file."""
    head, body = [], b""
    for name, array in arrays.items():
        best = min(_candidates(array), key=lambda each: _quick_size(array, each))
        head.append([name, array.dtype.str, array.shape, best])
        body += _encoded(array, best)
    return lzma.compress(json.dumps(head).encode() + b"\n" + body, filters=[_XZ])


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
        words = np.moveaxis(unsigned(array), axis, -1)
        for _ in range(order):
            words = np.diff(words, prepend=words.dtype.type(0))
        words = words if array.dtype.kind == "f" else _folded(words)
    planes = np.frombuffer(words.tobytes(), np.uint8).reshape(-1, array.dtype.itemsize).T
    return planes.tobytes()


def _folded(words: Array) -> Array:
    """Negative numbers, which are large as unsigned ones, among the positive ones of their size."""
    negative = words >> (8 * words.itemsize - 1)
    return np.where(negative, ~(words << 1), words << 1)


def main(names: Sequence[str]) -> int:
    """Pack files of NumPy's; returns the exit code."""
    for source in map(Path, names):
        try:
            content = pack(_read_npz(source))
        except (OSError, ValueError, BadZipFile) as error:
            reason = getattr(error, "strerror", None) or error
            print(
                f"{source} cannot be packed ({reason}): name a file of `np.savez`.", file=sys.stderr
            )
            return 2
        target = source.with_name(source.stem + ENDING)
        target.write_bytes(content)
        print(f"{target}: {len(content):,} bytes, from {source.stat().st_size:,}")
    return 0


def _read_npz(path: Path) -> dict[str, Array]:
    """Raises OSError, BadZipFile or ValueError for anything but an `.npz` of plain arrays."""
    with open(path, "rb") as file:
        if not is_zipfile(file):  # NumPy would take it for pickled objects
            raise ValueError("it is not an .npz")
        file.seek(0)
        return dict(np.load(file, allow_pickle=False))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
