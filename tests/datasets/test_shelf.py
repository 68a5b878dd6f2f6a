"""The real datasets: whole, with their terms, read as described, and with baselines that hold."""

import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from undergrad import datasets
from undergrad.cli.app import cli
from undergrad.datasets import CARDS, shelf
from undergrad.datasets.cards import SHELF
from undergrad.datasets.download import SOURCES

SHIPPED = [each for each in CARDS if each.folder]


def test_every_folder_has_a_card_and_a_function() -> None:
    assert {each.name for each in SHIPPED} == {folder.name for folder in SHELF.iterdir()}
    assert all(callable(getattr(datasets, each.name.replace("-", "_"))) for each in CARDS)
    assert {each.name for each in CARDS if not each.folder} == SOURCES.keys()


@pytest.mark.parametrize("card", SHIPPED, ids=lambda card: card.name)
def test_a_set_is_whole_and_travels_with_its_terms(card: datasets.Card) -> None:
    assert card.folder is not None
    lines = (card.folder / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    files = {path.name for path in card.folder.iterdir()} - {"SHA256SUMS"}
    assert files == sums.keys() >= {"LICENSE.txt", "SOURCE.md"}
    for name, digest in sums.items():
        assert hashlib.sha256((card.folder / name).read_bytes()).hexdigest() == digest, name
    assert card.terms and card.credit and len((card.folder / "LICENSE.txt").read_text()) > 100


def test_a_damaged_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "digits"
    copy.mkdir()
    for path in (SHELF / "digits").iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    content = bytearray((copy / "digits.arrays.xz").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "digits.arrays.xz").write_bytes(content)
    monkeypatch.setattr(shelf, "SHELF", tmp_path)
    with pytest.raises(ValueError, match=r"digits\.arrays\.xz is damaged"):
        datasets.digits()


@pytest.mark.parametrize(
    ("images", "labels", "each"),
    [
        (*datasets.digits(), 174),
        (*datasets.fashion(), 500),
        (*datasets.fashion(training=False), 100),
    ],
    ids=("digits", "fashion", "fashion-test"),
)
def test_images_have_their_range_and_their_classes(
    images: np.ndarray, labels: np.ndarray, each: int
) -> None:
    assert images.dtype == np.float32 and images.min() == 0 and images.max() == 1
    assert labels.dtype == np.int64 and len(images) == len(labels)
    assert np.bincount(labels, minlength=10).min() >= each


def test_photographs_are_in_colour_or_grey() -> None:
    photos = datasets.photos()
    shapes = {name: image.shape for name, image in photos.items()}
    assert shapes["cat"] == (256, 256, 3) and shapes["brick"] == (512, 512) and len(shapes) == 8
    assert all(0 <= image.min() < image.max() <= 1 for image in photos.values())


def test_every_nucleus_has_a_number_and_is_bright() -> None:
    image, mask = datasets.nuclei()
    assert set(np.unique(mask)) == set(range(126))
    assert image[mask > 0].mean() > 2 * image[mask == 0].mean()


@pytest.mark.parametrize(
    ("part", "tiles", "boxes"), [("train", 258, 731), ("test", 40, 102), ("elsewhere", 18, 101)]
)
def test_boxes_lie_in_their_tiles(part: str, tiles: int, boxes: int) -> None:
    images, found = datasets.trees(part)
    assert images.shape == (tiles, 128, 128, 3) and len(found) == tiles
    every = np.concatenate(found)
    assert every.shape == (boxes, 4) and every.min() >= 0 and every.max() <= 128
    assert (every[:, 2:] - every[:, :2] >= 8).all()


def test_an_unknown_part_of_trees_is_refused() -> None:
    with pytest.raises(ValueError, match="train, test and elsewhere, not 'valid'"):
        datasets.trees("valid")


def test_weights_are_numbers_of_the_stated_count() -> None:
    trunk = datasets.trunk()
    assert sum(each.size for each in trunk.values()) == 692_688
    assert all(np.isfinite(each).all() for each in trunk.values())


def test_recordings_are_of_ten_people_and_seven_exercises() -> None:
    watch = datasets.watch()
    assert len(watch.signals) == 140 and {each.shape[1] for each in watch.signals} == {6}
    assert np.bincount(watch.exercise).tolist() == [20] * 7 and set(watch.subject) == set(
        range(1, 11)
    )


def test_programs_and_their_libraries() -> None:
    programs = datasets.libraries()
    pairs = [library for used in programs.values() for library in used]
    assert (len(programs), len(pairs), len(set(pairs))) == (2092, 20_560, 253)


# The baselines, computed again.


def test_names_have_the_stated_bigram_loss() -> None:
    names = datasets.names().names
    order = np.random.default_rng(0).permutation(len(names))
    held_out = set(order[: len(names) // 10].tolist())
    counts = np.ones((27, 27))
    losses: list[float] = []
    pairs = [[(ord(a) - 96) % 27 for a in f"`{name}`"] for name in names]
    for i, ids in enumerate(pairs):
        if i not in held_out:
            np.add.at(counts, (ids[:-1], ids[1:]), 1)
    log_p = np.log(counts / counts.sum(axis=1, keepdims=True))
    for i in held_out:
        losses += (-log_p[pairs[i][:-1], pairs[i][1:]]).tolist()
    assert np.mean(losses) == pytest.approx(2.426, abs=0.01)


def test_the_book_has_the_stated_bigram_loss() -> None:
    text = datasets.book()
    assert len(text) == 1_191_295 and len(set(text)) == 81
    ids = np.unique(list(text), return_inverse=True)[1]
    cut = int(0.9 * len(ids))
    counts = np.full((81, 81), 0.01)
    np.add.at(counts, (ids[: cut - 1], ids[1:cut]), 1)
    p = counts / counts.sum(axis=1, keepdims=True)
    bits = -np.log2(p[ids[cut - 1 : -1], ids[cut:]]).mean()
    assert bits == pytest.approx(3.479, abs=0.002)


def test_tomorrow_is_as_warm_as_today() -> None:
    weather = datasets.weather()
    last_year = [i for i, day in enumerate(weather.days) if day.startswith("2015")]
    errors = np.abs(weather.highest[last_year] - weather.highest[np.array(last_year) - 1])
    assert errors.mean() == pytest.approx(2.24, abs=0.01)
    assert Counter(weather.weather)["snow"] == 23


def test_a_random_move_keeps_the_best_result_in_a_third_of_the_positions() -> None:
    boards, scores, stones = datasets.connect4()
    assert ((boards > 0).sum(axis=(1, 2)) == stones).all()
    full = scores == -128
    assert ((boards[:, 0] > 0) == full).all()
    result = np.where(full, -2, np.sign(scores))
    best = result == result.max(axis=1, keepdims=True)
    assert (best.sum(axis=1) / (~full).sum(axis=1)).mean() == pytest.approx(0.338, abs=0.001)


# The command.


def test_the_list_names_every_set_with_its_terms() -> None:
    said = json.loads(CliRunner().invoke(cli, ["data", "list", "--json"]).output)
    assert [each["name"] for each in said] == [each.name for each in CARDS]
    assert all(each["terms"] and each["megabytes"] > 0 for each in said)


def test_a_copy_brings_its_licence_and_is_not_put_over_other_files(tmp_path: Path) -> None:
    place = tmp_path / "mine"
    done = CliRunner().invoke(cli, ["data", "get", "weather", "--to", str(place)])
    assert done.exit_code == 0 and "NOAA" in done.output and "2.24" in done.output
    assert {path.name for path in place.iterdir()} >= {"LICENSE.txt", "SOURCE.md"}
    CliRunner().invoke(cli, ["data", "get", "digits", "--to", str(tmp_path / "digits")])
    with np.load(tmp_path / "digits" / "digits.npz") as arrays:
        assert np.array_equal(arrays["labels"], datasets.digits()[1])
    other = tmp_path / "photos"
    other.mkdir()
    (other / "holiday.jpg").write_bytes(b"mine")
    refused = CliRunner().invoke(cli, ["data", "get", "weather", "--to", str(other)])
    assert refused.exit_code != 0 and [path.name for path in other.iterdir()] == ["holiday.jpg"]


def test_a_download_shows_its_terms_and_can_be_declined() -> None:
    done = CliRunner().invoke(cli, ["data", "get", "movielens-100k"], input="n\n")
    assert done.exit_code != 0 and "GroupLens" in done.output


def test_the_page_shows_every_card_and_the_size_of_all() -> None:
    page = (Path(__file__).parents[2] / "docs" / "data.md").read_text("utf-8")
    for each in CARDS:
        assert f"| `{each.name}` | {each.what} | {each.count} |" in page, each.name
    total = sum(each.megabytes for each in SHIPPED)
    assert f"The included sets take {total:.1f} MB." in page
