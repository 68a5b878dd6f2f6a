"""Small real datasets that come with undergrad, each read by the function of its name.

    images, labels = fashion()            # 5,000 photographs of clothes
    text = book()                         # Moby-Dick, one string

`undergrad.datasets.card(name)` says what a set is, under which terms, and whom to credit; the file
`SOURCE.md` in its folder says how it was cut and how its baseline was measured. Nothing here uses
the network. Images are float32 from 0 to 1, labels are int64.
"""

import bz2
import csv
import hashlib
import io
import lzma
from pathlib import PurePath
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from undergrad.datasets import packed
from undergrad.datasets.cards import SHELF

Floats: TypeAlias = npt.NDArray[np.float32]
Integers: TypeAlias = npt.NDArray[np.int64]


def digits() -> tuple[Floats, Integers]:
    """1,797 handwritten digits: images (1797, 8, 8), from paper 0 to ink 1, and labels (1797,)."""
    arrays = _arrays("digits")
    return _floats(arrays["images"], 16), arrays["labels"].astype(np.int64)


CLOTHES = (
    *("T-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
)


def fashion(training: bool = True) -> tuple[Floats, Integers]:
    """Photographs of clothes: 5,000 to train on or 1,000 to test on, equally many of ten classes.

    Returns images (n, 28, 28) and labels (n,), which count in `CLOTHES`.
    """
    arrays, part = _arrays("fashion"), "train" if training else "test"
    images, labels = arrays[f"{part}_images"], arrays[f"{part}_labels"]
    return _floats(images, 255), labels.astype(np.int64)


def photos() -> dict[str, Floats]:
    """Eight photographs by name: colour (rows, columns, 3), or grey (rows, columns)."""
    files = sorted(path.name for path in (SHELF / "photos").glob("*.jpg"))
    return {file.removesuffix(".jpg"): _image("photos", file) for file in files}


def nuclei() -> tuple[Floats, Integers]:
    """Cell nuclei under a microscope: the photograph (512, 512) and a mask (512, 512).

    The mask is 0 in the background and a number from 1 to 125 for each nucleus. Train on the upper
    384 rows and test on the lowest 128.
    """
    arrays = _arrays("nuclei")
    return _floats(arrays["image"], 255), arrays["mask"].astype(np.int64)


class Trees(NamedTuple):
    """Aerial photographs and the boxes around their tree crowns."""

    images: Floats  # (n, 128, 128, 3)
    boxes: tuple[Integers, ...]  # for each image (k, 4): left, top, right, bottom, in pixels


def trees(part: str = "train") -> Trees:
    """The tiles of one part: `train` (258), `test` (40) of the same forest, `elsewhere` (18)."""
    if part not in ("train", "test", "elsewhere"):
        raise ValueError(f"the parts of trees are train, test and elsewhere, not {part!r}")
    sheet = _image("trees", f"{part}.jpg")
    rows = [row for row in _rows("trees", "boxes.csv") if row["part"] == part]
    count = max(int(row["tile"]) for row in rows) + 1
    tiles = [_tile(sheet, index) for index in range(count)]
    boxes: list[list[list[int]]] = [[] for _ in range(count)]
    for row in rows:
        if row["xmin"]:  # a tile without trees has an empty box
            box = [int(row[side]) for side in ("xmin", "ymin", "xmax", "ymax")]
            boxes[int(row["tile"])].append(box)
    return Trees(np.stack(tiles), tuple(np.array(each, np.int64).reshape(-1, 4) for each in boxes))


def trunk() -> dict[str, Floats]:
    """The weights of EfficientNet-Lite0's first blocks, by name; `SOURCE.md` says how to run it."""
    return _weights("trunk", "efficientnet-lite0-blocks-0-10-f16")


def book() -> str:
    """Moby-Dick, chapters 1 to 135 and the epilogue. Train on the first 90%, test on the rest."""
    return _text("book", "moby-dick.txt.bz2")


class Names(NamedTuple):
    """First names, the most frequent one first."""

    names: tuple[str, ...]
    girls: Integers  # (n,), how many were given the name
    boys: Integers  # (n,)


def names() -> Names:
    """32,000 first names in the USA, sums over 1880 to 2017."""
    rows = _rows("names", "names.csv.xz")
    counts = np.array([(int(row["girls"]), int(row["boys"])) for row in rows])
    return Names(tuple(row["name"] for row in rows), counts[:, 0], counts[:, 1])


def libraries() -> dict[str, tuple[str, ...]]:
    """2,092 programs, each with the libraries that it uses: interactions without any person."""
    lines = _text("libraries", "libraries.txt.bz2").splitlines()
    pairs = (line.split(": ", 1) for line in lines if line)
    return {program: tuple(used.split()) for program, used in pairs}


class Weather(NamedTuple):
    """The weather of consecutive days."""

    days: tuple[str, ...]  # such as 2012-01-01
    precipitation: Floats  # (n,) millimetres
    highest: Floats  # (n,) degrees Celsius
    lowest: Floats  # (n,) degrees Celsius
    wind: Floats  # (n,) metres per second
    weather: tuple[str, ...]  # sun, fog, rain, drizzle or snow


def weather() -> Weather:
    """Seattle from 2012 to 2015, 1,461 days. Train on the first three years, test on the last."""
    rows = _rows("weather", "seattle-daily.csv.xz")
    days = tuple(row["date"].replace("/", "-") for row in rows)
    names = "precipitation", "temp_max", "temp_min", "wind"
    rain, highest, lowest, wind = (
        np.array([row[name] for row in rows], np.float32) for name in names
    )
    return Weather(days, rain, highest, lowest, wind, tuple(row["weather"] for row in rows))


class Watch(NamedTuple):
    """Recordings of a smartwatch on a wrist, 25 values per second."""

    signals: tuple[Floats, ...]  # for each recording (steps, 6)
    exercise: Integers  # (n,), counts in `exercises`
    subject: Integers  # (n,), the person, from 1 to 10
    exercises: tuple[str, ...]
    channels: tuple[str, ...]


def watch() -> Watch:
    """140 recordings of seven exercises by ten people. Keep each person on one side of a split."""
    arrays = _arrays("watch")
    ends = np.cumsum(arrays["lengths"])[:-1]
    signals = tuple(np.split(arrays["signals"].astype(np.float32), ends))
    return Watch(
        signals,
        arrays["exercise"].astype(np.int64),
        arrays["subject"].astype(np.int64),
        tuple(arrays["exercises"].tolist()),
        tuple(arrays["channels"].tolist()),
    )


class Positions(NamedTuple):
    """Connect Four positions in which the first player is to move."""

    boards: Integers  # (n, 6, 7): 1 the first player, 2 the second, 0 empty; row 0 is on top
    scores: Integers  # (n, 7): above 0 wins, the larger the sooner; -128 is a full column
    stones: Integers  # (n,)


def connect4() -> Positions:
    """4,800 positions with the exact score of each of the seven moves."""
    arrays = _arrays("connect4")
    return Positions(*(arrays[name].astype(np.int64) for name in Positions._fields))


def _floats(numbers: npt.NDArray[Any], largest: float) -> Floats:
    """Whole numbers as fractions of the largest."""
    return np.asarray(numbers / largest, np.float32)


def _content(name: str, file: str) -> bytes:
    """A file of a set. Raises ValueError when it is not the one that we ship."""
    folder = SHELF / name
    content = (folder / file).read_bytes()
    sums = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    if hashlib.sha256(content).hexdigest() != sums[file]:
        raise ValueError(f"{folder / file} is damaged: install undergrad again")
    return content


def _arrays(name: str, file: str = "") -> dict[str, npt.NDArray[Any]]:
    return packed.unpack(_content(name, (file or name) + packed.ENDING))


def _text(name: str, file: str) -> str:
    plain = {".xz": lzma.decompress, ".bz2": bz2.decompress}.get(PurePath(file).suffix, bytes)
    return plain(_content(name, file)).decode("utf-8")


def _rows(name: str, file: str) -> list[dict[str, str]]:
    """The rows of a table by the names of its columns."""
    return list(csv.DictReader(_text(name, file).splitlines()))


def _image(name: str, file: str) -> Floats:
    from PIL import Image

    with Image.open(io.BytesIO(_content(name, file))) as image:
        return _floats(np.asarray(image), 255)


def _tile(sheet: Floats, index: int, side: int = 128) -> Floats:
    """Tile `index` of a sheet with ten tiles in each row."""
    top, left = side * (index // 10), side * (index % 10)
    return sheet[top : top + side, left : left + side]


def _weights(name: str, file: str) -> dict[str, Floats]:
    return {key: value.astype(np.float32) for key, value in _arrays(name, file).items()}
