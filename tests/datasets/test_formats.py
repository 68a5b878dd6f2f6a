"""The parsers of foreign formats meet what is cut off, swollen, or something else."""

import gzip
import io
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from undergrad.datasets import formats
from undergrad.datasets.formats import (
    images_and_labels,
    movielens_ratings,
    read_cifar_archive,
    read_cifar_batch,
    read_idx,
    read_movielens,
)


def idx(array, code=8):
    big = array.astype(array.dtype.newbyteorder(">"))
    return bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + (
        big.tobytes()
    )  # fmt: skip


def named(value):
    """Packed files hold the time of packing, which must not get into the name of a test."""
    return value if isinstance(value, str) else "file"


@pytest.mark.parametrize(
    ("dtype", "code"),
    [("u1", 8), ("i1", 9), ("i2", 11), ("i4", 12), ("f4", 13), ("f8", 14)],
)
def test_idx_of_every_type(dtype, code):
    array = (np.arange(24).reshape(2, 3, 4) * 5).astype(dtype)
    back = read_idx(gzip.compress(idx(array, code)))
    assert back.dtype == array.dtype
    assert (back == array).all()


PIXELS = np.zeros((2, 3, 3), np.uint8)
WHOLE = idx(PIXELS)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\0\0\x07\x01" + WHOLE[4:], "not an IDX file"),
        (b"%PDF-1.7", "not an IDX file"),
        (WHOLE[:6], "cut off in its header"),
        (WHOLE[:-1], "should have 34 bytes for shape .2, 3, 3., not 33"),
        (WHOLE + b"\0", "not 35"),
        (gzip.compress(WHOLE)[:-12], "cut off or damaged"),
        (bytes([0, 0, 8, 3]) + b"\xff" * 12, "should have"),  # a shape of 2^96 numbers
    ],
    ids=named,
)
def test_idx_that_is_damaged_or_foreign(content, message):
    with pytest.raises(ValueError, match=message) as caught:
        read_idx(content, "t10k")
    assert str(caught.value).startswith("t10k ")


def test_a_gzip_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(formats, "MOST_BYTES", 1_000_000)
    with pytest.raises(ValueError, match="larger than 1 MB"):
        read_idx(gzip.compress(b"\0" * 2_000_000))


def test_images_and_labels_of_two_sets_are_noticed():
    with pytest.raises(ValueError, match="do not belong together"):
        images_and_labels(WHOLE, idx(np.zeros(3, np.uint8)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0 bytes"),
        (b"\0" * 3072, "not a multiple of 3073"),
        (b"\x0a" + b"\0" * 3072, "label 10"),
        (pickle.dumps({"data": [0] * 9000}), "not the binary version"),
    ],
)
def test_cifar_batches_that_are_none(content, message):
    with pytest.raises(ValueError, match=message):
        read_cifar_batch(content)


def packed(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no archive", "damaged or no tar.gz"),
        (packed(("a/test_batch.bin", b"\0" * 3073))[:40], "damaged or no tar.gz"),
        (packed(("../evil", b"x")), "holds no test_batch.bin"),
        (packed(("test_batch.bin", b"\0")), "test_batch.bin in the archive has 1 bytes"),
    ],
    ids=named,
)
def test_cifar_archives_that_are_none(content, message):
    with pytest.raises(ValueError, match=message):
        read_cifar_archive(content, training=False)


ITEMS = b"1|One (1990)|x\n2|Two|y\n"


@pytest.mark.parametrize(
    ("ratings", "items", "message"),
    [
        (b"1\t2\t5\n", ITEMS, "line 1: expected person, film, stars and time"),
        (b"1\t1\t4\t0\n1\tx\t5\t0\n", ITEMS, "line 2: expected"),
        (b"1\t1\t6\t0\n", ITEMS, "6 stars"),
        (b"1\t3\t5\t0\n", ITEMS, "rates film 3"),
        (b"", ITEMS, "no ratings"),
        (b"1\t1\t5\t0\n", b"2|Two|y\n", "u.item in the archive, line 1"),
    ],
)
def test_ratings_that_are_none(ratings, items, message):
    with pytest.raises(ValueError, match=message):
        movielens_ratings(ratings, items)


def test_movielens_archives_that_are_none():
    with pytest.raises(ValueError, match="no zip archive"):
        read_movielens(b"PK nothing")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    with pytest.raises(ValueError, match=r"holds no u\.data"):
        read_movielens(empty.getvalue())
