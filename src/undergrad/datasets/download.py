"""Four well-known datasets, fetched once and kept: MNIST, Fashion-MNIST, CIFAR-10, MovieLens.

The only part of undergrad that uses the network, and only when one of these functions is called. A
file is taken from the first mirror that has it, is never larger than it should be, and counts only
when its checksum is right; after that no network is needed. The formats are read by
`undergrad.datasets.formats`. Each set has an offline stand-in, which the message names when nothing
can be fetched.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import TypeAlias, TypeVar
from urllib.request import Request, urlopen

import numpy as np
import numpy.typing as npt

from undergrad.datasets.films import Ratings
from undergrad.datasets.formats import images_and_labels, read_cifar_archive, read_movielens
from undergrad.errors import UndergradError

ImagesAndLabels: TypeAlias = tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]

T = TypeVar("T")

_SECONDS = 30  # without a byte, before a mirror is given up
_PIECE = 1 << 16  # bytes


class DownloadError(UndergradError):
    """A dataset is not here and could not be fetched."""


@dataclass(frozen=True)
class Remote:
    """A file to fetch: its exact size and MD5 sum, as its makers publish them, and where it is."""

    name: str
    size: int  # bytes
    md5: str
    mirrors: tuple[str, ...]  # folders, each ending in /


@dataclass(frozen=True)
class Source:
    """A dataset: what to call it, its files, and what does a similar job without a network."""

    title: str
    stand_in: str
    files: tuple[Remote, ...]


def _idx_files(mirrors: tuple[str, ...], *rows: tuple[str, int, str]) -> tuple[Remote, ...]:
    return tuple(Remote(name, size, md5, mirrors) for name, size, md5 in rows)


MNIST = Source(
    "MNIST",
    "undergrad.datasets.stroke_digits draws digits of the same shape",
    _idx_files(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
            "https://raw.githubusercontent.com/fgnt/mnist/master/",
        ),
        ("train-images-idx3-ubyte.gz", 9_912_422, "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        ("train-labels-idx1-ubyte.gz", 28_881, "d53e105ee54ea40749a09fcbcd1e9432"),
        ("t10k-images-idx3-ubyte.gz", 1_648_877, "9fb629c4189551a2d022fa330f9573f3"),
        ("t10k-labels-idx1-ubyte.gz", 4_542, "ec29112dd5afa0611ce80d1b7f02629c"),
    ),
)
FASHION_MNIST = Source(
    "Fashion-MNIST",
    "undergrad.datasets.fashion has a tenth of them",
    _idx_files(
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        ("train-images-idx3-ubyte.gz", 26_421_880, "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
        ("train-labels-idx1-ubyte.gz", 29_515, "25c81989df183df01b3e8a0aad5dffbe"),
        ("t10k-images-idx3-ubyte.gz", 4_422_102, "bef4ecab320f06d8554ea6380940ec79"),
        ("t10k-labels-idx1-ubyte.gz", 5_148, "bb300cfdad3c16e7a12a480ee83cd310"),
    ),
)
CIFAR10 = Source(
    "CIFAR-10",
    "undergrad.datasets.shape_scenes draws colour images of known shapes",
    (
        Remote(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c32a1d4ab5d03f1284b67883e8d87530",
            ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
        ),
    ),
)
MOVIELENS = Source(
    "MovieLens 100k",
    "undergrad.datasets.film_ratings makes ratings from tastes that are known",
    (
        Remote(
            "ml-100k.zip",
            4_924_029,
            "0e33842e24a9c977be4e0107933c0723",
            ("https://files.grouplens.org/datasets/movielens/",),
        ),
    ),
)


# By the names of their cards.
SOURCES = {
    "mnist": MNIST,
    "fashion-mnist": FASHION_MNIST,
    "cifar10": CIFAR10,
    "movielens-100k": MOVIELENS,
}


def mnist(training: bool = True, folder: Path | None = None) -> ImagesAndLabels:
    """60,000 handwritten digits, or 10,000 others to test on: images (n, 28, 28) and labels (n,).

    Images are float32 from 0 (paper) to 1 (ink). `folder`: where to keep the files, otherwise a
    cache of this computer. Raises DownloadError when they are not there and cannot be fetched.
    """
    return _idx(MNIST, training, folder)


def fashion_mnist(training: bool = True, folder: Path | None = None) -> ImagesAndLabels:
    """60,000 images of clothes in 10 classes, or 10,000 to test on; otherwise as `mnist`."""
    return _idx(FASHION_MNIST, training, folder)


def cifar10(training: bool = True, folder: Path | None = None) -> ImagesAndLabels:
    """50,000 colour images of 10 classes, or 10,000 to test on.

    Images (n, 3, 32, 32), float32 from 0 to 1, and labels (n,). Otherwise as `mnist`.
    """
    (archive,) = CIFAR10.files
    content = fetch(CIFAR10, archive, folder)
    return _understood(CIFAR10, partial(read_cifar_archive, content, training, archive.name))


def movielens_100k(folder: Path | None = None) -> Ratings:
    """100,000 ratings of 1,682 films by 943 people, from 1998. Otherwise as `mnist`."""
    (archive,) = MOVIELENS.files
    content = fetch(MOVIELENS, archive, folder)
    return _understood(MOVIELENS, partial(read_movielens, content, archive.name))


def fetch(source: Source, file: Remote, folder: Path | None = None) -> bytes:
    """The content of one file of a set: from the cache, or from the first mirror that has it."""
    import pooch

    place = _place(source, folder)
    pooch.get_logger().setLevel("ERROR")  # what went wrong is reported below, in one sentence
    trouble = "it has no mirror"
    for mirror in file.mirrors:
        try:
            path = pooch.retrieve(
                mirror + file.name,
                f"md5:{file.md5}",
                fname=file.name,
                path=place,
                downloader=partial(_download, most=file.size),
            )
            return Path(path).read_bytes()
        except (
            OSError,
            HTTPException,
            ValueError,
        ) as error:  # not reached, too large, or the wrong checksum
            trouble = f"{mirror} answers: {_first_line(error)}"
    raise DownloadError(
        f"{source.title} needs {file.name} ({file.size / 1e6:.1f} MB), which is not in {place} and "
        f"could not be fetched ({trouble}); connect to the internet once, or put the file there. "
        f"Offline, {source.stand_in}."
    )


def fetch_all(source: Source, folder: Path | None = None) -> Path:
    """Fetch every file of a set that is not here yet; the folder in which they lie."""
    for file in source.files:
        fetch(source, file, folder)
    return _place(source, folder)


def _place(source: Source, folder: Path | None) -> Path:
    return folder or cache_folder() / source.title.lower().replace(" ", "-")


def cache_folder() -> Path:
    """Where fetched datasets are kept on this computer."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("undergrad")) / "datasets"


def _idx(source: Source, training: bool, folder: Path | None) -> ImagesAndLabels:
    images, labels = source.files[:2] if training else source.files[2:]
    contents = fetch(source, images, folder), fetch(source, labels, folder)
    names = images.name, labels.name
    return _understood(source, lambda: images_and_labels(*contents, names))


def _understood(source: Source, read: Callable[[], T]) -> T:
    try:
        return read()
    except ValueError as error:
        raise DownloadError(f"{source.title} cannot be read: {error}.") from error


def _download(url: str, output_file: str, _pooch: object, *, most: int) -> None:
    """Write what is at `url` to a file, and stop with an error at more than `most` bytes."""
    request = Request(url, headers={"User-Agent": "undergrad"})
    with open(output_file, "wb") as target, urlopen(request, timeout=_SECONDS) as answer:
        written = 0
        while piece := answer.read(_PIECE):
            written += len(piece)
            if written > most:
                raise ValueError(f"it sends more than the {most} bytes the file has")
            target.write(piece)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
