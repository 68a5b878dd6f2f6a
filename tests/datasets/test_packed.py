"""Packed arrays: equal to the last bit, with any differences, and in the format that is told."""

import hashlib
import json
import lzma
from pathlib import Path

import numpy as np
import pytest

from undergrad.datasets import pack as packing
from undergrad.datasets import packed
from undergrad.datasets.cards import SHELF
from undergrad.datasets.pack import pack
from undergrad.datasets.packed import ENDING, unpack, write_npz

RNG = np.random.default_rng(0)
ARRAYS = {
    "sound": RNG.integers(-(2**15), 2**15, (3, 40)).astype(np.int16),
    "images": RNG.integers(0, 256, (6, 5, 4)).astype(np.uint8),
    "labels": np.array([0, 127, -128, 5], np.int8),
    "weights": RNG.normal(size=(2, 3, 4, 5)).astype(np.float16),
    "doubles": np.array([[0.0, -0.0], [np.inf, np.nan]]),
    "names": np.array(["tom", "tabla", ""]),
    "rate": np.array(16_000),
    "none": np.zeros((0, 3), np.int16),
}

# Of every packed file that comes with undergrad: the sum of what is in it, which never changes.
CONTENT = {
    "connect4": "b6e083158cff71510c53691171640035",
    "digits": "edea5dd4c42ed561ae064f3df08b760a",
    "fashion": "87d84539b5bc88a061b6b5560774a252",
    "nuclei": "bb418d3960ad4d886ac3b0ae312608c6",
    "efficientnet-lite0-blocks-0-10-f16": "c09ba441f58a5feb4fa45971a732f44e",
    "watch": "254d447bf86aa82be0e54e79ba428ddc",
}


def checksum(arrays: dict[str, np.ndarray]) -> str:
    """The first half of the SHA-256 over names, types, shapes and bytes."""
    total = hashlib.sha256()
    for name, array in sorted(arrays.items()):
        total.update(f"{name} {array.dtype.str} {array.shape} ".encode() + array.tobytes())
    return total.hexdigest()[:32]


@pytest.mark.parametrize("name", ARRAYS)
def test_all_differences_keep_every_bit(name: str) -> None:
    array = ARRAYS[name]
    for differences in packing._candidates(array):
        found = np.empty_like(array)
        packed._decode(packing._encoded(array, differences), differences, found)
        assert found.tobytes() == array.tobytes(), differences


def test_what_is_packed_comes_back_in_its_order() -> None:
    found = unpack(pack(ARRAYS))
    assert list(found) == list(ARRAYS) and checksum(found) == checksum(ARRAYS)


def test_differences_are_taken_where_they_are_smaller() -> None:
    wave = np.round(9_000 * np.sin(np.arange(8_000) / 40)).astype(np.int16)
    arrays = {"waves": wave.reshape(2, -1), "noise": ARRAYS["sound"]}
    head = json.loads(lzma.decompress(pack(arrays)).split(b"\n")[0])
    assert [(name, how) for name, _, _, how in head] == [("waves", [1, 2]), ("noise", None)]


def test_the_format_is_the_one_that_the_module_tells() -> None:
    """From the bytes alone: differences 5, -1, 2 as 10, 1, 4, and all low bytes before the high."""
    head = [["wave", "<i2", [3], [0, 1]], ["as it is", "<i2", [2], None]]
    body = bytes([10, 1, 4, 0, 0, 0]) + bytes([1, 2, 0, 255])
    found = unpack(lzma.compress(json.dumps(head).encode() + b"\n" + body))
    assert found["wave"].tolist() == [5, 4, 6] and found["as it is"].tolist() == [1, 2 - 256]


@pytest.mark.parametrize("path", sorted(SHELF.glob("*/*" + ENDING)), ids=lambda path: path.name)
def test_what_comes_with_undergrad_is_what_it_always_was(path: Path) -> None:
    assert checksum(unpack(path.read_bytes())) == CONTENT[path.name.removesuffix(ENDING)]


def test_a_packed_file_can_be_read_by_numpy_alone(tmp_path: Path) -> None:
    path = tmp_path / f"mine{ENDING}"
    path.write_bytes(pack(ARRAYS))
    with np.load(write_npz(path)) as arrays:
        assert checksum(dict(arrays)) == checksum(ARRAYS)
    assert {each.name for each in tmp_path.iterdir()} == {f"mine{ENDING}", "mine.npz"}


@pytest.mark.parametrize("content", [None, b"no arrays", b"PK\3\4 cut off", "npy", "objects"])
def test_a_file_without_arrays_gets_a_sentence(tmp_path, capsys, content):
    path = tmp_path / "mine.npz"
    if content == "npy":
        with open(path, "wb") as file:
            np.save(file, np.arange(3))
    elif content == "objects":
        np.savez(path, a=np.array([None, {}], dtype=object))
    elif content is not None:
        path.write_bytes(content)
    assert packing.main([str(path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"{path} cannot be packed") and said.count("\n") == 1
    assert "unsafely" not in said  # NumPy's advice for what it takes for pickled objects
    assert not (tmp_path / "mine.arrays.xz").exists()
