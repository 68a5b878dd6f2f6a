"""Fetching datasets: from small local files in the true formats, made here; no network."""

import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from undergrad import datasets
from undergrad.datasets import DownloadError, download
from undergrad.datasets.download import Remote
from undergrad.errors import UndergradError

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (5, 28, 28)).astype(np.uint8)
LABELS = np.array([3, 1, 4, 1, 5], np.uint8)
NOBODY = "http://127.0.0.1:9/"  # the port of the discard service, which nothing listens on


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(header + array.tobytes())


def cifar():
    """The archive as its makers pack it: a folder, a text, five batches and a test batch."""
    pixels = RNG.integers(0, 256, (6, 2, 3072)).astype(np.uint8)
    records = [bytes([i, *a, 9 - i, *b]) for i, (a, b) in enumerate(pixels)]
    names = [f"data_batch_{i}.bin" for i in range(1, 6)] + ["test_batch.bin"]
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in [("batches.meta.txt", b"airplane\n"), *zip(names, records)]:  # noqa: B905
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue(), pixels


def movielens():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ml-100k/u.data", "1\t2\t5\t881250949\n3\t1\t1\t881250950\n")
        archive.writestr("ml-100k/u.item", "1|Léon|1994\n2|Toy Story|1995\n".encode("latin-1"))
    return packed.getvalue()


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A folder that serves files in the place of the real mirrors."""
    folder = tmp_path / "mirror"
    folder.mkdir()

    def serve(name, contents, mirrors=None):
        source = getattr(download, name)
        files = []
        for file, content in zip(source.files, contents, strict=True):
            (folder / file.name).write_bytes(content)
            here = mirrors or (folder.as_uri() + "/",)
            md5 = hashlib.md5(content).hexdigest()
            files.append(Remote(file.name, len(content), md5, here))
        monkeypatch.setattr(download, name, replace(source, files=tuple(files)))
        return folder

    return serve


@pytest.mark.parametrize(
    ("name", "load"), [("MNIST", datasets.mnist), ("FASHION_MNIST", datasets.fashion_mnist)]
)
def test_idx_sets_are_fetched_once_and_kept(mirror, tmp_path, name, load):
    served = mirror(name, [idx(IMAGES), idx(LABELS), idx(IMAGES[:2]), idx(LABELS[:2])])
    for _ in range(2):
        images, labels = load(folder=tmp_path / "kept")
        assert images.dtype == np.float32
        assert np.allclose(images, IMAGES / 255)
        assert labels.tolist() == [3, 1, 4, 1, 5]
        for file in served.iterdir():
            file.unlink()  # the second time nothing is asked for


def test_the_test_part_is_another(mirror, tmp_path):
    mirror("MNIST", [idx(IMAGES), idx(LABELS), idx(IMAGES[:2]), idx(LABELS[:2])])
    images, labels = datasets.mnist(training=False, folder=tmp_path / "kept")
    assert (len(images), labels.tolist()) == (2, [3, 1])


def test_cifar_is_read_from_its_binary_version(mirror, tmp_path):
    content, pixels = cifar()
    mirror("CIFAR10", [content])
    images, labels = datasets.cifar10(folder=tmp_path / "kept")
    assert images.shape == (10, 3, 32, 32)
    assert labels.tolist() == [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]
    assert np.allclose(images.reshape(5, 2, -1), pixels[:5] / 255)
    images, labels = datasets.cifar10(training=False, folder=tmp_path / "kept")
    assert labels.tolist() == [5, 4]
    assert images[1, 2, 0, 1] == np.float32(pixels[5, 1, 2 * 1024 + 1] / 255)


def test_movielens_counts_from_zero_and_knows_its_titles(mirror, tmp_path):
    mirror("MOVIELENS", [movielens()])
    ratings = datasets.movielens_100k(tmp_path / "kept")
    assert ratings.people.tolist() == [0, 2]
    assert ratings.films.tolist() == [1, 0]
    assert ratings.stars.tolist() == [5, 1]
    assert ratings.titles == ("Léon", "Toy Story")


def test_the_next_mirror_helps_when_one_is_down_or_wrong(mirror, tmp_path):
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "ml-100k.zip").write_bytes(b"<html>moved</html>")
    good = (tmp_path / "mirror").as_uri() + "/"
    mirror("MOVIELENS", [movielens()], (NOBODY, wrong.as_uri() + "/", good))
    assert len(datasets.movielens_100k(tmp_path / "kept")) == 2


def test_offline_says_what_is_needed_and_what_to_use_instead(mirror, tmp_path):
    mirror("MNIST", 4 * [b"x" * 1_200_000], (NOBODY,))
    with pytest.raises(DownloadError) as caught:
        datasets.mnist(folder=tmp_path / "kept")
    text = str(caught.value)
    assert "MNIST needs train-images-idx3-ubyte.gz (1.2 MB)" in text
    assert str(tmp_path / "kept") in text
    assert "Offline, undergrad.datasets.stroke_digits" in text
    assert isinstance(caught.value, UndergradError)


@pytest.mark.parametrize("name", ["MNIST", "FASHION_MNIST", "CIFAR10", "MOVIELENS"])
def test_every_stand_in_exists(name):
    function = getattr(download, name).stand_in.split()[0].rpartition(".")[2]
    assert callable(getattr(datasets, function))


def test_a_file_that_does_not_end_is_stopped_at_its_size(mirror, tmp_path):
    served = mirror("MOVIELENS", [movielens()])
    size = download.MOVIELENS.files[0].size
    (served / "ml-100k.zip").write_bytes(movielens() + b"\0" * 10_000_000)
    with pytest.raises(DownloadError, match=f"more than the {size} bytes"):
        datasets.movielens_100k(tmp_path / "kept")
    assert not list((tmp_path / "kept").iterdir())


def test_a_damaged_file_in_the_cache_is_fetched_again(mirror, tmp_path):
    mirror("MOVIELENS", [movielens()])
    datasets.movielens_100k(tmp_path / "kept")
    (tmp_path / "kept/ml-100k.zip").write_bytes(b"torn")
    assert len(datasets.movielens_100k(tmp_path / "kept")) == 2


def test_a_whole_file_with_wrong_content_is_one_sentence(mirror, tmp_path):
    mirror("MOVIELENS", [b"no zip at all"])
    with pytest.raises(DownloadError, match=r"MovieLens 100k cannot be read: ml-100k\.zip"):
        datasets.movielens_100k(tmp_path / "kept")


def test_without_a_folder_the_cache_of_this_computer_is_used(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(download, "cache_folder", lambda: tmp_path / "cache")
    mirror("MOVIELENS", [movielens()])
    datasets.movielens_100k()
    assert (tmp_path / "cache/movielens-100k/ml-100k.zip").is_file()
