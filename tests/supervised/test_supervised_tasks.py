"""Every task learns at all on a tiny budget; with its own budget it passes its line (slow)."""

import numpy as np
import pytest

from undergrad.engine.train import Progress, train
from undergrad.supervised import catalogue
from undergrad.supervised.presets import digits, films, moons

TINY = {
    "celsius": {"epochs": "200"},
    "moons": {"epochs": "8"},
    "digits": {"epochs": "2", "hidden": "32"},
    "films": {"epochs": "3"},
}


def trained(name, seed=0, **changes):
    """A finished training, its progress, and the held-out measures before and after."""
    training = catalogue.load(name).with_settings(changes).training(seed)
    before = training.measure()
    progress = train(
        training.model, training.batches, training.loss, training.optimizer, training.epochs,
        training.callbacks, Progress(),
    )  # fmt: skip
    return training, progress, before, training.measure()


@pytest.mark.parametrize("name", TINY)
def test_a_tiny_budget_learns_something(name):
    training, progress, before, after = trained(name, **TINY[name])
    assert progress.step == training.steps
    tenth = max(1, progress.step // 10)
    assert np.mean(progress.losses[-tenth:]) < 0.9 * np.mean(progress.losses[:tenth])
    assert before.keys() == after.keys()
    outcome = training.judge()
    assert outcome.summary and set(outcome.pictures) == set(catalogue.load(name).pictures)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalogue.NAMES)
def test_the_whole_budget_passes_the_line(name):
    training, *_ = trained(name, seed=7)
    outcome = training.judge()
    assert outcome.passed, outcome.summary


@pytest.mark.parametrize("seed", range(5))
def test_the_rule_of_celsius_is_found(seed):
    training, progress, *_ = trained("celsius", seed)
    slope, offset = (parameter.item() for parameter in training.model.parameters())
    assert slope == pytest.approx(1.8, abs=0.05)
    assert offset == pytest.approx(32, abs=0.05)
    assert progress.losses[-1] < progress.losses[0] / 1000


def test_the_same_seed_gives_the_same_training():
    one, other = (trained("digits", **TINY["digits"])[1] for _ in range(2))
    assert one.losses == other.losses


def test_shifted_images_are_shifted():
    image = np.zeros((1, 8, 8), np.float32)
    image[0, 3, 4] = 1
    places = [tuple(np.argwhere(moved)[0].tolist()) for moved in digits.moved(image)]
    assert sorted(places) == [(2, 4), (3, 3), (3, 4), (3, 5), (4, 4)]


def test_no_held_out_digit_is_learnt_from():
    images, labels, new_images, new_labels = digits.split_digits(np.random.default_rng(0))
    assert len(labels) + len(new_labels) == 1797
    assert np.ptp(np.bincount(new_labels) / np.bincount(labels)) < 0.02
    known = {image.tobytes() for image in images}
    assert sum(image.tobytes() in known for image in new_images) <= 1  # twins in the data itself


def test_a_straight_line_divides_what_it_can():
    points = np.array([[0.0, 0], [1, 0], [0, 1], [1, 1]])
    assert moons._best_straight_line(points, points[:, 0], points, points[:, 0]) == 1.0
    xor = np.array([0, 1, 1, 0])
    assert moons._best_straight_line(points, xor, points, xor) <= 0.75


def test_habits_alone_are_found_when_there_is_nothing_else():
    who, what = (grid.ravel() for grid in np.meshgrid(np.arange(60), np.arange(50)))
    stars = 3 + (who % 3 - 1) * 0.5 + (what % 2 - 0.5) * 0.8
    error = films._baseline_error((who, what, stars), (who, what, stars))
    assert error < 0.1 < stars.std()
