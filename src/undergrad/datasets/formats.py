"""Reading the files in which well-known datasets are handed out, without trusting them.

Each function takes the bytes of a file and returns arrays. Nothing is unpickled, nothing is
unpacked onto the disk, no more than a stated size is ever decompressed, and what is cut off or
foreign raises ValueError with what was expected. `undergrad.datasets` fetches such files.
"""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from typing import Protocol

import numpy as np
import numpy.typing as npt

from undergrad.datasets.films import Ratings
from undergrad.engine.autograd import Array

MOST_BYTES = 500_000_000  # decompressed, of one file or one member of an archive

_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_CIFAR_RECORD = 1 + 3 * 32 * 32  # a label, then the red, the green and the blue pixels
_CIFAR_TRAINING = tuple(f"data_batch_{i}.bin" for i in range(1, 6))


def read_idx(content: bytes, name: str = "the file") -> Array:
    """The array of an IDX file, the format of MNIST and Fashion-MNIST; gzip is undone first.

    Two zero bytes, a type, the number of axes, the length of each axis as a big-endian 32-bit
    integer, and then the numbers, the last axis fastest.

    Examples:
        >>> read_idx(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9]))
        array([7, 8, 9], dtype=uint8)
    """
    data = _gunzipped(content, name) if content[:2] == b"\x1f\x8b" else content
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in _IDX_TYPES or not data[3]:
        raise ValueError(f"{name} is not an IDX file: it does not start as one")
    dtype, axes = np.dtype(_IDX_TYPES[data[2]]), data[3]
    start = 4 + 4 * axes
    if len(data) < start:
        raise ValueError(f"{name} is cut off in its header")
    shape = struct.unpack(f">{axes}I", data[4:start])
    wanted = start + dtype.itemsize * int(np.prod(shape, dtype=object))
    if len(data) != wanted:
        raise ValueError(f"{name} should have {wanted} bytes for shape {shape}, not {len(data)}")
    numbers = np.frombuffer(data, dtype, offset=start).reshape(shape)
    return numbers.astype(dtype.newbyteorder("="))


def images_and_labels(
    images: bytes, labels: bytes, names: tuple[str, str] = ("the images", "the labels")
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Two IDX files of one set: images (n, h, w), float32 from 0 to 1, and labels (n,)."""
    pixels, classes = read_idx(images, names[0]), read_idx(labels, names[1])
    if pixels.ndim != 3 or classes.shape != (len(pixels),) or pixels.dtype != np.uint8:
        raise ValueError(
            f"{names[0]} and {names[1]} do not belong together: shapes {pixels.shape} and "
            f"{classes.shape}, of {pixels.dtype}"
        )
    return _from_0_to_1(pixels), classes.astype(np.int64)


def read_cifar_batch(
    content: bytes, name: str = "the batch"
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """One file of CIFAR-10's binary version: images (n, 3, 32, 32), 0 to 1, and labels (n,).

    Of the set's versions this one is read, because the Python version is a pickle, and to unpickle
    a file means to run what is in it.
    """
    if not content or len(content) % _CIFAR_RECORD:
        raise ValueError(
            f"{name} has {len(content)} bytes, not a multiple of {_CIFAR_RECORD}: it is cut off, "
            "or not the binary version of CIFAR-10"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, _CIFAR_RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        raise ValueError(f"{name} has label {labels.max()}; CIFAR-10's are 0 to 9")
    return _from_0_to_1(records[:, 1:].reshape(-1, 3, 32, 32)), labels


def read_cifar_archive(
    content: bytes, training: bool = True, name: str = "the archive"
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """The training or the test images of `cifar-10-binary.tar.gz`; see `read_cifar_batch`."""
    wanted = _CIFAR_TRAINING if training else ("test_batch.bin",)
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                file = member.name.rpartition("/")[2]
                if file in wanted and member.isfile() and file not in found:
                    opened = archive.extractfile(member)
                    assert opened is not None  # a regular file has content
                    found[file] = _limited(opened, f"{file} in {name}")
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{name} is damaged or no tar.gz archive: {error}") from error
    missing = [file for file in wanted if file not in found]
    if missing:
        raise ValueError(f"{name} holds no {missing[0]}; it is not the binary version of CIFAR-10")
    batches = [read_cifar_batch(found[file], f"{file} in {name}") for file in wanted]
    return np.concatenate([x for x, _ in batches]), np.concatenate([y for _, y in batches])


def read_movielens(content: bytes, name: str = "the archive") -> Ratings:
    """The ratings of `ml-100k.zip`; people and films are numbered from 0.

    `u.data` has one line per rating: person, film, stars and time, with tabs between; people and
    films count from 1. `u.item` has one line per film: number, title and more, with bars between,
    in Latin-1.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            ratings, items = (_member(archive, file, name) for file in ("u.data", "u.item"))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"{name} is damaged or no zip archive: {error}") from error
    return movielens_ratings(ratings, items, name)


def movielens_ratings(ratings: bytes, items: bytes, name: str = "the archive") -> Ratings:
    """The contents of `u.data` and `u.item` as `Ratings`; see `read_movielens`."""
    titles = _titles(items, name)
    rows = [_rating(line, i, name) for i, line in enumerate(ratings.splitlines(), 1) if line]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    if not len(table):
        raise ValueError(f"u.data in {name} holds no ratings")
    if table[:, :2].min() < 1 or table[:, 1].max() > len(titles):
        raise ValueError(
            f"u.data in {name} rates film {table[:, 1].max()}, u.item does not name it"
        )
    nothing = np.zeros((0, 0))
    return Ratings(
        people=table[:, 0] - 1,
        films=table[:, 1] - 1,
        stars=table[:, 2].astype(np.float32),
        titles=titles,
        taste=nothing,
        genres=nothing,
    )


def _from_0_to_1(pixels: Array) -> npt.NDArray[np.float32]:
    return np.divide(pixels, 255, dtype=np.float32)


def _rating(line: bytes, number: int, name: str) -> tuple[int, int, int]:
    try:
        person, film, stars, _ = map(int, line.split(b"\t"))
    except ValueError:
        raise ValueError(
            f"u.data in {name}, line {number}: expected person, film, stars and time with tabs "
            f"between, not {line[:40]!r}"
        ) from None
    if not 1 <= stars <= 5:
        raise ValueError(f"u.data in {name}, line {number}: {stars} stars; there are 1 to 5")
    return person, film, stars


def _titles(items: bytes, name: str) -> tuple[str, ...]:
    titles = []
    for number, line in enumerate(filter(None, items.decode("latin-1").split("\n")), 1):
        parts = line.split("|")
        if len(parts) < 2 or parts[0] != str(number):
            raise ValueError(f"u.item in {name}, line {number}: expected number|title|...")
        titles.append(parts[1])
    return tuple(titles)


def _member(archive: zipfile.ZipFile, file: str, name: str) -> bytes:
    for member in archive.infolist():
        if member.filename.rpartition("/")[2] == file:
            with archive.open(member) as opened:
                return _limited(opened, f"{file} in {name}")
    raise ValueError(f"{name} holds no {file}; it is not MovieLens 100k")


def _gunzipped(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            return _limited(file, name)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{name} is cut off or damaged: {error}") from error


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def _limited(file: _Readable, name: str) -> bytes:
    """All of `file`, unless it is absurdly large: a few bytes can be packed to become gigabytes."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"{name} is larger than {MOST_BYTES // 1_000_000} MB; it was not read")
    return content
